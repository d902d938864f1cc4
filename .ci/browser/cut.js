// The network goes away in the middle of a large file. Once it is back the file goes on by itself, without a reload, where it was.
import { createHash, randomFillSync } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { png } from "./png.js";
import { go, session } from "./scene.js";

// Noise, so that it stays as long as its pixels: 8 MB, and 32 pieces.
const SIDE = 2896;
// Pieces that have come before the cut.
const BEFORE = 5;
const PATIENCE = { timeout: 60000 };

const noise = () => {
  const rows = randomFillSync(Buffer.alloc((SIDE + 1) * SIDE));
  for (let y = 0; y < SIDE; y += 1) rows[y * (SIDE + 1)] = 0;
  return png(SIDE, SIDE, rows);
};

export async function cut(browser, office, fault) {
  const folder = await mkdtemp(path.join(tmpdir(), "chapar-")), name = path.join(folder, "noise.png"), file = noise();
  await writeFile(name, file);
  const page = await session(browser, office, "officer", { isCut: true });
  try {
    await page.goto(new URL("/compose/coordination", office.console).href, { waitUntil: "load" });
    const offsets = [];
    page.on("request", request => { if (request.method() === "PATCH") offsets.push(Number(request.headers()["upload-offset"])); });
    const come = new Promise(resolve => page.on("response", answer => { if (answer.request().method() === "PATCH" && offsets.length > BEFORE) resolve(); }));
    await page.evaluate(() => { window.isSame = true; });
    await page.waitForSelector("#attach-new", PATIENCE);
    await page.$eval("#attach-new", part => { part.open = true; });
    await (await page.$("#file")).uploadFile(name);
    await page.select("#file-kind", "PHOTO");
    await page.click("#attach-go");
    await come;
    await page.setOfflineMode(true);
    const says = () => document.querySelector("#bringing [role=status]")?.textContent === document.querySelector("#attach").dataset.retry;
    await page.waitForFunction(says, PATIENCE).catch(() => fault("cut", "nobody says that it is tried again"));
    const before = offsets.length, reached = Math.max(...offsets);
    if (reached >= file.length - 262144) fault("cut", "the network was cut too late");
    await page.setOfflineMode(false);
    await page.waitForSelector("#files input[name=attachment]", PATIENCE).catch(() => fault("cut", "the file does not go on"));
    const after = offsets.slice(before).find(offset => offset >= 0);
    if (after < reached || offsets.filter(offset => offset === 0).length !== 1) fault("cut", `it goes on at ${after} although ${reached} had come`);
    if (!await page.evaluate(() => window.isSame)) fault("cut", "the page was loaded again");
    // The draft says the digest of what has come.
    await page.click('input[name="header.to"]:not([disabled])');
    for (const field of ["body.subject", "body.narrative"]) await page.$eval(`[name="${field}"]`, own => { own.value = "x"; }).catch(() => undefined);
    await go(page, ".submit button[value=save]");
    const digest = await page.$eval("#attached .exact", one => one.textContent.replace(/\s/g, "")).catch(() => "none");
    if (digest !== createHash("sha256").update(file).digest("hex")) fault("cut", `its digest is ${digest}`);
  } finally {
    await page.browserContext().close();
    await rm(folder, { recursive: true, force: true });
  }
  console.log("a file of 8 MB went on after its network was cut");
}
