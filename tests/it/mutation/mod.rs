//! Slips of the pen, seeded into the shipped files: each must be found under its code. The score is printed.
//!
//! A slip is an edit of the text at a place that the definition knows (a step's target, a rung's time), or a few lines
//! put under a heading. It names every place of a file where it can be made; the seed picks some. A slip that nothing
//! finds, or that is found under another code only, is a hole in the checker.

mod clocks;
mod fields;
mod life;
mod page;
mod rest;
mod tasks;

use std::collections::BTreeMap;

use ombud::ticket::judge::judge;
use ombud::workflow::check::{Others, Surroundings, check};
use ombud::workflow::definition::Definition;
use ombud::workflow::directory::Directory;
use ombud::workflow::finding::Code;
use ombud::workflow::moment::Moment;
use ombud::workflow::read::read;
use ombud::workflow::shipped::WORKFLOWS;

use super::seeded::{Seeded, cases, first_seed};
use super::shipped;
use page::Page;

/// One kind of slip.
pub struct Slip {
    pub name: &'static str,
    /// As printed: `S01`.
    pub code: &'static str,
    pub sites: fn(&Page) -> Vec<Mutant>,
}

/// A file with a slip in it.
pub struct Mutant {
    pub source: String,
    /// Another directory, where the slip was made there.
    pub directory: Option<Directory>,
    /// The version that `in_flight` takes over from.
    pub previous: Option<Definition>,
    /// Only playing the stories shows it.
    pub play: bool,
}

impl Mutant {
    pub fn of(source: String) -> Self {
        Self {
            source,
            directory: None,
            previous: None,
            play: false,
        }
    }
}

fn slips() -> impl Iterator<Item = &'static Slip> {
    [life::SLIPS, tasks::SLIPS, fields::SLIPS, clocks::SLIPS, rest::SLIPS]
        .into_iter()
        .flatten()
}

/// Everybody who judges mutants.
struct Judge {
    directory: Directory,
    others: Others,
}

impl Judge {
    fn new() -> Self {
        let (definitions, directory) = shipped::load();
        let clocks = |definition: &Definition| definition.clocks.keys().cloned().collect();
        let others = definitions
            .iter()
            .map(|(id, definition)| (id.clone(), clocks(definition)))
            .collect();
        Self { directory, others }
    }

    /// The codes found.
    fn found(&self, mutant: &Mutant) -> Vec<&'static str> {
        let around = Surroundings {
            directory: Some(mutant.directory.as_ref().unwrap_or(&self.directory)),
            now: Moment::from_timestamp("2026-03-02T01:00:00Z".parse().unwrap()),
            others: Some(&self.others),
            previous: mutant.previous.as_ref(),
            incomplete: false,
        };
        let source = mutant.source.as_bytes();
        if mutant.play {
            return judge(source, &around, &|_| None)
                .findings
                .iter()
                .map(|finding| finding.code.as_str())
                .collect();
        }
        let reading = read(source);
        let mut codes: Vec<_> = reading
            .findings
            .as_slice()
            .iter()
            .map(|finding| finding.code.as_str())
            .collect();
        if let Some(mut definition) = reading.definition {
            codes.extend(
                check(&mut definition, &around)
                    .as_slice()
                    .iter()
                    .map(|finding| finding.code.as_str()),
            );
        }
        codes
    }
}

#[test]
fn every_slip_in_a_shipped_file_is_found() {
    let judge = Judge::new();
    let mut random = Seeded::new(first_seed());
    // So many places of each slip in each file.
    let places = cases(1);
    let mut missed = Vec::new();
    let mut score: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
    let mut kinds = 0;
    let pages = WORKFLOWS.map(|(file, source)| (file, Page::new(source, &judge.directory)));
    for slip in slips() {
        let mut seeded = 0;
        for (file, page) in &pages {
            let mut sites = (slip.sites)(page);
            for _ in 0..places {
                if sites.is_empty() {
                    break;
                }
                let place = usize::try_from(random.below(u64::try_from(sites.len()).unwrap())).unwrap();
                let mutant = sites.swap_remove(place);
                assert!(
                    mutant.source != page.source || mutant.directory.is_some(),
                    "{}: nothing was changed",
                    slip.name
                );
                let codes = judge.found(&mutant);
                let (found, all) = score.entry(slip.code).or_default();
                *all += 1;
                seeded += 1;
                if codes.contains(&slip.code) {
                    *found += 1;
                } else {
                    missed.push(format!(
                        "{} in {file}: expected {}, found {codes:?}",
                        slip.name, slip.code
                    ));
                }
            }
        }
        assert!(seeded > 0, "no shipped file has a place for «{}»", slip.name);
        kinds += 1;
    }
    let (found, all) = score
        .values()
        .fold((0, 0), |(found, all), (more, of)| (found + more, all + of));
    println!(
        "{kinds} kinds of slips under {} codes: {found} of {all} seeded slips found",
        score.len()
    );
    for (code, (found, all)) in &score {
        println!("  {code}: {found} of {all}");
    }
    assert!(
        missed.is_empty(),
        "{} slips were missed:\n{}",
        missed.len(),
        missed.join("\n")
    );
    assert!(kinds >= 60, "only {kinds} kinds of slips");
}

/// Every code of the language is found when its slip is made in a shipped file.
#[test]
fn every_code_has_a_slip() {
    let seeded: Vec<_> = slips().map(|slip| slip.code).collect();
    let without: Vec<_> = Code::ALL
        .iter()
        .map(|code| code.as_str())
        .filter(|code| !seeded.contains(code) && !code.starts_with("READ"))
        .collect();
    assert!(without.is_empty(), "no slip for {without:?}");
    assert!(seeded.iter().any(|code| code.starts_with("READ")));
}
