"use strict";

// What is typed is looked over meanwhile. The rules are the server's; here is only the asking.
document.addEventListener("DOMContentLoaded", () => {
    const PAUSE = 300;
    const panel = document.querySelector("[data-live-check]");
    const form = panel?.closest("form");
    if (!form) return;
    const behind = panel.querySelector("[data-behind]");
    let timer;
    let newest;

    const show = (html) => {
        const holder = document.createElement("template");
        holder.innerHTML = html;
        holder.content.querySelectorAll("[data-part]").forEach((fresh) => {
            const part = form.querySelector(`[data-part="${fresh.dataset.part}"]`);
            // What stays the same is left alone, or screen readers would say it again.
            if (part.innerHTML !== fresh.innerHTML) part.innerHTML = fresh.innerHTML;
        });
    };

    const answer = async (signal) => {
        const body = new URLSearchParams(new FormData(form));
        new URLSearchParams(panel.dataset.also).forEach((value, name) => body.set(name, value));
        // Fields of the panel that are not to be saved belong to another form.
        panel.querySelectorAll("[form][name]").forEach((field) => body.append(field.name, field.value));
        const response = await fetch(panel.dataset.liveCheck, { method: "POST", body, signal });
        if (!response.ok || response.redirected) throw new Error(response.status);
        return response.text();
    };

    const ask = async () => {
        newest?.abort();
        const own = newest = new AbortController();
        panel.setAttribute("aria-busy", "true");
        const html = await answer(own.signal).catch(() => null);
        if (own !== newest) return;
        panel.removeAttribute("aria-busy");
        behind.hidden = html !== null;
        if (html !== null) show(html);
    };

    form.addEventListener("input", () => {
        clearTimeout(timer);
        timer = setTimeout(ask, PAUSE);
    });
    // A browser may fill in again what was typed before the page was reloaded.
    if ([...form.querySelectorAll("textarea")].some((text) => text.value !== text.defaultValue)) ask();
});
