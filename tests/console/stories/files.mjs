// Files come with a new ticket and with a reply: chosen, refused for what they are, removed again, seen by whoever may
// see them, saved and never run. Without scripts the form says so, and goes without files.
import { act, newTicket, tabTo } from '../hands.mjs';
import { assert, equal } from '../stage.mjs';
import { axe } from '../browser.mjs';
import { COMPLAINT, REPLY } from './call_to_satisfied.mjs';

export const name = 'files with a ticket and with a reply';

const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
const PDF = Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Count 0/Kids[]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n');
const photo = { name: '现场照片.png', mimeType: 'image/png', buffer: PNG };
const letter = { name: 'letter.pdf', mimeType: 'application/pdf', buffer: PDF };
const notes = { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('第一行\n') };
const program = { name: 'tool.png', mimeType: 'image/png', buffer: Buffer.from('MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0', 'latin1') };
const large = { name: 'film.png', mimeType: 'image/png', buffer: Buffer.alloc(21 * 1024 * 1024) };

const WORDS = { 'zh-CN': { secret: '要求保密', choose: '选择文件', script: '启用脚本' }, en: { secret: 'Asked for confidentiality', choose: 'Choose files', script: 'browser with scripts' } };

const field = '[data-files]';
const up = (page, count) => page.waitForFunction(n => document.querySelectorAll('[data-files-list] [name=files]').length === n && !document.querySelector('[data-going]'), count, { timeout: 15000 });
const bad = page => page.$$eval('[data-files-list] .bad', all => all.map(li => `${li.querySelector('.fname').textContent}: ${li.querySelector('.err').textContent}`));

/** Takes the file of this name away, by its own button. */
async function remove(page, name) {
  await page.focus(`[data-file-drop][aria-label*="${name}"]`);
  await page.keyboard.press('Enter');
  await page.waitForFunction(n => ![...document.querySelectorAll('[data-files-list] .fname')].some(one => one.textContent === n), name);
  assert(await page.evaluate(() => document.activeElement?.matches('[data-files-in]')), 'the focus goes on to the chooser');
}

export async function tell(stage) {
  const { server, lang } = stage;
  const words = WORDS[lang];
  const agent = await stage.at('li');
  await agent.page.goto(`${server.base}/desk`);
  const number = await newTicket(agent.page, 3, { ...COMPLAINT, 'values.phone': lang === 'en' ? '13900000071' : '13900000072' }, {
    async before() {
      const { page } = agent;
      await tabTo(page, 'values.confidential');
      await page.keyboard.press('Space');
      assert((await page.textContent(field)).includes(words.choose), 'the chooser speaks the language of the page');
      await page.setInputFiles('[data-files-in]', [photo]);
      await up(page, 1);
      assert(/\d+ B/.test(await page.textContent('[data-files-list] li')), 'its size is said');
      await page.setInputFiles('[data-files-in]', [large]);
      await page.waitForSelector('[data-files-list] .bad');
      assert((await bad(page))[0].includes('20 MB'), `too large: ${await bad(page)}`);
      await remove(page, large.name);
      await page.setInputFiles('[data-files-in]', [program]);
      await page.waitForSelector('[data-files-list] .bad');
      assert((await bad(page))[0].length > program.name.length + 8, `not of this kind: ${await bad(page)}`);
      const found = await axe(page);
      assert(found.length === 0, `axe on a refused file: ${found.join('; ')}`);
      await remove(page, program.name);
      await page.setInputFiles('[data-files-in]', [notes]);
      await up(page, 2);
      await remove(page, notes.name);
      await page.focus('[data-files-private]');
      await page.keyboard.press('Space');
      await page.setInputFiles('[data-files-in]', [letter]);
      await up(page, 2);
      // Another kind and back: what is up stays up.
      for (const key of ['4', '3']) {
        await page.keyboard.press(`Alt+${key}`);
        await page.waitForFunction(n => document.querySelectorAll('input[data-kind]')[n - 1].checked && !document.querySelector('.htmx-request'), key);
        await up(page, 2);
      }
      await page.setInputFiles('[data-files-in]', [notes, { ...notes, name: 'more.txt' }]);
      await page.waitForSelector('[data-files-list] .bad');
      equal((await bad(page)).length, 1, 'three at most');
      await remove(page, 'more.txt');
      await remove(page, notes.name);
    },
  });
  assert((await agent.page.textContent('.oh .meta')).includes(words.secret), 'what was ticked stands beside the state');
  const listed = page => page.$$eval('.files-of li', all => all.map(li => li.querySelector('.fname').textContent));
  equal((await listed(agent.page)).sort(), [letter.name, photo.name].sort(), 'both are there');
  assert(await agent.page.waitForFunction(() => document.querySelector('.files-of .thumb img')?.naturalWidth > 0), 'the picture is shown');
  const download = async (who, name) => {
    const path = await who.page.$$eval('.files-of a.fname', (all, n) => all.find(a => a.textContent === n)?.getAttribute('href'), name);
    return path && who.context.request.get(server.base + path);
  };
  const saved = await download(agent, photo.name);
  const headers = saved.headers();
  assert(headers['content-disposition'].startsWith('attachment') && headers['content-disposition'].includes("filename*=UTF-8''"), `saved under its name: ${headers['content-disposition']}`);
  equal([headers['content-type'], headers['x-content-type-options'], (await saved.body()).equals(PNG)], ['image/png', 'nosniff', true], 'what is saved');
  assert(/sandbox/.test(headers['content-security-policy']), 'whatever it is, it runs nothing');

  // Whoever decides sees what is personal; once it is out of hand, it is there without its name and without a way to it.
  const lead = await stage.at('zhang');
  await lead.page.goto(`${server.base}/tickets/${number}`);
  await lead.page.waitForSelector('.files-of');
  const kept = async () => {
    const all = await lead.page.$$eval('.files-of li', some => some.map(li => [Number(li.id.replace('file-', '')), !!li.querySelector('a.fname'), li.querySelector('.fname').textContent]));
    for (const [seq, readable, said] of all) {
      const { status } = await answer(seq);
      assert((status === 200) === readable, `${said} is ${readable ? '' : 'not '}offered, and the server answers ${status}`);
    }
    return all.filter(([, readable]) => readable).map(([, , said]) => said).sort();
  };
  const answer = async seq => ({ status: (await lead.context.request.get(`${server.base}/tickets/${number}/files/${seq}`)).status() });
  equal(await kept(), [letter.name, photo.name].sort(), 'the shift lead, who decides');
  await act(lead.page, 'dispatch');
  await lead.page.waitForSelector('.task');
  equal(await kept(), [photo.name], 'the shift lead, once a department has it');
  assert(!(await lead.page.textContent('.files-of')).includes(letter.name), 'what is personal is not named');

  const liaison = await stage.at('fang');
  await liaison.page.goto(`${server.base}/tickets/${number}`);
  await act(liaison.page, 'sign');
  await act(liaison.page, 'reply', REPLY, {
    async look() {
      const { page } = liaison;
      // A form does not go while a file of it is on its way.
      await liaison.context.route('**/files/*', async route => { await new Promise(go => { setTimeout(go, 900); }); await route.continue(); });
      await page.setInputFiles(`dialog#action ${'[data-files-in]'}`, [{ ...photo, name: 'meter.png' }]);
      await page.keyboard.press('Control+Enter');
      await page.waitForSelector('dialog#action .flist .err:not([hidden])');
      await up(page, 1);
      await liaison.context.unroute('**/files/*');
      await page.waitForFunction(() => document.querySelector('dialog#action .flist .err').hidden, null, { timeout: 3000 });
      await tabTo(page, 'values.public_reply');
    },
  });
  await liaison.page.waitForSelector('.files-of');
  assert((await listed(liaison.page)).includes('meter.png'), 'the reply brought its picture');

  // Without scripts.
  const plain = await stage.at('zhang', { scripts: false });
  await plain.page.goto(`${server.base}/tickets/${number}/actions/note`);
  assert(!await plain.page.isVisible('.fpick'), 'what cannot work is not offered');
  assert(await plain.page.isVisible(`text=${words.script}`), 'and the form says why');
  await plain.page.fill('#f-note', `无脚本的备注 ${lang}`);
  await plain.page.click('[data-submit]');
  await plain.page.waitForURL(`**/tickets/${number}`);
  assert((await plain.page.textContent('.tl')).includes(`无脚本的备注 ${lang}`), 'the form goes without files');
}
