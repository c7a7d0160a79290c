//! The machine: its clock, and the disk under a SQLite database.

use std::path::{Path, PathBuf};

use super::Visit;
use super::line::Line;
use crate::cli::local::file_of;
use crate::workflow::moment::Moment;

/// Nobody ran this program before; a clock that says so was never set.
const BEGINNING: Moment = Moment(1_767_225_600_000);
/// Below this the next hours may fail.
const FREE_LEAST: u64 = 256 << 20;
/// What should be free beside room for one whole copy of the database.
const FREE_GOOD: u64 = 1 << 30;

/// File systems on which the locks and the shared memory of SQLite cannot be relied upon.
const NETWORK: &[&str] = &[
    "nfs",
    "nfs4",
    "cifs",
    "smb3",
    "smbfs",
    "9p",
    "drvfs",
    "afs",
    "ceph",
    "lustre",
    "glusterfs",
    "davfs",
    "vboxsf",
    "virtiofs",
    "prl_fs",
    "fuse.sshfs",
    "fuse.glusterfs",
    "fuse.ceph",
    "fuse.rclone",
    "fuse.s3fs",
    "fuse.davfs2",
    "fuse.vmhgfs-fuse",
];

pub(super) async fn look(visit: &mut Visit) {
    clock(visit).await;
    let Some(file) = file_of(&visit.url) else { return };
    let folder = folder_of(&file);
    if rustix::fs::access(&folder, rustix::fs::Access::WRITE_OK).is_err() {
        visit.say(Line::new("file-locked-away").with("folder", folder.display()));
        return;
    }
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    let kind = folder.canonicalize().ok().and_then(|folder| kind_of(&mounts, &folder));
    if let Some(kind) = kind.filter(|kind| NETWORK.contains(&kind.as_str())) {
        visit.say(
            Line::new("file-network")
                .with("file", file.display())
                .with("kind", kind),
        );
    }
    let size = std::fs::metadata(&file).map_or(0, |about| about.len());
    if let Ok(about) = rustix::fs::statvfs(&folder) {
        let free = about.f_bavail.saturating_mul(about.f_frsize);
        visit.say(room(free, size, &folder));
    }
}

async fn clock(visit: &mut Visit) {
    let now = visit.clock.now();
    if now < BEGINNING {
        return visit.say(Line::new("clock-unset").with("now", now.rfc3339()));
    }
    if is_synchronised().await == Some(false) {
        return visit.say(Line::new("clock-alone").with("now", now.rfc3339()));
    }
    visit.say(Line::new("clock").with("now", now.rfc3339()));
}

/// What systemd knows of the machine's time service; `None` where there is no systemd to ask.
async fn is_synchronised() -> Option<bool> {
    let asked = tokio::process::Command::new("timedatectl")
        .args(["show", "--property=NTPSynchronized", "--value"])
        .output();
    let answer = tokio::time::timeout(std::time::Duration::from_secs(3), asked)
        .await
        .ok()?
        .ok()?;
    match String::from_utf8_lossy(&answer.stdout).trim() {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

fn folder_of(file: &Path) -> PathBuf {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or_else(|| Path::new(".")).to_path_buf()
}

/// How much room there is for a database of this size, whose backup is as large again.
fn room(free: u64, size: u64, folder: &Path) -> Line {
    let name = if free < FREE_LEAST {
        "disk-full"
    } else if free < FREE_GOOD.saturating_add(size) {
        "disk-low"
    } else {
        "disk"
    };
    Line::new(name)
        .with("folder", folder.display())
        .with("free", mebibytes(free))
        .with("size", mebibytes(size))
}

fn mebibytes(bytes: u64) -> String {
    format!("{} MiB", bytes >> 20)
}

/// The kind of file system a folder lies on: that of the deepest mount above it, the last one where several lie on each
/// other.
fn kind_of(mounts: &str, folder: &Path) -> Option<String> {
    let mut best: Option<(usize, String)> = None;
    for line in mounts.lines() {
        let Some((left, right)) = line.split_once(" - ") else {
            continue;
        };
        let (Some(point), Some(kind)) = (left.split(' ').nth(4), right.split(' ').next()) else {
            continue;
        };
        let point = PathBuf::from(
            point
                .replace("\\040", " ")
                .replace("\\011", "\t")
                .replace("\\134", "\\"),
        );
        let depth = point.components().count();
        if folder.starts_with(&point) && best.as_ref().is_none_or(|(known, _)| depth >= *known) {
            best = Some((depth, kind.to_owned()));
        }
    }
    best.map(|(_, kind)| kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = "\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
40 22 0:30 / /srv rw - xfs /dev/sdb1 rw
41 40 0:40 / /srv/share rw,relatime shared:7 - nfs4 server:/export rw
42 22 0:41 / /mnt/my\\040disk rw - cifs //server/x rw
";

    #[test]
    fn the_deepest_mount_above_a_folder_says_on_what_it_lies() {
        for (folder, kind) in [
            ("/var/lib/ombud", "ext4"),
            ("/srv/ombud", "xfs"),
            ("/srv/share/ombud", "nfs4"),
            ("/srv/shared", "xfs"),
            ("/mnt/my disk/x", "cifs"),
        ] {
            assert_eq!(kind_of(MOUNTS, Path::new(folder)).as_deref(), Some(kind), "{folder}");
        }
        assert_eq!(kind_of("", Path::new("/")), None);
    }

    #[test]
    fn room_for_a_copy_is_wanted() {
        let folder = Path::new("/srv");
        assert_eq!(room(FREE_LEAST - 1, 0, folder).name(), "disk-full");
        assert_eq!(room(FREE_GOOD, 10 << 20, folder).name(), "disk-low");
        assert_eq!(room(FREE_GOOD + (10 << 20), 10 << 20, folder).name(), "disk");
    }
}
