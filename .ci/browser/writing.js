// A form in a browser: it is kept while it is written, the node may be killed under it, a session may end under it, and
// every character is there.
import { createInterface } from "node:readline";
import { spawn } from "node:child_process";
import { mkdtemp, rm, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

const PATIENCE = { timeout: 20000 };
const ODD = "Half a wor, \"<&' Ўў Ққ پ چ";

// One office of the real binary with an officer, in a process of its own.
async function office(binary, folder) {
  const data = path.join(folder, "office");
  const file = name => path.join(folder, name);
  const run = words => new Promise((resolve, reject) => {
    const process_ = spawn(binary, ["--json", "--data", data, ...words], { stdio: ["ignore", "pipe", "inherit"] });
    const lines = [];
    createInterface({ input: process_.stdout }).on("line", line => lines.push(line));
    process_.on("close", code => code === 0 ? resolve(lines) : reject(new Error(`${words.join(" ")}: ${code}`)));
  });
  let node, at = "127.0.0.1:0";
  const start = async () => {
    node = spawn(binary, ["--json", "--data", data, "serve"], { stdio: ["ignore", "pipe", "ignore"] });
    const first = await createInterface({ input: node.stdout })[Symbol.asyncIterator]().next();
    return JSON.parse(first.value).console;
  };
  const kill = async () => {
    const ended = new Promise(resolve => node.once("exit", resolve));
    node.kill("SIGKILL");
    await ended;
  };
  await run(["init", "--office", "UZ-ALT", "--network", "test.example", "--storage-key", "file", "--console", at]);
  // The page of the form asks for the same address again after the node has been killed.
  at = new URL(await start()).host;
  await kill();
  const settings = path.join(data, "config.toml");
  await writeFile(settings, (await readFile(settings, "utf8")).replace('"127.0.0.1:0"', `"${at}"`));
  const address = await start();
  const added = await run(["officer", "add", "UZ-ALT-O02", "--passphrase", "--role", "officer"]);
  const passphrase = "an officer who writes";
  await writeFile(file("first"), JSON.parse(added[0]).passphrase);
  await writeFile(file("own"), passphrase);
  await run(["--as", "UZ-ALT-O02", "--passphrase-file", file("first"), "officer", "passphrase", "--new-passphrase-file", file("own")]);
  return { console: address, officer: { name: "UZ-ALT-O02", passphrase }, start, kill, run };
}

export async function writing(browser, binary, { signIn, violations, fault: told }) {
  const folder = await mkdtemp(path.join(tmpdir(), "chapar-"));
  const fault = what => told("writing", what);
  const here = await office(binary, folder);
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  await page.setViewport({ width: 1366, height: 768 });
  await page.setExtraHTTPHeaders({ "Accept-Language": "en" });
  const shown = (selector, what) => page.waitForSelector(selector, { ...PATIENCE, visible: true }).catch(() => fault(what));
  const says = (words, what) => page.waitForFunction(wanted => document.querySelector("#kept")?.textContent.startsWith(wanted), PATIENCE, words).catch(() => fault(what));
  // The sign-in comes when it is asked for. After a wrong passphrase the right one is not looked at for a second.
  const enter = async passphrase => {
    await page.type("#again-passphrase", passphrase);
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.querySelector("#again-passphrase").value === "", PATIENCE);
  };
  const renew = async passphrase => {
    for (let tries = 0; tries < 100 && await page.$eval("#again", again => again.open); tries++) {
      await enter(passphrase);
      await new Promise(resolve => { setTimeout(resolve, 50); });
    }
  };
  const clear = () => page.$eval("#kept", kept => { kept.textContent = ""; });
  const stands = name => page.$eval(`[name="${name}"]`, field => field.value);
  const subject = '[name="body.subject"]', narrative = '[name="body.narrative"]';
  try {
    await signIn(page, here, here.officer);
    await page.goto(`${here.console}compose/vehicle-alert`, { waitUntil: "load" });

    // Kept two seconds after the last key, without leaving the field.
    await page.type(subject, ODD);
    await says("Draft saved at", "a form is not kept while it is written");
    const draft = await stands("draft");
    if (draft === "") fault("the form has no draft");
    // Its address is that of the draft, so that a reload brings it back, and says nothing of the text.
    if (new URL(page.url()).pathname !== `/drafts/${draft}/edit`) fault(`what is kept has the address ${new URL(page.url()).pathname}`);
    await page.reload({ waitUntil: "load" });
    if (await stands("body.subject") !== ODD || await stands("draft") !== draft) fault("a reload loses what is kept");
    for (const what of await violations(page)) fault(what);

    // The node dies under the form. What is typed meanwhile is said not to be kept, and is once the node is back.
    await here.kill();
    await clear();
    await page.type(narrative, "typed while nobody listened");
    await shown("#trouble", "nobody says that the node is away");
    await here.start();
    await shown("#ended", "nobody says that the session has ended");
    for (const what of await violations(page)) fault(what);
    // It takes no focus: what is typed goes on in the form.
    await page.keyboard.type(" and on");
    if (await page.$eval("#again", again => again.open)) fault("the sign-in comes under the hands");
    await page.click("#ended button");
    await shown("#again", "the sign-in does not come over the form");
    if (await page.evaluate(() => document.activeElement.id) !== "again-passphrase") fault("the sign-in has no focus");
    for (const what of await violations(page)) fault(what);
    await enter("wrong");
    await shown("#again [role=alert]", "a wrong passphrase is not said");
    await renew(here.officer.passphrase);
    await says("Draft saved at", "the save is not repeated after the sign-in");
    if (await stands("body.subject") !== ODD) fault("a character is lost");

    // The session ends under the form, as after a pause.
    const cookies = await context.cookies();
    await context.deleteCookie(...cookies.filter(cookie => cookie.name.startsWith("chapar-session")));
    await clear();
    await page.type(narrative, " and after a pause");
    await shown("#ended", "nobody says that the session has ended again");
    await page.click("#ended button");
    await shown("#again", "the sign-in does not come over the form again");
    await renew(here.officer.passphrase);
    await says("Draft saved at", "what was typed over a session is not kept");

    // Another window saves it.
    const other = await context.newPage();
    await other.goto(`${here.console}drafts/${draft}/edit`, { waitUntil: "load" });
    const kept = await other.$eval(narrative, field => field.value);
    if (kept !== "typed while nobody listened and on and after a pause") fault(`the draft has ${kept}`);
    await other.type(narrative, " elsewhere");
    await other.waitForFunction(() => document.querySelector("#kept").textContent !== "", PATIENCE).catch(() => fault("the other window keeps nothing"));
    await other.close();
    await page.bringToFront();
    await clear();
    await page.type(narrative, " here");
    await shown("#outdated", "nobody says that another window saved it");
    await page.click("#outdated button");
    await says("Draft saved at", "what stands here is not kept");

    // Buttons for times, and another language with everything in place.
    const times = await page.$$eval(".quick .btn", all => all.map(button => button.textContent));
    if (!["Now", "+6 h", "+24 h"].every(word => times.includes(word))) fault(`there are no quick times: ${times}`);
    await page.$eval('.quick [data-hours="24"]', button => button.click());
    const day = await page.$eval(".quick", group => [...group.parentElement.querySelectorAll("input")].map(field => field.value).join(" "));
    if (!/^\d\d\.\d\d\.\d{4} \d\d:\d\d$/.test(day)) fault(`a quick time is ${day}`);
    await Promise.all([page.waitForNavigation(), page.click('button[value="language-ru"]')]);
    if (await page.$eval("html", html => html.lang) !== "ru") fault("the language does not change");
    if (await stands("body.subject") !== ODD) fault("another language loses a character");
    for (const what of await violations(page)) fault(what);
    // Nothing of a text stays in the browser.
    const stored = await page.evaluate(() => localStorage.length + sessionStorage.length);
    if (stored !== 0) fault("the browser keeps something");

    const verified = JSON.parse((await here.run(["log", "verify"])).at(-1));
    if (!verified.ok) fault("the log does not verify");
  } finally {
    await context.close();
    await here.kill();
    await rm(folder, { recursive: true, force: true });
  }
  console.log("a form was written through a killed node and an ended session");
}
