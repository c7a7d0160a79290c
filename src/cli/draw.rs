//! `ombud draw`: the life of a ticket as a picture.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::ValueEnum;

use super::language::Speaks;
use super::{Outcome, report};
use crate::workflow::draw::{Look, mermaid, svg};
use crate::workflow::read::read;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// A workflow file
    file: PathBuf,
    /// Mermaid for documents and wikis, SVG for everything else
    #[arg(long, value_enum, default_value_t = Format::Mermaid)]
    format: Format,
    #[command(flatten)]
    speaks: Speaks,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Mermaid,
    Svg,
}

/// Draws what could be read; a file that is no workflow at all is refused with its findings.
pub fn run(args: &Args) -> anyhow::Result<Outcome> {
    let path = args.file.display().to_string();
    let source = fs::read(&args.file).with_context(|| format!("cannot read {path}"))?;
    let reading = read(&source);
    let language = args.speaks.language();
    let Some(definition) = reading.definition else {
        let text = String::from_utf8_lossy(&source);
        let findings = reading.findings.sorted();
        std::io::stderr().write_all(report::human(&findings, &text, &path, language, false).as_bytes())?;
        bail!("{path} cannot be drawn");
    };
    let look = Look {
        standalone: true,
        ..Look::default()
    };
    let drawn = match args.format {
        Format::Mermaid => mermaid(&definition, language),
        Format::Svg => svg(&definition, language, &look),
    };
    std::io::stdout().write_all(drawn.as_bytes())?;
    Ok(Outcome::Fine)
}
