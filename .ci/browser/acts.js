// Pages that no link leads to: what answers a form, what refuses one, and what is not there or not for everyone.
import { foreign, keyboard, look, strained } from "./looks.js";
import { absent, fault, go, of, session } from "./scene.js";

const WHY = "case 12", NOTHING = "nothing has this name";
const send = (page, action) => go(page, `form[action${action}] button.go`);
const fill = async (page, fields) => { for (const [id, value] of Object.entries(fields)) await page.type(`#${id}`, value); };
const tick = async (page, all) => { for (const box of all) if (!await box.evaluate(own => own.checked)) await box.click(); };
const ticks = page => page.$$('.ticks input[type="checkbox"]');
const at = (page, place) => page.goto(new URL(place, page.url()).href, { waitUntil: "load" });
// The first notice of the office's own, which it may print and find.
const own = async page => {
  await at(page, "/sent");
  return page.$eval("a.open", row => row.pathname);
};

// By role: what is done, and what stands on the page then, so that it is the one that is meant.
const ACTS = {
  "releasing-officer": {
    "release opened": [".ticks input", async page => {
      await at(page, "/release");
      await go(page, 'form[action^="/release/"] button');
    }],
    "release with a tick missing": ['.errsum a[href^="#check-"]', async (page, passphrase) => {
      await tick(page, (await ticks(page)).slice(1));
      await fill(page, { passphrase });
      await send(page, '$="/release"');
    }],
    "release with a wrong passphrase": [".errsum", async page => {
      await tick(page, await ticks(page));
      await fill(page, { passphrase: "not the one" });
      await send(page, '$="/release"');
    }],
    "search found": ["section[aria-live] table a", async page => {
      const text = (await own(page)).split("/").pop();
      await at(page, "/search");
      await fill(page, { text, why: WHY });
      await send(page, '="/search"');
    }],
    "search without results": ["section[aria-live]:not(:has(table))", async page => {
      await at(page, "/search");
      await fill(page, { text: NOTHING, why: WHY });
      await send(page, '="/search"');
    }],
    "search without a reason": [".errsum", async page => {
      await at(page, "/search");
      await fill(page, { text: NOTHING });
      await send(page, '="/search"');
    }],
    "printed sheet": ["main article", async page => {
      await at(page, `${await own(page)}/print`);
      await fill(page, { why: WHY });
      await send(page, '$="/print"');
    }],
    "print without a reason": [".errsum", async page => {
      await at(page, `${await own(page)}/print`);
      await send(page, '$="/print"');
    }],
    "handed over to nobody": [".errsum", async page => {
      await at(page, "/inbox");
      await go(page, "a.open");
      const take = 'form[action$="/do/take"] button';
      if (await page.$(take)) await go(page, take);
      await at(page, "/settings/hand-over");
      await send(page, '="/settings/hand-over"');
    }],
    "compose refused": ['.errsum a[href^="#"]', async page => {
      await at(page, "/compose/vehicle-alert");
      await go(page, 'main button[value="submit"]');
    }],
    "long form refused": ['.errsum a[href^="#"]', async page => {
      await at(page, "/compose/seizure-report?form=long");
      await go(page, 'main button[value="submit"]');
    }],
    "exercise refused": [".errsum", async page => {
      await at(page, "/exercise");
      await send(page, '="/exercise/start"');
    }],
    "exercise on": [".drill ~ .title", async page => {
      await at(page, "/exercise");
      await fill(page, { name: "26/11" });
      await page.click('[name="office"][value="TM-FAR"]');
      await send(page, '="/exercise/start"');
    }],
    "real or exercise": ['.errsum a[href="#header-traffic_status"]', async page => {
      await at(page, "/compose/vehicle-alert");
      await go(page, 'main button[value="submit"]');
    }],
    "a real notice corrected by an exercise": [".drill ~ .errsum li", async page => {
      const reference = (await own(page)).split("/").pop();
      await at(page, `/compose/correction?re=${reference}`);
      // Without a key of which the script knows: nothing of it is kept meanwhile.
      const set = (name, value) => page.$eval(`[name="${name}"]`, (one, value) => { one.value = value; }, value);
      await page.$eval('[name="body.correction.reason_code"][value="ERROR"]', one => { one.checked = true; });
      await set("header.traffic_status", "EXERCISE");
      await set("body.correction.reason", "12");
      await set("body.correction.replaced_fields[0].value", "12");
      await go(page, 'main button[value="submit"]');
    }],
    "exercise ended": ["main > .title", async page => {
      await at(page, "/exercise");
      await send(page, '="/exercise/end"');
      if (await page.$(".drill")) throw new Error("the banner stays");
    }],
    "not there": ["h1", page => at(page, "/nothing")],
    "for others": ["h1", page => at(page, "/log")],
  },
  administrator: {
    "link tested": ["section[aria-live] .probe li", async page => {
      await at(page, "/offices");
      await go(page, 'form[action$="/test"] button');
    }],
    "enrolled with a first passphrase": ["main .say", async (page, _, language) => {
      await at(page, "/officers");
      await fill(page, { id: `UZ-ALT-${language === "en" ? "O71" : "O72"}` });
      await page.$eval('form[action="/officers"] [name="role"]', one => { one.checked = true; });
      if (!await page.$eval("[name=first]", one => one.checked)) await page.click("[name=first]");
      await send(page, '="/officers"');
    }],
    "enrolment refused": [".errsum", async page => {
      await at(page, "/officers");
      await send(page, '="/officers"');
    }],
    "wrong fingerprint": [".errsum", async page => {
      await at(page, "/roster");
      await fill(page, { country: "KZ", fingerprint: "abcd" });
      await send(page, '="/roster/trust"');
    }],
    "log verified": [".bar.ok", async page => {
      await at(page, "/log");
      await send(page, '="/log/verify"');
      await page.waitForSelector(".bar.ok", { timeout: 20000 });
    }],
    clock: ["main .facts", page => at(page, "/clock")],
  },
  "data-protection-officer": {
    "request of a person": ["section.card[aria-live] .facts", async page => {
      await at(page, "/privacy/request");
      await fill(page, { person: "Karimov", why: "case 7" });
      await send(page, '="/privacy/request"');
    }],
    "erasure refused": [".errsum", async page => {
      await at(page, "/privacy");
      await go(page, 'form[action="/privacy/erase"] button');
    }],
  },
};

export async function acts(browser, offices) {
  const office = offices.find(one => one.office === "UZ-ALT");
  absent.add(new URL("/nothing", office.console).href);
  for (const language of ["en", "ru"]) {
    for (const [role, all] of Object.entries(ACTS)) {
      const page = await session(browser, office, role, { language });
      for (const [name, [shows, act]] of Object.entries(all)) {
        const where = `${name} ${language}`;
        await act(page, of(office, role).passphrase, language).catch(error => fault(where, error.message));
        if (!await page.$(shows)) fault(where, `shows no ${shows}: ${await page.$eval("main", main => main.innerText.slice(0, 300))}`);
        const refusal = await page.$$eval(".errsum", all => all.map(one => one.innerText).join(" "));
        if (/\bchapar [a-z]|--[a-z]/.test(refusal)) fault(where, `names a command: ${refusal}`);
        await look(page, where);
        await keyboard(page, where);
        await foreign(page, where, language);
        await strained(page, where);
      }
      await page.browserContext().close();
    }
  }
}
