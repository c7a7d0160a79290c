// Two people write at one ticket: whoever is slower reads what has changed, and sends with open eyes. Nothing that was
// typed is lost.
import { tabToThing } from '../hands.mjs';
import { assert } from '../stage.mjs';

export const name = 'two people on one ticket';

const WORDS = { 'zh-CN': { quicker: '有人先改了', note: '备注', writing: '正在填写' }, en: { quicker: 'Somebody was quicker', note: 'Add a note', writing: 'is writing' } };

export async function tell(stage) {
  const { server, lang } = stage;
  const [{ number }] = await stage.all('shift_lead', '/tickets?open=true&state=handling');
  const lead = await stage.at('zhang'), boss = await stage.at('boss');
  for (const one of [lead, boss]) { await one.page.goto(`${server.base}/tickets/${number}`); await one.page.waitForSelector('.oh'); }
  const form = async page => {
    await page.evaluate(() => document.querySelector('.oh details.menu summary').focus());
    await page.keyboard.press('Enter');
    await tabToThing(page, '/actions/note');
    await page.keyboard.press('Enter');
    await page.waitForSelector('dialog#action[open]');
    await page.focus('#f-note');
  };
  await form(lead.page);
  await lead.page.keyboard.type('两页仔细写的说明');
  await form(boss.page);
  await boss.page.keyboard.type('先写了一句');
  await boss.page.keyboard.press('Control+Enter');
  await boss.page.waitForSelector('dialog#action', { state: 'detached' });
  await lead.page.keyboard.press('Control+Enter');
  await lead.page.waitForSelector('dialog#action .banner.warn');
  const said = await lead.page.textContent('dialog#action .banner.warn');
  assert(said.includes('高明远') && said.includes(WORDS[lang].note), `it says who did what: ${said}`);
  assert(await lead.page.inputValue('#f-note') === '两页仔细写的说明', `what was typed on ${number} is lost`);
  const before = await stage.ticket(number);
  await lead.page.focus('#f-note');
  await lead.page.keyboard.press('Control+Enter');
  await lead.page.waitForSelector('dialog#action', { state: 'detached' });
  assert((await lead.page.textContent('.tl')).includes('两页仔细写的说明'), 'sent with open eyes');
  const after = await stage.ticket(number);
  assert(after.revision === before.revision + 1, 'it was written once');
}
