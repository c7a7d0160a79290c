// Several tickets at once: a few at a time, so that one sees how far it is. Under one key: going on after a broken
// connection doubles nothing.
const AT_ONCE = 10;

export function bulk() {
  const run = async form => {
    const progress = form.querySelector('[data-bulk-progress]'), results = form.querySelector('[data-bulk-results]');
    const all = [...form.querySelectorAll('input[name=n]')].map(x => x.value);
    const common = new URLSearchParams(new FormData(form));
    common.delete('n');
    form.querySelector('[data-bulk-fields]').hidden = true;
    form.querySelector('[data-bulk-broken]').hidden = true;
    progress.hidden = false;
    for (let at = Number(form.dataset.at || 0); at < all.length; at += AT_ONCE) {
      const body = new URLSearchParams(common);
      for (const number of all.slice(at, at + AT_ONCE)) body.append('n', number);
      try {
        const answer = await fetch(form.action, { method: 'POST', body, headers: { 'HX-Request': 'true', Accept: 'text/html' } });
        if (!answer.ok) throw new Error(String(answer.status));
        results.insertAdjacentHTML('beforeend', await answer.text());
      } catch { form.querySelector('[data-bulk-broken]').hidden = false; form.querySelector('[data-bulk-again]').focus(); return; }
      form.dataset.at = String(at + AT_ONCE);
      const done = results.querySelectorAll('.is-done').length, refused = results.querySelectorAll('.is-refused').length;
      for (const [name, n] of [['at', done + refused], ['done', done], ['refused', refused]]) progress.querySelector(`[data-${name}]`).textContent = n;
      progress.querySelector('progress').value = done + refused;
    }
    for (const box of document.querySelectorAll('[data-row] input:checked, [data-all]')) box.checked = false;
    document.body.dispatchEvent(new CustomEvent('bulk-over'));
    document.body.dispatchEvent(new CustomEvent('live:tickets'));
    progress.querySelector('[data-close]').focus();
  };
  document.addEventListener('submit', e => {
    const form = e.target.closest?.('form[data-bulk-run]');
    if (form) { e.preventDefault(); if (form.dataset.at === undefined) { form.dataset.at = '0'; run(form); } }
  });
  document.addEventListener('click', e => { const b = e.target.closest('[data-bulk-again]'); if (b) run(b.closest('form')); });
}
