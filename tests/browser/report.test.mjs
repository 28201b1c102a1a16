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
const PHONE = { width: 360, height: 740 };
// What a reader's machine may have for its only font; `make prepare` installs both.
const FONTS = { "the default font": undefined, "a narrow font": "Roboto Condensed", "a wide font": "DejaVu Sans Mono" };

const browsers = {};
let browser;
before(async () => {
  for (const [name, family] of Object.entries(FONTS)) browsers[name] = await launch(family);
  browser = browsers["the default font"];
});
after(async () => { for (const one of Object.values(browsers)) await one.close(); });

// A page in a context of its own; whatever goes wrong in it, or leaves it, fails the test.
async function opened(t, name, { browser: where = browser, ...options } = {}) {
  const browser = where;
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
  for (const [row, kind] of ["disable", "create", "enable", "update"].entries()) {
    const cells = await page.locator(".counts.results tbody tr").nth(row).locator("td.number").allInnerTexts();
    const { planned, applied, already, drifted, failed, notAttempted } = summary[kind];
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
    ["uma patel", ["uma.patel@example.com"]],
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
  const latinNames = async () => (await page.locator("#rows .name").allInnerTexts()).filter((name) => /^[A-Z]/.test(name));
  const ascending = await latinNames();
  assert.equal(await head.getAttribute("aria-sort"), "ascending");
  assert.equal((await emails(page))[0], "admin@example.com", "who has no name sorts by address");
  assert.deepEqual(ascending, [...ascending].sort());
  await head.getByRole("button").click();
  assert.equal(await head.getAttribute("aria-sort"), "descending");
  assert.deepEqual(await latinNames(), [...ascending].reverse());
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

function brokenAddresses() {
  const linesOf = (element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    return new Set([...range.getClientRects()].map((box) => Math.round(box.top))).size;
  };
  return [...document.querySelectorAll("#rows .email")].filter((one) => linesOf(one) > 1).map((one) => one.textContent);
}

for (const font of Object.keys(FONTS)) {
  test(`the page fits a phone, a tablet and a desk with ${font}, and addresses stay whole where there is room`, async (t) => {
    for (const name of ["plan.html", "run.html", "tripped.html", "hostile.html", "killed.html"]) {
      const page = await opened(t, name, { browser: browsers[font] });
      await page.locator("summary").click();
      for (const width of [320, 360, 768, 1200]) {
        await page.setViewportSize({ width, height: 740 });
        const found = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(found <= width, `${name} is ${found} wide on ${width}`);
        assert.ok(await page.locator("#rows .detail").first().isVisible());
        if (width < 768 || name === "hostile.html") continue;
        assert.deepEqual(await page.evaluate(brokenAddresses), [], `${name} on ${width}`);
      }
    }
  });
}

test("the fonts differ, so that the widths above mean something", async (t) => {
  const width = async (font) => {
    const page = await opened(t, "plan.html", { browser: browsers[font] });
    return page.locator("#rows .email").first().evaluate((email) => email.getBoundingClientRect().width);
  };
  const [narrow, wide] = [await width("a narrow font"), await width("a wide font")];
  assert.ok(narrow * 1.2 < wide, `${narrow} and ${wide}: run \`make prepare\``);
});

test("the title, the local time and who loses access come first", async (t) => {
  const page = await opened(t, "plan.html", { timezoneId: "Asia/Tokyo" });
  assert.equal(await page.title(), "24 changes for acme: 3 people lose access");
  assert.match(await page.locator("time").innerText(), /^2 March 2026.* 14:30 (JST|GMT\+9)$/);
  assert.deepEqual((await emails(page)).slice(0, 3), [
    "uma.patel@example.com", "sofia.rossi@example.org", "victor.hugo.santos.de.albuquerque@contractors.example.org",
  ]);
  assert.equal(await page.locator("#rows .name").first().innerText(), "Uma Patel");
  assert.ok(!(await page.getByText("SHA-256").isVisible()));
  await page.getByText("Technical details").click();
  assert.ok(await page.getByText("SHA-256").isVisible());
});

test("paper holds what it says and nothing to press", async (t) => {
  const page = await opened(t, "large.html");
  assert.equal(await page.locator("#rows tr").count(), 100);
  await page.evaluate(() => { window.dispatchEvent(new Event("beforeprint")); });
  await page.emulateMedia({ media: "print" });
  assert.equal(await page.locator("#rows tr").count(), 5000);
  assert.equal(await shown(page), "First 5,000 of 100,000 users");
  await page.setViewportSize({ width: 718, height: 1000 });
  assert.deepEqual(await page.evaluate(brokenAddresses), [], "on A4");
  for (const id of ["#controls", "#pager"]) assert.ok(!(await page.locator(id).isVisible()), id);
  await page.evaluate(() => { window.dispatchEvent(new Event("afterprint")); });
  assert.equal(await page.locator("#rows tr").count(), 100);
});

test("a browser that prints asks for the whole paper first", async (t) => {
  const page = await opened(t, "large.html");
  const pages = async () => ((await page.pdf()).toString("latin1").match(/\/Type \/Page\b/g) ?? []).length;
  const all = await pages();
  await page.getByLabel("Search").fill("user054321");
  await waitForShown(page, "1 of 100,000 users");
  assert.ok(all > 50, `${all} pages`);
  assert.ok((await pages()) <= 2, "only what was found");
  assert.equal(await shown(page), "1 of 100,000 users");
});

for (const font of Object.keys(FONTS)) {
  test(`the overview fits a phone, a tablet and a desk with ${font}, and says in words who is needed`, async (t) => {
    const page = await opened(t, "overview.html", { browser: browsers[font] });
    for (const width of [320, 768, 1200]) {
      await page.setViewportSize({ width, height: 740 });
      const found = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(found <= width, `${found} wide on ${width}`);
      const words = await page.locator(".overview .badge").allInnerTexts();
      assert.deepEqual(words.filter((word) => word === "needs a person").length, 3, `${words}`);
    }
  });
}

test("a run that was killed says first what was done, what is unclear and what was not begun", async (t) => {
  const page = await opened(t, "killed.html");
  assert.match(await page.locator(".verdict").innerText(), /^Killed: of 24 changes, \d+ applied, 1 unclear, \d+ not begun\.$/);
  assert.ok(!(await page.locator("body").innerText()).includes("othing written"));
});

test("the changes by domain and what is unusual stand before the people", async (t) => {
  const page = await opened(t, "plan.html");
  const place = (locator) => locator.evaluate((one) => one.getBoundingClientRect().top);
  const domains = page.getByRole("heading", { name: "Changes by domain" });
  assert.ok((await place(domains)) < (await place(page.getByRole("heading", { name: "People", exact: true }))));
  assert.ok(await page.getByRole("rowheader", { name: "contractors.example.org" }).isVisible());
});

// What a reader may have done to the page when somebody else looks at it.
const STATES = {
  "as it opens": async () => {},
  "with nothing found": async (page) => { await page.getByLabel("Search").fill("nobody at all"); await waitForShown(page, "0 of "); },
  "filtered and sorted, with the details open": async (page) => {
    await page.getByRole("checkbox").first().check();
    await page.getByRole("columnheader", { name: "User" }).getByRole("button").click();
    await page.locator("summary").click();
  },
};

async function objections(page) {
  const { violations, passes } = await page.evaluate(() => window.axe.run());
  assert.ok(passes.length > 10, "axe looked at the page");
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`);
}

for (const font of Object.keys(FONTS)) {
  test(`axe finds nothing to object to at three widths with ${font}, whatever was done to the page`, async (t) => {
    for (const [state, bring] of Object.entries(STATES)) {
      const page = await opened(t, "run.html", { browser: browsers[font] });
      await page.evaluate(AXE);
      await bring(page);
      for (const width of [320, 768, 1280]) {
        await page.setViewportSize({ width, height: 900 });
        assert.deepEqual(await objections(page), [], `${state} at ${width}`);
      }
    }
  });
}

test("axe finds nothing to object to, in light and dark, on a desk, a phone and paper", async (t) => {
  for (const name of ["tripped.html", "run.html", "killed.html", "overview.html", "empty.html"]) {
    const page = await opened(t, name);
    await page.evaluate(AXE);
    for (const viewport of [DESK, PHONE]) {
      await page.setViewportSize(viewport);
      for (const media of [{ colorScheme: "light" }, { colorScheme: "dark" }, { media: "print" }]) {
        await page.emulateMedia({ media: "screen", ...media });
        assert.deepEqual(await objections(page), [], `${name} ${JSON.stringify([viewport, media])}`);
      }
    }
  }
});

test("a hundred thousand rows open, search, sort and turn pages", async (t) => {
  const page = await opened(t, "large.html");
  assert.equal(await shown(page), "100,000 of 100,000 users");
  assert.equal(await page.locator("#page").innerText(), "Page 1 of 1,000");
  await page.getByRole("button", { name: "Next" }).click();
  assert.equal((await emails(page))[0], "user000000@example.com", "the hundred that failed are on the first page");
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

test("without scripts the first rows are there, all who lose access among them, and say how many there are", async (t) => {
  const page = await opened(t, "large.html", { javaScriptEnabled: false });
  assert.ok(await page.locator(".counts.results").isVisible());
  assert.equal(await page.locator("#rows tr").count(), 100);
  assert.equal(await shown(page), "First 100 of 100,000 users; the CSV and JSON reports hold them all");
  const plan = await opened(t, "plan.html", { javaScriptEnabled: false });
  const first = await plan.locator("#rows tr").first().innerText();
  for (const word of ["disable", "Uma Patel", "uma.patel@example.com", "65", "its row says disabled"]) {
    assert.ok(first.includes(word), first);
  }
  assert.ok(!(await plan.getByLabel("Search").isVisible()) && (await plan.locator("th button").count()) === 0);
});
