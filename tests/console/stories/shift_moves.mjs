// The roster is changed while a ticket rings: the next rung goes to who has the shift now (L2, R26, R27). In Chinese the
// manager does it, in English the shift lead, who may do so for the own people.
import fs from 'node:fs';
import { tabToThing, write } from '../hands.mjs';
import { clear } from '../roster.mjs';
import { assert, until } from '../stage.mjs';

export const name = 'a shift moves, and the next rung goes to the new person';

const BELL = fs.readFileSync(new URL('bell.yaml', import.meta.url), 'utf8');
/** As people write it in the centre's zone. */
const local = at => new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai', dateStyle: 'short', timeStyle: 'short' }).format(at);

export async function tell(stage) {
  const { server } = stage;
  const workflows = await stage.api('manager', '/workflows?limit=200');
  if (!workflows.items.some(one => one.workflow === 'bell')) {
    const answer = await fetch(`${server.base}/api/v1/workflows`, { method: 'POST', headers: { Authorization: `Bearer ${server.tokens.manager}`, 'Content-Type': 'application/yaml' }, body: BELL });
    assert(answer.ok, `publishing: ${answer.status} ${(await answer.text()).slice(0, 1500)}`);
  }
  const restore = await clear(stage, 'shift_lead', ['zhang']);
  const opened = await stage.api('agent', '/tickets', { method: 'POST', body: { workflow: 'bell', values: { place: '门厅' } } });
  const { number } = opened.ticket ?? opened;
  const rungTo = async () => (await stage.api('manager', `/tickets/${number}/events?limit=200`)).items.filter(event => event.type === 'rung').map(event => JSON.stringify(event));
  let running;
  try {
    await until(async () => (await rungTo()).some(told => told.includes('"zhang"')), 'the first rung goes to zhang');

    const { page } = await stage.at(stage.lang === 'en' ? 'zhang' : 'boss');
    await page.goto(`${server.base}/duty/roster?role=shift_lead`);
    const entries = await stage.entries('/roster');
    const now = Date.now();
    running = entries.find(({ entry }) => entry.person === 'zhang' && Date.parse(entry.from) <= now && now < Date.parse(entry.to));
    await tabToThing(page, `/organisation/shift/${running.key}`);
    await Promise.all([page.waitForURL('**/organisation/shift/*'), page.keyboard.press('Enter')]);
    assert(/^\d{4}-\d\d-\d\d \d\d:\d\d$/.test(await page.inputValue('#e-to')), 'times are written as everywhere, not as the browser likes');
    await write(page, 'to', local(now));
    await Promise.all([page.waitForURL('**/duty/roster*'), page.keyboard.press('Control+Enter')]);
    await page.goto(`${server.base}/duty/roster?role=shift_lead`);
    await tabToThing(page, '/organisation/shift/new?person=zhao');
    await Promise.all([page.waitForURL('**/organisation/shift/new*'), page.keyboard.press('Enter')]);
    await write(page, 'from', local(Date.now()));
    await write(page, 'to', local(Date.now() + 3 * 3600e3));
    await Promise.all([page.waitForURL('**/duty/roster*'), page.keyboard.press('Control+Enter')]);

    const there = await stage.api('manager', '/duty/now?role=shift_lead');
    assert(there.items.map(one => one.person).join() === 'zhao', `on duty now: ${JSON.stringify(there.items.map(one => one.person))}`);
    const before = (await rungTo()).length;
    const next = await until(async () => (await rungTo())[before], 'the next rung');
    assert(next.includes('"zhao"') && !next.includes('"zhang"'), `it goes to who is there now: ${next}`);
  } finally {
    await stage.act('agent', number, 'finish');
    await restore();
    const mine = (await stage.entries('/roster')).filter(({ entry }) => entry.person === 'zhao' && entry.role === 'shift_lead' && Date.parse(entry.from) <= Date.now() && Date.parse(entry.to) > Date.now() && Date.parse(entry.to) < Date.now() + 3.1 * 3600e3);
    for (const { key } of mine) await stage.api('administrator', `/roster/${key}`, { method: 'DELETE' });
    if (running) await stage.api('administrator', `/roster/${running.key}`, { method: 'PUT', body: running.entry });
  }
}
