//! `ombud publish`: workflow files into the database, from the machine itself, as the API does it: all are checked among
//! each other and play their stories, and two people stand in the record, who wrote them and who published them.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;

use anyhow::{Context, bail};

use super::check::{File, collect};
use super::language::Speaks;
use super::local::{Local, open, wait};
use super::user::sentences;
use super::{Outcome, report, serve};
use crate::desk::Principal;
use crate::desk::definitions::{Checked, Version};
use crate::texts::{Arg, Language, say};
use crate::ticket::judge::failed;
use crate::workflow::id::PersonId;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Workflow files, or folders of them: published together, or not at all
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
    /// Who publishes: somebody with the role manager or administrator
    #[arg(long, value_name = "PERSON")]
    by: String,
    /// Who wrote the files: somebody else
    #[arg(long, value_name = "PERSON")]
    author: String,
    /// Check only, publish nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    local: Local,
    #[command(flatten)]
    speaks: Speaks,
}

pub fn run(args: &Args) -> anyhow::Result<Outcome> {
    let language = args.speaks.language();
    let files = collect(&args.paths)?;
    let sources: Vec<&str> = files
        .iter()
        .map(|file| std::str::from_utf8(&file.source).with_context(|| file.path.display().to_string()))
        .collect::<Result<_, _>>()?;
    let stage = serve::stage(&args.local.config(language)?, language)?;
    let (by, author) = (Principal::whole(args.by.as_str()), PersonId::new(args.author.as_str()));
    let url = args.local.url(language)?;
    wait(async {
        let desk = open(&url).await?;
        if let Some(stage) = stage {
            desk.set_stage(stage);
        }
        let told = |error| anyhow::anyhow!(sentences(error, language));
        for person in [&by.person, &author] {
            if !desk.directory().is_known(person, desk.clock().now()) {
                bail!(
                    "{}",
                    say(language, "publish-nobody", &[("person", Arg::from(person.as_str()))])
                );
            }
        }
        let checked = desk.check_together(&by, &sources).await.map_err(told)?;
        if !show(&files, &checked, language)? {
            writeln!(std::io::stdout(), "{}", say(language, "publish-nothing", &[]))?;
            return Ok(Outcome::Findings);
        }
        // What is active already stays as it is, with the people who published it then.
        let is_new = |checked: &Checked| {
            checked.definition.as_ref().is_some_and(|definition| {
                let active = desk.active(&definition.workflow.value);
                active.is_none_or(|active| active.hash != definition.hash)
            })
        };
        let fresh: Vec<&str> = sources
            .iter()
            .zip(&checked)
            .filter(|(_, checked)| is_new(checked))
            .map(|(source, _)| *source)
            .collect();
        let same = i64::try_from(sources.len() - fresh.len())?;
        if args.dry_run {
            let count = Arg::Number(i64::try_from(fresh.len())?);
            writeln!(
                std::io::stdout(),
                "{}",
                say(language, "publish-would", &[("count", count)])
            )?;
            return Ok(Outcome::Fine);
        }
        let versions = desk.publish_written(&by, &fresh, Some(&author)).await.map_err(told)?;
        tell(&versions, same, language)?;
        Ok(Outcome::Fine)
    })
}

/// Shows what was found; true when nothing forbids publishing.
fn show(files: &[File], checked: &[Checked], language: Language) -> anyhow::Result<bool> {
    let mut out = std::io::stdout().lock();
    let colour = std::io::stdout().is_terminal();
    for (file, checked) in files.iter().zip(checked) {
        let failures = checked.failures.iter().cloned().map(failed);
        let findings: Vec<_> = checked.findings.iter().cloned().chain(failures).collect();
        let source = std::str::from_utf8(&file.source).unwrap_or_default();
        let path = file.path.display().to_string();
        out.write_all(report::human(&findings, source, &path, language, colour).as_bytes())?;
    }
    Ok(checked.iter().all(Checked::is_clean))
}

fn tell(versions: &[Version], same: i64, language: Language) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    for version in versions {
        let facts = [
            ("workflow", Arg::from(version.workflow.as_str())),
            ("version", Arg::Number(i64::from(version.version))),
        ];
        writeln!(out, "{}", say(language, "publish-done", &facts))?;
    }
    if same > 0 {
        writeln!(
            out,
            "{}",
            say(language, "publish-same", &[("count", Arg::Number(same))])
        )?;
    }
    Ok(())
}
