"use strict";

// Parts of a page that follow what goes on ([data-live]): asked for again until nothing moves any more. An answer may
// bring other parts along ([data-part]). What somebody types or has unfolded is left as it is.
document.addEventListener("DOMContentLoaded", () => {
    const QUICK = 2000;
    const SLOW = 15000;
    const QUICK_TIMES = 60;
    const NOT_ANY_MORE = [401, 403, 404];

    const speaker = document.createElement("div");
    speaker.setAttribute("role", "status");
    speaker.className = "vh-unseen";
    document.body.append(speaker);

    const follow = async (part, times = 0) => {
        while (part.hasAttribute("data-moving")) {
            await new Promise((resume) => setTimeout(resume, times++ < QUICK_TIMES ? QUICK : SLOW));
            await seen();
            // Out of reach for a moment: the next try may do.
            part = await asked(part).catch(() => part);
        }
    };

    // Nobody looks at a page in the background: it goes on once somebody does.
    const seen = () => new Promise((resume) => {
        if (!document.hidden) return resume();
        document.addEventListener("visibilitychange", resume, { once: true });
    });

    const asked = async (part) => {
        const headers = { "X-Fragment": "1", "If-None-Match": `"${part.dataset.mark}"` };
        const answer = await fetch(part.dataset.live, { headers });
        if (answer.redirected || NOT_ANY_MORE.includes(answer.status)) part.removeAttribute("data-moving");
        if (answer.redirected || !answer.ok || isInUse(part)) return part;
        const holder = document.createElement("template");
        holder.innerHTML = await answer.text();
        return shown(part, holder.content);
    };

    const shown = (part, fresh) => {
        const whole = fresh.querySelector("[data-live]");
        if (whole.hasAttribute("data-reload") && isUntouched()) window.location.reload();
        const isSame = whole.dataset.mark === part.dataset.mark
            && whole.hasAttribute("data-moving") === part.hasAttribute("data-moving");
        if (isSame) return part;
        say(part, whole);
        exchange(part, whole);
        fresh.querySelectorAll("[data-part]").forEach((other) => {
            exchange(document.querySelector(`[data-part="${other.dataset.part}"]`), other);
        });
        return whole;
    };

    const words = (part) => part.dataset.says || part.textContent.trim().replace(/\s+/g, " ");

    const say = (before, after) => {
        if ("says" in after.dataset && words(before) !== words(after)) speaker.textContent = words(after);
    };

    // Whether the keyboard is in a field of it, or a question of it is unfolded.
    const isInUse = (part) => part.contains(document.activeElement?.closest("input, textarea, select"))
        || part.querySelector("details.vh-confirm[open]") !== null;

    const exchange = (before, after) => {
        if (!before) return;
        const place = focusables(before).indexOf(document.activeElement);
        const unfolded = fromTheEnd(before).map((details) => details.open);
        fromTheEnd(after).forEach((details, number) => { details.open = unfolded[number] ?? details.open; });
        before.replaceWith(after);
        if (place >= 0) (focusables(after)[place] ?? focusables(after)[0])?.focus();
    };

    const focusables = (part) => [...part.querySelectorAll("a[href], button, summary")];

    // New entries come on top: counted from the end, each keeps its place.
    const fromTheEnd = (part) => [...part.querySelectorAll("details")].reverse();

    const isUntouched = () => !window.voicehub.isTyped();

    document.querySelectorAll("[data-live]").forEach((part) => follow(part));
});
