// Contact sheets out of pictures of pages, large enough to be read: a few pages on each, with their names.
import fs from 'node:fs';
import path from 'node:path';
import { open } from './browser.mjs';

/** How wide a picture is on a sheet, and how many stand beside each other. Viewers show about 950 pixels. */
const WIDTH = { wide: 940, middle: 940, narrow: 308 };
const ACROSS = { wide: 1, middle: 1, narrow: 3 };
/** A sheet is about so high. */
const HEIGHT = 1500;

/** Pixels of a PNG: they stand in its head. */
function shape(file) {
  const head = Buffer.alloc(24), from = fs.openSync(file, 'r');
  fs.readSync(from, head, 0, 24, 0);
  fs.closeSync(from);
  return { width: head.readUInt32BE(16), height: head.readUInt32BE(20) };
}

/** Rows of pictures, as many on a sheet as it is high for; one at least. */
function filled(rows) {
  const all = [];
  let high = Infinity;
  for (const row of rows) {
    const height = Math.max(...row.map(one => one.high)) + 28;
    if (high + height > HEIGHT) { all.push([]); high = 0; }
    all[all.length - 1].push(...row);
    high += height;
  }
  return all;
}

export async function sheets(folder, made) {
  const groups = new Map();
  for (const one of made) {
    const key = `${one.size}-${one.theme}-${one.lang}`;
    groups.set(key, [...groups.get(key) ?? [], one]);
  }
  const { page, close } = await open('http://127.0.0.1');
  let count = 0;
  for (const [key, all] of groups) {
    const { size } = all[0];
    const cells = all.map(one => { const { width, height } = shape(path.join(folder, one.file)); return { ...one, high: height * WIDTH[size] / width }; });
    const rows = [];
    for (let at = 0; at < cells.length; at += ACROSS[size]) rows.push(cells.slice(at, at + ACROSS[size]));
    for (const [place, some] of filled(rows).entries()) {
      const figures = some.map(one => `<figure><figcaption>${one.page}</figcaption><img src="data:image/png;base64,${fs.readFileSync(path.join(folder, one.file), 'base64')}" width="${WIDTH[size]}"></figure>`);
      const style = `body{margin:6px;background:#777;font:14px sans-serif}main{display:grid;grid-template-columns:repeat(${ACROSS[size]},${WIDTH[size]}px);gap:8px;align-items:start}figure{margin:0}figcaption{color:#fff;padding:2px 0}img{display:block}`;
      await page.setViewportSize({ width: ACROSS[size] * (WIDTH[size] + 8) + 4, height: 400 });
      await page.setContent(`<style>${style}</style><main>${figures.join('')}</main>`, { waitUntil: 'load' });
      await page.screenshot({ path: path.join(folder, `sheet-${key}-${String(place + 1).padStart(2, '0')}.png`), fullPage: true });
      count += 1;
    }
  }
  await close();
  return count;
}
