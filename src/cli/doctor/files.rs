//! The folder of files: there, ours, writable. It is ours when its mark is the one the database knows: run on each
//! machine of several, this shows that they share one folder.

use rustix::fs::{Access, access};

use super::Visit;
use super::line::Line;
use crate::store::StoreError;
use crate::store::files::Folder;
use crate::store::files::folder::FolderProblem;
use crate::store::scan::Scan;

pub(super) async fn look(visit: &mut Visit, scan: &Scan) -> Result<(), StoreError> {
    let Some(path) = visit.config.files.folder(&visit.url) else {
        visit.say(Line::new("files-off"));
        return Ok(());
    };
    let shown = path.display().to_string();
    let Some(id) = scan.files_id().await? else {
        visit.say(Line::new("files-new").with("folder", shown));
        return Ok(());
    };
    let folder = Folder::new(path, &id);
    let line = match folder.must_be_ours() {
        Ok(()) if !is_writable(&folder) => Line::new("files-locked"),
        Ok(()) => Line::new("files"),
        Err(FolderProblem::Foreign(_)) => Line::new("files-foreign"),
        Err(problem @ (FolderProblem::Unmarked(_) | FolderProblem::Io { .. })) => {
            Line::new("files-away").with("error", problem)
        }
    };
    visit.say(line.with("folder", shown));
    Ok(())
}

fn is_writable(folder: &Folder) -> bool {
    folder
        .rooms()
        .iter()
        .all(|room| access(room, Access::WRITE_OK | Access::EXEC_OK).is_ok())
}
