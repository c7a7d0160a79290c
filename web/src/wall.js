// The large screen: the clock, which is the server's time in the centre's zone, and as many cards as fit whole.
import { now } from './clocks.js';

/** What is left free below the last thing in a column. */
const BELOW = 6;
const high = one => one.getBoundingClientRect();
const inside = col => ({ cards: [...col.querySelectorAll('.tk')], foot: col.querySelector('.more'), all: Number(col.dataset.count) });

/** A column keeps room down to this: with a card also for the foot, which says how many there are more. */
function keep(col, card) {
  const last = card ?? col.querySelector('header'), foot = card ? inside(col).foot.offsetHeight + 8 : 0;
  col.style.minHeight = `${Math.ceil(high(last).bottom - high(col).top + foot + 2 * BELOW)}px`;
}

/** Columns below each other keep room for their head and a card: whole cards, else short ones, else those that fit, and
 *  what is late before what is not. */
function room(track, cols) {
  const fits = () => track.scrollHeight <= track.clientHeight + 1;
  for (const tight of [false, true]) {
    track.classList.toggle('is-tight', tight);
    for (const col of cols) keep(col, inside(col).cards[0]);
    if (fits()) return;
  }
  for (const col of cols) keep(col);
  const pressing = col => (col.querySelector('.over') ? 2 : 0) + (col.querySelector('.tk.urgent') ? 1 : 0);
  for (const col of [...cols].sort((a, b) => pressing(b) - pressing(a))) {
    keep(col, inside(col).cards[0]);
    if (!fits()) keep(col);
  }
}

/** Nobody scrolls a wall: a card that would be cut is not shown, and the foot of its column says how many there are more. */
function fit() {
  const words = document.querySelector('.board[data-more]')?.dataset.more ?? '#';
  for (const track of document.querySelectorAll('.track')) {
    const cols = [...track.querySelectorAll('.col')];
    for (const col of cols) {
      const { cards, foot, all } = inside(col);
      for (const card of cards) card.hidden = false;
      foot.textContent = words.replace('#', all);
      foot.hidden = !cards.length;
      col.style.minHeight = '';
    }
    if (cols.length > 1) room(track, cols);
    for (const col of cols) {
      const { cards, foot, all } = inside(col), fits = last => high(last).bottom <= high(col).bottom - BELOW;
      let shown = cards.length;
      foot.hidden = true;
      if (!shown || (shown === all && fits(cards[shown - 1]))) continue;
      foot.hidden = false;
      while (shown > 0 && !fits(foot)) { shown -= 1; cards[shown].hidden = true; }
      foot.textContent = words.replace('#', all - shown);
      foot.hidden = shown >= all || shown === 0;
    }
  }
}

export function wall() {
  const clock = document.querySelector('[data-wall-clock]');
  if (!clock) return;
  const { lang, dataset } = document.documentElement;
  const words = new Intl.DateTimeFormat(lang, { timeZone: dataset.zone || undefined, month: 'short', day: 'numeric', weekday: 'short', hour: '2-digit', minute: '2-digit', hour12: false });
  const tick = () => { const said = words.format(new Date(now())); if (clock.textContent !== said) clock.textContent = said; };
  tick(); setInterval(tick, 1000);
  fit();
  document.addEventListener('htmx:after:swap', fit);
  addEventListener('resize', fit);
  document.fonts?.ready.then(fit);
}
