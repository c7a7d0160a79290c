// A file that was chosen is read here into the form's field, where one sees what is sent; a workbook is packed beside it.
// Without a script the text is pasted.
const packed = bytes => { let text = ''; for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192)); return btoa(text); };

export function readFile() {
  for (const form of document.querySelectorAll('[data-read-file]')) {
    const input = form.querySelector('[data-file]'), field = form.querySelector('[data-file-text]'), pack = form.querySelector('[name=packed]');
    form.querySelector('[data-file-row]').hidden = false;
    field.addEventListener('input', () => { if (pack) pack.value = ''; });
    input.addEventListener('change', async () => {
      const [file] = input.files;
      if (!file) return;
      const bytes = new Uint8Array(await file.arrayBuffer());
      const said = form.querySelector('[data-file-said]');
      if (said) said.textContent = `${file.name}, ${Math.ceil(bytes.length / 1024)} KB`;
      // «PK»: a workbook. A table of an old office program is in GB18030.
      if (pack && bytes[0] === 0x50 && bytes[1] === 0x4b) { pack.value = packed(bytes); field.value = ''; return; }
      if (pack) pack.value = '';
      try { field.value = new TextDecoder('utf-8', { fatal: true }).decode(bytes); } catch { field.value = new TextDecoder('gb18030').decode(bytes); }
      field.dispatchEvent(new Event('input', { bubbles: true }));
    });
  }
}
