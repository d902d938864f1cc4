"use strict";
// The viewer: one picture on a canvas, and another one beside it, with contrast, edges and lengths. Its words stand in the page; it keeps nothing, and
// asks for nothing but the picture. What it changes is the picture on the screen, never the file.
(() => {
  const find = (query, root = document) => root.querySelector(query);
  const root = find("#viewer");
  if (!root) return;
  const words = root.dataset, canvas = find("canvas", root), pen = canvas.getContext("2d", { alpha: false });
  // More pixels than these would not fit into the memory of an old laptop.
  const PIXELS = 48e6;
  const GROUND = "#0B0F13", MARK = "#FFC52E";
  const STEPS = 5, MOST = 100, NUDGE = 40, ZOOM = 1.25, FACTOR = 25;
  const number = (value, digits = 0) => value.toLocaleString(document.documentElement.lang, { maximumFractionDigits: digits });
  const fill = (text, ...values) => values.reduce((text, value, at) => text.replace(`#${at + 1}`, value), text);
  const between = (low, value, high) => Math.min(Math.max(value, low), high);
  const show = (element, shown) => { element.hidden = !shown; };

  // The picture as it was decoded, and the one that is laid beside it: samples from `low` to `high` are what it uses of its
  // depth, `shown` is what is seen of them.
  let source, other, dirty = false, waits = false;
  // While it is seen whole, it stays so in a window of another size.
  const place = { x: 0, y: 0, zoom: 1, whole: true };
  const slide = find("#view-slide");
  const tone = { contrast: 0, brightness: 0, invert: false, edges: false };
  // Two points in pixels of the picture, a cross that keys move, and how many metres a pixel is.
  const rule = { on: false, points: [], cross: { x: 0, y: 0 }, metres: 0 };

  const wait = () => {
    if (waits) return;
    waits = true;
    requestAnimationFrame(() => { waits = false; draw(); });
  };
  const box = () => canvas.getBoundingClientRect();

  // Samples through window and level, at the depth that they have.
  const table = ({ most, low, high }) => {
    const factor = 2 ** (tone.contrast / FACTOR), shift = tone.brightness / MOST;
    const values = new Uint8Array(most + 1);
    for (let sample = 0; sample <= most; sample += 1) {
      const part = ((sample - low) / (high - low) - 0.5) * factor + 0.5 + shift;
      values[sample] = 255 * between(0, tone.invert ? 1 - part : part, 1);
    }
    return values;
  };
  const toned = picture => {
    const { width, height, stride, samples, shown } = picture, values = table(picture);
    const image = new ImageData(width, height), out = image.data, isGrey = stride < 3;
    for (let from = 0, to = 0; to < out.length; from += stride, to += 4) {
      out[to] = values[samples[from]];
      out[to + 1] = isGrey ? out[to] : values[samples[from + 1]];
      out[to + 2] = isGrey ? out[to] : values[samples[from + 2]];
      out[to + 3] = 255;
    }
    if (tone.edges) edged(out, width, height);
    shown.getContext("2d").putImageData(image, 0, 0);
  };
  // Sobel: how fast the picture changes at each place.
  const edged = (out, width, height) => {
    const grey = new Uint8Array(width * height);
    for (let at = 0; at < grey.length; at += 1) grey[at] = (out[4 * at] * 77 + out[4 * at + 1] * 150 + out[4 * at + 2] * 29) >> 8;
    for (let y = 0; y < height; y += 1) {
      const up = Math.max(y - 1, 0) * width, row = y * width, down = Math.min(y + 1, height - 1) * width;
      for (let x = 0; x < width; x += 1) {
        const left = Math.max(x - 1, 0), right = Math.min(x + 1, width - 1);
        const across = grey[up + right] + 2 * grey[row + right] + grey[down + right] - grey[up + left] - 2 * grey[row + left] - grey[down + left];
        const along = grey[down + left] + 2 * grey[down + x] + grey[down + right] - grey[up + left] - 2 * grey[up + x] - grey[up + right];
        out.fill(Math.min(Math.hypot(across, along), 255), 4 * (row + x), 4 * (row + x) + 3);
      }
    }
  };

  const draw = () => {
    if (!source) return;
    if (dirty) [source, other].forEach(picture => picture && toned(picture));
    dirty = false;
    const { width, height } = box(), dense = devicePixelRatio;
    if (canvas.width !== Math.round(width * dense) || canvas.height !== Math.round(height * dense)) {
      canvas.width = Math.round(width * dense);
      canvas.height = Math.round(height * dense);
    }
    pen.setTransform(dense, 0, 0, dense, 0, 0);
    pen.fillStyle = GROUND;
    pen.fillRect(0, 0, width, height);
    // Pixels are seen as they are once they are larger than those of the screen.
    pen.imageSmoothingEnabled = place.zoom < 1;
    pen.drawImage(source.shown, place.x, place.y, source.width * place.zoom, source.height * place.zoom);
    if (other) beside(width, height);
    marked();
    watermark(width, height);
    find("#view-zoom").textContent = fill(words.zoom, number(100 * place.zoom));
  };
  // The other picture, as wide as the first one, right of a line that the slider moves.
  const beside = (width, height) => {
    const at = width * slide.valueAsNumber / 100, wide = source.width * place.zoom;
    pen.save();
    pen.beginPath();
    pen.rect(at, 0, width - at, height);
    pen.clip();
    pen.fillStyle = GROUND;
    pen.fillRect(at, 0, width - at, height);
    pen.drawImage(other.shown, place.x, place.y, wide, wide * other.height / other.width);
    pen.restore();
    line({ x: at, y: 0 }, { x: at, y: height });
  };
  const onScreen = point => ({ x: place.x + point.x * place.zoom, y: place.y + point.y * place.zoom });
  const inPicture = point => ({ x: (point.x - place.x) / place.zoom, y: (point.y - place.y) / place.zoom });
  const line = (from, to) => {
    for (const [style, thick] of [["#000000", 4], [MARK, 2]]) {
      pen.strokeStyle = style;
      pen.lineWidth = thick;
      pen.beginPath();
      pen.moveTo(from.x, from.y);
      pen.lineTo(to.x, to.y);
      pen.stroke();
    }
  };
  const cross = ({ x, y }, arm) => {
    line({ x: x - arm, y }, { x: x + arm, y });
    line({ x, y: y - arm }, { x, y: y + arm });
  };
  const marked = () => {
    const points = rule.points.map(onScreen);
    points.forEach(point => cross(point, 6));
    if (points.length === 2) line(...points);
    if (rule.on) cross(onScreen(rule.cross), 14);
  };
  // Who looks, and when: in the pixels, so that a picture of the screen has it.
  const watermark = (width, height) => {
    pen.save();
    pen.translate(width / 2, height / 2);
    pen.rotate(-Math.PI / 9);
    pen.font = `600 15px ${getComputedStyle(document.body).fontFamily}`;
    pen.lineWidth = 2;
    pen.strokeStyle = "rgb(0 0 0/.2)";
    pen.fillStyle = "rgb(255 255 255/.25)";
    const step = pen.measureText(words.watermark).width + 90, reach = Math.hypot(width, height) / 2;
    for (let y = -reach, row = 0; y < reach; y += 120, row += 1) {
      for (let x = -reach - (row % 2) * step / 2; x < reach; x += step) {
        pen.strokeText(words.watermark, x, y);
        pen.fillText(words.watermark, x, y);
      }
    }
    pen.restore();
  };

  // Where the picture is.
  const fit = () => {
    const { width, height } = box();
    place.zoom = Math.min(width / source.width, height / source.height);
    place.whole = true;
    center();
  };
  const center = () => {
    const { width, height } = box();
    place.x = (width - source.width * place.zoom) / 2;
    place.y = (height - source.height * place.zoom) / 2;
    wait();
  };
  const zoom = (factor, at = { x: box().width / 2, y: box().height / 2 }) => {
    const held = inPicture(at);
    place.whole = false;
    place.zoom = between(0.02, place.zoom * factor, 32);
    place.x = at.x - held.x * place.zoom;
    place.y = at.y - held.y * place.zoom;
    wait();
  };
  const pan = (x, y) => {
    const { width, height } = box();
    place.whole = false;
    // A corner of it always stays in sight.
    place.x = between(NUDGE - source.width * place.zoom, place.x + x, width - NUDGE);
    place.y = between(NUDGE - source.height * place.zoom, place.y + y, height - NUDGE);
    wait();
  };

  // How it looks.
  const set = (name, value) => {
    tone[name] = between(-MOST, Math.round(value), MOST);
    find(`#view-${name}`).value = tone[name];
    retone();
  };
  const retone = () => { dirty = true; wait(); };
  const toggle = name => {
    tone[name] = !tone[name];
    find(`[data-act=${name}]`).setAttribute("aria-pressed", tone[name]);
    retone();
  };

  // Lengths. No file says how large what it shows is: one known length says it for all others.
  const length = () => rule.points.length === 2 ? Math.hypot(rule.points[0].x - rule.points[1].x, rule.points[0].y - rule.points[1].y) : 0;
  const tell = () => {
    const pixels = length();
    const states = [words.first, words.second, rule.metres
      ? fill(words.metres, number(pixels * rule.metres, 2), number(pixels), number(1000 * rule.metres, 2))
      : fill(words.pixels, number(pixels))];
    find("#view-length").textContent = rule.on ? states[rule.points.length] : "";
    show(find("#view-known").parentElement, rule.on && pixels > 0);
    wait();
  };
  const measure = () => {
    rule.on = !rule.on;
    rule.points = [];
    const { width, height } = box();
    rule.cross = inPicture({ x: width / 2, y: height / 2 });
    find("[data-act=measure]").setAttribute("aria-pressed", rule.on);
    canvas.classList.toggle("rules", rule.on);
    if (rule.on) canvas.focus();
    tell();
  };
  const point = where => {
    const { width, height } = source;
    const inside = { x: between(0, where.x, width), y: between(0, where.y, height) };
    rule.points = rule.points.length === 2 ? [inside] : [...rule.points, inside];
    rule.cross = inside;
    tell();
  };
  find("#view-known").addEventListener("input", event => {
    const metres = Number(event.target.value.trim().replace(",", "."));
    const isLength = metres > 0 && Number.isFinite(metres);
    event.target.setAttribute("aria-invalid", !isLength);
    rule.metres = isLength ? metres / length() : 0;
    tell();
  });

  const reset = () => {
    if (rule.on) measure();
    rule.metres = 0;
    find("#view-known").value = "";
    for (const name of ["invert", "edges"]) if (tone[name]) toggle(name);
    set("contrast", 0);
    set("brightness", 0);
    fit();
  };
  const leave = () => {
    if (rule.on) measure();
    else find("#view-close").click();
  };
  // A tab of its own is closed, and the page with the text is there again; any other leads back to it.
  find("#view-close").addEventListener("click", event => {
    if (history.length > 1) return;
    event.preventDefault();
    close();
  });
  const acts = {
    in: () => zoom(ZOOM),
    out: () => zoom(1 / ZOOM),
    real: () => { place.zoom = 1; place.whole = false; center(); },
    fit,
    invert: () => toggle("invert"),
    edges: () => toggle("edges"),
    measure,
    reset,
  };
  for (const button of root.querySelectorAll("[data-act]")) button.addEventListener("click", () => source && acts[button.dataset.act]());
  for (const name of ["contrast", "brightness"]) find(`#view-${name}`).addEventListener("input", event => source && set(name, event.target.valueAsNumber));

  // Keys by their place on the keyboard, as all of the console.
  const keys = {
    Equal: acts.in, NumpadAdd: acts.in, Minus: acts.out, NumpadSubtract: acts.out, Digit0: fit, Numpad0: fit, Digit1: acts.real, Numpad1: acts.real,
    BracketLeft: () => set("contrast", tone.contrast - STEPS), BracketRight: () => set("contrast", tone.contrast + STEPS),
    Semicolon: () => set("brightness", tone.brightness - STEPS), Quote: () => set("brightness", tone.brightness + STEPS),
    KeyI: acts.invert, KeyE: acts.edges, KeyM: measure,
  };
  const arrows = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  addEventListener("keydown", event => {
    const own = document.activeElement, isField = own.matches("input, select, textarea"), isCanvas = own === canvas;
    if (!source || event.ctrlKey || event.altKey || event.metaKey) return;
    const arrow = arrows[event.code];
    if (event.key === "Escape") leave();
    else if (isField || (document.body.dataset.keys === "off" && !isCanvas)) return;
    else if (arrow && rule.on) {
      const step = (event.shiftKey ? 1 : 10) / place.zoom;
      rule.cross = { x: between(0, rule.cross.x - arrow[0] * step, source.width), y: between(0, rule.cross.y - arrow[1] * step, source.height) };
      wait();
    } else if (arrow) pan(arrow[0] * NUDGE, arrow[1] * NUDGE);
    else if (rule.on && isCanvas && (event.key === "Enter" || event.key === " ")) point(rule.cross);
    else if (keys[event.code]) keys[event.code]();
    else return;
    event.preventDefault();
  });

  // The hand: drag moves, with the right button it is window and level, in between it is a press.
  let held;
  const at = event => ({ x: event.clientX - box().left, y: event.clientY - box().top });
  canvas.addEventListener("pointerdown", event => {
    if (!source) return;
    canvas.setPointerCapture(event.pointerId);
    held = { id: event.pointerId, button: event.button, x: event.clientX, y: event.clientY, moved: 0 };
  });
  canvas.addEventListener("pointermove", event => {
    if (held?.id !== event.pointerId) return;
    const [x, y] = [event.clientX - held.x, event.clientY - held.y];
    held = { ...held, x: event.clientX, y: event.clientY, moved: held.moved + Math.abs(x) + Math.abs(y) };
    if (held.button === 2) {
      set("contrast", tone.contrast + x / 2);
      set("brightness", tone.brightness - y / 2);
    } else pan(x, y);
  });
  canvas.addEventListener("pointerup", event => {
    if (rule.on && held?.button === 0 && held.moved < 4) point(inPicture(at(event)));
    held = undefined;
  });
  canvas.addEventListener("pointercancel", () => { held = undefined; });
  canvas.addEventListener("contextmenu", event => event.preventDefault());
  canvas.addEventListener("wheel", event => {
    event.preventDefault();
    if (source) zoom(event.deltaY < 0 ? ZOOM : 1 / ZOOM, at(event));
  }, { passive: false });

  // Takes it in: what has 16 bits a sample is decoded in a worker, at its full depth; the rest by the browser.
  const isDeep = bytes => {
    const head = new Uint8Array(bytes, 0, Math.min(bytes.byteLength, 32));
    return head.length === 32 && [0x89, 0x50, 0x4E, 0x47].every((byte, at) => head[at] === byte) && head[24] === 16;
  };
  const fits = (width, height) => {
    const held = source ? source.width * source.height : 0;
    if (held + width * height > PIXELS) throw new RangeError(words.large);
  };
  const deep = bytes => new Promise((resolve, reject) => {
    const head = new DataView(bytes);
    fits(head.getUint32(16), head.getUint32(20));
    const worker = new Worker(words.worker);
    const done = event => {
      worker.terminate();
      const { width, height, channels, samples } = event.data ?? {};
      if (samples) resolve({ width, height, stride: channels, samples, most: 65535 });
      else reject(new Error(words.broken));
    };
    worker.addEventListener("message", done);
    worker.addEventListener("error", done);
    worker.postMessage(bytes, [bytes]);
  });
  const shallow = async blob => {
    const image = await createImageBitmap(blob).catch(() => { throw new Error(words.broken); });
    const { width, height } = image;
    fits(width, height);
    const own = Object.assign(document.createElement("canvas"), { width, height });
    const page = own.getContext("2d", { alpha: false, willReadFrequently: true });
    page.drawImage(image, 0, 0);
    image.close();
    return { width, height, stride: 4, samples: page.getImageData(0, 0, width, height).data, most: 255 };
  };
  // What a deep picture uses of its depth; scanners leave much of it dark.
  const used = ({ samples, stride }) => {
    let [least, most] = [65535, 0];
    for (let at = 0; at < samples.length; at += stride) {
      least = Math.min(least, samples[at]);
      most = Math.max(most, samples[at]);
    }
    return least < most ? [least, most] : [0, 65535];
  };
  const take = async address => {
    const answer = await fetch(address).catch(() => { throw new Error(words.away); });
    if (!answer.ok || answer.redirected) throw new Error(words.refused);
    const kind = answer.headers.get("content-type") ?? "";
    if (!/^image\/(jpeg|png)$/.test(kind)) throw new Error(words.refused);
    const bytes = await answer.arrayBuffer().catch(() => { throw new Error(words.away); });
    const isOf16 = isDeep(bytes);
    const taken = isOf16 ? await deep(bytes) : await shallow(new Blob([bytes], { type: kind }));
    const [low, high] = isOf16 ? used(taken) : [0, 255];
    const shown = Object.assign(document.createElement("canvas"), { width: taken.width, height: taken.height });
    return { ...taken, low, high, shown };
  };
  const begin = async () => {
    source = await take(words.picture);
    find("#view-size").textContent = fill(words.size, number(source.width), number(source.height), source.most > 255 ? 16 : 8);
    dirty = true;
    new ResizeObserver(() => place.whole ? fit() : wait()).observe(canvas);
    fit();
    root.dataset.ready = "";
  };
  const troubled = error => {
    const trouble = find("#view-trouble");
    find("span", trouble).textContent = error?.message ?? "";
    show(trouble, error !== undefined);
  };
  show(root, true);
  begin().catch(troubled);

  // Another picture of the text, before and after a line.
  find("#view-other")?.addEventListener("change", async ({ target }) => {
    const address = target.value;
    other = undefined;
    troubled();
    const taken = address && source ? await take(address).catch(troubled) : undefined;
    if (address !== target.value) return;
    other = taken;
    show(slide.parentElement, other !== undefined);
    root.dataset.beside = other ? address : "";
    retone();
  });
  slide?.addEventListener("input", wait);
})();
