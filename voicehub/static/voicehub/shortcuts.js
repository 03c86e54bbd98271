"use strict";

// Dialogs of a page, and shortcuts: those of single keys only while nothing is typed and no dialog is open, and only if they are wanted.
document.addEventListener("DOMContentLoaded", () => {
    const WISH = "voicehub.shortcuts";
    const SECOND_KEY = 1500;
    const TYPED_IN = "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable=true], .select2-container";
    const dialog = document.querySelector("[data-shortcuts-dialog]");
    if (!dialog) return;
    const wish = dialog.querySelector("[data-shortcuts-switch]");
    let wentAt = -Infinity;

    wish.checked = localStorage.getItem(WISH) !== "off";
    wish.addEventListener("change", () => localStorage.setItem(WISH, wish.checked ? "on" : "off"));

    const help = () => {
        document.querySelectorAll("dialog[open]").forEach((other) => other.close());
        dialog.showModal();
        return true;
    };
    document.querySelectorAll("[data-open-shortcuts]").forEach((button) => button.addEventListener("click", help));
    document.querySelectorAll("dialog.vh-dialog").forEach((one) => {
        one.addEventListener("click", (event) => { if (event.target === one) one.close(); });
    });
    document.querySelectorAll("[data-opens]").forEach((button) => {
        button.addEventListener("click", () => document.getElementById(button.dataset.opens).showModal());
    });

    const rows = () => [...document.querySelectorAll("#result_list tr.data-row")];
    const current = () => document.activeElement.closest("#result_list tr.data-row");
    const way = (row) => row?.querySelector("th a[href], td a[href]");

    const step = (by) => {
        const all = rows();
        const place = all.indexOf(current());
        const row = all[place < 0 ? 0 : Math.min(Math.max(place + by, 0), all.length - 1)];
        if (!row) return false;
        const target = way(row) ?? row;
        if (target === row) row.tabIndex = -1;
        target.focus();
        row.scrollIntoView({ block: "nearest" });
        return true;
    };

    const click = (element) => {
        element?.click();
        return Boolean(element);
    };

    const focus = (element) => {
        element?.focus();
        element?.select?.();
        return Boolean(element);
    };

    const search = () => {
        document.dispatchEvent(new Event("voicehub:search"));
        return true;
    };

    const go = () => {
        wentAt = performance.now();
        return true;
    };

    const isSecond = () => performance.now() - wentAt < SECOND_KEY;

    const keys = {
        "/": search,
        "?": help,
        g: go,
        j: () => step(1),
        k: () => step(-1),
        o: () => click(way(current())),
        x: () => click(current()?.querySelector("input.action-select")),
        n: () => click(document.querySelector("#header-inner a.addlink, #content a.vh-button.vh-primary[href]")),
        f: () => focus(document.getElementById("searchbar")) || click(document.querySelector("[data-filters]")),
        v: () => click(document.querySelector("[data-views]")),
    };

    const single = (event) => {
        const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
        const place = isSecond() ? dialog.querySelector(`[data-go="${CSS.escape(key)}"]`) : null;
        wentAt = -Infinity;
        if (place) return click(place);
        return Object.hasOwn(keys, key) && keys[key]();
    };

    const arrow = (event) => current() && step(event.key === "ArrowDown" ? 1 : -1);

    const isTyping = (event) => event.target.closest?.(TYPED_IN) || document.querySelector("dialog[open]")
        || document.getElementById("modal-overlay")?.getClientRects().length;

    // Of the form in which the keyboard is, else of the page's own. The button may stand outside of its form.
    const saves = () => {
        const buttons = [...document.querySelectorAll("[name=_save], [data-save]")];
        const form = document.activeElement.form;
        return form ? buttons.find((button) => button.form === form) : buttons[0];
    };

    const save = (event) => {
        const button = document.querySelector("dialog[open]") ? null : saves();
        if (!button) return false;
        event.preventDefault();
        button.form.requestSubmit(button);
        return true;
    };

    document.addEventListener("keydown", (event) => {
        if (event.defaultPrevented || event.isComposing) return;
        const isControl = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
        if (isControl && (event.key.toLowerCase() === "s" || event.key === "Enter")) save(event);
        if (event.ctrlKey || event.metaKey || event.altKey || !wish.checked || isTyping(event)) return;
        const isArrow = event.key === "ArrowDown" || event.key === "ArrowUp";
        if (isArrow ? arrow(event) : single(event)) event.preventDefault();
    });
});
