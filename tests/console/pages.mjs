// Every page: who looks at it, and where it is. `{open}` is the number of a late ticket with departments at work.
// `{workflow}` is the fingerprint of a published version.
// A new page has a line here: axe and the contact sheet go through this list.
export const PAGES = [
  { name: 'sign-in', path: '/sign-in' },
  { name: 'welcome', path: '/welcome' },
  { name: 'follow', path: '/follow' },
  { name: 'desk', who: 'li', path: '/desk' },
  { name: 'board', who: 'zhang', path: '/board' },
  { name: 'work', who: 'fang', path: '/tickets?view=mine' },
  { name: 'tickets', who: 'zhang', path: '/tickets?view=open' },
  { name: 'tickets-searched', who: 'zhang', path: '/tickets?view=open&late=yes&sort=due&q=%E8%B7%AF&cols=number,subject,state,creator,due,opened' },
  { name: 'ticket-print', who: 'zhang', path: '/tickets/{open}/print' },
  { name: 'canned', who: 'boss', path: '/canned' },
  { name: 'ticket', who: 'zhang', path: '/tickets/{open}' },
  { name: 'action', who: 'zhang', path: '/tickets/{open}/actions/note' },
  { name: 'reports', who: 'zhang', path: '/reports' },
  { name: 'report-tickets', who: 'zhang', path: '/reports/tickets?figure=received' },
  { name: 'callbacks', who: 'cai', path: '/callbacks' },
  { name: 'inbox', who: 'zhang', path: '/inbox?all=yes' },
  { name: 'me', who: 'zhang', path: '/me' },
  { name: 'second-factor', who: 'zhang', path: '/me/second' },
  { name: 'workflows', who: 'boss', path: '/workflows' },
  { name: 'workflow', who: 'boss', path: '/workflows/{workflow}' },
  { name: 'workflow-check', who: 'boss', path: '/workflows/check' },
  { name: 'duty', who: 'zhang', path: '/duty' },
  { name: 'roster', who: 'boss', path: '/duty/roster' },
  { name: 'shift', who: 'boss', path: '/organisation/shift/new?person=li' },
  { name: 'departments', who: 'boss', path: '/organisation' },
  { name: 'people', who: 'boss', path: '/organisation/people' },
  { name: 'person', who: 'boss', path: '/organisation/person/li' },
  { name: 'roles', who: 'boss', path: '/organisation/roles' },
  { name: 'sign-in-of-somebody', who: 'admin', path: '/organisation/people/li/sign-in' },
  { name: 'calendars', who: 'zhang', path: '/organisation/calendars' },
  { name: 'calendar', who: 'boss', path: '/organisation/calendar/default' },
];

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
