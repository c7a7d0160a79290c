//! What is wrong with an expression, where, and which word was meant.

use super::*;

/// Each line: the text, the kind, what is marked, the first thing that was probably meant.
#[test]
fn each_mistake_has_its_own_kind_place_and_nearest_word() {
    use ProblemKind as K;
    let mut seen = BTreeSet::from([K::TooLong.key(), K::TooDeep.key()]);
    for (text, kind, marked, meant) in [
        ("", K::Missing, "", None),
        ("  ", K::Missing, "  ", None),
        ("urgent = true", K::SingleEquals, "=", Some("==")),
        ("urgent & vip", K::Character, "&", Some("&&")),
        ("urgent ＆ vip", K::Character, "＆", Some("&&")),
        ("（urgent)", K::Character, "（", Some("(")),
        ("place == “x”", K::Character, "“", Some("\"")),
        ("persons <> 2", K::Character, "<>", Some("!=")),
        ("persons ≥ 2", K::Character, "≥", Some(">=")),
        ("类别 == 'x'", K::ForeignWord, "类别", None),
        ("urgent # x", K::Character, "#", None),
        ("place == 'x", K::OpenText, "'x", None),
        ("place == 'a\nb'", K::OpenText, "'a", None),
        ("place == '\\q'", K::Escape, "\\q", None),
        ("place == '\\ud800'", K::Escape, "\\ud800", None),
        ("persons > 010", K::Number, "010", None),
        ("persons > 1.23456", K::Number, "1.23456", None),
        ("persons > 1e3", K::Number, "1e3", None),
        (
            "persons > 99999999999999999999",
            K::Number,
            "99999999999999999999",
            None,
        ),
        ("persons * 2 > 1", K::Unsupported, "*", None),
        ("place.size() > 1", K::Unsupported, ".", None),
        ("assist[0] == lead", K::Unsupported, "[", None),
        ("urgent and vip", K::Unexpected, "and", Some("&&")),
        ("not urgent", K::Unexpected, "not", Some("!")),
        ("urgent vip", K::Unexpected, "vip", None),
        ("urgent ? urgent ? true : false : false", K::Unexpected, "?", None),
        ("size == 1", K::Unexpected, "size", None),
        ("urgent &&", K::Ends, "", None),
        ("(urgent", K::NotClosed, "(", None),
        ("size(place", K::NotClosed, "(", None),
        ("satisfaction in ['bad'", K::NotClosed, "[", None),
        ("time('reply') > 1", K::UnknownFunction, "time", Some("times")),
        ("urgnt", K::UnknownField, "urgnt", Some("urgent")),
        ("urgent == yes", K::UnknownField, "yes", Some("true")),
        ("category == billing", K::UnknownField, "billing", Some("'billing'")),
        ("close_at < now", K::UnknownField, "close_at", Some("closed_at")),
        ("satisfaction != 'bat'", K::UnknownOption, "'bat'", Some("'bad'")),
        (
            "category in ['billing', 'outtage']",
            K::UnknownOption,
            "'outtage'",
            Some("'outage'"),
        ),
        (
            "category == (urgent ? 'outage' : 'biling')",
            K::UnknownOption,
            "'biling'",
            Some("'billing'"),
        ),
        (
            "lead == 'finanse'",
            K::UnknownDepartment,
            "'finanse'",
            Some("'finance'"),
        ),
        (
            "'north_brach' in assist",
            K::UnknownDepartment,
            "'north_brach'",
            Some("'north_branch'"),
        ),
        ("inspector == 'lo'", K::UnknownPerson, "'lo'", Some("'li'")),
        (
            "times('anwsered') < 2",
            K::UnknownAction,
            "'anwsered'",
            Some("'answered'"),
        ),
        (
            "times(answered) < 2",
            K::ActionNotQuoted,
            "answered",
            Some("'answered'"),
        ),
        ("compensation == place", K::TypesDiffer, "compensation == place", None),
        ("compensation > '1000'", K::TypesDiffer, "compensation > '1000'", None),
        ("compensation > persons", K::TypesDiffer, "compensation > persons", None),
        (
            "category == satisfaction",
            K::TypesDiffer,
            "category == satisfaction",
            None,
        ),
        ("persons in [1, 'a']", K::TypesDiffer, "'a'", None),
        ("urgent ? 1 : true", K::TypesDiffer, "urgent ? 1 : true", None),
        ("place < 'b'", K::NoOrder, "place < 'b'", None),
        ("satisfaction >= 'fair'", K::NoOrder, "satisfaction >= 'fair'", None),
        ("assist == assist", K::NotComparable, "assist == assist", None),
        ("now + now > now", K::NotAddable, "now + now", None),
        (
            "compensation + place == 'x'",
            K::NotAddable,
            "compensation + place",
            None,
        ),
        ("now - 5 < now", K::NotAddable, "now - 5", None),
        ("lead in category", K::NotAList, "category", None),
        ("persons in witnesses", K::NotInList, "persons", None),
        ("['a'] == witnesses", K::ListNotHere, "['a']", None),
        ("persons in []", K::EmptyList, "[]", None),
        ("compensation", K::WrongType, "compensation", None),
        ("persons && urgent", K::WrongType, "persons", None),
        ("minutes(compensation) > minutes(1)", K::WrongType, "compensation", None),
        ("!persons", K::WrongType, "persons", None),
        ("-urgent == 1", K::WrongType, "urgent", None),
        ("times() > 1", K::ArgumentCount, "times()", None),
        ("size(place, place) > 1", K::ArgumentCount, "size(place, place)", None),
        ("size(urgent) > 1", K::ArgumentType, "urgent", None),
        ("1 < persons < 3", K::TypesDiffer, "1 < persons < 3", None),
    ] {
        let found = problems(text);
        let [problem] = found.as_slice() else {
            panic!("{text}: {found:?}");
        };
        for language in Language::ALL {
            let sentence = problem.sentence(language);
            assert!(
                !sentence.contains("{ ") && !sentence.contains('$'),
                "{text}: {sentence}"
            );
        }
        seen.insert(kind.key());
        let place = text.get(problem.start..problem.end).unwrap();
        let nearest = problem.nearest.first().map(String::as_str);
        assert_eq!(
            (problem.kind, place, nearest),
            (kind, marked, meant),
            "{text}: {problem}"
        );
    }
}

#[test]
fn all_mistakes_of_types_are_told_at_once() {
    let found = problems("urgnt && satisfaction == 'bat' || times('x') > place");
    let kinds: Vec<_> = found.iter().map(|problem| (problem.kind, problem.code())).collect();
    assert_eq!(
        kinds,
        [
            (ProblemKind::UnknownField, "F01"),
            (ProblemKind::UnknownOption, "F02"),
            (ProblemKind::UnknownAction, "F03")
        ]
    );
}
