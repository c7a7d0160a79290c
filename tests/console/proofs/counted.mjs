// Every number of reports, departments, roles, workflows, duty, a ticket and the inbox is the number of the API for the
// same person, in both languages. Pages are fetched and read, not drawn: what is looked for are their numbers.
import { openNumber } from '../pages.mjs';
import { assert, equal } from '../stage.mjs';

export const name = 'figures on pages are those of the API';

/** What the columns of a sheet show, in their order. */
const COLUMNS = [
  tally => tally.received, tally => tally.signed.count, tally => tally.completed.count, tally => tally.closed.count,
  tally => tally.solved, tally => tally.satisfied, tally => tally.late, tally => tally.returned, tally => tally.reopened,
  tally => tally.waiting, tally => tally.overdue,
];
/** What is a share of what, by the place of the column. */
const SHARES = {
  1: tally => [tally.signed.in_time, tally.signed.judged], 2: tally => [tally.completed.in_time, tally.completed.judged],
  3: tally => [tally.closed.in_time, tally.closed.judged], 4: tally => [tally.solved, tally.asked_solved],
  5: tally => [tally.satisfied, tally.satisfied + tally.dissatisfied],
};
/** Which columns stand above the table. */
const TILES = [0, 1, 2, 4, 5, 10];
/** Figures that are drawn, by the name in the address, and their places. */
const CHARTS = { received: 0, signed: 1, completed: 2, closed: 3, late: 6, returned: 7 };
const DAY = 86400e3;

const numbers = tally => COLUMNS.map(column => column(tally)).filter(number => number !== null && number !== undefined);
const shares = tally => Object.values(SHARES).map(share => share(tally)).filter(([, whole]) => whole > 0).map(([part, whole]) => `${Math.floor(part * 100 / whole)}%`);
/** What was counted, without what stands now. */
const timeless = tally => COLUMNS.slice(0, 9).map(column => column(tally)).concat(Object.values(SHARES).flatMap(share => share(tally)));
/** In tenths, cut off: not quite all is never all. */
function tile(place, tally) {
  if (!SHARES[place]) return String(COLUMNS[place](tally));
  const [part, whole] = SHARES[place](tally);
  return whole === 0 ? '—' : `${Math.floor(part * 1000 / whole) / 10}%`;
}

/** What stands at selectors of a page: texts, or an attribute (`selector@name`); of rows, row by row. */
const read = (page, path, wanted) => page.evaluate(async ([to, all]) => {
  const answer = await fetch(to, { headers: { Accept: 'text/html' } });
  const doc = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const at = (root, selector) => { const [where, attribute] = selector.split('@'); return [...root.querySelectorAll(where)].map(one => (attribute ? one.getAttribute(attribute) : one.textContent.trim())); };
  return { status: answer.status, ...Object.fromEntries(Object.entries(all).map(([key, selector]) => [key, Array.isArray(selector) ? [...doc.querySelectorAll(selector[0])].map(row => at(row, selector[1])) : at(doc, selector)])) };
}, [path, wanted]);

const leading = text => Number(/^\d+/.exec(text)?.[0] ?? NaN);
const withinZone = time => new Date(time + 8 * 3600e3).toISOString().slice(0, 10);

async function sheet(stage, page, role, query) {
  const what = `${role}, the sheet ?${query}`;
  const api = await stage.api(role, `/reports/sheet?${query}`);
  const shown = await read(page, `/reports?${query}`, { rows: ['.sheet tbody tr', 'td'], total: '.sheet tfoot td', links: '.sheet tfoot td a@href', rowLinks: ['.sheet tbody tr', 'a@href'], small: '.sheet tfoot td small', rowShares: ['.sheet tbody tr', 'small'], tiles: '.fig b', worst: '.hot .num' });
  equal(shown.rows.map(row => row.map(leading)), api.rows.map(numbers), `${what}, its rows`);
  equal(shown.rowShares, api.rows.map(shares), `${what}, the shares of its rows`);
  if (api.rows.length) equal(shown.total.map(leading), numbers(api.total), `${what}, its total`);
  if (api.rows.length) equal(shown.small, Object.keys(SHARES).map(place => tile(place, api.total)).filter(share => share !== '—'), `${what}, the shares of its total`);
  equal(shown.tiles, TILES.filter(place => COLUMNS[place](api.total) !== null).map(place => tile(place, api.total)), `${what}, its tiles`);
  const over = api.rows.map(row => row.overdue ?? row.late).filter(number => number > 0).sort((one, other) => other - one).slice(0, 5);
  equal(shown.worst.map(Number), over, `${what}, where most is overdue`);
  return { api, links: shown.links, rowLinks: shown.rowLinks };
}

/** The list that a number opens has what the API lists; for who sees everything, as many as the number says. */
async function behind(stage, page, role, link, sees, row) {
  const [path, query] = link.split('?');
  if (path !== '/reports/tickets') return;
  const asked = new URLSearchParams(query);
  for (const word of ['by', 'chart', 'row']) asked.delete(word);
  if (row) for (const [name, value] of [['department', row], ['own', 'true']]) asked.set(name, value);
  const all = await stage.all(role, `/reports/tickets?${asked}`.replace('limit=200', 'limit=100'));
  const listed = [];
  for (let next = link; next;) {
    const found = await read(page, next, { rows: '[data-row] .c-no', next: 'a[rel=next]@href' });
    listed.push(...found.rows);
    [next] = found.next;
  }
  equal(listed, all.map(one => one.ticket.number), `${role}, the list behind ${link}`);
  if (sees !== undefined) equal(listed.length, sees, `${role}, the length of the list behind ${link}`);
}

export async function tell(stage) {
  const today = withinZone(Date.now()), month = withinZone(Date.now() - 29 * DAY), yesterday = withinZone(Date.now() - DAY);
  for (const [person, role] of Object.entries({ boss: 'manager', zhang: 'shift_lead', fang: 'liaison' })) {
    const { page } = await stage.at(person);
    await page.goto(`${stage.server.base}/inbox`);

    const { api, links, rowLinks } = await sheet(stage, page, role, `from=${month}&to=${today}&by=department`);
    await sheet(stage, page, role, `from=${month}&to=${today}&by=workflow`);
    await sheet(stage, page, role, `from=${yesterday}&to=${yesterday}&by=workflow`);
    if (role === 'manager') {
      await sheet(stage, page, role, `from=${month}&to=${today}&by=workflow&department=${api.rows[0].id}`);
      const counted = numbers(api.total).filter(number => number > 0);
      equal(links.length, counted.length, 'every number opens its list');
      for (const [place, link] of links.entries()) await behind(stage, page, role, link, counted[place]);
      // A row's own, without those of the departments below it, which have rows of their own.
      for (const [place, row] of api.rows.entries()) {
        const [link] = rowLinks[place] ?? [];
        if (link?.startsWith('/reports/')) await behind(stage, page, role, link, numbers(row).find(number => number > 0), row.id);
      }
    } else if (links[0]) await behind(stage, page, role, links[0]);

    // The course: each figure's days are those of the API, a day is its own sheet, and a tile stands beside the time before.
    const course = await stage.api(role, `/reports/course?from=${month}&to=${today}`);
    for (const [key, place] of Object.entries(CHARTS)) {
      const chart = await read(page, `/reports?from=${month}&to=${today}&chart=${key}`, { days: '.days tbody th', values: '.days td.r', points: '.chart.wide [data-tip]@data-tip' });
      // The table begins with the last day.
      const points = course.points.toReversed();
      equal(chart.days, points.map(point => point.from), `${role}, days of the chart of ${key}`);
      equal(chart.values, points.map(point => tile(place, point)), `${role}, the course of ${key}`);
      // Where there is nothing but zeroes nothing is drawn, nor is what lies before the first day of which anything is known.
      const opened = course.points.findIndex(point => timeless(point).some(number => number > 0));
      const told = chart.values.slice(0, opened < 0 ? 0 : points.length - opened).filter(value => value !== '—');
      equal(chart.points.length, told.some(value => parseFloat(value) > 0) ? told.length : 0, `${role}, points of the chart of ${key}`);
    }
    equal([course.points.length, course.points.map(point => point.running).indexOf(true)], [30, 29], `${role}, days of the course`);
    for (const point of [0, 1, 29].map(place => course.points[place])) {
      const day = await stage.api(role, `/reports/sheet?from=${point.from}&to=${point.to}`);
      equal(timeless(point), timeless(day.total), `${role}, the figures of ${point.from}`);
    }
    equal(course.points.reduce((sum, one) => sum + one.received, 0), api.total.received, `${role}, the days together`);
    const one = await stage.api(role, `/reports/sheet?from=${yesterday}&to=${yesterday}`), { before } = await stage.api(role, `/reports/course?from=${yesterday}&to=${yesterday}`);
    const { deltas } = await read(page, `/reports?from=${yesterday}&to=${yesterday}`, { deltas: ['.fig:first-child', '.delta'] });
    const change = one.total.received - before.received;
    if (one.total.received || before.received) assert(deltas[0][0].split(/\s/).includes(`${change > 0 ? '+' : change < 0 ? '−' : '±'}${Math.abs(change)}`), `${role}, beside the day before: ${deltas[0][0]}, not ${change}`);

    // Departments with what is open and overdue, roles with their people, versions with their tickets.
    const standing = new Map((await stage.api(role, '/reports/sheet?by=department')).rows.map(row => [row.id, row]));
    const places = await read(page, '/organisation', { ids: '[data-department]@data-department', numbers: ['[data-department]', 'td.num'] });
    equal(places.numbers.map(row => row.map(Number)), places.ids.map(id => [standing.get(id)?.waiting ?? 0, standing.get(id)?.overdue ?? 0]), `${role}, open and overdue by department`);
    const now = Date.now(), held = new Map();
    for (const { entry } of await stage.entries('/memberships')) {
      if ((entry.from && Date.parse(entry.from) > now) || (entry.to && Date.parse(entry.to) <= now)) continue;
      held.set(entry.role, (held.get(entry.role) ?? new Set()).add(entry.person));
    }
    const roles = await read(page, '/organisation/roles', { ids: '[data-role]@data-role', people: '[data-role] td.num' });
    equal(roles.people.map(Number), roles.ids.map(id => held.get(id)?.size ?? 0), `${role}, people by role`);
    const versions = new Map((await stage.api(role, '/workflows?limit=200')).items.map(version => [version.hash, version.open_tickets]));
    const kinds = await read(page, '/workflows', { links: '.kinds [data-row] a[href^="/workflows/"]@href', open: '.kinds [data-row] td.r' });
    equal(kinds.open.map(Number), kinds.links.map(link => versions.get(link.split('/').pop())), `${role}, open tickets by version`);

    // Gaps of the roster, and who is there.
    const gaps = (await stage.api(role, '/duty/gaps?days=14&limit=200')).items.length;
    const duty = await read(page, '/duty', { found: '.gaps > li@data-found', count: '[data-gaps]@data-gaps', told: '[data-told]@data-told', places: '[data-place]' });
    const joined = Number(duty.told[0] ?? 0);
    equal([duty.found.length, Number(duty.count[0] ?? 0)], [Math.min(joined, 100), gaps], `${role}, gaps`);
    if (joined <= 100) equal(duty.found.reduce((sum, one) => sum + Number(one), 0), gaps, `${role}, gaps one by one`);
    equal(duty.places.length, (await stage.api(role, '/duty/now?limit=200')).items.length, `${role}, places on duty`);

    // A ticket: its clocks with their due times, its tasks.
    const mine = role === 'liaison' ? (await stage.api(role, '/tickets?open=true&limit=1')).items[0]?.number : await openNumber(stage.server);
    if (mine) {
      const ticket = await stage.api(role, `/tickets/${mine}`), { items: clocks } = await stage.api(role, `/tickets/${mine}/clocks`);
      const shown = await read(page, `/tickets/${mine}`, { clocks: '.clocks > li', due: '.clocks > li summary time@datetime', tasks: '.task@id' });
      equal(shown.clocks.length, clocks.length, `${role}, clocks of ${mine}`);
      const times = all => all.map(time => Date.parse(time)).sort((a, b) => a - b);
      equal(times(shown.due), times(clocks.map(clock => clock.due_at).filter(Boolean)), `${role}, due times of ${mine}`);
      equal(shown.tasks, ticket.tasks.map(task => `task-${task.id}`), `${role}, tasks of ${mine}`);
    }

    // The inbox: what is unread in the list, in words, and beside the navigation.
    const { unread } = await stage.api(role, '/inbox/unread');
    const inbox = await read(page, '/inbox?all=yes', { all: '[data-row]', unread: '[data-row].unread', said: '.ph p' });
    const told = (await stage.api(role, '/inbox?limit=50')).items;
    equal([inbox.all.length, inbox.unread.length], [told.length, told.filter(entry => !entry.read_at).length], `${role}, the inbox`);
    equal(Number(/\d+/.exec(inbox.said[0])?.[0] ?? 0), unread, `${role}, unread`);
  }
}
