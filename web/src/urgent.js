// Urgent tickets: what the server says nobody has acknowledged stays on every page until somebody does, and is heard once
// for each time one is told. The sound is made here, so that no file is loaded. And the numbers beside the navigation.
const HEARD = 'urgent-heard'; // a place in a list, nothing personal
const HIGH = 'urgent-high'; // how high they stood on the page before
const muted = () => /(?:^|; )sound=off/.test(document.cookie);
let context;
// Three rising pairs of tones: short, unlike a telephone.
function tones() {
  const at = context.currentTime + .03;
  [0, .45, .9].forEach(begin => [[784, 0], [1047, .16]].forEach(([pitch, after]) => {
    const tone = context.createOscillator(), gain = context.createGain(), t = at + begin + after;
    tone.type = 'triangle'; tone.frequency.value = pitch;
    gain.gain.setValueAtTime(0, t); gain.gain.linearRampToValueAtTime(.28, t + .02); gain.gain.exponentialRampToValueAtTime(.001, t + .15);
    tone.connect(gain).connect(context.destination); tone.start(t); tone.stop(t + .16);
  }));
}
async function play() {
  const Audio = window.AudioContext || window.webkitAudioContext;
  if (!Audio) return false;
  context = context || new Audio();
  // Browsers let a page be heard once somebody has touched it: it waits for that.
  if (context.state !== 'running') await Promise.race([context.resume().catch(() => {}), new Promise(r => setTimeout(r, 300))]);
  if (context.state !== 'running') return false;
  tones();
  return true;
}
export function urgent() {
  const place = document.getElementById('now');
  const off = document.querySelector('[data-sound-off]');
  if (off) { off.checked = muted(); off.addEventListener('change', () => { document.cookie = `sound=${off.checked ? 'off' : 'on'};path=/;max-age=31536000;samesite=lax`; }); }
  document.querySelector('[data-sound-try]')?.addEventListener('click', play);
  if (!place) return;
  // They push the page down. From page to page their room is kept, so that what one is about to press stays where it is.
  const high = Number(sessionStorage.getItem(HIGH) || 0);
  const settle = () => { place.style.minHeight = ''; sessionStorage.setItem(HIGH, String(place.offsetHeight)); };
  if (high) { place.style.minHeight = `${high}px`; setTimeout(settle, 800); }
  let waits = false;
  const hear = async () => {
    const newest = Number(place.querySelector('[data-newest]')?.dataset.newest || 0);
    if (!newest || newest <= Number(localStorage.getItem(HEARD) || 0) || muted()) { waits = false; return; }
    // One window of several is enough.
    const before = localStorage.getItem(HEARD);
    localStorage.setItem(HEARD, String(newest));
    waits = !(await play());
    if (waits) localStorage.setItem(HEARD, before || '0');
  };
  for (const touch of ['pointerdown', 'keydown']) document.addEventListener(touch, () => { if (waits) hear(); });
  let seen = '';
  document.addEventListener('htmx:after:swap', () => {
    if (!place.firstElementChild) return;
    settle();
    const counts = [...place.querySelectorAll('[data-count-of]')], now = counts.map(c => c.value).join() + place.querySelector('[data-newest]')?.dataset.newest;
    if (now === seen) return;
    seen = now;
    for (const c of counts) for (const b of document.querySelectorAll(`[data-count="${c.dataset.countOf}"]`)) b.textContent = c.value;
    hear();
  });
}
