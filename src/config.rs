//! Settings: one commented `ombud.toml` is the default, the reference and the input of tests (STYLE 26).
//!
//! The file of a deployment is laid over the reference, the environment over both. A key or variable that is not in
//! the reference is refused together with the nearest right one; so is a value of another type. Nothing outside this
//! module reads the environment.

use std::fmt;
use std::net::SocketAddr;
use std::path::Path;

use serde::Deserialize;
use toml::de::{DeTable, DeValue};
use toml::{Spanned, Table, Value};

use crate::notify::settings::MailSettings;
use crate::texts::{Arg, Language, say};
use crate::workflow::nearest::nearest;

/// The reference, as shipped.
pub const REFERENCE: &str = include_str!("../ombud.toml");

/// The settings that are read when no file is named, where there is such a file.
pub const USUAL_FILE: &str = "ombud.toml";

/// How the environment names a setting: `OMBUD_SERVER_LISTEN`.
const PREFIX: &str = "OMBUD_";

/// Variables with the prefix that are no settings.
const NOT_SETTINGS: &[&str] = &["OMBUD_CONFIG", "OMBUD_URL", "OMBUD_TOKEN", "OMBUD_LANG"];

/// Every setting.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub server: Server,
    pub limits: Limits,
    pub database: Database,
    pub language: LanguageSection,
    pub workflows: Workflows,
    pub tokens: Tokens,
    pub sessions: Sessions,
    pub idempotency: Idempotency,
    pub inbox: Inbox,
    pub mail: MailSettings,
    pub log: Log,
}

/// `[server]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    pub listen: SocketAddr,
    pub public_url: String,
    pub tls_certificate: String,
    pub tls_key: String,
    pub plain_http: bool,
    pub workers: usize,
    pub connections_max: usize,
    pub drain_seconds: u64,
    pub stop_within_seconds: u64,
}

/// `[limits]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    pub body_bytes_max: usize,
    pub body_within_seconds: u64,
    pub body_bytes_per_second_min: u64,
    pub head_within_seconds: u64,
    pub requests_per_minute: u32,
    pub requests_at_once: u32,
    pub refused_per_minute: u32,
    pub refused_at_once: u32,
    pub page_items: u32,
    pub page_items_max: u32,
}

/// `[database]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    pub url: String,
    pub readers: u32,
}

/// `[language]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LanguageSection {
    pub default: Language,
}

/// `[workflows]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Workflows {
    pub organisation: String,
}

/// `[tokens]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tokens {
    pub days: u32,
    pub days_max: u32,
}

/// `[sessions]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sessions {
    pub idle_minutes: u32,
    pub hours_max: u32,
}

/// `[idempotency]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Idempotency {
    pub keep_hours: u32,
}

/// `[inbox]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inbox {
    pub keep_days: u32,
}

/// `[log]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    pub level: String,
    pub format: LogFormat,
}

/// How lines of the log look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    Text,
    Json,
}

/// What is wrong with the settings, everything that was found.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{}", self.in_language(Language::En))]
pub struct ConfigError {
    pub faults: Vec<Fault>,
}

/// One fault and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// `ombud.toml:12` or the name of a variable.
    pub place: String,
    /// Key of the sentence in `texts`.
    sentence: &'static str,
    arguments: Vec<(&'static str, String)>,
}

impl ConfigError {
    /// A line for each fault.
    pub fn in_language(&self, language: Language) -> String {
        let lines: Vec<String> = self.faults.iter().map(|fault| fault.in_language(language)).collect();
        lines.join("\n")
    }
}

impl Fault {
    fn new(place: impl fmt::Display, sentence: &'static str, arguments: Vec<(&'static str, String)>) -> Self {
        Self {
            place: place.to_string(),
            sentence,
            arguments,
        }
    }

    fn in_language(&self, language: Language) -> String {
        let arguments: Vec<(&str, Arg)> = self
            .arguments
            .iter()
            .map(|(name, value)| (*name, Arg::from(value)))
            .collect();
        format!("{}: {}", self.place, say(language, self.sentence, &arguments))
    }
}

impl Config {
    /// Reference, file and environment, in this order. Where no file is named, [`USUAL_FILE`] of this folder is read if
    /// it is there; every command does the same, so that all work on the same database.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let usual = Path::new(USUAL_FILE);
        let file = file.or_else(|| usual.is_file().then_some(usual));
        let written = match file {
            None => None,
            Some(path) => {
                let name = path.display().to_string();
                let text = std::fs::read_to_string(path).map_err(|error| ConfigError {
                    faults: vec![Fault::new(
                        &name,
                        "config-unreadable",
                        vec![("error", error.to_string())],
                    )],
                })?;
                Some((name, text))
            }
        };
        let environment: Vec<(String, String)> = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .filter(|(name, _)| name.starts_with(PREFIX) && !NOT_SETTINGS.contains(&name.as_str()))
            .collect();
        Self::from_parts(
            written.as_ref().map(|(name, text)| (name.as_str(), text.as_str())),
            &environment,
        )
    }

    /// From a text (with the name it is shown by) and variables; what tests use.
    pub fn from_parts(file: Option<(&str, &str)>, environment: &[(String, String)]) -> Result<Self, ConfigError> {
        let mut settings: Table = REFERENCE
            .parse()
            .map_err(|error: toml::de::Error| syntax("ombud.toml", "", &error))?;
        let mut faults = Vec::new();
        if let Some((name, text)) = file {
            lay_over(&mut settings, name, text, &mut faults)?;
        }
        let reference = settings.clone();
        for (variable, value) in environment {
            set_from_environment(&mut settings, &reference, variable, value, &mut faults);
        }
        if !faults.is_empty() {
            return Err(ConfigError { faults });
        }
        let place = file.map_or("ombud.toml", |(name, _)| name);
        let config: Self = Value::Table(settings)
            .try_into()
            .map_err(|error: toml::de::Error| ConfigError {
                faults: vec![Fault::new(
                    place,
                    "config-value",
                    vec![("error", error.message().trim().to_owned())],
                )],
            })?;
        config.sound(place)?;
        Ok(config)
    }

    /// What types cannot say: nothing that must count is zero, the least is not above the most.
    fn sound(&self, place: &str) -> Result<(), ConfigError> {
        let limits = &self.limits;
        let wrong = [
            ("limits.body_bytes_max", limits.body_bytes_max == 0),
            ("limits.body_within_seconds", limits.body_within_seconds == 0),
            (
                "limits.body_bytes_per_second_min",
                limits.body_bytes_per_second_min == 0,
            ),
            ("limits.head_within_seconds", limits.head_within_seconds == 0),
            ("limits.requests_per_minute", limits.requests_per_minute == 0),
            ("limits.requests_at_once", limits.requests_at_once == 0),
            ("limits.refused_per_minute", limits.refused_per_minute == 0),
            ("limits.refused_at_once", limits.refused_at_once == 0),
            (
                "limits.page_items",
                limits.page_items == 0 || limits.page_items > limits.page_items_max,
            ),
            ("limits.page_items_max", limits.page_items_max > 1000),
            ("server.connections_max", self.server.connections_max == 0),
            ("database.readers", self.database.readers == 0),
            (
                "tokens.days",
                self.tokens.days == 0 || self.tokens.days > self.tokens.days_max,
            ),
            ("tokens.days_max", self.tokens.days_max > 365),
            ("sessions.idle_minutes", self.sessions.idle_minutes == 0),
            (
                "sessions.hours_max",
                self.sessions.hours_max == 0 || self.sessions.hours_max > 168,
            ),
            ("idempotency.keep_hours", self.idempotency.keep_hours == 0),
            ("inbox.keep_days", self.inbox.keep_days == 0),
        ];
        let faults: Vec<Fault> = wrong
            .iter()
            .filter(|(_, is_wrong)| *is_wrong)
            .map(|(key, _)| Fault::new(place, "config-range", vec![("key", (*key).to_owned())]))
            .collect();
        if faults.is_empty() {
            Ok(())
        } else {
            Err(ConfigError { faults })
        }
    }
}

fn syntax(name: &str, text: &str, error: &toml::de::Error) -> ConfigError {
    let line = error.span().map_or(1, |span| line_of(text, span.start));
    ConfigError {
        faults: vec![Fault::new(
            format!("{name}:{line}"),
            "config-syntax",
            vec![("error", error.message().trim().to_owned())],
        )],
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
}

/// Lays a file over the settings; collects every unknown key and wrong type.
fn lay_over(settings: &mut Table, name: &str, text: &str, faults: &mut Vec<Fault>) -> Result<(), ConfigError> {
    let written = DeTable::parse(text).map_err(|error| syntax(name, text, &error))?;
    for (section, content) in written.get_ref() {
        let line = line_of(text, section.span().start);
        let place = format!("{name}:{line}");
        let section = section.get_ref().as_ref();
        let Some(Value::Table(known)) = settings.get_mut(section) else {
            let near = nearest(section, settings.keys().map(String::as_str));
            faults.push(unknown(place, "config-unknown-section", section, near));
            continue;
        };
        let DeValue::Table(keys) = content.get_ref() else {
            faults.push(Fault::new(
                place,
                "config-no-section",
                vec![("key", section.to_owned())],
            ));
            continue;
        };
        for (key, value) in keys {
            lay_key(known, section, (key, value), (name, text), faults);
        }
    }
    Ok(())
}

type SpannedEntry<'a, 'b> = (&'a Spanned<std::borrow::Cow<'b, str>>, &'a Spanned<DeValue<'b>>);

fn lay_key(known: &mut Table, section: &str, entry: SpannedEntry, file: (&str, &str), faults: &mut Vec<Fault>) {
    let (key, value) = entry;
    let place = format!("{}:{}", file.0, line_of(file.1, key.span().start));
    let key = key.get_ref().as_ref();
    let full = format!("{section}.{key}");
    let Some(default) = known.get(key) else {
        let near = nearest(key, known.keys().map(String::as_str)).map(|near| format!("{section}.{near}"));
        faults.push(unknown(place, "config-unknown-key", &full, near));
        return;
    };
    let given = plain(value.get_ref());
    if std::mem::discriminant(default) == std::mem::discriminant(&given) {
        known.insert(key.to_owned(), given);
    } else {
        faults.push(wrong_type(place, &full, default));
    }
}

/// A value without its places. Dates are no settings: they become texts and are refused by type.
fn plain(value: &DeValue) -> Value {
    match value {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or_else(|_| Value::String(number.to_string()), Value::Integer),
        DeValue::Float(number) => number
            .as_str()
            .parse()
            .map_or_else(|_| Value::String(number.to_string()), Value::Float),
        DeValue::Boolean(yes) => Value::Boolean(*yes),
        DeValue::Datetime(time) => Value::Datetime(*time),
        DeValue::Array(items) => Value::Array(items.iter().map(|item| plain(item.get_ref())).collect()),
        DeValue::Table(entries) => Value::Table(
            entries
                .iter()
                .map(|(key, value)| (key.get_ref().to_string(), plain(value.get_ref())))
                .collect(),
        ),
    }
}

fn unknown(place: String, sentence: &'static str, key: &str, near: Option<String>) -> Fault {
    let near = near.unwrap_or_else(|| "none".to_owned());
    Fault::new(place, sentence, vec![("key", key.to_owned()), ("near", near)])
}

fn wrong_type(place: impl fmt::Display, key: &str, default: &Value) -> Fault {
    Fault::new(
        place,
        "config-type",
        vec![
            ("key", key.to_owned()),
            ("expected", default.type_str().to_owned()),
            ("example", default.to_string()),
        ],
    )
}

fn variable_of(section: &str, key: &str) -> String {
    format!("{PREFIX}{}_{}", section.to_uppercase(), key.to_uppercase())
}

fn set_from_environment(settings: &mut Table, reference: &Table, variable: &str, value: &str, faults: &mut Vec<Fault>) {
    for (section, keys) in reference {
        let Value::Table(keys) = keys else { continue };
        for (key, default) in keys {
            if variable_of(section, key) != variable {
                continue;
            }
            match (read_as(default, value), settings.get_mut(section)) {
                (Some(value), Some(Value::Table(section))) => {
                    section.insert(key.clone(), value);
                }
                (Some(_) | None, _) => faults.push(wrong_type(variable, &format!("{section}.{key}"), default)),
            }
            return;
        }
    }
    let known: Vec<String> = reference
        .iter()
        .filter_map(|(section, keys)| Some((section, keys.as_table()?)))
        .flat_map(|(section, keys)| keys.keys().map(|key| variable_of(section, key)))
        .collect();
    let near = nearest(variable, known.iter().map(String::as_str));
    faults.push(unknown(variable.to_owned(), "config-unknown-key", variable, near));
}

/// The text of a variable as the type of its default.
fn read_as(default: &Value, text: &str) -> Option<Value> {
    match default {
        Value::String(_) => Some(Value::String(text.to_owned())),
        Value::Integer(_) => text.parse().ok().map(Value::Integer),
        Value::Float(_) => text.parse().ok().map(Value::Float),
        Value::Boolean(_) => text.parse().ok().map(Value::Boolean),
        Value::Array(_) => Some(Value::Array(
            text.split(',')
                .map(str::trim)
                .filter(|item| !item.is_empty())
                .map(|item| Value::String(item.to_owned()))
                .collect(),
        )),
        Value::Datetime(_) | Value::Table(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> String {
        Config::from_parts(Some(("my.toml", text)), &[])
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn the_reference_is_the_default() {
        let config = Config::from_parts(None, &[]).unwrap();
        assert_eq!(config.limits.body_bytes_max, 1_048_576);
        assert_eq!(config.language.default, Language::Zh);
    }

    #[test]
    fn the_environment_lies_over_the_file_and_the_file_over_the_reference() {
        let variables = [("OMBUD_SERVER_LISTEN".to_owned(), "0.0.0.0:9000".to_owned())];
        let file = "[server]\nlisten = \"127.0.0.1:7000\"\nworkers = 3\n";
        let config = Config::from_parts(Some(("my.toml", file)), &variables).unwrap();
        assert_eq!(config.server.listen.port(), 9000);
        assert_eq!(config.server.workers, 3);
    }

    #[test]
    fn a_slip_of_the_pen_is_refused_with_its_line_and_the_nearest_right_name() {
        let found = fault("[server]\nlisten = \"127.0.0.1:1\"\nworkerz = 2\n[limit]\n");
        assert!(found.contains("my.toml:3"), "{found}");
        assert!(found.contains("server.workers"), "{found}");
        assert!(found.contains("my.toml:4") && found.contains("limits"), "{found}");
        let variables = [("OMBUD_SERVER_LISTENS".to_owned(), "x".to_owned())];
        let found = Config::from_parts(None, &variables).unwrap_err().to_string();
        assert!(found.contains("OMBUD_SERVER_LISTEN"), "{found}");
    }

    #[test]
    fn a_value_of_another_type_or_out_of_range_is_refused() {
        assert!(fault("[server]\nworkers = \"two\"\n").contains("my.toml:2"));
        assert!(fault("[limits]\nbody_bytes_max = 0\n").contains("limits.body_bytes_max"));
        assert!(fault("[server\n").contains("my.toml:1"));
        assert!(fault("[server]\nlisten = \"nowhere\"\n").contains("my.toml"));
    }
}
