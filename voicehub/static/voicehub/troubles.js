"use strict";

// What does not work at the moment ([data-troubles]), on top of every page: asked for at once and then now and then, as
// long as somebody looks. Only what has changed is written, so that it is read out once, and goes by itself.
document.addEventListener("DOMContentLoaded", () => {
    const EVERY = 10000;
    const place = document.querySelector("[data-troubles]");
    if (!place) return;
    let mark = place.dataset.mark ?? "";
    let timer = 0;

    const ask = async () => {
        clearTimeout(timer);
        if (document.hidden) return;
        try {
            const headers = { "X-Fragment": "1", "If-None-Match": `"${mark}"` };
            const answer = await fetch(place.dataset.troubles, { headers, redirect: "manual" });
            if (answer.type === "opaqueredirect" || [401, 403, 404].includes(answer.status)) return;
            if (answer.ok) show(await answer.text());
        } catch {
            // Out of reach for a moment: the next time may do.
        }
        timer = setTimeout(ask, EVERY);
    };

    const show = (text) => {
        const holder = document.createElement("template");
        holder.innerHTML = text;
        const fresh = holder.content.querySelector("[data-troubles]");
        if (!fresh) return;
        mark = fresh.dataset.mark;
        if (fresh.textContent.trim() !== place.textContent.trim()) place.replaceChildren(...fresh.childNodes);
    };

    document.addEventListener("visibilitychange", ask);
    ask();
});
