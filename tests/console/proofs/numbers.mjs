// Every number on a page is the number of the API for the same person: beside the navigation, on the board, in lists,
// callbacks, inbox, figures and gaps of the roster.
import { assert, equal } from '../stage.mjs';

export const name = 'numbers on pages are those of the API';
export const langs = ['zh-CN'];

const ROLES = { li: 'agent', fang: 'liaison', zhang: 'shift_lead', boss: 'manager' };
const VIEWS = { mine: 'mine=true&open=true', open: 'open=true', late: 'open=true&late=true', urgent: 'open=true&urgent=true', closed: 'open=false', all: '' };
const numberOf = text => Number(/\d+/.exec(text)?.[0] ?? 0);

export async function tell(stage) {
  const { server } = stage;
  for (const [person, role] of Object.entries(ROLES)) {
    const { page } = await stage.at(person);
    const go = path => page.goto(server.base + path);
    const texts = selector => page.$$eval(selector, all => all.map(one => one.textContent.trim()));
    const what = of => `${person}, ${of}`;

    // Beside the navigation.
    await go('/tickets?view=mine');
    await page.waitForSelector('#now [data-newest]', { state: 'attached' });
    const badge = async key => (await page.textContent(`.nav [data-count=${key}]`)).trim();
    const waiting = (await stage.all(role, '/tickets?mine=true&open=true')).length;
    const unread = (await stage.api(role, '/inbox/unread')).unread;
    equal(await badge('work'), waiting === 0 ? '' : waiting > 99 ? '99+' : String(waiting), what('waiting for me'));
    equal(await badge('inbox'), unread === 0 ? '' : String(unread), what('unread'));
    await go('/inbox');
    equal(numberOf(await page.textContent('.ph p')), unread, what('unread in the inbox'));

    // Lists: the same tickets in the same order.
    for (const [view, query] of Object.entries(VIEWS)) {
      await go(`/tickets?view=${view}&sort=number`);
      const { items } = await stage.api(role, `/tickets?${query}&sort=number&limit=50`);
      equal(await texts('#rows [data-row] .c-no'), items.map(one => one.number), what(`the list ${view}`));
    }

    // What is due for a callback, by what the files say.
    if (['shift_lead', 'manager'].includes(role)) {
      await go('/callbacks');
      const open = await stage.all(role, '/tickets?open=true');
      const shown = await texts('#callbacks [data-row] .c-no');
      const kinds = (await stage.api(role, '/workflows?limit=200')).items.filter(one => one.active ?? true);
      let due = 0;
      for (const kind of kinds) {
        const source = await stage.api(role, `/workflows/${kind.hash}`);
        const rules = [...source.matchAll(/^ {2}(\w+): +\{role: callback/gm)].map(match => match[1]);
        const states = [...source.matchAll(/^ {2}(\w+):[^\n]*\n(?: {4}[^\n]*\n| *#[^\n]*\n)*? {4}owner: (\w+)/gm)].filter(match => rules.includes(match[2])).map(match => match[1]);
        due += open.filter(one => one.workflow === kind.workflow && states.includes(one.state)).length;
      }
      equal(shown.length, due, what('callbacks'));

      // The board: tiles, columns, who is on duty, gaps.
      await go('/board');
      await page.waitForSelector('#board [data-tile]');
      const soon = Date.now() + 15 * 60e3;
      const late = open.filter(one => one.late_since);
      const tiles = (await texts('#board [data-tile] b')).map(Number);
      const [, about] = tiles;
      const dueSoon = at => open.filter(one => !one.late_since && one.due_at && Date.parse(one.due_at) <= at).length;
      equal([tiles[0], tiles[2], tiles[3]], [late.length, open.filter(one => one.urgent).length, open.length], what('the tiles of the board'));
      assert(about >= dueSoon(soon - 20e3) && about <= dueSoon(soon + 20e3), what(`due soon: ${about}, not ${dueSoon(soon)}`));
      const today = (await stage.api(role, '/reports/sheet')).total;
      const done = today.completed;
      const [received, inTime] = await texts('#board [data-today] b');
      equal(Number(received), today.received, what('received today, on the board'));
      equal(inTime, done.judged ? `${Math.floor(done.in_time * 100 / done.judged)}%` : '—', what('in time today, on the board'));
      const columns = (await texts('#board .col > header .n')).map(Number);
      equal(columns.reduce((sum, one) => sum + one, 0), open.length, what('the columns together'));
      const lates = (await texts('#board .col > header .over')).map(numberOf);
      equal(lates.reduce((sum, one) => sum + one, 0), late.length, what('the late ones of the columns'));
      const there = (await stage.api(role, '/duty/now?limit=200')).items.filter(one => !one.absent || one.substitute);
      const strip = await page.$$eval('#board [data-on-duty]', all => all.map(one => Number(one.dataset.onDuty)));
      equal(strip.reduce((sum, one) => sum + one, 0), there.length, what('on duty, on the board'));
      const gaps = (await stage.api(role, '/duty/gaps?days=14&limit=200')).items.length;
      equal(await page.$eval('#board [data-gaps]', one => Number(one.dataset.gaps)), gaps, what('gaps, on the board'));
      const told = await page.$$eval('#board [data-told]', all => Number(all[0]?.dataset.told ?? 0));
      await go('/duty');
      equal(await page.$$eval('[data-told]', all => Number(all[0]?.dataset.told ?? 0)), told, what('gaps that are told, on the board and on the page of duty'));
      equal(await page.$$eval('[data-gaps]', all => Number(all[0]?.dataset.gaps ?? 0)), gaps, what('gaps, on the page of duty'));
      equal((await texts('[data-place]')).length, (await stage.api(role, '/duty/now?limit=200')).items.length, what('places on duty'));
    }

    // The daily sheet.
    if (role !== 'agent') {
      await go('/reports?by=workflow');
      const sheet = await stage.api(role, '/reports/sheet?by=workflow');
      const cells = await page.$$eval('.sheet tbody tr', all => all.map(row => Number(row.querySelector('td').textContent.trim().split(/\s/)[0])));
      equal(cells.sort(), sheet.rows.map(one => one.received).sort(), what('received, by kind'));
      if (sheet.rows.length) equal(await page.$eval('.sheet tfoot td', one => Number(one.textContent.trim().split(/\s/)[0])), sheet.total.received, what('received in all'));
    }
  }
}
