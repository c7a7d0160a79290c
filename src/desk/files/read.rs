//! The files of a ticket as somebody may see them: who sees the ticket sees that they are there; a private one is read
//! by whoever acts on the ticket, and by whom it came from (R10).

use std::fs::File;

use crate::store::StoreError;
use crate::store::files::{Hash, Media};
use crate::ticket::attachment::{Attachment, Gone};
use crate::ticket::mask::MASK;

use super::super::read::{Sight, View};
use super::super::{Desk, DeskError, NotAllowed, Principal};
use super::away;

/// A file of a ticket, for a reader.
#[derive(Clone, Debug)]
pub struct AttachmentView {
    /// With its name masked where the reader has no need of it.
    pub attachment: Attachment,
    /// The reader may have the content, and it is there.
    pub readable: bool,
}

/// A content that was opened for a reader.
#[derive(Debug)]
pub struct Opened {
    pub file: File,
    pub name: String,
    pub size: u64,
    pub media: Option<Media>,
    /// As it stands in a row: what the content is without a doubt.
    pub hash: String,
}

impl Desk {
    /// Needs `tickets:read`. Files with a number over `after`, at most `limit`, in the order in which they came.
    pub async fn attachments(
        &self,
        principal: &Principal,
        number: &str,
        after: u64,
        limit: u64,
    ) -> Result<(View, Vec<AttachmentView>), DeskError> {
        let around = self.inner.around();
        let (view, held) = self.seen(principal, &around, number).await?;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let shown = |file: &Attachment| {
            // Who saw the ticket up to some day sees what was there then; what is gone is gone for them too.
            let now = held.ticket.attachments.iter().find(|known| known.seq == file.seq);
            let gone = now.map_or(Some(Gone::Removed), |now| now.gone);
            shown(principal, view.sight, file, gone)
        };
        let files = view.ticket.attachments.iter().filter(|file| file.seq > after);
        let files = files.take(limit).map(shown).collect();
        Ok((view, files))
    }

    /// Needs `tickets:read`. `NotFound` for a file that is not there any more, or never was.
    pub async fn attachment(&self, principal: &Principal, number: &str, seq: u64) -> Result<Opened, DeskError> {
        let after = seq.saturating_sub(1);
        let (_, files) = self.attachments(principal, number, after, 1).await?;
        let found = files.into_iter().find(|file| file.attachment.seq == seq);
        let found = found.filter(|file| file.attachment.gone.is_none());
        let AttachmentView { attachment, readable } = found.ok_or(DeskError::not_found("attachment"))?;
        if !readable {
            return Err(NotAllowed::PrivateFile.into_error());
        }
        let lost = || {
            let what = format!(
                "the content of event {} of {number} is not in its folder",
                attachment.seq
            );
            DeskError::Store(StoreError::unreadable("attachments", what))
        };
        let hash = Hash::parse(&attachment.content.hash).ok_or_else(lost)?;
        let folder = self.files()?.folder.clone();
        let wanted = hash.clone();
        let opened = tokio::task::spawn_blocking(move || {
            folder.must_be_ours()?;
            folder.open(&wanted)
        });
        let file = match opened.await {
            Ok(Ok(file)) => file.ok_or_else(lost)?,
            Ok(Err(problem)) => return Err(away(&problem)),
            Err(_) => return Err(DeskError::Busy),
        };
        Ok(Opened {
            file,
            name: attachment.name,
            size: attachment.content.size,
            media: Media::parse(&attachment.content.media),
            hash: hash.as_str().to_owned(),
        })
    }
}

fn shown(principal: &Principal, sight: Sight, file: &Attachment, gone: Option<Gone>) -> AttachmentView {
    let own = file.by.person() == Some(&principal.person);
    let open = !file.content.private || sight.private || own;
    let name = if open || file.name.is_empty() {
        file.name.clone()
    } else {
        MASK.to_owned()
    };
    AttachmentView {
        readable: open && gone.is_none(),
        attachment: Attachment {
            name,
            gone,
            ..file.clone()
        },
    }
}
