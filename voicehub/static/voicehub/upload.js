"use strict";

// Chosen or dropped recordings are listed with a name and a free place each, and uploaded one after the other, each
// with its progress and what became of it. Without this the form sends all of them at once.
document.addEventListener("DOMContentLoaded", () => {
    const form = document.querySelector("[data-upload]");
    if (!form) return;
    const list = form.querySelector("[data-uploads]");
    const drop = form.querySelector("[data-drop]");
    const input = form.querySelector("input[type=file]");
    const button = form.querySelector("button[type=submit]");
    const { album, sort } = form.elements;
    const words = list.dataset;
    let rows = [];
    let taken = {};
    let looking = null;

    const element = (name, properties, ...children) => {
        const made = Object.assign(document.createElement(name), properties);
        made.append(...children);
        return made;
    };
    const field = (label, file, properties) => {
        const made = element("input", { className: "vh-input", ...properties });
        made.setAttribute("aria-label", `${label}: ${file.name}`);
        return made;
    };
    const labelled = (label, made) => element("label", {}, element("small", { textContent: label }), made);

    const problem = (row) => {
        const place = row.sort.value.trim();
        if (row.file.size > Number(words.mostBytes)) return words.tooLarge;
        if (!/^[1-9][0-9]{0,5}$/.test(place)) return words.noNumber;
        if (taken[place]) return `${words.taken} ${taken[place]}`;
        return rows.some((other) => other !== row && other.sort.value.trim() === place) ? words.double : "";
    };
    const say = (row, text, isRefused) => {
        row.said.textContent = text;
        row.said.className = isRefused ? "vh-refused" : "";
    };
    const check = () => rows.forEach((row) => {
        const found = problem(row);
        say(row, found || words.waiting, Boolean(found));
    });

    // Free places in a row, from the first sort number on.
    const propose = () => {
        let next = Number(sort.value) || 1;
        for (const row of rows) {
            while (taken[next]) next += 1;
            row.sort.value = next++;
        }
        check();
    };
    const look = async () => {
        const answer = await fetch(`${words.takenUrl}?album=${encodeURIComponent(album.value.trim())}`).catch(() => null);
        taken = answer?.ok ? (await answer.json()).taken : {};
        propose();
    };

    const add = (files) => {
        for (const file of files) {
            const row = {
                file,
                name: field(words.name, file, { value: file.name.replace(/\.[^.]*$/, ""), maxLength: 255 }),
                sort: field(words.sort, file, { inputMode: "numeric", size: 6 }),
                bar: element("progress", { max: 1, value: 0, hidden: true }),
                said: element("span"),
                out: element("button", { type: "button", className: "vh-button vh-default", textContent: words.out }),
            };
            row.bar.setAttribute("aria-label", file.name);
            row.title = element("strong", { textContent: file.name });
            row.fields = [labelled(words.name, row.name), labelled(words.sort, row.sort), row.out];
            row.item = element("li", {}, row.title, ...row.fields, row.bar, row.said);
            row.sort.addEventListener("input", check);
            row.out.addEventListener("click", () => {
                row.item.remove();
                rows = rows.filter((other) => other !== row);
                check();
            });
            list.append(row.item);
            rows.push(row);
        }
        looking = look();
    };

    const send = (row) => new Promise((done) => {
        const body = new FormData(form);
        body.set("sort", row.sort.value);
        body.set("name", row.name.value);
        body.delete("sounds");
        body.append("sounds", row.file);
        const request = new XMLHttpRequest();
        request.open("POST", location.href);
        request.setRequestHeader("Accept", "application/json");
        request.upload.onprogress = (event) => { if (event.lengthComputable) row.bar.value = event.loaded / event.total; };
        request.onloadend = () => {
            let told = {};
            try { told = JSON.parse(request.responseText); } catch { /* the connection broke */ }
            done(told.url ? told : { error: told.error || words.failed });
        };
        request.send(body);
    });

    const upload = async (row) => {
        row.bar.hidden = false;
        say(row, words.sending, false);
        const told = await send(row);
        row.bar.hidden = true;
        if (told.error) return say(row, told.error, true);
        taken[row.sort.value.trim()] = row.name.value;
        row.title.replaceChildren(element("a", { href: told.url, className: "vh-link", textContent: told.name }));
        row.fields.forEach((part) => part.remove());
        rows = rows.filter((other) => other !== row);
        say(row, words.done, false);
    };

    form.addEventListener("submit", async (event) => {
        if (!rows.length) return;
        event.preventDefault();
        button.disabled = true;
        await looking;
        check();
        for (const row of rows.filter((one) => !problem(one))) await upload(row);
        button.disabled = false;
    });
    input.addEventListener("change", () => {
        add([...input.files]);
        input.value = "";
    });
    album.addEventListener("change", () => { looking = look(); });
    sort.addEventListener("change", propose);
    form.querySelector("[data-drop-words]").hidden = false;
    form.querySelector("[data-one-name]").hidden = true;
    ["dragover", "dragenter"].forEach((kind) => drop.addEventListener(kind, (event) => {
        event.preventDefault();
        drop.classList.add("vh-over");
    }));
    ["dragleave", "drop"].forEach((kind) => drop.addEventListener(kind, () => drop.classList.remove("vh-over")));
    drop.addEventListener("drop", (event) => {
        event.preventDefault();
        add([...event.dataTransfer.files]);
    });
});
