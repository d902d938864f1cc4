// Every page of every role, as people see it: axe finds nothing, nothing runs over the side, the keyboard reaches every
// control, the console of the browser is silent, and no other host is asked.
import { attachments } from "./attachments.js";
import { foreign, strained } from "./looks.js";
import { pictures } from "./pictures.js";
import { BINARY, demo, fault, faults, go, launch, signIn, violations, watch } from "./scene.js";
import { story } from "./story.js";
import { writing } from "./writing.js";

const SIZES = [[1366, 768], [390, 844]];
const THEMES = ["light", "dark"];
const LANGUAGES = ["en", "ru"];
// Pages of one form, such as notices, that are looked at for each role.
const OF_A_FORM = 2;
// Forms of paths that were strained, for whichever role; a query changes little.
const strainedAt = new Set();
// Presses of Tab after which a page is said to hold the keyboard.
const PRESSES = 400;

// What makes an address one of a form: references and numbers do not count, a query only by its names.
const form = address => {
  const url = new URL(address);
  const place = url.pathname.replace(/[A-Z]{2}-[A-Z0-9]{3}-\d\d-\d+-[0-9A-Z]/g, "*").replace(/[A-Z]{2}-[A-Z0-9]{3}(?=\/|$)/g, "*").replace(/\d+/g, "#");
  return place + (url.search ? `?${[...url.searchParams.keys()].sort().join("&")}` : "");
};

// The page in both themes and sizes.
async function look(page, where) {
  for (const theme of THEMES) {
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }]);
    for (const [width, height] of SIZES) {
      await page.setViewport({ width, height });
      for (const what of await violations(page)) fault(`${where} ${theme} ${width}`, what);
    }
  }
  await page.setViewport({ width: 1366, height: 768 });
}

// Every control that can be seen has the focus once, shows it, and is not covered then.
async function keyboard(page, where) {
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
}

async function walk(browser, office, officer) {
  const who = officer.name;
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  await page.setViewport({ width: 1366, height: 768 });
  const origin = new URL(office.console).origin;
  watch(page, who, origin);
  await page.setExtraHTTPHeaders({ "Accept-Language": "en" });
  await page.goto(office.console, { waitUntil: "load" });
  await look(page, "sign-in en");
  await keyboard(page, "sign-in");
  await signIn(page, office, officer);

  // Links of pages lead to all others; the opened notice is no link, and so it is looked at by itself.
  const forms = new Map(), seen = new Set(), waiting = [page.url()];
  let opened;
  while (waiting.length > 0) {
    const address = waiting.shift();
    if (seen.has(address)) continue;
    seen.add(address);
    const count = forms.get(form(address)) ?? 0;
    if (count >= OF_A_FORM) continue;
    forms.set(form(address), count + 1);
    // What is downloaded is no page.
    const answer = await page.goto(address, { waitUntil: "load" }).catch(() => undefined);
    if (!answer) {
      forms.delete(form(address));
      continue;
    }
    if (!answer.ok()) fault(`${who} ${address}`, `answers ${answer.status()}`);
    const isHtml = (answer.headers()["content-type"] ?? "").startsWith("text/html");
    if (!isHtml) continue;
    const links = await page.$$eval("a[href]", all => all.filter(link => !link.hasAttribute("download")).map(link => link.href));
    waiting.push(...links.map(link => link.split("#")[0]).filter(link => link.startsWith(`${origin}/`)));
    if (await page.$('form[action$="/open"] button')) opened ??= address;
  }
  const looked = [...seen].filter(address => forms.has(form(address)));
  const first = new Map(looked.map(address => [form(address), address]));
  for (const language of LANGUAGES) {
    await context.setCookie({ name: "chapar-language", value: language, domain: new URL(origin).hostname, path: "/" });
    for (const address of first.values()) {
      const where = `${who} ${new URL(address).pathname} ${language}`;
      const answer = await page.goto(address, { waitUntil: "load" });
      if (!(answer.headers()["content-type"] ?? "").startsWith("text/html")) continue;
      await look(page, where);
      if (language === "en") await keyboard(page, where);
      await foreign(page, where, language);
      const at = `${form(address).split("?")[0]} ${language}`;
      if (!strainedAt.has(at)) await strained(page, where);
      strainedAt.add(at);
    }
    if (opened) {
      const where = `${who} opened ${language}`;
      await page.goto(opened, { waitUntil: "load" });
      await go(page, 'form[action$="/open"] button');
      await look(page, where);
      await keyboard(page, where);
      await foreign(page, where, language);
      await strained(page, where);
    }
  }
  console.log(`${who}: ${first.size} forms of pages${opened ? " and an opened notice" : ""}`);
  await context.close();
}

// Single keys lead to places, and do nothing in fields.
async function keys(browser, office, officer) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  await page.setViewport({ width: 1366, height: 768 });
  await page.setExtraHTTPHeaders({ "Accept-Language": "en" });
  await signIn(page, office, officer);
  const at = () => new URL(page.url()).pathname;
  const leads = async (wanted, ...pressed) => {
    const arrives = page.waitForNavigation({ timeout: 5000 }).catch(() => undefined);
    for (const key of pressed) await page.keyboard.press(key);
    await arrives;
    if (!wanted.test(at())) fault("keys", `${pressed} leads to ${at()}`);
  };
  await leads(/^\/sent$/, "g", "s");
  await leads(/^\/inbox$/, "g", "i");
  await leads(/^\/n\//, "j", "Enter");
  await page.keyboard.press("?");
  if (!await page.$eval("#keys", list => list.open)) fault("keys", "? shows no list");
  for (const what of await violations(page)) fault("keys", what);
  await page.keyboard.press("Escape");
  if (await page.$eval("#keys", list => list.open)) fault("keys", "Esc does not close the list");
  await context.close();
}

// What arrives is counted in a bar, and the list does not move; a pause is announced, and any key ends it.
async function live(browser, here, there) {
  const context = await browser.createBrowserContext();
  const officer = office => office.officers.find(one => one.role === "officer");
  const page = await context.newPage();
  await page.setViewport({ width: 1366, height: 768 });
  await page.setExtraHTTPHeaders({ "Accept-Language": "en" });
  await signIn(page, here, officer(here));
  const shown = (selector, what) => page.waitForSelector(selector, { timeout: 10000 }).catch(() => fault("live", what));
  await shown("#live:not([hidden]):not(.lost)", "the stream is not open");
  const rows = () => page.$$eval("a.open", all => all.map(row => row.textContent).join());
  const before = await rows();

  // The other office has the same browser, and its own session in it.
  const other = await context.newPage();
  await signIn(other, there, officer(there));
  const notices = await other.$$eval("a.open", all => all.map(row => row.href));
  for (const address of notices.filter(one => one.includes(`/n/${here.office}-`))) {
    await other.goto(address, { waitUntil: "load" });
    if (!await other.$('form[action$="/open"]')) continue;
    await go(other, 'form[action$="/open"] button');
    if (!await other.$('form[action$="/do/ack"]')) continue;
    await go(other, 'form[action$="/do/ack"] button');
    break;
  }
  await page.bringToFront();
  await shown("#arrived:not([hidden])", "what has arrived is not told");
  if (await rows() !== before) fault("live", "the list moves under the hand");
  for (const what of await violations(page)) fault("live", what);
  await go(page, "#arrived a");
  if (await rows() === before) fault("live", "Show does not show it");

  // Time passes for the page at once.
  await page.evaluateOnNewDocument(() => {
    const { setTimeout: wait } = window;
    window.setTimeout = (what, ms) => wait(what, ms > 60000 ? 20 : ms);
  });
  await page.reload({ waitUntil: "load" });
  await shown("#resting:not([hidden])", "the end of a pause is not announced");
  const kept = page.waitForResponse(answer => answer.url().endsWith("/session/keep"), { timeout: 5000 });
  await page.keyboard.press("x");
  const answer = await kept.catch(() => undefined);
  if (answer?.status() !== 204) fault("live", "a key does not keep the session");
  await context.close();
}

const { offices, end } = await demo();
const browser = await launch();
try {
  // The office in the middle of the story has most to show.
  const office = offices.find(one => one.office === "UZ-ALT");
  const roles = new Map(office.officers.map(officer => [officer.role, officer]));
  for (const officer of roles.values()) await walk(browser, office, officer);
  await keys(browser, office, roles.get("officer"));
  await attachments(browser, office, roles.get("officer"), { fault, look, keyboard, signIn });
  const [here, there] = ["TM-FAR", "UZ-NCC"].map(code => offices.find(one => one.office === code));
  await live(browser, here, there);
  await story(browser, offices);
  await writing(browser, BINARY, { signIn, violations, fault });
  if (process.env.CHAPAR_BLESS) await pictures(browser, offices);
} finally {
  await browser.close();
  await end();
}
if (faults.length > 0) {
  console.error(`${faults.length} faults`);
  process.exit(1);
}
console.log("the console was walked: no faults");
