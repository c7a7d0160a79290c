// What must have happened before some pages can be looked at: tickets far enough in their lives, a second factor.
// Each is made once for a server.
import { createHmac } from 'node:crypto';
import { open, signIn } from './browser.mjs';
import { Stage } from './stage.mjs';

const COMPLAINT = { caller: '王女士', phone: '13900000001', place: '和平路12号', summary: '电费多计', course: '来电人称上月电费是平时的三倍，已两次致电未果。', demands: ['重新抄表', '退还多计电费'], category: 'billing', region: 'north', happened_at: '2026-01-05T09:30:00+08:00' };
const REPLY = { finding: '表计正常，抄表有误', claim_true: 'proven', beyond_duty: 'within', contacted: 'reached', contacted_at: '2026-01-06T10:00:00+08:00', solved: true, remedy: '更正并退费', caller_agrees: 'agrees', answers: ['已重新抄表', '多计部分下月退还'], account: '已到现场核对', public_reply: '已更正并退费，下月账单中可见。' };

const made = new WeakMap();
const once = name => make => async server => {
  const known = made.get(server) ?? {};
  made.set(server, known);
  known[name] ??= make(new Stage(server, 'zh-CN'));
  return known[name];
};

/** A complaint that was submitted; its number. */
async function complaint(stage, values = {}) {
  const opened = await stage.api('agent', '/tickets', { method: 'POST', body: { workflow: 'complaint', values: { ...COMPLAINT, ...values } } });
  const { number } = opened.ticket ?? opened;
  await stage.act('agent', number, 'submit');
  return number;
}

/** A ticket that waits to be called back. */
export const toCallBack = once('callback')(async stage => {
  const number = await complaint(stage);
  await stage.act('shift_lead', number, 'dispatch');
  const [task] = (await stage.ticket(number)).tasks;
  await stage.act('liaison', number, 'sign', {}, task.id);
  await stage.act('liaison', number, 'reply', { values: REPLY }, task.id);
  await stage.act('head', number, 'approve');
  await stage.act('shift_lead', number, 'pass_form');
  return number;
});

/** A code with which the caller follows that ticket. */
export const codeOfCaller = once('code')(async stage => {
  const number = await toCallBack(stage.server);
  const { code } = await stage.api('agent', `/tickets/${number}/caller-code`, { method: 'POST', body: {} });
  return { number, code };
});

/** Answers that are said again and again. */
export const canned = once('canned')(async stage => {
  const answer = (id, title, text, kind = 'answer') => stage.api('manager', `/canned/${id}`, { method: 'PUT', body: { title, text, kind } });
  await answer('power-cut', '停电告知', '您好，您反映的停电是计划检修，预计今日 18:00 前恢复供电。给您带来不便，敬请谅解。');
  await answer('billing', '电费核对', '您的电费疑问已登记，工作人员将在两个工作日内到现场核对表计并回复您。');
  await answer('price', '居民阶梯电价', '第一档：每户每月 230 度及以内；第二档：231 至 400 度；第三档：401 度及以上。', 'basis');
});

/** An urgent ticket that nobody has acknowledged; the shift lead on duty is told. */
export async function urgent(server) {
  const stage = new Stage(server, 'zh-CN');
  const number = await complaint(stage, { place: '县医院', summary: '急诊即将断电', course: '来电人称医院备用电源只能撑两小时。' });
  await stage.act('agent', number, 'mark_urgent', { values: { urgent_why: '急诊即将断电' } });
  return number;
}

/** Somebody else writes at the ticket. */
export async function noted(server, number) {
  await new Stage(server, 'zh-CN').act('manager', number, 'note', { note: '已与部门电话核实' });
}

/** What an authenticator shows (RFC 6238). */
export function totp(secret, at = Date.now()) {
  const bits = [...secret].map(c => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map(byte => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(at / 30000)));
  const hash = createHmac('sha1', key).update(step).digest();
  return String((hash.readUInt32BE(hash[19] & 15) & 0x7fffffff) % 1000000).padStart(6, '0');
}

/** Somebody who signs in with a second factor. */
export const withSecondFactor = once('second')(async ({ server }) => {
  const who = 'shen';
  const one = await open(server.base, {});
  await signIn(one.page, server.base, who, server.password);
  await one.page.goto(`${server.base}/me/second`);
  await one.page.fill('#password', server.password);
  await Promise.all([one.page.waitForURL('**/me/second'), one.page.click('form[action="/me/second/begin"] button')]);
  await one.page.waitForSelector('.qr');
  await one.page.fill('#code', totp((await one.page.textContent('.second-secret')).replaceAll(' ', '')));
  await one.page.click('[data-submit]');
  await one.page.waitForSelector('.second-codes');
  await one.close();
  return who;
});
