// Opens each page in headless Chromium and checks it with axe against WCAG 2.2 A and AA, wide and narrow; that no word of a chart is cut
// off; and that the page for the board prints on one page. Usage:
// node check.mjs PAGE.html … (or URLs). Exits with 1 and says where when anything is found, or when a page asks the network.
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
let found = 0;
let rules = 0;
for (const page of process.argv.slice(2)) {
  const url = page.startsWith("http") ? page : pathToFileURL(resolve(page)).href;
  for (const width of [1280, 390]) {
    const context = await browser.newContext({ viewport: { width, height: 900 } });
    const tab = await context.newPage();
    tab.on("request", (request) => {
      if (!request.url().startsWith(new URL(url).origin === "null" ? "file:" : new URL(url).origin)) {
        console.error(`${page}: asks for ${request.url().slice(0, 80)}`);
        found += 1;
      }
    });
    await tab.goto(url);
    await tab.evaluate(() => document.querySelectorAll("details").forEach((d) => (d.open = true)));
    const wide = await tab.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (wide > 0) {
      console.error(`${page} at ${width} px: the page scrolls sideways by ${wide} px`);
      found += 1;
    }
    // Words of a chart that stand outside of it are cut off.
    const outside = await tab.evaluate(() => {
      const bad = [];
      for (const svg of document.querySelectorAll("svg")) {
        const frame = svg.getBoundingClientRect();
        if (frame.width === 0) continue;
        for (const text of svg.querySelectorAll("text")) {
          const box = text.getBoundingClientRect();
          if (box.left < frame.left - 2 || box.right > frame.right + 2 || box.top < frame.top - 2 || box.bottom > frame.bottom + 2)
            bad.push(text.textContent);
        }
      }
      return bad;
    });
    for (const text of outside) {
      console.error(`${page} at ${width} px: outside of its chart: ${text}`);
      found += 1;
    }
    await tab.addScriptTag({ path: axe });
    const result = await tab.evaluate((tags) => axe.run(document, { runOnly: tags }), tags);
    rules += result.passes.length;
    for (const v of result.violations) {
      found += 1;
      console.error(`${page} at ${width} px: ${v.id} (${v.impact}): ${v.help}`);
      for (const node of v.nodes.slice(0, 3)) console.error(`    ${node.target.join(" ")}: ${node.html.slice(0, 120)}`);
    }
    await context.close();
  }
  // The board's page is one page of A4: 210 × 297 mm, less the margins that the page asks for (13 mm, below 15).
  const millimetre = 96 / 25.4;
  const paper = { width: Math.floor(184 * millimetre), height: Math.floor(269 * millimetre) };
  const context = await browser.newContext({ viewport: paper });
  const tab = await context.newPage();
  await tab.emulateMedia({ media: "print" });
  await tab.goto(url);
  const bottom = await tab.evaluate(() => document.querySelector(".board")?.getBoundingClientRect().bottom ?? 0);
  if (bottom > paper.height) {
    console.error(`${page}: the board's page is ${Math.round(bottom / millimetre)} mm long, more than one page of A4`);
    found += 1;
  }
  await context.close();
}
await browser.close();
console.log(`${process.argv.length - 2} pages, ${rules} rules passed, ${found} findings`);
process.exit(found > 0 || rules === 0 ? 1 : 0);
