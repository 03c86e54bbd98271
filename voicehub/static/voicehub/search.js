"use strict";

// The one search: a field and below it what the server finds. The keyboard stays in the field; the arrows move a mark.
document.addEventListener("DOMContentLoaded", () => {
    const PAUSE = 150;
    const dialog = document.querySelector("[data-search-dialog]");
    if (!dialog) return;
    const field = dialog.querySelector("[data-search]");
    const list = dialog.querySelector("[role=listbox]");
    const says = dialog.querySelector("[data-search-says]");
    let timer;
    let newest;
    let shownFor = null;

    const options = () => [...list.querySelectorAll("[role=option]")];
    const marked = () => list.querySelector("[aria-selected=true]");

    const mark = (option) => {
        marked()?.setAttribute("aria-selected", "false");
        option?.setAttribute("aria-selected", "true");
        option?.scrollIntoView({ block: "nearest" });
        if (option) field.setAttribute("aria-activedescendant", option.id);
        else field.removeAttribute("aria-activedescendant");
    };

    const move = (step) => {
        const all = options();
        const place = all.indexOf(marked());
        mark(all[(place + step + all.length) % all.length]);
    };

    const show = (html, typed) => {
        list.innerHTML = html;
        shownFor = typed;
        const all = options();
        list.hidden = all.length === 0;
        field.setAttribute("aria-expanded", String(all.length > 0));
        says.textContent = list.firstElementChild?.dataset.says ?? "";
        mark(typed ? all[0] : null);
    };

    const asked = async (typed, signal) => {
        const address = `${field.dataset.search}?${new URLSearchParams({ q: typed })}`;
        const answer = await fetch(address, { signal, headers: { "X-Fragment": "1" } });
        // Signed out meanwhile: the sign-in leads back here.
        if (answer.redirected) window.location.reload();
        if (!answer.ok) throw new Error(answer.status);
        return answer.text();
    };

    // An answer that is overtaken by a newer question is not shown, however late it comes.
    const ask = async () => {
        clearTimeout(timer);
        newest?.abort();
        const own = newest = new AbortController();
        const typed = field.value.trim();
        list.setAttribute("aria-busy", "true");
        const html = await asked(typed, own.signal).catch(() => null);
        if (own !== newest) return;
        list.removeAttribute("aria-busy");
        if (html === null) says.textContent = field.dataset.failed;
        else show(html, typed);
    };

    const open = () => {
        if (dialog.open) return;
        document.querySelectorAll("dialog[open]").forEach((other) => other.close());
        dialog.showModal();
        field.select();
        ask();
    };

    // What is marked may belong to what was typed before: then the answer is waited for.
    const go = async (isElsewhere) => {
        if (shownFor !== field.value.trim()) await ask();
        const address = marked()?.href;
        if (!address || shownFor !== field.value.trim()) return;
        if (isElsewhere) window.open(address, "_blank");
        else window.location.assign(address);
    };

    field.addEventListener("input", () => {
        clearTimeout(timer);
        timer = setTimeout(ask, PAUSE);
    });

    field.addEventListener("keydown", (event) => {
        if (event.isComposing) return;
        const steps = { ArrowDown: 1, ArrowUp: -1 };
        if (event.key in steps && options().length) {
            event.preventDefault();
            move(steps[event.key]);
        } else if (event.key === "Enter") {
            event.preventDefault();
            go(event.ctrlKey || event.metaKey);
        } else if (event.key === "Escape") {
            // The browser would only empty the field.
            event.preventDefault();
            dialog.close();
        }
    });

    document.querySelectorAll("[data-open-search]").forEach((button) => button.addEventListener("click", open));
    document.addEventListener("voicehub:search", open);

    document.addEventListener("keydown", (event) => {
        if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey) {
            event.preventDefault();
            open();
        }
    });
});
