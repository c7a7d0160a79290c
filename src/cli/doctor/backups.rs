//! Is there a backup of last night, and was its audit clean?

use std::path::Path;

use jiff::civil::Time;
use jiff::tz::TimeZone;

use super::Visit;
use super::line::Line;
use crate::cli::local::file_of;
use crate::desk::backup::{self, Manifest};
use crate::workflow::moment::{HOUR, Moment};

/// So long after its time a backup may still be on its way.
const GRACE: i64 = 2 * HOUR;

pub(super) fn look(visit: &mut Visit, zone: &TimeZone) {
    let settings = &visit.config.backup;
    let is_sqlite = file_of(&visit.url).is_some();
    let line = match (settings.folder.as_str(), is_sqlite) {
        ("", true) => Line::new("backup-off"),
        ("", false) => Line::new("backup-elsewhere"),
        (folder, true) => newest(Path::new(folder), settings.time(), zone, visit.clock.now()),
        (folder, false) => match backup::dump::must_be_there() {
            Ok(()) => newest(Path::new(folder), settings.time(), zone, visit.clock.now()),
            Err(problem) => Line::new("backup-impossible").with("why", problem),
        },
    };
    visit.say(line);
}

fn newest(folder: &Path, time: Time, zone: &TimeZone, now: Moment) -> Line {
    let Some((at, file)) = backup::all(folder).pop() else {
        return Line::new("backup-none").with("folder", folder.display());
    };
    let findings = match Manifest::read(&file) {
        Ok(Some(manifest)) => manifest.findings,
        // Whole or not: nobody knows.
        Ok(None) | Err(_) => 1,
    };
    let name = if at < backup::last_due(time, zone, now.plus(-GRACE)) {
        "backup-old"
    } else if findings > 0 {
        "backup-unclean"
    } else {
        "backup"
    };
    Line::new(name)
        .with("file", file.display())
        .with("hours", now.since(at).div_euclid(HOUR))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backup_that_is_missing_old_or_unclean_is_told() {
        let folder = tempfile::TempDir::new().unwrap();
        let at = Time::constant(2, 30, 0, 0);
        let name = |now: &str| {
            let now = Moment::from_timestamp(now.parse().unwrap());
            newest(folder.path(), at, &TimeZone::UTC, now).name()
        };
        assert_eq!(name("2026-03-03T08:00:00Z"), "backup-none");
        let file = folder.path().join("ombud-20260303T023001Z.db");
        std::fs::write(&file, "x").unwrap();
        assert_eq!(name("2026-03-03T08:00:00Z"), "backup-unclean");
        let manifest = |findings: u64| {
            let text = serde_json::json!({"ombud": "0.1.0", "made_at": "2026-03-03T02:30:01Z", "tickets": 1, "events": 1,
                "findings": findings, "bytes": 1, "sha256": ""});
            std::fs::write(Manifest::beside(&file), text.to_string()).unwrap();
        };
        manifest(3);
        assert_eq!(name("2026-03-03T08:00:00Z"), "backup-unclean");
        manifest(0);
        assert_eq!(name("2026-03-03T08:00:00Z"), "backup");
        assert_eq!(name("2026-03-04T04:29:00Z"), "backup");
        assert_eq!(name("2026-03-04T04:31:00Z"), "backup-old");
    }
}
