// Debian's Chromium, without any request of its own; each person in a context of their own; axe on a page.
import { chromium } from 'playwright-core';
import fs from 'node:fs';

const AXE = fs.readFileSync(new URL('node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-default-apps', '--mute-audio'];

/** Widths at which pages are looked at. */
export const SIZES = { wide: [1440, 900], middle: [1024, 768], narrow: [390, 844] };

let browser;

/** Chromium now and then dies while it starts, before it has seen any page of ours: that is asked for again. */
async function launched() {
  for (let left = 3; !browser?.isConnected(); left--) {
    try {
      browser = await chromium.launch({ executablePath: '/usr/bin/chromium', headless: true, args: ARGS });
    } catch (error) {
      if (left <= 1) throw error;
    }
  }
  return browser;
}

/** Ends the browser of this run. */
export async function quit() { await browser?.close(); browser = undefined; }

// What the page plays is counted: each tone is an oscillator.
const COUNT_TONES = () => {
  globalThis.tonesPlayed = 0;
  const make = AudioContext.prototype.createOscillator;
  AudioContext.prototype.createOscillator = function counted(...given) { globalThis.tonesPlayed += 1; return make.apply(this, given); };
};

/** A browser with looks of its own. `troubles` collects errors, dialogs, and every request that left the server's address. */
export async function open(base, { lang = 'zh-CN', theme = 'light', density = 'comfortable', size = 'wide', scripts = true } = {}) {
  const [width, height] = SIZES[size];
  const context = await (await launched()).newContext({
    javaScriptEnabled: scripts, locale: lang, timezoneId: 'Asia/Shanghai', viewport: { width, height }, isMobile: size === 'narrow', hasTouch: size === 'narrow',
  });
  const url = new URL(base);
  await context.addInitScript(COUNT_TONES);
  await context.addCookies([['lang', lang], ['theme', theme], ['density', density]].map(([name, value]) => ({ name, value, domain: url.hostname, path: '/' })));
  const troubles = [];
  context.on('page', page => {
    page.on('console', message => { if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) troubles.push(`${page.url()}: ${message.text().slice(0, 300)}`); });
    page.on('pageerror', error => troubles.push(`page error at ${page.url()}: ${error.message}`));
    page.on('dialog', dialog => { troubles.push(`dialog: ${dialog.message()}`); dialog.accept().catch(() => {}); });
  });
  // No request leaves the machine: every story and every page is watched for it.
  context.on('request', request => { const to = request.url(); if (!to.startsWith(`${base}/`) && !to.startsWith('data:') && !to.startsWith('blob:')) troubles.push(`request to ${to}`); });
  const page = await context.newPage();
  return { context, page, troubles, async close() { await context.close(); } };
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

/** What axe finds on the page, what has its id twice, and how far it scrolls sideways: nothing, or lines that name it. */
export async function axe(page) {
  await page.evaluate(`${AXE};0`);
  const found = await page.evaluate(async rules => (await globalThis.axe.run(document, { runOnly: rules })).violations.map(v => `${v.impact} ${v.id}: ${v.nodes.slice(0, 3).map(n => n.target.join(' ')).join(' | ')}`), RULES);
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  const ids = await page.evaluate(() => [...document.querySelectorAll('[id]')].map(one => one.id));
  const twice = [...new Set(ids.filter((id, at) => ids.indexOf(id) !== at))].map(id => `the id ${id} stands twice`);
  return [...found, ...twice, ...over > 0 ? [`scrolls sideways by ${over}`] : []];
}
