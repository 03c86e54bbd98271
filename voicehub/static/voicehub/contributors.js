"use strict";

// The admin puts scripts into the head, where there is no page yet to work on.

// Lines of the pay form: added and removed without asking the server.
document.addEventListener("DOMContentLoaded", () => {
    const list = document.querySelector("[data-lines]");
    if (!list) return;
    const form = list.closest("form");
    const total = form.querySelector("[name='lines-TOTAL_FORMS']");
    const most = Number(form.querySelector("[name='lines-MAX_NUM_FORMS']").value);
    const empty = form.querySelector("[data-empty-line]");
    const add = form.querySelector("[data-add-line]");

    const refresh = () => {
        const lines = list.querySelectorAll("[data-line]");
        lines.forEach((line) => {
            line.querySelector("[data-remove-line]").hidden = lines.length < 2;
        });
        add.disabled = Number(total.value) >= most;
    };

    // Select2 puts its own box before the reader; the label has to go with it.
    const nameBoxes = () => {
        list.querySelectorAll("select").forEach((select) => {
            const box = select.parentElement.querySelector(".select2-selection");
            if (!box) return;
            box.removeAttribute("aria-labelledby");
            box.setAttribute("aria-label", select.labels[0].textContent);
            box.setAttribute("aria-describedby", select.getAttribute("aria-describedby") || "");
            // It calls the chosen name a text field of its own, which then has no label.
            ["role", "aria-readonly"].forEach((name) => box.firstElementChild.removeAttribute(name));
        });
    };

    // As a submit button it would also be what the Enter key presses.
    add.type = "button";
    add.addEventListener("click", () => {
        const line = empty.content.firstElementChild.cloneNode(true);
        line.querySelectorAll("[name], [id], [for]").forEach((element) => {
            ["name", "id", "for"].filter((name) => element.hasAttribute(name)).forEach((name) => {
                element.setAttribute(name, element.getAttribute(name).replace("__prefix__", total.value));
            });
        });
        list.append(line);
        total.value = Number(total.value) + 1;
        line.dispatchEvent(new CustomEvent("formset:added", { bubbles: true }));
        refresh();
        nameBoxes();
        line.querySelector(".select2-selection")?.focus();
    });
    list.addEventListener("click", (event) => {
        const button = event.target.closest("[data-remove-line]");
        if (!button) return;
        button.closest("[data-line]").remove();
        refresh();
        add.focus();
    });
    refresh();
    // Behind the admin's own ready function, which makes the boxes; the load event may come before it.
    django.jQuery(nameBoxes);
});

// The sum of all filtered payments, on request.
document.addEventListener("DOMContentLoaded", () => {
    const link = document.querySelector("[data-total]");
    if (!link) return;
    link.addEventListener("click", async (event) => {
        event.preventDefault();
        const answer = await fetch(link.href, { headers: { "X-Fragment": "1" } });
        if (!answer.ok || answer.redirected) {
            window.location = link.href;
            return;
        }
        document.querySelector("[data-total-of-filter]").innerHTML = await answer.text();
        link.hidden = true;
    });
});
