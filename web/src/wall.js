// The clock of the large screen: the server's time in the centre's zone.
import { now } from './clocks.js';

export function wall() {
  const clock = document.querySelector('[data-wall-clock]');
  if (!clock) return;
  const { lang, dataset } = document.documentElement;
  const words = new Intl.DateTimeFormat(lang, { timeZone: dataset.zone || undefined, month: 'short', day: 'numeric', weekday: 'short', hour: '2-digit', minute: '2-digit', hour12: false });
  const tick = () => { const said = words.format(new Date(now())); if (clock.textContent !== said) clock.textContent = said; };
  tick(); setInterval(tick, 1000);
}
