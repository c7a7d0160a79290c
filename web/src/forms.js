export function forms() {
  // Fragments that arrive: modal dialogs open modally, error summaries mark and focus their fields.
  document.addEventListener('htmx:after:swap', () => {
    const links = [...document.querySelectorAll('#form-errors a[href^="#"]')];
    if (links.length) { for (const x of document.querySelectorAll('[aria-invalid]')) x.removeAttribute('aria-invalid'); links.forEach((a, i) => { const x = document.getElementById(a.hash.slice(1)); if (x) { x.setAttribute('aria-invalid', 'true'); if (!i) x.focus(); } }); }
  });
  // A whole page with faults: whoever sent the form goes on at the first of them.
  const first = document.querySelector('#form-errors a[href^="#"]'); if (first) document.getElementById(first.hash.slice(1))?.focus();
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
