//! Files of tickets: rows say what the history says, and each content that a row names lies in its folder, whole (I26).

use std::collections::BTreeSet;

use super::code::Code;
use super::finding::{Finding, Findings};
use super::history::History;
use crate::store::StoreError;
use crate::store::files::folder::FolderProblem;
use crate::store::files::{Folder, Hash};
use crate::store::scan::{NeededFile, Scan};
use crate::ticket::model::Ticket;

/// The rows of a ticket are the files that its history leaves it.
pub(super) fn of_ticket(history: &History, folded: &Ticket, findings: &mut Findings) {
    let there = folded.attachments.iter().filter(|file| file.gone.is_none());
    let expected: BTreeSet<(i128, &str, i128)> = there
        .map(|file| {
            let content = &file.content;
            (i128::from(file.seq), &*content.hash, i128::from(content.size))
        })
        .collect();
    let found: BTreeSet<(i128, &str, i128)> = history
        .attachments
        .iter()
        .map(|row| (i128::from(row.seq), row.hash.as_str(), i128::from(row.size)))
        .collect();
    for (seq, ..) in found.symmetric_difference(&expected) {
        findings.push(Finding::new(Code::FileRow).seq(u64::try_from(*seq).unwrap_or_default()));
    }
}

/// Contents, each looked at once, however many tickets need it.
pub(super) async fn contents(scan: &Scan, folder: &Folder) -> Result<Vec<Finding>, StoreError> {
    let mut findings = Vec::new();
    let mut after = String::new();
    loop {
        let page = scan.needed_files(&after).await?;
        let Some(last) = page.last() else { return Ok(findings) };
        after.clone_from(&last.hash);
        if let Err(problem) = folder.must_be_ours() {
            return Ok(vec![Finding::new(Code::FileFolder).with("why", problem)]);
        }
        for needed in &page {
            if let Some(code) = broken(folder, needed) {
                findings.push(Finding {
                    ticket: Some(needed.ticket.clone()),
                    ..Finding::new(code)
                        .seq(u64::try_from(needed.seq).unwrap_or_default())
                        .with("hash", &needed.hash)
                });
            }
        }
    }
}

fn broken(folder: &Folder, needed: &NeededFile) -> Option<Code> {
    let Some(hash) = Hash::parse(&needed.hash) else {
        return Some(Code::FileMissing);
    };
    let size = u64::try_from(needed.size).unwrap_or_default();
    match folder.is_whole(&hash, size) {
        Ok(Some(true)) => None,
        Ok(None) => Some(Code::FileMissing),
        // What cannot be read is as good as changed.
        Ok(Some(false)) | Err(FolderProblem::Io { .. } | FolderProblem::Unmarked(_) | FolderProblem::Foreign(_)) => {
            Some(Code::FileChanged)
        }
    }
}
