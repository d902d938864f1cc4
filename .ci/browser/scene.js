// The scene of the tests in a browser: the demo, the browser, officers who have signed in, and the faults that were found.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import axe from "axe-core";
import puppeteer from "puppeteer-core";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
export const BINARY = process.env.CHAPAR ?? path.join(ROOT, "target/debug/chapar");

export const faults = [];
export const fault = (where, what) => { faults.push(`${where}: ${what}`); console.log(`  FAULT ${where}: ${what}`); };

export async function demo() {
  const folder = await mkdtemp(path.join(tmpdir(), "chapar-"));
  const process_ = spawn(BINARY, ["demo", "--json", "--data", path.join(folder, "demo")], { stdio: ["ignore", "pipe", "ignore"] });
  const lines = createInterface({ input: process_.stdout })[Symbol.asyncIterator]();
  const first = await lines.next();
  if (first.done) throw new Error("the demo does not start");
  // The story has been told once the last line is there.
  if ((await lines.next()).done) throw new Error("the demo has ended");
  const end = async () => {
    const ended = new Promise(resolve => process_.once("exit", resolve));
    process_.kill("SIGINT");
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  return { offices: JSON.parse(first.value).offices, end };
}

export const launch = () => puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run", "--disable-quic"],
});

export const of = (office, role) => office.officers.find(one => one.role === role);

// Addresses that are asked for although nothing is there.
export const absent = new Set();

export async function violations(page) {
  await page.evaluate(axe.source);
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  return found.violations.map(one => `axe ${one.id}: ${one.nodes.slice(0, 3).map(node => `${node.target} ${node.failureSummary.replace(/\s+/g, " ")}`).join(" | ")}`);
}

// The console of the browser stays silent, unless its network is cut; no other host is asked, and nobody for letters that the
// machine has.
export function watch(page, who, origin, isCut = false, hasLetters = false) {
  // Chromium itself tells of a page that says what is wrong.
  const isSaid = message => /the server responded with a status of 4(03|22)|^Autofocus processing was blocked/.test(message.text()) || (/status of 404/.test(message.text()) && absent.has(message.location().url)) || (isCut && /net::ERR_(INTERNET_DISCONNECTED|NETWORK_CHANGED|FAILED)/.test(message.text()));
  page.on("console", message => isSaid(message) || fault(`${who} ${page.url()}`, `console: ${message.type()} ${message.text()}`));
  page.on("pageerror", error => fault(`${who} ${page.url()}`, error.message));
  page.on("request", request => {
    const asked = new URL(request.url());
    if (asked.origin !== origin && asked.protocol !== "data:") fault(`${who} ${page.url()}`, `asks ${request.url()}`);
    if (asked.pathname.endsWith(".woff2") && !hasLetters) fault(`${who} ${page.url()}`, `asks for letters: ${request.url()}`);
  });
}

export async function signIn(page, office, officer) {
  await page.goto(office.console, { waitUntil: "load" });
  await page.type("#officer", officer.name);
  await page.type("#passphrase", officer.passphrase);
  await Promise.all([page.waitForNavigation(), page.click("main form button.go")]);
}

// A browser of an officer's own, signed in.
export async function session(browser, office, role, { language = "en", script = true, size = [1366, 768], isCut = false, hasLetters = false } = {}) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  await page.setViewport({ width: size[0], height: size[1] });
  watch(page, `${office.office} ${role}`, new URL(office.console).origin, isCut, hasLetters);
  await page.setExtraHTTPHeaders({ "Accept-Language": language });
  await page.setJavaScriptEnabled(script);
  await signIn(page, office, of(office, role));
  return page;
}

// Presses a button or follows a link, and waits for the page that it leads to.
export const go = (page, selector) => Promise.all([page.waitForNavigation(), page.$eval(selector, one => one.click())]);
