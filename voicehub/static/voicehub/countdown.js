"use strict";

// The seconds in which a payment can still be taken back, counted from what the server said: clocks differ.
document.addEventListener("DOMContentLoaded", () => {
    const ends = new WeakMap();
    const show = () => {
        document.querySelectorAll("[data-countdown]").forEach((part) => {
            if (!ends.has(part)) ends.set(part, performance.now() + Number(part.dataset.countdown) * 1000);
            const left = Math.ceil((ends.get(part) - performance.now()) / 1000);
            const place = part.querySelector("[data-seconds]");
            place.hidden = left <= 0;
            place.textContent = left;
        });
    };
    if (!document.querySelector("[data-countdown]")) return;
    show();
    setInterval(show, 250);
});
