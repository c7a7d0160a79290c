//! Every file in `tests/broken/` with what `ombud check` says about it: code, place, sentence, suggestion, in Chinese
//! and in English. `UPDATE_GOLDEN=1` writes the answers anew; read the difference before committing it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use ombud::cli::report::human;
use ombud::texts::Language;
use ombud::ticket::judge::judge;
use ombud::workflow::check::Surroundings;
use ombud::workflow::finding::Finding;
use ombud::workflow::moment::Moment;
use ombud::workflow::read::read_organisation;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/broken")
}

fn files() -> Vec<PathBuf> {
    let entries = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = entries
        .filter(|path| path.extension().is_some_and(|end| end == "yaml"))
        .collect();
    files.sort();
    files
}

const ORGANISATION: &[u8] = include_bytes!("../files/organisation_example.yaml");

/// What `ombud check` finds, in the order of the file, with the example organisation beside it.
fn findings(source: &[u8]) -> Vec<Finding> {
    let directory = read_organisation(ORGANISATION).organisation.unwrap().stand_in();
    let around = Surroundings {
        directory: Some(&directory),
        now: Moment::from_timestamp("2026-03-02T01:00:00Z".parse().unwrap()),
        ..Surroundings::default()
    };
    judge(source, &around, &|_| None).findings
}

fn golden(path: &Path) -> String {
    let bytes = fs::read(path).unwrap();
    let source = String::from_utf8_lossy(&bytes);
    let name = path.file_name().unwrap().to_string_lossy();
    let findings = findings(&bytes);
    let mut text = String::new();
    for language in Language::ALL {
        let _ = writeln!(text, "{}", human(&findings, &source, &name, language, false).trim_end());
        text.push('\n');
    }
    text
}

#[test]
fn every_broken_file_gets_its_diagnostics() {
    let update = env::var_os("UPDATE_GOLDEN").is_some();
    let mut wrong = Vec::new();
    let files = files();
    assert!(files.len() >= 35, "only {} broken files", files.len());
    for path in files {
        let expected_at = path.with_extension("txt");
        let actual = golden(&path);
        if update {
            fs::write(&expected_at, &actual).unwrap();
            continue;
        }
        let expected = fs::read_to_string(&expected_at).unwrap_or_default();
        if actual != expected {
            wrong.push(format!("── {}\n{actual}", path.display()));
        }
    }
    assert!(
        wrong.is_empty(),
        "other than expected (UPDATE_GOLDEN=1 rewrites):\n{}",
        wrong.join("\n")
    );
}

/// A file that is meant to be broken and is not proves nothing.
#[test]
fn every_broken_file_has_a_finding() {
    let clean: Vec<_> = files()
        .into_iter()
        .filter(|path| findings(&fs::read(path).unwrap()).is_empty())
        .collect();
    assert!(clean.is_empty(), "nothing found in {clean:?}");
}
