// What hands do on a keyboard. Nothing here clicks.
import { assert } from './stage.mjs';

const focused = page => page.evaluate(() => { const e = document.activeElement; return [e?.name, e?.id, e?.getAttribute?.('href'), e?.value && e.tagName === 'BUTTON' ? e.value : ''].filter(Boolean); });

async function tab(page, holds, what, max) {
  for (let i = 0; i < max; i += 1) { if (holds(await focused(page))) return; await page.keyboard.press('Tab'); }
  throw new Error(`${what} is not reached by Tab at ${page.url()}; the focus is on ${await focused(page)}`);
}

/** Presses Tab until the field of this name has the focus. */
export const tabTo = (page, name) => tab(page, found => found.includes(name), name, 120);

/** Presses Tab until a link or button with this in its address or value has the focus. */
export const tabToThing = (page, part) => tab(page, found => found.some(one => one.includes(part)), part, 400);

/** Writes over what stands in the field. */
export async function write(page, name, text) {
  await tabTo(page, name);
  await page.keyboard.press('Control+a');
  await page.keyboard.type(text);
}

/** Chooses in a list, a pair of yes and no, or a list of several, with the arrow keys. */
export async function choose(page, name, value) {
  await tabTo(page, name);
  const kind = await page.evaluate(() => document.activeElement.type);
  if (kind === 'radio') {
    await page.keyboard.press('Space');
    if (await page.evaluate(() => document.activeElement.value) !== value) await page.keyboard.press('ArrowDown');
  } else {
    const [from, to] = await page.evaluate(wanted => { const e = document.activeElement; return [e.multiple ? -1 : e.selectedIndex, [...e.options].findIndex(o => o.value === wanted)]; }, value);
    assert(to >= 0, `${value} is not offered for ${name}`);
    if (kind === 'select-multiple') await page.keyboard.press('Home');
    const steps = kind === 'select-multiple' ? to : to - from;
    for (let i = 0; i < Math.abs(steps); i += 1) await page.keyboard.press(steps > 0 ? 'ArrowDown' : 'ArrowUp');
  }
  const found = await page.evaluate(n => { const e = document.querySelector(`[name="${n}"]:checked`) ?? document.querySelector(`[name="${n}"]`); return e.multiple ? e.selectedOptions[0]?.value : e.value; }, name);
  assert(found === value, `${name} is ${found}, not ${value}`);
}

/** Opens a ticket by its number, through the palette. */
export async function goTo(page, number) {
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+k');
  await page.waitForSelector('#palette[open]');
  await page.keyboard.type(number);
  await Promise.all([page.waitForURL(`**/tickets/${number}`), page.keyboard.press('Enter')]);
  await page.waitForSelector('.oh');
}

/** Goes to a page by its two keys. */
export async function goBy(page, keys, url) {
  await page.keyboard.press('Escape');
  const there = page.waitForURL(url);
  for (const key of keys) await page.keyboard.press(key);
  await there;
}

/** Looks at what happened since: the page says that something did, and shows it when asked to. */
export async function lookAgain(page) {
  await page.waitForSelector('#news-at .banner', { timeout: 30000 });
  await page.keyboard.press('.');
  await page.waitForFunction(() => !document.querySelector('#news-at .banner'));
}

/** Waits until the dialog of an action has done its work. */
export async function sent(page) {
  await page.waitForFunction(() => !document.querySelector('dialog#action') || document.querySelector('dialog#action .banner, dialog#action .err:not([hidden])'), null, { timeout: 20000 });
  const wrong = await page.$$eval('dialog#action .banner, dialog#action .err:not([hidden])', all => all.map(one => one.innerText.trim()).join('; '));
  assert(!wrong, `the form came back: ${wrong}`);
}

/** Does an action of the ticket that is open: the form by Tab, in its own order, and Ctrl+Enter. */
export async function act(page, action, values = {}, { look } = {}) {
  await tabToThing(page, `/actions/${action}`);
  await page.keyboard.press('Enter');
  await page.waitForSelector('dialog#action[open]');
  const order = await page.$$eval('dialog#action [name]', all => all.map(e => e.name));
  const names = Object.keys(values).sort((one, other) => order.indexOf(one) - order.indexOf(other));
  for (const name of names) {
    assert(order.includes(name), `the form of ${action} has no ${name}: ${order.join(' ')}`);
    const kind = await page.$eval(`dialog#action [name="${name}"]`, e => e.type);
    await (/^(select|radio)/.test(kind) ? choose : write)(page, name, values[name]);
  }
  if (look) await look();
  await page.keyboard.press('Control+Enter');
  await sent(page);
}

/** Writes a new ticket of the kind under Alt+N and sends it with the button of an action. */
export async function newTicket(page, key, values, { action, before } = {}) {
  await page.keyboard.press(`Alt+${key}`);
  await page.waitForFunction(n => document.querySelectorAll('input[data-kind]')[n - 1].checked && !document.querySelector('.htmx-request'), key);
  // The form of the kind that was there before has some of the fields, never all.
  await page.waitForFunction(names => names.every(name => document.querySelector(`#desk-form [name="${name}"]`)), Object.keys(values));
  for (const [name, value] of Object.entries(values)) {
    const kind = await page.$eval(`#desk-form [name="${name}"]`, e => e.type);
    await (/^(select|radio)/.test(kind) ? choose : write)(page, name, value);
  }
  if (before) await before();
  const gone = page.waitForURL(/\/tickets\/[A-Z]+[0-9-]+$/, { timeout: 20000 });
  if (action) { await tabToThing(page, action); await Promise.all([gone, page.keyboard.press('Enter')]); } else await Promise.all([gone, page.keyboard.press('Control+Enter')]);
  await page.waitForSelector('.oh');
  return page.url().split('/').pop();
}
