// Hostile text: whatever a caller, an agent or a department writes is shown as text on every page that shows it. Nothing
// of it runs, nothing breaks out of its place, nothing turns the line around it, no page becomes wider than the window.
import { axe } from '../browser.mjs';
import { assert } from '../stage.mjs';

export const name = 'hostile text is harmless on every page';
export const langs = ['en'];

const MARK = 'data-evil';
const TAG = `<img src=x onerror=alert(1) ${MARK}>`;
const ALL = [
  '<script>alert(1)</script>', TAG, `"><svg onload=alert(2) ${MARK}>`, `' autofocus onfocus=alert(3) ${MARK} x='`,
  '{{7*7}}{{{page.csrf}}}${7*7}<%= 7*7 %>', '</textarea></title></style><script>alert(4)</script>', 'javascript:alert(5)',
  '&lt;b&gt;&amp;&#x3c;', '\u202eltr\u202c\u2066\u202eevil', '\u200b\u200c\u200d\ufeff', '\u0301\u0301\u0301Z\u0489\u0489', '𠀀👩‍👩‍👧‍👦',
].join(' ');
const LONG = `${'无空格'.repeat(1600)}${'W'.repeat(5200)}`.slice(0, 10000);

/** Characters that a body may not hold are refused with a sentence, or shown harmlessly; neither is a crash. */
async function controls(stage) {
  for (const code of [0, 1, 7, 8, 11, 12, 27, 31, 127, 0x85, 0x2028, 0xfffe]) {
    const answer = await fetch(`${stage.server.base}/api/v1/tickets`, { method: 'POST', headers: { Authorization: `Bearer ${stage.server.tokens.agent}`, 'Content-Type': 'application/json' }, body: JSON.stringify({ workflow: 'complaint', values: { place: `控制${String.fromCharCode(code)}字符` } }) });
    assert(answer.status === 201 || answer.status === 422, `U+${code.toString(16)}: ${answer.status} ${(await answer.text()).slice(0, 200)}`);
  }
}

/** Text that turns lines around stands in an element of its own, which turns nothing but itself. */
const TURNS = () => {
  const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    if (!/[\u202a-\u202e\u2066-\u2069]/.test(node.data)) continue;
    const parent = node.parentElement, style = getComputedStyle(parent);
    if (/^(TEXTAREA|OPTION|TITLE|SCRIPT)$/.test(parent.tagName) || style.display === 'none') continue;
    if (!/isolate|plaintext/.test(style.unicodeBidi) && style.display === 'inline') found.push(`${parent.tagName}.${parent.className}`);
  }
  return found;
};

export async function tell(stage) {
  await controls(stage);
  const { server } = stage;
  const post = async (role, path, body) => stage.api(role, path, { method: 'POST', body });
  await stage.api('administrator', '/people/mallory', { method: 'PUT', body: { name: ALL.slice(0, 60), language: 'zh-CN' } });
  const cut = max => [...ALL].slice(0, max).join('');
  const values = {
    caller: cut(40), phone: '13900000009', place: cut(80), summary: cut(30), course: `${ALL} ${LONG}`.slice(0, 1990), demands: [ALL, LONG.slice(0, 400)],
    category: 'billing', region: 'north', happened_at: '2026-01-05T09:30:00+08:00',
  };
  const opened = await post('agent', '/tickets', { workflow: 'complaint', values, contact: { channel: 'phone', number: '13900000009', recording: `"><script>alert(6)</script>${TAG}`.slice(0, 100) } });
  const { number } = opened.ticket ?? opened;
  await stage.act('agent', number, 'submit');
  await stage.act('agent', number, 'note', { note: `${ALL} ${LONG}`.slice(0, 10000) });
  await stage.act('agent', number, 'mark_urgent', { values: { urgent_why: cut(300) } });
  await stage.act('shift_lead', number, 'dispatch');
  await stage.act('liaison', number, 'sign', {}, 1);
  await stage.act('liaison', number, 'reply', { values: { finding: ALL, claim_true: 'proven', beyond_duty: 'within', contacted: 'reached', contacted_at: '2026-01-05T10:00:00+08:00', solved: true, remedy: `${ALL}${LONG}`.slice(0, 2000), caller_agrees: 'agrees', answers: [ALL, ALL], account: ALL, public_reply: `${ALL}${LONG}`.slice(0, 2000) } }, 1);
  await stage.act('head', number, 'approve');
  await stage.act('shift_lead', number, 'pass_form');

  const look = async (person, paths, size) => {
    const one = await stage.at(person, { size, theme: size === 'narrow' ? 'dark' : 'light' });
    for (const path of paths) {
      await one.page.goto(server.base + path);
      await one.page.waitForTimeout(200);
      const ran = await one.page.evaluate(mark => document.querySelectorAll(`[${mark}], #main script, #main svg[onload], #main img`).length, MARK);
      assert(ran === 0, `${path}: text became an element`);
      const text = await one.page.evaluate(() => document.body.innerText);
      assert(!text.includes('{{page.csrf}}') || text.includes('{{{page.csrf}}}'), `${path}: a template was worked out`);
      const turned = await one.page.evaluate(TURNS);
      assert(turned.length === 0, `${path}: text turns the line around it in ${[...new Set(turned)].slice(0, 5).join(', ')}`);
      const found = await axe(one.page);
      assert(found.length === 0, `${path} (${size}): ${found.join('; ')}`);
      assert(one.troubles.length === 0, `${path}: ${one.troubles.splice(0).join('; ')}`);
    }
    return one;
  };
  const everywhere = [`/tickets/${number}`, '/tickets?view=open', '/board', `/tickets/${number}/actions/note`, `/tickets/${number}/actions/correct`, '/callbacks', '/inbox?all=yes'];
  await look('zhang', everywhere, 'narrow');
  await look('zhang', everywhere.slice(0, 3), 'wide');
  await look('fang', ['/tickets?view=all', '/inbox?all=yes'], 'narrow');
  await look('boss', ['/organisation/people?search=mallory', '/organisation/person/mallory', '/duty/roster', '/organisation/shift/new?person=mallory'], 'narrow');
  const shown = await stage.at('zhang');
  await shown.page.goto(`${server.base}/tickets/${number}`);
  assert((await shown.page.textContent('#ticket')).includes('<script>alert(1)</script>'), 'it is shown as it was written');

  // At the desk: a draft of it, its tab, and what is known of the caller.
  const desk = await stage.at('li', { size: 'narrow' });
  await desk.page.goto(`${server.base}/desk`);
  await desk.page.fill('#f-place', cut(80));
  await desk.page.fill('#f-course', ALL);
  await desk.page.fill('#f-phone', '13900000009');
  await desk.page.locator('#f-phone').dispatchEvent('change');
  await desk.page.waitForFunction(() => document.querySelector('[data-draft-state]').dataset.draftState === 'ok' && /\d/.test(document.querySelector('[data-draft-state] span').textContent), null, { timeout: 15000 });
  await desk.page.waitForSelector('#desk-aside .hist a');
  await desk.page.reload();
  const link = await desk.page.$$eval('.drafts a[href*="draft="]', all => all.at(-1).href);
  await look('li', ['/desk', new URL(link).pathname + new URL(link).search], 'narrow');
}
