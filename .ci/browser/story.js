// A story by hand, as officers live it: an alert is written by keyboard alone, released, and arrives beside; opening it tells
// the sender nothing, each step after it does. With script, and what needs none of it once more without.
import { fault, go, of, session, violations } from "./scene.js";

// Letters of the languages around these borders, which every page must carry.
const LETTERS = "Ўў Ққ Ғғ Ҳҳ · Ҷҷ Ӣӣ Ӯӯ · Ңң Өө Үү · Әә Ұұ Іі Һһ · oʻ gʻ ň ş ž ý · پ چ ژ گ ټ ډ ړ ښ ڼ ی ې";
const PLATE = "00 A 417 BC", SUBJECT = "Grey lorry with a false floor", NARRATIVE = `Left the yard at 13:35. ${LETTERS}`;
// Fields of the short form, and keys that it takes, letters of the texts apart.
const FIELDS = 12, KEYS = 60, TO_THE_LINK = 4;
// What the pages say.
const WORDS = {
  en: { inbox: /^\(\d+\) Inbox/, waits: /wait/i, arrived: /^1 more arrived/, aloud: /^Immediate vehicle alert from UZ-ALT$/ },
  ru: { inbox: /^\(\d+\) Входящие/, waits: /ждёт утверждения/i, arrived: /^Пришло ещё: 1/, aloud: /^Экстренное извещение от UZ-ALT: \S/ },
};
const DEADLINE = { timeout: 10000 };

const check = (where, holds, what) => { if (!holds) fault(where, what); };
const text = (page, selector) => page.$eval(selector, one => one.innerText).catch(() => "");
const steps = page => page.$$eval(".track .steps li", all => all.map(step => `${step.className}|${step.innerText.replace(/\s+/g, " ")}`));
const done = async page => (await steps(page)).filter(step => step.startsWith("done")).length;

// Nothing of a text stands in a list, its title or its address.
async function silent(page, where) {
  const html = await (await page.goto(page.url(), { waitUntil: "load" })).text();
  for (const word of [PLATE, PLATE.replaceAll(" ", ""), SUBJECT, "false floor", "13:35"]) {
    check(where, !html.includes(word) && !page.url().includes(encodeURIComponent(word)), `shows «${word}»`);
  }
}

// What was pressed; Tab until the field has the focus.
function hand(page) {
  let pressed = 0;
  const press = async (...keys) => { for (const key of keys) { await page.keyboard.press(key); pressed += 1; } };
  const reach = async selector => {
    for (let tries = 0; tries < 60; tries += 1) {
      if (await page.evaluate(wanted => document.activeElement?.matches(wanted), selector)) return;
      await press("Tab");
    }
    throw new Error(`the keyboard does not reach ${selector}`);
  };
  const write = async (selector, letters) => { await reach(selector); await page.keyboard.type(letters); };
  const leave = async key => { const arrives = page.waitForNavigation(); await press(key); await arrives; };
  return { press, reach, write, leave, pressed: () => pressed };
}

// Writes the alert by keyboard alone; `N` leads to it, or without script the link.
async function write(page, { script, language }, where) {
  const { press, reach, write: fill, leave, pressed } = hand(page);
  if (script) await leave("KeyN");
  else { await reach('nav.rail a[href="/compose"]'); await leave("Enter"); }
  await reach('a[href^="/compose/vehicle-alert"]');
  await leave("Enter");
  // The language of the texts and the files beside it are no fields of the notice.
  const numbers = await page.$$eval("main form fieldset.fld, main form div.fld", all => all.filter(one => one.checkVisibility() && !one.querySelector("[name=lang]") && one.id !== "attach").length);
  check(where, numbers <= FIELDS, `asks ${numbers} fields`);
  await reach('[name="header.to"][value="TM-FAR"]');
  await press("Space");
  await fill('[name$="plate_raw"]', PLATE);
  await fill('[name$="plate_country"]', "UZ");
  // Letters find an option; those that no key has are inserted, and find none.
  if (language === "en") await fill('[name$=".type"]', "Tr");
  else {
    await reach('[name$=".type"]');
    for (let tries = 0; tries < 30 && await page.evaluate(() => document.activeElement.value) !== "TRUCK"; tries += 1) await page.keyboard.press("ArrowDown");
  }
  await fill('[name$=".colour"]', "grey");
  await fill('[name="body.subject"]', SUBJECT);
  await fill('[name="body.narrative"]', NARRATIVE);
  await reach('button[value="submit"]');
  await leave("Enter");
  // Without script there is no key for the link that leads here.
  check(where, pressed() <= KEYS + (script ? 0 : TO_THE_LINK), `takes ${pressed()} keys beside the texts`);
  const bar = await text(page, "main .bar[role=status]");
  check(where, WORDS[language].waits.test(bar) && bar.includes("UZ-ALT-R01"), `does not say who may release it: ${bar || await text(page, ".errsum")}`);
  const reference = (await text(page, "h1 .mono")).trim();
  const number = new URL(page.url()).pathname.split("/")[2];
  return { reference, number, pressed: pressed() };
}

// The author is told who releases; a tick that is left out is named; with all of them it goes.
async function release(author, releaser, { number, reference }, passphrase, where) {
  const refused = await author.goto(new URL(`/release/${number}`, author.url()).href);
  check(where, refused.status() === 403 && (await text(author, "main")).includes("UZ-ALT-R01"), "the author is not told who releases");
  await releaser.goto(new URL("/release", releaser.url()).href);
  await silent(releaser, `${where} queue`);
  await go(releaser, `form[action="/release/${number}"] button`);
  const ticks = await releaser.$$eval('.ticks input[type="checkbox"]', all => all.map(one => one.id));
  const [left, ...ticked] = ticks;
  for (const id of ticked) await releaser.click(`#${id}`);
  await releaser.type("#passphrase", passphrase);
  await go(releaser, 'form[action$="/release"] button.go');
  // A browser gives the focus when it draws the page.
  const has = () => document.activeElement?.className;
  const focus = await releaser.waitForFunction(() => document.activeElement?.className === "errsum", { timeout: 5000 }).then(() => "errsum", () => releaser.evaluate(has));
  check(where, focus === "errsum", `the summary of errors has no focus, ${focus || "nothing"} has`);
  check(where, await releaser.$(`.errsum a[href="#${left}"]`), "the summary does not link to the tick that is left out");
  check(where, await releaser.$eval(`#${ticked[0]}`, one => one.checked), "what was ticked is lost");
  check(where, (await text(releaser, "main article")).includes(SUBJECT), "the text is lost");
  await releaser.click(`#${left}`);
  await releaser.type("#passphrase", passphrase);
  await go(releaser, 'form[action$="/release"] button.go');
  check(where, !(await releaser.$(".errsum")), `with all ticks it does not go: ${await text(releaser, ".errsum")}`);
  return reference;
}

// The other office's inbox is open beside: the notice is told there by word and sound, and the list does not move.
const listen = () => {
  window.tones = 0;
  window.AudioContext = class extends AudioContext {
    createOscillator() { window.tones += 1; return super.createOscillator(); }
  };
};

async function beside(page, before, words, where) {
  const told = page.waitForFunction(() => document.querySelector("#aloud").textContent !== "", DEADLINE).catch(() => fault(where, "an immediate notice is not said aloud"));
  await page.waitForSelector("#arrived:not([hidden])", DEADLINE).catch(() => fault(where, "what has arrived is not told"));
  check(where, words.arrived.test(await text(page, "#arrived")), `says «${await text(page, "#arrived")}»`);
  await told;
  const aloud = await page.$eval("#aloud", one => one.textContent);
  check(where, words.aloud.test(aloud), `says aloud «${aloud}»`);
  check(where, await page.evaluate(() => window.tones) > 0, "an immediate notice makes no sound");
  check(where, await rows(page) === before, "the list moves under the hand");
  for (const what of await violations(page)) fault(where, what);
}
const rows = page => page.$$eval("a.open", all => all.map(row => row.textContent).join());

// The receiver opens, acknowledges and reports; the sender sees all but the opening.
async function answer(sender, receiver, auditor, reference, where) {
  await sender.goto(new URL(`/n/${reference}`, sender.url()).href);
  await sender.waitForSelector("#live:not([hidden])", DEADLINE).catch(() => {});
  // The receipt may be on its way.
  for (let tries = 0; tries < 100 && await done(sender) < 2; tries += 1) await sender.reload({ waitUntil: "load" });
  const before = await steps(sender);
  check(where, await done(sender) === 2, `is not delivered: ${before}`);
  await receiver.goto(new URL(`/n/${reference}`, receiver.url()).href);
  check(where, !(await text(receiver, "main")).includes(SUBJECT), "shows its text before it is opened");
  await go(receiver, 'form[action$="/open"] button');
  const opened = await text(receiver, "main article");
  check(where, [PLATE, SUBJECT, NARRATIVE].every(words => opened.includes(words)), "does not show the text whole");
  await sender.reload({ waitUntil: "load" });
  check(where, String(await steps(sender)) === String(before), "the sender learns of the opening");
  await auditor.goto(new URL(`/audit?view=reads&notice=${reference}`, auditor.url()).href);
  check(where, (await text(auditor, "main table")).includes("TM-FAR-O02"), "the opening is not recorded");
  await go(receiver, 'form[action$="/do/ack"] button');
  await turned(sender, 3, where);
  await go(receiver, 'a[href*="feedback"]');
  await receiver.$eval('[name="body.feedback.outcome"][value="CHECKED_NOTHING"], [name="body.feedback.outcome"]', one => {
    if (one.tagName === "SELECT") one.value = "CHECKED_NOTHING";
    else one.click();
  });
  await receiver.$eval('[name="body.subject"]', one => { one.value = "Nothing found"; });
  // When it was checked: yesterday, whatever the zone of the office.
  const day = new Date(Date.now() - 24 * 3600 * 1000).toISOString().slice(0, 10).split("-").reverse().join(".");
  await receiver.$$eval('input[name$=".day"]', (all, day) => all.filter(one => one.name.startsWith("body.") && !one.value && !one.name.endsWith(".to.day")).forEach(one => { one.value = day; }), day);
  await receiver.$$eval('input[name$=".time"]', all => all.filter(one => one.name.startsWith("body.") && !one.value && !one.name.endsWith(".to.time")).forEach(one => { one.value = "12:00"; }));
  await go(receiver, 'main button[value="submit"]');
  const trouble = await text(receiver, ".errsum");
  check(where, !trouble, `the result cannot be sent for release: ${trouble}`);
  return new URL(receiver.url()).pathname.split("/")[2];
}

// With all ticks.
async function released(releaser, number, passphrase) {
  await releaser.goto(new URL(`/release/${number}`, releaser.url()).href);
  await go(releaser, `form[action="/release/${number}"] button`);
  for (const tick of await releaser.$$('.ticks input[type="checkbox"]')) await tick.click();
  await releaser.type("#passphrase", passphrase);
  await go(releaser, 'form[action$="/release"] button.go');
}

async function turned(sender, count, where) {
  for (let tries = 0; tries < 100 && await done(sender) < count; tries += 1) await sender.reload({ waitUntil: "load" });
  check(where, await done(sender) === count, `step ${count} does not turn: ${await steps(sender)}`);
}

// In a language and a size of window, with script and, if need be, without.
export async function story(browser, offices, { language = "en", size = [1366, 768], scripts = [true, false] } = {}) {
  const office = code => offices.find(one => one.office === code);
  const [alt, far] = [office("UZ-ALT"), office("TM-FAR")], words = WORDS[language], second = language === "en" ? "ru" : "en";
  for (const script of scripts) {
    const where = name => `story ${name} ${language} ${size[0]}${script ? "" : " without script"}`;
    const pages = [];
    const officer = async (at, role, spoken = language) => { const page = await session(browser, at, role, { language: spoken, script, size }); pages.push(page); return page; };
    const author = await officer(alt, "officer");
    check(where("sign-in"), new URL(author.url()).pathname === "/inbox" && words.inbox.test(await author.title()), `leads to ${author.url()} ${await author.title()}`);
    const foreigner = await officer(alt, "officer", second);
    check(where("sign-in"), await foreigner.$eval("html", one => one.lang) === second && WORDS[second].inbox.test(await foreigner.title()), "does not speak the language of the browser");
    const receiver = await officer(far, "officer");
    if (script) {
      await receiver.evaluateOnNewDocument(listen);
      await receiver.reload({ waitUntil: "load" });
      await receiver.waitForSelector("#live:not([hidden]):not(.lost)", DEADLINE).catch(() => fault(where("inbox"), "the stream is not open"));
    }
    const before = await rows(receiver);
    const draft = await write(author, { script, language }, where("compose"));
    if (script) console.log(`an alert takes ${draft.pressed} keys beside its texts`);
    const releaser = await officer(alt, "releasing-officer");
    await release(author, releaser, draft, of(alt, "releasing-officer").passphrase, where("release"));
    if (script) await beside(receiver, before, words, where("inbox"));
    else check(where("inbox"), (await receiver.content()).includes('http-equiv="refresh"'), "is not loaded again by itself");
    const number = await answer(author, receiver, await officer(far, "auditor"), draft.reference, where("track"));
    await released(await officer(far, "releasing-officer"), number, of(far, "releasing-officer").passphrase);
    await turned(author, 4, where("track"));
    // What is left of the text in the lists of both.
    for (const [page, list] of [[author, "/sent"], [author, "/drafts"], [receiver, "/inbox"]]) {
      await page.goto(new URL(list, page.url()).href);
      await silent(page, where(list));
    }
    for (const page of pages) await page.browserContext().close();
  }
}
