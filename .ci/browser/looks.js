// How a page looks when it is asked much: words of one language, from right to left, enlarged twice, and in a longer language.
import { fault } from "./scene.js";

// What has Latin letters in a Russian page: codes, names of the field, what is typed at a terminal. A word of a person
// stands in an element with a language of its own.
const LATIN = /^(TLP|RED|AMBER|STRICT|GREEN|CLEAR|H[0-3]|P-?\d\d|VIN|HS6|MRZ|UTC|GMT|EN|ISO|ID|DNS|TLS|TCP|DSSE|JSON|URL|USB|SHA-?256|RFC|Chapar|chapar|Esc|Enter|Ctrl|Tab|Shift|Alt|[A-Z]|[IVX]+|[A-Z]{2}|[A-Z]{3}|UN\d+|Unix|id)$/;
const CYRILLIC = /^(РУ|Русский)$/;

// Words of another alphabet than the language of the page has.
export async function foreign(page, where, language) {
  const words = await page.evaluate(isRussian => {
    const own = document.documentElement.lang;
    const skipped = node => {
      for (let one = node.parentElement; one && one !== document.documentElement; one = one.parentElement) {
        if (one.matches(".mono, .wm, kbd, code, pre, script, style, textarea, bdi, option[lang]") || (one.lang && one.lang !== own)) return true;
      }
      return false;
    };
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), texts = [document.title];
    while (walker.nextNode()) if (!skipped(walker.currentNode)) texts.push(walker.currentNode.data);
    for (const one of document.querySelectorAll("[aria-label], [title], [placeholder]")) {
      if (!one.closest("form.lang")) texts.push(one.ariaLabel ?? "", one.title ?? "", one.placeholder ?? "");
    }
    // Codes of offices, officers, notices and agreements, digests, addresses, and names of fields on disk.
    const codes = /https?:\S+|[A-Z]{2}-[A-Z0-9]{2,3}([/-][0-9A-Z]+)*|\b[A-Z]\d\d\b|\b[0-9a-f]{8,}\b|[a-z]+[_.][a-z_.]+|--?[a-z-]+|\/[a-z/-]+/g;
    const words = texts.join(" \n ").replace(codes, " ").match(isRussian ? /[A-Za-z][A-Za-z0-9-]*/g : /[Ѐ-ӿ]+/g) ?? [];
    return [...new Set(words)];
  }, language === "ru");
  const allowed = language === "ru" ? LATIN : CYRILLIC;
  const found = words.filter(word => !allowed.test(word));
  if (found.length > 0) fault(where, `words of another language: ${found.slice(0, 12).join(", ")}`);
}

// What sticks out of the page, and controls that lie on others.
const crowded = () => {
  const faults = [];
  if (document.documentElement.scrollWidth > innerWidth) faults.push(`is ${document.documentElement.scrollWidth} wide`);
  const isStill = one => {
    for (let own = one; own; own = own.parentElement) if (["fixed", "sticky"].includes(getComputedStyle(own).position)) return false;
    return one.checkVisibility({ checkVisibilityCSS: true, checkOpacity: true }) && !one.matches(".vh, .vh *, .skip");
  };
  const controls = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea")].filter(isStill);
  // A link that goes on in the next line has a box in each.
  const boxes = controls.flatMap(one => [...one.getClientRects()].map(box => [one, box])).filter(([, box]) => box.width > 0 && box.height > 0);
  for (const [i, [one, a]] of boxes.entries()) {
    for (const [other, b] of boxes.slice(i + 1)) {
      if (one === other || one.contains(other) || other.contains(one)) continue;
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left), down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (across > 2 && down > 2) faults.push(`${one.tagName} ${one.textContent.trim().slice(0, 20)} lies on ${other.tagName} ${other.textContent.trim().slice(0, 20)}`);
    }
  }
  for (const one of document.querySelectorAll("button, th, h1, h2, .chip, .btn")) {
    if (one.checkVisibility() && getComputedStyle(one).overflowX === "hidden" && !one.matches(".vh, .vh *") && one.scrollWidth > one.clientWidth + 1) faults.push(`${one.tagName} ${one.textContent.trim().slice(0, 20)} is cut`);
  }
  for (const one of document.querySelectorAll("td, th, dt, dd, legend, label, .chip, .btn")) {
    if (one.checkVisibility() && !one.matches(".vh, .vh *, .scroll *") && getComputedStyle(one).display !== "inline" && one.scrollWidth > one.clientWidth + 2) faults.push(`${one.tagName} ${one.textContent.trim().slice(0, 20)} runs over its place`);
  }
  return faults.slice(0, 3);
};

// The page from right to left, twice as large, and with texts longer by two fifths.
export async function strained(page, where) {
  const sizes = { "at 1100": { width: 1100, height: 768 }, "at 320": { width: 320, height: 640 }, "at 200 %": { width: 683, height: 384, deviceScaleFactor: 2 } };
  const look = async what => {
    for (const [name, size] of Object.entries(sizes)) {
      await page.setViewport(size);
      for (const found of await page.evaluate(crowded)) fault(`${where} ${what} ${name}`, found);
    }
  };
  await look("as it is");
  await page.evaluate(() => { document.documentElement.dir = "rtl"; });
  await look("from right to left");
  await page.evaluate(() => {
    document.documentElement.dir = "ltr";
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const { currentNode: node } = walker;
      // Codes do not grow with a language.
      if (/\p{Ll}/u.test(node.data) && !node.parentElement.closest(".mono, kbd, script, style")) node.data += ` ${node.data.trim().slice(0, Math.ceil(node.data.trim().length * 0.4))}`;
    }
  });
  await look("in a longer language");
  await page.setViewport({ width: 1366, height: 768 });
}
