//! Every problem and every refusal has its sentences, in both languages.

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
