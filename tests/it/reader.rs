//! The reader: the reference example is read whole, and nothing that is thrown at it makes it panic.

use proptest::prelude::*;

use ombud::cli::report::{human, json_lines};
use ombud::texts::Language;
use ombud::workflow::check::{Surroundings, check};
use ombud::workflow::definition::{PeopleSource, Point, Runs, StoryEvent, Way};
use ombud::workflow::read::{FILE_BYTES_MAX, Reading, read};

const EXAMPLE: &str = include_str!("../files/complaint_example.yaml");

#[test]
fn the_reference_example_is_read_whole() {
    let Reading { definition, findings } = read(EXAMPLE.as_bytes());
    assert_eq!(findings.as_slice(), []);
    let definition = definition.unwrap();
    assert_eq!(definition.workflow.as_str(), "complaint");
    assert_eq!(definition.version, 3);
    assert_eq!(definition.fields.len(), 17);
    assert_eq!(definition.people.len(), 8);
    assert_eq!(definition.routing.len(), 5);
    assert_eq!(definition.states.len(), 7);
    assert_eq!(definition.clocks.len(), 7);
    assert_eq!(definition.tests.len(), 8);
    assert!(matches!(definition.people["creator"].source, PeopleSource::Creator));
    assert!(matches!(definition.clocks["caller"].runs, Runs::Open));
    assert!(matches!(
        definition.clocks["sign"].runs,
        Runs::Task { unsigned: true, .. }
    ));
    assert!(matches!(definition.states["approval"].actions["approve"].way, Way::Cases(ref cases) if cases.len() == 2));
    assert!(matches!(
        *definition.clocks["write"].ladder[2].at,
        Point::PercentPlus(100, _)
    ));
    assert_eq!(definition.routing[1].when.len(), 2);
    assert_eq!(definition.routing[1].fill.len(), 2);
    assert!(definition.routing[4].is_else);
    let signing = &definition.tests[2].steps[7].when;
    assert!(matches!(signing.value, StoryEvent::Does { ref task, .. } if task.as_ref().unwrap().as_str() == "lead"));
    assert_eq!(&EXAMPLE[signing.span.start..signing.span.end], "sun does sign lead");
}

#[test]
fn a_file_of_more_than_256_kib_is_not_even_parsed() {
    let mut source = EXAMPLE.to_owned();
    source.push_str("# ");
    source.push_str(&"x".repeat(FILE_BYTES_MAX + 1 - source.len()));
    let Reading { definition, findings } = read(source.as_bytes());
    assert!(definition.is_none());
    assert_eq!(findings.as_slice()[0].key(), "finding-READ01-size");
    let fits = read(&source.as_bytes()[..FILE_BYTES_MAX]);
    assert!(fits.findings.is_empty());
}

/// Bytes that make YAML what it is, put anywhere.
const SNIPPETS: [&str; 24] = [
    "\n", "\t", "  ", "- ", ": ", "{", "}", "[", "]", ",", "\"", "'", "#", "&a ", "*a", "!t ", "|\n", ">-\n", "---\n",
    "? ", "<<: ", "：", "%", "\r",
];

/// Puts snippets into the example, cuts pieces out, doubles others.
fn mutated(seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state >> 33).unwrap() % below.max(1)
    };
    let mut bytes = EXAMPLE.as_bytes().to_vec();
    for _ in 0..=next(6) {
        let at = next(bytes.len());
        match next(4) {
            0 => {
                let end = (at + next(40)).min(bytes.len());
                bytes.drain(at..end);
            }
            1 => bytes[at] = u8::try_from(next(256)).unwrap(),
            2 => {
                let end = (at + next(200)).min(bytes.len());
                let piece = bytes[at..end].to_vec();
                let to = next(bytes.len());
                bytes.splice(to..to, piece);
            }
            _ => {
                let snippet = SNIPPETS[next(SNIPPETS.len())];
                bytes.splice(at..at, snippet.bytes());
            }
        }
    }
    bytes
}

#[test]
fn no_mutation_of_the_example_makes_the_reader_panic() {
    for seed in 0..1_500 {
        let source = mutated(seed);
        let Reading {
            definition,
            mut findings,
        } = read(&source);
        if let Some(mut definition) = definition {
            let around = Surroundings {
                incomplete: findings.has_errors(),
                ..Surroundings::default()
            };
            findings.extend(check(&mut definition, &around));
        }
        // Every place must be showable and every sentence must exist, in both languages.
        let text = String::from_utf8_lossy(&source);
        let findings = findings.sorted();
        for language in Language::ALL {
            assert_eq!(
                json_lines(&findings, &text, "x.yaml", language).lines().count(),
                findings.len()
            );
        }
    }
}

proptest! {
    #[test]
    fn no_text_makes_the_yaml_reader_panic(text in "\\PC{0,200}") {
        let _ = read(text.as_bytes());
    }

    #[test]
    fn no_bytes_make_the_yaml_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&bytes);
    }

    #[test]
    fn no_chain_of_signs_makes_the_yaml_reader_panic(picks in proptest::collection::vec(0..SNIPPETS.len(), 0..40)) {
        let text: String = picks.iter().map(|pick| SNIPPETS[*pick]).collect();
        let _ = read(text.as_bytes());
        let _ = read(format!("ombud: 1\nfields:\n  a: {text}\n").as_bytes());
    }
}

/// TRUST, fact 8: what brought other readers down is refused in no time.
#[test]
fn bombs_are_refused_at_once() {
    let started = std::time::Instant::now();
    let depth = "[".repeat(FILE_BYTES_MAX - 100);
    let lines = |line: &dyn Fn(u32) -> String, count| (0..count).map(line).collect::<Vec<_>>().concat();
    let keys = lines(&|number| format!("k{number}: 1\n"), 20_000);
    // Few enough to be read whole: what costs time per key must not cost it per pair of keys.
    let unknown = lines(&|number| format!("zkey{number}: some text here\n"), 9_000);
    let commas = format!("a: [{}]", ",x".repeat(60_000));
    let anchors = lines(&|number| format!("- &a{number} x\n"), 15_000);
    let quote = format!("a: \"{}", "\\u4e00".repeat(40_000));
    let questions = "? ".repeat(100_000);
    let tags = format!("a: !{} x", "t".repeat(200_000));
    let comment = format!("#{}\na: 1", "x".repeat(200_000));
    for source in [depth, keys, unknown, commas, anchors, quote, questions, tags, comment] {
        let findings = read(source.as_bytes()).findings.sorted();
        assert!(!findings.is_empty());
        assert!(!human(&findings, &source, "x.yaml", Language::En, false).is_empty());
    }
    assert!(started.elapsed().as_secs() < 60, "took {:?}", started.elapsed());
}
