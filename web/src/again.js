// The session is over while something is written: one signs in again where one is, and the page goes on with all that
// was typed. Somebody else than before begins anew.
export function again() {
  const dialog = document.getElementById('sign-in-again');
  if (!dialog) return;
  const form = dialog.querySelector('[data-again]'), wrong = dialog.querySelector('[data-again-wrong]'), trouble = document.getElementById('trouble');
  const ask = () => { if (!dialog.open) { dialog.showModal(); form.elements.password.focus(); } };
  document.addEventListener('session-over', ask);
  document.addEventListener('htmx:after:request', e => { if (e.detail?.ctx?.response?.status === 401) ask(); });
  const goOn = csrf => {
    document.querySelector('meta[name=csrf]').content = csrf;
    for (const field of document.querySelectorAll('input[name=csrf]')) field.value = csrf;
    const said = document.createElement('div');
    said.className = 'banner info'; said.textContent = dialog.dataset.done;
    trouble.replaceChildren(said);
    form.reset(); wrong.textContent = ''; dialog.close();
    dispatchEvent(new Event('online'));
    document.body.dispatchEvent(new CustomEvent('live:tickets'));
  };
  form.addEventListener('submit', async e => {
    e.preventDefault();
    try {
      const answer = await fetch('/sign-in/again', { method: 'POST', body: new URLSearchParams(new FormData(form)), headers: { Accept: 'application/json' } });
      const said = await answer.json();
      const asked = said.second ? form.elements.code : form.elements.password;
      form.querySelector('[data-again-code]').hidden = !said.second;
      wrong.textContent = said.wrong || (answer.ok ? '' : dialog.dataset.failed);
      if (!answer.ok || said.second) { if (!said.second) form.elements.code.value = ''; asked.focus(); asked.select(); return; }
      if (said.person !== dialog.dataset.who) { location.href = '/'; return; }
      goOn(said.csrf);
    } catch { wrong.textContent = dialog.dataset.failed; }
  });
}
