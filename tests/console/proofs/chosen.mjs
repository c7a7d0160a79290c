// A file that is chosen is read in the browser and taken over: a table of an old office program, a workbook, a workflow.
import { assert, equal } from '../stage.mjs';

export const name = 'files of the organisation are chosen, checked and taken over';
export const langs = ['zh-CN'];

export async function tell(stage) {
  const { server } = stage;
  const { page } = await stage.at('boss');
  const send = async what => { await Promise.all([page.waitForNavigation(), page.click(`[name=do][value=${what}]`)]); };
  const choose = (file, bytes) => page.setInputFiles('[data-file]', { name: file, mimeType: 'application/octet-stream', buffer: Buffer.from(bytes) });

  // GB18030, as office programs write it: 编号,名称 / water,水务.
  await page.goto(`${server.base}/organisation/import?what=departments`);
  await choose('departments.csv', [0xb1, 0xe0, 0xba, 0xc5, 0x2c, 0xc3, 0xfb, 0xb3, 0xc6, 0x0a, ...Buffer.from('water,'), 0xcb, 0xae, 0xce, 0xf1, 0x0a]);
  await page.waitForFunction(() => document.querySelector('[data-file-text]').value);
  equal(await page.inputValue('[data-file-text]'), '\u7f16\u53f7,\u540d\u79f0\nwater,\u6c34\u52a1\n', 'the table as it is shown');
  await send('check');
  assert(await page.$('.banner.info'), 'the table is right');
  const there = async () => (await stage.entries('/departments')).some(one => one.key === 'water');
  assert(!await there(), 'a check changes nothing');
  await send('take');
  assert(await there(), 'the department is there');
  await stage.api('administrator', '/departments/water', { method: 'DELETE' });

  // A workbook is packed beside the text, and read as a workbook: its columns are what is wrong.
  const workbook = await page.evaluate(async () => [...new Uint8Array(await (await fetch('/reports/sheet.xlsx')).arrayBuffer())]);
  await page.goto(`${server.base}/organisation/import?what=people`);
  await choose('sheet.xlsx', workbook);
  await page.waitForFunction(() => document.querySelector('[name=packed]').value);
  await send('check');
  const faults = await page.$$eval('.line-faults li', all => all.map(one => one.textContent));
  assert(faults.some(one => one.includes('\u59d3\u540d')), `the columns of people are named: ${faults.slice(0, 3)}`);

  // A workflow: changed from one of its versions, or chosen.
  const [version] = (await stage.api('manager', '/workflows?limit=1')).items;
  await page.goto(`${server.base}/workflows/check`);
  await choose('workflow.yaml', Buffer.from(await stage.api('manager', `/workflows/${version.hash}`)));
  await page.waitForFunction(() => document.querySelector('#source').value);
  await send('check');
  assert(await page.$('.banner.info'), 'a published version has no mistakes');
}
