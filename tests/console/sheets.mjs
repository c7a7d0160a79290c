// Contact sheets out of pictures of pages: one for each width and look, every page on it small, with its name.
import fs from 'node:fs';
import path from 'node:path';
import { open } from './browser.mjs';

/** Pictures beside each other on one sheet, and how wide each is there. */
const WIDTH = { wide: 480, middle: 420, narrow: 240 };
const ACROSS = { wide: 4, middle: 4, narrow: 8 };

export async function sheets(folder, made) {
  const groups = new Map();
  for (const one of made) {
    const key = `${one.size}-${one.theme}-${one.lang}`;
    groups.set(key, [...groups.get(key) ?? [], one]);
  }
  const { page, close } = await open('http://127.0.0.1');
  for (const [key, all] of groups) {
    const { size } = all[0];
    const cells = all.map(one => `<figure><img src="data:image/png;base64,${fs.readFileSync(path.join(folder, one.file), 'base64')}" width="${WIDTH[size]}"><figcaption>${one.page}</figcaption></figure>`);
    const style = `body{margin:12px;background:#777;font:14px sans-serif}main{display:grid;grid-template-columns:repeat(${ACROSS[size]},${WIDTH[size]}px);gap:12px}figure{margin:0}figcaption{color:#fff;padding:2px 0}`;
    await page.setViewportSize({ width: ACROSS[size] * (WIDTH[size] + 12) + 24, height: 600 });
    await page.setContent(`<style>${style}</style><main>${cells.join('')}</main>`, { waitUntil: 'load' });
    await page.screenshot({ path: path.join(folder, `sheet-${key}.png`), fullPage: true });
  }
  await close();
  return groups.size;
}
