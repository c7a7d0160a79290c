// States of pages that take more than a click: a second factor being set up, an entry that somebody else changed, a
// roster with gaps, the first setup filled in. Each may be brought about again and again on the same server.
import { totp } from './scenes.mjs';

const FORM = 'form[data-primary]';

export const submit = async page => { await Promise.all([page.waitForNavigation(), page.click(`${FORM} [data-submit]`)]); };

/** Sends the form as it stands, behind the back of the page. */
const sendBehind = page => page.evaluate(async form => {
  const sent = document.querySelector(form);
  await fetch(sent.action, { method: 'POST', body: new URLSearchParams([...new FormData(sent), ['do', 'save']]) });
}, FORM);

/** Somebody else saves `first`; then the page, which still holds the old version, saves `second`. */
export const tooLate = (first, second) => async page => {
  await first(page);
  await sendBehind(page);
  await second(page);
  await submit(page);
};

/** The page with the picture and the secret; begun once, shown again afterwards. */
export async function secondBegun(page, { password }) {
  if (await page.$('.second-secret')) return;
  await page.fill('[name=password]', password);
  await Promise.all([page.waitForNavigation(), page.press('[name=password]', 'Enter')]);
}

/** Codes on paper that were not used yet: a code of the authenticator counts once in half a minute. */
let kept = [];

/** The codes for a lost telephone, as they are shown once. */
export async function secondCodes(page, server) {
  if (kept.length) await page.fill('#code', kept.pop());
  else {
    await secondBegun(page, server);
    await page.fill('#code', totp((await page.textContent('.second-secret')).replaceAll(' ', '')));
  }
  await Promise.all([page.waitForNavigation(), page.press('#code', 'Enter')]);
  kept = await page.$$eval('.second-codes li', all => all.map(one => one.textContent.trim()));
}

/** All shift leads are away for a morning, and nobody in their place. */
export async function gaps(page) {
  const { origin } = new URL(page.url());
  const day = new Date(Date.now() + 8 * 3600e3 + 2 * 86400e3).toISOString().slice(0, 10);
  if (!await page.$('[data-gaps]')) {
    for (const person of ['zhang', 'zhao', 'song']) {
      await page.goto(`${origin}/organisation/absence/new?person=${person}&day=${day}`);
      await page.fill('[name=from]', `${day} 08:00`);
      await page.fill('[name=to]', `${day} 12:00`);
      await submit(page);
    }
  }
  await page.goto(`${origin}/duty`);
}

/** A note for whoever comes, with a line that is long. */
export async function handedOver(page) {
  if (await page.$('[data-note]')) return;
  await page.click('details:has(#note) > summary');
  await page.fill('#note', '\u548c\u5e73\u8def 12 \u53f7\u505c\u7535\uff0c\u62a2\u4fee\u73ed 23:40 \u5230\u573a\uff1b\u5c45\u6c11\u8981\u6c42\u590d\u7535\u540e\u56de\u7535\u3002\n\u4e24\u4ef6\u6025\u4ef6\u5df2\u7ecf\u786e\u8ba4\u3002');
  await Promise.all([page.waitForNavigation(), page.click('form[action="/duty/handover"] button')]);
  // Not where the note stands: the head of the window would lie over what is above it.
  await page.goto(`${new URL(page.url()).origin}/duty`);
}

const DEPARTMENTS = 'service_office finance planning legal dispatch north_branch north_crew south_branch south_crew discipline audit'.split(' ');

/** Two heads for each department, two managers, two shift leads: whoever did a thing never approves it alone. */
const PEOPLE = `编号,姓名,邮箱,语言,角色
li,李娜,li@example.org,zh-CN,agent
wang,王伟,,zh-CN,agent
zhang,张建国,zhang@example.org,zh-CN,shift_lead
zhao,赵红梅,,zh-CN,shift_lead
cai,蔡文静,,zh-CN,callback
gao,高明远,gao@example.org,zh-CN,manager
shen,沈玉兰,,zh-CN,manager
${DEPARTMENTS.map((id, place) => `a_${id},甲${place + 1},,zh-CN,liaison@${id}; head@${id}\nb_${id},乙${place + 1},,zh-CN,head@${id}\n`).join('')}`;

/** Every step of the first setup, the last with all workflows published. */
export async function fillSetup(page) {
  const { origin } = new URL(page.url());
  const step = async (name, work) => { await page.goto(`${origin}/setup?step=${name}`); await work?.(); await submit(page); };
  await step('you', async () => { await page.fill('#name', '陈主任'); await page.fill('#mail', 'chen@example.org'); });
  await step('centre', () => page.fill('#centre', '县长热线'));
  await step('calendar');
  await page.goto(`${origin}/setup?step=departments`);
  await Promise.all([page.waitForNavigation(), page.click('button[value=shipped]')]);
  await step('people', () => page.fill('#table', PEOPLE));
  await step('workflows');
  const wrong = await page.$$eval('.banner.crit li', all => all.map(one => one.textContent));
  if (wrong.length) throw new Error(wrong.join('; '));
}

export const endSetup = page => Promise.all([page.waitForNavigation(), page.click('form[action="/setup/done"] button')]);
