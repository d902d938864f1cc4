// How a page looks and is used: what axe finds, the keyboard, words of one language, and what the page does when it is asked
// much: from right to left, enlarged twice, and in a longer language.
import { fault, violations } from "./scene.js";

const SIZES = [[1366, 768], [390, 844]];
const THEMES = ["light", "dark"];
// The ways in which a page of one language is looked at.
export const WAYS = THEMES.flatMap(theme => SIZES.map(([width, height]) => ({ theme, width, height })));
// Presses of Tab after which a page is said to hold the keyboard.
const PRESSES = 400;

// What each sort of looking takes, ms.
export const spent = new Map();
const timed = (sort, what) => async (...given) => {
  const begun = Date.now();
  await what(...given);
  spent.set(sort, (spent.get(sort) ?? 0) + Date.now() - begun);
};

// What axe finds.
export const look = timed("axe", async (page, where, ways = WAYS) => {
  for (const { theme, width, height } of ways) {
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }]);
    await page.setViewport({ width, height });
    for (const what of await violations(page)) fault(`${where} ${theme} ${width}`, what);
  }
  await page.setViewport({ width: 1366, height: 768 });
});

// Every control that can be seen has the focus once, shows it, and is not covered then.
export const keyboard = timed("keyboard", async (page, where) => {
  await page.evaluate(() => {
    // From the very beginning, also where a field has the focus at first.
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute("tabindex");
    window.scrollTo(0, 0);
    // The button of a form's Enter key is no stop, and is said to be hidden.
    const isShown = element => element.checkVisibility({ checkVisibilityCSS: true }) && !element.disabled && !element.matches("[tabindex='-1'][aria-hidden]");
    const controls = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")];
    window.unreached = new Set(controls.filter(isShown));
  });
  const troubles = new Set();
  for (let press = 0; press < PRESSES; press += 1) {
    await page.keyboard.press("Tab");
    const seen = await page.evaluate(() => {
      const own = document.activeElement;
      if (!own || own === document.body) return { left: true };
      // A field of a date has a stop for each of its parts.
      if (own === window.former) return {};
      window.former = own;
      const isAgain = own.dataset.seen !== undefined;
      own.dataset.seen = "";
      window.unreached.delete(own);
      // Of a group of radio buttons one has the focus, and arrows lead to the others.
      if (own.type === "radio") [...window.unreached].filter(other => other.name === own.name).forEach(other => window.unreached.delete(other));
      const name = `${own.tagName.toLowerCase()} ${(own.textContent || own.name || "").trim().slice(0, 30)}`;
      const holders = [own, own.closest("label")].filter(Boolean);
      const isMarked = holders.some(one => getComputedStyle(one).outlineStyle !== "none");
      const box = own.getClientRects()[0];
      const middle = (from, to, end) => (Math.max(from, 0) + Math.min(to, end)) / 2;
      const over = box && document.elementFromPoint(middle(box.left, box.right, innerWidth), middle(box.top, box.bottom, innerHeight));
      const isFree = over && holders.some(one => one.contains(over) || over.contains(one));
      return { isAgain, trouble: !isMarked ? `${name} does not show the focus` : !isFree ? `${name} is covered` : undefined };
    });
    if (seen.left || seen.isAgain) break;
    if (seen.trouble) troubles.add(seen.trouble);
  }
  const unreached = await page.evaluate(() => [...window.unreached].map(one => `${one.tagName} ${one.textContent.trim().slice(0, 30)}`));
  for (const what of unreached) troubles.add(`the keyboard does not reach ${what}`);
  troubles.forEach(what => fault(`${where} keyboard`, what));
});

// What has Latin letters in a Russian page: codes, names of the field, what is typed at a terminal. A word of a person
// stands in an element with a language of its own.
const LATIN = /^(TLP|RED|AMBER|STRICT|GREEN|CLEAR|H[0-3]|P-?\d\d|VIN|HS6|MRZ|UTC|GMT|EN|ISO|ID|DNS|TLS|TCP|DSSE|JSON|URL|USB|QR-?|SHA-?256|RFC|Chapar|chapar|Esc|Enter|Ctrl|Tab|Shift|Alt|[A-Z]|[IVX]+|[A-Z]{2}|[A-Z]{3}|UN\d+|Unix|id)$/;
const CYRILLIC = /^(РУ|Русский)$/;

// Words of another alphabet than the language of the page has.
export const foreign = timed("words", async (page, where, language) => {
  const words = await page.evaluate(isRussian => {
    const own = document.documentElement.lang;
    const skipped = node => {
      for (let one = node.parentElement; one && one !== document.documentElement; one = one.parentElement) {
        if (one.matches(".mono, .say, .wm, kbd, code, pre, script, style, textarea, bdi, option[lang]") || (one.lang && one.lang !== own)) return true;
      }
      return false;
    };
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), texts = [document.title];
    while (walker.nextNode()) if (!skipped(walker.currentNode)) texts.push(walker.currentNode.data);
    for (const one of document.querySelectorAll("[aria-label], [title], [placeholder]")) {
      if (!one.closest(".lang")) texts.push(one.ariaLabel ?? "", one.title ?? "", one.placeholder ?? "");
    }
    // Codes of offices, officers, notices and agreements, digests, addresses, and names of fields on disk, and commands.
    const codes = /https?:\S+|\b[0-9A-Z]{4}(-[0-9A-Z]{4})+\b|chapar( [a-z-]+)+|[A-Z]{2}-[A-Z0-9]{2,3}([/-][0-9A-Z]+)*|\b[A-Z]\d\d\b|\b[0-9a-f]{8,}\b|[a-z]+[_.][a-z_.]+|--?[a-z-]+|\/[a-z/-]+/g;
    const words = texts.join(" \n ").replace(codes, " ").match(isRussian ? /[A-Za-z][A-Za-z0-9-]*/g : /[Ѐ-ӿ]+/g) ?? [];
    return [...new Set(words)];
  }, language === "ru");
  const allowed = language === "ru" ? LATIN : CYRILLIC;
  const found = words.filter(word => !allowed.test(word));
  if (found.length > 0) fault(where, `words of another language: ${found.slice(0, 12).join(", ")}`);
});

// What is to be printed on one page.
export const onePage = timed("paper", async (page, where) => {
  const pdf = Buffer.from(await page.pdf({ preferCSSPageSize: true })).toString("latin1");
  const pages = pdf.match(/\/Type\s*\/Page\b/g)?.length;
  if (pages !== 1) fault(where, `is printed on ${pages} pages`);
});

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
export const strained = timed("strain", async (page, where) => {
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
});
