//! Cells with a meaning: ids, dates, times of day, addresses. Each reader says what is wrong and goes on.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

use super::fault::{FAULTS_MAX, Fault, What};
use super::table::{Column, Row, Table};
use crate::notify::address::address;
use crate::workflow::directory::{Validity, is_address};
use crate::workflow::id::is_id;
use crate::workflow::moment::Moment;

/// Characters a name or title may have.
pub const NAME_LENGTH_MAX: usize = 200;

pub const VALID_FROM: Column = Column::optional("valid_from", &["生效", "生效日期", "生效时间"]);
pub const VALID_TO: Column = Column::optional("valid_to", &["失效", "失效日期", "失效时间"]);

/// Whose line it is, by the id people sign in with.
pub const PERSON: Column = Column::required("person", &["人员编号", "编号", "登录名", "账号", "工号", "人员"]);

/// Whether a day without a time of day means its beginning or its end.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    Beginning,
    /// «until 31 December» includes that day.
    End,
}

/// Reads the cells of one row and keeps what is wrong with them.
pub struct Cells<'a> {
    pub row: &'a Row,
    pub zone: &'a TimeZone,
    pub faults: &'a mut Vec<Fault>,
}

/// Reads a table row by row; what is wrong in any of them. Ends early when there is more than anybody would read.
pub fn each_row(table: &Table, zone: &TimeZone, mut read: impl FnMut(&mut Cells<'_>)) -> Vec<Fault> {
    let mut faults = Vec::new();
    for row in &table.rows {
        if faults.len() >= FAULTS_MAX {
            break;
        }
        read(&mut Cells {
            row,
            zone,
            faults: &mut faults,
        });
    }
    faults
}

impl Cells<'_> {
    pub fn fault(&mut self, key: &str, what: What) {
        self.faults.push(self.row.fault(key, what));
    }

    /// An id that must be there: ASCII `snake_case`.
    pub fn id(&mut self, key: &'static str) -> Option<String> {
        if self.row.given(key).is_none() {
            self.fault(key, What::Empty);
        }
        self.id_if_given(key)
    }

    pub fn id_if_given(&mut self, key: &'static str) -> Option<String> {
        let text = narrow(self.row.given(key)?);
        if is_id(&text) {
            Some(text)
        } else {
            self.fault(key, What::Id { value: text });
            None
        }
    }

    /// A name or title that must be there.
    pub fn name(&mut self, key: &'static str) -> Option<String> {
        let Some(text) = self.row.given(key).map(str::to_owned) else {
            self.fault(key, What::Empty);
            return None;
        };
        self.short(key, text)
    }

    pub fn name_if_given(&mut self, key: &'static str) -> Option<String> {
        let text = self.row.given(key)?.to_owned();
        self.short(key, text)
    }

    fn short(&mut self, key: &'static str, text: String) -> Option<String> {
        if text.chars().any(char::is_control) {
            self.fault(
                key,
                What::Form {
                    detail: "control character".to_owned(),
                },
            );
            None
        } else if text.chars().count() > NAME_LENGTH_MAX {
            self.fault(key, What::TooLong { most: NAME_LENGTH_MAX });
            None
        } else {
            Some(text)
        }
    }

    pub fn email(&mut self, key: &'static str) -> Option<String> {
        let text = self.row.given(key)?.to_owned();
        // What mail could not be sent to is named here, not when the first mail fails.
        if text.is_ascii() && address(&text).is_ok() {
            Some(text)
        } else {
            self.fault(key, What::Email { value: text });
            None
        }
    }

    /// `sms=13800001111; wecom=lina`: where else somebody is reached.
    pub fn addresses(&mut self, key: &'static str) -> BTreeMap<String, String> {
        let Some(text) = self.row.given(key).map(str::to_owned) else {
            return BTreeMap::new();
        };
        let mut addresses = BTreeMap::new();
        for part in text.split([';', '；']).map(str::trim).filter(|part| !part.is_empty()) {
            match part
                .split_once('=')
                .map(|(kind, address)| (kind.trim(), address.trim()))
            {
                Some((kind, address)) if is_id(kind) && is_address(address) => {
                    addresses.insert(kind.to_owned(), address.to_owned());
                }
                Some(_) | None => self.fault(key, What::Addresses { value: part.to_owned() }),
            }
        }
        addresses
    }

    /// `2026-03-02 08:00`, a day alone, or RFC 3339 with its zone; local times are of the centre's zone.
    pub fn instant(&mut self, key: &'static str, edge: Edge) -> Option<Moment> {
        let text = self.row.given(key)?.to_owned();
        let found = instant(&text, self.zone, edge);
        if found.is_none() {
            self.fault(key, What::Instant { value: text });
        }
        found
    }

    pub fn date(&mut self, key: &'static str) -> Option<Date> {
        let text = self.row.given(key)?.to_owned();
        let found = date(&text);
        if found.is_none() {
            self.fault(key, What::Date { value: text });
        }
        found
    }

    /// Minutes since midnight, `24:00` included.
    pub fn time_of_day(&mut self, key: &'static str) -> Option<i64> {
        let Some(text) = self.row.given(key).map(str::to_owned) else {
            self.fault(key, What::Empty);
            return None;
        };
        let found = minutes(&text);
        if found.is_none() {
            self.fault(key, What::TimeOfDay { value: text });
        }
        found
    }

    pub fn validity(&mut self) -> Validity {
        let valid = Validity {
            from: self.instant("valid_from", Edge::Beginning),
            to: self.instant("valid_to", Edge::End),
        };
        if let (Some(from), Some(to)) = (valid.from, valid.to)
            && to <= from
        {
            self.fault("valid_to", What::Order);
        }
        valid
    }
}

/// Full-width digits, letters and signs as the narrow ones that are meant.
pub fn narrow(text: &str) -> String {
    let narrow = |character: char| match character {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(character) - 0xfee0).unwrap_or(character),
        '\u{3000}' => ' ',
        other => other,
    };
    text.chars().map(narrow).collect::<String>().trim().to_owned()
}

/// `2026-03-02`, `2026/3/2` (as spreadsheets rewrite it), `2026年3月2日`.
pub fn date(text: &str) -> Option<Date> {
    let plain = narrow(text).replace(['年', '月', '/', '.'], "-").replace('日', "");
    let mut parts = plain.split('-').map(|part| part.trim().parse::<i16>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    if parts.next().is_some() || !(1900..=2999).contains(&year) {
        return None;
    }
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// `8:30`, `08:30`, `08:30:00`, `24:00`, with full-width colon too.
pub fn minutes(text: &str) -> Option<i64> {
    let plain = narrow(text);
    let mut parts = plain.split(':');
    let (hour, minute) = (parts.next()?, parts.next()?);
    let seconds = parts.next().unwrap_or("00");
    let digits = |part: &str| (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    if parts.next().is_some() || !digits(hour) || minute.len() != 2 || !digits(minute) || seconds != "00" {
        return None;
    }
    let (hour, minute) = (hour.parse::<i64>().ok()?, minute.parse::<i64>().ok()?);
    let total = hour * 60 + minute;
    (minute < 60 && total <= 24 * 60).then_some(total)
}

/// Local `minutes` after the midnight that begins `day`; a time that a clock change skips becomes the one after it.
pub fn at(day: Date, minutes: i64, zone: &TimeZone) -> Option<Moment> {
    let day = day.checked_add(jiff::Span::new().try_days(minutes / 1440).ok()?).ok()?;
    let time = Time::new(
        i8::try_from(minutes % 1440 / 60).ok()?,
        i8::try_from(minutes % 60).ok()?,
        0,
        0,
    )
    .ok()?;
    local(DateTime::from_parts(day, time), zone)
}

fn local(at: DateTime, zone: &TimeZone) -> Option<Moment> {
    let zoned = zone.to_ambiguous_zoned(at).compatible().ok()?;
    Some(Moment::from_timestamp(zoned.timestamp()))
}

/// An instant as people and spreadsheets write it.
pub fn instant(text: &str, zone: &TimeZone, edge: Edge) -> Option<Moment> {
    let text = narrow(text);
    let text = text.as_str();
    if let Ok(timestamp) = text.parse::<jiff::Timestamp>() {
        return Some(Moment::from_timestamp(timestamp));
    }
    if let Some(day) = date(text) {
        return at(day, if edge == Edge::End { 1440 } else { 0 }, zone);
    }
    let (day, time) = text.split_once(['T', ' '])?;
    let time = time.trim();
    if let Some(minutes) = minutes(time) {
        return at(date(day)?, minutes, zone);
    }
    let time: Time = time.parse().ok()?;
    local(DateTime::from_parts(date(day)?, time), zone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_read_as_spreadsheets_write_them() {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        let read = |text: &str| instant(text, &zone, Edge::Beginning).map(Moment::rfc3339);
        let morning = Some("2026-03-02T00:30:00.000Z".to_owned());
        for text in [
            "2026-03-02 08:30",
            "2026/3/2 8:30",
            "2026年3月2日 08：30",
            "2026-03-02T08:30:00",
            "2026-03-02T08:30:00+08:00",
            "2026-03-02T00:30:00Z",
        ] {
            assert_eq!(read(text), morning, "{text}");
        }
        assert_eq!(read("2026-03-02").as_deref(), Some("2026-03-01T16:00:00.000Z"));
        let end = instant("2026-12-31", &zone, Edge::End).unwrap();
        assert_eq!(end.rfc3339(), "2026-12-31T16:00:00.000Z");
        for text in [
            "",
            "soon",
            "2026-02-30",
            "02/03/2026",
            "2026-03-02 25:00",
            "2026-3-2-1",
            "46083",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(minutes("24:00"), Some(1440));
        assert_eq!(minutes("24:01"), None);
        assert_eq!(minutes("8"), None);
    }
}
