// A new office, set up in a browser by keyboard alone: from the setup code to the first officers, who sign in.
import { createInterface } from "node:readline";
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { foreign, keyboard, look, strained } from "./looks.js";
import { BINARY, fault, watch } from "./scene.js";

const ADMINISTRATOR = "the first of this office", OFFICER = "an officer of this office";
const WRONG = "acid acorn acre acts afar affix";
// Presses of Tab after which a control is out of reach.
const PRESSES = 200;

const lines = process_ => createInterface({ input: process_.stdout })[Symbol.asyncIterator]();
const run = (words, folder) => spawn(BINARY, ["--json", "--data", path.join(folder, "office"), ...words], { stdio: ["ignore", "pipe", "ignore"] });
const said = async process_ => {
  const first = await lines(process_).next();
  if (first.done) throw new Error("the office says nothing");
  return JSON.parse(first.value);
};

// Goes to a control with Tab, from where the focus is.
async function reach(page, selector) {
  for (let press = 0; press < PRESSES; press += 1) {
    await page.keyboard.press("Tab");
    if (await page.evaluate(wanted => document.activeElement?.matches(wanted), selector)) return;
  }
  throw new Error(`the keyboard does not reach ${selector} at ${page.url()}`);
}
async function fill(page, fields) {
  for (const [selector, text] of fields) {
    await reach(page, selector);
    await page.keyboard.down("Control");
    await page.keyboard.press("a");
    await page.keyboard.up("Control");
    await page.keyboard.type(text);
  }
}
async function press(page, selector) {
  await reach(page, selector);
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
}
const says = async (page, words) => {
  const text = await page.$eval("main", main => main.innerText);
  if (!text.includes(words)) fault("first run", `${page.url()} does not say ${words}: ${text.slice(0, 300)}`);
};
async function looked(page, where) {
  for (const language of ["en", "ru"]) {
    await page.setExtraHTTPHeaders({ "Accept-Language": language });
    await page.reload({ waitUntil: "load" });
    await look(page, `${where} ${language}`);
    await keyboard(page, `${where} ${language}`);
    await foreign(page, `${where} ${language}`, language);
    await strained(page, `${where} ${language}`);
  }
  await page.setExtraHTTPHeaders({ "Accept-Language": "en" });
  await page.reload({ waitUntil: "load" });
}

// A page of its own in a browser of its own.
async function opened(browser, address) {
  const page = await (await browser.createBrowserContext()).newPage();
  await page.setViewport({ width: 1366, height: 768 });
  await page.setExtraHTTPHeaders({ "Accept-Language": "en" });
  watch(page, "first run", new URL(address).origin);
  await page.goto(address, { waitUntil: "load" });
  return page;
}

// Enrols an officer from the list of tasks; the first passphrase.
async function enrolled(page, id, role) {
  await press(page, 'main a[href="/officers"]');
  await fill(page, [["#id", id]]);
  await reach(page, `[name="role"][value="${role}"]`);
  await page.keyboard.press("Space");
  await press(page, 'form[action="/officers"] button.go');
  const first = await page.$eval("main .say", one => one.textContent);
  await press(page, 'a[href="/first-run"]');
  return first;
}

export async function firstRun(browser) {
  const folder = await mkdtemp(path.join(tmpdir(), "chapar-"));
  const { setup_code: code } = await said(run(["init", "--office", "UZ-ALT", "--network", "test.example", "--storage-key", "file", "--console", "127.0.0.1:0"], folder));
  const node = run(["serve"], folder);
  const contexts = [];
  try {
    const { console: home, first_run: address } = await said(node);
    const page = await opened(browser, address);
    contexts.push(page.browserContext());
    await looked(page, "first run");
    await fill(page, [["#code", WRONG], ["#new", ADMINISTRATOR], ["#again", ADMINISTRATOR]]);
    await press(page, "main form button.go");
    await says(page, "The setup code is wrong.");
    await look(page, "first run refused");
    await fill(page, [["#code", code.replaceAll("-", " ")], ["#new", ADMINISTRATOR], ["#again", ADMINISTRATOR]]);
    await press(page, "main form button.go");
    await says(page, "2 of 5 done");
    await looked(page, "list of the set-up");

    const first = await enrolled(page, "O01", "OFFICER");
    await enrolled(page, "R01", "RELEASING_OFFICER");
    await says(page, "3 of 5 done");
    for (const summary of await page.$$("summary")) if (!await summary.evaluate(one => one.parentElement.open)) await summary.press("Enter");
    await look(page, "list of the set-up, all open");
    await page.goto(home, { waitUntil: "load" });
    await says(page, "This office is being set up: 3 of 5 done.");
    await look(page, "first page during the set-up");

    const own = await opened(browser, home);
    contexts.push(own.browserContext());
    await fill(own, [["#officer", "O01"], ["#passphrase", first]]);
    await press(own, "main form button.go");
    await fill(own, [["#current, #new", OFFICER], ["#again", OFFICER]]);
    await press(own, "main form button.go");
    if (new URL(own.url()).pathname !== "/inbox") fault("first run", `the first officer is led to ${own.url()}`);
    const late = await opened(browser, address);
    contexts.push(late.browserContext());
    if (new URL(late.url()).pathname !== "/sign-in") fault("first run", "the setup code is asked for again");
  } finally {
    for (const context of contexts) await context.close();
    node.kill("SIGTERM");
    await new Promise(resolve => node.exitCode === null ? node.once("exit", resolve) : resolve());
    await rm(folder, { recursive: true, force: true });
  }
  console.log("a new office was set up by keyboard, from the setup code to its first officer");
}
