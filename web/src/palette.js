// The palette: tickets (asked of the server), what this page offers, pages, looks. A combobox over a listbox: the focus
// stays in the field, the arrows move the choice, what is chosen is said. Chinese names are found by the first letters
// of their sound too.
import { composing } from './ime.js';

const AFTER = 160;
const pal = () => document.getElementById('palette');

export function openPalette() {
  const p = pal();
  if (!p) return;
  here(p);
  if (!p.open) p.showModal();
  const input = p.querySelector('input');
  input.value = '';
  p.querySelector('[data-found]').replaceChildren();
  filter(p);
  input.focus();
}

/** What an action is about, where a page has it for several: the part of a ticket, or the line. */
const about = el => el.closest('.task')?.querySelector('h3')?.textContent.trim() || el.closest('[data-row]')?.querySelector('a')?.textContent.trim();

/** What may be done on this page, as it stands now; of lines that stand one among many, only with the one in hand. */
function here(p) {
  const group = p.querySelector('[data-here]');
  const seen = new Set();
  const all = [...document.querySelectorAll('main [data-hint], main a[hx-get*="/actions/"], .bulk:not([hidden]) [data-hint]')];
  const options = all.map((el, i) => {
    const words = (el.dataset.hint || el.getAttribute('aria-label') || el.firstChild?.textContent || el.textContent).trim(), of = about(el);
    const title = of ? `${words} · ${of}` : words;
    // What waits for something to be chosen cannot be done yet; what a closed menu holds can.
    if (!words || seen.has(title) || el.disabled || el.closest('[hidden], [data-row]:not(.is-cur)')) return null;
    seen.add(title);
    const o = document.createElement('div');
    o.className = 'opt'; o.id = `pal-h${i}`; o.setAttribute('role', 'option');
    o.dataset.kw = el.dataset.kw || '';
    const s = document.createElement('span'); s.textContent = title; o.append(s);
    if (el.dataset.key) { const e = document.createElement('span'); e.className = 'end'; for (const x of el.dataset.key.split(' ')) { const k = document.createElement('kbd'); k.textContent = x; e.append(k); } o.append(e); }
    o.addEventListener('click', () => setTimeout(() => { el.focus(); el.click(); }));
    return o;
  }).filter(Boolean);
  group.replaceChildren(group.querySelector('.gh'), ...options);
}

const items = p => [...p.querySelectorAll('[role=option]')];

function choose(p, option) {
  for (const o of items(p)) o.setAttribute('aria-selected', o === option ? 'true' : 'false');
  const input = p.querySelector('input');
  if (option) { input.setAttribute('aria-activedescendant', option.id); option.scrollIntoView({ block: 'nearest' }); } else input.removeAttribute('aria-activedescendant');
}

function filter(p) {
  const input = p.querySelector('input'), q = input.value.trim().toLowerCase();
  const number = p.querySelector('[data-number]'), bare = /^[A-Za-z]{0,8}[0-9]{4,8}-?[0-9]{0,9}$/.test(q);
  const go = number.querySelector('[role=option]');
  number.hidden = !bare;
  go.dataset.kw = bare ? q : '\u0000';
  if (bare) { const n = input.value.trim().toUpperCase(); go.dataset.href = `/tickets/${encodeURIComponent(n)}`; number.querySelector('[data-number-text]').textContent = n; }
  const hits = items(p).filter(o => {
    const hit = o.dataset.always !== undefined || (o === go ? bare : !q || o.textContent.toLowerCase().includes(q) || (o.dataset.kw || '').includes(q));
    o.hidden = !hit;
    return hit;
  });
  for (const g of p.querySelectorAll('[role=group]:not([data-number])')) g.hidden = ![...g.querySelectorAll('[role=option]')].some(o => !o.hidden);
  // The first, but rather what begins with what is typed, where the server has found nothing above it.
  choose(p, (hits[0]?.dataset.always === undefined && hits.find(o => q && o.textContent.trim().toLowerCase().startsWith(q))) || hits[0]);
  const count = p.querySelector('[data-count]');
  count.textContent = count.dataset.words.replace('#', hits.length);
}

export function palette() {
  const p = pal();
  if (!p) return;
  let timer = 0, asking;
  const find = () => {
    clearTimeout(timer);
    asking?.abort();
    const q = p.querySelector('input').value.trim(), found = p.querySelector('[data-found]');
    if (q.length < 2) { found.replaceChildren(); return; }
    timer = setTimeout(async () => {
      asking = new AbortController();
      try {
        const answer = await fetch(`${found.dataset.from}?q=${encodeURIComponent(q)}`, { headers: { 'HX-Request': 'true', Accept: 'text/html' }, signal: asking.signal });
        if (!answer.ok) return;
        const html = await answer.text(), chosen = p.querySelector('[aria-selected=true]')?.id;
        found.innerHTML = html;
        filter(p);
        // What somebody had chosen stays chosen when more arrives.
        const same = chosen && document.getElementById(chosen);
        if (same && !same.hidden && !chosen.startsWith('pal-t')) choose(p, same);
      } catch { /* typed on, or no connection: what stands in the page is found all the same */ }
    }, AFTER);
  };
  p.addEventListener('input', e => { if (!e.isComposing) { filter(p); find(); } });
  p.addEventListener('compositionend', () => { filter(p); find(); });
  p.addEventListener('keydown', e => {
    if (composing(e)) return;
    const seen = items(p).filter(o => !o.hidden && !o.closest('[hidden]')), at = seen.findIndex(o => o.getAttribute('aria-selected') === 'true');
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (step) { e.preventDefault(); choose(p, seen[(at + step + seen.length) % seen.length]); }
    else if (e.key === 'Home' && e.ctrlKey) { e.preventDefault(); choose(p, seen[0]); }
    else if (e.key === 'End' && e.ctrlKey) { e.preventDefault(); choose(p, seen.at(-1)); }
    else if (e.key === 'Enter') { e.preventDefault(); seen[at]?.click(); }
  });
  p.addEventListener('click', e => { const o = e.target.closest('[role=option]'); if (!o) return; p.close(); if (o.dataset.href) location.href = o.dataset.href; else if (o.dataset.do) document.querySelector(o.dataset.do)?.click(); });
}
