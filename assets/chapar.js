"use strict";
// Chapar console. Every page is whole without this: it only saves waiting and hands. It keeps nothing and asks no other host.
(() => {
  const find = (query, root = document) => root.querySelector(query);
  const show = (element, shown = true) => { if (element) element.hidden = !shown; };
  const { live, rest, keys } = document.body.dataset;
  const tabs = new BroadcastChannel("chapar");

  // What arrives. One tab of a browser holds the stream and tells the others; the list does not move under the hand.
  let immediate, further, last = {};
  // How far a notice has come with others, as a page of it now shows it.
  const moved = async () => {
    show(find("#changed"));
    const tracks = find("#tracks");
    if (!tracks || tracks.contains(document.activeElement)) return;
    const answer = await fetch(tracks.dataset.live, { headers: { Accept: "text/html" } }).catch(() => null);
    if (!answer?.ok) return;
    const now = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("tracks");
    if (now) tracks.replaceChildren(...now.childNodes);
  };
  const counted = counts => {
    const title = document.title.replace(/^\(\d+\) /, "");
    document.title = counts.action ? `(${counts.action}) ${title}` : title;
    const bar = find("#arrived"), more = bar ? counts.all - bar.dataset.all : 0;
    if (more > 0) {
      find("span", bar).textContent = bar.dataset.say.replace("#", more);
      show(bar);
    }
    const isNews = counts.immediate > immediate;
    if (isNews) {
      const aloud = find("#aloud");
      aloud.textContent = "";
      setTimeout(() => { aloud.textContent = counts.newest; }, 100);
    }
    immediate = counts.immediate;
    if (further !== undefined && further !== counts.sent) moved();
    further = counts.sent;
    return isNews && find("#aloud").dataset.silent === undefined;
  };
  // Two short tones. A browser plays them only after a hand has touched the page, or the one that led to it.
  const sound = () => {
    const context = new AudioContext(), volume = context.createGain();
    volume.gain.value = 0.2;
    volume.connect(context.destination);
    [[880, 0], [1320, 0.18]].forEach(([pitch, after]) => {
      const tone = context.createOscillator(), at = context.currentTime + after;
      tone.frequency.value = pitch;
      tone.connect(volume);
      tone.start(at);
      tone.stop(at + 0.14);
    });
    setTimeout(() => context.close(), 1000);
  };
  const heard = {
    counts: counted,
    live: isLive => {
      const light = find("#live");
      show(light);
      light.classList.toggle("lost", !isLive);
      find(".t", light).textContent = isLive ? light.dataset.live : light.dataset.lost;
    },
    // A tab that has just opened asks how it stands.
    asked: () => Object.entries(last).forEach(([kind, what]) => tabs.postMessage({ kind, what })),
    used: () => rests(),
  };
  const tell = (kind, what) => {
    last[kind] = what;
    tabs.postMessage({ kind, what });
    // The tab that holds the stream sounds for all of them.
    if (heard[kind](what) && kind === "counts") sound();
  };
  const listen = () => new Promise(() => {
    const open = () => {
      const stream = new EventSource("/events");
      stream.addEventListener("open", () => tell("live", true));
      stream.addEventListener("counts", event => tell("counts", JSON.parse(event.data)));
      stream.addEventListener("error", () => {
        tell("live", false);
        if (stream.readyState === EventSource.CLOSED) setTimeout(open, 30000);
      });
    };
    open();
  });
  tabs.addEventListener("message", ({ data: { kind, what } }) => {
    // Nobody has signed in on some pages; there is nothing to be heard there.
    if (kind === "used" || live !== undefined) heard[kind]?.(what);
  });
  if (live !== undefined) {
    tabs.postMessage({ kind: "asked" });
    if (navigator.locks) navigator.locks.request("chapar-live", listen);
    else listen();
  }

  // A pause. Two minutes before it ends the session any key keeps it; who was at work since is not asked.
  let timer, worked = false;
  const resting = find("#resting"), warning = 2 * 60 * 1000, stays = resting && find("span", resting).textContent;
  const warn = text => {
    find("span", resting).textContent = text;
    show(resting);
  };
  const rests = () => {
    worked = false;
    show(resting, false);
    clearTimeout(timer);
    if (rest) timer = setTimeout(() => worked ? keep() : warn(stays), rest - warning);
  };
  const keep = async () => {
    const body = new URLSearchParams({ token: find("[name=token]").value });
    const answer = await fetch("/session/keep", { method: "POST", headers: { "Accept": "text/plain" }, body }).catch(() => ({}));
    if (answer.ok) {
      tabs.postMessage({ kind: "used" });
      rests();
    } else {
      warn(resting.dataset.over);
    }
  };
  const works = () => { if (resting && !resting.hidden) keep(); else worked = true; };
  addEventListener("keydown", works);
  addEventListener("pointerdown", works);
  if (rest) tabs.postMessage({ kind: "used" });
  rests();

  // What is at work asks again by itself, until it is over.
  const again = find("[data-reload]");
  if (again) setTimeout(() => location.replace(again.dataset.reload), 2000);

  // A form is sent once, however often its button is pressed.
  let sent = false;
  addEventListener("submit", event => {
    // What opens in a tab of its own leaves the page as it is.
    if (event.target.method !== "post" || event.target.target) return;
    if (sent) event.preventDefault();
    sent = true;
  });
  addEventListener("pageshow", () => { sent = false; });

  // Single keys, by their place on the keyboard, so that they work in each layout; not in fields, and not if switched off.
  const links = { KeyI: "/inbox", KeyS: "/sent", KeyR: "/release" };
  const move = step => {
    const rows = [...document.querySelectorAll("a.open")], at = rows.indexOf(document.activeElement);
    rows[at < 0 ? 0 : Math.min(Math.max(at + step, 0), rows.length - 1)]?.focus();
  };
  const acts = {
    KeyN: () => find('a[href="/compose"]')?.click(),
    KeyJ: () => move(1),
    KeyK: () => move(-1),
    KeyA: () => find('form[action$="/do/ack"] button')?.click(),
    search: () => {
      const field = find("input[type=search]");
      if (field) field.focus();
      else find('a[href="/search"]')?.click();
    },
    list: () => find("#keys")?.showModal(),
  };
  let led = false;
  addEventListener("keydown", event => {
    const isField = event.target.closest?.("input, select, textarea, dialog");
    if (keys === "off" || isField || event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
    const isSlash = event.code === "Slash" || event.key === "/" || event.key === "?";
    const isList = event.key === "?" || (event.shiftKey && event.key !== "/");
    const code = !isSlash ? event.code : isList ? "list" : "search";
    const link = led && links[code] && find(`nav a[href="${links[code]}"]`);
    led = code === "KeyG";
    if (link) link.click();
    else if (acts[code]) acts[code]();
    else return;
    event.preventDefault();
  });
})();
