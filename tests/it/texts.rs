//! Texts: both languages have the same keys with the same arguments, and no key twice (STYLE 25).

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use ombud::cli::doctor::line::{LINES, State};
use ombud::workflow::finding::Code;

/// Keys of one language with the arguments each names.
fn keys(language: &str) -> BTreeMap<String, BTreeSet<String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("templates/texts")
        .join(language);
    let mut keys: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let mut current = None;
        for line in fs::read_to_string(&path).unwrap().lines() {
            if let Some((key, _)) = line.split_once(" =")
                && line.starts_with(|first: char| first.is_ascii_alphabetic())
            {
                let key = key.trim().to_owned();
                let first = keys.insert(key.clone(), BTreeSet::new()).is_none();
                assert!(first, "{key} stands twice, the second time in {}", path.display());
                current = Some(key);
            }
            let Some(arguments) = current.as_ref().and_then(|key| keys.get_mut(key)) else {
                continue;
            };
            for piece in line.split('$').skip(1) {
                let name = piece.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-');
                arguments.insert(name.into_iter().next().unwrap_or_default().to_owned());
            }
        }
    }
    keys
}

#[test]
fn both_languages_have_the_same_keys_and_arguments() {
    let (zh, en) = (keys("zh-CN"), keys("en"));
    assert!(!zh.is_empty());
    let only = |a: &BTreeMap<String, BTreeSet<String>>, b: &BTreeMap<String, BTreeSet<String>>| {
        a.keys()
            .filter(|key| !b.contains_key(*key))
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(only(&zh, &en), Vec::<String>::new(), "missing in English");
    assert_eq!(only(&en, &zh), Vec::<String>::new(), "missing in Chinese");
    for (key, arguments) in &zh {
        assert_eq!(Some(arguments), en.get(key), "arguments of {key} differ");
    }
}

/// Codes that always speak with the sentence of an expression (`says`).
const OF_EXPRESSIONS: [Code; 1] = [Code::F03];

#[test]
fn every_code_of_a_finding_has_a_sentence() {
    let zh = keys("zh-CN");
    let silent: Vec<_> = Code::ALL
        .iter()
        .filter(|code| !OF_EXPRESSIONS.contains(code))
        .filter(|code| {
            !zh.keys()
                .any(|key| key.starts_with(&format!("finding-{}", code.as_str())))
        })
        .collect();
    assert!(silent.is_empty(), "no sentence for {silent:?}");
}

#[test]
fn every_line_of_the_doctor_has_a_sentence_and_what_is_wrong_has_a_cure() {
    let zh = keys("zh-CN");
    let page = include_str!("../../docs/operations/doctor.md");
    for (name, state) in LINES {
        assert!(
            page.contains(&format!("`{name}`")),
            "docs/operations/doctor.md lacks {name}"
        );
        assert!(zh.contains_key(&format!("doctor-{name}")), "no sentence for {name}");
        let has_cure = zh.contains_key(&format!("doctor-cure-{name}"));
        assert_eq!(has_cure, *state != State::Ok, "the cure of {name}");
    }
}

#[test]
fn every_finding_of_an_audit_has_a_sentence_and_a_cure() {
    let zh = keys("zh-CN");
    for code in ombud::desk::audit::Code::ALL {
        for key in [
            format!("audit-{}", code.as_str()),
            format!("audit-cure-{}", code.invariant()),
        ] {
            assert!(zh.contains_key(&key), "no sentence {key}");
        }
    }
}
