//! A workflow file: whatever is written is judged within a bound of work, every finding points into the file and has a
//! sentence, and what has no error can be proved and drawn.

use std::sync::OnceLock;

use ombud::texts::Language;
use ombud::ticket::judge::judge;
use ombud::workflow::check::Surroundings;
use ombud::workflow::directory::Directory;
use ombud::workflow::effort;
use ombud::workflow::prove::prove;
use ombud::workflow::read::{FILE_BYTES_MAX, read_organisation};
use ombud::workflow::shipped::ORGANISATION;

/// As in `tests/it/check_bounds`.
const STEPS_MAX: u64 = 8_000_000;

pub fn run(data: &[u8]) {
    static DIRECTORY: OnceLock<Directory> = OnceLock::new();
    let directory = DIRECTORY.get_or_init(|| {
        let read = read_organisation(ORGANISATION.as_bytes());
        read.organisation.expect("the shipped one is right").stand_in()
    });
    let around = Surroundings {
        directory: Some(directory),
        ..Surroundings::default()
    };
    let (judgement, steps) = effort::measured(|| judge(data, &around, &|_| None));
    assert!(steps <= STEPS_MAX, "{steps} steps");
    for finding in &judgement.findings {
        let span = finding.span;
        assert!(
            span.start <= span.end && span.end <= data.len().min(FILE_BYTES_MAX),
            "{finding:?}"
        );
        for language in Language::ALL {
            assert!(!finding.sentence(language).is_empty(), "{finding:?}");
        }
    }
    if let (Some(definition), false) = (&judgement.definition, judgement.has_errors()) {
        prove(definition);
    }
}
