"use strict";

// What is marked data-vanish is taken out of the page after so many seconds; what follows it tells so.
document.querySelectorAll("[data-vanish]").forEach((part) => {
    setTimeout(() => {
        part.nextElementSibling.hidden = false;
        part.remove();
    }, Number(part.dataset.vanish) * 1000);
});
