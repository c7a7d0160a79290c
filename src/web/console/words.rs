//! How things of the domain look on a page: times in the centre's zone, time left, names, values of fields.

use jiff::tz::TimeZone;
use serde::Serialize;

use crate::texts::{Arg, Language, say};
use crate::workflow::definition::{Field, Text};
use crate::workflow::directory::Directory;
use crate::workflow::id::{DepartmentId, PersonId};
use crate::workflow::moment::{Moment, SECOND};
use crate::workflow::value::Value;

use super::visitor::Visitor;

/// A text in the language of the page; what is missing in it is shown in the other.
pub fn text(text: &Text, language: Language) -> String {
    let (own, other) = match language {
        Language::Zh => (&text.zh, &text.en),
        Language::En => (&text.en, &text.zh),
    };
    if own.is_empty() { other.clone() } else { own.clone() }
}

/// A time: short to look at, whole to be sure.
#[derive(Clone, Debug, Serialize)]
pub struct When {
    pub iso: String,
    pub short: String,
    /// Day and minute, always: `2026-11-22 12:03`.
    pub plain: String,
    pub long: String,
}

impl When {
    /// Of this year without the year, of another year without the hour.
    pub fn new(at: Moment, now: Moment, zone: &TimeZone) -> Self {
        let zoned = |moment: Moment| moment.timestamp().to_zoned(zone.clone());
        let (local, today) = (zoned(at), zoned(now));
        let short = if local.date() == today.date() {
            "%H:%M"
        } else if local.year() == today.year() {
            "%m-%d %H:%M"
        } else {
            "%Y-%m-%d"
        };
        Self {
            iso: at.rfc3339(),
            short: local.strftime(short).to_string(),
            plain: local.strftime("%Y-%m-%d %H:%M").to_string(),
            long: local.strftime("%Y-%m-%d %H:%M:%S %:z").to_string(),
        }
    }
}

/// Time left or overrun, which the page counts on by itself. Icon, words and colour say the same.
#[derive(Clone, Debug, Serialize)]
pub struct Chip {
    /// ok, warn, crit, over, paused, met, missed
    pub level: &'static str,
    pub icon: &'static str,
    pub words: String,
    /// The limit in milliseconds since 1970; 0 when it does not count.
    pub due: i64,
    /// What the whole limit was, for the colours.
    pub total: i64,
    pub iso: String,
    pub long: String,
}

/// Shares of the limit that are left when a clock turns amber, and red.
const WARN_PER_CENT: i64 = 34;
const CRIT_PER_CENT: i64 = 15;

impl Chip {
    /// A clock that counts towards `due`.
    pub fn counting(due: Moment, total: i64, visitor: &Visitor) -> Self {
        let left = due.since(visitor.now);
        let total = total.max(SECOND);
        let (level, icon) = if left < 0 {
            ("over", "alert-octagon")
        } else if left.saturating_mul(100) <= total.saturating_mul(CRIT_PER_CENT) {
            ("crit", "alert-triangle")
        } else if left.saturating_mul(100) <= total.saturating_mul(WARN_PER_CENT) {
            ("warn", "clock-exclamation")
        } else {
            ("ok", "clock")
        };
        let when = When::new(due, visitor.now, &visitor.zone);
        Self {
            level,
            icon,
            words: left_words(left, visitor.look.language),
            due: due.0,
            total: total / SECOND,
            iso: when.iso,
            long: when.long,
        }
    }

    /// A clock that does not count: `met`, `missed`, `paused`, `stopped`.
    pub fn still(level: &'static str, visitor: &Visitor) -> Self {
        let icon = match level {
            "met" => "check",
            "missed" => "x",
            // Over without a verdict: it does not wait for anything any more.
            "stopped" => "circle-dot",
            _ => "player-pause",
        };
        Self {
            level,
            icon,
            words: say(visitor.look.language, &format!("chip-{level}"), &[]),
            due: 0,
            total: 0,
            iso: String::new(),
            long: String::new(),
        }
    }
}

/// `12:04 left`, `超 4时18分`: at most two units.
pub fn left_words(left: i64, language: Language) -> String {
    let seconds = left.abs() / SECOND;
    let span = span_words(seconds, language);
    let key = if left < 0 { "chip-over" } else { "chip-left" };
    say(language, key, &[("span", Arg::from(&span))])
}

fn span_words(seconds: i64, language: Language) -> String {
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    if hours == 0 {
        return format!("{minutes:02}:{:02}", seconds % 60);
    }
    let key = if days == 0 { "chip-hours" } else { "chip-days" };
    let arguments = [
        ("minutes", Arg::from(format!("{:02}", minutes % 60))),
        (
            "hours",
            Arg::from((if days == 0 { hours } else { hours % 24 }).to_string()),
        ),
        ("days", Arg::from(days.to_string())),
    ];
    say(language, key, &arguments)
}

/// Names of people and departments, by the directory as it is now.
pub struct Names<'d> {
    pub directory: &'d Directory,
    pub language: Language,
}

impl Names<'_> {
    /// The id where the directory no longer knows the person.
    pub fn person(&self, id: &PersonId) -> String {
        let person = self.directory.people.get(id);
        person.map_or_else(|| id.to_string(), |person| person.name.clone())
    }

    pub fn department(&self, id: &DepartmentId) -> String {
        let department = self.directory.departments.get(id);
        department.map_or_else(|| id.to_string(), |department| text(&department.title, self.language))
    }

    pub fn people(&self, ids: &[PersonId]) -> String {
        let names: Vec<String> = ids.iter().map(|id| self.person(id)).collect();
        names.join(say(self.language, "list-comma", &[]).as_str())
    }
}

/// The value of a field as people read it. What is private was masked before.
pub fn value(content: &Value, field: Option<&Field>, names: &Names<'_>, visitor: &Visitor) -> String {
    let language = names.language;
    let comma = say(language, "list-comma", &[]);
    match content {
        Value::Text(text) | Value::Phone(text) => text.clone(),
        Value::Number(number) | Value::Money(number) => number.to_string(),
        Value::YesNo(true) => say(language, "value-yes", &[]),
        Value::YesNo(false) => say(language, "value-no", &[]),
        Value::Choice(option) => field
            .and_then(|field| field.options.get(option))
            .map_or_else(|| option.to_string(), |title| text(title, language)),
        Value::Time(at) => {
            let local = at.timestamp().to_zoned(visitor.zone.clone());
            local.strftime("%Y-%m-%d %H:%M").to_string()
        }
        Value::Department(department) => names.department(department),
        Value::Departments(departments) => {
            let titles: Vec<String> = departments.iter().map(|id| names.department(id)).collect();
            titles.join(&comma)
        }
        Value::Person(person) => names.person(person),
        Value::List(items) => items.join("\n"),
        Value::Erased => say(language, "value-erased", &[]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workflow::moment::{DAY, HOUR, MINUTE};

    #[test]
    fn time_left_has_at_most_two_units() {
        let words = |left| left_words(left, Language::En);
        assert_eq!(words(12 * MINUTE + 4 * SECOND), "12:04 left");
        assert_eq!(words(-(2 * MINUTE + 42 * SECOND)), "02:42 over");
        assert_eq!(words(4 * HOUR + 18 * MINUTE), "4h 18m left");
        assert_eq!(left_words(3 * DAY + 12 * HOUR, Language::Zh), "剩 3天12时");
    }

    #[test]
    fn a_time_is_shown_in_the_zone_of_the_centre() {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        let at = Moment(1_795_320_180_000);
        let when = When::new(at, at.plus(2 * DAY), &zone);
        assert_eq!(when.long, "2026-11-22 12:03:00 +08:00");
        assert_eq!(when.short, "11-22 12:03");
        assert_eq!(When::new(at, at.plus(HOUR), &zone).short, "12:03");
    }
}
