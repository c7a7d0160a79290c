//! Time as people write it, and reckoning with it. The first byte chooses: a duration, opening hours, a file of
//! holidays (iCalendar or JSON), or a calendar and a limit made from the bytes, whose due time must measure back.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use ombud::texts::Language;
use ombud::workflow::calendar::holidays::{ENTRIES_MAX, Holidays, read_ics, read_json};
use ombud::workflow::calendar::{Calendar, Interval, hours};
use ombud::workflow::duration::Duration;
use ombud::workflow::moment::{DAY, HOUR, MINUTE, Moment};
use ombud::workflow::value::Decimal;

use super::bytes::Bytes;

const ZONES: [&str; 8] = [
    "Asia/Shanghai",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Africa/Casablanca",
    "America/St_Johns",
    "UTC",
];

pub fn run(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else {
        return;
    };
    match first % 5 {
        0 => duration(&String::from_utf8_lossy(rest)),
        1 => opening(&String::from_utf8_lossy(rest)),
        2 => holidays(read_ics(rest).ok()),
        3 => holidays(read_json(rest).ok()),
        _ => reckon(Bytes::new(rest)),
    }
}

fn duration(text: &str) {
    match Duration::parse(text) {
        Ok(limit) => {
            assert_eq!(Duration::parse(&limit.to_string()), Ok(limit), "{text}");
            for language in Language::ALL {
                assert!(!limit.words(language).is_empty());
            }
            let calendar = calendar(&mut Bytes::new(b""));
            if let Some(budget) = calendar.budget(Moment(0), limit) {
                let due = calendar.due(Moment(0), budget);
                assert!(due.is_none_or(|due| due >= Moment(0)), "{text}");
            }
        }
        Err(problem) => {
            for language in Language::ALL {
                assert!(!problem.sentence(language).is_empty(), "{text}");
            }
        }
    }
}

fn opening(text: &str) {
    match hours::parse(text) {
        Ok(read) => {
            assert!(read.len() <= hours::STRETCHES_MAX);
            for interval in &read {
                assert!(interval.from < 1_440 && interval.from < interval.to && interval.to <= interval.from + 1_440);
            }
            assert!(read.windows(2).all(|pair| pair[0].to <= pair[1].from), "{text}");
            assert_eq!(hours::parse(&hours::write(&read)).as_ref(), Ok(&read), "{text}");
        }
        Err(problem) => {
            for language in Language::ALL {
                assert!(!problem.sentence(language).is_empty(), "{text}");
            }
        }
    }
}

fn holidays(read: Option<Holidays>) {
    let Some(holidays) = read else { return };
    assert!(holidays.closed.is_disjoint(&holidays.made_up));
    assert!(holidays.ignored.len() <= ENTRIES_MAX);
    let calendar = calendar(&mut Bytes::new(b"\x02\x08\x04")).with_holidays(&holidays, None);
    calendar.reach(true, Moment(0), 40 * DAY);
}

fn day(number: i64) -> Date {
    let days = jiff::Span::new().days(number);
    jiff::civil::date(1970, 1, 1)
        .checked_add(days)
        .expect("a few thousand years at most")
}

fn stretches(bytes: &mut Bytes) -> Vec<Interval> {
    let mut free = 0_u32;
    let mut read = Vec::new();
    for _ in 0..bytes.below(4) {
        let from = free + u32::from(bytes.byte()) * 3;
        let to = from + 1 + u32::from(bytes.byte()) * 5;
        if from >= 1_440 || to > from + 1_440 {
            break;
        }
        read.push(Interval { from, to });
        free = to;
    }
    read
}

fn calendar(bytes: &mut Bytes) -> Calendar {
    let zone = TimeZone::get(ZONES[bytes.below(ZONES.len())]).expect("bundled");
    let daily = stretches(bytes);
    let weekly = std::array::from_fn(|_| if bytes.flag() { stretches(bytes) } else { daily.clone() });
    let date = |bytes: &mut Bytes| day(19_000 + bytes.number() % 4_000);
    let closed: BTreeSet<Date> = (0..bytes.below(6)).map(|_| date(bytes)).collect();
    let opened: BTreeMap<Date, Vec<Interval>> = (0..bytes.below(4)).map(|_| (date(bytes), stretches(bytes))).collect();
    Calendar {
        id: "default".into(),
        zone,
        day: 8 * HOUR,
        weekly,
        closed,
        opened,
        loaded_through: None,
        version: 1,
    }
}

fn reckon(mut bytes: Bytes) {
    let calendar = calendar(&mut bytes);
    let zero = Moment((19_000 + bytes.number() % 4_000) * DAY + bytes.number() % DAY);
    let amount = 1 + bytes.number();
    let limit = match bytes.below(6) {
        0 => Duration::Elapsed(amount),
        1 => Duration::Days(1 + amount % 400),
        2 => Duration::Working(amount),
        3 => Duration::Working(1 + amount % (400 * 60) * MINUTE),
        4 => Duration::WorkingDays(Decimal(1 + amount % 1_000_000)),
        _ => Duration::WorkingDaysFromNext(1 + amount % 200),
    };
    let Some(budget) = calendar.budget(zero, limit) else {
        return;
    };
    let Some(due) = calendar.due(zero, budget) else { return };
    let told = || format!("{limit} from {} in {calendar:?}", zero.rfc3339());
    assert!(due >= zero, "{}", told());
    if budget.ms > 0 {
        assert_eq!(calendar.measure(budget.working, zero, due), budget.ms, "{}", told());
        let before = calendar.measure(budget.working, zero, due.plus(-1));
        assert!(before < budget.ms, "{}: it was due a moment earlier", told());
    }
    if budget.working && due.since(zero) < 400 * DAY {
        let found = calendar.stretches(zero, due, 10_000);
        assert!(found.windows(2).all(|pair| pair[0].1 <= pair[1].0), "{}", told());
        let sum: i64 = found.iter().map(|(from, to)| to.since(*from)).sum();
        assert_eq!(sum, budget.ms.max(0), "{}", told());
    }
}
