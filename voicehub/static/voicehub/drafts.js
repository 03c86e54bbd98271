"use strict";

// Keeps what is typed into a form with a ticket ([data-draft]) on the server, and brings it back. Never files or secrets.
document.querySelectorAll("[data-draft]").forEach((ticket) => {
    const PAUSE = 1500;
    const MOST_ROWS = 200;
    const { form } = ticket;
    const url = ticket.dataset.draft;
    const offer = form.querySelector("[data-draft-offer]");
    let timer = null;
    let isKept = false;
    let isOver = false;

    const isOpen = () => offer?.isConnected && offer.querySelector("button") !== null;

    const typed = () => {
        const body = new FormData(form);
        [...form.elements].forEach((field) => {
            if (["password", "file"].includes(field.type) || field.name.includes("__prefix__")) body.delete(field.name);
            // What is chosen from a list that is fetched is no use without its name.
            else if (field.options && "ajax-Url" in field.dataset && field.value) {
                body.append(`label:${field.name}`, field.selectedOptions[0].textContent);
            }
        });
        return body;
    };

    const post = (body, keepalive) => fetch(url, { method: "POST", body, keepalive }).catch(() => null);

    const keep = (keepalive = false) => {
        clearTimeout(timer);
        timer = null;
        const isTyped = window.voicehub.isTyped(form);
        if (isOver || isOpen() || !(isTyped || isKept)) return;
        const body = typed();
        if (!isTyped) body.set("_throw_away", "1");
        isKept = isTyped;
        post(body, keepalive);
    };

    const later = () => {
        clearTimeout(timer);
        timer = setTimeout(keep, PAUSE);
    };

    form.addEventListener("input", later);
    // The boxes of the admin's long lists tell jQuery alone.
    window.django?.jQuery?.(form).on("change", later);
    form.addEventListener("change", later);
    window.addEventListener("submit", (event) => {
        if (event.target !== form || event.defaultPrevented) return;
        clearTimeout(timer);
        isOver = true;
    });
    window.addEventListener("pagehide", () => { if (timer) keep(true); });
    window.addEventListener("pageshow", (event) => { if (event.persisted) isOver = false; });

    const addRow = (prefix) => form.querySelector(
        `[data-rows="${prefix}"] [data-add-row], [data-lines-of="${prefix}"] [data-add-line], #${prefix}-group .add-row`,
    );

    const makeRows = (values) => Object.keys(values).filter((name) => name.endsWith("-TOTAL_FORMS")).forEach((name) => {
        const total = form.elements[name];
        const button = addRow(name.replace("-TOTAL_FORMS", ""));
        for (let tries = 0; button && tries < MOST_ROWS && Number(total.value) < Number(values[name][0]); tries += 1) {
            button.click();
        }
    });

    const choose = (field, chosen, label) => {
        if (label && ![...field.options].some((option) => option.value === chosen[0])) {
            field.append(new Option(label, chosen[0]));
        }
        [...field.options].forEach((option) => { option.selected = chosen.includes(option.value); });
    };

    const put = (field, values) => {
        const given = values[field.name];
        if (field.type === "checkbox" || field.type === "radio") field.checked = (given ?? []).includes(field.value);
        else if (field.options && (given || field.multiple)) choose(field, given ?? [], values[`label:${field.name}`]?.[0]);
        else if (given) field.value = given[0];
        field.dispatchEvent(new Event("input", { bubbles: true }));
        field.dispatchEvent(new Event("change", { bubbles: true }));
        window.django?.jQuery?.(field).trigger("change.select2");
    };

    const LEFT_ALONE = ["password", "file", "submit", "button"];
    const isFilled = (field) => field.name && !/^_|__prefix__/.test(field.name) && !LEFT_ALONE.includes(field.type)
        && (field.type !== "hidden" || /(^|-)opened$/.test(field.name));

    const take = async () => {
        const answer = await fetch(`${url}?_draft=${encodeURIComponent(ticket.value)}`).catch(() => null);
        const words = offer.querySelector("p");
        if (!answer?.ok) {
            words.textContent = offer.dataset.failed;
            return;
        }
        const values = await answer.json();
        makeRows(values);
        [...form.elements].filter(isFilled).forEach((field) => put(field, values));
        words.textContent = offer.dataset.taken;
        offer.querySelector(".vh-actions").remove();
        isKept = true;
        form.querySelector("input:not([type=hidden]), select, textarea")?.focus();
    };

    const throwAway = () => {
        const body = typed();
        body.set("_throw_away", "1");
        post(body);
        offer.remove();
        form.querySelector("input:not([type=hidden]), select, textarea")?.focus();
    };

    if (!offer) return;
    offer.hidden = false;
    offer.querySelector("[data-take-draft]").addEventListener("click", take);
    offer.querySelector("[data-throw-draft]").addEventListener("click", throwAway);
    // Behind the scripts that make rows and boxes.
    if ("takeNow" in offer.dataset) document.addEventListener("DOMContentLoaded", take);
});
