// Bundles source/ into dist/, which is committed and built into the program. --check builds beside it and fails where the
// committed bundle is not what the sources give.
import { build } from "esbuild";
import { readFile, writeFile, mkdir } from "node:fs/promises";

const here = new URL("./", import.meta.url);
const at = (path) => new URL(path, here);

async function bundle(entry, options = {}) {
  const result = await build({
    entryPoints: [at(entry).pathname],
    bundle: true,
    minify: true,
    write: false,
    target: ["chrome90", "firefox113", "safari16.4"], // the first ones with DecompressionStream or nearly so
    charset: "utf8",
    legalComments: "none",
    ...options,
  });
  return result.outputFiles[0].text;
}

async function files() {
  const licence = (await readFile(at("node_modules/uplot/LICENSE"), "utf8")).trim();
  const notice = `/* Contains uPlot 1.6.32.\n${licence}\n*/\n`;
  const script = notice + (await bundle("source/main.js", { format: "iife" }));
  if (/<\/script|<!--/i.test(script)) throw new Error("the bundle would end its own <script> element");
  return { "dist/report.js": script, "dist/report.css": await bundle("source/style.css") };
}

const built = await files();
if (process.argv.includes("--check")) {
  for (const [path, text] of Object.entries(built))
    if ((await readFile(at(path), "utf8")) !== text) {
      console.error(`${path} is not what source/ gives. Run 'npm run build' in src/report/web and commit dist/.`);
      process.exit(1);
    }
} else {
  await mkdir(at("dist"), { recursive: true });
  for (const [path, text] of Object.entries(built)) await writeFile(at(path), text);
}
