// Files of forms. Each goes up the moment it is chosen, with its progress and, where something is wrong, what to do; the
// form keeps its id. A form does not go while a file of it is still on its way.
const id = () => [...crypto.getRandomValues(new Uint8Array(16))].map(b => b.toString(16).padStart(2, '0')).join('');
const human = n => n < 1024 ? `${n} B` : n < 1048576 ? `${Math.floor(n / 1024)} KB` : `${Math.floor(n / 1048576)} MB`;

export function files() {
  // Asked each time: it is another one after signing in again.
  const csrf = () => document.querySelector('meta[name=csrf]')?.content;
  const going = new WeakMap();
  const box = x => x.closest('[data-files]');
  const say = (b, text) => { b.querySelector('[data-files-status]').textContent = text; };
  const changed = b => b.dispatchEvent(new Event('input', { bubbles: true }));
  const failed = (li, words, again) => {
    const err = li.querySelector('.err');
    err.textContent = words; err.hidden = false;
    li.classList.add('bad');
    li.querySelector('progress').hidden = true;
    li.querySelector('[data-file-again]').hidden = !again;
    say(box(li), `${li.querySelector('.fname').textContent}: ${words}`);
  };
  function up(li, file) {
    const b = box(li), bar = li.querySelector('progress'), key = li.dataset.file;
    li.classList.remove('bad'); li.querySelector('.err').hidden = true; li.querySelector('[data-file-again]').hidden = true;
    bar.hidden = false; bar.value = 0;
    const x = new XMLHttpRequest(), personal = b.querySelector('[data-files-private]').checked;
    going.set(li, { x, file });
    li.dataset.going = '';
    x.open('PUT', `/files/${key}?name=${encodeURIComponent(file.name)}&private=${personal}`);
    x.setRequestHeader('X-CSRF-Token', csrf()); x.setRequestHeader('Accept', 'application/json'); x.setRequestHeader('Content-Type', 'application/octet-stream');
    x.upload.onprogress = e => { if (e.lengthComputable) bar.value = Math.round(e.loaded / e.total * 100); };
    x.onload = () => {
      delete li.dataset.going;
      let answer = {}; try { answer = JSON.parse(x.responseText); } catch { /* a page of somebody in between */ }
      if (x.status !== 200) return failed(li, answer.wrong || b.dataset.lost, x.status >= 500 || x.status === 408 || !answer.wrong);
      const field = li.querySelector('input[type=hidden]');
      field.name = 'files'; field.value = answer.id;
      li.querySelector('.fname').textContent = answer.name; li.querySelector('[data-size]').textContent = answer.size;
      bar.hidden = true; li.querySelector('.err').hidden = true; li.querySelector('.err').textContent = '';
      say(b, `${answer.name} ${b.dataset.ready}`);
      changed(b);
    };
    x.onerror = x.ontimeout = () => { delete li.dataset.going; failed(li, b.dataset.lost, true); };
    x.onabort = () => { delete li.dataset.going; };
    x.send(file);
    say(b, `${file.name} ${b.dataset.up}`);
  }
  function add(b, chosen) {
    const list = b.querySelector('[data-files-list]');
    for (const file of chosen) {
      const li = b.querySelector('[data-files-row]').content.firstElementChild.cloneNode(true);
      li.dataset.file = id();
      li.querySelector('.fname').textContent = file.name; li.querySelector('[data-size]').textContent = human(file.size);
      const drop = li.querySelector('[data-file-drop]');
      drop.setAttribute('aria-label', `${drop.getAttribute('aria-label')} ${file.name}`);
      const many = list.querySelectorAll('li:not(.bad)').length >= Number(b.dataset.max);
      list.append(li);
      if (many) failed(li, b.dataset.tooMany, false);
      else if (file.size > Number(b.dataset.bytes)) failed(li, b.dataset.tooLarge, false);
      else up(li, file);
    }
  }
  document.addEventListener('change', e => {
    if (!e.target.matches?.('[data-files-in]')) return;
    add(box(e.target), [...e.target.files]);
    // The same file may be chosen again.
    e.target.value = '';
  });
  document.addEventListener('click', e => {
    const again = e.target.closest('[data-file-again]'), drop = e.target.closest('[data-file-drop]');
    if (again) { const li = again.closest('li'); up(li, going.get(li).file); }
    if (!drop) return;
    const li = drop.closest('li'), b = box(li);
    going.get(li)?.x.abort();
    if (li.querySelector('[name=files]')) fetch(`/files/${li.dataset.file}`, { method: 'DELETE', headers: { 'X-CSRF-Token': csrf(), Accept: 'application/json' } }).catch(() => {});
    say(b, `${li.querySelector('.fname').textContent} ${b.dataset.gone}`);
    li.remove();
    b.querySelector('[data-files-in]').focus();
    changed(b);
  });
  document.addEventListener('paste', e => {
    const b = e.target.closest?.('form')?.querySelector('[data-files]');
    const pasted = [...(e.clipboardData?.files || [])];
    if (b && pasted.length) { e.preventDefault(); add(b, pasted); }
  });
  // Dropped anywhere on the form; and never opened by the browser instead, which would lose the page.
  const dropped = e => [...(e.dataTransfer?.types || [])].includes('Files') && (e.target.closest?.('form')?.querySelector('[data-files]') || document.querySelector('dialog[open] [data-files]'));
  for (const kind of ['dragover', 'dragleave', 'drop']) document.addEventListener(kind, e => {
    const b = dropped(e);
    if (!b) return;
    e.preventDefault();
    b.classList.toggle('over', kind === 'dragover');
    if (kind === 'drop') add(b, [...e.dataTransfer.files]);
  });
  // Before htmx sees it.
  document.addEventListener('submit', e => {
    const b = e.target.querySelector?.('[data-files]');
    if (!b?.querySelector('[data-going]')) return;
    e.preventDefault(); e.stopImmediatePropagation();
    say(b, b.dataset.wait);
    const first = b.querySelector('[data-going] .err');
    first.textContent = b.dataset.wait; first.hidden = false;
  }, true);
}
