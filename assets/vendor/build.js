// Makes ../png.js, ../fonts and ../fonts.css of packages of npm, with their licences, and their digests in SHA256SUMS.
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { build } from "esbuild";

const licences = [];
for (const name of ["fast-png", "iobuffer", "fflate"]) {
  const folder = new URL(`node_modules/${name}/`, import.meta.url);
  const { version, license } = JSON.parse(await readFile(new URL("package.json", folder), "utf8"));
  licences.push(`${name} ${version} (${license})\n\n${await readFile(new URL("LICENSE", folder), "utf8")}`);
}
const { outputFiles: [made] } = await build({
  entryPoints: ["png.js"],
  bundle: true,
  minify: true,
  format: "iife",
  target: ["chrome109", "firefox115"],
  legalComments: "none",
  banner: { js: `/* Made by assets/vendor/build.js; not to be changed by hand.\n\n${licences.join("\n\n")}*/` },
  write: false,
});
// The letters of the languages around these borders, in packages and subsets of theirs.
const FONTS = [
  ["noto-sans", "latin", "U+2BB-2BC"],
  ["noto-sans", "latin-ext", "U+100-24F,U+1E00-1EFF"],
  ["noto-sans", "cyrillic", "U+400-45F,U+490-491,U+4B0-4B1"],
  ["noto-sans", "cyrillic-ext", "U+460-48F,U+492-4AF,U+4B2-52F"],
  ["noto-naskh-arabic", "arabic", "U+600-6FF,U+750-77F,U+FB50-FDFF,U+FE70-FEFC"],
];
const digest = bytes => createHash("sha256").update(bytes).digest("hex");
const files = [["png.js", made.contents]], faces = [];
for (const [name, subset, range] of FONTS) {
  for (const weight of [400, 700]) {
    const file = `${name}-${subset}-${weight}.woff2`;
    const bytes = await readFile(new URL(`node_modules/@fontsource/${name}/files/${name}-${subset}-${weight}-normal.woff2`, import.meta.url));
    files.push([`fonts/${file}`, bytes]);
    faces.push(`@font-face { font-family:Letters; font-weight:${weight}; font-display:swap; src:url(${digest(bytes).slice(0, 16)}-${file}); unicode-range:${range} }`);
  }
}
for (const name of ["noto-sans", "noto-naskh-arabic"]) {
  files.push([`fonts/OFL-${name}.txt`, await readFile(new URL(`node_modules/@fontsource/${name}/LICENSE`, import.meta.url))]);
}
const head = "/* Made by assets/vendor/build.js. Noto Sans and Noto Naskh Arabic: SIL Open Font License 1.1, assets/fonts/OFL-*.txt */";
files.push(["fonts.css", Buffer.from(`${[head, ...faces].join("\n")}\n`)]);

await mkdir("../fonts", { recursive: true });
for (const [name, bytes] of files) await writeFile(`../${name}`, bytes);
await writeFile("SHA256SUMS", files.map(([name, bytes]) => `${digest(bytes)}  ${name}\n`).join(""));
