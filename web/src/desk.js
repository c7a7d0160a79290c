// The agent's desk: how many required fields are filled, the title as it grows, what is known of the caller, the end of
// the call. Enter goes to the next field: nobody sends a ticket by accident.
import { composing } from './ime.js';
import { now } from './clocks.js';

export function desk() {
  const form = document.querySelector('form[data-order]');
  if (!form) return;
  const filled = x => x.type === 'radio' ? [...form.querySelectorAll(`[name="${x.name}"]`)].some(r => r.checked) : x.multiple ? x.selectedOptions.length > 0 : x.value.trim() !== '';
  const update = () => {
    const required = [...form.querySelectorAll('[aria-required=true]')], done = required.filter(filled).length;
    const meter = form.querySelector('[data-meter]'), bar = form.querySelector('[data-meter-bar]');
    if (meter) meter.textContent = `${done}/${required.length}`;
    if (bar) { bar.max = Math.max(required.length, 1); bar.value = done; }
    const title = form.querySelector('[data-title]'), subject = form.querySelector('[data-subject]')?.dataset.subject || '';
    if (title) {
      const said = subject.split(',').map(id => form.elements[`values.${id}`]?.value?.trim()).filter(Boolean).join('：');
      title.textContent = said || title.dataset.empty;
      title.classList.toggle('is-empty', !said);
    }
  };
  let timer = 0, asked = '';
  // The number, and what the routing goes by.
  const known = () => [...form.querySelectorAll('[type=tel],select:not([name=channel]),#f-place,#f-summary')].map(x => x.value).join('|') + form.elements.workflow.value;
  const ask = () => { clearTimeout(timer); timer = setTimeout(() => { const k = known(); if (k !== asked) { asked = k; document.body.dispatchEvent(new CustomEvent('desk-known')); } }, 400); };
  form.addEventListener('input', update);
  form.addEventListener('change', e => {
    // Merged into one ticket at most; the panel says what will become of it.
    if (e.target.name === 'merge_into') {
      for (const other of form.querySelectorAll('[name=merge_into]')) if (other !== e.target) other.checked = false;
      document.body.dispatchEvent(new CustomEvent('desk-known'));
    }
    // A kind that was chosen while the page was still being made ready asks for its form all the same.
    if (e.target.name === 'workflow') setTimeout(() => { if (form.querySelector('[data-workflow]').dataset.workflow !== form.elements.workflow.value && !form.querySelector('.htmx-request')) e.target.dispatchEvent(new Event('change', { bubbles: true })); }, 500);
    update(); ask();
  });
  document.addEventListener('htmx:after:swap', () => {
    update(); ask();
    const wrong = form.querySelector('[aria-invalid=true]');
    if (wrong && !form.contains(document.activeElement?.closest('[aria-invalid=true]'))) wrong.focus();
  });
  asked = known(); update();
  form.addEventListener('keydown', e => {
    if (e.key !== 'Enter' || e.ctrlKey || e.metaKey || composing(e) || e.target.tagName !== 'INPUT' || e.target.type === 'file') return;
    e.preventDefault();
    const all = [...form.querySelectorAll('#desk-form input:not([type=hidden]),#desk-form select,#desk-form textarea,#desk-form button[data-submit]')].filter(x => x.offsetParent);
    all[all.indexOf(e.target) + 1]?.focus();
  });
  const ring = form.querySelector('[data-countdown]'), hang = form.querySelector('[data-hang-up]'), ended = form.querySelector('[data-ended]');
  const hung = () => { hang.hidden = true; form.querySelector('[data-hung-up]').hidden = false; };
  if (ended.value) hung();
  hang.addEventListener('click', () => {
    ended.value = String(Math.round(now()));
    ring.dataset.due = String(Number(ended.value) + Number(ring.dataset.total) * 1000);
    hung();
    form.dispatchEvent(new Event('input', { bubbles: true }));
  });
}
