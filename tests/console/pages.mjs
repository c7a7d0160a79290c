// Every page: who looks at it, and where it is. `{open}` is the number of a late ticket with departments at work.
// `{workflow}` is the fingerprint of a published version.
// `then` acts on the page before it is looked at: a form with errors, a filter that is open. `setup`: on an empty database.
// `first` is what must have happened before, and says what else the address names; `after` takes away what other pages
// must not show. Both are given the server.
// A new page has a line here: axe and the contact sheet go through this list.
import { canned, codeOfCaller, noted, toCallBack, urgent, withSecondFactor } from './scenes.mjs';

const submit = async page => { await Promise.all([page.waitForNavigation(), page.click('form[data-primary] [data-submit]')]); };
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
  { name: 'workflows', who: 'boss', path: '/workflows' },
  { name: 'workflow', who: 'boss', path: '/workflows/{workflow}' },
  { name: 'workflow-file', who: 'boss', path: '/workflows/{workflow}/file' },
  { name: 'workflow-check', who: 'boss', path: '/workflows/check' },
  { name: 'workflow-check-problems', who: 'boss', path: '/workflows/check?from={workflow}', then: async page => {
    await page.fill('#source', (await page.inputValue('#source')).replace(/^( +)owner: /m, '$1ownr: ').replace(/to: (\w+)/, 'to: nowhere'));
    await submit(page);
  } },
  { name: 'duty', who: 'zhang', path: '/duty' },
  { name: 'roster', who: 'boss', path: '/duty/roster' },
  { name: 'shift', who: 'boss', path: '/organisation/shift/new?person=li' },
  { name: 'shift-errors', who: 'boss', path: '/organisation/shift/new?person=li&day=2001-01-01', then: submit },
  { name: 'departments', who: 'boss', path: '/organisation' },
  { name: 'people', who: 'boss', path: '/organisation/people' },
  { name: 'person', who: 'boss', path: '/organisation/person/li' },
  { name: 'person-errors', who: 'boss', path: '/organisation/person/new', then: async page => { await page.fill('[name=id]', 'Li Na'); await page.fill('[name=email]', 'nowhere'); await submit(page); } },
  { name: 'person-changed-meanwhile', who: 'boss', path: '/organisation/person/vice', then: async page => {
    await page.fill('[name=email]', `vice.${Date.now()}@demo.invalid`);
    await page.evaluate(async () => { const form = document.querySelector('form[data-primary]'); await fetch(form.action, { method: 'POST', body: new URLSearchParams([...new FormData(form), ['do', 'save']]) }); });
    await page.fill('[name=email]', 'vice@demo.invalid');
    await submit(page);
  } },
  { name: 'people-filtered', who: 'boss', path: '/organisation/people?role=shift_lead&search=z' },
  { name: 'rights', who: 'boss', path: '/organisation/rights' },
  { name: 'duty-rules', who: 'boss', path: '/organisation/duty-rules' },
  { name: 'import', who: 'boss', path: '/organisation/import' },
  { name: 'import-faults', who: 'boss', path: '/organisation/import?what=people', then: async page => {
    await page.fill('#text', '\u767b\u5f55\u540d,\u59d3\u540d,\u90ae\u7bb1,\u89d2\u8272\nwen,\u6e29,wen@demo.invalid,agnt\nLi,\u674e,nowhere,agent\n');
    await submit(page);
  } },
  { name: 'roles', who: 'boss', path: '/organisation/roles' },
  { name: 'sign-in-of-somebody', who: 'admin', path: '/organisation/people/li/sign-in' },
  { name: 'one-time-link', who: 'admin', path: '/organisation/people/li/sign-in', then: page => Promise.all([page.waitForNavigation(), page.click('[name=do][value=link]')]) },
  { name: 'calendars', who: 'zhang', path: '/organisation/calendars' },
  { name: 'calendar', who: 'boss', path: '/organisation/calendar/default' },
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
  { name: 'bulk-actions', who: 'zhang', path: '/tickets?view=open&state=review', then: async page => { for (const box of (await page.$$('[data-row] input')).slice(0, 3)) await box.check(); await page.click('[data-bulk] .pri'); await page.waitForSelector('#bulk-dialog[open]'); } },
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
    while (await page.$('.urgent-one')) { await page.click('.urgent-one button'); await page.waitForTimeout(400); }
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
  ...['you', 'calendar', 'departments', 'people', 'workflows'].map(step => ({ name: `setup-${step}`, setup: true, path: `/setup?step=${step}` })),
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
