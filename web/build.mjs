// Builds ../static from ./src. Output is committed; CI runs this and `git diff --exit-code ../static`.
import * as esbuild from 'esbuild';
import { readFileSync, writeFileSync, mkdirSync } from 'node:fs';
import { gzipSync, brotliCompressSync } from 'node:zlib';
const out = new URL('../static/', import.meta.url).pathname;
mkdirSync(out, { recursive: true });
const target = ['chrome88', 'edge88', 'firefox91', 'safari15'];
const common = { bundle: true, minify: true, target, charset: 'utf8', legalComments: 'eof', logLevel: 'warning' };
const icons = JSON.parse(readFileSync('icons.json', 'utf8'));
const sprite = icons.map(n => {
  const [name, kind = 'outline'] = n.split('|');
  const svg = readFileSync(`node_modules/@tabler/icons/icons/${kind}/${name}.svg`, 'utf8');
  const body = svg.replace(/<!--[\s\S]*?-->/g, '').replace(/^[\s\S]*?<svg[^>]*>/, '').replace('</svg>', '').replace(/<path stroke="none"[^>]*\/>/, '').replace(/\s*\n\s*/g, '');
  return `<symbol id="${name}" viewBox="0 0 24 24">${body}</symbol>`;
}).join('');
writeFileSync(out + 'icons.svg', `<svg xmlns="http://www.w3.org/2000/svg" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">${sprite}</svg>\n`);
writeFileSync(out + 'logo.svg', readFileSync('logo.svg'));
await esbuild.build({ ...common, entryPoints: { app: 'src/app.js', 'live-worker': 'src/live-worker.js' }, format: 'iife', outdir: out });
await esbuild.build({ ...common, entryPoints: { app: 'css/app.css', noscript: 'css/noscript.css' }, outdir: out, external: ['/assets/*'] });
for (const f of ['app.css', 'app.js', 'live-worker.js', 'icons.svg']) {
  const b = readFileSync(out + f);
  console.log(f.padEnd(22), String(b.length).padStart(8), 'raw', String(gzipSync(b, { level: 9 }).length).padStart(7), 'gz', String(brotliCompressSync(b).length).padStart(7), 'br');
}
