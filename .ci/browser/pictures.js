// The pictures of the guides, in both languages: sign-in, inbox, an opened notice, an alert that is written, its release, and
// how far it has come. Their times are those of the run, so they are taken anew, and never compared.
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { fewer } from "./palette.js";
import { ROOT, go, of, session } from "./scene.js";

// As wide as the pages need for their two columns.
const SIZE = { width: 1240, height: 680 };
const TEXTS = {
  en: { plate: "00 A 417 BC", colour: "grey", subject: "Grey lorry with a false floor", narrative: "Left the yard at 13:35 for the crossing." },
  ru: { plate: "00 A 417 BC", colour: "серый", subject: "Серый грузовик с двойным полом", narrative: "Выехал со двора в 13:35 в сторону перехода." },
};

export async function pictures(browser, offices) {
  for (const language of Object.keys(TEXTS)) await take(browser, offices, language);
}

async function take(browser, offices, language) {
  const [alt, far] = ["UZ-ALT", "TM-FAR"].map(code => offices.find(one => one.office === code));
  const folder = path.join(ROOT, "docs/pictures", language), words = TEXTS[language];
  await mkdir(folder, { recursive: true });
  const officer = await session(browser, alt, "officer", { language });
  const shot = async (page, name, top = 0) => {
    await page.setViewport(SIZE);
    // Nothing of a person at work: no focus, no bar that comes late.
    await page.evaluate(to => { document.activeElement?.blur(); scrollTo(0, to); }, top);
    await writeFile(path.join(folder, `${name}.png`), fewer(await page.screenshot()));
    await page.setViewport({ width: 1366, height: 768 });
  };
  const isLive = page => page.waitForSelector("#live:not([hidden]):not(.lost)");
  await isLive(officer);
  await shot(officer, "inbox");

  await officer.goto(new URL("/compose/vehicle-alert?form=short", alt.console).href);
  const fill = (name, value) => officer.type(`[name="${name}"]`, value);
  await officer.click('[name="header.to"][value="TM-FAR"]');
  await fill("body.vehicles[0].plate_raw", words.plate);
  await fill("body.vehicles[0].plate_country", "UZ");
  await officer.select('[name="body.vehicles[0].type"]', "TRUCK");
  await fill("body.vehicles[0].colour", words.colour);
  await fill("body.subject", words.subject);
  await fill("body.narrative", words.narrative);
  await officer.select("#lang", language);
  await isLive(officer);
  await shot(officer, "compose");
  await go(officer, 'main button[value="submit"]');
  const number = new URL(officer.url()).pathname.split("/")[2], reference = (await officer.$eval("h1 .mono", one => one.textContent)).trim();

  const releaser = await session(browser, alt, "releasing-officer", { language });
  await releaser.goto(new URL(`/release/${number}`, alt.console).href);
  await go(releaser, `form[action="/release/${number}"] button`);
  for (const tick of await releaser.$$('.ticks input[type="checkbox"]')) await tick.click();
  await isLive(releaser);
  await shot(releaser, "release");
  await releaser.type("#passphrase", of(alt, "releasing-officer").passphrase);
  await go(releaser, 'form[action$="/release"] button.go');

  const other = await session(browser, far, "officer", { language });
  await other.goto(new URL(`/n/${reference}`, far.console).href);
  // It may be on its way.
  for (let tries = 0; tries < 100 && !await other.$('form[action$="/open"]'); tries += 1) await other.reload({ waitUntil: "load" });
  await go(other, 'form[action$="/open"] button');
  await isLive(other);
  await shot(other, "notice");
  await go(other, 'form[action$="/do/ack"] button');

  await officer.goto(new URL(`/n/${reference}`, alt.console).href);
  for (let tries = 0; tries < 100 && (await officer.$$(".steps .done")).length < 3; tries += 1) await officer.reload({ waitUntil: "load" });
  await isLive(officer);
  await shot(officer, "track");
  await go(officer, 'form[action="/sign-out"] button');
  await officer.goto(alt.console);
  await officer.type("#officer", of(alt, "officer").name);
  await shot(officer, "sign-in");
  for (const page of [officer, releaser, other]) await page.browserContext().close();
}
