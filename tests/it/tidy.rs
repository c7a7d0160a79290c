//! House rules that a compiler cannot check: arrows, file length (STYLE 25).

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Lines no source file may exceed.
const LINES_MAX: usize = 500;

/// Who may use whom: a room may name only rooms that stand after it.
const FLOORS: &[&[&str]] = &[
    &["cli"],
    &["web", "jobs", "reports"],
    &["desk"],
    &["store", "notify", "clock", "config"],
    &["ticket"],
    &["workflow"],
    &["texts", "discreet", "measure"],
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn no_source_file_is_too_long() {
    let mut files = Vec::new();
    for folder in ["src", "tests", "migrations"] {
        sources(&root().join(folder), &mut files);
    }
    assert!(!files.is_empty());
    let long: Vec<_> = files
        .iter()
        .map(|path| (fs::read_to_string(path).unwrap().lines().count(), path))
        .filter(|(lines, _)| *lines > LINES_MAX)
        .collect();
    assert!(
        long.is_empty(),
        "files over {LINES_MAX} lines, each has two reasons to exist: {long:?}"
    );
}

#[test]
fn arrows_point_down_only() {
    let mut wrong = Vec::new();
    for (floor, rooms) in FLOORS.iter().enumerate() {
        for room in *rooms {
            let mut files = Vec::new();
            let folder = root().join("src").join(room);
            if folder.is_dir() {
                sources(&folder, &mut files);
            }
            let single = root().join("src").join(format!("{room}.rs"));
            if single.is_file() {
                files.push(single);
            }
            for file in files {
                let text = fs::read_to_string(&file).unwrap();
                for above in FLOORS.iter().take(floor).flat_map(|rooms| rooms.iter()) {
                    if text.contains(&format!("crate::{above}::")) || text.contains(&format!("crate::{{{above}")) {
                        wrong.push(format!("{} uses {above}", file.display()));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "arrows that point up: {wrong:#?}");
}
