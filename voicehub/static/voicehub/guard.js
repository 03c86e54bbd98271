"use strict";

// Nothing typed is lost by leaving a page, and no form is sent twice. Lists are no forms: ticking rows is no typing.
(() => {
    const RELEASED_AFTER = 10000;
    let sending = null;

    const isWatched = (form) => form.method === "post" && form.id !== "changelist-form";

    const isControl = (field) => field.name && !field.disabled && !field.name.startsWith("_")
        && !["hidden", "submit", "button"].includes(field.type);

    // What a list of choices shows at first; one that is fetched while typing shows nothing.
    const firstChoice = (field) => {
        const preset = [...field.options].filter((option) => option.defaultSelected).map((option) => option.value);
        const isFetched = "ajax-Url" in field.dataset;
        return preset.length || field.multiple || isFetched ? preset.join("\n") : field.options[0]?.value ?? "";
    };

    const isChanged = (field) => {
        if (field.options) return [...field.selectedOptions].map((option) => option.value).join("\n") !== firstChoice(field);
        if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
        return field.value !== field.defaultValue;
    };

    const filledAtFirst = (form) => [...form.elements].filter((field) => isControl(field) && field.defaultValue).length;
    const filled = new WeakMap();

    const isTyped = (form) => isWatched(form) && (
        form.querySelector("[data-unsaved], .vh-errors") !== null
        || [...form.elements].some((field) => isControl(field) && isChanged(field))
        // Rows were taken out.
        || filledAtFirst(form) < (filled.get(form) ?? 0)
    );

    const told = () => document.querySelector("[data-saving]");

    const release = () => {
        sending?.removeAttribute("aria-busy");
        sending = null;
        if (told()) told().textContent = "";
    };

    window.voicehub = { isTyped: (form) => (form ? isTyped(form) : [...document.forms].some(isTyped)) };

    document.addEventListener("DOMContentLoaded", () => {
        [...document.forms].forEach((form) => filled.set(form, filledAtFirst(form)));
        // What has to be looked at may stand far below the top.
        document.querySelector("[data-look-here]")?.focus();
    });

    window.addEventListener("beforeunload", (event) => {
        if (![...document.forms].some((form) => form !== sending && isTyped(form))) return;
        event.preventDefault();
        // Who stays can send a form after all.
        setTimeout(release);
    });

    // Behind every other listener: what a script sends by itself does not leave the page.
    window.addEventListener("submit", (event) => {
        const form = event.target;
        if (event.defaultPrevented || form.method !== "post") return;
        if (form === sending) {
            event.preventDefault();
            return;
        }
        release();
        sending = form;
        form.setAttribute("aria-busy", "true");
        const words = told();
        if (words) words.textContent = form.querySelector("[data-draft]") ? words.dataset.saving : words.dataset.working;
        // A download leaves the page where it is.
        setTimeout(() => { if (sending === form) release(); }, RELEASED_AFTER);
    });

    // The back button shows the page as it was left: its forms can be sent again, and the server decides.
    window.addEventListener("pageshow", (event) => { if (event.persisted) release(); });
})();
