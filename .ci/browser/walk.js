// Every page of every role, as people see it: axe finds nothing, nothing runs over the side, the keyboard reaches every
// control, the console of the browser is silent, and no other host is asked. Two halves go side by side, each with a demo
// and a browser of its own, so that neither sees what the other does.
import { acts } from "./acts.js";
import { attachments } from "./attachments.js";
import { cut } from "./cut.js";
import { firstRun } from "./first_run.js";
import { letters } from "./letters.js";
import { WAYS, foreign, keyboard, look, onePage, spent, strained } from "./looks.js";
import { pictures } from "./pictures.js";
import { BINARY, demo, fault, faults, go, launch, of, session, signIn, violations, watch } from "./scene.js";
import { shots } from "./shots.js";
import { story } from "./story.js";
import { writing } from "./writing.js";

const LANGUAGES = ["en", "ru"];
// Pages of one form, such as notices, that are walked through for each role.
const OF_A_FORM = 2;
// The office in the middle of the story has most to show.
const OFFICE = "UZ-ALT";

// What makes an address one of a form: references and numbers do not count, a query only by its names.
const form = address => {
  const url = new URL(address);
  const place = url.pathname.replace(/[A-Z]{2}-[A-Z0-9]{3}-\d\d-\d+-[0-9A-Z]/g, "*").replace(/[A-Z]{2}-[A-Z0-9]{3}(?=\/|$)/g, "*").replace(/\d+/g, "#");
  return place + (url.search ? `?${[...url.searchParams.keys()].sort().join("&")}` : "");
};
// The forms of all kinds of notices are made of the same parts.
const sort = shape => shape.replace(/^\/compose\/[^/?]+/, "/compose/*");

// The places of a role, one of each form, and a notice that it may open. Links lead to all of them but the opened notice.
async function crawl(browser, office, role) {
  const page = await session(browser, office, role), { origin } = new URL(office.console);
  const counts = new Map(), seen = new Set(), waiting = [page.url()], places = new Map();
  let opened;
  while (waiting.length > 0) {
    const address = waiting.shift(), shape = form(address), count = counts.get(shape) ?? 0;
    if (seen.has(address) || count >= OF_A_FORM) continue;
    seen.add(address);
    // What is downloaded is no page.
    const answer = await page.goto(address, { waitUntil: "load" }).catch(() => undefined);
    if (!answer) continue;
    counts.set(shape, count + 1);
    if (!answer.ok()) fault(`${role} ${address}`, `answers ${answer.status()}`);
    if (!(answer.headers()["content-type"] ?? "").startsWith("text/html")) continue;
    places.set(shape, address);
    // What is drawn has an address that is no string.
    const links = await page.$$eval("a[href]", all => all.filter(link => !link.hasAttribute("download")).map(link => new URL(link.getAttribute("href"), document.baseURI).href));
    waiting.push(...links.map(link => link.split("#")[0]).filter(link => link.startsWith(`${origin}/`)));
    if (await page.$('form[action$="/open"] button')) opened ??= address;
  }
  await page.browserContext().close();
  if (opened) places.set("opened", opened);
  return { role, places };
}

// What is done with each page. The first role that has one sees it in every language, theme and size; the roles after it, and
// the form of each further kind of notice, see it in ways that take turns.
function plan(crawled) {
  const known = new Set(), tasks = [];
  let turn = 0;
  const ways = () => [WAYS[turn++ % WAYS.length]];
  for (const { role, places } of crawled) {
    for (const [shape, address] of places) {
      const task = { role, address, isOpened: shape === "opened" }, at = sort(shape).split("?")[0], isKind = sort(shape) !== shape;
      const isStrained = !known.has(at);
      if (!known.has(sort(shape))) {
        for (const language of LANGUAGES) tasks.push({ ...task, language, ways: WAYS, isStrained, hasKeys: language === "en" || task.isOpened });
      } else if (!isKind) {
        tasks.push({ ...task, language: LANGUAGES[(turn >> 2) % 2], ways: ways(), hasKeys: task.isOpened });
      } else if (!known.has(shape)) {
        const strains = LANGUAGES[turn % 2];
        for (const language of LANGUAGES) tasks.push({ ...task, language, ways: ways(), isStrained: language === strains, hasKeys: language === "en" });
      }
      for (const one of [shape, sort(shape), at]) known.add(one);
    }
  }
  return tasks;
}

async function walk(browser, office, tasks) {
  for (const role of new Set(tasks.map(task => task.role))) {
    for (const language of LANGUAGES) {
      const own = tasks.filter(task => task.role === role && task.language === language);
      if (own.length === 0) continue;
      const page = await session(browser, office, role, { language });
      for (const { address, isOpened, ways, isStrained, hasKeys } of own) {
        const where = `${role} ${new URL(address).pathname} ${language}`;
        await page.goto(address, { waitUntil: "load" });
        if (isOpened && await page.$('form[action$="/open"] button')) {
          // Who protects data says why.
          await page.$$eval("#why", all => all.forEach(field => { field.value = "to see this page"; }));
          await go(page, 'form[action$="/open"] button');
        }
        await look(page, where, ways);
        if (hasKeys) await keyboard(page, where);
        await foreign(page, where, language);
        if (isStrained) await strained(page, where);
        if (new URL(address).pathname === "/help/card") await onePage(page, where);
      }
      await page.browserContext().close();
    }
  }
}

async function door(browser, office) {
  for (const language of LANGUAGES) {
    const context = await browser.createBrowserContext(), page = await context.newPage(), where = `sign-in ${language}`;
    watch(page, where, new URL(office.console).origin);
    await page.setExtraHTTPHeaders({ "Accept-Language": language });
    await page.goto(office.console, { waitUntil: "load" });
    await look(page, where);
    await keyboard(page, where);
    await foreign(page, where, language);
    await strained(page, where);
    await context.close();
  }
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

const HALVES = [
  {
    roles: ["officer", "auditor"],
    parts: {
      attachments: ({ browser, office }) => attachments(browser, office, of(office, "officer"), { fault, look, keyboard, signIn }),
      cut: ({ browser, office }) => cut(browser, office, fault),
      "first run": ({ browser }) => firstRun(browser),
    },
  },
  {
    roles: ["releasing-officer", "administrator", "data-protection-officer"],
    // Before anything is done there.
    first: { "how pages look": ({ browser, office }) => shots(browser, office) },
    parts: {
      "sign-in": ({ browser, office }) => door(browser, office),
      keys: ({ browser, office }) => keys(browser, office, of(office, "officer")),
      letters: ({ browser, office }) => letters(browser, office),
      acts: ({ browser, offices }) => acts(browser, offices),
      live: ({ browser, offices }) => live(browser, ...["TM-FAR", "UZ-NCC"].map(code => offices.find(one => one.office === code))),
      story: ({ browser, offices }) => story(browser, offices),
      "story in Russian on a telephone": ({ browser, offices }) => story(browser, offices, { language: "ru", size: [390, 844], scripts: [true] }),
      writing: ({ browser }) => writing(browser, BINARY, { signIn, violations, fault }),
      ...(process.env.CHAPAR_BLESS ? { pictures: ({ browser, offices }) => pictures(browser, offices) } : {}),
    },
  },
];

const begun = Date.now();
const seconds = ms => `${(ms / 1000).toFixed(0)} s`;
const timed = async (name, what) => {
  const from = Date.now(), made = await what();
  console.log(`${name}: ${seconds(Date.now() - from)}`);
  return made;
};

const scenes = [];
try {
  await timed("two demos", () => Promise.all(HALVES.map(async half => {
    const scene = { ...half, ...await demo() };
    scenes.push(scene);
    scene.browser = await launch();
    scene.office = scene.offices.find(one => one.office === OFFICE);
  })));
  // The plan is the same in each run, whichever half is faster.
  scenes.sort((a, b) => HALVES.findIndex(half => half.roles === a.roles) - HALVES.findIndex(half => half.roles === b.roles));
  const roles = scenes.flatMap(scene => scene.roles), present = scenes[0].office.officers.map(one => one.role);
  if (present.some(role => !roles.includes(role))) throw new Error(`no half walks for one of ${present}`);
  const run = (parts, scene) => Object.entries(parts).reduce((before, [name, part]) => before.then(() => timed(name, () => part(scene).catch(error => fault(name, error.stack)))), Promise.resolve());
  const crawled = await timed("places", () => Promise.all(scenes.map(async scene => {
    const { browser, office, roles } = scene, found = [];
    await run(scene.first ?? {}, scene);
    for (const role of roles.filter(one => of(office, one))) found.push(await crawl(browser, office, role));
    return found;
  })));
  console.log(`forms of pages: ${crawled.flat().map(({ role, places }) => `${role} ${places.size}`).join(", ")}`);
  const tasks = plan(crawled.flat());
  await Promise.all(scenes.map(async scene => {
    const own = tasks.filter(task => scene.roles.includes(task.role));
    await timed(`${own.length} looks at pages of ${scene.roles.join(", ")}`, () => walk(scene.browser, scene.office, own));
    await run(scene.parts, scene);
  }));
} finally {
  for (const { browser, end } of scenes) {
    await browser?.close();
    await end();
  }
}
console.log(`${seconds(Date.now() - begun)} in all; of two halves ${[...spent].map(([sort, ms]) => `${sort} ${seconds(ms)}`).join(", ")}`);
if (faults.length > 0) {
  console.error(`${faults.length} faults`);
  process.exit(1);
}
console.log("the console was walked: no faults");
