# `ombud backup` and `ombud restore`.

backup-done = { $file }: { $tickets } tickets, { $events } events, audited and clean
backup-findings = { $file }: { $tickets } tickets, { $events } events. The copy is whole, but the audit finds { $findings } things wrong in it: run ombud audit
backup-removed = older backups removed: { $count }
backup-keep = --keep 0 would remove the backup that was just made: write 1 or more
backup-postgres = The database is PostgreSQL: back it up with pg_dump --format=custom and bring it back with pg_restore into a new database (docs/operations/postgresql.md); backups by ombud are for SQLite
restore-done = { $file } is now what { $backup } held. Cursors of the feed given out before are void. Mails that were waiting when the backup was made will be sent by the next server that starts, also those sent since
restore-changed = { $file } is not, byte for byte, what was written: its length or SHA-256 differs from the manifest beside it. Take another backup
restore-no-manifest = There is no manifest beside { $file }, so nobody knows whether it is whole. --anyway restores it if the audit finds nothing worse
restore-exists = { $file } is there already. --replace puts it aside under another name
restore-in-use = { $file } is in use: stop the server first
restore-findings = The audit finds { $findings } things wrong in the backup; nothing was changed. ombud audit --database sqlite:FILE says what; --anyway restores it as it is
