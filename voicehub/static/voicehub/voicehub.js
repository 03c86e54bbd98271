"use strict";

// Times are shown in the browser's zone to everybody who has not chosen one.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const secure = location.protocol === "https:" ? "; secure" : "";
document.cookie = `browser_time_zone=${zone}; path=/; max-age=31536000; samesite=lax${secure}`;

document.addEventListener("DOMContentLoaded", () => {
    const main = document.getElementById("main");
    main?.setAttribute("role", "main");
    // So that the keyboard goes on from there after the link that leads to it.
    document.getElementById("content")?.setAttribute("tabindex", "-1");

    // An icon is a word in a special font: beside a text, screen readers would read out both.
    document.querySelectorAll(".material-symbols-outlined").forEach((icon) => {
        if (icon.parentElement.textContent.trim() !== icon.textContent.trim()) icon.setAttribute("aria-hidden", "true");
    });

    // What may scroll is reached by the keyboard.
    document.querySelectorAll("#main .readonly pre").forEach((text) => text.setAttribute("tabindex", "0"));

    // A dialog is put into the page after it was asked for: the keyboard follows it there.
    document.body.addEventListener("htmx:afterSwap", (event) => {
        if (event.target.id === "modal-content") {
            const first = event.target.querySelector("input:not([type=hidden]), select, textarea, button, a[href]");
            first?.focus();
        }
    });
});

// The box that stands for a long list of choices is called what its field is called.
const nameBoxes = () => document.querySelectorAll("select.select2-hidden-accessible").forEach((field) => {
    const label = document.querySelector(`label[for="${field.id}"]`);
    const box = document.getElementById(`select2-${field.id}-container`)?.closest(".select2-selection");
    if (!label || !box) return;
    for (const part of [box, box.firstElementChild]) {
        part.removeAttribute("aria-labelledby");
        part.ariaLabel = label.textContent.replace("*", "").trim();
    }
});
// A name is only read out of what can have one.
const nameIcons = () => document.querySelectorAll("span.help-tooltip[aria-label]").forEach((icon) => {
    icon.setAttribute("role", "img");
});
// Behind the admin's own ready function, which makes the boxes; the load event may come before it.
window.addEventListener("load", () => window.django?.jQuery?.(() => { nameBoxes(); nameIcons(); }));
document.addEventListener("formset:added", () => setTimeout(nameBoxes));

// A button marked data-fold folds away the question that it stands in.
document.addEventListener("click", (event) => {
    const question = event.target.closest("[data-fold]")?.closest("details");
    if (!question) {
        return;
    }
    question.open = false;
    question.querySelector("summary").focus();
});

// A button marked data-copy copies the field of that id, and says so in the words of data-done.
document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) {
        return;
    }
    const field = document.getElementById(button.dataset.copy);
    field.select();
    try {
        await navigator.clipboard.writeText(field.value);
    } catch {
        // Without https there is no clipboard for scripts: the field is selected, and this may still work.
        if (!document.execCommand("copy")) {
            return;
        }
    }
    button.setAttribute("aria-live", "polite");
    button.textContent = button.dataset.done;
});

// The theme writes the name of a chosen file into the first text field of the form; ours are shown by the browser.
document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("input[type=file].vh-input").forEach((input) => { input.hasChangeListener = true; });
});
