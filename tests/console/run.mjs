// The console in a browser, against a real server with the demonstration's data.
//   node run.mjs                 stories by keyboard, axe on every page; what CI runs
//   node run.mjs sheet FOLDER    pictures of every page: three widths, light and dark, both languages
//   node run.mjs figures         weight of pages, and how long the server takes for them
import fs from 'node:fs';
import { gzipSync } from 'node:zlib';
import { open, signIn, axe, SIZES } from './browser.mjs';
import { PAGES, openNumber, workflowHash } from './pages.mjs';
import { conflict, firstStory, offline } from './stories.mjs';
import { lists } from './stories/lists.mjs';
import { start } from './server.mjs';
import { caller } from './stories/caller.mjs';
import { secondFactor } from './stories/second.mjs';
import { setup } from './stories/setup.mjs';

const [mode = 'test', folder = 'pictures'] = process.argv.slice(2);
let passed = 0, failed = 0;
const check = async (name, work) => {
  const begun = Date.now();
  try { const kept = await work(); passed += 1; console.log(`ok    ${name} (${Date.now() - begun} ms)`); return kept; }
  catch (error) { failed += 1; console.log(`FAIL  ${name}\n      ${error.message}`); return null; }
};

/** Goes through the pages as each of their people, in one browser for each look. */
async function eachPage(server, looks, visit) {
  const number = await openNumber(server);
  const hash = await workflowHash(server);
  for (const look of looks) {
    const browser = await open(server.base, look);
    let who;
    for (const page of PAGES) {
      if (page.who && page.who !== who) { await browser.context.clearCookies({ name: 'ombud' }); await signIn(browser.page, server.base, page.who, server.password); who = page.who; }
      await browser.page.goto(server.base + page.path.replace('{open}', number).replace('{workflow}', hash));
      await browser.page.waitForTimeout(250);
      await visit(page, browser, look);
    }
    await browser.close();
  }
}

async function test(server) {
  for (const lang of ['zh-CN', 'en']) {
    const story = await check(`the first story by keyboard, ${lang}`, () => firstStory(server, lang));
    if (story) {
      if (lang === 'zh-CN') await check('two people on one ticket', () => conflict(story));
      for (const one of [story.agent, story.lead, story.liaison]) await one.close();
    }
  }
  await check('the connection is lost while writing', () => offline(server, 'zh-CN'));
  for (const lang of ['zh-CN', 'en']) await check(`lists, palette, canned answers, ${lang}`, () => lists(server, lang));
  for (const [lang, who] of [['zh-CN', 'rui'], ['en', 'shen']]) {
    await check(`a caller follows the own ticket, ${lang}`, () => caller(server, lang));
    await check(`a second factor, ${lang}`, () => secondFactor(server, lang, who));
    await check(`the first setup, ${lang}`, () => setup(lang));
  }
  const looks = [{ lang: 'zh-CN', theme: 'light', size: 'wide' }, { lang: 'en', theme: 'dark', size: 'narrow' }];
  await eachPage(server, looks, async (page, browser, look) => {
    await check(`axe: ${page.name}, ${look.lang} ${look.theme} ${look.size}`, async () => {
      const found = await axe(browser.page);
      if (found.length) throw new Error(found.join('\n      '));
      const missing = await browser.page.evaluate(() => document.documentElement.lang);
      if (missing !== look.lang) throw new Error(`the page speaks ${missing}`);
      if (browser.troubles.length) throw new Error(browser.troubles.splice(0).join('; '));
    });
  });
}

async function sheet(server) {
  fs.mkdirSync(folder, { recursive: true });
  const looks = Object.keys(SIZES).flatMap(size => ['light', 'dark'].flatMap(theme => ['zh-CN', 'en'].map(lang => ({ size, theme, lang }))));
  await eachPage(server, looks, async (page, browser, { size, theme, lang }) => {
    await browser.page.screenshot({ path: `${folder}/${page.name}-${size}-${theme}-${lang}.png` });
    passed += 1;
  });
  console.log(`${passed} pictures in ${folder}`);
}

async function figures(server) {
  const browser = await open(server.base, {});
  const number = await openNumber(server);
  const hash = await workflowHash(server);
  let who;
  console.log('page         html gz   median ms   p95 ms');
  for (const page of PAGES.filter(one => one.who)) {
    if (page.who !== who) { await browser.context.clearCookies({ name: 'ombud' }); await signIn(browser.page, server.base, page.who, server.password); who = page.who; }
    const cookies = (await browser.context.cookies()).map(c => `${c.name}=${c.value}`).join('; ');
    const times = [];
    let html = '';
    for (let i = 0; i < 60; i += 1) {
      const begun = performance.now();
      html = await (await fetch(server.base + page.path.replace('{open}', number).replace('{workflow}', hash), { headers: { Cookie: cookies, Accept: 'text/html' } })).text();
      times.push(performance.now() - begun);
    }
    times.sort((a, b) => a - b);
    console.log(page.name.padEnd(12), String(gzipSync(html).length).padStart(7), times[30].toFixed(1).padStart(11), times[57].toFixed(1).padStart(8));
  }
  let assets = 0;
  for (const name of fs.readdirSync(new URL('../../static', import.meta.url))) assets += gzipSync(fs.readFileSync(new URL(`../../static/${name}`, import.meta.url))).length;
  console.log(`assets, once: ${assets} bytes gz`);
  await browser.close();
}

const server = await start({ tickets: mode === 'test' ? 80 : 300 });
try { await ({ test, sheet, figures })[mode](server); } finally { await server.stop(); }
if (mode === 'test') console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
