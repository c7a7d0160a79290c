// A demonstration with a server of its own, in a folder of its own; both go at the end.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

const ROOT = path.resolve(new URL('../..', import.meta.url).pathname);

export const free = () => new Promise(resolve => { const s = net.createServer(); s.listen(0, '127.0.0.1', () => { const { port } = s.address(); s.close(() => resolve(port)); }); });

export async function start({ tickets = 80 } = {}) {
  const binary = process.env.OMBUD || path.join(ROOT, 'target/debug/ombud');
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ombud-console-'));
  const port = await free();
  const base = `http://127.0.0.1:${port}`;
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('OMBUD_')));
  const server = spawn(binary, ['demo', '--folder', `${folder}/demo`, '--listen', `127.0.0.1:${port}`, '--tickets', String(tickets)], { cwd: folder, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  for (const stream of [server.stdout, server.stderr]) stream.on('data', data => { log += data; });
  const stop = async () => { const gone = new Promise(resolve => server.once('exit', resolve)); server.kill('SIGINT'); await gone; fs.rmSync(folder, { recursive: true, force: true }); };
  for (let i = 0; ; i += 1) {
    if (server.exitCode !== null || i > 1200) throw new Error(`the server did not start:\n${log}`);
    try { if ((await fetch(`${base}/ready`)).ok) break; } catch { /* not yet */ }
    await new Promise(resolve => { setTimeout(resolve, 100); });
  }
  const password = fs.readFileSync(`${folder}/demo/password`, 'utf8').trim();
  const tokens = Object.fromEntries([...fs.readFileSync(`${folder}/demo/tokens.sh`, 'utf8').matchAll(/^export (\w+)=(\S+)$/gm)].map(m => [m[1].toLowerCase(), m[2]]));
  return { base, password, tokens, stop, log: () => log };
}
