"use strict";
// Attachments of pages: files are brought in piece by piece and go on after a cut; what is still coming is told. It keeps
// nothing but the name of an upload, in the address and in the form.
(() => {
  const find = (query, root = document) => root.querySelector(query);
  const show = (element, shown = true) => { element.hidden = !shown; };
  const make = (name, attributes = {}, ...inner) => {
    const element = Object.assign(document.createElement(name), attributes);
    element.append(...inner);
    return element;
  };
  const pause = ms => new Promise(resolve => { setTimeout(resolve, ms); });

  // What is still coming: asked for without keeping the session. The text of the page stays as it was opened.
  const attached = find("#attached[data-asks]");
  const ask = async () => {
    const answer = await fetch(`${attached.dataset.asks}?again=1`).catch(() => ({}));
    const all = answer.ok && !answer.redirected ? await answer.json().catch(() => []) : [];
    for (const one of all) {
      const held = find(`[data-digest="${one.digest}"]`, attached), bar = held && find("progress", held);
      if (!bar) continue;
      bar.value = one.percent;
      find("[data-arrived]", held).textContent = one.said;
      show(find("[data-whole]", held), one.whole);
      if (one.whole) bar.remove();
    }
    if (find("progress", attached)) setTimeout(ask, 5000);
  };
  if (attached) setTimeout(ask, 5000);

  const root = find("#attach");
  if (!root) return;
  const words = root.dataset, list = find("#bringing"), form = root.closest("form"), said = find("#attach-said");
  const again = find("#again");
  // How much is sent at once: more while the line carries it fast, ms.
  const least = Number(words.least), most = Number(words.most), FAST = 2000;
  show(find("#attach-plain"), false);
  show(find("#attach-new"));
  // How a file is described is no field of the notice.
  const chosen = name => find(`#file-${name}`);
  const running = new Set();
  // A cut is tried again after so long, ms; then it waits for a press.
  const PAUSES = [1000, 2000, 5000, 10000, 10000, 10000];

  class Refused extends Error {}
  const token = () => find("[name=token]", form).value;
  const call = async (method, address, headers = {}, body = undefined) => {
    const answer = await fetch(address, { method, headers: { "chapar-token": token(), "Accept": "text/plain", ...headers }, body, redirect: "error" });
    if (answer.ok) return answer;
    if (answer.status >= 500) throw new TypeError("the node is away");
    throw Object.assign(new Refused((await answer.text()).replace("\n", " ")), { status: answer.status });
  };
  // The sign-in over the form: it goes on as its own officer's alone, whoever has signed in meanwhile in another tab.
  const renew = () => new Promise(resolve => {
    again.addEventListener("close", resolve, { once: true });
    if (!again.open) again.showModal();
  });

  // The names of uploads that are not whole yet, each with the length of its file: in the address, so that a page that is
  // loaded again goes on; in the form, so that one that is sent and refused does.
  const unfinished = () => {
    const named = [...new URLSearchParams(location.search).getAll("upload"), ...[...form.querySelectorAll("[name=upload]")].map(field => field.value)];
    return [...new Set(named)].filter(name => /^[0-9a-f]+\.\d+$/.test(name));
  };
  const note = (name, is) => {
    const address = new URL(location.href), others = address.searchParams.getAll("upload").filter(other => other !== name);
    address.searchParams.delete("upload");
    for (const other of is ? [...others, name] : others) address.searchParams.append("upload", other);
    history.replaceState(history.state, "", address);
    for (const field of form.querySelectorAll("[name=upload]")) if (field.value === name) field.remove();
    if (is) root.append(make("input", { type: "hidden", name: "upload", value: name }));
  };

  const length = bytes => {
    const [unit, said] = bytes < 1048576 ? [1024, words.kib] : [1048576, words.mib];
    return said.replace("#", (Math.floor(10 * bytes / unit) / 10).toFixed(1).replace(".", words.point));
  };
  const put = (here, size) => [length(here), length(size), Math.floor(100 * here / size)].reduce((text, value, at) => text.replace(`#${at + 1}`, value), words.put);

  // A file on its way: its line, with how far it is and what can be done.
  const line = title => {
    const bar = make("progress", { max: 100, value: 0 }), told = make("p", { className: "small" });
    const go = make("button", { type: "button", className: "btn", textContent: words.goOn, hidden: true });
    const cancel = make("button", { type: "button", className: "btn", textContent: words.cancel });
    bar.setAttribute("aria-label", title);
    told.setAttribute("role", "status");
    const element = make("div", { className: "held" }, make("div", { className: "said" }, make("b", { className: "wrap", textContent: title }), bar, told, make("div", { className: "acts" }, go, cancel)));
    list.append(element);
    return { element, bar, told, go, cancel };
  };
  const pressed = button => new Promise(resolve => {
    show(button);
    button.addEventListener("click", () => { show(button, false); resolve(); }, { once: true });
  });

  const offset = answer => Number(answer.headers.get("Upload-Offset"));
  // Lines of files that were cut, by their uploads.
  const cuts = new Map();
  const bring = async (file, about) => {
    const seen = line(file.name), job = { stopped: false, piece: least };
    running.add(job);
    seen.cancel.addEventListener("click", async () => {
      job.stopped = true;
      seen.element.remove();
      running.delete(job);
      if (!job.upload) return;
      note(`${job.upload}.${file.size}`, false);
      await call("DELETE", `/attachments/${job.upload}`).catch(() => undefined);
    });
    const tell = here => {
      seen.bar.value = 100 * here / file.size;
      seen.told.textContent = put(here, file.size);
    };
    const digest = async () => {
      const sum = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
      return [...new Uint8Array(sum)].map(byte => byte.toString(16).padStart(2, "0")).join("");
    };
    const step = async () => {
      seen.told.textContent = words.look;
      job.sha256 ??= await digest();
      // The node knows a file that was cut by its digest, and which of its pieces is next.
      const begun = await call("POST", "/attachments", { "Upload-Length": file.size, "X-Chapar-Sha256": job.sha256 });
      job.upload = begun.headers.get("Location").split("/").pop();
      cuts.get(job.upload)?.remove();
      note(`${job.upload}.${file.size}`, true);
      const place = `/attachments/${job.upload}`;
      let here = offset(begun);
      for (tell(here); here < file.size && !job.stopped; tell(here)) {
        const began = performance.now();
        const next = await call("PATCH", place, { "Upload-Offset": here, "Content-Type": "application/offset+octet-stream" }, file.slice(here, here + job.piece));
        here = offset(next);
        job.piece = performance.now() - began < FAST ? Math.min(2 * job.piece, most) : least;
        job.tries = 0;
      }
      if (job.stopped) return "";
      seen.told.textContent = words.look;
      const body = new URLSearchParams({ ...about, name: file.name, sha256: job.sha256 });
      return (await call("POST", `${place}/finish`, {}, body)).text();
    };
    for (job.tries = 0; !job.stopped;) {
      try {
        const part = await step();
        if (job.stopped) return;
        note(`${job.upload}.${file.size}`, false);
        find("#files").insertAdjacentHTML("beforeend", part);
        form.dispatchEvent(new Event("input", { bubbles: true }));
        seen.element.remove();
        running.delete(job);
        return;
      } catch (error) {
        if (job.stopped) return;
        if (error instanceof Refused) {
          seen.told.textContent = error.message;
          if (error.status !== 401 && error.status !== 403) {
            running.delete(job);
            return;
          }
          await pressed(seen.go);
          await renew().catch(() => undefined);
          continue;
        }
        job.piece = least;
        if (job.tries < PAUSES.length) {
          seen.told.textContent = words.retry;
          await pause(PAUSES[job.tries]);
          job.tries += 1;
        } else {
          seen.told.textContent = words.wasCut;
          await pressed(seen.go);
          job.tries = 0;
        }
      }
    }
  };

  const isChosen = () => find("#file").files.length > 0;
  const chooses = () => show(find("#attach-out"), isChosen());
  find("#file").addEventListener("change", chooses);
  find("#attach-out").addEventListener("click", () => {
    find("#file").value = said.textContent = "";
    chooses();
    find("#file").focus();
  });
  chooses();
  find("#attach-go").addEventListener("click", () => {
    const file = find("#file").files[0];
    said.textContent = file && file.size > 0 ? "" : words.none;
    if (said.textContent) return find("#file").focus();
    const about = { kind: chosen("kind").value, caption: chosen("caption").value, lang: find("[name=lang]", form)?.value ?? "" };
    for (const name of ["required", "evidential"]) if (chosen(name).checked) about[name] = "yes";
    bring(file, about);
    find("#file").value = chosen("caption").value = "";
    chooses();
    for (const name of ["required", "evidential"]) chosen(name).checked = false;
  });
  // What it adds by is in sight, and not under the buttons of the form.
  find("#attach-new").addEventListener("toggle", ({ target }) => { if (target.open) find("#attach-go").scrollIntoView({ block: "nearest" }); });
  for (const name of unfinished()) {
    const [upload, size] = name.split(".");
    call("GET", `/attachments/${upload}`).then(answer => {
      note(name, true);
      const seen = line(words.resume);
      seen.bar.value = 100 * offset(answer) / size;
      seen.told.textContent = put(offset(answer), Number(size));
      cuts.set(upload, seen.element);
      find("#attach-new").open = true;
      seen.cancel.addEventListener("click", () => {
        seen.element.remove();
        note(name, false);
        call("DELETE", `/attachments/${upload}`).catch(() => undefined);
      });
    }).catch(error => { if (error instanceof Refused) note(name, false); });
  }

  // A notice is not sent without a file that is on its way; it can be saved, or cancelled. A file that is chosen and not added
  // is of no upload: nothing but cancelling leaves it behind. Nothing else hears of what is not sent: the page has not left.
  const why = verb => {
    if (verb === "cancel") return "";
    if (isChosen()) return words.chosen;
    return running.size > 0 && verb !== "save" ? words.busy : "";
  };
  addEventListener("submit", event => {
    const held = event.target === form ? why(event.submitter?.value) : "";
    if (!held) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    said.textContent = held;
    find("#attach-new").open = true;
    said.scrollIntoView({ block: "center" });
  }, true);
})();
