// The first story by keyboard alone: a call comes in, the ticket is written, dispatched, signed for. Then two people on
// one ticket, a lost connection while writing, and hostile text. Each in the language it is given.
import { open, signIn, axe } from './browser.mjs';

const assert = (holds, what) => { if (!holds) throw new Error(what); };
const focused = page => page.evaluate(() => { const e = document.activeElement; return e?.name || e?.id || ''; });

/** Presses Tab until the field has the focus. */
async function tabTo(page, name, max = 80) {
  for (let i = 0; i < max; i += 1) { if (await focused(page) === name) return; await page.keyboard.press('Tab'); }
  throw new Error(`${name} is not reached by Tab at ${page.url()}; the focus is on ${await focused(page)}`);
}

/** Presses Tab until a link or button with this address or value has the focus. */
async function tabToThing(page, part, max = 120) {
  for (let i = 0; i < max; i += 1) {
    if (await page.evaluate(p => { const e = document.activeElement; return (e?.getAttribute?.('href') || e?.value || '').includes(p); }, part)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`${part} is not reached by Tab at ${page.url()}`);
}

/** Opens a ticket by its number, through the palette. */
async function goTo(page, number) {
  await page.keyboard.press('Control+k');
  await page.waitForSelector('#palette[open]');
  await page.keyboard.type(number);
  await Promise.all([page.waitForURL(`**/tickets/${number}`), page.keyboard.press('Enter')]);
}

async function sent(page) { await page.waitForSelector('dialog#action', { state: 'detached', timeout: 15000 }); }

export async function firstStory(server, lang) {
  const agent = await open(server.base, { lang });
  await signIn(agent.page, server.base, 'li', server.password);
  assert(agent.page.url().endsWith('/desk'), `an agent begins at the desk, not at ${agent.page.url()}`);
  const page = agent.page;
  await page.keyboard.press('Alt+3');
  await page.waitForTimeout(600);
  const write = async (name, text) => { await tabTo(page, `values.${name}`); await page.keyboard.type(text); };
  // In the order of the file: one goes forward with Tab.
  await page.keyboard.press('Alt+3');
  for (const [name, text] of [['caller', '王女士'], ['phone', '13900000001'], ['place', '和平路12号'], ['summary', '电费多计']]) await write(name, text);
  assert((await page.textContent('[data-title]')).includes('和平路12号：电费多计'), 'the title grows with place and summary');
  await write('happened_at', '2026-01-05 09:30');
  await write('course', '来电人称上月电费是平时的三倍，已两次致电未果。');
  await write('demands', '重新抄表');
  await tabTo(page, 'values.category'); await page.keyboard.press('ArrowDown');
  await tabTo(page, 'values.region'); await page.keyboard.press('ArrowDown');
  const meter = await page.textContent('[data-meter]');
  assert(/^(\d+)\/\1$/.test(meter), `every required field is counted: ${meter}`);
  await page.waitForFunction(() => document.querySelector('[data-draft-state]')?.dataset.draftState === 'ok' && /\d/.test(document.querySelector('[data-draft-state] span').textContent), null, { timeout: 15000 });
  assert((await page.textContent('#desk-aside')).length > 20, 'the routing suggests');
  await Promise.all([page.waitForURL(/\/tickets\/[A-Z]+[0-9-]+$/, { timeout: 20000 }), page.keyboard.press('Control+Enter')]);
  const number = page.url().split('/').pop();
  assert((await page.textContent('#ticket')).includes('和平路12号'), 'the ticket is written');
  const found = await axe(page);
  assert(found.length === 0, `axe on the new ticket: ${found.join('; ')}`);

  const lead = await open(server.base, { lang });
  await signIn(lead.page, server.base, 'zhang', server.password);
  assert(lead.page.url().endsWith('/board'), 'a shift lead begins at the board');
  await lead.page.waitForSelector('#board [data-row]');
  await lead.page.waitForSelector('.live[data-live=on]', { timeout: 15000 });
  await lead.page.keyboard.press('j');
  assert(await lead.page.evaluate(() => !!document.activeElement.closest('[data-row]')), 'j goes to the first card');
  await goTo(lead.page, number);
  await tabToThing(lead.page, '/actions/dispatch');
  await lead.page.keyboard.press('Enter');
  await lead.page.waitForSelector('dialog#action[open]');
  const inDialog = await axe(lead.page);
  assert(inDialog.length === 0, `axe on the form of an action: ${inDialog.join('; ')}`);
  if (await lead.page.$('#f-lead')) {
    const value = await lead.page.$eval('#f-lead', e => e.value);
    if (!value) { await tabTo(lead.page, 'values.lead'); await lead.page.keyboard.press('ArrowDown'); }
  }
  await lead.page.keyboard.press('Control+Enter');
  await sent(lead.page);
  await lead.page.waitForSelector('.task');
  assert((await lead.page.$$('.task')).length >= 1, 'a department has it');

  // The agent's page says that something happened, and does not move.
  await agent.page.waitForSelector('#news-at .banner', { timeout: 15000 });
  const seen = await agent.page.$$eval('.task', all => all.length);
  assert(seen === 0, 'the page does not move under its reader');
  await agent.page.click('#news-at .banner .btn');
  await agent.page.waitForSelector('.task');

  const liaison = await open(server.base, { lang });
  await signIn(liaison.page, server.base, 'fang', server.password);
  await goTo(liaison.page, number);
  await tabToThing(liaison.page, '/actions/sign');
  await liaison.page.keyboard.press('Enter');
  await liaison.page.waitForSelector('dialog#action[open]');
  await liaison.page.keyboard.press('Control+Enter');
  await sent(liaison.page);
  await liaison.page.waitForSelector('.task .badge.b-accent');

  const troubles = [agent, lead, liaison].flatMap(one => one.troubles);
  assert(troubles.length === 0, troubles.join('; '));
  return { number, agent, lead, liaison };
}

/** Somebody is quicker: nothing that was typed is lost. */
export async function conflict(story) {
  const { number, lead, liaison } = story;
  for (const one of [lead, liaison]) { await one.page.goto(one.page.url().split('?')[0]); await one.page.waitForSelector('.oh'); }
  const form = async page => { await page.click('.oh details.menu summary'); await page.click('.oh .menu a[href*="/actions/note"]'); await page.waitForSelector('dialog#action[open]'); };
  await form(lead.page);
  await lead.page.fill('#f-note', '两页仔细写的说明');
  await form(liaison.page);
  await liaison.page.fill('#f-note', '先写了一句');
  await liaison.page.keyboard.press('Control+Enter');
  await sent(liaison.page);
  await lead.page.keyboard.press('Control+Enter');
  await lead.page.waitForSelector('dialog#action .banner.warn');
  assert(await lead.page.inputValue('#f-note') === '两页仔细写的说明', `what was typed on ${number} is lost`);
  await lead.page.keyboard.press('Control+Enter');
  await sent(lead.page);
  assert((await lead.page.textContent('.tl')).includes('两页仔细写的说明'), 'sent with open eyes');
  assert(lead.troubles.length === 0 && liaison.troubles.length === 0, [...lead.troubles, ...liaison.troubles].join('; '));
}

/** The connection is lost while somebody writes: the page says so, and keeps it once it is back. */
export async function offline(server, lang) {
  const agent = await open(server.base, { lang });
  const { page, context } = agent;
  await signIn(page, server.base, 'li', server.password);
  await page.goto(`${server.base}/desk`);
  await context.setOffline(true);
  await page.fill('#f-place', '断网时填写的地点');
  await page.waitForFunction(() => document.querySelector('[data-draft-state]').dataset.draftState === 'off', null, { timeout: 15000 });
  await context.setOffline(false);
  await page.waitForFunction(() => document.querySelector('[data-draft-state]').dataset.draftState === 'ok', null, { timeout: 20000 });
  await page.goto(`${server.base}/desk`).catch(() => {});
  await page.waitForSelector('.drafts a[href*="draft="]');
  const link = await page.$$eval('.drafts a[href*="draft="]', all => all.at(-1).href);
  await page.goto(link);
  assert(await page.inputValue('#f-place') === '断网时填写的地点', 'the draft is there after all');
  const own = agent.troubles.filter(line => !/ERR_INTERNET_DISCONNECTED|Failed to (fetch|load)|ERR_NETWORK|dialog: /.test(line));
  assert(own.length === 0, own.join('; '));
  await agent.close();
}
