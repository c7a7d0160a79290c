//! The right name that is nearest to a wrong one: «did you mean».

/// Names longer than this are compared by their beginning only, so that a megabyte of a key costs nothing.
const COMPARED_MAX: usize = 80;

/// Candidates that are looked at: a file of ten thousand wrong names among ten thousand right ones must not take minutes.
const CANDIDATES_MAX: usize = 300;

/// The candidate nearest to `word`, or `None` when none is near enough to be meant.
///
/// Case, hyphens, blanks and `camelCase` do not count, nor does the order of the words (`close_after` is
/// `after_close`); otherwise a third of the letters may differ. Of two equally near the first listed is taken.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let wanted = plain(word);
    if wanted.is_empty() {
        return None;
    }
    let allowed = (wanted.chars().count() / 3).max(1);
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates.into_iter().take(CANDIDATES_MAX) {
        let known = plain(candidate);
        let distance = if known == wanted {
            0
        } else if sorted_words(&known) == sorted_words(&wanted) {
            1
        } else {
            strsim::damerau_levenshtein(&wanted, &known)
        };
        // A word of one or two letters is near to everything: at least half must agree.
        let near = distance <= allowed && distance * 2 <= known.chars().count().max(1);
        if near && candidate != word && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate.to_owned())
}

/// The word in lower case with `_` between its parts.
fn plain(word: &str) -> String {
    let mut plain = String::new();
    let mut after_small = false;
    for character in word.trim().chars().take(COMPARED_MAX) {
        if character.is_uppercase() && after_small {
            plain.push('_');
        }
        after_small = character.is_lowercase() || character.is_numeric();
        if matches!(character, '-' | ' ' | '.') {
            plain.push('_');
        } else {
            plain.extend(character.to_lowercase());
        }
    }
    plain
}

fn sorted_words(plain: &str) -> Vec<&str> {
    let mut words: Vec<_> = plain.split('_').filter(|word| !word.is_empty()).collect();
    words.sort_unstable();
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: [&str; 8] = [
        "title",
        "require",
        "only_if",
        "after_close",
        "to",
        "tell",
        "by",
        "states",
    ];

    #[test]
    fn slips_of_the_pen_are_understood() {
        for (written, meant) in [
            ("titel", "title"),
            ("required", "require"),
            ("onlyIf", "only_if"),
            ("only-if", "only_if"),
            ("AFTER_CLOSE", "after_close"),
            ("close_after", "after_close"),
            ("state", "states"),
            ("ti", "to"),
        ] {
            assert_eq!(nearest(written, KEYS), Some(meant.to_owned()), "{written}");
        }
    }

    #[test]
    fn what_is_far_from_everything_has_no_nearest_name() {
        for written in ["", "x", "deadline", "投诉", "zzzzzzzzzz"] {
            assert_eq!(nearest(written, KEYS), None, "{written}");
        }
    }
}
