//! In which language a command speaks: `--lang`, else the terminal's locale, else English.

use crate::texts::Language;

#[derive(Clone, Debug, clap::Args)]
pub struct Speaks {
    /// Language of the output: zh or en
    #[arg(long, value_name = "LANGUAGE", env = "OMBUD_LANG", value_parser = parse, global = true)]
    lang: Option<Language>,
    /// The terminal's locale.
    #[arg(long, hide = true, env = "LANG", default_value = "", global = true)]
    locale: String,
}

impl Speaks {
    pub fn language(&self) -> Language {
        self.lang
            .or_else(|| Language::from_tag(&self.locale))
            .unwrap_or(Language::En)
    }
}

fn parse(tag: &str) -> Result<Language, String> {
    Language::from_tag(tag).ok_or_else(|| "write zh or en".to_owned())
}
