"use strict";

// Recordings are uploaded one after the other, each with its progress and what became of it. Without this the form
// sends all of them at once.
document.addEventListener("DOMContentLoaded", () => {
    const form = document.querySelector("[data-upload]");
    if (!form) return;
    const input = form.querySelector("input[type=file]");
    const list = form.querySelector("[data-uploads]");
    const drop = form.querySelector("[data-drop]");
    const sort = form.querySelector("[name=sort]");
    const button = form.querySelector("button[type=submit]");
    const words = list.dataset;

    const line = (file) => {
        const item = document.createElement("li");
        const name = document.createElement("span");
        const bar = document.createElement("progress");
        const said = document.createElement("span");
        name.textContent = file.name;
        bar.max = 1;
        bar.value = 0;
        bar.setAttribute("aria-label", file.name);
        said.textContent = words.waiting;
        item.append(name, bar, said);
        list.append(item);
        return { item, name, bar, said };
    };

    const fail = (shown, text) => {
        shown.item.classList.add("vh-refused");
        shown.said.textContent = text;
        shown.bar.remove();
    };

    const send = (file, shown, many) => new Promise((done) => {
        const body = new FormData(form);
        body.delete("sounds");
        if (many) body.set("name", "");
        body.append("sounds", file);
        const request = new XMLHttpRequest();
        request.open("POST", form.action || location.href);
        request.setRequestHeader("Accept", "application/json");
        request.upload.onprogress = (event) => { if (event.lengthComputable) shown.bar.value = event.loaded / event.total; };
        request.onloadend = () => {
            let told = {};
            try { told = JSON.parse(request.responseText); } catch { /* said below */ }
            if (request.status !== 200 || told.error) {
                fail(shown, told.error || words.failed);
                return done(false);
            }
            const link = document.createElement("a");
            link.href = told.url;
            link.className = "vh-link";
            link.textContent = told.name;
            shown.name.replaceChildren(link);
            shown.bar.value = 1;
            shown.said.textContent = words.done;
            done(true);
        };
        request.send(body);
    });

    const sendAll = async (files) => {
        button.disabled = true;
        list.replaceChildren();
        const waiting = files.map((file) => [file, line(file)]);
        for (const [file, shown] of waiting) {
            if (file.size > Number(words.most) * 1e6) fail(shown, words.tooLarge);
            else if (await send(file, shown, files.length > 1)) sort.value = Number(sort.value) + 1;
        }
        input.value = "";
        button.disabled = false;
    };

    form.addEventListener("submit", (event) => {
        if (!input.files.length) return;
        event.preventDefault();
        sendAll([...input.files]);
    });
    form.querySelector("[data-drop-words]").hidden = false;
    ["dragover", "dragenter"].forEach((kind) => drop.addEventListener(kind, (event) => {
        event.preventDefault();
        drop.classList.add("vh-over");
    }));
    ["dragleave", "drop"].forEach((kind) => drop.addEventListener(kind, () => drop.classList.remove("vh-over")));
    drop.addEventListener("drop", (event) => {
        event.preventDefault();
        sendAll([...event.dataTransfer.files]);
    });
});
