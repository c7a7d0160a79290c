// From an empty database to a named centre with departments, in the browser of the first administrator; left in the middle
// and come back to; gone afterwards.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { open, axe } from '../browser.mjs';

const ROOT = path.resolve(new URL('../../..', import.meta.url).pathname);
const assert = (holds, what) => { if (!holds) throw new Error(what); };

/** A server on an empty database, and the link it prints. */
async function empty() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ombud-setup-'));
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('OMBUD_')));
  Object.assign(environment, { OMBUD_SERVER_LISTEN: '127.0.0.1:0', OMBUD_DATABASE_URL: `sqlite:${folder}/ombud.db`, LANG: 'en_GB.UTF-8' });
  const server = spawn(process.env.OMBUD || path.join(ROOT, 'target/debug/ombud'), ['serve'], { cwd: folder, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [server.stdout, server.stderr]) stream.on('data', data => { said += data; });
  const stop = async () => { const gone = new Promise(resolve => { server.once('exit', resolve); }); server.kill('SIGINT'); await gone; fs.rmSync(folder, { recursive: true, force: true }); };
  for (let i = 0; i < 600; i += 1) {
    const link = said.match(/http\S+\/welcome#omi_[\w-]+/);
    if (link) return { link: link[0], base: new URL(link[0]).origin, stop };
    if (server.exitCode !== null) break;
    await new Promise(resolve => { setTimeout(resolve, 100); });
  }
  throw new Error(`no link: ${said}`);
}

export async function setup(lang, pictures) {
  const server = await empty();
  const one = await open(server.base, { lang, size: 'narrow', theme: lang === 'en' ? 'dark' : 'light' });
  const { page } = one;
  const look = async name => {
    if (pictures) await page.screenshot({ path: `${pictures}/setup-${name}-${lang}.png`, fullPage: true });
    const found = await axe(page);
    assert(found.length === 0, `axe on ${name}: ${found.join('; ')}`);
  };
  const send = async step => { await Promise.all([page.waitForURL(`**/setup?step=${step}`), page.click('[data-submit]')]); };
  try {
    await page.goto(server.link);
    await page.fill('#password', 'kestrel mops nineteen ladders');
    await page.fill('#again', 'kestrel mops nineteen ladders');
    await Promise.all([page.waitForURL('**/setup'), page.click('[data-submit]')]);
    await look('you');
    await page.fill('#name', '陈主任');
    await send('centre');
    await look('centre');
    await page.fill('#centre', '县长热线');
    await send('calendar');
    await look('calendar');
    await send('departments');
    await page.fill('#table', '编号\t名称\nFinance!\t财政局');
    await page.click('[data-submit]');
    await page.waitForSelector('[role=alert] li');
    assert((await page.inputValue('#table')).includes('财政局'), 'what was typed comes back');
    await look('departments');
    await page.click('button[value=shipped]');
    await page.waitForURL('**/setup?step=people');
    // Left, and come back to.
    await page.goto(`${server.base}/organisation`);
    assert((await page.$$('[data-department]')).length > 5, 'departments are there');
    await page.goto(`${server.base}/`);
    assert(page.url().endsWith('/setup'), 'the first page is the setup while it is open');
    await look('people');
    await page.goto(`${server.base}/setup?step=workflows`);
    await look('workflows');
    await Promise.all([page.waitForURL(to => !to.pathname.startsWith('/setup')), page.click('form[action="/setup/done"] button')]);
    const gone = await page.goto(`${server.base}/setup`);
    assert(gone.status() === 404, `the page is gone: ${gone.status()}`);
    assert(one.troubles.length === 0, one.troubles.join('; '));
  } finally {
    await one.close();
    await server.stop();
  }
}

export const name = 'the first setup';

export const tell = ({ lang }) => setup(lang);
