// Makes ../png.js of packages of npm, with their licences in it, and its digest in SHA256SUMS.
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
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
await writeFile("../png.js", made.contents);
await writeFile("SHA256SUMS", `${createHash("sha256").update(made.contents).digest("hex")}  png.js\n`);
