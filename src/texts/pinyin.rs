//! First letters of the sound of Chinese words, so that `cxpd` finds 重新派单: people type them faster than the word.
//!
//! The 3755 common characters of GB 2312 stand in the order of their sound; where a letter begins in that order is all
//! the table there is. Rarer characters that our words use are listed, and characters with two sounds give both.

use encoding_rs::GBK;

/// Where each letter begins among the common characters.
const BEGINNINGS: [(u16, char); 23] = [
    (0xB0A1, 'a'),
    (0xB0C5, 'b'),
    (0xB2C1, 'c'),
    (0xB4EE, 'd'),
    (0xB6EA, 'e'),
    (0xB7A2, 'f'),
    (0xB8C1, 'g'),
    (0xB9FE, 'h'),
    (0xBBF7, 'j'),
    (0xBFA6, 'k'),
    (0xC0AC, 'l'),
    (0xC2E8, 'm'),
    (0xC4C3, 'n'),
    (0xC5B6, 'o'),
    (0xC5BE, 'p'),
    (0xC6DA, 'q'),
    (0xC8BB, 'r'),
    (0xC8F6, 's'),
    (0xCBFA, 't'),
    (0xCDDA, 'w'),
    (0xCEF4, 'x'),
    (0xD1B9, 'y'),
    (0xD4D1, 'z'),
];
/// The last common character.
const LAST: u16 = 0xD7F9;
/// Rarer characters.
const RARE: [(char, char); 4] = [('浏', 'l'), ('诿', 'w'), ('账', 'z'), ('缴', 'j')];
/// Characters with a second sound that begins otherwise.
const SECOND: [(char, char); 17] = [
    ('重', 'c'),
    ('长', 'z'),
    ('调', 't'),
    ('参', 's'),
    ('会', 'k'),
    ('行', 'h'),
    ('传', 'z'),
    ('校', 'j'),
    ('系', 'j'),
    ('解', 'x'),
    ('降', 'x'),
    ('朝', 'z'),
    ('曾', 'c'),
    ('单', 's'),
    ('省', 'x'),
    ('属', 'z'),
    ('折', 's'),
];
/// Ways to read a word that are given.
const WAYS_MAX: usize = 4;
/// Characters of a word that are read.
const READ_MAX: usize = 40;

/// The first letters of a text, every way to read it, with spaces between; ASCII letters and digits stand for
/// themselves. `重新派单` → `zxpd cxpd zxps cxps`.
pub fn initials(text: &str) -> String {
    let mut ways = vec![String::new()];
    for character in text.chars().take(READ_MAX) {
        let Some(first) = initial(character) else { continue };
        let second = SECOND.iter().find(|(known, _)| *known == character);
        let mut others = Vec::new();
        if let Some((_, second)) = second
            && ways.len() * 2 <= WAYS_MAX
        {
            others = ways.clone();
            for way in &mut others {
                way.push(*second);
            }
        }
        for way in &mut ways {
            way.push(first);
        }
        ways.append(&mut others);
    }
    ways.join(" ")
}

fn initial(character: char) -> Option<char> {
    if character.is_ascii() {
        return character
            .is_ascii_alphanumeric()
            .then(|| character.to_ascii_lowercase());
    }
    if let Some((_, letter)) = RARE.iter().find(|(known, _)| *known == character) {
        return Some(*letter);
    }
    let mut buffer = [0; 4];
    let (bytes, _, unmapped) = GBK.encode(character.encode_utf8(&mut buffer));
    let [high, low] = *bytes else { return None };
    let place = u16::from_be_bytes([high, low]);
    if unmapped || place > LAST {
        return None;
    }
    let found = BEGINNINGS.iter().rev().find(|(begin, _)| *begin <= place);
    found.map(|(_, letter)| *letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_words_are_found_by_their_first_letters() {
        for (word, letters) in [
            ("签收", "qs"),
            ("退单", "td"),
            ("督办", "db"),
            ("催办", "cb"),
            ("我的待办", "wddb"),
            ("新建工单", "xjgd"),
            ("重新派单", "cxpd"),
            ("值班长", "zbz"),
            ("浏览", "ll"),
            ("Dispatch 派单", "dispatchpd"),
        ] {
            let all = initials(word);
            assert!(all.split(' ').any(|way| way == letters), "{word}: {all}");
        }
        assert_eq!(initials("，。！"), "");
        assert!(initials(&"重长调会".repeat(50)).split(' ').count() <= WAYS_MAX);
    }
}
