//! `ombud check`: everything that is wrong with workflow files, and what was proved of those that are right.

use std::fs;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use clap::ValueEnum;

use super::language::Speaks;
use super::{Outcome, report};
use crate::clock::Clock;
use crate::texts::{self, Arg, Language};
use crate::ticket::judge::{Judgement, judge};
use crate::workflow::check::{Others, Surroundings};
use crate::workflow::definition::Definition;
use crate::workflow::directory::Directory;
use crate::workflow::finding::{Finding, Severity};
use crate::workflow::id::WorkflowId;
use crate::workflow::prove::prove;
use crate::workflow::read;

/// The stand-in for the directory: read beside the workflow files of a folder, never one of them.
const ORGANISATION: &str = "organisation.yaml";

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Workflow files, or folders of them with their organisation.yaml
    #[arg(value_name = "PATH", default_value = "workflows")]
    paths: Vec<PathBuf>,
    /// Departments, roles, staff and calendar that stand in for the directory [default: organisation.yaml beside the file]
    #[arg(long, value_name = "FILE")]
    organisation: Option<PathBuf>,
    /// For people, for programs (one JSON object a line), or for the annotations of a build server
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// Warnings count as errors
    #[arg(long)]
    deny_warnings: bool,
    #[command(flatten)]
    speaks: Speaks,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Human,
    Json,
    Annotations,
}

/// A workflow file with what is known beside it.
pub(super) struct File {
    pub path: PathBuf,
    pub source: Vec<u8>,
    folder: PathBuf,
}

pub fn run(args: &Args) -> anyhow::Result<Outcome> {
    let files = collect(&args.paths)?;
    let mut out = std::io::stdout().lock();
    let mut printer = Printer {
        format: args.format,
        language: args.speaks.language(),
        colour: std::io::stdout().is_terminal(),
        errors: 0,
        warnings: 0,
    };
    let mut neighbourhood: Option<(PathBuf, Neighbourhood)> = None;
    for file in &files {
        if neighbourhood.as_ref().is_none_or(|(folder, _)| *folder != file.folder) {
            let found = Neighbourhood::of(&file.folder, args.organisation.as_deref())?;
            printer.organisation(&found, &mut out)?;
            neighbourhood = Some((file.folder.clone(), found));
        }
        if let Some((_, neighbourhood)) = &neighbourhood {
            let judgement = neighbourhood.judge(&file.source);
            printer.file(file, &judgement, &mut out)?;
        }
    }
    printer.end(files.len(), &mut out)?;
    let denied = printer.errors > 0 || (args.deny_warnings && printer.warnings > 0);
    Ok(if denied { Outcome::Findings } else { Outcome::Fine })
}

/// The workflow files that the paths name, each once.
pub(super) fn collect(paths: &[PathBuf]) -> anyhow::Result<Vec<File>> {
    let mut found: Vec<PathBuf> = Vec::new();
    for path in paths {
        if path.is_dir() {
            let files = in_folder(path)?;
            if files.is_empty() {
                bail!("{} has no workflow files (*.yaml)", path.display());
            }
            found.extend(files);
        } else {
            found.push(path.clone());
        }
    }
    found.dedup();
    found
        .into_iter()
        .map(|path| {
            let source = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
            Ok(File { path, source, folder })
        })
        .collect()
}

fn in_folder(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let folder = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let path = entry?.path();
        let is_yaml = path
            .extension()
            .is_some_and(|extension| extension == "yaml" || extension == "yml");
        if is_yaml && path.is_file() && path.file_name().is_none_or(|name| name != ORGANISATION) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// What is known beside a file: the organisation and the other kinds of its folder.
struct Neighbourhood {
    organisation: Option<(PathBuf, Vec<u8>)>,
    directory: Option<Directory>,
    problems: Vec<Finding>,
    kinds: Vec<Arc<Definition>>,
    others: Others,
}

impl Neighbourhood {
    fn of(folder: &Path, organisation: Option<&Path>) -> anyhow::Result<Self> {
        let beside = folder.join(ORGANISATION);
        let path = match organisation {
            Some(path) => Some(path.to_path_buf()),
            None => beside.is_file().then_some(beside),
        };
        let mut found = Self {
            organisation: None,
            directory: None,
            problems: Vec::new(),
            kinds: Vec::new(),
            others: Others::new(),
        };
        if let Some(path) = path {
            let source = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            let reading = read::read_organisation(&source);
            found.directory = reading.organisation.map(|organisation| organisation.stand_in());
            found.problems = reading.findings.sorted();
            found.organisation = Some((path, source));
        }
        for path in in_folder(folder)? {
            let source = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            if let Some(definition) = read::read(&source).definition {
                let clocks = definition.clocks.keys().cloned().collect();
                found.others.insert(definition.workflow.value.clone(), clocks);
                found.kinds.push(Arc::new(definition));
            }
        }
        Ok(found)
    }

    fn judge(&self, source: &[u8]) -> Judgement {
        let around = Surroundings {
            directory: self.directory.as_ref(),
            now: Clock::system().now(),
            others: Some(&self.others),
            previous: None,
            incomplete: false,
        };
        let active = |id: &WorkflowId| self.kinds.iter().find(|kind| kind.workflow.value == *id).cloned();
        judge(source, &around, &active)
    }
}

struct Printer {
    format: Format,
    language: Language,
    colour: bool,
    errors: usize,
    warnings: usize,
}

impl Printer {
    fn organisation(&mut self, found: &Neighbourhood, out: &mut impl Write) -> anyhow::Result<()> {
        if let Some((path, source)) = &found.organisation {
            return self.findings(&found.problems, source, path, out);
        }
        if self.format == Format::Human {
            let said = texts::say(self.language, "check-no-organisation", &[]);
            writeln!(out, "{said}\n")?;
        }
        Ok(())
    }

    fn file(&mut self, file: &File, judgement: &Judgement, out: &mut impl Write) -> anyhow::Result<()> {
        self.findings(&judgement.findings, &file.source, &file.path, out)?;
        if judgement.omitted > 0 && self.format == Format::Human {
            let count = Arg::Number(i64::try_from(judgement.omitted).unwrap_or(i64::MAX));
            writeln!(
                out,
                "{}\n",
                texts::say(self.language, "check-omitted", &[("count", count)])
            )?;
        }
        self.errors += judgement.omitted;
        match &judgement.definition {
            Some(definition) if !judgement.has_errors() => self.proof(file, definition, judgement.stories, out),
            Some(_) | None => Ok(()),
        }
    }

    fn findings(
        &mut self,
        findings: &[Finding],
        source: &[u8],
        path: &Path,
        out: &mut impl Write,
    ) -> anyhow::Result<()> {
        let errors = findings
            .iter()
            .filter(|finding| finding.severity == Severity::Error)
            .count();
        self.errors += errors;
        self.warnings += findings.len() - errors;
        let text = std::str::from_utf8(source).unwrap_or_default();
        let path = path.display().to_string();
        let shown = match self.format {
            Format::Human => report::human(findings, text, &path, self.language, self.colour),
            Format::Json => report::json_lines(findings, text, &path, self.language),
            Format::Annotations => report::annotations(findings, text, &path, self.language),
        };
        out.write_all(shown.as_bytes())?;
        Ok(())
    }

    /// What was proved, for people and programs; a build server wants only what is wrong.
    fn proof(&self, file: &File, definition: &Definition, stories: usize, out: &mut impl Write) -> anyhow::Result<()> {
        let proof = prove(definition);
        let path = file.path.display().to_string();
        match self.format {
            Format::Human => {
                let tests = Arg::Number(i64::try_from(stories).unwrap_or(i64::MAX));
                let title = match self.language {
                    Language::Zh => &definition.title.zh,
                    Language::En => &definition.title.en,
                };
                let arguments = [
                    ("file", Arg::from(&path)),
                    ("title", Arg::from(title)),
                    ("tests", tests),
                ];
                writeln!(out, "{}", texts::say(self.language, "check-file", &arguments))?;
                writeln!(out, "{}\n", proof.sentences(self.language))?;
            }
            Format::Json => {
                writeln!(out, "{}", serde_json::json!({"file": path, "proof": proof}))?;
            }
            Format::Annotations => {}
        }
        Ok(())
    }

    fn end(&self, files: usize, out: &mut impl Write) -> anyhow::Result<()> {
        if self.format != Format::Human {
            return Ok(());
        }
        let number = |count: usize| Arg::Number(i64::try_from(count).unwrap_or(i64::MAX));
        let arguments = [
            ("errors", number(self.errors)),
            ("warnings", number(self.warnings)),
            ("files", number(files)),
        ];
        let key = if self.errors + self.warnings == 0 {
            "check-clean"
        } else {
            "check-summary"
        };
        writeln!(out, "{}", texts::say(self.language, key, &arguments))?;
        Ok(())
    }
}
