"use strict";

// The phone simulator reads texts aloud where the browser can speak.
document.addEventListener("DOMContentLoaded", () => {
    const button = document.querySelector("[data-speak]");
    if (!button || !window.speechSynthesis) return;
    button.hidden = false;
    button.addEventListener("click", () => {
        speechSynthesis.cancel();
        document.querySelectorAll("[data-spoken]").forEach((text) => {
            speechSynthesis.speak(new SpeechSynthesisUtterance(text.textContent));
        });
    });
});
