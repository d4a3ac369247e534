// `npm run vendor`: copies the browser libraries, as they are shipped, into compliance/static/vendor.
// Only needed when a version in package.json changes; what is committed is what the product serves.
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";

const OUT = "compliance/static/vendor";
const FILES = { idb: "build/index.js", signature_pad: "dist/signature_pad.min.js" };

const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

await mkdir(OUT, { recursive: true });
const recorded = {};
for (const [name, path] of Object.entries(FILES)) {
  const shipped = JSON.parse(await readFile(`node_modules/${name}/package.json`, "utf8"));
  // A map that is not served would only be an error in the console.
  const code = (await readFile(`node_modules/${name}/${path}`, "utf8")).replace(/^\/\/# sourceMappingURL=.*\n?/m, "");
  const licence = await readFile(`node_modules/${name}/LICENSE`, "utf8");
  await writeFile(`${OUT}/${name}.js`, code);
  await writeFile(`${OUT}/${name}.LICENSE`, licence);
  recorded[name] = {
    version: shipped.version, license: shipped.license, file: path,
    sha256: sha256(code), license_sha256: sha256(licence),
  };
}
await writeFile(`${OUT}/versions.json`, JSON.stringify(recorded, null, 2) + "\n");
