// The letters of the languages around these borders are drawn by the fonts that come with the pages where a machine has none of
// its own, and no page asks for them where it has: scene.js watches that.
import { fault, session } from "./scene.js";

// CONSOLE 4.
const LETTERS = "Ўў Ққ Ғғ Ҳҳ · Ҷҷ Ӣӣ Ӯӯ · Ңң Өө Үү · Әә Ұұ Іі Һһ · oʻ gʻ ň ş ž ý · پ چ ژ گ ټ ډ ړ ښ ڼ ی ې";
// What every font has.
const PLAIN = /[\sogý·]/g;

export async function letters(browser, office) {
  const page = await session(browser, office, "officer", { hasLetters: true });
  const asked = [];
  page.on("request", request => request.url().endsWith(".woff2") && asked.push(request.url()));
  for (const weight of ["400", "700"]) {
    await page.evaluate((text, to) => {
      const line = document.createElement("p");
      line.id = `letters-${to}`;
      line.textContent = text;
      line.style.fontFamily = "Letters";
      line.style.fontWeight = to;
      document.querySelector("main").append(line);
    }, LETTERS.replace(PLAIN, ""), weight);
  }
  await page.evaluate(() => document.fonts.ready);
  const client = await page.createCDPSession();
  await client.send("DOM.enable");
  await client.send("CSS.enable");
  const { root } = await client.send("DOM.getDocument");
  for (const weight of ["400", "700"]) {
    const { nodeId } = await client.send("DOM.querySelector", { nodeId: root.nodeId, selector: `#letters-${weight}` });
    const { fonts } = await client.send("CSS.getPlatformFontsForNode", { nodeId });
    const others = fonts.filter(font => !font.isCustomFont);
    if (fonts.length === 0 || others.length > 0) fault("letters", `weight ${weight}: ${others.map(font => `${font.glyphCount} by ${font.familyName}`)} of the machine, not of the page`);
  }
  if (new Set(asked).size !== 10) fault("letters", `${new Set(asked).size} of 10 files were asked for`);
  await page.browserContext().close();
}
