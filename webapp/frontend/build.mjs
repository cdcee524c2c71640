// Builds webapp/static/vendor from the packages pinned in package-lock.json. The same input gives the same
// bytes; the output is committed, and .ci/run builds it again and compares.
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const vendor = new URL("../static/vendor/", import.meta.url);
const modules = new URL("./node_modules/", import.meta.url);
const here = fileURLToPath(new URL(".", import.meta.url));

// What is copied: each file and its name here. Source maps are not shipped.
const files = [
  { from: "htmx.org/dist/htmx.min.js", to: "htmx.min.js" },
  { from: "htmx.org/LICENSE", to: "htmx.LICENSE.txt" },
];

// What is bundled: the viewer of bpmn-js, which draws and moves a diagram but edits nothing.
const viewer = {
  name: "bpmn-viewer",
  script: 'export { default } from "bpmn-js/lib/NavigatedViewer";\n',
  style: '@import "bpmn-js/dist/assets/diagram-js.css";\n@import "bpmn-js/dist/assets/bpmn-js.css";\n',
};

const withoutMap = (text) => text.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, "");
const inOrder = (names) => [...new Set(names)].sort();
const write = (name, text) => writeFile(new URL(name, vendor), `${text.trimEnd()}\n`);

async function copy({ from, to }) {
  await write(to, withoutMap(await readFile(new URL(from, modules), "utf8")));
  return from.split("/")[0];
}

// Writes one bundled file; gives the names of the packages something in it comes from.
async function bundle(name, loader, contents) {
  const { metafile, outputFiles } = await build({
    stdin: { contents, loader, resolveDir: here },
    absWorkingDir: here,
    banner: { [loader]: `/* Made of the packages in ${viewer.name}.LICENSES.txt, each under its licence. */` },
    bundle: true,
    charset: "utf8",
    format: "esm",
    legalComments: "none",
    metafile: true,
    minify: true,
    target: ["es2022"],
    write: false,
  });
  await write(`${name}.${loader}`, outputFiles[0].text);
  return Object.keys(metafile.inputs).flatMap((input) => input.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1] ?? []);
}

async function licence(name) {
  const folder = new URL(`${name}/`, modules);
  const file = (await readdir(folder)).find((one) => /^licen[cs]e(\.md|\.txt)?$/i.test(one));
  return `${"=".repeat(80)}\n${name}\n\n${(await readFile(new URL(file, folder), "utf8")).trim()}\n`;
}

async function version(name) {
  const { version, license } = JSON.parse(await readFile(new URL(`${name}/package.json`, modules), "utf8"));
  return `${name} ${version} (${license.startsWith("SEE ") ? "bpmn.io" : license})\n`;
}

await rm(vendor, { recursive: true, force: true });
await mkdir(vendor, { recursive: true });
const copied = await Promise.all(files.map(copy));
const bundled = inOrder([
  ...(await bundle(viewer.name, "js", viewer.script)),
  ...(await bundle(viewer.name, "css", viewer.style)),
]);
await write(`${viewer.name}.LICENSES.txt`, (await Promise.all(bundled.map(licence))).join("\n"));
await write("VERSIONS.txt", (await Promise.all(inOrder([...copied, ...bundled]).map(version))).join(""));
