"use strict";
// A form is kept as a draft on the node while it is written (CONSOLE 5.4). Nothing of it is kept in the browser.
(() => {
  const form = document.getElementById("writing");
  if (!form) return;
  const find = (query, root = document) => root.querySelector(query);
  const { draft, version, key } = form.elements;
  const kept = find("#kept"), trouble = find("#trouble"), outdated = find("#outdated"), gone = find("#gone"), ended = find("#ended"), again = find("#again");
  const tabs = new BroadcastChannel("chapar");
  const say = (bar, text) => { find("span", bar).textContent = text; bar.hidden = !text; };

  // What is kept: not who sends it, no secret, no file, nothing that is stated for one sending.
  const OWN = ["token", "do", "officer", "passphrase", "check", "lawful", "draft", "version", "key", "fresh"];
  const typed = () => {
    const all = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !OWN.includes(name));
    return new URLSearchParams(all).toString();
  };
  const AFTER = 2000, AGAIN = 5000, WAIT = 10000, ALIVE = 60000;
  const ask = (address, options) => fetch(address, { ...options, signal: AbortSignal.timeout(WAIT) }).catch(() => undefined);
  // A sentence of the node's; a page of another sort is none.
  const sentence = async answer => {
    const plain = (answer.headers.get("content-type") ?? "").startsWith("text/plain");
    return plain ? answer.text().catch(() => trouble.dataset.refused) : trouble.dataset.refused;
  };
  // `sending` is what the node has not answered yet: it is sent as it is until it does.
  let saved = form.dataset.typed === undefined ? typed() : undefined, sending, busy, timer, away = false, leaves = false;
  const later = ms => {
    clearTimeout(timer);
    timer = setTimeout(save, ms);
  };
  const answered = () => {
    sending = undefined;
    away = false;
    say(trouble, "");
  };
  const tag = answer => (answer.headers.get("etag") ?? "").replaceAll('"', "");
  // Whether what was sent is kept now.
  const post = async body => {
    const own = new URLSearchParams({ draft: draft.value, version: version.value, key: key.value });
    const options = { method: "POST", headers: { "chapar-token": form.elements.token.value }, redirect: "manual" };
    options.body = new URLSearchParams(`${body}&${own}`);
    options.keepalive = body.length < ALIVE;
    const answer = await ask(form.dataset.autosave, options);
    if (answer?.status === 204) {
      answered();
      [saved, draft.value, version.value] = [body, answer.headers.get("chapar-draft"), tag(answer)];
      key.value = answer.headers.get("chapar-key");
      // Who loads the page again, or comes back to it, finds the draft. The names of files that are on their way stay.
      const place = new URL(location.href), files = place.searchParams.getAll("upload");
      place.pathname = `/drafts/${draft.value}/edit`;
      place.search = new URLSearchParams(files.map(name => ["upload", name])).toString();
      if (place.href !== location.href) history.replaceState(history.state, "", place);
      kept.textContent = kept.dataset.say.replace("#", answer.headers.get("chapar-time"));
      tabs.postMessage({ kind: "used" });
      if (typed() !== saved) later(AFTER);
    } else if (answer?.status === 401) {
      say(ended, ended.dataset.say);
    } else if (answer?.status === 409) {
      find("a", outdated).href = `/drafts/${draft.value}/edit`;
      outdated.dataset.version = tag(answer);
      say(outdated, await sentence(answer));
    } else if (answer?.status === 410) {
      // The draft is gone: what stands here goes on as a new one only if its writer wants it so.
      answered();
      gone.dataset.key = answer.headers.get("chapar-key");
      say(gone, await sentence(answer));
    } else if (answer && answer.status < 500) {
      // What the node does not take now is tried again when it has changed.
      answered();
      saved = body;
      say(trouble, await sentence(answer));
    } else {
      away = true;
      say(trouble, trouble.dataset.away);
      later(AGAIN);
    }
    return answer?.status === 204;
  };
  const held = () => again.open || !ended.hidden || !outdated.hidden || !gone.hidden;
  const save = () => {
    clearTimeout(timer);
    if (busy) return busy;
    sending ??= typed();
    if (sending === saved) {
      sending = undefined;
      return undefined;
    }
    if (held()) return undefined;
    busy = post(sending).finally(() => { busy = undefined; });
    return busy;
  };
  if (saved === undefined) later(AFTER);
  form.addEventListener("input", () => later(AFTER));
  form.addEventListener("change", save);
  // Files that script adds or removes.
  for (const part of ["#attach", "#files"].map(name => find(name, form))) if (part) new MutationObserver(save).observe(part, { childList: true });
  // What is being sent is on its way by itself: saved besides, it would take the key of the sending.
  addEventListener("visibilitychange", () => { if (document.hidden && !leaves) save(); });
  // Only what could not be kept holds the page.
  addEventListener("beforeunload", event => {
    const isLost = !leaves && (away || held()) && typed() !== saved;
    if (isLost) event.preventDefault();
  });

  // A form that is sent waits for what is on its way, or there would be a draft of it besides.
  form.addEventListener("submit", async event => {
    clearTimeout(timer);
    if (busy) {
      const button = event.submitter;
      event.preventDefault();
      event.stopImmediatePropagation();
      // What was not kept is told first; whoever presses again sends it all the same.
      if (await busy) form.requestSubmit(button);
      else [trouble, ended, outdated, gone].find(bar => !bar.hidden)?.scrollIntoView({ block: "center" });
      return;
    }
    leaves = true;
  }, true);
  addEventListener("pageshow", () => { leaves = false; });

  find("button", outdated).addEventListener("click", () => {
    version.value = outdated.dataset.version;
    sending = undefined;
    say(outdated, "");
    save();
  });

  find("button", gone).addEventListener("click", () => {
    [saved, draft.value, version.value, key.value] = [undefined, "", "", gone.dataset.key];
    say(gone, "");
    save();
  });

  // A session that has ended is said beside the form, which can be written on: only a press brings the sign-in, so that
  // nothing that is being typed lands in it. Then the save is repeated.
  find("button", ended).addEventListener("click", () => again.showModal());
  find("form", again).addEventListener("submit", async event => {
    event.preventDefault();
    event.stopImmediatePropagation();
    const own = event.target, said = find("[role=alert]", own);
    const answer = await ask(own.action, { method: "POST", body: new URLSearchParams(new FormData(own)) });
    own.elements.passphrase.value = "";
    const token = answer?.headers.get("chapar-token");
    if (!token) {
      said.textContent = answer?.status === 403 ? await sentence(answer) : trouble.dataset.away;
      said.hidden = false;
      own.elements.passphrase.focus();
      return;
    }
    said.hidden = true;
    document.querySelectorAll("input[name=token]").forEach(field => { field.value = token; });
    say(ended, "");
    again.close();
    tabs.postMessage({ kind: "used" });
    save();
  }, true);

  // Times from now on, typed by the clock of the office.
  const began = performance.now();
  const local = new Intl.DateTimeFormat("en-GB", { timeZone: form.dataset.zone, day: "2-digit", month: "2-digit", year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  document.querySelectorAll(".quick").forEach(group => {
    group.hidden = false;
    group.addEventListener("click", event => {
      const hours = event.target.dataset.hours;
      if (hours === undefined) return;
      const at = Number(form.dataset.now) + performance.now() - began + hours * 60 * 60 * 1000;
      const part = Object.fromEntries(local.formatToParts(at).map(({ type, value }) => [type, value]));
      const [day, time] = group.parentElement.querySelectorAll("input");
      day.value = `${part.day}.${part.month}.${part.year}`;
      time.value = `${part.hour}:${part.minute}`;
      save();
    });
  });
})();
