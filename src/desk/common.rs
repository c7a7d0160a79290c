//! Passwords that everybody tries first. Long ones are made from few things: a common word with a year behind it, the same
//! twice, a walk along the keyboard, a telephone number. So the list holds words, and the rest is worked out.

/// Words that people make passwords of, sorted, in small letters.
const WORDS: &str = include_str!("common_passwords.txt");
/// What a password has beyond its common words at least, a letter counting two and anything else one: `password` with a
/// date of birth behind it is no better than `password`.
const OWN_MIN: usize = 12;
/// Rows of keyboards, and what counts on.
const WALKS: [&str; 12] = [
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890123456789",
    "qwertyuiop[]",
    "asdfghjkl;'",
    "zxcvbnm,./",
    "azertyuiop",
    "qsdfghjklm",
    "qwertzuiop",
    "!@#$%^&*()_+",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol",
    "1q2w3e4r5t6y7u8i9o0p",
    "qazwsxedcrfvtgbyhnujmikolp",
];

/// True for a password that is guessed early.
pub(super) fn is_common(password: &str) -> bool {
    let small = password.to_lowercase();
    if small.chars().all(|character| character.is_ascii_digit()) {
        return true;
    }
    let whole = period(&small).unwrap_or(&small);
    own_part(whole).min(own_part(&plain(whole))) < OWN_MIN
}

/// The piece of which a text is nothing but repeats.
fn period(text: &str) -> Option<&str> {
    let places = text.char_indices().map(|(place, _)| place).skip(1);
    places
        .filter(|place| text.len().is_multiple_of(*place))
        .filter_map(|place| text.get(..place))
        .find(|piece| piece.repeat(text.len() / piece.len()) == text)
}

/// Letters in place of what people write for them.
fn plain(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            '0' => 'o',
            '1' | '!' => 'i',
            '3' => 'e',
            '4' | '@' => 'a',
            '5' | '$' => 's',
            '7' => 't',
            other => other,
        })
        .collect()
}

/// What belongs to no common word and no walk.
fn own_part(text: &str) -> usize {
    let characters: Vec<char> = text.chars().collect();
    let mut rest = characters.as_slice();
    let mut own = 0;
    while !rest.is_empty() {
        let skipped = common_at(rest).max(walk_at(rest)).max(same_at(rest));
        let step = if skipped == 0 {
            let is_letter = rest.first().is_some_and(|first| first.is_alphabetic());
            own += if is_letter { 2 } else { 1 };
            1
        } else {
            skipped
        };
        rest = rest.get(step..).unwrap_or_default();
    }
    own
}

/// Length of the longest common word that begins here.
fn common_at(rest: &[char]) -> usize {
    let text: String = rest.iter().collect();
    let words = WORDS.lines().filter(|word| word.len() > 2 && text.starts_with(word));
    words.map(str::len).max().unwrap_or_default()
}

/// Length of the walk along a row that begins here, forwards or backwards; three steps are none yet.
fn walk_at(rest: &[char]) -> usize {
    let along = |row: &str| {
        let row: Vec<char> = row.chars().collect();
        let starts = (0..row.len()).filter_map(|place| row.get(place..));
        starts
            .map(|row| row.iter().zip(rest).take_while(|(one, other)| one == other).count())
            .max()
            .unwrap_or_default()
    };
    let both = |row: &&str| along(row).max(along(&row.chars().rev().collect::<String>()));
    let longest = WALKS.iter().map(both).max().unwrap_or_default();
    if longest < 4 { 0 } else { longest }
}

/// How often the first character stands there; twice is nothing.
fn same_at(rest: &[char]) -> usize {
    let first = rest.first();
    let same = rest.iter().take_while(|character| Some(*character) == first).count();
    if same < 3 { 0 } else { same }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_everybody_tries_first_is_common() {
        for password in [
            "password2026!",
            "password19881231",
            "Passw0rd1234",
            "P@ssw0rd2026",
            "administrator",
            "Administrator1",
            "123456789012",
            "13800001111138",
            "qwertyuiop12",
            "1qaz2wsx3edc",
            "1q2w3e4r5t6y",
            "abcabcabcabcabc",
            "aaaaaaaaaaaab",
            "woaini1314520",
            "WoAiNi-1314520",
            "iloveyou2026",
            "welcome2ombud",
            "shimin12345!",
            "hotline12345",
            "summer2026summer",
            "987654321098",
            "密密密密密密密密密密密密",
        ] {
            assert!(is_common(password), "{password}");
        }
    }

    #[test]
    fn a_few_unrelated_words_are_not() {
        for password in [
            "correct horse battery",
            "three unrelated words",
            "demo-4f9a2c7e81b3d605",
            "kestrel mops 19 ladders",
            "春眠不觉晓处处闻啼鸟夜来",
            "xk7Qz-19vB-mmT2",
        ] {
            assert!(
                !is_common(password),
                "{password}: {}",
                own_part(&password.to_lowercase())
            );
        }
    }

    #[test]
    fn the_list_is_sorted_and_each_word_stands_in_it_once() {
        let words: Vec<&str> = WORDS.lines().collect();
        assert!(words.len() > 300, "{}", words.len());
        assert!(words.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(words.iter().all(|word| {
            word.bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        }));
    }
}
