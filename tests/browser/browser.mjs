// Starts the system's Chromium, cut off from every network, with the machine's own fonts or as if it had one alone.
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const EXECUTABLE = process.env.CHROMIUM ?? "/usr/bin/chromium";
const FLAGS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

// A configuration in which every family is this one.
function onlyFont(family) {
  const file = join(mkdtempSync(join(tmpdir(), "lumsync-font-")), "fonts.conf");
  writeFileSync(file, `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>/usr/share/fonts</dir>
    <match target="pattern"><edit name="family" mode="assign" binding="strong"><string>${family}</string></edit></match></fontconfig>`);
  return { ...process.env, FONTCONFIG_FILE: file };
}

export const launch = (family) =>
  chromium.launch({ executablePath: EXECUTABLE, args: FLAGS, env: family ? onlyFont(family) : process.env });
