// Forms in dialogs. What arrives in the slot opens modally; when the server says that it is done, it closes. A dialog in
// which something was typed asks before it goes.
export function dialogs() {
  const slot = document.getElementById('dialog-slot');
  const dirty = () => slot?.querySelector('form[data-keep][data-dirty]:not([data-sending])');
  // What is on its way is not lost when the answer leads to another page.
  const kept = e => { const f = e.detail?.ctx?.sourceElement; return f?.matches?.('form[data-keep]') ? f : null; };
  document.addEventListener('htmx:before:request', e => { const f = kept(e); if (f) f.dataset.sending = ''; });
  for (const end of ['htmx:after:request', 'htmx:error']) document.addEventListener(end, e => { const f = kept(e), s = e.detail?.ctx?.response?.status; if (f && !(s >= 200 && s < 300)) delete f.dataset.sending; });
  // Others see that somebody is writing.
  const writing = () => { const w = document.querySelector('[data-writing]'); if (w) w.value = dirty() ? 'yes' : 'no'; };
  document.addEventListener('input', e => { const f = e.target.closest?.('form[data-keep]'); if (f) { f.dataset.dirty = ''; writing(); } });
  document.addEventListener('htmx:after:swap', () => {
    const d = slot?.querySelector('dialog:not([open])');
    if (!d) return;
    // showModal focuses the first thing it finds, which is the way out: begin where one types.
    d.showModal();
    const first = d.querySelector('[aria-invalid=true]') || d.querySelector('.dlg-b .in, .dlg-b input:not([type=hidden]), .dlg-b button');
    first?.focus();
    d.addEventListener('close', () => { if (!d.isConnected) return; slot.replaceChildren(); });
  });
  document.addEventListener('ombud-done', () => { slot?.querySelector('dialog[open]')?.close(); slot?.replaceChildren(); writing(); document.body.dispatchEvent(new CustomEvent('live:tickets')); });
  addEventListener('beforeunload', e => { if (dirty()) { e.preventDefault(); e.returnValue = ''; } });
  // A link behind # carries a secret that no server sees; it goes into the form, and out of the address.
  const from = document.querySelector('form[data-from-hash]');
  if (from && location.hash.length > 1) {
    const field = from.elements[from.dataset.fromHash];
    field.value = location.hash.slice(1);
    history.replaceState(null, '', location.pathname);
    field.closest('[data-code]').hidden = true;
    from.querySelector('[type=password]')?.focus();
  }
  document.addEventListener('click', e => {
    const b = e.target.closest('button[data-now]');
    if (!b) return;
    const field = document.getElementById(b.dataset.for);
    const wall = new Intl.DateTimeFormat('sv-SE', { timeZone: document.documentElement.dataset.zone || undefined, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' });
    field.value = wall.format(new Date(Date.now() + Number(b.dataset.now) * 1000));
    field.dispatchEvent(new Event('input', { bubbles: true }));
  });
  document.addEventListener('change', e => { if (e.target.matches('select[data-send]')) e.target.form.requestSubmit(); });
}
