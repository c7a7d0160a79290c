//! `ombud import`: departments, people, rosters, calendars, and tickets with their history.
//!
//! A file is read whole; every line that is wrong is reported, and then nothing is changed.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::ValueEnum;
use jiff::tz::TimeZone;

use super::Outcome;
use super::import_roster::RosterArgs;
use super::language::Speaks;
use super::local::{Local, bar, wait};
use crate::desk::directory::{EDITS_MAX, Edit};
use crate::desk::import::fault::{FAULTS_MAX, Fault, What as Wrong};
use crate::desk::import::held::{Holds, edits_of};
use crate::desk::import::history::Imported;
use crate::desk::import::past::Past;
use crate::desk::import::past_table;
use crate::desk::{Desk, DeskError, Principal};
use crate::texts::{Arg, Language, say};
use crate::web::api::import as api;
use crate::workflow::id::{CalendarId, WorkflowId};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// What the file holds; found out by its name when left out (departments.csv, roster-march.csv, holidays.ics …)
    #[arg(value_name = "WHAT or FILE")]
    what: String,
    /// CSV (UTF-8 or GB18030), .xlsx, JSON lines, YAML, holiday JSON or .ics
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// The calendar that holidays are for
    #[arg(long, value_name = "ID", default_value = "default")]
    calendar: String,
    /// Of an organisation: the staff of the stories in place of its people, for a trial
    #[arg(long)]
    test_staff: bool,
    /// Only say what would happen
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    roster: RosterArgs,
    #[command(flatten)]
    local: Local,
    #[command(flatten)]
    speaks: Speaks,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum What {
    Departments,
    People,
    Memberships,
    Roster,
    Absences,
    Organisation,
    /// Public holidays and make-up days.
    Calendar,
    /// Tickets with their own times.
    History,
}

/// Largest file that is read.
const BYTES_MAX: u64 = 512 << 20;
/// Tickets handed to the desk at a time.
const TICKETS_AT_A_TIME: usize = 256;

pub fn run(args: &Args) -> anyhow::Result<Outcome> {
    let (what, file) = args.what_and_file()?;
    let size = std::fs::metadata(&file)
        .with_context(|| format!("cannot read {}", file.display()))?
        .len();
    if size > BYTES_MAX {
        bail!("{} is larger than {} MiB; split it", file.display(), BYTES_MAX >> 20);
    }
    let bytes = std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
    let language = args.speaks.language();
    wait(async {
        let desk = args.local.desk(language).await?;
        let import = Import {
            desk,
            language,
            dry_run: args.dry_run,
        };
        match what {
            What::History => import.history(&file, &bytes).await,
            What::Roster => {
                let report = Report { language };
                args.roster
                    .run(&import.desk, (&file, bytes), args.dry_run, &report)
                    .await
            }
            What::Departments => import.directory(&Holds::Departments, &file, &bytes).await,
            What::People => import.directory(&Holds::People, &file, &bytes).await,
            What::Memberships => import.directory(&Holds::Memberships, &file, &bytes).await,
            What::Absences => import.directory(&Holds::Absences, &file, &bytes).await,
            What::Organisation => {
                let holds = Holds::Organisation {
                    test_staff: args.test_staff,
                };
                import.directory(&holds, &file, &bytes).await
            }
            What::Calendar => {
                let holds = Holds::Holidays(CalendarId::from(args.calendar.as_str()));
                import.directory(&holds, &file, &bytes).await
            }
        }
    })
}

impl Args {
    fn what_and_file(&self) -> anyhow::Result<(What, PathBuf)> {
        if let Some(file) = &self.file {
            let what = What::from_str(&self.what, true).map_err(|_| {
                let accepted: Vec<String> = What::value_variants()
                    .iter()
                    .filter_map(|what| Some(what.to_possible_value()?.get_name().to_owned()))
                    .collect();
                anyhow::anyhow!(
                    "{} is nothing that can be imported; accepted: {}",
                    self.what,
                    accepted.join(", ")
                )
            })?;
            return Ok((what, file.clone()));
        }
        let file = PathBuf::from(&self.what);
        let what = guess(&file).with_context(|| {
            format!(
                "what does {} hold? say it first: ombud import roster {}",
                file.display(),
                file.display()
            )
        })?;
        Ok((what, file))
    }
}

/// What a file holds, by its name.
fn guess(file: &Path) -> Option<What> {
    let name = file.file_name()?.to_str()?.to_lowercase();
    let ends = |ending: &str| name.ends_with(ending);
    let by_ending = if ends(".jsonl") {
        Some(What::History)
    } else if ends(".yaml") || ends(".yml") {
        Some(What::Organisation)
    } else if ends(".ics") || ends(".json") {
        Some(What::Calendar)
    } else {
        None
    };
    let words = [
        ("departments", What::Departments),
        ("部门", What::Departments),
        ("people", What::People),
        ("人员", What::People),
        ("memberships", What::Memberships),
        ("角色", What::Memberships),
        ("roster", What::Roster),
        ("值班", What::Roster),
        ("排班", What::Roster),
        ("absences", What::Absences),
        ("请假", What::Absences),
        ("history", What::History),
        ("历史", What::History),
    ];
    by_ending.or_else(|| {
        words
            .iter()
            .find(|(word, _)| name.contains(word))
            .map(|(_, what)| *what)
    })
}

struct Import {
    desk: Desk,
    language: Language,
    dry_run: bool,
}

impl Import {
    async fn directory(&self, holds: &Holds, file: &Path, bytes: &[u8]) -> anyhow::Result<Outcome> {
        let directory = self.desk.directory();
        let edits = match edits_of(holds, bytes, &directory, self.language) {
            Ok(edits) => edits,
            Err(faults) => return self.report(file, &faults),
        };
        let count = edits.len();
        if !self.dry_run {
            // The desk takes so many at a time; each part is taken whole or not at all.
            let mut edits = edits.into_iter();
            loop {
                let part: Vec<Edit> = edits.by_ref().take(EDITS_MAX).collect();
                if part.is_empty() {
                    break;
                }
                if let Err(error) = self.desk.edit(&Principal::machine(), part).await {
                    return self.report(file, &self.refused(error)?);
                }
            }
        }
        let key = if self.dry_run { "import-would" } else { "import-done" };
        self.say(
            key,
            &[("count", number(count)), ("file", file.display().to_string().into())],
        )?;
        Ok(Outcome::Fine)
    }

    async fn history(&self, file: &Path, bytes: &[u8]) -> anyhow::Result<Outcome> {
        let read = if is_lines(file, bytes) {
            api::read_lines(bytes, self.language)
        } else {
            let directory = self.desk.directory();
            let zone = directory
                .calendar(None)
                .map_or(TimeZone::UTC, |calendar| calendar.zone.clone());
            let active = |workflow: &WorkflowId| self.desk.active(workflow);
            past_table::read(bytes, &zone, &active)
        };
        let pasts = match read {
            Ok(pasts) => pasts,
            Err(faults) => return self.report(file, &faults),
        };
        self.bring(file, pasts).await
    }

    async fn bring(&self, file: &Path, pasts: Vec<(u64, Past)>) -> anyhow::Result<Outcome> {
        let bar = bar(u64::try_from(pasts.len())?);
        let (mut accepted, mut there, mut faults) = (0_usize, 0_usize, Vec::new());
        let mut pasts = pasts.into_iter();
        loop {
            let (lines, part): (Vec<u64>, Vec<Past>) = pasts.by_ref().take(TICKETS_AT_A_TIME).unzip();
            if part.is_empty() {
                break;
            }
            bar.inc(u64::try_from(part.len())?);
            let machine = Principal::machine();
            let answers = if self.dry_run {
                self.desk.rehearse_history(&machine, part).await?
            } else {
                self.desk.import_history(&machine, part).await?
            };
            for (line, answer) in lines.into_iter().zip(answers) {
                match answer {
                    Imported::Accepted { .. } => accepted += 1,
                    Imported::Exists { .. } => there += 1,
                    Imported::Invalid(problem) => {
                        let sentence = in_language(&problem.sentence, self.language).to_owned();
                        faults.push(Fault::line(line, Wrong::Refused { sentence }));
                    }
                    Imported::Refused { command, refusal } => {
                        let sentence = api::refused_sentence(command, &refusal, self.language);
                        faults.push(Fault::line(line, Wrong::Refused { sentence }));
                    }
                }
            }
        }
        bar.finish_and_clear();
        let counts = [
            ("accepted", number(accepted)),
            ("there", number(there)),
            ("refused", number(faults.len())),
            ("file", file.display().to_string().into()),
        ];
        let key = if self.dry_run {
            "import-history-would"
        } else {
            "import-history"
        };
        self.say(key, &counts)?;
        if faults.is_empty() {
            Ok(Outcome::Fine)
        } else {
            self.list(file, &faults)
        }
    }

    /// What the desk said to edits that were well-formed; anything else than a refusal is an error of the command.
    fn refused(&self, error: DeskError) -> anyhow::Result<Vec<Fault>> {
        let problems = if let DeskError::Invalid(problems) = error {
            problems
        } else if let DeskError::Conflict(problem) = error {
            vec![*problem]
        } else {
            return Err(error.into());
        };
        let sentence = |problem: &crate::desk::Problem| in_language(&problem.sentence, self.language).to_owned();
        Ok(problems
            .iter()
            .map(|problem| {
                Fault::file(Wrong::Refused {
                    sentence: sentence(problem),
                })
            })
            .collect())
    }

    fn report(&self, file: &Path, faults: &[Fault]) -> anyhow::Result<Outcome> {
        Report::of(self).nothing(file, faults)
    }

    fn list(&self, file: &Path, faults: &[Fault]) -> anyhow::Result<Outcome> {
        Report::of(self).list(file, faults)
    }

    fn say(&self, key: &str, arguments: &[(&str, Arg)]) -> anyhow::Result<()> {
        Report::of(self).say(key, arguments)
    }
}

/// What is said of a file, in the reader's language.
pub struct Report {
    pub language: Language,
}

impl Report {
    fn of(import: &Import) -> Self {
        Self {
            language: import.language,
        }
    }

    /// What is wrong, and that nothing was changed.
    pub fn nothing(&self, file: &Path, faults: &[Fault]) -> anyhow::Result<Outcome> {
        self.list(file, faults)?;
        self.say("import-nothing", &[("file", file.display().to_string().into())])?;
        Ok(Outcome::Findings)
    }

    /// What is wrong, line by line.
    pub fn list(&self, file: &Path, faults: &[Fault]) -> anyhow::Result<Outcome> {
        let mut out = std::io::stdout().lock();
        for fault in faults.iter().take(FAULTS_MAX) {
            writeln!(out, "{}: {}", file.display(), fault.sentence(self.language))?;
        }
        if faults.len() > FAULTS_MAX {
            let more = number(faults.len() - FAULTS_MAX);
            writeln!(out, "{}", say(self.language, "import-more", &[("count", more)]))?;
        }
        Ok(Outcome::Findings)
    }

    pub fn say(&self, key: &str, arguments: &[(&str, Arg)]) -> anyhow::Result<()> {
        Ok(writeln!(
            std::io::stdout().lock(),
            "{}",
            say(self.language, key, arguments)
        )?)
    }
}

/// JSON lines, by name or by looks.
fn is_lines(file: &Path, bytes: &[u8]) -> bool {
    let by_name = file
        .extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("jsonl"));
    by_name || bytes.first() == Some(&b'{')
}

fn number(count: usize) -> Arg<'static> {
    Arg::Number(i64::try_from(count).unwrap_or(i64::MAX))
}

fn in_language(text: &crate::workflow::definition::Text, language: Language) -> &str {
    match language {
        Language::Zh => &text.zh,
        Language::En => &text.en,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_file_holds_is_found_out_by_its_name() {
        for (file, what) in [
            ("departments.csv", Some(What::Departments)),
            ("三月值班表.csv", Some(What::Roster)),
            ("people-2026.csv", Some(What::People)),
            ("holiday-cn-2026.json", Some(What::Calendar)),
            ("holidays.ICS", Some(What::Calendar)),
            ("organisation.yaml", Some(What::Organisation)),
            ("old.jsonl", Some(What::History)),
            ("table.csv", None),
        ] {
            assert_eq!(guess(Path::new(file)), what, "{file}");
        }
    }
}
