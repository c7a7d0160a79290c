// Every page: who looks at it, and where it is. `{open}` is the number of a late ticket with departments at work.
// `{workflow}` is the fingerprint of a published version.
// `then` acts on the page before it is looked at: a form with errors, a filter that is open. `setup`: on an empty database.
// A new page has a line here: axe and the contact sheet go through this list.
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
  ...['you', 'calendar', 'departments', 'people', 'workflows'].map(step => ({ name: `setup-${step}`, setup: true, path: `/setup?step=${step}` })),
];

/** The address of a page, with what it stands for. */
export function pathOf(page, { number, hash }) {
  const ago = new Date(Date.now() - 29 * 86400e3 + 8 * 3600e3).toISOString().slice(0, 10);
  return page.path.replace('{open}', number).replace('{workflow}', hash).replace('{ago}', ago);
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
