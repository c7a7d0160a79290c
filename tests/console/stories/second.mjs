// A second factor: set up with a picture, asked for at the next sign-in, a written-down code in place of the telephone,
// taken away by an administrator.
import { open, signIn, axe } from '../browser.mjs';
import { totp } from '../scenes.mjs';

const assert = (holds, what) => { if (!holds) throw new Error(what); };

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
