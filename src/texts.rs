//! Every sentence a user reads, in Chinese and English, by key.
//!
//! The texts stand in `templates/texts/{zh-CN,en}/*.ftl` and are part of the binary. A key that is missing is a mistake
//! of ours: tests and debug builds stop there, a release shows the key and goes on. Nothing here knows what a
//! sentence is about; a test keeps the keys of both languages equal.

use std::{borrow::Cow, collections::HashMap};

use fluent_templates::{LanguageIdentifier, fluent_bundle::FluentValue};
use serde::{Deserialize, Serialize};

pub mod pinyin;

mod loaded {
    // Without isolation marks: they protect right-to-left scripts and would litter mails, logs and CSV.
    fluent_templates::static_loader! {
        pub static TEXTS = {
            locales: "./templates/texts",
            fallback_language: "en",
            customise: |bundle| bundle.set_use_isolating(false),
        };
    }
}

/// A language ombud speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Language {
    /// Simplified Chinese, the default.
    #[default]
    #[serde(rename = "zh-CN")]
    Zh,
    #[serde(rename = "en")]
    En,
}

impl Language {
    pub const ALL: [Self; 2] = [Self::Zh, Self::En];

    /// The tag as it stands in headers, pages and the directory.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }

    /// From one tag (`en`, `en-GB`, `zh`, `zh_CN.UTF-8`); `None` for a language that ombud does not speak.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_', '.', '@']).next().unwrap_or_default();
        if primary.eq_ignore_ascii_case("zh") {
            Some(Self::Zh)
        } else if primary.eq_ignore_ascii_case("en") {
            Some(Self::En)
        } else {
            None
        }
    }

    /// From an `Accept-Language` header: the spoken language of the highest quality, the earlier one on a tie.
    pub fn from_accept(header: &str) -> Option<Self> {
        let mut best: Option<(u32, Self)> = None;
        for part in header.split(',').take(ACCEPTED_LANGUAGES_MAX) {
            let mut pieces = part.split(';');
            let Some(language) = pieces.next().and_then(Self::from_tag) else {
                continue;
            };
            let quality = pieces
                .find_map(|piece| piece.trim().strip_prefix("q="))
                .map_or(1000, thousandths);
            if quality > 0 && best.is_none_or(|(known, _)| quality > known) {
                best = Some((quality, language));
            }
        }
        best.map(|(_, language)| language)
    }
}

/// Chinese without the blanks that a text leaves beside what is put into it: between two Chinese characters none stays,
/// beside a Latin word or a number it does.
pub fn closed_up(text: &str) -> String {
    let mut closed = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    let mut before = None;
    while let Some(character) = rest.next() {
        let between = before.is_some_and(is_chinese) && rest.peek().copied().is_some_and(is_chinese);
        if character == ' ' && between {
            continue;
        }
        closed.push(character);
        before = Some(character);
    }
    closed
}

/// Characters of Chinese, with its punctuation.
fn is_chinese(character: char) -> bool {
    matches!(character, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}' | '“' | '”')
}

fn identifier(language: Language) -> LanguageIdentifier {
    match language {
        Language::Zh => fluent_templates::langid!("zh-CN"),
        Language::En => fluent_templates::langid!("en"),
    }
}

/// Tags of an `Accept-Language` header that are looked at.
const ACCEPTED_LANGUAGES_MAX: usize = 32;

/// `0.8` as 800; what is no quality is none at all.
fn thousandths(quality: &str) -> u32 {
    match quality.trim().split_once('.') {
        None => quality.trim().parse::<u32>().map_or(0, |whole| whole.min(1) * 1000),
        Some((whole, fraction)) => {
            let digits: String = fraction.chars().chain("000".chars()).take(3).collect();
            let whole = whole.parse::<u32>().map_or(0, |whole| whole.min(1) * 1000);
            (whole + digits.parse::<u32>().unwrap_or(0)).min(1000)
        }
    }
}

/// What is put into a sentence.
#[derive(Clone, Debug, PartialEq)]
pub enum Arg<'a> {
    Text(Cow<'a, str>),
    Number(i64),
}

impl<'a> From<&'a str> for Arg<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl<'a> From<&'a String> for Arg<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Arg<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl From<i64> for Arg<'_> {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

/// The sentence under `key`, with its arguments filled in.
pub fn say(language: Language, key: &str, arguments: &[(&str, Arg)]) -> String {
    if let Some(sentence) = find(language, key, arguments) {
        sentence
    } else {
        debug_assert!(false, "no text under the key {key} in {}", language.tag());
        key.to_owned()
    }
}

/// The sentence under `key` where there is one.
pub fn find(language: Language, key: &str, arguments: &[(&str, Arg)]) -> Option<String> {
    let values: HashMap<Cow<'static, str>, FluentValue> = arguments
        .iter()
        .map(|(name, value)| {
            let value = match value {
                Arg::Text(text) => FluentValue::String(Cow::Borrowed(text.as_ref())),
                Arg::Number(number) => FluentValue::from(*number),
            };
            (Cow::Owned((*name).to_owned()), value)
        })
        .collect();
    // No falling back to the other language: half a page in English is a mistake to be found, not to be hidden.
    loaded::TEXTS.lookup_no_default_fallback(&identifier(language), key, Some(&values))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_is_closed_up_and_latin_is_not() {
        let told = "负责人 和 经理；shift_lead 和 unit_head；按“改派” 时 30 分钟";
        assert_eq!(
            closed_up(told),
            "负责人和经理；shift_lead 和 unit_head；按“改派”时 30 分钟"
        );
        assert_eq!(closed_up(" 负责人 "), " 负责人 ");
    }

    #[test]
    fn a_language_is_found_by_its_tag_and_by_the_header_of_a_browser() {
        assert_eq!(Language::from_tag("zh_CN.UTF-8"), Some(Language::Zh));
        assert_eq!(Language::from_tag("EN-gb"), Some(Language::En));
        assert_eq!(Language::from_tag("fr"), None);
        assert_eq!(
            Language::from_accept("fr;q=1, en;q=0.7, zh-CN;q=0.8"),
            Some(Language::Zh)
        );
        assert_eq!(Language::from_accept("en, zh"), Some(Language::En));
        assert_eq!(Language::from_accept("zh;q=0, *"), None);
        assert_eq!(Language::from_accept(""), None);
    }

    #[test]
    fn a_sentence_is_filled_in() {
        let arguments = [("line", Arg::Number(12_345)), ("column", Arg::Number(2))];
        assert_eq!(say(Language::En, "place", &arguments), "line 12345, column 2");
        assert_eq!(say(Language::Zh, "place", &arguments), "第 12345 行第 2 列");
    }
}
