// Every page: who looks at it, and where it is. `{open}` is the number of a late ticket with departments at work.
// `{workflow}` is the fingerprint of a published version.
// `then` acts on the page before it is looked at: a form with errors, a filter that is open. `setup`: on a database of its
// own, `empty`, `filled` in to the last step, or when the setup is `over`.
// `first` is what must have happened before, and says what else the address names; `after` takes away what other pages
// must not show. Both are given the server.
// A new page has a line here: axe and the contact sheet go through this list.
import { canned, codeOfCaller, noted, toCallBack, urgent, withSecondFactor } from './scenes.mjs';
import { gaps, handedOver, secondBegun, secondCodes, submit, tooLate } from './states.mjs';

/** Another one each time: what is saved must differ from what stands there, or nobody changed anything meanwhile. */
let minute = 0;
const minuteOfItsOwn = () => 10 + (minute = (minute + 1) % 50);

export const PAGES = [
  { name: 'sign-in', path: '/sign-in' },
  { name: 'welcome', path: '/welcome' },
  { name: 'follow', path: '/follow' },
  { name: 'desk', who: 'li', path: '/desk' },
  { name: 'board', who: 'zhang', path: '/board' },
  { name: 'wall', who: 'zhang', path: '/board/wall' },
  { name: 'work', who: 'fang', path: '/tickets?view=mine' },
  { name: 'tickets', who: 'zhang', path: '/tickets?view=open' },
  { name: 'tickets-searched', who: 'zhang', path: '/tickets?view=open&late=yes&sort=due&q=%E8%B7%AF&cols=number,subject,state,creator,due,opened' },
  { name: 'ticket-print', who: 'zhang', path: '/tickets/{open}/print' },
  { name: 'canned', who: 'boss', path: '/canned' },
  { name: 'ticket', who: 'zhang', path: '/tickets/{open}' },
  { name: 'action', who: 'zhang', path: '/tickets/{open}/actions/note' },
  { name: 'reports', who: 'zhang', path: '/reports' },
  { name: 'reports-month', who: 'boss', path: '/reports?from={ago}&chart=late&by=workflow' },
  { name: 'reports-department', who: 'boss', path: '/reports?from={ago}&chart=completed&department=dispatch', then: page => page.click('.day-table > summary') },
  { name: 'report-tickets', who: 'zhang', path: '/reports/tickets?figure=received' },
  { name: 'report-tickets-empty', who: 'zhang', path: '/reports/tickets?figure=reopened&from=2026-01-01&to=2026-01-01' },
  { name: 'callbacks', who: 'cai', path: '/callbacks' },
  { name: 'inbox', who: 'zhang', path: '/inbox?all=yes' },
  { name: 'me', who: 'zhang', path: '/me' },
  { name: 'second-factor', who: 'zhang', path: '/me/second' },
  { name: 'second-factor-begun', who: 'rui', path: '/me/second', then: secondBegun },
  { name: 'second-factor-wrong', who: 'rui', path: '/me/second', then: async (page, server) => {
    await secondBegun(page, server);
    await page.fill('#code', '000000');
    await submit(page);
  } },
  { name: 'second-factor-codes', who: 'head_fin', path: '/me/second', then: secondCodes },
  { name: 'second-factor-on', who: 'head_fin', path: '/me/second' },
  { name: 'me-with-second-factor', who: 'head_fin', path: '/me' },
  { name: 'workflows', who: 'boss', path: '/workflows' },
  { name: 'workflow', who: 'boss', path: '/workflows/{workflow}' },
  { name: 'workflow-file', who: 'boss', path: '/workflows/{workflow}/file' },
  { name: 'workflow-check', who: 'boss', path: '/workflows/check' },
  { name: 'workflow-check-problems', who: 'boss', path: '/workflows/check?from={workflow}', then: async page => {
    await page.fill('#source', (await page.inputValue('#source')).replace(/^( +)owner: /m, '$1ownr: ').replace(/to: (\w+)/, 'to: nowhere'));
    await submit(page);
  } },
  { name: 'duty', who: 'zhang', path: '/duty' },
  { name: 'duty-handed-over', who: 'zhang', path: '/duty', then: handedOver },
  { name: 'duty-handover-to-read', who: 'boss', path: '/duty', then: async page => { await page.click('details:has(#note) > summary'); await page.evaluate(() => scrollTo(0, 0)); } },
  { name: 'duty-gaps', who: 'boss', path: '/duty', then: gaps },
  { name: 'roster', who: 'boss', path: '/duty/roster' },
  { name: 'shift', who: 'boss', path: '/organisation/shift/new?person=li' },
  { name: 'shift-errors', who: 'boss', path: '/organisation/shift/new?person=li&day=2001-01-01', then: submit },
  { name: 'departments', who: 'boss', path: '/organisation' },
  { name: 'people', who: 'boss', path: '/organisation/people' },
  { name: 'person', who: 'boss', path: '/organisation/person/li' },
  { name: 'person-errors', who: 'boss', path: '/organisation/person/new', then: async page => { await page.fill('[name=id]', 'Li Na'); await page.fill('[name=email]', 'nowhere'); await submit(page); } },
  { name: 'person-changed-meanwhile', who: 'boss', path: '/organisation/person/vice', then: tooLate(
    page => page.fill('[name=email]', `vice.${Date.now()}@demo.invalid`),
    page => page.fill('[name=email]', 'vice@demo.invalid'),
  ) },
  { name: 'people-filtered', who: 'boss', path: '/organisation/people?role=shift_lead&search=z' },
  { name: 'rights', who: 'boss', path: '/organisation/rights' },
  { name: 'rights-saved', who: 'boss', path: '/organisation/rights?saved=yes' },
  { name: 'rights-read-only', who: 'li', path: '/organisation/rights' },
  { name: 'rights-changed-meanwhile', who: 'boss', path: '/organisation/rights', then: tooLate(
    page => page.click('[name=watch][value=shift_lead]'),
    page => page.click('[name=watch][value=shift_lead]'),
  ) },
  { name: 'duty-rules', who: 'boss', path: '/organisation/duty-rules' },
  { name: 'duty-rules-errors', who: 'boss', path: '/organisation/duty-rules', then: async page => { await page.fill('#codes', '\u65e9 25:00-26:00\n\u4f11'); await submit(page); } },
  { name: 'duty-rules-changed-meanwhile', who: 'boss', path: '/organisation/duty-rules', then: tooLate(
    page => page.fill('#codes', `\u65e9 08:00-16:00\n\u665a 15:${minuteOfItsOwn()}-24:00`),
    async page => { await page.fill('#codes', '\u65e9 08:30-16:30'); await page.check('[name=swaps][value=agreed]'); },
  ) },
  { name: 'import', who: 'boss', path: '/organisation/import' },
  { name: 'import-faults', who: 'boss', path: '/organisation/import?what=people', then: async page => {
    await page.fill('#text', '\u767b\u5f55\u540d,\u59d3\u540d,\u90ae\u7bb1,\u89d2\u8272\nwen,\u6e29,wen@demo.invalid,agnt\nLi,\u674e,nowhere,agent\n');
    await submit(page);
  } },
  { name: 'import-checked', who: 'boss', path: '/organisation/import?what=people', then: async page => { await page.fill('#text', 'id,name,roles\nwen,\u6e29\u96c5,agent\n'); await submit(page); } },
  { name: 'import-done', who: 'boss', path: '/organisation/import?what=departments', then: async page => {
    await page.fill('#text', 'id,zh,en\nwater,\u4f9b\u6c34\u6240,Waterworks\n');
    await Promise.all([page.waitForNavigation(), page.click('button[value=take]')]);
  } },
  { name: 'roles', who: 'boss', path: '/organisation/roles' },
  { name: 'sign-in-of-somebody', who: 'admin', path: '/organisation/people/li/sign-in' },
  { name: 'one-time-link', who: 'admin', path: '/organisation/people/li/sign-in', then: page => Promise.all([page.waitForNavigation(), page.click('[name=do][value=link]')]) },
  { name: 'calendars', who: 'zhang', path: '/organisation/calendars' },
  { name: 'calendar', who: 'boss', path: '/organisation/calendar/default' },
  { name: 'calendar-errors', who: 'boss', path: '/organisation/calendar/default', then: async page => { await page.fill('[name=zone]', 'Asia/Nowhere'); await page.fill('[name=mon]', '25:00-26:00'); await page.fill('[name=closed]', '2026-02-30'); await submit(page); } },
  { name: 'palette', who: 'zhang', path: '/tickets?view=open', then: async page => { await page.keyboard.press('Control+k'); await page.waitForSelector('#palette[open]'); await page.keyboard.type('b'); await page.waitForTimeout(400); } },
  { name: 'keys', who: 'zhang', path: '/board', then: async page => { await page.keyboard.press('?'); await page.waitForSelector('#help[open]'); } },
  { name: 'desk-errors', who: 'li', path: '/desk', then: async page => { await page.keyboard.press('Control+Enter'); await page.waitForSelector('#form-errors a'); } },
  { name: 'desk-filled', who: 'li', path: '/desk', first: toCallBack, then: async page => {
    const values = { phone: '13900000001', caller: '王女士', place: '和平路12号', summary: '电费仍然多计', course: '来电人称上次退费没有到账，情绪激动。', demands: '退费到账\n书面答复' };
    for (const [name, text] of Object.entries(values)) await page.fill(`[name="values.${name}"]`, text);
    for (const [name, value] of [['category', 'billing'], ['region', 'north']]) await page.selectOption(`[name="values.${name}"]`, value);
    await page.check('#f-mark');
    await page.click('[data-hang-up]');
    await page.waitForSelector('#desk-aside .hist li');
    await page.waitForTimeout(2200);
  }, after: page => page.click('form[action="/drafts/drop"] button') },
  { name: 'canned-some', who: 'boss', path: '/canned', first: canned },
  { name: 'work-empty', who: 'rui', path: '/tickets?view=mine' },
  { name: 'tickets-empty', who: 'zhang', path: '/tickets?view=open&q=%E6%B2%A1%E6%9C%89%E8%BF%99%E5%8F%A5' },
  { name: 'tickets-filter', who: 'zhang', path: '/tickets?view=open', then: page => page.click('#filters details summary') },
  { name: 'bulk-chosen', who: 'zhang', path: '/tickets?view=open', then: async page => { for (const box of (await page.$$('[data-row] input')).slice(0, 3)) await box.check(); await page.waitForSelector('[data-bulk]:not([hidden])'); } },
  { name: 'bulk-actions', who: 'zhang', path: '/tickets?view=open&state=handling', then: async page => { for (const box of (await page.$$('[data-row] input')).slice(0, 3)) await box.check(); await page.click('[data-bulk] .pri'); await page.waitForSelector('#bulk-dialog[open]'); } },
  { name: 'callbacks-due', who: 'cai', path: '/callbacks', first: toCallBack },
  { name: 'callback', who: 'cai', path: '/callbacks', first: toCallBack, then: async page => { await page.keyboard.press('j'); await page.keyboard.press('1'); await page.waitForSelector('dialog#action[open]'); } },
  { name: 'ticket-called-back', who: 'cai', path: '/tickets/{made}', first: toCallBack },
  { name: 'conflict', who: 'zhang', path: '/tickets/{open}', then: async (page, server, { number }) => {
    await page.click('.oh details.menu summary');
    await page.click('.oh .pop a[href*="/actions/note"]');
    await page.waitForSelector('dialog#action[open]');
    await page.fill('#f-note', '两页仔细写的说明');
    await noted(server, number);
    await page.click('dialog#action [data-submit]');
    await page.waitForSelector('dialog#action .banner.warn');
  } },
  { name: 'urgent', who: 'zhang', path: '/board', then: async (page, server) => { const number = await urgent(server); await page.waitForSelector(`#urgent-${number}`, { timeout: 15000 }); }, after: async page => {
    // The list of them is fetched anew meanwhile: a button may be gone when it is pressed.
    for (let times = 0; times < 40 && await page.$('.urgent-one'); times += 1) {
      await page.locator('.urgent-one button').first().click({ timeout: 2000 }).catch(() => {});
      await page.waitForTimeout(400);
    }
  } },
  { name: 'sign-in-code', path: '/sign-in', first: withSecondFactor, then: async (page, server) => {
    await page.fill('#name', await withSecondFactor(server));
    await page.fill('#password', server.password);
    await page.click('[data-submit]');
    await page.waitForSelector('form[action="/sign-in/code"]');
  } },
  { name: 'sign-in-wrong', path: '/sign-in', then: async page => { await page.fill('#name', 'nobody'); await page.fill('#password', 'wrong'); await page.click('[data-submit]'); await page.waitForSelector('[role=alert]'); } },
  { name: 'follow-ticket', path: '/follow', first: codeOfCaller, then: async (page, server) => {
    const { number, code } = await codeOfCaller(server);
    await page.fill('#number', number);
    await page.fill('#code', code);
    await page.click('[data-submit]');
    await page.waitForSelector('.follow-stage');
  } },
  ...['you', 'centre', 'calendar', 'departments', 'people', 'workflows'].map(step => ({ name: `setup-${step}`, setup: 'empty', path: `/setup?step=${step}` })),
  { name: 'setup-calendar-wrong', setup: 'empty', path: '/setup?step=calendar', then: async page => { await page.fill('#zone', 'Asia/Nowhere'); await page.fill('#hours', '25:00-26:00'); await submit(page); } },
  { name: 'setup-departments-wrong', setup: 'empty', path: '/setup?step=departments', then: async page => { await page.fill('#table', '\u7f16\u53f7\t\u540d\u79f0\nFinance!\t\u8d22\u653f\u5c40'); await submit(page); } },
  { name: 'setup-people-wrong', setup: 'empty', path: '/setup?step=people', then: async page => { await page.fill('#table', 'id,name,email,roles\nli,Li Na,nowhere,agnt\nfang,Fang Yuan,,liaison@money\n'); await submit(page); } },
  { name: 'setup-workflows-none', setup: 'empty', path: '/setup?step=workflows', then: async page => { for (const box of await page.$$('[name=workflow]')) await box.uncheck(); await submit(page); } },
  { name: 'setup-workflows-too-early', setup: 'empty', path: '/setup?step=workflows', then: submit },
  ...['you', 'centre', 'departments', 'people', 'workflows'].map(step => ({ name: `setup-filled-${step}`, setup: 'filled', path: `/setup?step=${step}` })),
  { name: 'setup-over', setup: 'over', path: '/organisation?set_up=true' },
];

/** The address of a page, with what it stands for. */
export function pathOf(page, { number, hash, made }) {
  const ago = new Date(Date.now() - 29 * 86400e3 + 8 * 3600e3).toISOString().slice(0, 10);
  return page.path.replace('{open}', number).replace('{workflow}', hash).replace('{made}', made).replace('{ago}', ago);
}

/** A late ticket in the hands of a department. */
export async function openNumber(server) {
  const answer = await fetch(`${server.base}/api/v1/tickets?open=true&state=handling&limit=1`, { headers: { Authorization: `Bearer ${server.tokens.shift_lead}` } });
  return (await answer.json()).items[0].number;
}

/** The fingerprint of the version that was published last. */
export async function workflowHash(server) {
  const answer = await fetch(`${server.base}/api/v1/workflows?limit=1`, { headers: { Authorization: `Bearer ${server.tokens.manager}` } });
  return (await answer.json()).items[0].hash;
}
