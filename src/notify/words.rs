//! Times and values in a reader's language: spans, moments in the centre's zone, fields of a ticket.

use jiff::tz::TimeZone;

use crate::texts::{Language, say};
use crate::workflow::definition::{Definition, Text};
use crate::workflow::directory::Directory;
use crate::workflow::id::FieldId;
use crate::workflow::moment::{DAY, HOUR, MINUTE, Moment, SECOND};
use crate::workflow::value::{DECIMAL_SCALE, Decimal, Value};

/// The text in the reader's language; the other one where it is missing, since a mail is late for a finding.
pub fn text(text: &Text, language: Language) -> &str {
    let (wanted, other) = match language {
        Language::Zh => (&text.zh, &text.en),
        Language::En => (&text.en, &text.zh),
    };
    if wanted.is_empty() { other } else { wanted }
}

/// A span in its two greatest units: `1 day 3 hours`, `45 minutes`. Elapsed time: whoever reads it looks at a watch.
pub fn span(milliseconds: i64, language: Language) -> String {
    const UNITS: [(i64, &str); 4] = [
        (DAY, "mail-span-days"),
        (HOUR, "mail-span-hours"),
        (MINUTE, "mail-span-minutes"),
        (SECOND, "mail-span-seconds"),
    ];
    let mut rest = milliseconds.saturating_abs();
    let mut parts: Vec<String> = Vec::new();
    let mut counting = false;
    for (unit, key) in UNITS {
        if parts.len() == 2 || (counting && parts.is_empty()) {
            break;
        }
        let count = rest / unit;
        rest %= unit;
        // `1 day 0 hours 5 minutes` reads as `1 day`: only neighbours stand together, and seconds never after hours.
        if count > 0 && !(unit == SECOND && milliseconds.saturating_abs() >= 10 * MINUTE) {
            parts.push(say(language, key, &[("count", count.into())]));
        } else if !parts.is_empty() {
            break;
        }
        counting = counting || count > 0;
    }
    match parts.as_slice() {
        [] => say(language, "mail-span-none", &[]),
        [one] => one.clone(),
        [first, second, ..] => say(
            language,
            "mail-span-two",
            &[("first", first.into()), ("second", second.into())],
        ),
    }
}

/// A moment on the clock of the centre: `Mon 2026-03-02 09:00 (Asia/Shanghai)`.
pub fn moment(at: Moment, zone: &TimeZone, language: Language) -> String {
    let local = at.timestamp().to_zoned(zone.clone());
    let weekday = format!("mail-weekday-{}", local.weekday().to_monday_one_offset());
    let name = zone
        .iana_name()
        .map_or_else(|| local.strftime("%:z").to_string(), str::to_owned);
    say(
        language,
        "mail-moment",
        &[
            ("weekday", say(language, &weekday, &[]).into()),
            ("date", local.strftime("%Y-%m-%d").to_string().into()),
            ("time", local.strftime("%H:%M").to_string().into()),
            ("zone", name.into()),
        ],
    )
}

/// Several names as one phrase.
pub fn list(items: &[String], language: Language) -> String {
    items.join(&say(language, "mail-list-separator", &[]))
}

/// Where the values of a template come from.
pub struct Fields<'a> {
    pub definition: &'a Definition,
    pub directory: &'a Directory,
    pub zone: &'a TimeZone,
    pub language: Language,
}

impl Fields<'_> {
    /// A field as a reader sees it. What is private is hidden whatever the template says (R10): mails are forwarded.
    pub fn show(&self, field: &FieldId, value: Option<&Value>) -> String {
        let specification = self.definition.fields.get(field);
        if specification.is_none_or(|field| field.private) {
            return say(self.language, "mail-value-hidden", &[]);
        }
        let Some(value) = value else {
            return say(self.language, "mail-value-missing", &[]);
        };
        let department = |id: &crate::workflow::id::DepartmentId| {
            self.directory.departments.get(id).map_or_else(
                || id.to_string(),
                |department| text(&department.title, self.language).to_owned(),
            )
        };
        match value {
            Value::Text(text) | Value::Phone(text) => text.clone(),
            Value::Number(number) | Value::Money(number) => decimal(*number),
            Value::YesNo(yes) => say(
                self.language,
                if *yes { "mail-value-yes" } else { "mail-value-no" },
                &[],
            ),
            Value::Choice(option) => specification
                .and_then(|field| field.options.get(option))
                .map_or_else(|| option.to_string(), |title| text(title, self.language).to_owned()),
            Value::Time(at) => moment(*at, self.zone, self.language),
            Value::Department(id) => department(id),
            Value::Departments(ids) => list(&ids.iter().map(department).collect::<Vec<_>>(), self.language),
            Value::Person(person) => name(self.directory, person),
            Value::List(items) => list(items, self.language),
            Value::Erased => say(self.language, "mail-value-missing", &[]),
        }
    }
}

/// A person's name; the id where the person is not known.
pub fn name(directory: &Directory, person: &crate::workflow::id::PersonId) -> String {
    directory
        .people
        .get(person)
        .map_or_else(|| person.to_string(), |person| person.name.clone())
}

/// `12.5`, without needless zeros.
fn decimal(Decimal(scaled): Decimal) -> String {
    let sign = if scaled < 0 { "-" } else { "" };
    let (whole, fraction) = (
        scaled.unsigned_abs() / DECIMAL_SCALE.unsigned_abs(),
        scaled.unsigned_abs() % DECIMAL_SCALE.unsigned_abs(),
    );
    let fraction = format!("{fraction:04}");
    let fraction = fraction.trim_end_matches('0');
    if fraction.is_empty() {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{fraction}")
    }
}

/// Fills `{name}` in a template of a workflow file (`subject`, `messages`). What is filled in is never read again, so
/// that a field's text cannot name a placeholder.
pub fn fill(template: &str, mut value: impl FnMut(&str) -> String) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((name, remaining)) = after.split_once('}') else {
            filled.push('{');
            rest = after;
            continue;
        };
        filled.push_str(&value(name.trim()));
        rest = remaining;
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_said_in_two_units() {
        let cases = [
            (0, "a moment", "片刻"),
            (SECOND, "1 second", "1秒"),
            (61 * SECOND, "1 minute 1 second", "1分钟1秒"),
            (11 * MINUTE + 5 * SECOND, "11 minutes", "11分钟"),
            (2 * HOUR + 5 * MINUTE, "2 hours 5 minutes", "2小时5分钟"),
            (HOUR + 30 * SECOND, "1 hour", "1小时"),
            (DAY + 3 * HOUR + MINUTE, "1 day 3 hours", "1天3小时"),
            (-3 * DAY, "3 days", "3天"),
        ];
        for (milliseconds, en, zh) in cases {
            assert_eq!(span(milliseconds, Language::En), en);
            assert_eq!(span(milliseconds, Language::Zh), zh);
        }
    }

    #[test]
    fn a_moment_stands_in_the_zone_of_the_centre() {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        let at = Moment(1_772_413_200_000);
        assert_eq!(moment(at, &zone, Language::En), "Mon 2026-03-02 09:00 (Asia/Shanghai)");
        assert_eq!(
            moment(at, &zone, Language::Zh),
            "2026-03-02 周一 09:00（Asia/Shanghai）"
        );
    }

    #[test]
    fn placeholders_are_filled_once() {
        let value = |name: &str| {
            if name == "place" {
                "{summary}".to_owned()
            } else {
                name.to_uppercase()
            }
        };
        assert_eq!(fill("{place}：{ summary } {", value), "{summary}：SUMMARY {");
    }

    #[test]
    fn amounts_lose_their_needless_zeros() {
        assert_eq!(decimal(Decimal(125_000)), "12.5");
        assert_eq!(decimal(Decimal(-10_000)), "-1");
        assert_eq!(decimal(Decimal(1)), "0.0001");
    }
}
