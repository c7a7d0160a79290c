// Copies what is shown once. A browser that does not give the clipboard away (no HTTPS, no leave) gets the text chosen,
// ready for Ctrl+C; without scripts it is a field to copy from.
const old = () => { try { return document.execCommand('copy'); } catch { return false; } };
export function copy() {
  for (const b of document.querySelectorAll('[data-copy]')) b.hidden = false;
  document.addEventListener('click', async e => {
    const b = e.target.closest('[data-copy]'); if (!b) return;
    const from = document.getElementById(b.dataset.copy), said = b.closest('.f').querySelector('[data-copy-said]');
    from.focus(); from.select();
    let done = false;
    try { await navigator.clipboard.writeText(from.value); done = true; } catch { done = old(); }
    said.textContent = done ? b.dataset.copied : b.dataset.chosen;
  });
}
