//! `ombud import roster`: a roster line by line, or a month with a column for each day.

use std::path::Path;

use anyhow::Context;

use super::Outcome;
use super::import::Report;
use crate::desk::import::bring::RosterWish;
use crate::desk::import::month::month_in;
use crate::desk::{Desk, Principal};
use crate::texts::Arg;

/// What only a roster wants to know.
#[derive(Debug, clap::Args)]
pub struct RosterArgs {
    /// Of a roster: the month of a table that names none (2026-03); found in the file's name when left out
    #[arg(long, value_name = "YYYY-MM")]
    month: Option<String>,
    /// Of a roster: the role of lines that name none; every role of the person when left out
    #[arg(long, value_name = "ID")]
    role: Option<String>,
    /// Of a month's roster: take the place of what its people had in its days and has not begun
    #[arg(long)]
    replace: bool,
    /// Of a roster: take over the right lines though others are wrong
    #[arg(long)]
    skip_wrong: bool,
}

impl RosterArgs {
    fn wish(&self, file: &Path, dry_run: bool) -> anyhow::Result<RosterWish> {
        let month = match &self.month {
            Some(text) => {
                let read = month_in(text);
                Some(read.with_context(|| format!("{text} is no month; accepted: 2026-03"))?)
            }
            None => file.file_stem().and_then(|name| month_in(&name.to_string_lossy())),
        };
        Ok(RosterWish {
            month,
            role: self.role.as_deref().map(Into::into),
            replace: self.replace,
            skip_wrong: self.skip_wrong,
            dry_run,
        })
    }

    pub async fn run(
        &self,
        desk: &Desk,
        (file, bytes): (&Path, Vec<u8>),
        dry_run: bool,
        report: &Report,
    ) -> anyhow::Result<Outcome> {
        let wish = self.wish(file, dry_run)?;
        let found = desk.import_roster(&Principal::machine(), bytes, wish).await?;
        let clean = found.faults.is_empty();
        if !clean && !found.done {
            return report.nothing(file, &found.faults);
        }
        if !clean {
            report.list(file, &found.faults)?;
        }
        let number = |count: usize| Arg::Number(i64::try_from(count).unwrap_or(i64::MAX));
        let arguments = [
            ("count", number(found.shifts)),
            ("removed", number(found.removed)),
            ("file", file.display().to_string().into()),
        ];
        let key = if dry_run {
            "import-roster-would"
        } else {
            "import-roster-done"
        };
        report.say(key, &arguments)?;
        Ok(if clean { Outcome::Fine } else { Outcome::Findings })
    }
}
