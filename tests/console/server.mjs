// A demonstration with a server of its own, in a folder of its own; both go at the end.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

const ROOT = path.resolve(new URL('../..', import.meta.url).pathname);

export const free = () => new Promise(resolve => { const s = net.createServer(); s.listen(0, '127.0.0.1', () => { const { port } = s.address(); s.close(() => resolve(port)); }); });

/** A server that is ready, in a folder of its own: `words` of the command, out of folder and address. */
async function run(words, variables = () => ({})) {
  const binary = process.env.OMBUD || path.join(ROOT, 'target/debug/ombud');
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ombud-console-'));
  const listen = `127.0.0.1:${await free()}`;
  const base = `http://${listen}`;
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('OMBUD_')));
  const server = spawn(binary, words(folder, listen), { cwd: folder, env: { ...environment, ...variables(folder, listen) }, stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  for (const stream of [server.stdout, server.stderr]) stream.on('data', data => { log += data; });
  const stop = async () => { const gone = new Promise(resolve => server.once('exit', resolve)); server.kill('SIGINT'); await gone; fs.rmSync(folder, { recursive: true, force: true }); };
  for (let i = 0; ; i += 1) {
    if (server.exitCode !== null || i > 1200) throw new Error(`the server did not start:\n${log}`);
    try { if ((await fetch(`${base}/ready`)).ok) break; } catch { /* not yet */ }
    await new Promise(resolve => { setTimeout(resolve, 100); });
  }
  return { base, folder, stop, log: () => log };
}

/** The demonstration with so many tickets, and the tokens of its people. */
export async function start({ tickets = 80 } = {}) {
  const { base, folder, stop, log } = await run((at, listen) => ['demo', '--folder', `${at}/demo`, '--listen', listen, '--tickets', String(tickets)]);
  const password = fs.readFileSync(`${folder}/demo/password`, 'utf8').trim();
  const tokens = Object.fromEntries([...fs.readFileSync(`${folder}/demo/tokens.sh`, 'utf8').matchAll(/^export (\w+)=(\S+)$/gm)].map(m => [m[1].toLowerCase(), m[2]]));
  return { base, password, tokens, stop, log };
}

/** A server on an empty database, and the code of the link that lets the first administrator in. */
export async function fresh() {
  const one = await run(() => ['serve'], (folder, listen) => ({ OMBUD_DATABASE_URL: `sqlite:${folder}/ombud.db?mode=rwc`, OMBUD_SERVER_LISTEN: listen, OMBUD_SERVER_PUBLIC_URL: `http://${listen}` }));
  const [, code] = /\/welcome#([^\s"»”]+)/.exec(one.log()) ?? [];
  if (!code) throw new Error(`no link for the first administrator:\n${one.log()}`);
  return { ...one, code };
}
