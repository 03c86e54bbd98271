"use strict";

// The rule of a hotline: each row shows only what belongs to the thing that was chosen in it.
document.addEventListener("DOMContentLoaded", () => {
    const form = document.querySelector(".vh-rule");
    if (!form) return;
    const read = (id) => JSON.parse(document.getElementById(id)?.textContent || "null");
    const facts = read("facts");
    const withoutValue = read("without-value") || [];
    const field = (row, name) => row.querySelector(`[data-field="${name}"]`);
    const input = (row, name) => field(row, name)?.querySelector("select, input, textarea");

    const condition = (row) => {
        const fact = facts[input(row, "fact").value];
        const operator = input(row, "operator");
        field(row, "of").hidden = !fact || !fact.of;
        field(row, "operator").hidden = !fact;
        field(row, "value").hidden = !fact || withoutValue.includes(operator.value);
        if (!fact) return;
        input(row, "of").placeholder = fact.of;
        input(row, "value").placeholder = fact.example;
        [...operator.options].forEach((option) => {
            option.hidden = option.disabled = !fact.operators.includes(option.value);
        });
        if (operator.selectedOptions[0]?.disabled) operator.value = fact.operators[0];
        field(row, "value").hidden = withoutValue.includes(operator.value);
    };
    const play = (row) => {
        field(row, "slot").hidden = input(row, "kind").value !== "recording";
        field(row, "text").hidden = input(row, "kind").value !== "text";
    };
    const refresh = (row) => {
        if (field(row, "fact")) condition(row);
        if (field(row, "kind")) play(row);
    };

    form.querySelectorAll("[data-row]").forEach(refresh);
    ["change", "row:added"].forEach((kind) => {
        form.addEventListener(kind, (event) => {
            const row = event.target.closest("[data-row]");
            if (row) refresh(row);
        });
    });
});
