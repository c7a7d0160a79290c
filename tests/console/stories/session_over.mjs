// The session is over in the middle of a form: one signs in again where one is, and nothing that was typed is lost.
import { axe } from '../browser.mjs';
import { assert } from '../stage.mjs';

export const name = 'the session ends while writing';

export async function tell(stage) {
  const { page, context } = await stage.at('li');
  await page.goto(`${stage.server.base}/desk`);
  const kept = (await context.cookies()).find(cookie => cookie.name === 'ombud');
  await page.focus('#f-place');
  await page.keyboard.type('会话结束时填写的地');
  await context.clearCookies({ name: 'ombud' });
  await page.keyboard.type('点');
  await page.waitForSelector('#sign-in-again[open]', { timeout: 15000 });
  const found = await axe(page);
  assert(found.length === 0, `axe on the dialog: ${found.join('; ')}`);
  await page.keyboard.type('something else');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.querySelector('[data-again-wrong]').textContent.length > 3);
  await page.keyboard.press('Control+a');
  await page.keyboard.type(stage.server.password);
  await page.keyboard.press('Enter');
  await page.waitForSelector('#sign-in-again:not([open])', { state: 'attached' });
  assert(await page.inputValue('#f-place') === '会话结束时填写的地点', 'what was typed is lost');
  await page.waitForFunction(() => document.querySelector('[data-draft-state]').dataset.draftState === 'ok', null, { timeout: 15000 });
  await page.reload();
  await page.waitForSelector('.drafts a[href*="draft="]');
  const drafts = await page.$$eval('.drafts a[href*="draft="]', all => all.map(one => one.textContent).join());
  assert(drafts.includes('会话结束时填写的'), `it was saved: ${drafts}`);
  await context.addCookies([kept]);
}
