// The console in a browser, against a real server with the demonstration's data.
//   node run.mjs [PART]          stories by keyboard, proofs, axe on every page; what CI runs. PART: only what is called so
//   node run.mjs axe [NAME,…]    axe on every page, or on those called so
//   node run.mjs sheet FOLDER [NAME,… [LOOK,…]]   pictures of every page, the whole height: three widths, light and dark,
//                                both languages; or of pages called so, in looks called so (wide-light-zh-CN,narrow)
//   node run.mjs figures         weight of pages, and how long the server takes for them
// A story is a file in stories/, a proof one in proofs/: `name`, `langs` (both unless it says otherwise), `tell(stage)`.
import fs from 'node:fs';
import { gzipSync } from 'node:zlib';
import { open, signIn, axe, quit, SIZES } from './browser.mjs';
import { PAGES, openNumber, pathOf, workflowHash } from './pages.mjs';
import { sheets } from './sheets.mjs';
import { fresh, start } from './server.mjs';
import { Stage } from './stage.mjs';
import { endSetup, fillSetup } from './states.mjs';

const [mode = 'test', folder = 'pictures', called = '', wanted = ''] = process.argv.slice(2);
/** As much of a page as is pictured. */
const HEIGHT_MAX = 4000;
const PASSWORD = 'correct horse battery staple';
let passed = 0, failed = 0;
const check = async (name, work) => {
  const begun = Date.now();
  try { await work(); passed += 1; console.log(`ok    ${name} (${Date.now() - begun} ms)`); } catch (error) { failed += 1; console.log(`FAIL  ${name}\n      ${error.message}`); }
};

/** The stories and proofs of a folder, in the order of their names. */
async function told(server, kind, part) {
  for (const file of fs.readdirSync(new URL(`${kind}/`, import.meta.url)).filter(one => one.endsWith('.mjs')).sort()) {
    if (part && !file.includes(part)) continue;
    const { name, langs = ['zh-CN', 'en'], tell } = await import(`./${kind}/${file}`);
    for (const lang of langs) {
      await check(`${name}, ${lang}`, async () => {
        const stage = new Stage(server, lang);
        try { await tell(stage); } catch (error) { await stage.end().catch(other => { error.message += `; ${other.message}`; }); throw error; }
        await stage.end();
      });
    }
  }
}

/** Goes through the pages as each of their people, in one browser for each look. `visit` calls `reach` to be there. */
async function eachPage(server, looks, visit, part = '') {
  const known = { number: await openNumber(server), hash: await workflowHash(server) };
  const pages = PAGES.filter(page => part.split(',').some(one => page.name.includes(one)));
  const sessions = new Map();
  for (const look of looks) {
    const browser = await open(server.base, look);
    let who;
    for (const page of pages.filter(one => !one.setup)) {
      if (page.who && page.who !== who) {
        await browser.context.clearCookies({ name: 'ombud' });
        who = page.who;
        if (sessions.has(who)) await browser.context.addCookies([sessions.get(who)]);
        else { await signIn(browser.page, server.base, who, server.password); sessions.set(who, (await browser.context.cookies()).find(cookie => cookie.name === 'ombud')); }
      }
      if (!page.who && who) { await browser.context.clearCookies({ name: 'ombud' }); who = undefined; }
      await visit(page, browser, look, async () => {
        const made = await page.first?.(server);
        await browser.page.goto(server.base + pathOf(page, { ...known, made }));
        await browser.page.waitForTimeout(150);
        await page.then?.(browser.page, server, known);
      });
      await page.after?.(browser.page, server);
    }
    await browser.close();
  }
  const setup = pages.filter(page => page.setup);
  if (setup.length) await eachOfSetup(setup, looks, visit);
}

/** The pages of the first start, each on a server that has come as far as they say. */
async function eachOfSetup(pages, looks, visit) {
  for (const stage of ['empty', 'filled', 'over']) {
    const some = pages.filter(page => page.setup === stage);
    if (some.length) await eachAtStage(some, stage, looks, visit);
  }
}

async function eachAtStage(pages, stage, looks, visit) {
  const server = await fresh();
  try {
    let session;
    for (const look of looks) {
      const browser = await open(server.base, look);
      const { page, context } = browser;
      if (session) await context.addCookies([session]);
      else {
        await page.goto(`${server.base}/welcome#${server.code}`);
        await page.fill('[name=password]', PASSWORD);
        await page.fill('[name=again]', PASSWORD);
        await Promise.all([page.waitForURL(to => !to.pathname.startsWith('/welcome')), page.press('[name=again]', 'Enter')]);
        session = (await context.cookies()).find(cookie => cookie.name === 'ombud');
        if (stage !== 'empty') await fillSetup(page);
        if (stage === 'over') await endSetup(page);
      }
      for (const one of pages) {
        await visit(one, browser, look, async () => {
          await page.goto(server.base + one.path);
          await page.waitForTimeout(150);
          await one.then?.(page);
        });
      }
      await browser.close();
    }
  } finally { await server.stop(); }
}

async function test(server) {
  const part = mode === 'test' ? '' : mode, pages = mode === 'axe' && process.argv[3] || '';
  await told(server, 'stories', part);
  await told(server, 'proofs', part);
  if (part && part !== 'axe') return;
  const looks = [{ lang: 'zh-CN', theme: 'light', size: 'wide' }, { lang: 'en', theme: 'dark', size: 'narrow' }];
  // What the stories left behind would stand in the way of the states that are looked at.
  const apart = part ? server : await start({ tickets: 80 });
  await eachPage(apart, looks, async (page, browser, look, reach) => {
    await check(`axe: ${page.name}, ${look.lang} ${look.theme} ${look.size}`, async () => {
      await reach();
      const found = await axe(browser.page);
      if (found.length) throw new Error(found.join('\n      '));
      const lang = await browser.page.evaluate(() => document.documentElement.lang);
      if (lang !== look.lang) throw new Error(`the page speaks ${lang}`);
      if (browser.troubles.length) throw new Error(browser.troubles.splice(0).join('; '));
    });
  }, pages);
  if (apart !== server) await apart.stop();
}

async function sheet(server) {
  fs.mkdirSync(folder, { recursive: true });
  const looks = Object.keys(SIZES).flatMap(size => ['light', 'dark'].flatMap(theme => ['zh-CN', 'en'].map(lang => ({ size, theme, lang }))));
  const made = [];
  const some = looks.filter(look => !wanted || wanted.split(',').some(part => `${look.size}-${look.theme}-${look.lang}`.includes(part)));
  await eachPage(server, some, async (page, browser, { size, theme, lang }, reach) => {
    await reach();
    const file = `${page.name}-${size}-${theme}-${lang}.png`;
    // The window is as high as the page, so that what stands at its foot stays there.
    const [width, height] = SIZES[size];
    const whole = await browser.page.evaluate(() => document.documentElement.scrollHeight);
    await browser.page.setViewportSize({ width, height: Math.min(Math.max(whole, height), HEIGHT_MAX) });
    await browser.page.screenshot({ path: `${folder}/${file}` });
    await browser.page.setViewportSize({ width, height });
    made.push({ page: page.name, size, theme, lang, file });
    passed += 1;
  }, called);
  console.log(`${passed} pictures in ${folder}, ${await sheets(folder, made)} contact sheets`);
}

async function figures(server) {
  const browser = await open(server.base, {});
  const known = { number: await openNumber(server), hash: await workflowHash(server) };
  let who;
  console.log('page         html gz   median ms   p95 ms');
  for (const page of PAGES.filter(one => one.who && !one.first)) {
    if (page.who !== who) { await browser.context.clearCookies({ name: 'ombud' }); await signIn(browser.page, server.base, page.who, server.password); who = page.who; }
    const cookies = (await browser.context.cookies()).map(c => `${c.name}=${c.value}`).join('; ');
    const times = [];
    let html = '';
    for (let i = 0; i < 60; i += 1) {
      const begun = performance.now();
      html = await (await fetch(server.base + pathOf(page, known), { headers: { Cookie: cookies, Accept: 'text/html' } })).text();
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

const server = await start({ tickets: ['sheet', 'figures'].includes(mode) ? 300 : 80 });
try { await ({ sheet, figures }[mode] ?? test)(server); } finally { await quit(); await server.stop(); }
if (!['sheet', 'figures'].includes(mode)) console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
