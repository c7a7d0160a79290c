// Lists by keyboard: a filter, a saved view, several tickets at once, a file; the palette; canned answers; the sheet on
// paper. Each in the language it is given.
import { open, signIn, axe } from '../browser.mjs';

const assert = (holds, what) => { if (!holds) throw new Error(what); };
const clean = async (page, where) => { const found = await axe(page); assert(found.length === 0, `axe ${where}: ${found.join('; ')}`); };

/** Filters with f, saves the list as a view, and finds it among the tabs with its number. */
async function savedView(page, base) {
  await page.goto(`${base}/tickets?view=open`);
  await page.waitForSelector('#rows [data-row]');
  await page.keyboard.press('f');
  await page.waitForFunction(() => document.activeElement?.id === 'flt-kind');
  await clean(page, 'the filters');
  await page.keyboard.press('ArrowDown');
  await page.focus('details:has(#flt-kind) .panel button.pri');
  await Promise.all([page.waitForURL(/workflow=[a-z]/), page.keyboard.press('Enter')]);
  assert(await page.$('.fchip'), 'the filter stands above the list');
  const rows = await page.$$eval('#rows [data-row]', all => all.length);
  await page.keyboard.press('s');
  await page.waitForFunction(() => document.activeElement?.id === 'view-title');
  await page.keyboard.type('夜班 view');
  await clean(page, 'saving a view');
  await Promise.all([page.waitForURL(/saved=/), page.keyboard.press('Enter')]);
  await page.waitForSelector('#tabs [aria-current] .cnt');
  const tab = await page.textContent('#tabs [aria-current]');
  assert(tab.includes('夜班 view'), `the view is a tab: ${tab}`);
  const count = Number((await page.textContent('#tabs [aria-current] .cnt')).replace('+', ''));
  assert(count >= rows, `${count} are counted, ${rows} are listed`);
  await Promise.all([page.waitForURL(/view=open/), page.click('.fchip a')]);
  assert(!await page.$('.fchip'), 'the filter is taken away');
}

/** Chooses three with x and Shift+X, notes something on all of them, and sees what became of each. */
async function several(page, base) {
  await page.goto(`${base}/tickets?view=open`);
  await page.waitForSelector('#rows [data-row]');
  for (const key of ['j', 'x', 'j', 'j', 'Shift+X']) await page.keyboard.press(key);
  await page.waitForFunction(() => document.querySelector('#bulk [data-count]').textContent === '3');
  await clean(page, 'three are chosen');
  await page.keyboard.press('b');
  await page.waitForSelector('#bulk-dialog[open] button[formaction="/tickets/bulk/note/form"]');
  await clean(page, 'what they share');
  await page.click('button[formaction="/tickets/bulk/note/form"]');
  await page.waitForSelector('#bulk-form #f-note');
  await page.fill('#f-note', '批量说明：请尽快联系来电人');
  await clean(page, 'the form for all');
  await page.keyboard.press('Control+Enter');
  await page.waitForFunction(() => document.querySelector('#bulk-form [data-done]')?.textContent === '3', null, { timeout: 20000 });
  await clean(page, 'what became of them');
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => document.querySelector('#bulk').hidden);
}

/** What is done is done: the connection breaks in the middle, going on doubles nothing. */
async function broken(page, context, base, lang) {
  // One server for both languages: each has words of its own.
  const words = `中断后继续 ${lang}`;
  await page.goto(`${base}/tickets?view=open`);
  await page.waitForSelector('#rows [data-row]');
  await page.click('th [data-all]');
  const count = Number(await page.textContent('#bulk [data-count]'));
  assert(count > 10, `more than one step: ${count}`);
  await page.keyboard.press('b');
  await page.click('button[formaction="/tickets/bulk/note/form"]');
  await page.waitForSelector('#bulk-form #f-note');
  await page.fill('#f-note', words);
  let asked = 0;
  // The answer to the second step is lost after the server has done it.
  await context.route('**/tickets/bulk/note', async route => { asked += 1; if (asked === 2) { await route.fetch(); await route.abort(); } else await route.continue(); });
  await page.keyboard.press('Control+Enter');
  await page.waitForSelector('[data-bulk-broken]:not([hidden])', { timeout: 20000 });
  await page.click('[data-bulk-again]');
  await page.waitForFunction(n => document.querySelector('#bulk-form [data-done]').textContent === String(n), count, { timeout: 30000 });
  await context.unroute('**/tickets/bulk/note');
  const second = await page.$$eval('#bulk-form .outcomes a', all => all[12].textContent);
  await page.goto(`${base}/tickets/${second}`);
  const notes = await page.$$eval('.tl .msg', (all, words) => all.filter(one => one.textContent.includes(words)).length, words);
  assert(notes === 1, `noted ${notes} times`);
}

async function exported(page, context, base) {
  const answer = await context.request.get(`${base}/tickets/export.csv?view=open&sort=number`);
  const bytes = await answer.body();
  assert(bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf, 'a byte order mark');
  await page.goto(`${base}/tickets?view=open&sort=number`);
  const first = (await page.textContent('#rows .c-no')).trim();
  assert(bytes.toString().split('\r\n')[1].startsWith(first), 'the rows of the page');
  const book = await context.request.get(`${base}/tickets/export.xlsx?view=open`);
  assert(book.ok() && (await book.body()).subarray(0, 2).toString() === 'PK', 'a workbook');
}

/** Goes down the board to a card with which something may be done; its subject. */
async function cardWithActions(page) {
  const cards = await page.$$eval('[data-row]', all => all.length);
  for (let i = 0; i < cards; i += 1) {
    await page.keyboard.press('j');
    const subject = await page.evaluate(() => { const card = document.querySelector('[data-row].is-cur'); return card?.querySelector('[data-row-key]') && card.querySelector('a').textContent.trim(); });
    if (subject) return subject;
  }
  throw new Error('a card with something to do');
}

/** The palette as a combobox: letters of the sound, words of a title, actions of the page. */
async function palette(page, base, lang, number, subject) {
  const opened = async () => { await page.keyboard.press('Control+k'); await page.waitForSelector('#palette[open]'); };
  const chosen = () => page.evaluate(() => document.getElementById(document.querySelector('#palette input').getAttribute('aria-activedescendant'))?.textContent || '');
  const ofLines = () => page.$$eval('#palette [data-here] .opt', all => all.map(one => one.textContent).filter(words => words.includes(' · ')));
  await page.goto(`${base}/board`);
  await opened();
  const before = await ofLines();
  assert(before.length === 0, `nothing for a card that nobody has in hand: ${before}`);
  await page.keyboard.press('Escape');
  const card = await cardWithActions(page);
  await opened();
  const there = await ofLines();
  assert(there.length > 0 && there.every(words => words.includes(card)), `what may be done with ${card}: ${there}`);
  await clean(page, 'the palette');
  if (lang === 'zh-CN') {
    await page.keyboard.type('hf');
    assert((await chosen()).includes('回访'), `hf finds 回访: ${await chosen()}`);
  } else {
    await page.keyboard.type('callb');
    assert((await chosen()).includes('Callbacks'), `callb finds the callbacks: ${await chosen()}`);
  }
  await Promise.all([page.waitForURL('**/callbacks'), page.keyboard.press('Enter')]);
  await opened();
  await page.keyboard.type(subject);
  await page.waitForSelector(`#palette [data-href="/tickets/${number}"]:not([hidden])`);
  await clean(page, 'what the palette found');
  await page.waitForFunction(s => (document.getElementById(document.querySelector('#palette input').getAttribute('aria-activedescendant'))?.textContent || '').includes(s), subject);
  const picked = await page.$$eval('#palette [role=option][aria-selected=true]', all => all.length);
  assert(picked === 1, 'one is chosen');
  await page.click(`#palette [data-href="/tickets/${number}"]`);
  await page.waitForURL(`**/tickets/${number}`);
  await opened();
  await page.keyboard.type(lang === 'zh-CN' ? 'jbd' : 'hand-over');
  await Promise.all([page.waitForURL('**/print'), page.keyboard.press('Enter')]);
  assert(await page.$('.paper'), 'the sheet on paper, through the palette');
  await clean(page, 'the sheet on paper');
}

/** A manager keeps an answer; who writes inserts it with "/", and an input method that composes is left alone. */
async function canned(server, lang, number) {
  const boss = await open(server.base, { lang });
  await signIn(boss.page, server.base, 'boss', server.password);
  await boss.page.goto(`${server.base}/canned`);
  await boss.page.keyboard.press('n');
  await boss.page.waitForFunction(() => document.activeElement?.id === 'cn-title');
  await boss.page.keyboard.type('请耐心等待');
  await boss.page.fill('#cn-text', '您的诉求已转承办单位，请耐心等待。');
  await clean(boss.page, 'keeping an answer');
  await Promise.all([boss.page.waitForURL('**/canned'), boss.page.click('.canned-new button[value=save]')]);
  await boss.page.waitForSelector('.canned-all');
  await clean(boss.page, 'the answers');
  assert(boss.troubles.length === 0, boss.troubles.join('; '));
  await boss.close();
  const lead = await open(server.base, { lang });
  const page = lead.page;
  await signIn(page, server.base, 'zhang', server.password);
  await page.goto(`${server.base}/tickets/${number}/actions/note`);
  await page.click('#f-note');
  await page.keyboard.type('已阅 /qnxdd');
  await page.waitForTimeout(300);
  await page.keyboard.press('Backspace');
  await page.waitForTimeout(50);
  await page.fill('#f-note', '');
  await page.keyboard.type('已阅 /qnx');
  await page.waitForSelector('#canned-list [role=option][aria-selected=true]');
  await clean(page, 'answers that are offered');
  await page.keyboard.press('Enter');
  const text = await page.inputValue('#f-note');
  assert(text === '已阅 您的诉求已转承办单位，请耐心等待。', `inserted at the cursor: ${text}`);
  // Enter that confirms a composition chooses nothing.
  await page.fill('#f-note', '');
  await page.keyboard.type('/');
  await page.waitForSelector('#canned-list');
  const cdp = await lead.context.newCDPSession(page);
  await cdp.send('Input.imeSetComposition', { text: 'nai', selectionStart: 3, selectionEnd: 3 });
  await page.keyboard.press('Enter').catch(() => {});
  await cdp.send('Input.insertText', { text: '耐心' });
  const composed = await page.inputValue('#f-note');
  assert(!composed.includes('您的诉求'), `an input method is left alone: ${composed}`);
  await page.keyboard.press('Escape');
  assert(lead.troubles.length === 0, lead.troubles.join('; '));
  await lead.close();
}

/** All of it, in one language. */
export async function lists(server, lang) {
  const lead = await open(server.base, { lang });
  const { page, context } = lead;
  await signIn(page, server.base, 'zhang', server.password);
  await savedView(page, server.base);
  await several(page, server.base);
  await exported(page, context, server.base);
  await page.goto(`${server.base}/tickets?view=open`);
  const [number, subject] = await page.$eval('#rows [data-row]', row => [row.querySelector('.c-no').textContent.trim(), row.querySelector('a.t').textContent.trim()]);
  await palette(page, server.base, lang, number, subject.slice(0, 8));
  await broken(page, context, server.base, lang);
  const own = lead.troubles.filter(line => !/ERR_FAILED|Failed to load/.test(line));
  assert(own.length === 0, own.join('; '));
  await lead.close();
  await canned(server, lang, number);
}

export const name = 'lists, palette, canned answers';

export const tell = ({ server, lang }) => lists(server, lang);
