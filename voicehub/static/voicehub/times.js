"use strict";

// A time that is near is told as people would ("3 minutes ago"); the exact one shows under the mouse. What lies
// further away, or is marked data-exact, stays as the server wrote it.
(() => {
    const MINUTE = 60;
    const HOUR = 60 * MINUTE;
    const DAY = 24 * HOUR;
    const NEAR = 7 * DAY;
    const TIMES = "time[datetime]:not([data-exact])";

    const words = new Intl.RelativeTimeFormat(document.documentElement.lang || "en", { numeric: "always" });

    const told = (seconds) => {
        const size = Math.abs(seconds);
        const [unit, length] = size < MINUTE ? ["second", 1]
            : size < HOUR ? ["minute", MINUTE]
            : size < DAY ? ["hour", HOUR] : ["day", DAY];
        return words.format(Math.trunc(seconds / length), unit);
    };

    const tell = (time) => {
        const seconds = Math.round((Date.parse(time.dateTime) - Date.now()) / 1000);
        const exact = time.title || time.textContent.trim();
        const text = Math.abs(seconds) < NEAR ? told(seconds) : exact;
        if (Number.isNaN(seconds) || !exact || time.textContent === text) return;
        time.title = exact;
        time.textContent = text;
    };

    const tellAll = (part) => part.querySelectorAll?.(TIMES).forEach(tell);

    document.addEventListener("DOMContentLoaded", () => {
        tellAll(document);
        setInterval(() => tellAll(document), MINUTE / 2 * 1000);
        // Parts that follow bring new times along.
        new MutationObserver((changes) => {
            changes.forEach(({ addedNodes }) => addedNodes.forEach((node) => (
                node.matches?.(TIMES) ? tell(node) : tellAll(node)
            )));
        }).observe(document.body, { childList: true, subtree: true });
    });
})();
