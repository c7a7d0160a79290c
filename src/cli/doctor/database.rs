//! The database: is it there, is it of this version, sound, and does what it acknowledges survive a power cut?

use std::time::Duration;

use super::Visit;
use super::line::Line;
use crate::cli::local::{file_of, shown};
use crate::discreet::discreet;
use crate::store::scan::Scan;
use crate::store::{ServerFacts, StoreError, settings};

/// How long the database may take to let us in.
const OPEN_WITHIN: Duration = Duration::from_secs(10);
/// The oldest PostgreSQL that has what ombud asks for.
const VERSION_LEAST: i64 = 140_000;
/// Connections of one instance beside those that read: two write, one listens.
const BESIDE_READERS: i64 = 3;
/// The clock of the database may be so many milliseconds from ours.
const APART_MAX: i64 = 1_000;

/// The open database, when the record in it can be looked at.
pub(super) async fn look(visit: &mut Visit) -> Option<Scan> {
    if let Some(file) = file_of(&visit.url).filter(|file| !file.is_file()) {
        visit.say(Line::new("database-none").with("file", file.display()));
        return None;
    }
    let url = shown(&visit.url);
    let away = |why: String| Line::new("database-away").with("url", &url).with("error", why);
    let scan = match tokio::time::timeout(OPEN_WITHIN, Scan::open(&visit.url)).await {
        Ok(Ok(scan)) => scan,
        Ok(Err(error)) => {
            visit.say(away(discreet(&error)));
            return None;
        }
        Err(_) => {
            visit.say(away(format!("{} s", OPEN_WITHIN.as_secs())));
            return None;
        }
    };
    visit.say(Line::new("database").with("url", &url));
    match inside(visit, &scan).await {
        Ok(true) => Some(scan),
        Ok(false) => None,
        Err(error) => {
            visit.say(away(discreet(&error)));
            None
        }
    }
}

/// True when the tables are there that the record is read from.
async fn inside(visit: &mut Visit, scan: &Scan) -> Result<bool, StoreError> {
    if scan.is_sqlite() {
        sqlite(visit, scan).await?;
    } else {
        let facts = scan.server_facts().await?;
        let readers = i64::from(visit.config.database.readers);
        for line in server(&facts, readers, visit.clock.now().0) {
            visit.say(line);
        }
    }
    schema(visit, scan).await
}

async fn schema(visit: &mut Visit, scan: &Scan) -> Result<bool, StoreError> {
    let (missing, unknown) = scan.migrations().await?;
    let line = if !unknown.is_empty() {
        Line::new("schema-new").with("what", unknown.join(", "))
    } else if !missing.is_empty() {
        Line::new("schema-old").with("what", missing.join(", "))
    } else {
        match scan.foreign_schema().await?.as_slice() {
            [] => Line::new("schema"),
            changed => Line::new("schema-changed").with("what", changed.join(", ")),
        }
    };
    let is_usable = matches!(line.name(), "schema" | "schema-changed");
    visit.say(line);
    Ok(is_usable)
}

async fn sqlite(visit: &mut Visit, scan: &Scan) -> Result<(), StoreError> {
    let said = scan.words("pragma quick_check(1)").await?.join("; ");
    visit.say(if said == "ok" {
        Line::new("file-sound")
    } else {
        Line::new("file-damaged").with("said", said)
    });
    let journal = scan.words("pragma journal_mode").await?.join("");
    let sql = "select cast(value as integer) from settings where name = ?";
    let written = scan
        .number(sql, vec![settings::SYNCHRONOUS.into()])
        .await
        .ok()
        .flatten();
    let line = if journal != "wal" {
        Line::new("durable-not").with("what", format!("journal_mode = {journal}"))
    } else if let Some(level) = written.filter(|level| *level < 2) {
        Line::new("durable-not").with("what", format!("synchronous = {level}"))
    } else {
        Line::new("durable")
    };
    visit.say(line);
    Ok(())
}

/// What there is to say about a PostgreSQL server.
fn server(facts: &ServerFacts, readers: i64, now: i64) -> Vec<Line> {
    let mut lines = Vec::new();
    if facts.version < VERSION_LEAST {
        lines.push(Line::new("server-old").with("version", facts.version / 10_000));
    }
    if facts.encoding != "UTF8" {
        lines.push(Line::new("server-encoding").with("encoding", &facts.encoding));
    }
    let off: Vec<&str> = [("fsync", &facts.fsync), ("full_page_writes", &facts.full_page_writes)]
        .into_iter()
        .filter(|(_, value)| *value != "on")
        .map(|(name, _)| name)
        .collect();
    lines.push(if !off.is_empty() {
        Line::new("durable-not").with("what", format!("{} = off", off.join(", ")))
    } else if facts.synchronous_commit == "off" {
        Line::new("durable-mended").with("what", "synchronous_commit = off")
    } else {
        Line::new("durable")
    });
    let (wanted, free) = (readers + BESIDE_READERS, facts.connections_max - facts.connections);
    let name = if free < wanted {
        "connections-few"
    } else {
        "connections"
    };
    lines.push(
        Line::new(name)
            .with("used", facts.connections)
            .with("max", facts.connections_max)
            .with("wanted", wanted),
    );
    let apart = now - facts.now;
    if apart.abs() > APART_MAX {
        lines.push(Line::new("clock-apart").with("seconds", apart / 1_000));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> ServerFacts {
        ServerFacts {
            version: 150_004,
            encoding: "UTF8".to_owned(),
            fsync: "on".to_owned(),
            full_page_writes: "on".to_owned(),
            synchronous_commit: "on".to_owned(),
            connections: 5,
            connections_max: 100,
            now: 1_772_411_400_000,
        }
    }

    #[test]
    fn a_server_that_may_lose_what_it_acknowledged_is_told() {
        let names = |change: fn(&mut ServerFacts)| {
            let mut facts = good();
            change(&mut facts);
            let lines = server(&facts, 4, 1_772_411_400_000);
            lines.iter().map(Line::name).collect::<Vec<_>>()
        };
        assert_eq!(names(|_| ()), ["durable", "connections"]);
        assert_eq!(names(|f| f.fsync = "off".into()), ["durable-not", "connections"]);
        assert_eq!(
            names(|f| f.full_page_writes = "off".into()),
            ["durable-not", "connections"]
        );
        assert_eq!(
            names(|f| f.synchronous_commit = "off".into()),
            ["durable-mended", "connections"]
        );
        assert_eq!(names(|f| f.connections = 94), ["durable", "connections-few"]);
        assert_eq!(names(|f| f.now -= 5_000), ["durable", "connections", "clock-apart"]);
        assert_eq!(names(|f| f.version = 130_011), ["server-old", "durable", "connections"]);
        assert_eq!(
            names(|f| f.encoding = "LATIN1".into()),
            ["server-encoding", "durable", "connections"]
        );
    }
}
