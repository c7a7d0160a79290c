// Weight and server time of every page on a database of a size: `node weigh.mjs [TICKETS [OPEN]]`, which scripts/soak
// pages calls. One ticket in twenty is open unless it says otherwise. The database (an empty one in TEST_OMBUD_DATABASE, or
// a SQLite file) is filled as the bench fills it, served by the binary in OMBUD, opened in Chromium.
//   first kB, again kB   what comes over the wire, packed, for the first visit and for the next one
//   median, p99 ms       from asking to the last byte, one after another, on this machine
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { open, quit, signIn } from './browser.mjs';
import { PAGES, pathOf } from './pages.mjs';
import { free } from './server.mjs';

const tickets = Number(process.argv[2] || 1000);
const stillOpen = Number(process.argv[3] || Math.ceil(tickets / 20));
const ROOT = path.resolve(new URL('../..', import.meta.url).pathname);
const binary = process.env.OMBUD || path.join(ROOT, 'target/debug/ombud');
/** Requests of each page whose times are taken, and how long that may go on. */
const TIMES = 200, TIMES_MS = 10_000;
/** The promise: the first page without fonts, and board and ticket at the median. */
const PROMISE = { bytes: 100_000, ms: 10 };
const PASSWORD = 'correct horse battery staple';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ombud-weigh-'));
const base = `http://127.0.0.1:${await free()}`;
const url = process.env.TEST_OMBUD_DATABASE || `sqlite:${folder}/ombud.db?mode=rwc`;
const environment = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('OMBUD_'))),
  OMBUD_DATABASE_URL: url, OMBUD_SERVER_LISTEN: base.slice('http://'.length), OMBUD_SERVER_PUBLIC_URL: base, OMBUD_LOG_LEVEL: 'error',
  OMBUD_LIMITS_REQUESTS_PER_MINUTE: '100000000', OMBUD_LIMITS_REQUESTS_AT_ONCE: '10000000',
};
const run = (...words) => execFileSync(binary, words, { cwd: folder, env: environment, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

const people = [...new Set(PAGES.map(page => page.who).filter(Boolean))];
run('bench', '--fill', url, '--tickets', String(tickets), '--closed', String(tickets - stillOpen));
const token = run('user', 'token', 'boss').trim().split('\n').pop();
const codes = new Map(people.map(who => [who, /#([^\s"»”]+)/.exec(run('user', 'reset', who))[1]]));
const server = spawn(binary, ['serve'], { cwd: folder, env: environment, stdio: 'ignore' });

async function ready() {
  for (let i = 0; i < 600; i += 1) {
    try { if ((await fetch(`${base}/ready`)).ok) return; } catch { /* not yet */ }
    await new Promise(resolve => { setTimeout(resolve, 100); });
  }
  throw new Error('the server did not start');
}

/** Somebody with a password of their own, signed in. */
async function arrive(who) {
  const one = await open(base);
  await one.page.goto(`${base}/welcome#${codes.get(who)}`);
  await one.page.fill('[name=password]', PASSWORD);
  await one.page.fill('[name=again]', PASSWORD);
  await Promise.all([one.page.waitForURL(to => !to.pathname.startsWith('/welcome')), one.page.press('[name=again]', 'Enter')]);
  if (one.page.url().includes('/sign-in')) await signIn(one.page, base, who, PASSWORD);
  const cookies = await one.context.cookies();
  await one.close();
  return cookies;
}

/** Bytes that came over the wire until the page was quiet. */
async function bytes(page, session, to) {
  let sum = 0;
  const count = ({ encodedDataLength }) => { sum += encodedDataLength; };
  session.on('Network.loadingFinished', count);
  await page.goto(to);
  await page.waitForTimeout(400);
  session.off('Network.loadingFinished', count);
  return sum;
}

async function times(to, cookie) {
  const all = [], end = performance.now() + TIMES_MS;
  while (all.length < TIMES && performance.now() < end) {
    const begun = performance.now();
    await (await fetch(to, { headers: { Cookie: cookie, Accept: 'text/html' } })).arrayBuffer();
    all.push(performance.now() - begun);
  }
  all.sort((one, other) => one - other);
  return { median: all[Math.floor(all.length / 2)], p99: all[Math.max(0, Math.floor(all.length * 0.99) - 1)] };
}

try {
  await ready();
  const api = async to => (await fetch(`${base}/api/v1${to}`, { headers: { Authorization: `Bearer ${token}` } })).json();
  const number = (await api('/tickets?open=true&limit=1')).items[0].number;
  const hash = (await api('/workflows?limit=1')).items[0].hash;
  const sessions = new Map();
  for (const who of people) sessions.set(who, await arrive(who));
  console.log(`${tickets} tickets, ${stillOpen} of them open, ${binary.includes('release') ? 'release' : 'debug'} build`);
  console.log('page               first kB   again kB   median ms    p99 ms');
  const broken = [];
  for (const one of PAGES.filter(page => !page.setup && !page.then)) {
    const to = base + pathOf(one, { number, hash });
    const cookies = one.who ? sessions.get(one.who) : [];
    const { context, page, close } = await open(base);
    await context.addCookies(cookies);
    const session = await context.newCDPSession(page);
    await session.send('Network.enable');
    const first = await bytes(page, session, to), again = await bytes(page, session, to);
    await close();
    const { median, p99 } = await times(to, cookies.map(c => `${c.name}=${c.value}`).join('; '));
    console.log(one.name.padEnd(18), (first / 1000).toFixed(1).padStart(8), (again / 1000).toFixed(1).padStart(10), median.toFixed(1).padStart(11), p99.toFixed(1).padStart(9));
    if (first > PROMISE.bytes) broken.push(`${one.name} weighs ${first} bytes at first`);
    if (['board', 'ticket'].includes(one.name) && median > PROMISE.ms) broken.push(`${one.name} takes ${median.toFixed(1)} ms at the median`);
  }
  console.log(broken.length ? `not kept: ${broken.join('; ')}` : `kept: every page under ${PROMISE.bytes / 1000} kB, board and ticket under ${PROMISE.ms} ms at the median`);
  if (broken.length && binary.includes('release')) process.exitCode = 1;
} finally {
  await quit();
  const gone = new Promise(resolve => { server.once('exit', resolve); });
  server.kill('SIGINT');
  await gone;
  fs.rmSync(folder, { recursive: true, force: true });
}
