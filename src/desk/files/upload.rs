//! A file comes in: streamed to disk within its limits, then a row of whoever sent it. Nobody else sees it, and no
//! ticket has it, until a command claims it.

use tokio::sync::OwnedSemaphorePermit;

use crate::store::Wants;
use crate::store::files::rows::{self, Upload};
use crate::store::files::{Intake, Kept, Refused, name};
use crate::workflow::id::{ActionId, PersonId};

use super::super::error::Problem;
use super::super::{Desk, DeskError, Inner, Principal, Scope};
use super::{away, human};

/// Uploads that one person may have waiting.
pub const UPLOADS_MAX: u64 = 50;
/// Characters of an id.
const ID_MAX: usize = 64;

/// A file as it is announced.
#[derive(Clone, Debug)]
pub struct Wish {
    /// The sender's own: the same id and content again is the same upload.
    pub id: String,
    /// As it was called; kept clean.
    pub name: String,
    /// Only for whoever acts on the ticket (R10).
    pub private: bool,
}

/// A file on its way in; dropped, it leaves nothing.
pub struct Receiving {
    desk: Desk,
    person: PersonId,
    wish: Wish,
    intake: Intake,
    _place: OwnedSemaphorePermit,
}

/// A file that is in.
#[derive(Clone, Debug)]
pub struct Received {
    pub upload: Upload,
    /// False when it was there already under this id.
    pub is_new: bool,
}

impl Desk {
    /// Begins to take a file. Needs `tickets:act:attach`. Errors: `Invalid`, `Busy` when too many come at once.
    pub async fn receive(&self, principal: &Principal, wish: Wish) -> Result<Receiving, DeskError> {
        self.must_attach(principal)?;
        let files = self.files()?;
        id_is_plain(&wish.id)?;
        let person = principal.person.clone();
        let waiting = rows::of_person(&self.inner.database, person.as_str(), "", UPLOADS_MAX).await?;
        let is_new = waiting.iter().all(|upload| upload.id != wish.id);
        if is_new && u64::try_from(waiting.len()).unwrap_or(u64::MAX) >= UPLOADS_MAX {
            return Err(Problem::new(
                "",
                "uploads_full",
                format!("您已有 {UPLOADS_MAX} 个文件等待提交：请先提交或删除一些"),
                format!("{UPLOADS_MAX} files of yours wait for a ticket already: use or remove some first"),
            )
            .into());
        }
        let place = std::sync::Arc::clone(&files.places);
        let place = place.try_acquire_owned().map_err(|_| DeskError::Busy)?;
        let intake = Intake::begin(&files.folder, files.plan.rules()).await;
        Ok(Receiving {
            intake: intake.map_err(|refused| self.refused(&refused))?,
            desk: self.clone(),
            person,
            wish,
            _place: place,
        })
    }

    /// One's own uploads that wait, in the order of their ids, from behind one of them.
    pub async fn uploads(&self, principal: &Principal, after: &str, limit: u64) -> Result<Vec<Upload>, DeskError> {
        self.must_attach(principal)?;
        Ok(rows::of_person(&self.inner.database, principal.person.as_str(), after, limit).await?)
    }

    /// Forgets an upload of one's own; one that is not there is no fault. Its content goes with the next sweep.
    pub async fn drop_upload(&self, principal: &Principal, id: &str) -> Result<(), DeskError> {
        self.must_attach(principal)?;
        id_is_plain(id)?;
        let (person, id) = (principal.person.to_string(), id.to_owned());
        self.inner
            .writer
            .run(Wants::default(), move |sheet| {
                rows::drop(sheet, &person, &id);
                Ok(())
            })
            .await?;
        Ok(())
    }

    /// Whoever works here may add files; to which ticket is asked when a command claims them.
    pub(super) fn must_attach(&self, principal: &Principal) -> Result<(), DeskError> {
        principal.needs(Scope::Do(ActionId::from("attach")))?;
        Inner::must_work_here(principal, &self.inner.around())
    }

    fn refused(&self, refused: &Refused) -> DeskError {
        match refused {
            Refused::TooLarge { max } => too_large(*max),
            Refused::Empty => Problem::new(
                "",
                "file_empty",
                "文件是空的（0 字节）：请选择有内容的文件",
                "The file is empty (0 bytes): choose one that has something in it",
            )
            .into(),
            Refused::Kind { found } => {
                let plan = self.file_plan();
                let accepted = plan.map(super::Plan::extensions).unwrap_or_default().join(", ");
                let what = found.map_or("?", |media| media.as_str());
                Problem::new(
                    "",
                    "file_kind",
                    format!("不收取这种文件（按内容判断为 {what}，与文件名无关）：可用 {accepted}"),
                    format!(
                        "Files of this kind are not taken (its content is {what}, whatever its name says): {accepted} are"
                    ),
                )
                .into()
            }
            Refused::Folder(problem) => away(problem),
        }
    }
}

/// A file over the limit, told before or while it comes.
pub(super) fn too_large(max: u64) -> DeskError {
    let max = human(max);
    Problem::new(
        "",
        "file_too_large",
        format!("文件太大：一个文件最多 {max}"),
        format!("The file is too large: a file has {max} at most"),
    )
    .into()
}

impl Receiving {
    /// What the sender says it will be: a file that will be too large is refused before it comes.
    pub fn expect(&self, bytes: u64) -> Result<(), DeskError> {
        let max = self.desk.files()?.plan.file_max;
        if bytes > max { Err(too_large(max)) } else { Ok(()) }
    }

    /// Takes what came. On an error nothing of it stays.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), DeskError> {
        let written = self.intake.write(bytes).await;
        written.map_err(|refused| self.desk.refused(&refused))
    }

    /// All is there. When this answers, content and row are on disk.
    pub async fn finish(self) -> Result<Received, DeskError> {
        let Self {
            desk,
            person,
            wish,
            intake,
            _place,
        } = self;
        let now = desk.clock().now();
        let kept = intake.finish(now).await;
        let Kept { hash, size, media } = kept.map_err(|refused| desk.refused(&refused))?;
        let upload = Upload {
            name: name::clean(&wish.name, media),
            id: wish.id,
            media: media.as_str().to_owned(),
            size,
            hash: hash.as_str().to_owned(),
            private: wish.private,
            created_at: now,
        };
        let known = rows::one(&desk.inner.database, person.as_str(), &upload.id).await?;
        if known.as_ref().is_some_and(|known| known.hash != upload.hash) {
            return Err(DeskError::Conflict(Box::new(Problem::new(
                "",
                "upload_taken",
                format!("编号 {} 已用于另一个文件：请换一个编号", upload.id),
                format!("The id {} was used for another file: choose another id", upload.id),
            ))));
        }
        let row = upload.clone();
        desk.inner
            .writer
            .run(Wants::default(), move |sheet| {
                rows::put(sheet, person.as_str(), &row);
                Ok(())
            })
            .await?;
        Ok(Received {
            upload,
            is_new: known.is_none(),
        })
    }
}

fn id_is_plain(id: &str) -> Result<(), DeskError> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !id.is_empty() && id.len() <= ID_MAX && id.chars().all(plain) {
        return Ok(());
    }
    Err(Problem::new(
        "id",
        "upload_id",
        format!("编号须为 1 到 {ID_MAX} 个字母、数字、- 或 _，例如一个 UUID"),
        format!("An id is 1 to {ID_MAX} letters, digits, - or _, such as a UUID"),
    )
    .into())
}
