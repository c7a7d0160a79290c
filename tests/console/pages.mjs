// Every page: who looks at it, and where it is. `{open}` is the number of an open ticket that is late.
// A new page has a line here: axe and the contact sheet go through this list.
export const PAGES = [
  { name: 'sign-in', path: '/sign-in' },
  { name: 'welcome', path: '/welcome' },
  { name: 'work', who: 'fang', path: '/tickets?view=mine' },
  { name: 'tickets', who: 'zhang', path: '/tickets?view=open' },
  { name: 'ticket', who: 'zhang', path: '/tickets/{open}' },
  { name: 'action', who: 'zhang', path: '/tickets/{open}/actions/note' },
  { name: 'reports', who: 'zhang', path: '/reports' },
  { name: 'report-tickets', who: 'zhang', path: '/reports/tickets?figure=received' },
  { name: 'me', who: 'zhang', path: '/me' },
];
