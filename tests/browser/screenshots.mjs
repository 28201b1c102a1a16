// Takes the pictures of the documentation: node screenshots.mjs REPORTS IMAGES, where REPORTS is the folder that the
// Rust test `browser` fills. Names in all scripts want a font for each: Debian's fonts-wqy-microhei has the Chinese ones.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { launch } from "./browser.mjs";

const [reports, images] = process.argv.slice(2);
if (!images) throw new Error("usage: node screenshots.mjs REPORTS IMAGES");

const DESK = { width: 1200, height: 1800 };
const PHONE = { width: 390, height: 1700 };
const COLOURS = { 31: "#ff8f87", 32: "#56d364", 33: "#e3b341", 36: "#76e3ea" };
const STYLES = { 1: "font-weight:700", 2: "opacity:.65" };

const escapeHtml = (text) => text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);

// The few codes that lumsync writes, as styled spans.
function terminalPage(ansi) {
  const body = escapeHtml(ansi).replace(/\u001b\[(\d+)m/g, (_, code) => {
    if (code === "0") return "</span>";
    return `<span style="${STYLES[code] ?? `color:${COLOURS[code]}`}">`;
  });
  return `<!doctype html><meta charset="utf-8"><title>Terminal</title><style>
    body { margin: 0; background: #0d1117; color: #e6edf3; }
    pre { margin: 0; padding: 20px 24px; font: 14px/1.4 "DejaVu Sans Mono", "Noto Sans Mono", monospace; width: max-content; }
  </style><pre>$ lumsync plan hr-export.csv\n${body}</pre>`;
}

async function take(browser, name, { url, html, element, ...options }) {
  const context = await browser.newContext({ offline: true, ...options });
  const page = await context.newPage();
  if (url) await page.goto(url);
  else await page.setContent(html);
  const target = element ? page.locator(element) : page;
  await target.screenshot({ path: join(images, name) });
  await context.close();
}

const url = (name) => pathToFileURL(join(reports, name)).href;
const browser = await launch();
await take(browser, "report-light.png", { url: url("run.html"), colorScheme: "light", viewport: DESK });
await take(browser, "report-dark.png", { url: url("run.html"), colorScheme: "dark", viewport: DESK });
await take(browser, "report-phone.png", { url: url("run.html"), colorScheme: "light", viewport: PHONE, isMobile: true });
await take(browser, "plan-terminal.png", { html: terminalPage(readFileSync(join(reports, "plan.ansi"), "utf8")), element: "pre" });
await browser.close();
