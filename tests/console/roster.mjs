// The roster of the demonstration, taken apart for a story and put together again after it.

const HOUR = 3600e3;

/** Ends every shift of a role that runs or begins within two hours, but for those of `keep`; puts them back when told. */
export async function clear(stage, role, keep = []) {
  const now = Date.now(), gone = [];
  for (const { key, entry } of await stage.entries('/roster')) {
    const runs = entry.role === role && Date.parse(entry.to) > now && Date.parse(entry.from) < now + 2 * HOUR;
    if (!runs || keep.includes(entry.person)) continue;
    gone.push(entry);
    await stage.api('administrator', `/roster/${key}`, { method: 'DELETE' });
  }
  return async () => {
    for (const entry of gone) {
      const from = new Date(Math.max(Date.parse(entry.from), Date.now())).toISOString();
      if (Date.parse(entry.to) > Date.now() + 1000) await stage.api('administrator', '/roster', { method: 'POST', body: { ...entry, from } });
    }
  };
}
