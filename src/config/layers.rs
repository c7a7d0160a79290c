//! How a file and the environment are laid over the reference: key by key, so that every slip of the pen is told with its
//! line and the nearest right name.

use std::fmt;

use toml::de::{DeTable, DeValue};
use toml::{Spanned, Table, Value};

use super::{CHANNELS, ConfigError, Fault, PREFIX, REFERENCE};
use crate::workflow::nearest::nearest;

/// The reference with the file and the variables over it.
pub(super) fn merged(file: Option<(&str, &str)>, environment: &[(String, String)]) -> Result<Table, ConfigError> {
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
    if faults.is_empty() {
        Ok(settings)
    } else {
        Err(ConfigError { faults })
    }
}

/// Parts of names whose values nobody should see.
const SECRET: &[&str] = &["password", "secret", "token"];

/// Puts `***` in place of passwords, also of one inside an address.
pub(super) fn hide(value: &mut Value) {
    match value {
        Value::Table(entries) => {
            for (key, value) in entries.iter_mut() {
                match value {
                    Value::String(text) if SECRET.iter().any(|word| key.contains(word)) => {
                        if !text.is_empty() {
                            "***".clone_into(text);
                        }
                    }
                    Value::String(_)
                    | Value::Integer(_)
                    | Value::Float(_)
                    | Value::Boolean(_)
                    | Value::Datetime(_)
                    | Value::Array(_)
                    | Value::Table(_) => hide(value),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(hide),
        Value::String(text) => {
            let place = text.split_once("://").and_then(|(scheme, rest)| {
                let (user, host) = rest.rsplit_once('@')?;
                let (user, _) = user.split_once(':')?;
                Some(format!("{scheme}://{user}:***@{host}"))
            });
            if let Some(place) = place {
                *text = place;
            }
        }
        Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) => {}
    }
}

/// Addresses of channels may hold a robot's key, and headers a password: only where they come from is shown.
pub(super) fn hide_channels(channels: &mut Value) {
    let Value::Table(channels) = channels else { return };
    for (_, channel) in channels.iter_mut() {
        for key in ["url", "headers"] {
            match channel.get_mut(key) {
                Some(Value::Table(headers)) => headers.iter_mut().for_each(|(_, value)| hide_text(value)),
                Some(value) => hide_text(value),
                None => {}
            }
        }
    }
}

fn hide_text(value: &mut Value) {
    if let Value::String(text) = value
        && !text.starts_with("env:")
        && !text.starts_with("file:")
    {
        "***".clone_into(text);
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
        // Its keys are names of the administrator's.
        if section == CHANNELS {
            known.extend(
                keys.iter()
                    .map(|(key, value)| (key.get_ref().to_string(), plain(value.get_ref()))),
            );
            continue;
        }
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
