// Where a page begins to be looked at: a large picture at its beginning, options that belong to what was chosen.
export function shows() {
  for (const picture of document.querySelectorAll('.diagram.tall')) {
    const start = picture.querySelector('.sd-n.is-start');
    if (!start || picture.scrollWidth <= picture.clientWidth) continue;
    const own = picture.getBoundingClientRect(), it = start.getBoundingClientRect();
    picture.scrollLeft += it.left + it.width / 2 - own.left - own.width / 2;
  }
  for (const tabs of document.querySelectorAll('.tabs')) {
    const here = tabs.querySelector('[aria-current=page]');
    if (here && tabs.scrollWidth > tabs.clientWidth) tabs.scrollLeft = here.offsetLeft - tabs.offsetLeft - (tabs.clientWidth - here.offsetWidth) / 2;
  }
  for (const form of document.querySelectorAll('form')) {
    const parts = [...form.querySelectorAll('[data-what]')];
    if (!parts.length) continue;
    const show = () => { const what = form.querySelector('[name=what]:checked')?.value; for (const part of parts) part.hidden = part.dataset.what !== what; };
    form.addEventListener('change', show);
    show();
  }
}
