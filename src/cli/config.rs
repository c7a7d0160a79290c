//! `ombud config`: the reference of all settings, to begin a file with; or what counts here and now.

use std::io::Write;

use super::Outcome;
use super::language::Speaks;
use super::local::Local;
use crate::config::{Config, REFERENCE};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// What counts with the file and the environment of this call, without passwords; else the reference with its
    /// comments, every setting at its default
    #[arg(long)]
    effective: bool,
    #[command(flatten)]
    local: Local,
    #[command(flatten)]
    speaks: Speaks,
}

pub fn run(args: &Args) -> anyhow::Result<Outcome> {
    let text = if args.effective {
        let language = args.speaks.language();
        Config::effective(args.local.settings_file().as_deref())
            .map_err(|error| anyhow::anyhow!(error.in_language(language)))?
    } else {
        REFERENCE.to_owned()
    };
    std::io::stdout().lock().write_all(text.as_bytes())?;
    Ok(Outcome::Fine)
}
