import 'htmx.org';
import { clocks } from './clocks.js';
import { keys } from './keys.js';
import { palette } from './palette.js';
import { live } from './live.js';
import { drafts } from './drafts.js';
import { forms } from './forms.js';
import { dialogs } from './dialogs.js';
import { desk } from './desk.js';
import { prefs } from './prefs.js';
import { chart } from './chart.js';
import { list } from './list.js';
import { bulk } from './bulk.js';
import { canned } from './canned.js';
import { print } from './print.js';
import { files } from './files.js';
import { urgent } from './urgent.js';
import { again } from './again.js';
import { dates } from './dates.js';
import { wall } from './wall.js';
import { readFile } from './read-file.js';
import { shows } from './shows.js';
import { copy } from './copy.js';

document.addEventListener('htmx:config:request', e => {
  const csrf = document.querySelector('meta[name=csrf]')?.content;
  const h = e.detail?.ctx?.request?.headers;
  if (h && csrf) h['X-CSRF-Token'] = csrf;
  // What a page asks by itself does not keep a session alive.
  if (h && e.detail.ctx.sourceElement?.closest('[data-by-itself]') && !e.detail.ctx.sourceEvent?.isTrusted) h['X-By-Itself'] = '1';
});
prefs(); clocks(); keys(); palette(); live(); drafts(); forms(); dialogs(); desk(); chart(); list(); bulk(); canned(); files(); print();
urgent(); again(); dates(); wall(); readFile(); shows(); copy();
