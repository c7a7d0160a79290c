// "/" at the beginning of a word in any text field offers canned answers; what is chosen goes in at the cursor. Chinese
// words or the first letters of their sound. Nothing happens while an input method is composing.
import { composing } from './ime.js';

const WORD = /(?:^|\s)[/／]([^\s/／]*)$/;

export function canned() {
  const wanted = x => x?.tagName === 'TEXTAREA' && !x.closest('[data-no-canned]') && !x.readOnly;
  const word = x => { const m = x.value.slice(0, x.selectionStart).match(WORD); return m ? m[1] : null; };
  let field = null, box = null, said = null, at = 0, loaded = null;
  // Asked once for each page: whoever may see what is decided by the server.
  const load = () => { loaded ||= fetch('/canned/list', { headers: { 'HX-Request': 'true', Accept: 'text/html' } }).then(a => { if (!a.ok) throw new Error(String(a.status)); return a.text(); }).catch(() => { loaded = null; return ''; }); return loaded; };
  const close = () => {
    if (!box) return;
    box.remove(); said.remove();
    for (const name of ['aria-controls', 'aria-activedescendant', 'aria-autocomplete']) field.removeAttribute(name);
    field = box = said = null;
  };
  const shown = () => [...box.querySelectorAll('[role=option]')].filter(o => !o.hidden);
  const mark = () => {
    const all = shown();
    all.forEach((o, i) => o.setAttribute('aria-selected', i === at ? 'true' : 'false'));
    all[at]?.scrollIntoView({ block: 'nearest' });
    if (all[at]) field.setAttribute('aria-activedescendant', all[at].id);
  };
  const show = async x => {
    const begun = word(x);
    if (begun === null) return close();
    const html = await load();
    // Typed on meanwhile, or gone elsewhere.
    const now = word(x);
    if (!html || now === null || document.activeElement !== x) return close();
    if (field !== x) {
      close();
      field = x;
      box = document.createElement('div');
      box.className = 'canned'; box.id = 'canned-list'; box.setAttribute('role', 'listbox');
      box.innerHTML = html;
      const words = box.querySelector('[data-words]');
      box.setAttribute('aria-label', words.dataset.title);
      said = words; said.remove();
      box.querySelectorAll('[role=option]').forEach((o, i) => { o.id = `canned-${i}`; });
      box.addEventListener('mousedown', e => { const o = e.target.closest('[role=option]'); e.preventDefault(); if (o) pick(o); });
      const place = x.closest('.f') || x.parentElement;
      place.classList.add('rel');
      place.append(box, said);
      x.setAttribute('aria-controls', box.id); x.setAttribute('aria-autocomplete', 'list');
    }
    const q = now.toLowerCase();
    for (const o of box.querySelectorAll('[role=option]')) o.hidden = !(!q || o.textContent.toLowerCase().includes(q) || o.dataset.kw.includes(q));
    at = 0;
    const count = shown().length;
    if (!count) return close();
    said.textContent = said.dataset.words.replace('#', count);
    mark();
  };
  const pick = o => {
    const x = field, from = x.selectionStart - (word(x) || '').length - 1;
    x.setRangeText(o.dataset.text, from, x.selectionStart, 'end');
    close(); x.focus();
    x.dispatchEvent(new Event('input', { bubbles: true }));
  };
  document.addEventListener('input', e => { if (wanted(e.target) && !e.isComposing) show(e.target); });
  document.addEventListener('compositionend', e => { if (wanted(e.target)) show(e.target); });
  document.addEventListener('keydown', e => {
    if (!box || e.target !== field || composing(e) || e.ctrlKey || e.metaKey || e.altKey) return;
    const all = shown(), step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (step) { e.preventDefault(); at = (at + step + all.length) % all.length; mark(); }
    else if (e.key === 'Enter' || e.key === 'Tab') { e.preventDefault(); e.stopPropagation(); pick(all[at]); }
    else if (e.key === 'Escape') { e.preventDefault(); e.stopPropagation(); close(); }
  }, true);
  document.addEventListener('focusout', e => { if (e.target === field) close(); });
}
