//! The manual is true: it names every key and shows each in an example, and the examples are clean files.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use ombud::ticket::judge::judge;
use ombud::workflow::check::Surroundings;
use ombud::workflow::finding::Finding;
use ombud::workflow::read::shape::Table;
use ombud::workflow::read::{keys, read_organisation};

fn page(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name)).unwrap()
}

/// The YAML examples of a page.
fn examples(page: &str) -> Vec<&str> {
    let blocks = page.split("```yaml\n").skip(1);
    blocks.map(|block| block.split("```").next().unwrap()).collect()
}

fn missing_keys(page: &str, tables: &[&'static Table]) -> Vec<String> {
    let keys = tables
        .iter()
        .flat_map(|table| table.keys.iter().map(move |key| (table.name, key.name)));
    keys.filter(|(_, key)| !page.contains(&format!("`{key}`")))
        .map(|(table, key)| format!("{table}: {key}"))
        .collect()
}

#[test]
fn the_manual_names_every_key() {
    assert_eq!(missing_keys(&page("workflows.md"), keys::ALL), Vec::<String>::new());
    assert_eq!(
        missing_keys(&page("organisation.md"), &[&keys::ORGANISATION]),
        Vec::<String>::new()
    );
}

/// The findings of a file beside the organisation of the examples, and how many stories were played.
fn judged(source: &str) -> (Vec<Finding>, usize) {
    let organisation = include_bytes!("../files/organisation_example.yaml");
    let directory = read_organisation(organisation).organisation.unwrap().stand_in();
    let around = Surroundings {
        directory: Some(&directory),
        ..Surroundings::default()
    };
    let judgement = judge(source.as_bytes(), &around, &|_| None);
    (judgement.findings, judgement.stories)
}

#[test]
fn the_shortest_file_of_the_manual_is_clean() {
    assert_eq!(judged(examples(&page("workflows.md"))[0]), (Vec::new(), 1));
}

#[test]
fn the_examples_of_the_reference_are_one_clean_file() {
    let page = page("workflows.md");
    let whole = examples(&page)[1..].concat();
    assert_eq!(judged(&whole), (Vec::new(), 2));
}

#[test]
fn every_key_stands_in_an_example() {
    let page = page("workflows.md");
    let whole = examples(&page)[1..].concat();
    let words: HashSet<&str> = whole
        .split(|letter: char| !letter.is_ascii_alphanumeric() && !matches!(letter, '_' | ':'))
        .filter_map(|word| word.strip_suffix(':'))
        .collect();
    let keys = keys::ALL.iter().flat_map(|table| table.keys.iter().map(|key| key.name));
    let missing: Vec<&str> = keys.filter(|key| !words.contains(key)).collect();
    assert_eq!(missing, Vec::<&str>::new());
}

#[test]
fn the_organisation_of_the_manual_is_clean() {
    let page = page("organisation.md");
    for example in examples(&page) {
        assert_eq!(read_organisation(example.as_bytes()).findings.as_slice(), []);
    }
}
