// Every page: who looks at it, and where it is. `{open}` is the number of a late ticket with departments at work.
// A new page has a line here: axe and the contact sheet go through this list.
export const PAGES = [
  { name: 'sign-in', path: '/sign-in' },
  { name: 'welcome', path: '/welcome' },
  { name: 'desk', who: 'li', path: '/desk' },
  { name: 'board', who: 'zhang', path: '/board' },
  { name: 'work', who: 'fang', path: '/tickets?view=mine' },
  { name: 'tickets', who: 'zhang', path: '/tickets?view=open' },
  { name: 'ticket', who: 'zhang', path: '/tickets/{open}' },
  { name: 'action', who: 'zhang', path: '/tickets/{open}/actions/note' },
  { name: 'reports', who: 'zhang', path: '/reports' },
  { name: 'report-tickets', who: 'zhang', path: '/reports/tickets?figure=received' },
  { name: 'callbacks', who: 'cai', path: '/callbacks' },
  { name: 'inbox', who: 'zhang', path: '/inbox?all=yes' },
  { name: 'me', who: 'zhang', path: '/me' },
];

/** A late ticket in the hands of a department. */
export async function openNumber(server) {
  const answer = await fetch(`${server.base}/api/v1/tickets?open=true&state=handling&limit=1`, { headers: { Authorization: `Bearer ${server.tokens.shift_lead}` } });
  return (await answer.json()).items[0].number;
}
