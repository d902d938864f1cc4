// An X-ray is brought into a draft, cut in the middle, goes on after a reload, and is looked at in the viewer.
import { fileURLToPath } from "node:url";

const image = name => fileURLToPath(new URL(`../../tests/data/images/${name}`, import.meta.url));
const FILE = image("scan-form.png"), OTHER = image("photo-label.jpg");
const PIECE = 262144;
const PATIENCE = { timeout: 20000 };

export async function attachments(browser, office, officer, { fault, look, keyboard, signIn }) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  await page.setViewport({ width: 1366, height: 768 });
  await page.setExtraHTTPHeaders({ "Accept-Language": "en" });
  page.on("pageerror", error => fault("attachments", error.message));
  await signIn(page, office, officer);
  const origin = new URL(office.console).origin;
  await page.goto(`${origin}/compose/coordination`, { waitUntil: "load" });

  // The second piece is never sent: the page is loaded again instead.
  let cut;
  const offsets = [];
  const stopped = new Promise(resolve => { cut = resolve; });
  await page.setRequestInterception(true);
  const watch = request => {
    if (request.method() === "PATCH") offsets.push(Number(request.headers()["upload-offset"]));
    if (cut && request.method() === "PATCH" && offsets.at(-1) > 0) cut(request);
    else request.continue();
  };
  page.on("request", watch);
  const choose = async () => {
    await page.waitForSelector("#attach-new", PATIENCE);
    await page.$eval("#attach-new", part => { part.open = true; });
    await (await page.$("#file")).uploadFile(FILE);
    await page.select("#file-kind", "SCAN_DOC");
    await page.type("#file-caption", "kestrel");
    await page.click("#attach-go");
  };
  await choose();
  await stopped;
  cut = undefined;
  await page.reload({ waitUntil: "load" });
  await page.waitForSelector("#bringing progress", PATIENCE).catch(() => fault("attachments", "a file that was cut is forgotten"));
  await choose();
  await page.waitForSelector("#files input[name=attachment]", PATIENCE).catch(() => fault("attachments", "the file does not come"));
  if (offsets.at(-1) !== PIECE || offsets.filter(offset => offset === 0).length !== 1) fault("attachments", `it does not go on where it was cut: ${offsets}`);
  if (new URL(page.url()).search.includes("upload")) fault("attachments", "what has come is still said to be cut");
  const stored = await page.evaluate(() => localStorage.length + sessionStorage.length);
  if (stored > 0) fault("attachments", "something is kept in the browser");
  await (await page.$("#file")).uploadFile(OTHER);
  await page.click("#attach-go");
  await page.waitForFunction(() => document.querySelectorAll("#files input[name=attachment]").length === 2, PATIENCE).catch(() => fault("attachments", "the other file does not come"));
  page.off("request", watch);
  await page.setRequestInterception(false);
  // One that is chosen and not added is not left out without a word.
  await (await page.$("#file")).uploadFile(OTHER);
  await page.$eval(".submit button[value=submit]", button => button.click());
  const said = await page.$eval("#attach-said", told => told.textContent);
  if (!said.startsWith("A file is chosen but not added")) fault("attachments", `a chosen file is left out: ${said}`);
  await page.click("#attach-out");
  if (await page.$eval("#file", file => file.files.length) > 0) fault("attachments", "a chosen file is not taken out");
  await look(page, "compose with a file");
  await keyboard(page, "compose with a file");
  // What a draft of any kind must have.
  await page.click('input[name="header.to"]:not([disabled])');
  for (const field of await page.$$("main input:not([type]):not([readonly]), main textarea")) {
    if (await field.evaluate(own => own.name === "body.subject" || own.name === "body.narrative")) await field.type("x");
  }
  await Promise.all([page.waitForNavigation(), page.click(".submit button[value=save]")]);
  const view = await page.$eval('#attached a[href*="/view"].btn', link => link.href).catch(() => undefined);
  if (!view) fault("attachments", `the draft has no file: ${await page.$eval("main", main => main.textContent.trim().slice(0, 1200))}`);
  else {
    await look(page, "draft with a file");
    await viewer(page, view, { fault, look, keyboard });
  }
  await context.close();
}

async function viewer(page, view, { fault, look, keyboard }) {
  page.on("console", message => fault("viewer", `console: ${message.type()} ${message.text()}`));
  const open = async language => {
    await page.goto(view, { waitUntil: "load" });
    await page.waitForSelector("#viewer[data-ready]", PATIENCE).catch(() => fault(`viewer ${language}`, "shows nothing"));
  };
  const said = query => page.$eval(query, element => element.textContent);
  await open("en");
  if (!/^940 × 1,?000 px, 8 bits$/.test(await said("#view-size"))) fault("viewer", `its size is ${await said("#view-size")}`);
  // Beside the picture there is nothing but the watermark, and both are seen.
  const pixels = await page.evaluate(() => {
    const canvas = document.querySelector("canvas"), { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let [margin, middle] = [0, 0];
    for (let at = 0; at < data.length; at += 4) {
      const x = (at / 4) % canvas.width;
      if (x < 20 && data[at] > 30) margin += 1;
      if (Math.abs(x - canvas.width / 2) < 20 && data[at] > 200) middle += 1;
    }
    return { margin, middle };
  });
  if (pixels.margin === 0) fault("viewer", "has no watermark");
  if (pixels.middle === 0) fault("viewer", "has no picture");
  const state = name => page.$eval(`[data-act=${name}]`, button => button.getAttribute("aria-pressed"));
  const value = name => page.$eval(`#view-${name}`, field => Number(field.value));
  // What is seen whole is so in a window of another size.
  const before = await said("#view-zoom");
  await page.setViewport({ width: 900, height: 700 });
  await page.waitForFunction(old => document.querySelector("#view-zoom").textContent !== old, PATIENCE, before).catch(() => fault("viewer", "it does not follow the window"));
  await page.setViewport({ width: 1366, height: 768 });
  await page.waitForFunction(old => document.querySelector("#view-zoom").textContent === old, PATIENCE, before).catch(() => fault("viewer", "it does not follow the window back"));
  // The other picture lies right of a line that keys move.
  await page.select("#view-other", await page.$eval("#view-other", list => list.options[1].value));
  await page.waitForSelector("#viewer[data-beside^='/']", PATIENCE).catch(() => fault("viewer", "shows no other picture"));
  const drawn = () => page.evaluate(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(document.querySelector("canvas").toDataURL())))));
  const seen = [];
  for (const key of ["Home", "End"]) {
    await page.focus("#view-slide");
    await page.keyboard.press(key);
    seen.push(await drawn());
  }
  if (seen[0] === seen[1]) fault("viewer", "the slider does nothing");
  await look(page, "viewer with two pictures");
  await page.select("#view-other", "");
  await page.focus("canvas");
  for (const key of ["i", "e", "]", "]", ";", "1"]) await page.keyboard.press(key);
  if (await state("invert") !== "true" || await state("edges") !== "true") fault("viewer", "I and E do nothing");
  if (await value("contrast") <= 0 || await value("brightness") >= 0) fault("viewer", "] and ; do nothing");
  await page.waitForFunction(old => document.querySelector("#view-zoom").textContent !== old, PATIENCE, before).catch(() => fault("viewer", "1 does nothing"));
  await page.keyboard.press("m");
  for (const key of ["Enter", "ArrowRight", "ArrowRight", "Enter"]) await page.keyboard.press(key);
  if (!(await said("#view-length")).includes("20 px")) fault("viewer", `it measures ${await said("#view-length")}`);
  await page.type("#view-known", "12.19");
  if (!(await said("#view-length")).includes("12.19 m")) fault("viewer", `it measures ${await said("#view-length")}`);
  await look(page, "viewer en");
  await keyboard(page, "viewer en");
  await page.click("[data-act=reset]");
  if (await state("measure") !== "false" || await value("contrast") !== 0) fault("viewer", "it is not reset");
  await page.browserContext().setCookie({ name: "chapar-language", value: "ru", domain: new URL(view).hostname, path: "/" });
  await open("ru");
  await look(page, "viewer ru");
}
