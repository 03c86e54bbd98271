"use strict";

// The editor of call scripts: numbers beside the lines, and links that lead to the place of a problem.
document.addEventListener("DOMContentLoaded", () => {
    const editor = document.querySelector("textarea.vh-code");
    if (!editor) return;
    const numbers = document.createElement("div");
    numbers.className = "vh-line-numbers";
    numbers.setAttribute("aria-hidden", "true");
    const frame = document.createElement("div");
    frame.className = "vh-editor";
    editor.replaceWith(frame);
    frame.append(editor, numbers);
    let shown = 0;

    const count = () => {
        const lines = editor.value.split("\n").length;
        if (lines === shown) return;
        shown = lines;
        numbers.textContent = Array.from({ length: lines }, (_unused, index) => index + 1).join("\n");
    };

    const follow = () => { numbers.scrollTop = editor.scrollTop; };

    // Columns count characters, of which JavaScript takes some for two.
    const offsetOf = (line, column) => {
        const lines = editor.value.split("\n");
        const before = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
        return before + [...(lines[line - 1] ?? "")].slice(0, column - 1).join("").length;
    };

    const goTo = (line, column) => {
        const offset = offsetOf(line, column);
        editor.focus();
        editor.setSelectionRange(offset, offset);
        const height = Number.parseFloat(getComputedStyle(editor).lineHeight);
        editor.scrollTop = (line - 1) * height - editor.clientHeight / 3;
        follow();
    };

    editor.addEventListener("input", () => { count(); follow(); });
    editor.addEventListener("scroll", follow);
    const follows = (address) => {
        const [, line, column] = /^#line-(\d+)-(\d+)$/.exec(address ?? "") ?? [];
        if (line) goTo(Number(line), Number(column));
        return Boolean(line);
    };

    document.addEventListener("click", (event) => {
        if (follows(event.target.closest?.("a")?.getAttribute("href"))) event.preventDefault();
    });
    // A call is tried out while its fields are filled in: there is nothing to send.
    document.querySelector("[data-nowhere]")?.addEventListener("submit", (event) => event.preventDefault());
    count();
    follows(location.hash);
});
