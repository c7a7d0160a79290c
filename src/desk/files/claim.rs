//! A command names uploads of its sender: they become files of the ticket in the command's own transaction.

use serde_json::{Map, Value as Json};

use crate::store::Sheet;
use crate::store::files::rows::{self, Upload};
use crate::store::files::{Folder, Hash};
use crate::ticket::attachment::{Content, NewFile};
use crate::ticket::model::{TaskId, Ticket};
use crate::workflow::id::ActionId;
use crate::workflow::moment::{DAY, Moment};

use super::super::error::Problem;
use super::super::{Desk, DeskError, Principal};
use super::{away, human};

/// The member of a command's parameters that names uploads.
pub const MEMBER: &str = "files";

/// Uploads that a command is about to use. What is wrong with them is told only when the command is decided: one that
/// was done before has its answer, though its uploads are gone.
#[derive(Clone, Debug, Default)]
pub struct Claim {
    person: String,
    uploads: Vec<Upload>,
    wrong: Vec<Problem>,
    ticket_max: u64,
}

impl Claim {
    /// The files for a command that says `action`, nothing when they come by themselves.
    pub fn files(
        &self,
        ticket: &Ticket,
        action: Option<&ActionId>,
        task: Option<TaskId>,
    ) -> Result<Vec<NewFile>, DeskError> {
        if !self.wrong.is_empty() {
            return Err(DeskError::Invalid(self.wrong.clone()));
        }
        let kept = ticket.attachments.iter().filter(|file| file.gone.is_none());
        let there: u64 = kept.map(|file| file.content.size).sum();
        let more: u64 = self.uploads.iter().map(|upload| upload.size).sum();
        if more > 0 && there.saturating_add(more) > self.ticket_max {
            let (max, there) = (human(self.ticket_max), human(there));
            return Err(Problem::new(
                format!("/{MEMBER}"),
                "files_too_large",
                format!("工单的附件合计最多 {max}，已有 {there}：请减少文件，或先移除不用的附件"),
                format!("All files of a ticket have {max} at most, {there} are there: add less, or remove some first"),
            )
            .into());
        }
        let file = |upload: &Upload| NewFile {
            name: upload.name.clone(),
            content: Content {
                hash: upload.hash.as_str().into(),
                size: upload.size,
                media: upload.media.as_str().into(),
                private: upload.private,
            },
            action: action.cloned(),
            task,
        };
        Ok(self.uploads.iter().map(file).collect())
    }

    /// They are the ticket's now, in the same transaction.
    pub fn used(&self, sheet: &mut Sheet<'_>) {
        for upload in &self.uploads {
            rows::drop(sheet, &self.person, &upload.id);
        }
    }
}

/// The ids that a command's parameters name.
pub fn named(with: &Map<String, Json>) -> Vec<String> {
    let list = with.get(MEMBER).and_then(Json::as_array);
    list.into_iter()
        .flatten()
        .filter_map(Json::as_str)
        .map(str::to_owned)
        .collect()
}

impl Desk {
    /// Looks uploads up and says to their contents that they are about to be needed.
    pub async fn claim(&self, principal: &Principal, ids: &[String]) -> Result<Claim, DeskError> {
        if ids.is_empty() {
            return Ok(Claim::default());
        }
        self.must_attach(principal)?;
        let files = self.files()?;
        let now = self.clock().now();
        let mut claim = Claim {
            person: principal.person.to_string(),
            ticket_max: files.plan.ticket_max,
            ..Claim::default()
        };
        if ids.len() > files.plan.per_form {
            let max = files.plan.per_form;
            claim.wrong.push(Problem::new(
                format!("/{MEMBER}"),
                "files_too_many",
                format!("一次最多 {max} 个文件，这里有 {} 个", ids.len()),
                format!("{max} files at most come at once, here are {}", ids.len()),
            ));
            return Ok(claim);
        }
        for (place, id) in ids.iter().enumerate() {
            // Named twice it is one file.
            if claim.uploads.iter().any(|known| known.id == *id) {
                continue;
            }
            let upload = rows::one(&self.inner.database, &claim.person, id).await?;
            let upload = upload.filter(|upload| upload.created_at > now.plus(-DAY));
            match upload {
                Some(upload) if touched(files.folder.clone(), &upload, now).await? => claim.uploads.push(upload),
                Some(_) | None => claim.wrong.push(Problem::new(
                    format!("/{MEMBER}/{place}"),
                    "unknown_upload",
                    format!("没有编号为 {id} 的已上传文件（上传后保留一天，用过即不再有效）：请重新上传"),
                    format!(
                        "No upload {id} of yours waits (it does for a day, and is used once): upload the file again"
                    ),
                )),
            }
        }
        Ok(claim)
    }
}

/// Whether the content is there, and known to be needed.
async fn touched(folder: Folder, upload: &Upload, now: Moment) -> Result<bool, DeskError> {
    let Some(hash) = Hash::parse(&upload.hash) else {
        return Ok(false);
    };
    let size = upload.size;
    let touched = tokio::task::spawn_blocking(move || {
        folder.must_be_ours()?;
        folder.touch(&hash, size, now)
    });
    match touched.await {
        Ok(Ok(touched)) => Ok(touched.is_some()),
        Ok(Err(problem)) => Err(away(&problem)),
        Err(_) => Err(DeskError::Busy),
    }
}
