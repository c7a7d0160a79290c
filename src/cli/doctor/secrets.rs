//! Who may read what must stay secret: settings with a password, the private key, the database, the backups.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::Visit;
use super::line::Line;
use crate::cli::local::file_of;

/// Others may do nothing, the group may read: the settings belong to root and are read by the server's group.
const FORBIDDEN: u32 = 0o027;

pub(super) fn look(visit: &mut Visit) {
    let looked_at: Vec<PathBuf> = secret_files(visit).into_iter().filter(|file| file.exists()).collect();
    let open: Vec<Line> = looked_at.iter().filter_map(|file| too_open(file)).collect();
    if open.is_empty() {
        visit.say(Line::new("secrets").with("count", looked_at.len()));
    }
    for line in open {
        visit.say(line);
    }
}

fn secret_files(visit: &Visit) -> Vec<PathBuf> {
    let config = &visit.config;
    let mut files = Vec::new();
    let has_password = !config.mail.password.0.is_empty() || visit.url.contains('@');
    files.extend(visit.file.clone().filter(|_| has_password));
    if !config.server.tls_key.is_empty() {
        files.push(PathBuf::from(&config.server.tls_key));
    }
    if let Some(file) = file_of(&visit.url) {
        for suffix in ["", "-wal", "-shm"] {
            let mut name = file.as_os_str().to_owned();
            name.push(suffix);
            files.push(PathBuf::from(name));
        }
    }
    files
}

/// What callers said stands in the database: a folder that is closed to others protects the files in it as well.
fn too_open(file: &Path) -> Option<Line> {
    let mode = mode_of(file)?;
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    // Three zeros at the end: nothing for others.
    let is_behind_a_door =
        mode_of(folder.unwrap_or_else(|| Path::new("."))).is_some_and(|mode| mode.trailing_zeros() >= 3);
    let writes = mode & 0o022 != 0;
    if mode & FORBIDDEN == 0 || (is_behind_a_door && !writes) {
        return None;
    }
    Some(
        Line::new("secret-open")
            .with("file", file.display())
            .with("mode", format!("{:03o}", mode & 0o777)),
    )
}

fn mode_of(file: &Path) -> Option<u32> {
    std::fs::metadata(file).ok().map(|about| about.permissions().mode())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_others_may_read_is_told_unless_nobody_gets_to_its_folder() {
        let folder = tempfile::TempDir::new().unwrap();
        let file = folder.path().join("key.pem");
        std::fs::write(&file, "x").unwrap();
        let set = |path: &Path, mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
        set(folder.path(), 0o755);
        for (mode, is_open) in [
            (0o600, false),
            (0o640, false),
            (0o644, true),
            (0o660, true),
            (0o604, true),
        ] {
            set(&file, mode);
            assert_eq!(too_open(&file).is_some(), is_open, "{mode:o}");
        }
        set(folder.path(), 0o750);
        set(&file, 0o644);
        assert_eq!(too_open(&file), None);
        set(&file, 0o666);
        assert!(too_open(&file).is_some());
    }
}
