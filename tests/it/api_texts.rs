//! Every problem and every refusal has its sentences, in both languages.

use ombud::desk::NotAllowed;
use ombud::texts::Language;
use ombud::ticket::refusal::Code as Reason;
use ombud::web::problem::{Code, sentence};

macro_rules! reasons {
    ($($name:ident)*) => {
        const REASONS: &[Reason] = &[$(Reason::$name),*];

        /// A new reason makes the compiler ask for it here.
        fn is_listed(reason: Reason) -> bool {
            match reason { $(Reason::$name => true,)* }
        }
    };
}

reasons! {
    Closed Open UnknownAction By NotBy OnlyIn OnlyIf AtMost Require Check Value NotAsked UnknownField UnknownTask Unsigned TaskPhase NoReturn NoRoute NoDepartment UnknownDepartment UnknownPerson Expression TextMissing ClockStopped UnknownWorkflow Time Nothing
}

#[test]
fn every_problem_has_a_title_and_a_sentence_in_both_languages() {
    for language in Language::ALL {
        for code in Code::ALL {
            for key in [
                format!("problem-{}", code.as_str()),
                format!("problem-title-{}", code.as_str()),
            ] {
                // A missing key or argument stops here.
                assert!(!sentence(language, &key, &[]).contains(&key));
            }
        }
    }
}

#[test]
fn every_refusal_has_a_sentence_in_both_languages() {
    for language in Language::ALL {
        for code in REASONS {
            assert!(is_listed(*code));
            let key = format!("refusal-{}", code.as_str());
            assert!(!sentence(language, &key, &[]).contains(&key));
        }
    }
}

#[test]
fn every_reason_why_a_role_does_not_allow_it_has_a_sentence_in_both_languages() {
    for language in Language::ALL {
        for why in NotAllowed::ALL {
            let key = format!("not-allowed-{}", why.as_str());
            assert!(!sentence(language, &key, &[]).contains(&key));
        }
    }
}

fn is_code(word: &&str) -> bool {
    !word.is_empty() && word.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_')
}

/// The code in each call: the first word in quotes of `at`, the last of `new` before its arguments.
fn codes_in(text: &str) -> Vec<String> {
    let statement = |rest: &str| rest.split(';').next().unwrap_or_default().to_owned();
    let at = text.split("faults.at(").skip(1).filter_map(|rest| {
        let statement = statement(rest);
        let (before, rest) = statement.split_once('"')?;
        // A code in a variable is named in the test below.
        rest.split('"')
            .next()
            .filter(is_code)
            .filter(|_| !before.contains('['))
            .map(str::to_owned)
    });
    let new = text.split("Fault::new(").skip(1).filter_map(|rest| {
        let statement = statement(rest);
        let call = statement.split(".with(").next()?;
        call.split('"')
            .skip(1)
            .step_by(2)
            .last()
            .filter(is_code)
            .map(str::to_owned)
    });
    at.chain(new).collect()
}

#[test]
fn every_fault_that_the_web_names_has_a_sentence_in_both_languages() {
    let mut files = Vec::new();
    let mut folders = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    let mut found = std::collections::BTreeSet::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let text = text.split("#[cfg(test)]").next().unwrap();
        found.extend(codes_in(text));
    }
    // `type` has one sentence for each type that is expected.
    found.remove("type");
    for kind in ["string", "boolean", "integer", "number", "array", "object", "time"] {
        found.insert(format!("type-{kind}"));
    }
    for chosen in ["length", "range", "email", "rule", "time", "time_without_zone"] {
        found.insert(chosen.to_owned());
    }
    assert!(found.len() > 20, "{found:?}");
    for language in Language::ALL {
        for code in &found {
            let key = format!("fault-{code}");
            assert!(!sentence(language, &key, &[]).contains(&key), "{key}");
        }
    }
}
