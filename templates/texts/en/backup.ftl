# `ombud backup` and `ombud restore`.

backup-done = { $file }: { $tickets } tickets, { $events } events, audited and clean
backup-findings = { $file }: { $tickets } tickets, { $events } events. The copy is whole, but the audit finds { $findings } things wrong in it: run ombud audit
backup-removed = older backups removed: { $count }
backup-keep = --keep 0 would remove the backup that was just made: write 1 or more
backup-programs = The database is PostgreSQL, which is dumped and brought back by its own programs pg_dump and pg_restore, of the server's version or a later one. They cannot be run here: { $why }
restore-done = { $file } is now what { $backup } held. Cursors of the feed given out before are void. Mails that were waiting when the backup was made will be sent by the next server that starts, also those sent since
restore-changed = { $file } is not, byte for byte, what was written: its length or SHA-256 differs from the manifest beside it. Take another backup
restore-no-manifest = There is no manifest beside { $file }, so nobody knows whether it is whole. --anyway restores it if the audit finds nothing worse
restore-exists = { $file } is there already. --replace puts it aside under another name
restore-in-use = { $file } is in use: stop the server first
restore-other-kind = { $file } is of another kind of database: ….db is brought back into sqlite:FILE, ….dump into postgres://…
restore-not-bare = There are tables in { $database } already, and a dump is brought back into a new database only: make one (createdb NAME --encoding UTF8) and name it with --database
restore-dump-findings = The dump is in the database, whole, and the audit finds { $findings } things wrong in it: ombud audit says what. Do not serve it before that is clear; --anyway takes it as it is
restore-findings = The audit finds { $findings } things wrong in the backup; nothing was changed. ombud audit --database sqlite:FILE says what; --anyway restores it as it is
