//! Settings: one commented `ombud.toml` is the default, the reference and the input of tests (STYLE 26).
//!
//! The file of a deployment is laid over the reference, the environment over both. A key or variable that is not in
//! the reference is refused together with the nearest right one; so is a value of another type. Nothing outside this
//! module reads the environment.

mod files;
mod layers;
mod waits;

use std::fmt;
use std::net::SocketAddr;
use std::path::Path;

use jiff::civil::Time;
use serde::Deserialize;
use toml::Value;

use crate::notify::channel::settings::{self as channels, Channels};
use crate::notify::settings::MailSettings;
use crate::texts::{Arg, Language, say};

use files::Files;
use layers::merged;
pub use waits::{Digest, QuietHours};

/// The reference, as shipped.
pub const REFERENCE: &str = include_str!("../ombud.toml");

/// The settings that are read when no file is named, where there is such a file.
pub const USUAL_FILE: &str = "ombud.toml";

/// How the environment names a setting: `OMBUD_SERVER_LISTEN`.
const PREFIX: &str = "OMBUD_";

/// The section whose keys are not in the reference.
const CHANNELS: &str = "channels";

/// Variables with the prefix that are no settings.
const NOT_SETTINGS: &[&str] = &["OMBUD_CONFIG", "OMBUD_URL", "OMBUD_TOKEN", "OMBUD_LANG"];

/// Every setting.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub server: Server,
    pub limits: Limits,
    pub database: Database,
    pub files: Files,
    pub backup: Backup,
    pub language: LanguageSection,
    pub workflows: Workflows,
    pub tokens: Tokens,
    pub sessions: Sessions,
    pub follow: Follow,
    pub idempotency: Idempotency,
    pub inbox: Inbox,
    pub digest: Digest,
    pub quiet_hours: QuietHours,
    /// `[channels.NAME]`.
    pub channels: Channels,
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
    pub bulk_items_max: usize,
    pub export_rows_max: usize,
}

/// `[database]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    pub url: String,
    pub readers: u32,
}

/// `[backup]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Backup {
    /// Empty: none is made.
    pub folder: String,
    at: String,
    pub keep: usize,
}

impl Backup {
    /// When a backup is made every day, in the zone of the default calendar.
    pub fn time(&self) -> Time {
        time_of(&self.at).unwrap_or_else(Time::midnight)
    }
}

/// `02:30`, and nothing else.
fn time_of(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    let two = |digits: &str| (digits.len() == 2).then(|| digits.parse::<i8>().ok()).flatten();
    Time::new(two(hour)?, two(minute)?, 0, 0).ok()
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
    pub second_factor: Vec<String>,
}

/// `[follow]`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Follow {
    pub enabled: bool,
    pub departments: bool,
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
    pub acknowledge_hours: u32,
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
        let given = Given::read(file)?;
        Self::from_parts_and(given.file(), &given.environment, &variable)
    }

    /// Every setting as it counts, as TOML, without passwords: what `ombud config --effective` shows.
    pub fn effective(file: Option<&Path>) -> Result<String, ConfigError> {
        let given = Given::read(file)?;
        Self::from_parts_and(given.file(), &given.environment, &variable)?;
        let mut settings = merged(given.file(), &given.environment)?;
        settings.iter_mut().for_each(|(_, section)| layers::hide(section));
        settings.get_mut(CHANNELS).into_iter().for_each(layers::hide_channels);
        Ok(settings.to_string())
    }

    /// From a text (with the name it is shown by) and variables; what tests use.
    pub fn from_parts(file: Option<(&str, &str)>, environment: &[(String, String)]) -> Result<Self, ConfigError> {
        Self::from_parts_and(file, environment, &|_| None)
    }

    /// `secret` gives the variables that `env:NAME` names.
    fn from_parts_and(
        file: Option<(&str, &str)>,
        environment: &[(String, String)],
        secret: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        let settings = merged(file, environment)?;
        let place = file.map_or("ombud.toml", |(name, _)| name);
        let mut config: Self = Value::Table(settings)
            .try_into()
            .map_err(|error: toml::de::Error| ConfigError {
                faults: vec![Fault::new(
                    place,
                    "config-value",
                    vec![("error", error.message().trim().to_owned())],
                )],
            })?;
        config.sound(place)?;
        let fetched = channels::fetch_secrets(&mut config.channels, secret);
        fetched
            .and_then(|()| channels::check(&config.channels))
            .map_err(|problem| ConfigError {
                faults: vec![Fault::new(place, "config-value", vec![("error", problem.to_string())])],
            })?;
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
            (
                "limits.bulk_items_max",
                limits.bulk_items_max == 0 || limits.bulk_items_max > 1000,
            ),
            (
                "limits.export_rows_max",
                limits.export_rows_max == 0 || limits.export_rows_max > 1_000_000,
            ),
            ("server.connections_max", self.server.connections_max == 0),
            ("database.readers", self.database.readers == 0),
            ("backup.at", time_of(&self.backup.at).is_none()),
            ("backup.keep", self.backup.keep == 0),
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
            ("inbox.acknowledge_hours", self.inbox.acknowledge_hours > 24 * 30),
            ("digest.after", self.digest.after > 1000),
            (
                "digest.within_minutes",
                !(1..=24 * 60).contains(&self.digest.within_minutes),
            ),
            ("quiet_hours.from", self.quiet_hours.is_wrong()),
        ];
        let faults: Vec<Fault> = wrong
            .iter()
            .chain(&self.files.wrong())
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

/// A variable that a setting names.
fn variable(name: &str) -> Option<String> {
    std::env::var_os(name)?.into_string().ok()
}

/// What was given beside the reference.
struct Given {
    /// Its name and its text.
    file: Option<(String, String)>,
    environment: Vec<(String, String)>,
}

impl Given {
    fn read(file: Option<&Path>) -> Result<Self, ConfigError> {
        let usual = Path::new(USUAL_FILE);
        let file = file.or_else(|| usual.is_file().then_some(usual));
        let file = match file {
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
        let environment = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .filter(|(name, _)| name.starts_with(PREFIX) && !NOT_SETTINGS.contains(&name.as_str()))
            .collect();
        Ok(Self { file, environment })
    }

    fn file(&self) -> Option<(&str, &str)> {
        self.file.as_ref().map(|(name, text)| (name.as_str(), text.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use toml::Table;

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
    fn every_setting_of_the_reference_says_what_it_is_for() {
        let mut said = false;
        for line in REFERENCE.lines() {
            let key = line.split_once(" = ").map(|(key, _)| key);
            // Keys without a comment of their own follow right after one that speaks for both.
            assert!(key.is_none() || said, "{line}");
            said = !line.is_empty() && !line.starts_with('[');
        }
    }

    #[test]
    fn passwords_are_not_shown() {
        let mut section: Value = "password = \"x1y2\"\nuser = \"u\"\n[inner]\nsecret = \"x1y2\"\n\
            url = \"postgres://ombud:x1y2@host/name\"\nempty_token = \"\""
            .parse::<Table>()
            .map(Value::Table)
            .unwrap();
        layers::hide(&mut section);
        let shown = section.to_string();
        assert!(!shown.contains("x1y2") && shown.contains("user = \"u\""), "{shown}");
        assert!(shown.contains("ombud:***@host"), "{shown}");
    }

    #[test]
    fn channels_have_names_of_their_own_and_keys_of_ours() {
        let file = "[channels.sms]\nurl = \"https://sms.example.org\"\n[channels.room]\nkind = \"wecom\"\n";
        let config = Config::from_parts(Some(("my.toml", file)), &[]).unwrap();
        assert_eq!(config.channels.keys().collect::<Vec<_>>(), ["room", "sms"]);
        assert!(fault("[channels.sms]\nurll = \"x\"\n").contains("urll"));
        assert!(fault("[channels.mail]\nurl = \"x\"\n").contains("channels.mail"));
        assert!(fault("[channels.sms]\nurl = \"env:NOT_SET\"\n").contains("NOT_SET"));
    }

    #[test]
    fn a_value_of_another_type_or_out_of_range_is_refused() {
        assert!(fault("[server]\nworkers = \"two\"\n").contains("my.toml:2"));
        assert!(fault("[limits]\nbody_bytes_max = 0\n").contains("limits.body_bytes_max"));
        for time in ["2:30", "24:00", "02:60", "02:30:00", "noon"] {
            let found = fault(&format!("[backup]\nat = \"{time}\"\n"));
            assert!(found.contains("backup.at"), "{time}: {found}");
        }
        assert!(fault("[server\n").contains("my.toml:1"));
        assert!(fault("[server]\nlisten = \"nowhere\"\n").contains("my.toml"));
    }
}
