import { composing } from './ime.js';
export function forms() {
  // "/" at the start of a word opens canned answers in any [data-canned] textarea.
  for (const ta of document.querySelectorAll('textarea[data-canned]')) {
    const box = document.getElementById(ta.dataset.canned); if (!box) continue;
    const opts = [...box.querySelectorAll('[role=option]')]; let at = -1;
    const close = () => { box.hidden = true; at = -1; };
    const word = () => { const m = ta.value.slice(0, ta.selectionStart).match(/(?:^|\s)\/([^\s/]*)$/); return m ? m[1] : null; };
    const show = () => {
      const w = word(); if (w === null) return close();
      let n = 0; opts.forEach(o => { const h = !w || o.textContent.includes(w) || (o.dataset.kw || '').startsWith(w.toLowerCase()); o.hidden = !h; o.setAttribute('aria-selected', h && n === 0 ? 'true' : 'false'); if (h) n++; });
      if (!n) return close(); box.hidden = false; at = 0;
    };
    const pick = o => { const p = ta.selectionStart - (word() || '').length - 1; ta.setRangeText(o.dataset.text, p, ta.selectionStart, 'end'); close(); ta.focus(); ta.dispatchEvent(new Event('input', { bubbles: true })); };
    ta.addEventListener('input', e => { if (!e.isComposing) show(); }); ta.addEventListener('compositionend', show);
    ta.addEventListener('keydown', e => {
      if (composing(e) || box.hidden) return;
      const v = opts.filter(o => !o.hidden);
      if (e.key === 'ArrowDown' || e.key === 'ArrowUp') { e.preventDefault(); at = (at + (e.key === 'ArrowDown' ? 1 : -1) + v.length) % v.length; v.forEach((o, i) => o.setAttribute('aria-selected', i === at ? 'true' : 'false')); }
      else if (e.key === 'Enter' || e.key === 'Tab') { e.preventDefault(); pick(v[at]); }
      else if (e.key === 'Escape') { e.preventDefault(); close(); }
    });
    box.addEventListener('mousedown', e => { const o = e.target.closest('[role=option]'); if (o) { e.preventDefault(); pick(o); } });
    ta.addEventListener('blur', close);
  }
  // Fragments that arrive: modal dialogs open modally, error summaries mark and focus their fields.
  document.addEventListener('htmx:after:swap', () => {
    const links = [...document.querySelectorAll('#form-errors a[href^="#"]')];
    if (links.length) { for (const x of document.querySelectorAll('[aria-invalid]')) x.removeAttribute('aria-invalid'); links.forEach((a, i) => { const x = document.getElementById(a.hash.slice(1)); if (x) { x.setAttribute('aria-invalid', 'true'); if (!i) x.focus(); } }); }
  });
  document.addEventListener('input', e => e.target.removeAttribute?.('aria-invalid'));
  document.addEventListener('click', e => {
    const t = e.target.closest('[role=tab]'); if (!t) return;
    const l = t.closest('[role=tablist]');
    for (const x of l.querySelectorAll('[role=tab]')) { const on = x === t; x.setAttribute('aria-selected', on); x.tabIndex = on ? 0 : -1; const p = document.getElementById(x.getAttribute('aria-controls')); if (p) p.hidden = !on; }
  });
  document.addEventListener('keydown', e => {
    const t = e.target.closest?.('[role=tab]'); if (!t || !/^Arrow(Left|Right)$/.test(e.key)) return;
    const a = [...t.closest('[role=tablist]').querySelectorAll('[role=tab]')]; const n = a[(a.indexOf(t) + (e.key === 'ArrowRight' ? 1 : -1) + a.length) % a.length]; n.focus(); n.click();
  });
}
