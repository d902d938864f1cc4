// How twelve pages look, in English wide and light, in Russian narrow and dark, against the pictures in shots/. What differs
// from run to run, such as times, ids and fingerprints, is set alike before. CHAPAR_BLESS=1 takes the pictures anew.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import pixelmatch from "pixelmatch";
import { PNG } from "pngjs";
import { fewer } from "./palette.js";
import { ROOT, fault, go, session } from "./scene.js";

const FOLDER = path.join(ROOT, ".ci/browser/shots"), MADE_WITH = path.join(FOLDER, "made-with.json"), SEEN = path.join(ROOT, "target/shots");
// The share of pixels that may differ.
const SHARE = 0.001;
const WAYS = { en: { width: 1366, height: 900, theme: "light" }, ru: { width: 390, height: 844, theme: "dark" } };
// Each page by its role and how it is reached.
const PAGES = {
  officer: { inbox: "/inbox", notice: opened, track: sent, compose: "/compose/vehicle-alert", search: "/search", settings: "/settings" },
  "releasing-officer": { release: "/release" },
  administrator: { offices: "/offices", officers: "/officers", privacy: "/privacy", keys: "/keys" },
};

async function to(page, office, place) {
  if (typeof place === "string") await page.goto(new URL(place, office.console).href, { waitUntil: "load" });
  else await place(page, office);
}

async function opened(page, office) {
  await to(page, office, "/inbox");
  await go(page, "a.open");
  if (await page.$('form[action$="/open"] button')) await go(page, 'form[action$="/open"] button');
}

async function sent(page, office) {
  await to(page, office, "/sent");
  await go(page, "a.open");
}

// Nothing arrives in a page while it is looked at.
async function still(page) {
  await page.setRequestInterception(true);
  page.on("request", request => (new URL(request.url()).pathname === "/events" ? request.abort() : request.continue()));
}

// What no two runs have alike, in letters and figures of the same width.
const alike = () => {
  const months = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec";
  const rules = [
    // What is new when one run looks at it is older in another one.
    [/less than a minute|\d+ minutes?/g, "000 minutes"],
    [/меньше минуты|\d+ минут[аы]?/g, "000 минут"],
    // A moment of another day than today is as long as one of today.
    [new RegExp(`(\\d{1,2} (${months}) \\d{4}|\\d{2}\\.\\d{2}\\.\\d{4}), (?=\\d\\d:\\d\\d)`, "g"), ""],
    [new RegExp(`\\b\\d{1,2} (${months}) \\d{4}`, "g"), "00 Jan 0000"],
    [new RegExp(`\\b(${months}) \\d{4}`, "g"), "Jan 0000"],
    [/\b([A-Z]{2}-[A-Z0-9]{3}-)\d\d-\d{6}-[0-9A-Z]/g, "$100-000000-X"],
    [/\b[0-9A-Z]{4}(-[0-9A-Z]{4})+\b/g, found => found.replace(/[0-9A-Z]/g, "A")],
    [/\b[0-9a-f]{8,}\b/g, found => "0".repeat(found.length)],
    [/\d+/g, found => "0".repeat(Math.max(found.length, 3))],
  ];
  const same = text => rules.reduce((said, [what, by]) => said.replace(what, by), text);
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) walker.currentNode.data = same(walker.currentNode.data);
  for (const field of document.querySelectorAll("input:not([type=hidden]), textarea")) field.value = same(field.value);
  for (const drawn of document.querySelectorAll("svg.months > *, svg.qr > *, #live")) drawn.style.visibility = "hidden";
  document.activeElement?.blur();
  scrollTo(0, 0);
};

// The browser and the fonts in which a page is drawn: pictures are alike only where these are.
async function drawnWith(page) {
  const client = await page.createCDPSession();
  await client.send("DOM.enable");
  await client.send("CSS.enable");
  const { root } = await client.send("DOM.getDocument");
  const fonts = new Set();
  for (const selector of ["h1", ".mono"]) {
    const { nodeId } = await client.send("DOM.querySelector", { nodeId: root.nodeId, selector });
    const { fonts: found } = await client.send("CSS.getPlatformFontsForNode", { nodeId });
    found.forEach(font => fonts.add(font.familyName));
  }
  await client.detach();
  return { chromium: (await page.browser().version()).split("/")[1].split(".")[0], fonts: [...fonts].sort() };
}

// The share of pixels that differ; all of them if the size does.
function differing(shown, wanted) {
  const [a, b] = [shown, wanted].map(bytes => PNG.sync.read(bytes));
  if (a.width !== b.width || a.height !== b.height) return { share: 1 };
  const picture = new PNG({ width: a.width, height: a.height });
  return { share: pixelmatch(a.data, b.data, picture.data, a.width, a.height) / (a.width * a.height), picture };
}

async function shot(page, name, { theme, ...size }, isBlessed) {
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }, { name: "prefers-reduced-motion", value: "reduce" }]);
  await page.setViewport(size);
  await page.evaluate(alike);
  const shown = fewer(await page.screenshot()), file = path.join(FOLDER, `${name}.png`);
  if (isBlessed) return writeFile(file, shown);
  const wanted = await readFile(file).catch(() => undefined);
  if (!wanted) return fault(`shot ${name}`, "there is no such picture: CHAPAR_BLESS=1 takes it");
  const { share, picture } = shown.equals(wanted) ? { share: 0 } : differing(shown, wanted);
  if (share <= SHARE) return undefined;
  await writeFile(path.join(SEEN, `${name}.png`), shown);
  if (picture) await writeFile(path.join(SEEN, `${name}-differs.png`), PNG.sync.write(picture));
  return fault(`shot ${name}`, `${(share * 100).toFixed(2)} % differ: look at target/shots; CHAPAR_BLESS=1 takes the pictures anew`);
}

export async function shots(browser, office, isBlessed = Boolean(process.env.CHAPAR_BLESS)) {
  await Promise.all([FOLDER, SEEN].map(folder => mkdir(folder, { recursive: true })));
  for (const [language, way] of Object.entries(WAYS)) {
    for (const [role, pages] of Object.entries(PAGES)) {
      const page = await session(browser, office, role, { language, isCut: true });
      await still(page);
      if (language === "en" && role === "officer") {
        const here = JSON.stringify(await drawnWith(page)), there = await readFile(MADE_WITH, "utf8").catch(() => "");
        if (isBlessed) await writeFile(MADE_WITH, `${here}\n`);
        else if (here !== there.trim()) return console.log(`NO PICTURE WAS COMPARED: they were made with ${there.trim()}, and pages are drawn with ${here} here`);
      }
      for (const [name, place] of Object.entries(pages)) {
        await page.setViewport({ width: way.width, height: way.height });
        await to(page, office, place);
        await shot(page, `${name}.${language}`, way, isBlessed);
      }
      await page.browserContext().close();
    }
    const context = await browser.createBrowserContext(), page = await context.newPage();
    await page.setExtraHTTPHeaders({ "Accept-Language": language });
    await page.goto(office.console, { waitUntil: "load" });
    await shot(page, `sign-in.${language}`, way, isBlessed);
    await context.close();
  }
}
