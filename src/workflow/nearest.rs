//! The right name that is nearest to a wrong one: «did you mean».

use std::borrow::Cow;

use super::effort;

/// Names longer than this are compared by their beginning only: an id has at most so many letters.
const COMPARED_MAX: usize = 64;

/// Candidates that are looked at: a file of ten thousand wrong names among ten thousand right ones must not take minutes.
const CANDIDATES_MAX: usize = 300;

/// Letters that may differ however long the name is; more is another name, and would take long to count.
const DIFFERENT_MAX: usize = 6;

/// Pairs of letters that are compared for one word; with names as people write them enough for every candidate.
const PAIRS_MAX: usize = 10_000;

/// The candidate nearest to `word`, or `None` when none is near enough to be meant.
///
/// Case, hyphens, blanks and `camelCase` do not count, nor does the order of the words (`close_after` is
/// `after_close`); otherwise a third of the letters may differ, at most six. Of two equally near the first listed is
/// taken.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest_few(word, candidates, 1).pop()
}

/// The candidates that may be meant, the nearest first, at most `count`.
pub fn nearest_few<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>, count: usize) -> Vec<String> {
    let wanted = plain(word);
    if wanted.is_empty() {
        return Vec::new();
    }
    let wanted_words = sorted_words(&wanted);
    let letters: Vec<char> = wanted.chars().collect();
    let allowed = (letters.len() / 3).clamp(1, DIFFERENT_MAX);
    let mut best: Vec<(usize, &str)> = Vec::new();
    let mut pairs = PAIRS_MAX;
    for candidate in candidates.into_iter().take(CANDIDATES_MAX) {
        effort::spend(1);
        let known = plain(candidate);
        let distance = if known == wanted {
            Some(0)
        } else if known.len() == wanted.len() && sorted_words(&known) == wanted_words {
            Some(1)
        } else {
            let known: Vec<char> = known.chars().collect();
            // A word of one or two letters is near to everything: at least half must agree.
            let most = allowed.min(known.len().max(1) / 2);
            if known.len().abs_diff(letters.len()) > most {
                continue;
            }
            let Some(left) = pairs.checked_sub(known.len() * (2 * most + 1)) else {
                break;
            };
            pairs = left;
            distance(&letters, &known, most)
        };
        if let Some(distance) = distance.filter(|_| candidate != word) {
            let place = best.partition_point(|(known, _)| *known <= distance);
            best.insert(place, (distance, candidate));
            best.truncate(count);
        }
    }
    effort::spend(PAIRS_MAX - pairs);
    best.into_iter().map(|(_, candidate)| candidate.to_owned()).collect()
}

/// How many letters were left out, added, mistaken or exchanged with their neighbour; `None` when more than `most`.
/// Only what lies within `most` of the diagonal is looked at.
fn distance(one: &[char], other: &[char], most: usize) -> Option<usize> {
    let same = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    let (one, other) = (one.get(same..)?, other.get(same..)?);
    let far = most + 1;
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=other.len()).map(|place| place.min(far)).collect();
    for (row, letter) in one.iter().enumerate() {
        let mut line = vec![far; other.len() + 1];
        let from = (row + 1).saturating_sub(most);
        let until = (row + 1 + most).min(other.len());
        for column in from..=until {
            let at = |line: &[usize], column: usize| line.get(column).copied().unwrap_or(far);
            let cost = if column == 0 {
                row + 1
            } else {
                let same = usize::from(other.get(column - 1) != Some(letter));
                let exchanged = row > 0
                    && column > 1
                    && other.get(column - 2) == Some(letter)
                    && other.get(column - 1) == one.get(row - 1);
                let mut cost = (at(&above, column - 1) + same)
                    .min(at(&above, column) + 1)
                    .min(at(&line, column - 1) + 1);
                if exchanged {
                    cost = cost.min(at(&before, column - 2) + 1);
                }
                cost
            };
            if let Some(place) = line.get_mut(column) {
                *place = cost.min(far);
            }
        }
        if line.iter().all(|cost| *cost > most) {
            return None;
        }
        before = std::mem::replace(&mut above, line);
    }
    above.last().copied().filter(|distance| *distance <= most)
}

/// The word in lower case with `_` between its parts.
fn plain(word: &str) -> Cow<'_, str> {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if word.len() <= COMPARED_MAX && word.bytes().all(is_plain) {
        return Cow::Borrowed(word);
    }
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
    Cow::Owned(plain)
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

    #[test]
    fn letters_that_differ_are_counted_up_to_a_bound() {
        let counted = |one: &str, other: &str, most| {
            let letters = |text: &str| text.chars().collect::<Vec<_>>();
            distance(&letters(one), &letters(other), most)
        };
        for (one, other, differ) in [
            ("review", "review", 0),
            ("reveiw", "review", 1),
            ("eview", "review", 1),
            ("reviewed", "review", 2),
            ("kitten", "sitting", 3),
            ("投诉单", "投诉", 1),
            ("", "abc", 3),
            ("abc", "", 3),
        ] {
            assert_eq!(counted(one, other, 6), Some(differ), "{one} {other}");
            assert_eq!(counted(other, one, differ), Some(differ), "{other} {one}");
            assert!(
                differ == 0 || counted(one, other, differ - 1).is_none(),
                "{one} {other}"
            );
        }
    }

    #[test]
    fn counting_near_the_diagonal_agrees_with_counting_everything() {
        let words = [
            "abcd", "abdc", "bacd", "abxcd", "dcba", "aabbccdd", "ab", "cdab", "acbd", "bcda", "abcdabcd",
        ];
        for one in words {
            for other in words {
                let whole = strsim::osa_distance(one, other);
                let letters = |text: &str| text.chars().collect::<Vec<_>>();
                for most in 0..8 {
                    let found = distance(&letters(one), &letters(other), most);
                    assert_eq!(found, (whole <= most).then_some(whole), "{one} {other} {most}");
                }
            }
        }
    }
}
