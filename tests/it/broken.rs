//! Every file in `tests/broken/` with what `ombud check` says about it: code, place, sentence, suggestion, in Chinese
//! and in English. `UPDATE_GOLDEN=1` writes the answers anew; read the difference before committing it.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use ombud::cli::report::human;
use ombud::texts::Language;
use ombud::ticket::judge::judge;
use ombud::workflow::check::{Others, Surroundings};
use ombud::workflow::definition::Definition;
use ombud::workflow::finding::{Code, Finding};
use ombud::workflow::moment::Moment;
use ombud::workflow::read::{read, read_organisation};

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

/// What stands beside a broken file: the example organisation, unless its head says otherwise.
///
/// ```text
/// # organisation: FILE      another stand-in for the directory, in tests/files
/// # others: help            another kind of that name, with one clock `caller`
/// # previous: FILE          the version before, in tests/files
/// ```
struct Beside {
    organisation: String,
    others: Option<Others>,
    previous: Option<Definition>,
}

impl Beside {
    fn of(source: &[u8]) -> Self {
        let text = String::from_utf8_lossy(source);
        let said = |key: &str| {
            let head = text.lines().take_while(|line| line.starts_with('#'));
            let mut said = head.filter_map(|line| line.strip_prefix("# ")?.strip_prefix(key)?.strip_prefix(": "));
            said.next().map(str::to_owned)
        };
        Self {
            organisation: said("organisation").unwrap_or_else(|| "organisation_example.yaml".to_owned()),
            others: said("others").map(|kind| Others::from([(kind.as_str().into(), vec!["caller".into()])])),
            previous: said("previous").map(|file| read(&beside(&file)).definition.unwrap()),
        }
    }
}

fn beside(file: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files").join(file)).unwrap()
}

/// What `ombud check` finds, in the order of the file. That a file has no tests is left out unless it is the slip.
fn findings(source: &[u8]) -> Vec<Finding> {
    let known = Beside::of(source);
    let directory = read_organisation(&beside(&known.organisation))
        .organisation
        .unwrap()
        .stand_in();
    let around = Surroundings {
        directory: Some(&directory),
        now: Moment::from_timestamp("2026-03-02T01:00:00Z".parse().unwrap()),
        others: known.others.as_ref(),
        previous: known.previous.as_ref(),
        incomplete: false,
    };
    let mut findings = judge(source, &around, &|_| None).findings;
    if findings.len() > 1 {
        findings.retain(|finding| finding.key() != "finding-T02-none");
    }
    findings
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
    assert!(files.len() >= 180, "only {} broken files", files.len());
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

/// A broken file is named after its slip, and the slip is what is found.
#[test]
fn every_broken_file_shows_the_code_in_its_name() {
    let mut wrong = Vec::new();
    for path in files() {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let code = name.split('_').next().unwrap_or_default().to_uppercase();
        let found = findings(&fs::read(&path).unwrap());
        if code != "READ" && !found.iter().any(|finding| finding.code.as_str() == code) {
            let codes: Vec<_> = found.iter().map(|finding| finding.code.as_str()).collect();
            wrong.push(format!("{name}: found {codes:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_code_has_a_broken_file() {
    let found: BTreeSet<_> = files()
        .iter()
        .flat_map(|path| findings(&fs::read(path).unwrap()))
        .map(|finding| finding.code)
        .collect();
    let missing: Vec<_> = Code::ALL.iter().filter(|code| !found.contains(code)).collect();
    assert!(missing.is_empty(), "no broken file shows {missing:?}");
}

/// What is offered as a fix mends the finding, and brings no new place where the file cannot be read.
#[test]
fn every_fix_mends_its_finding() {
    let mut wrong = Vec::new();
    let mut fixes = 0;
    for path in files() {
        let bytes = fs::read(&path).unwrap();
        for finding in findings(&bytes) {
            let Some(fix) = &finding.fix else { continue };
            fixes += 1;
            let mut mended = bytes.clone();
            mended.splice(fix.span.start..fix.span.end, fix.replacement.bytes());
            let same = |other: &Finding| {
                other.code == finding.code
                    && other.span.start == finding.span.start
                    && other.parameters == finding.parameters
            };
            if findings(&mended).iter().any(same) {
                wrong.push(format!(
                    "{}: {} with {fix:?}",
                    path.display(),
                    finding.sentence(Language::En)
                ));
            }
        }
    }
    assert!(fixes > 40, "only {fixes} fixes");
    assert!(wrong.is_empty(), "fixes that mend nothing: {wrong:#?}");
}

/// A row of the manual: code, E or W (not for codes of reading), what is wrong, the cure, both in Chinese.
#[test]
fn every_code_stands_in_the_manual_with_its_cause_and_cure() {
    let manual = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/workflows.md");
    let text = fs::read_to_string(manual).unwrap();
    let told = |code: &Code| {
        let row = text
            .lines()
            .find(|line| line.starts_with(&format!("| {} |", code.as_str())))?;
        let cells: Vec<&str> = row.split(" | ").map(str::trim).collect();
        let wanted = if code.as_str().starts_with("READ") { 4 } else { 5 };
        (cells.len() == wanted && cells.iter().all(|cell| cell.chars().any(char::is_alphanumeric))).then_some(())
    };
    let missing: Vec<_> = Code::ALL.iter().filter(|code| told(code).is_none()).collect();
    assert!(missing.is_empty(), "docs/workflows.md says too little of {missing:?}");
}
