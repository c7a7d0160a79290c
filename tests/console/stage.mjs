// Where a story plays: people at browsers of their own, and the API beside them, which says whether it is true.
import { open, signIn } from './browser.mjs';

export const assert = (holds, what) => { if (!holds) throw new Error(what); };

export const equal = (found, wanted, what) => assert(JSON.stringify(found) === JSON.stringify(wanted), `${what}: ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`);

/** Asks until it holds: for what comes live. */
export async function until(holds, what, seconds = 15) {
  for (const end = Date.now() + seconds * 1000; ;) {
    const found = await holds();
    if (found) return found;
    if (Date.now() > end) throw new Error(`in vain for ${seconds} s: ${what}`);
    await new Promise(resolve => { setTimeout(resolve, 150); });
  }
}

/** Sessions by person: one signs in once by keyboard, and then with the cookie that came of it. */
const sessions = new WeakMap();

export class Stage {
  constructor(server, lang) { this.server = server; this.lang = lang; this.people = []; this.forgiven = []; }

  /** Somebody sits down at a browser of their own and is signed in. */
  async at(person, look = {}) {
    const { server } = this;
    const one = { person, ...await open(server.base, { lang: this.lang, ...look }) };
    this.people.push(one);
    const kept = sessions.get(server) ?? new Map();
    sessions.set(server, kept);
    if (kept.has(person)) { await one.context.addCookies([kept.get(person)]); return one; }
    await signIn(one.page, server.base, person, server.password);
    kept.set(person, (await one.context.cookies()).find(cookie => cookie.name === 'ombud'));
    return one;
  }

  /** Troubles that belong to the story, as a connection that is cut. */
  forgive(pattern) { this.forgiven.push(pattern); }

  /** A request of the API as one of the demonstration's people; refused, it is an error of the story. */
  async api(role, path, { method = 'GET', body, headers = {} } = {}) {
    const answer = await fetch(`${this.server.base}/api/v1${path}`, {
      method, headers: { Authorization: `Bearer ${this.server.tokens[role]}`, ...body === undefined ? {} : { 'Content-Type': 'application/json' }, ...headers },
      ...body === undefined ? {} : { body: JSON.stringify(body) },
    });
    const text = await answer.text();
    assert(answer.ok, `${method} ${path} as ${role}: ${answer.status} ${text.slice(0, 600)}`);
    return text && answer.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text;
  }

  /** Every entry of a list of the directory: keys and what is entered. */
  async entries(path) {
    const items = [];
    for (let after = ''; after !== null;) {
      const page = await this.api('administrator', `${path}?limit=200${after && `&after=${encodeURIComponent(after)}`}`);
      items.push(...page.items);
      after = page.next ?? null;
    }
    return items;
  }

  /** Every item of a list, page after page. */
  async all(role, path) {
    const items = [];
    for (let next = ''; next !== null;) {
      const page = await this.api(role, `${path}${path.includes('?') ? '&' : '?'}limit=200${next && `&cursor=${encodeURIComponent(next)}`}`);
      items.push(...page.items);
      next = page.next ?? null;
    }
    return items;
  }

  ticket(number, role = 'manager') { return this.api(role, `/tickets/${number}`); }

  async act(role, number, action, body = {}, task) {
    const way = task ? `/tasks/${task}` : '';
    return this.api(role, `/tickets/${number}${way}/actions/${action}`, { method: 'POST', body, headers: { 'If-Match': '*' } });
  }

  /** The browsers go; what went wrong in any of them is said. */
  async end() {
    const troubles = this.people.flatMap(one => one.troubles.map(trouble => `${one.person}: ${trouble}`));
    for (const one of this.people) await one.close().catch(() => {});
    const own = troubles.filter(line => !this.forgiven.some(pattern => pattern.test(line)));
    assert(own.length === 0, own.join('; '));
  }
}
