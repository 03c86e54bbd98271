"use strict";

// Another kind of entries is shown without the page being loaded anew: what somebody has typed above them stays.
document.addEventListener("click", async (event) => {
    const link = event.target.closest("[data-timeline-choice]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) {
        return;
    }
    event.preventDefault();
    try {
        show(await asked(link.href));
        window.history.replaceState(null, "", link.href);
    } catch {
        window.location.assign(link.href);
    }

    async function asked(url) {
        const answer = await fetch(url);
        if (!answer.ok || answer.redirected) {
            throw new Error("The page did not answer.");
        }
        return new DOMParser().parseFromString(await answer.text(), "text/html");
    }

    function show(fresh) {
        const timeline = document.querySelector('[data-part="timeline"]');
        const other = document.importNode(fresh.querySelector('[data-part="timeline"]'), true);
        timeline.replaceWith(other);
        other.querySelector("[data-timeline-choice][aria-current]")?.focus();
        // What follows by itself asks for the same from now on.
        const [following, followed] = [document, fresh].map((page) => page.querySelector(".vh-panel[data-live]"));
        if (following && followed) {
            following.dataset.live = followed.dataset.live;
        }
    }
});
