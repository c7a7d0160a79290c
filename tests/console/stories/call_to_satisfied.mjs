// The first story: a call comes in, the ticket is written, dispatched, signed for, return is asked and granted, it is
// dispatched again to two departments, answered together, checked, called back; the caller is dissatisfied, there is a
// second round, and then the caller is satisfied. By keyboard alone: nothing is clicked, and nobody loads a page anew.
import { axe } from '../browser.mjs';
import { act, goBy, goTo, lookAgain, newTicket } from '../hands.mjs';
import { assert, equal } from '../stage.mjs';

export const name = 'a call, a return, two departments, a second round, satisfied';

export const COMPLAINT = {
  'values.caller': '王女士', 'values.phone': '13900000001', 'values.place': '和平路12号', 'values.summary': '电费多计',
  'values.happened_at': '2026-01-05 09:30', 'values.course': '来电人称上月电费是平时的三倍，已两次致电未果。', 'values.demands': '重新抄表',
  'values.category': 'billing', 'values.region': 'north',
};
export const REPLY = {
  'values.finding': '表计正常，抄表有误', 'values.claim_true': 'proven', 'values.beyond_duty': 'within', 'values.contacted': 'reached',
  'values.contacted_at': '2026-01-06 10:00', 'values.solved': 'yes', 'values.remedy': '更正并退费', 'values.caller_agrees': 'agrees',
  'values.answers': '已重新抄表', 'values.account': '已到现场核对', 'values.public_reply': '已更正并退费',
};

export async function tell(stage) {
  const { server } = stage;
  // Somebody of the second department: the reviewer lends a hand as its liaison.
  const members = await stage.entries('/memberships');
  if (!members.some(one => one.entry.person === 'rui' && one.entry.department === 'legal')) {
    await stage.api('administrator', '/memberships', { method: 'POST', body: { person: 'rui', role: 'liaison', department: 'legal' } });
  }
  const state = async wanted => { const found = (await stage.ticket(number)).state; equal(found, wanted, `the state of ${number}`); };

  const agent = await stage.at('li');
  await agent.page.goto(server.base);
  assert(agent.page.url().endsWith('/desk'), `an agent begins at the desk, not at ${agent.page.url()}`);
  const number = await newTicket(agent.page, 3, COMPLAINT, {
    async before() {
      const { page } = agent;
      assert((await page.textContent('[data-title]')).includes('和平路12号：电费多计'), 'the title grows with place and summary');
      const meter = await page.textContent('[data-meter]');
      assert(/^(\d+)\/\1$/.test(meter), `every required field is counted: ${meter}`);
      await page.waitForFunction(() => document.querySelector('[data-draft-state]')?.dataset.draftState === 'ok' && /\d/.test(document.querySelector('[data-draft-state] span').textContent), null, { timeout: 15000 });
      assert((await page.textContent('#desk-aside')).includes(stage.lang === 'en' ? 'Finance' : '财务部'), 'the routing suggests');
    },
  });
  await state('review');
  const found = await axe(agent.page);
  assert(found.length === 0, `axe on the new ticket: ${found.join('; ')}`);

  const lead = await stage.at('zhang');
  await lead.page.goto(server.base);
  assert(lead.page.url().endsWith('/board'), 'a shift lead begins at the board');
  await lead.page.waitForSelector('#board [data-row]');
  await lead.page.waitForSelector('.live[data-live=on]', { timeout: 15000 });
  await lead.page.keyboard.press('j');
  assert(await lead.page.evaluate(() => !!document.activeElement.closest('[data-row]')), 'j goes to the first card');
  await goTo(lead.page, number);
  await act(lead.page, 'dispatch', {}, {
    async look() {
      const inDialog = await axe(lead.page);
      assert(inDialog.length === 0, `axe on the form of an action: ${inDialog.join('; ')}`);
    },
  });
  await lead.page.waitForSelector('.task');
  await state('handling');

  // The agent's page says that something happened, and does not move.
  await agent.page.waitForSelector('#news-at .banner', { timeout: 15000 });
  equal(await agent.page.$$eval('.task', all => all.length), 0, 'the page does not move under its reader');
  await agent.close();

  const liaison = await stage.at('fang');
  await liaison.page.goto(server.base);
  await goTo(liaison.page, number);
  await act(liaison.page, 'sign');
  await liaison.page.waitForSelector('.task .badge.b-accent');
  await act(liaison.page, 'ask_return', { reason: '须法规办先出具意见', basis: '职责分工规定第三条' });
  equal((await stage.ticket(number)).tasks[0].phase, 'return_asked', 'the phase of the task');

  await lookAgain(lead.page);
  await act(lead.page, 'grant_return');
  await state('review');
  equal((await stage.ticket(number)).transfers, 1, 'transfers are counted');

  await act(lead.page, 'dispatch_elsewhere', { 'values.lead': 'finance', 'values.assist': 'legal', 'values.override_reason': '由财务部主办，法规办协办' });
  await state('handling');
  const tasks = (await stage.ticket(number)).tasks.filter(task => task.phase === 'open').map(task => task.department).sort();
  equal(tasks, ['finance', 'legal'], 'both departments have it');

  const second = await stage.at('rui');
  await second.page.goto(server.base);
  const round = async reply => {
    await lookAgain(liaison.page);
    await act(liaison.page, 'sign');
    await goTo(second.page, number);
    await act(second.page, 'sign');
    await act(second.page, 'reply', { 'values.assist_report': '计费依据无误' });
    equal((await stage.ticket(number)).state, 'handling', 'the lead department has not answered yet');
    await lookAgain(liaison.page);
    await act(liaison.page, 'reply', reply);
    await state('approval');
    await goTo(head.page, number);
    await act(head.page, 'approve');
    await state('form_check');
    await goTo(lead.page, number);
    await act(lead.page, 'pass_form');
    await state('callback');
    await goBy(back.page, 'gc', '**/callbacks');
    assert((await back.page.textContent('#callbacks')).includes(number), 'it stands in the list of callbacks');
    await goTo(back.page, number);
  };
  const head = await stage.at('head_fin');
  await head.page.goto(server.base);
  const back = await stage.at('cai');
  await back.page.goto(server.base);
  await round(REPLY);
  const look = async () => {
    const about = await back.page.textContent('dialog#action .call');
    for (const known of ['王女士', '13900000001', REPLY['values.public_reply']]) assert(about.includes(known), `${known} is at hand while calling: ${about}`);
  };
  await act(back.page, 'answered', { 'values.says_solved': 'unsolved', 'values.satisfaction': 'bad', 'values.why_not': '退费没有到账' }, { look });
  await state('second_round');

  await goTo(lead.page, number);
  await act(lead.page, 'dispatch_again', { 'values.remark': '请核实退费' });
  await state('handling');
  await round({ ...REPLY, 'values.public_reply': '退费已到账' });
  await act(back.page, 'answered', { 'values.says_solved': 'solved', 'values.satisfaction': 'good' });
  const closed = await stage.ticket(number);
  equal([closed.outcome, closed.transfers], ['resolved', 1], 'it is closed');
  const { items } = await stage.api('manager', `/tickets/${number}/events?limit=200`);
  assert(items.some(event => JSON.stringify(event).includes('return_granted')), 'the history tells of the return');
}
