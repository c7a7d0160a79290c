// A question is answered at once with its source; in a three-way call; or later, by the same agent, within fifteen
// minutes (R8). By keyboard alone.
import { act, newTicket } from '../hands.mjs';
import { assert, equal } from '../stage.mjs';

export const name = 'a consultation: answered, three-way, later';

const QUESTION = { 'values.place': '全市', 'values.summary': '峰谷电价时段', 'values.course': '居民峰谷电价的时段和申请办法', 'values.topic': 'billing' };

export async function tell(stage) {
  const { page } = await stage.at('li');
  const desk = async (values, action) => {
    await page.goto(`${stage.server.base}/desk`);
    return newTicket(page, 1, values, { action });
  };
  const fields = async number => (await stage.ticket(number)).values;

  const answered = await desk({ ...QUESTION, 'values.answer': '谷段为22时至次日8时', 'values.basis_kind': 'policy', 'values.basis': '发改价格〔2021〕1093号' });
  const ticket = await stage.ticket(answered);
  equal(ticket.outcome, 'answered', 'answered and closed');
  assert((await fields(answered)).basis.includes('1093'), 'the source stands in the ticket');
  assert((await page.textContent('#ticket')).includes('发改价格〔2021〕1093号'), 'and on its page');

  const called = await desk({ ...QUESTION, 'values.answer': '可在营业厅办理', 'values.party': '财务部电价专责' }, 'three_way');
  equal([(await stage.ticket(called)).outcome, (await fields(called)).party], ['answered', '财务部电价专责'], 'the three-way call');

  const owed = await desk({ 'values.phone': '13900000003', ...QUESTION }, 'delay');
  equal((await stage.ticket(owed)).state, 'delayed', 'the answer is owed');
  const clocks = (await stage.api('manager', `/tickets/${owed}/clocks`)).items;
  assert(clocks.some(clock => clock.clock === 'reply' && JSON.stringify(clock).includes('running')), 'fifteen minutes run');
  await act(page, 'told', { 'values.answer': '谷段为22时至次日8时', 'values.basis_kind': 'knowledge', 'values.basis': '知识库第318条' });
  equal((await stage.ticket(owed)).outcome, 'answered', 'told within fifteen minutes');
}
