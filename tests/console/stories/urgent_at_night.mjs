// An urgent complaint comes in while no shift lead is on duty. The page tells the agent who gets it before it is sent;
// the head of the responsible department hears it at once, on whatever page they are, until they acknowledge (R9, R27).
import { axe } from '../browser.mjs';
import { newTicket, tabTo, write } from '../hands.mjs';
import { clear } from '../roster.mjs';
import { assert, equal, until } from '../stage.mjs';

export const name = 'urgent at night with nobody on duty';

const COMPLAINT = {
  'values.caller': '赵先生', 'values.phone': '13900000002', 'values.place': '县医院', 'values.summary': '误停电费账户',
  'values.happened_at': '2026-01-05 23:30', 'values.course': '来电人称医院账户被误停，急诊即将断电。', 'values.demands': '立即恢复',
  'values.category': 'billing', 'values.region': 'north',
};
const NOBODY = { 'zh-CN': '值班长无人值班', en: 'nobody is on duty as Shift lead' };

export async function tell(stage) {
  const { server, lang } = stage;
  const restore = await clear(stage, 'shift_lead');
  try {
    const head = await stage.at('head_fin');
    await head.page.goto(`${server.base}/tickets?view=mine`);
    await head.page.waitForSelector('.live[data-live=on]', { timeout: 15000 });
    // Browsers let a page be heard once somebody has touched it.
    await head.page.keyboard.press('j');
    const board = await stage.at('boss');
    await board.page.goto(`${server.base}/board`);
    await board.page.waitForSelector('.strip .gap');

    const agent = await stage.at('li');
    await agent.page.goto(`${server.base}/desk`);
    const number = await newTicket(agent.page, 3, COMPLAINT, {
      async before() {
        const { page } = agent;
        await tabTo(page, 'mark');
        await page.keyboard.press('Space');
        // Without a reason it comes back, and nothing is opened.
        await page.keyboard.press('Control+Enter');
        await page.waitForSelector('#f-mark_why[aria-invalid=true]');
        await write(page, 'mark_why', '急诊即将断电');
        const told = await until(() => page.$eval('[data-reached]', e => (e.textContent.includes('贺金') ? e.textContent : '')).catch(() => ''), 'the page says who gets it');
        assert(told.includes(NOBODY[lang]), `and where nobody is: ${told}`);
      },
    });
    const ticket = await stage.ticket(number);
    equal([ticket.state, ticket.urgent ?? ticket.fields?.urgent], ['review', true], 'it is submitted and urgent');
    assert((await agent.page.textContent('.tl')).includes('贺金'), 'the history says who was told');
    equal(await agent.page.$$eval('.urgent-one', all => all.length), 0, 'whoever marked it is not told');

    await head.page.waitForSelector(`#urgent-${number}`, { timeout: 15000 });
    await until(() => head.page.evaluate(() => globalThis.tonesPlayed > 0), 'the sound');
    const found = await axe(head.page);
    assert(found.length === 0, `axe with an urgent ticket: ${found.join('; ')}`);
    const inbox = await stage.api('head', '/inbox?unread=true');
    assert(inbox.items.some(one => one.ticket === number && one.content.urgent && one.content.acknowledge), 'it is in the inbox');
    // It goes along to any page, and is not heard twice.
    await head.page.goto(`${server.base}/me`);
    await head.page.waitForSelector(`#urgent-${number}`);
    equal(await head.page.evaluate(() => globalThis.tonesPlayed), 0, 'it was heard already');
    await head.page.keyboard.press('!');
    await head.page.waitForSelector(`#urgent-${number}`, { state: 'detached' });
    const clocks = await stage.api('manager', `/tickets/${number}/clocks`);
    const urgency = clocks.items.find(clock => clock.clock === 'urgency');
    assert(urgency && !JSON.stringify(urgency).includes('"running"'), `nobody waits any more: ${JSON.stringify(urgency)}`);

    // Who wants no sound is not rung, and sees it all the same.
    await head.page.goto(`${server.base}/me`);
    await head.page.focus('[data-sound-off]');
    await head.page.keyboard.press('Space');
    const second = await stage.api('agent', '/tickets', { method: 'POST', body: { workflow: 'complaint', values: { place: '县医院', summary: '再次', course: '又一次误停电费账户', demands: ['恢复'], category: 'billing', region: 'north', happened_at: '2026-01-06T08:00:00+08:00' } } });
    const other = (second.ticket ?? second).number;
    await stage.act('agent', other, 'submit');
    await stage.act('agent', other, 'mark_urgent', { values: { urgent_why: '急诊' } });
    await head.page.waitForSelector(`#urgent-${other}`, { timeout: 15000 });
    equal(await head.page.evaluate(() => globalThis.tonesPlayed), 0, 'no sound was wanted');
    await stage.act('head', other, 'acknowledge');
    await head.page.waitForSelector(`#urgent-${other}`, { state: 'detached', timeout: 15000 });
  } finally {
    await restore();
  }
}
