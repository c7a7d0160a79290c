// Dates are written as 2026-03-02, whatever the browser's own language says; its calendar is an extra for who wants it.
export function dates() {
  if (!('showPicker' in HTMLInputElement.prototype)) return;
  for (const box of document.querySelectorAll('[data-pick]')) {
    const [text, native] = box.querySelectorAll('input'), button = box.querySelector('button');
    button.hidden = false;
    button.addEventListener('click', () => { native.value = text.value.replace(' ', 'T'); try { native.showPicker(); } catch { text.focus(); } });
    native.addEventListener('change', () => {
      text.value = native.value.replace('T', ' ');
      for (const kind of ['input', 'change']) text.dispatchEvent(new Event(kind, { bubbles: true }));
    });
  }
}
