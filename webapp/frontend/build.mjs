// Builds webapp/static/vendor from the packages pinned in package-lock.json. The same input gives the same
// bytes; the output is committed, and .ci/run builds it again and compares.
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";

const vendor = new URL("../static/vendor/", import.meta.url);
const modules = new URL("./node_modules/", import.meta.url);

// What is copied: each file and its name here. Source maps are not shipped.
const files = [
  { from: "htmx.org/dist/htmx.min.js", to: "htmx.min.js" },
  { from: "htmx.org/LICENSE", to: "htmx.LICENSE.txt" },
];

const withoutMap = (text) => text.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, "");

async function copy({ from, to }) {
  const text = await readFile(new URL(from, modules), "utf8");
  await writeFile(new URL(to, vendor), `${withoutMap(text).trimEnd()}\n`);
}

async function versions() {
  const names = [...new Set(files.map(({ from }) => from.split("/")[0]))].sort();
  const lines = names.map(async (name) => {
    const { version, license } = JSON.parse(await readFile(new URL(`${name}/package.json`, modules), "utf8"));
    return `${name} ${version} (${license})\n`;
  });
  await writeFile(new URL("VERSIONS.txt", vendor), (await Promise.all(lines)).join(""));
}

await rm(vendor, { recursive: true, force: true });
await mkdir(vendor, { recursive: true });
await Promise.all(files.map(copy));
await versions();
