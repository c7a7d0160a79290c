//! The manual is true: it names every key, and every example in it can be read.

use std::fs;
use std::path::Path;

use ombud::ticket::judge::judge;
use ombud::workflow::check::Surroundings;
use ombud::workflow::finding::Code;
use ombud::workflow::read::shape::Table;
use ombud::workflow::read::{keys, read, read_organisation};

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

#[test]
fn every_example_of_the_manual_can_be_read() {
    let page = page("workflows.md");
    let examples = examples(&page);
    assert!(examples.len() > 10);
    for example in examples {
        let findings = read(example.as_bytes()).findings.sorted();
        // A piece of a file lacks the rest of it.
        let wrong: Vec<_> = findings
            .iter()
            .filter(|finding| finding.code != Code::ReadMissingKey)
            .collect();
        assert!(wrong.is_empty(), "{wrong:#?} in\n{example}");
    }
}

#[test]
fn the_shortest_file_of_the_manual_is_clean() {
    let page = page("workflows.md");
    let organisation = include_bytes!("../files/organisation_example.yaml");
    let directory = read_organisation(organisation).organisation.unwrap().stand_in();
    let around = Surroundings {
        directory: Some(&directory),
        ..Surroundings::default()
    };
    let judgement = judge(examples(&page)[0].as_bytes(), &around, &|_| None);
    assert_eq!(judgement.findings, []);
    assert_eq!(judgement.stories, 1);
}

#[test]
fn the_organisation_of_the_manual_is_clean() {
    let page = page("organisation.md");
    for example in examples(&page) {
        assert_eq!(read_organisation(example.as_bytes()).findings.as_slice(), []);
    }
}
