// The connection is lost while somebody writes: the page says so, keeps what was typed, and saves it once it is back —
// at the desk as in the form of an action.
import { tabToThing } from '../hands.mjs';
import { assert } from '../stage.mjs';

export const name = 'the connection is lost while writing';

export async function tell(stage) {
  stage.forgive(/ERR_INTERNET_DISCONNECTED|Failed to (fetch|load)|ERR_NETWORK|dialog: /);
  const { page, context } = await stage.at('li');
  await page.goto(`${stage.server.base}/desk`);
  await context.setOffline(true);
  await page.focus('#f-place');
  await page.keyboard.type('断网时填写的地点');
  await page.waitForFunction(() => document.querySelector('[data-draft-state]').dataset.draftState === 'off', null, { timeout: 15000 });
  await context.setOffline(false);
  await page.waitForFunction(() => document.querySelector('[data-draft-state]').dataset.draftState === 'ok', null, { timeout: 20000 });
  await page.goto(`${stage.server.base}/desk`).catch(() => {});
  await page.waitForSelector('.drafts a[href*="draft="]');
  await page.goto(await page.$$eval('.drafts a[href*="draft="]', all => all.at(-1).href));
  assert(await page.inputValue('#f-place') === '断网时填写的地点', 'the draft is there after all');

  const [{ number }] = await stage.all('agent', '/tickets?open=true');
  await page.goto(`${stage.server.base}/tickets/${number}`);
  await page.evaluate(() => document.querySelector('.oh details.menu summary').focus());
  await page.keyboard.press('Enter');
  await tabToThing(page, '/actions/note');
  await page.keyboard.press('Enter');
  await page.waitForSelector('dialog#action[open]');
  await page.focus('#f-note');
  const note = `断网时写的备注 ${stage.lang}`;
  await page.keyboard.type(note);
  await context.setOffline(true);
  await page.keyboard.press('Control+Enter');
  await page.waitForTimeout(500);
  assert(await page.inputValue('#f-note') === note, 'the form stays as it was typed');
  await context.setOffline(false);
  await page.keyboard.press('Control+Enter');
  await page.waitForSelector('dialog#action', { state: 'detached' });
  const { items } = await stage.api('manager', `/tickets/${number}/events?limit=200`);
  assert(items.filter(event => JSON.stringify(event).includes(note)).length === 1, 'it was written once');
}
