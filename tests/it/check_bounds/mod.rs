//! `ombud check` answers on every keystroke, whatever is written: large files are checked in time or refused, broken
//! ones never bring it down.

mod hostile;

use std::fmt::Write as _;

use ombud::ticket::judge::judge;
use ombud::workflow::check::Surroundings;
use ombud::workflow::effort;
use ombud::workflow::finding::Code;
use ombud::workflow::read::FILE_BYTES_MAX;
use ombud::workflow::shipped::WORKFLOWS;

use super::seeded::{Seeded, cases, first_seed};
use super::shipped;

/// Steps of the heaviest check: about a second of an unoptimised build, a tenth of it otherwise.
const STEPS_MAX: u64 = 8_000_000;

/// A file with so many states, each with a step to the next, and so many actions that are possible anywhere.
fn large(states: usize, anytime: usize) -> String {
    let mut text = String::from(
        "ombud: 1\nworkflow: large\nversion: 1\ntitle: {zh: 大, en: Large}\nsubject: \"{place}\"\n\
         fields:\n  place: {type: text, title: {zh: 地点, en: Place}}\n\
         people:\n  manager: {role: manager, always: true}\nstart: s0\nstates:\n",
    );
    for state in 0..states {
        let next = if state + 1 == states {
            "close: done".to_owned()
        } else {
            format!("to: s{}", state + 1)
        };
        let _ = writeln!(
            text,
            "  s{state}:\n    title: {{zh: 状, en: State}}\n    owner: manager\n    actions:\n      \
             a{state}: {{title: {{zh: 去, en: On}}, by: manager, require: [place], {next}}}"
        );
    }
    text.push_str("anytime:\n");
    for action in 0..anytime {
        let _ = writeln!(
            text,
            "  x{action}: {{title: {{zh: 去, en: Go}}, by: manager, to: s{}}}",
            action % states
        );
    }
    text.push_str(
        "outcomes:\n  done: {title: {zh: 完, en: Done}, counts_as: satisfied}\n\
         clocks:\n  all:\n    title: {zh: 时, en: Time}\n    runs_in: open\n    limit: 1 day\n    ladder:\n      \
         - {at: 100%, tell: manager, say: over}\n\
         messages:\n  over: {zh: \"{number}\", en: \"{number}\"}\n",
    );
    text
}

#[test]
fn a_large_file_is_checked_or_refused() {
    for (states, anytime, refused) in [(100, 40, false), (290, 300, true), (400, 1, true)] {
        let source = large(states, anytime);
        let found = judge(source.as_bytes(), &Surroundings::default(), &|_| None).findings;
        let bound = found.iter().any(|finding| finding.code == Code::ReadBounds);
        assert_eq!(bound, refused, "{states} states, {anytime} actions: {found:#?}");
    }
}

/// A warning of reading leaves nothing unread: what else is wrong is told all the same.
#[test]
fn windows_line_ends_hide_nothing() {
    let (_, source) = WORKFLOWS[0];
    let directory = shipped::organisation();
    let around = Surroundings {
        directory: Some(&directory),
        ..Surroundings::default()
    };
    let unused = "messages:\n  nobody_says_it: {zh: 无, en: None}\n";
    let source = source.replacen("messages:\n", unused, 1).replace('\n', "\r\n");
    let found = judge(source.as_bytes(), &around, &|_| None).findings;
    assert!(found.iter().any(|finding| finding.code == Code::M05), "{found:#?}");
}

/// Lines taken out, doubled and exchanged, words replaced by other words of the file: whatever comes out is judged.
#[test]
fn no_edit_of_a_shipped_file_brings_the_check_down() {
    let directory = shipped::organisation();
    let around = Surroundings {
        directory: Some(&directory),
        ..Surroundings::default()
    };
    let mut random = Seeded::new(first_seed());
    for _ in 0..cases(60) {
        let (_, source) = random.pick(&WORKFLOWS);
        let mut lines: Vec<String> = source.lines().map(str::to_owned).collect();
        let place = |random: &mut Seeded, lines: &[String]| {
            usize::try_from(random.below(u64::try_from(lines.len()).unwrap())).unwrap()
        };
        for _ in 0..=random.below(4) {
            let (one, other) = (place(&mut random, &lines), place(&mut random, &lines));
            match random.below(4) {
                0 => drop(lines.remove(one)),
                1 => lines.insert(one, lines[other].clone()),
                2 => lines.swap(one, other),
                _ => {
                    let words = |line: &str| -> Vec<String> {
                        let words = line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
                        words.filter(|word| word.len() > 2).map(str::to_owned).collect()
                    };
                    let (from, to) = (words(&lines[one]), words(&lines[other]));
                    if let (Some(from), Some(to)) = (from.last(), to.last()) {
                        lines[one] = lines[one].replace(from.as_str(), to);
                    }
                }
            }
        }
        let text = lines.join("\n");
        // Stories need time and have their own tests.
        let text = text.split("\ntests:").next().unwrap();
        for finding in judge(text.as_bytes(), &around, &|_| None).findings {
            assert!(
                finding.span.start <= finding.span.end && finding.span.end <= text.len(),
                "{finding:?}"
            );
        }
    }
}

#[test]
fn whatever_is_sent_is_checked_within_a_bound() {
    let directory = shipped::organisation();
    let around = Surroundings {
        directory: Some(&directory),
        ..Surroundings::default()
    };
    for (name, text) in hostile::files() {
        assert!(text.len() <= FILE_BYTES_MAX, "{name}: {} bytes", text.len());
        let (judgement, steps) = effort::measured(|| judge(text.as_bytes(), &around, &|_| None));
        assert!(!judgement.findings.is_empty(), "{name}");
        assert!(steps <= STEPS_MAX, "{name}: {steps} steps");
    }
}
