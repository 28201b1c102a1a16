// Opens the HTML reports that the Rust test wrote into the folder REPORTS, as a reader would.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { after, before, test } from "node:test";
import { launch } from "./browser.mjs";

const FOLDER = process.env.REPORTS;
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const DESK = { width: 1280, height: 900 };
const PHONE = { width: 320, height: 640 };

let browser;
before(async () => { browser = await launch(); });
after(async () => { await browser.close(); });

// A page in a context of its own; whatever goes wrong in it, or leaves it, fails the test.
async function opened(t, name, options = {}) {
  const context = await browser.newContext({ offline: true, ...options });
  const page = await context.newPage();
  const trouble = [];
  page.on("pageerror", (error) => trouble.push(String(error)));
  page.on("console", (message) => { if (message.type() === "error") trouble.push(message.text()); });
  page.on("dialog", (dialog) => { trouble.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on("request", (request) => { if (!request.isNavigationRequest()) trouble.push(`request: ${request.url()}`); });
  t.after(async () => { await context.close(); assert.deepEqual(trouble, []); });
  await page.goto(pathToFileURL(join(FOLDER, name)).href);
  return page;
}

const shown = (page) => page.locator("#shown").innerText();
const emails = (page) => page.locator("#rows .email").allInnerTexts();
const waitForShown = (page, text) => page.locator("#shown").filter({ hasText: text }).waitFor();
const waitForEmails = (page, expected) => page.waitForFunction(
  (wanted) => [...document.querySelectorAll("#rows .email")].map((one) => one.textContent).join() === wanted,
  expected.join(),
);
const documentOf = (name) => JSON.parse(readFileSync(join(FOLDER, name), "utf8"));

test("the figures are those of the report", async (t) => {
  const page = await opened(t, "run.html");
  const { summary, outcomes, conflicts, protected: kept, skipped } = documentOf("run.json");
  for (const [row, kind] of ["create", "enable", "update", "disable"].entries()) {
    const figures = summary[kind];
    const cells = await page.locator(".counts tbody tr").nth(row).locator("td").allInnerTexts();
    const { planned, applied, already, drifted, failed, notAttempted } = figures;
    assert.deepEqual(cells.map(Number), [planned, applied, already, drifted, failed, notAttempted]);
  }
  // The one invalid row is told of by the plan alone.
  const lines = outcomes.length + conflicts.length + kept.length + skipped.length + 1;
  assert.equal(await shown(page), `${lines} of ${lines} users`);
  assert.equal(await page.locator("#rows tr").count(), lines);
});

test("searching goes without case and accents, over names, addresses and reasons", async (t) => {
  const page = await opened(t, "plan.html");
  for (const [typed, found] of [
    ["BJORN", ["björn.lindqvist@example.org"]],
    ["jimenez ortega", ["rosa.jimenez@example.com"]],
    ["two users share", ["xavier.roux@example.org"]],
    ["陽翔", ["haruto.yamada@example.org"]],
    ["nobody at all", []],
  ]) {
    await page.getByLabel("Search").fill(typed);
    await waitForEmails(page, found);
  }
});

test("kinds and results filter the list", async (t) => {
  const page = await opened(t, "run.html");
  const box = (group, name) => page.getByRole("group", { name: group }).getByRole("checkbox", { name });
  await box("Kind", /^disable/).check();
  await waitForShown(page, "3 of ");
  await box("Result", /^not attempted/).check();
  await waitForShown(page, "1 of ");
  assert.deepEqual(await emails(page), ["victor.hugo.santos.de.albuquerque@contractors.example.org"]);
  assert.equal(await page.locator("#rows .result").innerText(), "not attempted");
  await box("Kind", /^disable/).uncheck();
  await box("Kind", /^conflict/).check();
  await waitForShown(page, "0 of ");
  await box("Result", /^not attempted/).uncheck();
  await waitForShown(page, "2 of ");
});

test("a head sorts the list, the other way round at the second press, by keyboard too", async (t) => {
  const page = await opened(t, "plan.html");
  const head = page.getByRole("columnheader", { name: "User" });
  await head.getByRole("button").focus();
  await page.keyboard.press("Enter");
  const ascending = await emails(page);
  assert.equal(await head.getAttribute("aria-sort"), "ascending");
  assert.deepEqual(ascending, [...ascending].sort());
  await head.getByRole("button").click();
  assert.equal(await head.getAttribute("aria-sort"), "descending");
  assert.deepEqual(await emails(page), [...ascending].reverse());
  await page.getByRole("columnheader", { name: "Row" }).getByRole("button").click();
  assert.equal(await head.getAttribute("aria-sort"), null);
  assert.equal((await emails(page))[0], "amara.okafor@example.com");
});

test("before and after are shown", async (t) => {
  for (const name of ["plan.html", "run.html"]) {
    const page = await opened(t, name);
    const row = page.locator("#rows tr", { hasText: "quentin.leroy@example.com" });
    assert.equal(await row.locator("del").innerText(), "Quentin");
    assert.equal(await row.locator("ins").innerText(), "Quentin-Louis");
  }
});

test("guardrails and warnings are named", async (t) => {
  const page = await opened(t, "tripped.html");
  await page.getByText("31 of 120 enabled users would be disabled, the limit is 10% (12): allow with --max-disable 31").waitFor();
  await page.getByText("column `Cost Center` (column 6) is not known and was ignored").waitFor();
});

test("a phone shows everything without scrolling sideways, whatever its font", async (t) => {
  const widths = new Set();
  for (const font of [null, "Roboto Condensed", "Liberation Sans", "DejaVu Sans"]) {
    for (const name of ["plan.html", "run.html", "hostile.html"]) {
      const page = await opened(t, name, { viewport: PHONE, isMobile: true, hasTouch: true, bypassCSP: true });
      if (font) await page.addStyleTag({ content: `* { font-family: "${font}" !important }` });
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(width <= PHONE.width, `${name} in ${font ?? "the default font"} is ${width} wide`);
      assert.ok(await page.locator("#rows .detail").first().isVisible());
      if (font && name === "plan.html") widths.add(await page.evaluate(widthOfText));
    }
  }
  assert.equal(widths.size, 3, "three fonts, none of which stands in for another; make prepare installs them");
});

// Runs in the page.
function widthOfText() {
  const text = document.createElement("span");
  text.style.position = "absolute";
  text.textContent = "not attempted";
  document.body.append(text);
  const { width } = text.getBoundingClientRect();
  text.remove();
  return width;
}

test("paper holds the whole list and nothing to press", async (t) => {
  const page = await opened(t, "large.html");
  assert.equal(await page.locator("#rows tr").count(), 100);
  await page.emulateMedia({ media: "print" });
  await page.locator("#rows tr").nth(4999).waitFor();
  assert.equal(await page.locator("#rows tr").count(), 5000);
  for (const id of ["#controls", "#pager"]) assert.ok(!(await page.locator(id).isVisible()), id);
  await page.emulateMedia({ media: "screen" });
  await page.locator("#rows tr").nth(100).waitFor({ state: "detached" });
  assert.equal(await page.locator("#rows tr").count(), 100);
});

test("axe finds nothing to object to, in light and dark, on a desk, a phone and paper", async (t) => {
  for (const name of ["tripped.html", "run.html"]) {
    const page = await opened(t, name);
    await page.evaluate(AXE);
    for (const viewport of [DESK, PHONE]) {
      await page.setViewportSize(viewport);
      for (const media of [{ colorScheme: "light" }, { colorScheme: "dark" }, { media: "print" }]) {
        await page.emulateMedia({ media: "screen", ...media });
        const { violations, passes } = await page.evaluate(() => window.axe.run());
        const said = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`);
        assert.deepEqual(said, [], `${name} ${JSON.stringify([viewport, media])}`);
        assert.ok(passes.length > 10, "axe looked at the page");
      }
    }
  }
});

test("a hundred thousand rows open, search, sort and turn pages", async (t) => {
  const page = await opened(t, "large.html");
  assert.equal(await shown(page), "100,000 of 100,000 users");
  assert.equal(await page.locator("#page").innerText(), "Page 1 of 1,000");
  await page.getByRole("button", { name: "Next" }).click();
  assert.equal((await emails(page))[0], "user000100@example.com");
  const head = page.getByRole("columnheader", { name: "User" }).getByRole("button");
  await head.click();
  await head.click();
  assert.equal((await emails(page))[0], "user099999@example.com");
  await page.getByLabel("Search").fill("user054321");
  await waitForShown(page, "1 of 100,000 users");
  assert.deepEqual(await emails(page), ["user054321@example.com"]);
  assert.ok(!(await page.locator("#pager").isVisible()));
});

test("hostile values are shown as what they are", async (t) => {
  const page = await opened(t, "hostile.html");
  const texts = (await page.locator("#rows").innerText()) + (await page.locator("header").innerText());
  for (const value of ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "␛[2J␛]0;owned␇", "<U+202E>gpj.exe"]) {
    assert.ok(texts.includes(value), value);
  }
  assert.equal(await page.locator("#rows script, #rows img, header script").count(), 0);
});

test("without scripts the figures are there, and a word on where the list is", async (t) => {
  const page = await opened(t, "run.html", { javaScriptEnabled: false });
  assert.ok(await page.locator(".counts").isVisible());
  assert.ok(await page.locator("noscript p").isVisible());
});
