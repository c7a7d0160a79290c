// A second factor: set up with a picture, asked for at the next sign-in, a written-down code in place of the telephone,
// taken away by an administrator.
import { createHmac } from 'node:crypto';
import { open, signIn, axe } from '../browser.mjs';

const assert = (holds, what) => { if (!holds) throw new Error(what); };

/** What an authenticator shows (RFC 6238). */
function totp(secret, at = Date.now()) {
  const bits = [...secret].map(c => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map(byte => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(at / 30000)));
  const hash = createHmac('sha1', key).update(step).digest();
  return String((hash.readUInt32BE(hash[19] & 15) & 0x7fffffff) % 1000000).padStart(6, '0');
}

export async function secondFactor(server, lang, who) {
  const one = await open(server.base, { lang, size: 'narrow' });
  const { page } = one;
  await signIn(page, server.base, who, server.password);
  await page.goto(`${server.base}/me/second`);
  await page.fill('#password', server.password);
  await Promise.all([page.waitForURL('**/me/second'), page.click('form[action="/me/second/begin"] button')]);
  await page.waitForSelector('.qr');
  assert(await page.$eval('.qr', image => image.complete && image.naturalWidth > 0), 'the picture is shown');
  let found = await axe(page);
  assert(found.length === 0, `axe on the picture: ${found.join('; ')}`);
  const secret = (await page.textContent('.second-secret')).replaceAll(' ', '');
  await page.fill('#code', totp(secret));
  await page.click('[data-submit]');
  await page.waitForSelector('.second-codes');
  const codes = await page.$$eval('.second-codes li', all => all.map(item => item.textContent));
  assert(codes.length === 10, `ten codes to write down: ${codes.length}`);
  found = await axe(page);
  assert(found.length === 0, `axe on the codes: ${found.join('; ')}`);

  const other = await open(server.base, { lang });
  const half = other.page;
  await half.goto(`${server.base}/sign-in`);
  await half.fill('#name', who);
  await half.fill('#password', server.password);
  await half.click('[data-submit]');
  await half.waitForSelector('form[action="/sign-in/code"]');
  found = await axe(half);
  assert(found.length === 0, `axe on the code: ${found.join('; ')}`);
  await half.fill('#code', '000000');
  await half.click('[data-submit]');
  await half.waitForSelector('[role=alert]');
  await half.fill('#code', codes[0]);
  await Promise.all([half.waitForURL(to => !to.pathname.startsWith('/sign-in')), half.click('[data-submit]')]);

  const admin = await open(server.base, { lang });
  await signIn(admin.page, server.base, 'admin', server.password);
  await admin.page.goto(`${server.base}/organisation/people/${who}/sign-in`);
  found = await axe(admin.page);
  assert(found.length === 0, `axe on how somebody signs in: ${found.join('; ')}`);
  await admin.page.click('button[value=second]');
  await admin.page.waitForSelector('button[value=second]', { state: 'detached' });
  await admin.page.click('form button[value=end].btn:not(.sm)');
  await half.goto(`${server.base}/me`);
  assert(half.url().includes('/sign-in'), 'the session was ended');
  await signIn(half, server.base, who, server.password);
  const troubles = [one, other, admin].flatMap(each => each.troubles);
  assert(troubles.length === 0, troubles.join('; '));
  for (const each of [one, other, admin]) await each.close();
}

export const name = 'a second factor';

/** Each language has somebody of its own: who has a second factor is asked for it from then on. */
export const tell = ({ server, lang }) => secondFactor(server, lang, lang === 'en' ? 'shen' : 'rui');
