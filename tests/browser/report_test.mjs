// The report as its reader meets it. Usage: report_test.mjs FOLDER (with report.html and prediction.html in it).
import assert from "node:assert/strict";
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { drawn, launch, open } from "./browser.mjs";

const folder = resolve(process.argv[2]);
const url_of = (name) => pathToFileURL(resolve(folder, name)).href;
const claims = [];
const claim = (name, proof) => claims.push([name, proof]);

const readout = (page) => page.textContent("#position");
const pattern_pixels = (page) => page.$eval("[aria-label^='Diffraction pattern'] canvas", (canvas) => canvas.toDataURL());
const map_pixels = (page) => page.$eval("[role=application] canvas", (canvas) => canvas.toDataURL());

claim("nothing but the file itself is requested", async ({ requests }) => {
  assert.deepEqual(requests.filter((url) => !url.startsWith("data:")), [url_of("report.html")]);
});

claim("a request would be refused by the page's own policy", async ({ page, complaints }) => {
  const answer = await page.evaluate(() => fetch("https://example.org").then(() => "sent", () => "refused"));
  assert.equal(answer, "refused");
  assert.match(complaints.splice(0).join(), /Content Security Policy/);
});

claim("every part is there with its heading and a link", async ({ page }) => {
  const titles = await page.$$eval("h2", (list) => list.map((title) => title.textContent));
  assert.deepEqual(titles, ["The interface", "Along the interface", "The scan", "Best fit", "Registration", "How far to trust it", "Held-out sets", "Twins", "Settings and origin"]);
  assert.equal((await page.$$("nav a")).length, titles.length);
  assert.equal((await page.$$(".chart canvas")).length, 13);
  assert.equal((await page.$$(".twin canvas")).length, 6);
  assert.equal((await page.$$(".measures tbody tr")).length, 6);
});

const legend = (page, title) => page.locator("figure", { has: page.locator("h3", { hasText: new RegExp(`^${title}$`) }) }).locator(".u-legend").textContent();

claim("the map says how many stretches are what, and greys those without an answer", async ({ page }) => {
  assert.match(await page.textContent("#map .lead"), /^Rough along \d+ of 14 stretches .* No answer along 2\./);
  assert.match(await page.textContent("#map figure .meaning"), /Greyed where there is no answer/);
});

claim("arrow keys read the map from stretch to stretch, in all its charts at once", async ({ page }) => {
  const chart = page.locator("#map .chart").first();
  await chart.scrollIntoViewIfNeeded();
  await chart.focus();
  await page.keyboard.press("Home");
  assert.match(await legend(page, "Class"), /interface \(nm\)0\.660.*abrupt0\.0300/);
  await page.keyboard.press("ArrowRight");
  assert.match(await legend(page, "Class"), /interface \(nm\)1\.98/);
  assert.match(await legend(page, "Thickness"), /interface \(nm\)1\.98.*estimated19\.\d \(1\d\.\d to 1\d\.\d\)/);
});

claim("the pointer over a chart of the map shows its values", async ({ page }) => {
  const box = await page.locator("#map .chart .u-over").first().boundingBox();
  await page.mouse.move(box.x + 0.98 * box.width, box.y + 0.5 * box.height);
  assert.match(await legend(page, "Class"), /interface \(nm\)17\.8.*diffuse0\.\d+/);
  await page.mouse.move(0, 0);
});

claim("registration shows disc, planes, interface and both sides", async ({ page }) => {
  assert.equal((await page.$$("#registration ellipse.found")).length, 1);
  assert.equal((await page.$$("#registration line.plane")).length, 1);
  assert.ok((await page.$$("#registration line.fine")).length > 5);
  assert.deepEqual(await page.$$eval("#registration .name", (list) => list.map((name) => name.textContent)), ["substrate", "film"]);
  assert.match(await page.textContent("#registration table"), /Interface plane[\d.]+ ± [\d.]+ Å/);
  const titles = await page.$$eval("#registration h3", (list) => list.map((title) => title.textContent));
  assert.deepEqual(titles, ["What was found", "Brightness of the columns", "Lattice residuals"]);
});

claim("each bar of the depth distribution stands around its cell", async ({ page }) => {
  const titles = await page.$$eval(".interface rect.bar title", (list) => list.map((title) => title.textContent));
  const ends = titles.map((title) => title.match(/([\d.]+) to ([\d.]+) nm/).slice(1).map(Number));
  assert.equal(ends[0][0], 0);
  const [from, to] = ends[8];
  assert.ok(Math.abs((from + to) / 2 - 8 * (to - from)) < 0.25 * (to - from), titles[8]);
});
claim("the interface is drawn on the scan's maps", async ({ page }) => {
  assert.equal((await page.$$("#scan [role=application] line.plane")).length, 1);
});

claim("the pointer changes position text and pattern", async ({ page }) => {
  const map = await page.$("[role=application]");
  await map.scrollIntoViewIfNeeded();
  const box = await map.boundingBox();
  await page.mouse.move(box.x + 0.1 * box.width, box.y + 0.1 * box.height);
  const [text, pixels] = [await readout(page), await pattern_pixels(page)];
  assert.match(text, /^Row 2, column 4 · y 0\.0976 nm, x 0\.195 nm · ADF \d+/);
  await page.mouse.move(box.x + 0.8 * box.width, box.y + 0.6 * box.height);
  assert.match(await readout(page), /^Row 14, column 38 /);
  assert.notEqual(await pattern_pixels(page), pixels);
});

claim("arrow keys move by one, with shift by five, and stop at the edge", async ({ page }) => {
  await page.focus("[role=application]");
  const start = await pattern_pixels(page);
  await page.keyboard.press("ArrowRight");
  assert.match(await readout(page), /^Row 14, column 39 /);
  assert.notEqual(await pattern_pixels(page), start);
  await page.keyboard.press("Shift+ArrowUp");
  assert.match(await readout(page), /^Row 9, column 39 /);
  await page.keyboard.press("End");
  await page.keyboard.press("ArrowRight");
  assert.match(await readout(page), /^Row 9, column 47 /);
});

claim("each map can be chosen, with the keyboard alone", async ({ page }) => {
  const seen = new Set([await map_pixels(page)]);
  const names = await page.$$eval("[aria-label=Map] span", (list) => list.map((span) => span.textContent));
  assert.deepEqual(names, ["BF", "ABF", "ADF", "COM x", "COM y", "Own ring"]);
  await page.focus("[aria-label=Map] input:checked");
  for (let i = 0; i < 3; ++i) {
    await page.keyboard.press("ArrowRight");
    await drawn(page);
    seen.add(await map_pixels(page));
  }
  assert.equal(seen.size, 4);
  assert.match(await readout(page), /Own ring \d/);
});

claim("the reader's own ring over the whole disc holds most electrons", async ({ page }) => {
  await page.$eval(".ring-controls label:nth-child(1) input", (input) => {
    input.value = 0;
    input.dispatchEvent(new Event("input"));
  });
  await page.$eval(".ring-controls label:nth-child(2) input", (input) => {
    input.value = input.max;
    input.dispatchEvent(new Event("input"));
  });
  await drawn(page);
  const electrons = Number((await readout(page)).match(/Own ring ([\d.,]+)/)[1].replace(",", ""));
  // Of 10,000, columns scatter at most 45 % beyond the camera; ± 1 % (Poisson), and codes round each pixel to 1.8 %.
  assert.ok(electrons > 5000 && electrons < 10600, `${electrons} electrons`);
});

claim("best fit and difference stand beside the pattern and follow the position chosen", async ({ page }) => {
  const pixels = () => page.$$eval("#fit .triple canvas", (list) => list.map((canvas) => canvas.toDataURL()));
  await page.focus("#fit [role=application]");
  const before = await pixels();
  assert.equal(new Set(before).size, 3);
  await page.keyboard.press("ArrowRight");
  assert.equal(await page.textContent("#fit .readout"), "Row 1, column 9 of the standard grid");
  const after = await pixels();
  for (let i = 0; i < 3; ++i) assert.notEqual(after[i], before[i]);
});

claim("log and linear differ, and so do position and mean", async ({ page }) => {
  const logarithmic = await pattern_pixels(page);
  await page.check("input[value=linear]");
  const linear = await pattern_pixels(page);
  assert.notEqual(linear, logarithmic);
  await page.check("input[value=mean]");
  assert.notEqual(await pattern_pixels(page), linear);
});

claim("hostile text stays text", async ({ page }) => {
  assert.equal(await page.title(), "Example: LaAlO3 on SrTiO3");
  assert.ok((await page.textContent("#settings")).includes("</script><script>"));
});

claim("a narrow screen needs no sideways scrolling", async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await drawn(page);
  assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 360);
});

claim("everything that is a picture has a name, every control a label", async ({ page }) => {
  assert.equal((await page.$$("[role=img]:not([aria-label])")).length, 0);
  assert.equal((await page.$$("canvas:not([aria-label]):not([aria-hidden]):not(.u-wrap canvas)")).length, 0);
  assert.equal(await page.$$eval("input", (list) => list.filter((input) => !input.labels.length).length), 0);
});

claim("the page is no larger than 5 MB", async () => {
  assert.ok((await stat(resolve(folder, "report.html"))).size <= 5e6);
});

const browser = await launch();
let failures = 0;
async function prove(name, proof) {
  try {
    await proof();
    console.log(`holds  ${name}`);
  } catch (error) {
    ++failures;
    console.log(`FAILS  ${name}\n       ${error.message}`);
  }
}

const report = await open(browser, url_of("report.html"));
for (const [name, proof] of claims) await prove(name, () => proof(report));
await prove("the page complains of nothing", () => assert.deepEqual(report.complaints, []));

const alone = await open(browser, url_of("prediction.html"), { colorScheme: "dark" });
await prove("a report with a prediction alone shows that alone, and says why it abstains", async () => {
  assert.deepEqual(await alone.page.$$eval("h2", (list) => list.map((title) => title.textContent)), ["The interface"]);
  assert.match(await alone.page.textContent(".note"), /No answer is given.*outside the training data/);
  assert.deepEqual(alone.complaints, []);
});

await browser.close();
process.exit(failures ? 1 : 0);
