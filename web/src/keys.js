import { composing, typing } from './ime.js';
import { openPalette } from './palette.js';
// Single keys and g-sequences only: browser and IME chords stay free (Ctrl+Space, Shift, Ctrl+.).
// data-key="n" on a link or button is the whole registration; the help dialog is built from the page.
export function keys() {
  const off = () => /(?:^|; )keys=off/.test(document.cookie);
  const box = document.querySelector('[data-keys-off]');
  if (box) { box.checked = off(); box.addEventListener('change', () => { document.cookie = `keys=${box.checked ? 'off' : 'on'};path=/;max-age=31536000;samesite=lax`; }); }
  let seq = '', timer = 0;
  const visible = el => el.offsetParent !== null || el.getClientRects().length;
  // What the page itself offers goes before what stands around every page.
  const find = k => [...document.querySelectorAll('main [data-key]'), ...document.querySelectorAll('[data-key]')].find(el => el.dataset.key === k && (visible(el) || el.dataset.keyAlways !== undefined) && !el.disabled);
  document.addEventListener('keydown', e => {
    if (composing(e)) return;
    const mod = e.ctrlKey || e.metaKey;
    if (mod && !e.altKey && e.key.toLowerCase() === 'k') { e.preventDefault(); return openPalette(); }
    if (mod && e.key === 'Enter') {
      const f = e.target.closest?.('form') || document.querySelector('form[data-primary]');
      if (f) { e.preventDefault(); f.requestSubmit(f.querySelector('[data-submit]') || undefined); } return;
    }
    if (mod && e.key.toLowerCase() === 's') { const s = document.querySelector('[data-save]'); if (s) { e.preventDefault(); s.click(); } return; }
    if (e.altKey && !mod && /^[1-9]$/.test(e.key)) { const r = document.querySelectorAll('input[data-kind]')[e.key - 1]; if (r) { e.preventDefault(); r.click(); r.focus(); } return; }
    if (mod || e.altKey || off() || typing(e.target) || document.querySelector('dialog[open]')) return;
    const k = e.key.length === 1 ? e.key : e.code.replace(/^Key/, '').toLowerCase();
    clearTimeout(timer); timer = setTimeout(() => seq = '', 900);
    const want = seq ? seq + ' ' + k : k; seq = '';
    if (k === '?') { e.preventDefault(); return openHelp(); }
    if (k === '/') { const s = document.querySelector('[data-search]'); if (s) { e.preventDefault(); openPalette(); } return; }
    if (k === 'g' && !want.includes(' ')) { seq = 'g'; return; }
    const el = find(want);
    if (el) { e.preventDefault(); el.focus({ preventScroll: false }); if (!/^(INPUT|SELECT|TEXTAREA)$/.test(el.tagName)) el.click(); }
  });
  document.addEventListener('click', e => {
    const b = e.target.closest('[data-open]');
    if (b) { const d = document.getElementById(b.dataset.open); d === pal ? openPalette() : d === help ? openHelp() : d?.showModal(); }
    const c = e.target.closest('[data-close]'), cd = c?.closest('dialog'); if (cd) { e.preventDefault(); cd.close(); }
    if (e.target.tagName === 'DIALOG' && !e.target.querySelector('form[data-dirty]')) e.target.close();
    for (const d of document.querySelectorAll('details.menu[open]')) if (!d.contains(e.target)) d.open = false;
  });
  document.addEventListener('keydown', e => { if (e.key === 'Escape') for (const d of document.querySelectorAll('details.menu[open]')) { d.open = false; d.querySelector('summary').focus(); } });
  const help = document.getElementById('help'), pal = document.getElementById('palette');
  function openHelp() {
    if (!help) return;
    const seen = new Set();
    // What stands around every page is found everywhere.
    const lines = [...document.querySelectorAll('main [data-key]'), ...document.querySelectorAll('[data-key]')].filter(el => el.dataset.hint && !seen.has(el.dataset.key) && seen.add(el.dataset.key)).map(el => {
      const d = document.createElement('div'); d.className = 'kv';
      const s = document.createElement('span'); s.textContent = el.dataset.hint;
      const k = document.createElement('span'); for (const x of el.dataset.key.split(' ')) { const c = document.createElement('kbd'); c.textContent = x; k.append(c); }
      d.append(s, k);
      return [d, el.closest('main, .bulk') ? 'page' : el.dataset.key.includes(' ') ? 'go' : 'all'];
    });
    for (const place of ['page', 'go', 'all']) help.querySelector(`[data-${place}-keys]`).replaceChildren(...lines.filter(line => line[1] === place).map(line => line[0]));
    const of = { line: '[data-row]', choice: '[data-row] input[type=checkbox]', action: '[data-row-key]' };
    for (const line of help.querySelectorAll('[data-keys-of]')) line.hidden = !document.querySelector(of[line.dataset.keysOf]);
    help.showModal();
  }
}
