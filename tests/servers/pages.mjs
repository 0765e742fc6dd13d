// Opens a page in headless Chromium as its readers do, and prints what is wrong with it, a line a
// fault: against WCAG 2.2 AA (axe-core), on a telephone of 320 pixels, on paper, without a network.
//   node pages.mjs FILE.html…
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(process.env.COREWATCH_TEST_PAGES + "/");
const puppeteer = require("puppeteer-core");
const { source: axe } = require("axe-core");

const browser = await puppeteer.launch({
  executablePath: process.env.COREWATCH_TEST_CHROMIUM,
  args: ["--no-sandbox", "--disable-gpu"],
});
for (const file of process.argv.slice(2)) {
  const fault = (text) => console.log(`${file}: ${text}`);
  const page = await browser.newPage();
  page.on("request", (request) => {
    if (!request.url().startsWith("file:")) fault(`it fetches ${request.url()}`);
  });
  page.on("pageerror", (error) => fault(`it fails: ${error}`));
  await page.setViewport({ width: 320, height: 640 });
  await page.goto(pathToFileURL(file).href);
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  if (width > 320) fault(`on 320 pixels it is ${width} wide`);
  const small = await page.evaluate(() => {
    const sizes = [...document.querySelectorAll("svg text")].map((text) => {
      const scale = text.ownerSVGElement.getBoundingClientRect().width / text.ownerSVGElement.viewBox.baseVal.width;
      return parseFloat(getComputedStyle(text).fontSize) * scale;
    });
    return Math.min(...sizes);
  });
  if (small < 7.5) fault(`on 320 pixels letters of a chart are ${small} pixels high`);
  for (const wide of [320, 1200]) {
    await page.setViewport({ width: wide, height: 900 });
    await page.evaluate(() => document.querySelectorAll("details").forEach((d) => (d.open = true)));
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() =>
      axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
    for (const { id, help, nodes } of violations)
      fault(`at ${wide} pixels: ${id}: ${help} (${nodes.length} times, first ${nodes[0].html.slice(0, 120)})`);
  }
  await page.emulateMediaType("print");
  const hidden = await page.evaluate(() =>
    [...document.querySelectorAll("details table")].filter((table) => table.getClientRects().length === 0).length);
  if (hidden > 0) fault(`on paper ${hidden} tables are hidden`);
  await page.close();
}
await browser.close();
