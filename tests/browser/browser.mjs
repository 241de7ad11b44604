// Chromium under playwright, with every request and every complaint of a page written down.
import { createRequire } from "node:module";

const require = createRequire(new URL("../../src/report/web/package.json", import.meta.url));
const { chromium } = require("playwright-core");

// Generous, so that a busy machine makes the test slow and not wrong; ctest holds the limit on the whole.
const patience_ms = 240_000;

export const launch = () =>
  chromium.launch({
    timeout: patience_ms,
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });

/** Two frames on: what an input asked for is drawn then. */
export const drawn = (page) =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

/** Opens `url` and waits until the page says that it is drawn: {page, requests, complaints}. */
export async function open(browser, url, options = {}) {
  const context = await browser.newContext({ offline: true, viewport: { width: 1280, height: 900 }, ...options });
  context.setDefaultTimeout(patience_ms);
  const page = await context.newPage();
  const requests = [], complaints = [];
  page.on("request", (request) => requests.push(request.url()));
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto(url);
  await page.waitForSelector("html[data-ready=yes]");
  return { page, requests, complaints };
}
