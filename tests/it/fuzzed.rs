//! What fuzzing found and kept, sent again with every run: the functions of `fuzz/` over `fuzz/corpus` and
//! `fuzz/crashes` (TRUST, Y2). `scripts/soak fuzz` looks for more.

#[path = "../../fuzz/src/lib.rs"]
mod doors;

use std::fs;
use std::path::{Path, PathBuf};

/// Bytes one kept input may have: the repository is no store of corpora.
const INPUT_BYTES_MAX: usize = 8_192;
/// Inputs kept for a target.
const INPUTS_MAX: usize = 150;

fn inputs(target: &str, kind: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz")
        .join(kind)
        .join(target);
    let Ok(entries) = fs::read_dir(&folder) else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

#[test]
fn what_was_kept_of_fuzzing_still_goes_through_every_door() {
    let mut broken = Vec::new();
    for (target, run) in doors::TARGETS {
        let kept = inputs(target, "corpus");
        assert!(
            !kept.is_empty() && kept.len() <= INPUTS_MAX,
            "{target}: {} inputs",
            kept.len()
        );
        for path in kept.into_iter().chain(inputs(target, "crashes")) {
            let data = fs::read(&path).unwrap();
            assert!(
                data.len() <= INPUT_BYTES_MAX,
                "{}: {} bytes",
                path.display(),
                data.len()
            );
            if std::panic::catch_unwind(|| run(&data)).is_err() {
                broken.push(path);
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

/// A folder whose name is no target would be sent nowhere, without a word.
#[test]
fn every_folder_of_inputs_belongs_to_a_target() {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    for kind in ["corpus", "crashes"] {
        let Ok(folders) = fs::read_dir(fuzz.join(kind)) else {
            continue;
        };
        for folder in folders {
            let name = folder.unwrap().file_name();
            assert!(
                doors::TARGETS.iter().any(|(target, _)| name == *target),
                "{kind}/{}",
                name.display()
            );
        }
    }
    for (target, _) in doors::TARGETS {
        let file = fuzz.join("fuzz_targets").join(target).with_extension("rs");
        assert!(file.is_file(), "{}", file.display());
    }
}
