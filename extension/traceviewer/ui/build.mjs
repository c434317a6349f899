// Bundles src/ into ../dist, which is committed: Go embeds it and needs no Node.
// The output is the same for the same sources and lock file. `--out DIR` writes
// elsewhere, for comparing.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { constants, gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const outAt = process.argv.indexOf("--out");
const out = outAt > 0 ? process.argv[outAt + 1] : join(here, "..", "dist");

/** The page may weigh this much in all, compressed. */
const LIMIT = 120 * 1024;

export const options = {
  absWorkingDir: here,
  entryPoints: { app: "src/main.tsx" },
  bundle: true,
  format: "esm",
  target: ["es2022", "chrome123", "firefox120", "safari17.5"],
  jsx: "automatic",
  jsxImportSource: "preact",
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
};

/** The one document: every path of the page serves it. */
export async function html(version) {
  const text = await readFile(join(here, "src", "index.html"), "utf8");
  return text.replaceAll("{{v}}", version);
}

async function main() {
  const result = await build({ ...options, minify: true, write: false, metafile: true, outdir: "assets" });
  const files = new Map();
  const hash = createHash("sha256");
  for (const file of result.outputFiles) {
    const name = `assets/app${file.path.slice(file.path.lastIndexOf("."))}`;
    files.set(name, Buffer.from(file.contents));
    hash.update(file.contents);
  }
  files.set("licenses.txt", await licenses(result.metafile));
  files.set("favicon.svg", await readFile(join(here, "src", "favicon.svg")));
  files.set("index.html", Buffer.from(await html(hash.digest("hex").slice(0, 12))));

  await rm(out, { recursive: true, force: true });
  let sum = 0;
  for (const [name, bytes] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const to = join(out, name);
    await mkdir(dirname(to), { recursive: true });
    await writeFile(to, bytes);
    const size = gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION }).length;
    sum += size;
    console.log(`${name.padEnd(20)} ${kib(bytes.length)} ${kib(size)} compressed`);
  }
  console.log(`${"in all".padEnd(20)} ${" ".repeat(10)} ${kib(sum)} of ${kib(LIMIT)} compressed`);
  if (sum > LIMIT) {
    console.error("the page weighs too much: leave something out, or argue for a higher LIMIT in build.mjs");
    process.exit(1);
  }
}

/** The licenses of the packages that are in the bundle, which they ask to be passed on with it. */
async function licenses(metafile) {
  const folders = new Set();
  for (const input of Object.keys(metafile.inputs)) {
    const match = /^node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input);
    if (match) folders.add(match[0]);
  }
  const texts = [];
  for (const folder of [...folders].sort()) {
    const { name, version } = JSON.parse(await readFile(join(here, folder, "package.json"), "utf8"));
    const file = (await readdir(join(here, folder))).find((one) => /^licen[cs]e(\.|$)/i.test(one));
    if (!file) throw new Error(`${name} has no license file`);
    texts.push(`${name} ${version}\n\n${(await readFile(join(here, folder, file), "utf8")).trim()}\n`);
  }
  return Buffer.from(texts.join("\n\n"));
}

function kib(n) {
  return `${(n / 1024).toFixed(1)} KiB`.padStart(10);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
