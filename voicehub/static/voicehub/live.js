"use strict";

// Parts of a page that follow what goes on: asked for again until nothing moves any more.
document.addEventListener("DOMContentLoaded", () => {
    const QUICK = 2000;
    const SLOW = 15000;
    const QUICK_TIMES = 60;

    const follow = (part, times) => {
        if (!part.hasAttribute("data-moving")) return;
        setTimeout(async () => {
            let next = part;
            try {
                next = await fetched(part);
            } catch {
                // Out of reach for a moment: the next try may do.
            }
            follow(next, times + 1);
        }, times < QUICK_TIMES ? QUICK : SLOW);
    };

    const fetched = async (part) => {
        const answer = await fetch(part.dataset.live, { headers: { "X-Fragment": "1" } });
        if (!answer.ok || answer.redirected) return part;
        const holder = document.createElement("template");
        holder.innerHTML = await answer.text();
        const fresh = holder.content.querySelector("[data-live]");
        if (fresh.hasAttribute("data-reload")) window.location.reload();
        const isSame = fresh.dataset.mark === part.dataset.mark
            && fresh.hasAttribute("data-moving") === part.hasAttribute("data-moving");
        if (isSame) return part;
        part.replaceWith(fresh);
        return fresh;
    };

    document.querySelectorAll("[data-live]").forEach((part) => follow(part, 0));
});
