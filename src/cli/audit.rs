//! `ombud audit`: is the record whole and true?

use std::collections::BTreeMap;
use std::io::Write;

use clap::ValueEnum;
use indicatif::ProgressBar;
use serde_json::{Value as Json, json};

use super::Outcome;
use super::language::Speaks;
use super::local::{Local, bar, must_exist, wait};
use crate::clock::Clock;
use crate::desk::audit::{self, Code, Finding, Known, Listener, Progress};
use crate::store::scan::Scan;
use crate::texts::{Arg, Language, say};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    local: Local,
    /// For people, or for programs (one JSON object a line)
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    #[command(flatten)]
    speaks: Speaks,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Human,
    Json,
}

/// Findings are told as they are found; whatever keeps the audit from running to its end is an error (exit code 2).
pub fn run(args: &Args) -> anyhow::Result<Outcome> {
    let language = args.speaks.language();
    let url = args.local.url(language)?;
    must_exist(&url)?;
    let (progress, cures) = wait(async {
        let scan = Scan::open(&url).await?;
        let known = Known::load(&scan, Clock::system().now()).await?;
        let known = known.with_files(&scan, args.local.files(language, &url)?).await?;
        let bar = bar(scan.tickets().await?);
        let mut teller = Teller {
            format: args.format,
            language,
            bar,
            cures: BTreeMap::new(),
            failed: None,
        };
        let progress = audit::run(&scan, &known, &mut teller).await?;
        teller.bar.finish_and_clear();
        match teller.failed {
            Some(error) => Err(error.into()),
            None => Ok((progress, teller.cures)),
        }
    })?;
    summary(progress, args.format, language)?;
    if args.format == Format::Human {
        advise(&cures, language)?;
    }
    Ok(if progress.findings == 0 {
        Outcome::Fine
    } else {
        Outcome::Findings
    })
}

struct Teller {
    format: Format,
    language: Language,
    bar: ProgressBar,
    /// What to do, once for each invariant that was broken, in the order of the codes.
    cures: BTreeMap<Code, String>,
    /// Writing failed: a finding that nobody read must not end as «clean».
    failed: Option<std::io::Error>,
}

impl Listener for Teller {
    fn found(&mut self, finding: &Finding) {
        let known = self
            .cures
            .keys()
            .any(|code| code.invariant() == finding.code.invariant());
        if !known {
            self.cures.insert(finding.code, finding.cure(self.language));
        }
        let text = match self.format {
            Format::Human => format!("{:4} {}", finding.invariant(), finding.sentence(self.language)),
            Format::Json => object(finding, self.language).to_string(),
        };
        let written = self.bar.suspend(|| writeln!(std::io::stdout().lock(), "{text}"));
        if let Err(error) = written {
            self.failed.get_or_insert(error);
        }
    }

    fn progress(&mut self, progress: Progress) {
        self.bar.set_position(progress.tickets);
    }
}

/// The cures, after the figures: a thousand findings of one kind need one.
fn advise(cures: &BTreeMap<Code, String>, language: Language) -> anyhow::Result<()> {
    if cures.is_empty() {
        return Ok(());
    }
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", say(language, "audit-cures", &[]))?;
    for (code, cure) in cures {
        writeln!(out, "{:4} {cure}", code.invariant().to_uppercase())?;
    }
    Ok(())
}

fn object(finding: &Finding, language: Language) -> Json {
    let details: serde_json::Map<String, Json> = finding
        .details
        .iter()
        .map(|(name, value)| ((*name).to_owned(), json!(value)))
        .collect();
    json!({
        "invariant": finding.invariant(),
        "code": finding.code.as_str(),
        "ticket": finding.ticket,
        "seq": finding.seq,
        "details": details,
        "sentence": finding.sentence(language),
        "cure": finding.cure(language),
    })
}

fn summary(progress: Progress, format: Format, language: Language) -> anyhow::Result<()> {
    let Progress {
        tickets,
        events,
        findings,
    } = progress;
    let text = match format {
        Format::Json => json!({"tickets": tickets, "events": events, "findings": findings}).to_string(),
        Format::Human => {
            let number = |count: u64| Arg::Number(i64::try_from(count).unwrap_or(i64::MAX));
            let key = if findings == 0 { "audit-clean" } else { "audit-findings" };
            let numbers = [
                ("tickets", number(tickets)),
                ("events", number(events)),
                ("findings", number(findings)),
            ];
            say(language, key, &numbers)
        }
    };
    Ok(writeln!(std::io::stdout().lock(), "{text}")?)
}
