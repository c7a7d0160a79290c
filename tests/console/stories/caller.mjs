// A caller follows the own ticket: an agent writes it down and reads out number and code; the caller looks it up on a
// telephone, without a script; nothing private is there; who guesses waits; a new code makes the old one void.
import { open, signIn, axe } from '../browser.mjs';

const assert = (holds, what) => { if (!holds) throw new Error(what); };

async function lookUp(page, base, number, code) {
  await page.goto(`${base}/follow`);
  await page.fill('#number', number);
  await page.fill('#code', code);
  await Promise.all([page.waitForLoadState(), page.click('[data-submit]')]);
  await page.waitForLoadState('domcontentloaded');
}

export async function caller(server, lang) {
  const agent = await open(server.base, { lang });
  await signIn(agent.page, server.base, 'li', server.password);
  const { page } = agent;
  await page.keyboard.press('Alt+3');
  await page.waitForTimeout(600);
  const values = { caller: '周女士', phone: '13900000077', place: '解放路8号', summary: '电费查询', happened_at: '2026-01-05 09:30', course: '来电人询问上月电费。', demands: '说明电费构成' };
  for (const [name, text] of Object.entries(values)) await page.fill(`[name="values.${name}"]`, text);
  await page.selectOption('[name="values.category"]', { index: 1 });
  await page.selectOption('[name="values.region"]', { index: 1 });
  await page.focus('[name="values.summary"]');
  await Promise.all([page.waitForURL(/\/tickets\/[A-Z]+[0-9-]+$/, { timeout: 20000 }), page.keyboard.press('Control+Enter')]);
  const number = page.url().split('/').pop();
  const code = (await page.textContent('.caller-code .revealed')).trim();
  assert(/^\d{3} \d{3} \d{4}$/.test(code), `a code to read out: ${code}`);
  let found = await axe(page);
  assert(found.length === 0, `axe on the new ticket: ${found.join('; ')}`);
  assert(!page.url().includes(code.replaceAll(' ', '')), 'the code is in no address');
  await page.reload();
  assert((await page.$('.caller-code .revealed')) === null, 'it is shown once');

  // On a telephone, without a script.
  const phone = await open(server.base, { lang, size: 'narrow', theme: 'dark' });
  await phone.context.route('**/*.js*', route => route.abort());
  await lookUp(phone.page, server.base, number, '000 000 0000');
  const wrong = await phone.page.textContent('[role=alert]');
  await lookUp(phone.page, server.base, 'TS20260101-999999', code);
  assert(await phone.page.textContent('[role=alert]') === wrong, 'a wrong number is answered as a wrong code');
  await lookUp(phone.page, server.base, number.toLowerCase(), code.replaceAll(' ', '-'));
  const shown = await phone.page.textContent('#main');
  assert(shown.includes(number), `the ticket is shown: ${shown}`);
  for (const secret of ['周女士', '13900000077', '解放路', '电费查询']) assert(!shown.includes(secret), `${secret} is shown to whoever has the code`);
  assert(phone.page.url() === `${server.base}/follow`, `nothing stands in the address: ${phone.page.url()}`);
  phone.troubles.splice(0);

  // The same with scripts, so that axe can look.
  await phone.context.unroute('**/*.js*');
  await phone.page.goto(`${server.base}/follow`);
  found = await axe(phone.page);
  assert(found.length === 0, `axe on the caller's page: ${found.join('; ')}`);
  const other = lang === 'en' ? 'zh-CN' : 'en';
  await phone.page.click('.follow-foot a');
  assert(await phone.page.evaluate(() => document.documentElement.lang) === other, 'the other language by a link');
  await phone.page.click('.follow-foot a');

  // The caller rings again and has lost it.
  await page.click('form[action$="/caller-code"] button');
  await page.waitForSelector('.caller-code .revealed');
  const second = (await page.textContent('.caller-code .revealed')).trim();
  assert(second !== code, 'a new one');
  await phone.page.goto(`${server.base}/follow`);
  assert(await phone.page.$('#code'), 'the old pass is void');
  await lookUp(phone.page, server.base, number, second);
  assert((await phone.page.textContent('#main')).includes(number), 'the new code opens');
  await phone.page.click('form[action="/follow/leave"] button');
  assert(await phone.page.$('#code'), 'closed');
  const troubles = [agent, phone].flatMap(one => one.troubles);
  assert(troubles.length === 0, troubles.join('; '));
  await phone.close();
  await agent.close();
}

export const name = 'a caller follows the own ticket';

export const tell = ({ server, lang }) => caller(server, lang);
