// Debian's Chromium, without any request of its own, as a fresh browser; signing in; axe on a page.
import { chromium } from 'playwright-core';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const AXE = fs.readFileSync(new URL('node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-default-apps'];

/** Widths at which pages are looked at. */
export const SIZES = { wide: [1440, 900], middle: [1024, 768], narrow: [390, 844] };

/** Chromium now and then dies while it starts, before it has seen any page of ours: that is asked for again. */
async function launched(options) {
  for (let left = 3; ; left--) {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ombud-browser-'));
    try {
      return { folder, context: await chromium.launchPersistentContext(folder, options) };
    } catch (error) {
      fs.rmSync(folder, { recursive: true, force: true });
      if (left <= 1) throw error;
    }
  }
}

/** A browser with looks of its own. `foreign` collects every request that left the server's address. */
export async function open(base, { lang = 'zh-CN', theme = 'light', density = 'comfortable', size = 'wide' } = {}) {
  const [width, height] = SIZES[size];
  const { folder, context } = await launched({
    executablePath: '/usr/bin/chromium', headless: true, args: ARGS, locale: lang, timezoneId: 'Asia/Shanghai',
    viewport: { width, height }, isMobile: size === 'narrow', hasTouch: size === 'narrow',
  });
  const url = new URL(base);
  await context.addCookies([['lang', lang], ['theme', theme], ['density', density]].map(([name, value]) => ({ name, value, domain: url.hostname, path: '/' })));
  const troubles = [];
  context.on('page', page => {
    page.on('console', message => { if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) troubles.push(message.text().slice(0, 300)); });
    page.on('pageerror', error => troubles.push(`page error: ${error.message}`));
    page.on('dialog', dialog => { troubles.push(`dialog: ${dialog.message()}`); dialog.accept(); });
  });
  context.on('request', request => { const to = request.url(); if (!to.startsWith(base) && !to.startsWith('data:') && !to.startsWith('blob:')) troubles.push(`request to ${to}`); });
  const page = await context.newPage();
  return { context, page, troubles, async close() { await context.close(); fs.rmSync(folder, { recursive: true, force: true }); } };
}

/** Signs in by keyboard. */
export async function signIn(page, base, name, password) {
  await page.goto(`${base}/sign-in`);
  await page.waitForFunction(() => document.activeElement?.name === 'name');
  await page.keyboard.type(name);
  await page.keyboard.press('Tab');
  await page.keyboard.type(password);
  await Promise.all([page.waitForURL(to => !to.pathname.startsWith('/sign-in')), page.keyboard.press('Enter')]);
}

/** What axe finds on the page: nothing, or lines that name rule and place. */
export async function axe(page) {
  await page.evaluate(`${AXE};0`);
  const found = await page.evaluate(async rules => (await globalThis.axe.run(document, { runOnly: rules })).violations.map(v => `${v.impact} ${v.id}: ${v.nodes.slice(0, 3).map(n => n.target.join(' ')).join(' | ')}`), RULES);
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  return over > 0 ? [...found, `scrolls sideways by ${over}`] : found;
}
