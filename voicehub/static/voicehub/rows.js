"use strict";

// Lists of rows in a form ([data-rows], a formset of Django): rows are added and taken out without asking the server.
document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-rows]").forEach((rows) => {
        const total = rows.querySelector(`[name="${rows.dataset.rows}-TOTAL_FORMS"]`);
        const most = Number(rows.querySelector(`[name="${rows.dataset.rows}-MAX_NUM_FORMS"]`).value);
        const list = rows.querySelector("[data-row-list]");
        const empty = rows.querySelector("[data-empty-row]");
        const add = rows.querySelector("[data-add-row]");

        add.hidden = false;
        add.addEventListener("click", () => {
            const row = empty.content.firstElementChild.cloneNode(true);
            row.querySelectorAll("[name], [id], [for]").forEach((element) => {
                ["name", "id", "for"].filter((name) => element.hasAttribute(name)).forEach((name) => {
                    element.setAttribute(name, element.getAttribute(name).replace("__prefix__", total.value));
                });
            });
            list.append(row);
            total.value = Number(total.value) + 1;
            add.disabled = Number(total.value) >= most;
            row.dispatchEvent(new CustomEvent("row:added", { bubbles: true }));
            row.querySelector("select, input:not([type=hidden]), textarea")?.focus();
        });
        // A row that is taken out stays in the form, so that the numbers of the others stay as they are.
        list.addEventListener("change", (event) => {
            if (!event.target.matches("[name$=-DELETE]")) return;
            event.target.closest("[data-row]").hidden = event.target.checked;
            add.focus();
        });
    });
});
