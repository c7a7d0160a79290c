//! `ombud schema`: the JSON Schema of workflow files, so that editors complete, explain and lint while one writes.

use std::io::Write;

use super::Outcome;
use crate::workflow::schema;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The schema of organisation.yaml instead
    #[arg(long)]
    organisation: bool,
}

pub fn run(args: &Args) -> anyhow::Result<Outcome> {
    let schema = if args.organisation {
        schema::organisation()
    } else {
        schema::workflow()
    };
    let mut out = std::io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, &schema)?;
    writeln!(out)?;
    Ok(Outcome::Fine)
}
