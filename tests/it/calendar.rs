//! Working time by examples a manager would work out on paper, and laws that hold for any calendar.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use ombud::workflow::calendar::holidays::Holidays;
use ombud::workflow::calendar::{Budget, Calendar, Interval, hours};
use ombud::workflow::duration::Duration;
use ombud::workflow::id::CalendarId;
use ombud::workflow::moment::{DAY, HOUR, MINUTE, Moment};

const OFFICE: &str = "08:30-12:00,13:30-18:00";

/// Monday to Friday the same hours, in a zone.
fn office(zone: &str, each_day: &str) -> Calendar {
    let each_day = hours::parse(each_day).unwrap();
    let mut weekly: [Vec<Interval>; 7] = std::array::from_fn(|_| each_day.clone());
    weekly[5].clear();
    weekly[6].clear();
    Calendar {
        id: CalendarId::from("default"),
        zone: TimeZone::get(zone).unwrap(),
        day: 8 * HOUR,
        weekly,
        closed: BTreeSet::from([date(2026, 4, 6), date(2026, 5, 1)]),
        opened: BTreeMap::from([(date(2026, 5, 9), hours::parse(OFFICE).unwrap())]),
        loaded_through: Some(2026),
        version: 1,
    }
}

fn shanghai() -> Calendar {
    office("Asia/Shanghai", OFFICE)
}

/// `2026-03-02 09:00` on the calendar's wall, the earlier one where there are two.
fn at(calendar: &Calendar, text: &str) -> Moment {
    let local: jiff::civil::DateTime = text.replace(' ', "T").parse().unwrap();
    Moment::from_timestamp(calendar.zone.to_zoned(local).unwrap().timestamp())
}

fn shown(calendar: &Calendar, at: Moment) -> String {
    let local = calendar.zone.to_datetime(at.timestamp());
    local.strftime("%Y-%m-%d %H:%M").to_string()
}

fn due(calendar: &Calendar, zero: &str, limit: &str) -> String {
    let zero = at(calendar, zero);
    let budget = calendar.budget(zero, Duration::parse(limit).unwrap()).unwrap();
    shown(calendar, calendar.due(zero, budget).unwrap())
}

#[test]
fn limits_end_when_a_manager_expects_it() {
    let calendar = shanghai();
    for (zero, limit, expected) in [
        ("2026-03-02 09:00", "15 minutes", "2026-03-02 09:15"),
        ("2026-03-06 17:50", "24 hours", "2026-03-07 17:50"),
        ("2026-03-02 09:00", "10 days", "2026-03-12 09:00"),
        ("2026-03-02 11:00", "2 working hours", "2026-03-02 14:30"),
        ("2026-03-06 17:00", "2 working hours", "2026-03-09 09:30"),
        ("2026-03-08 20:00", "2 working hours", "2026-03-09 10:30"),
        // All of the morning: due at noon, not at half past one.
        ("2026-03-02 08:30", "3.5 working hours", "2026-03-02 12:00"),
        ("2026-03-02 09:00", "5 working days", "2026-03-09 09:00"),
        ("2026-03-02 08:30", "1 working day", "2026-03-02 18:00"),
        ("2026-03-02 08:30", "1.5 working days", "2026-03-03 14:00"),
        // Qingming closes Monday 6 April.
        ("2026-04-03 17:00", "2 working hours", "2026-04-07 09:30"),
        // Saturday 9 May makes up for May Day.
        ("2026-05-08 17:00", "2 working hours", "2026-05-09 09:30"),
        ("2026-05-09 17:00", "2 working hours", "2026-05-11 09:30"),
        // The start day does not count, whatever its hour.
        (
            "2026-03-02 00:01",
            "5 working days from the next day",
            "2026-03-09 18:00",
        ),
        (
            "2026-03-02 17:59",
            "5 working days from the next day",
            "2026-03-09 18:00",
        ),
        (
            "2026-03-07 12:00",
            "1 working day from the next day",
            "2026-03-09 18:00",
        ),
        (
            "2026-04-03 09:00",
            "1 working day from the next day",
            "2026-04-07 18:00",
        ),
        (
            "2026-05-08 09:00",
            "1 working day from the next day",
            "2026-05-09 18:00",
        ),
        (
            "2026-03-02 09:00",
            "10 working days from the next day",
            "2026-03-16 18:00",
        ),
    ] {
        assert_eq!(due(&calendar, zero, limit), expected, "{limit} from {zero}");
    }
}

#[test]
fn the_examples_of_the_manual_are_true() {
    let mut calendar = shanghai();
    calendar.closed.clear();
    calendar.opened.clear();
    let calendar = calendar.with_holidays(&Holidays::china_all(), None);
    let manual = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/workflows/time.md");
    let manual = std::fs::read_to_string(manual).unwrap();
    let mut examples = 0;
    for line in manual.lines().filter(|line| line.starts_with("| 20")) {
        let cells: Vec<&str> = line.trim_matches(['|', ' ']).split(" | ").collect();
        let [zero, limit, expected] = cells.as_slice() else {
            panic!("{line}");
        };
        assert_eq!(due(&calendar, zero, limit), *expected, "{line}");
        examples += 1;
    }
    assert_eq!(examples, 14);
}

#[test]
fn a_limit_is_a_budget_fixed_at_its_start() {
    let calendar = shanghai();
    let zero = at(&calendar, "2026-03-02 09:00");
    let budget = |limit: &str| calendar.budget(zero, Duration::parse(limit).unwrap()).unwrap();
    let working = |ms| Budget { working: true, ms };
    assert_eq!(budget("5 working days"), working(40 * HOUR));
    assert_eq!(budget("0.0001 working days"), working(2_880));
    // What is left of Monday, then ten whole days.
    assert_eq!(
        budget("10 working days from the next day"),
        working(7 * HOUR + HOUR / 2 + 80 * HOUR)
    );
    assert_eq!(
        budget("10 days"),
        Budget {
            working: false,
            ms: 10 * DAY
        }
    );
    // Percentages and pauses act on the budget: half of 87.5 hours is 43.75.
    let half = calendar.reach(true, zero, 43 * HOUR + 45 * MINUTE).unwrap();
    assert_eq!(shown(&calendar, half), "2026-03-09 14:15");
}

#[test]
fn days_keep_the_wall_clock_over_a_change_of_the_clock() {
    let calendar = office("America/New_York", OFFICE);
    let days = |zero: &str, count| {
        let zero = at(&calendar, zero);
        let budget = calendar.budget(zero, Duration::Days(count)).unwrap();
        (calendar.due(zero, budget).unwrap().rfc3339(), budget.ms)
    };
    let of = |text: &str, ms| (text.to_owned(), ms);
    assert_eq!(
        days("2026-03-05 09:00", 10),
        of("2026-03-15T13:00:00.000Z", 10 * DAY - HOUR)
    );
    assert_eq!(
        days("2026-10-30 09:00", 10),
        of("2026-11-09T14:00:00.000Z", 10 * DAY + HOUR)
    );
    // 02:30 does not exist on 8 March: the moment of the jump.
    assert_eq!(
        days("2026-03-07 02:30", 1),
        of("2026-03-08T07:00:00.000Z", DAY - HOUR / 2)
    );
    // 01:30 comes twice on 1 November: the first.
    assert_eq!(days("2026-10-31 01:30", 1), of("2026-11-01T05:30:00.000Z", DAY));
}

#[test]
fn a_night_shift_counts_the_time_that_really_passes() {
    let calendar = Calendar {
        weekly: std::array::from_fn(|_| hours::parse("22:00-06:00").unwrap()),
        closed: BTreeSet::from([date(2026, 6, 8)]),
        opened: BTreeMap::new(),
        ..office("Europe/Berlin", OFFICE)
    };
    let measure = |from: &str, to: &str| calendar.measure(true, at(&calendar, from), at(&calendar, to));
    assert_eq!(measure("2026-06-01 12:00", "2026-06-02 12:00"), 8 * HOUR);
    assert_eq!(measure("2026-03-28 12:00", "2026-03-29 12:00"), 7 * HOUR);
    assert_eq!(measure("2026-10-24 12:00", "2026-10-25 12:00"), 9 * HOUR);
    // Closing Monday closes the night that begins on Monday, and leaves the one that began on Sunday.
    assert_eq!(measure("2026-06-08 00:00", "2026-06-08 12:00"), 6 * HOUR);
    assert_eq!(measure("2026-06-08 12:00", "2026-06-09 12:00"), 0);
    // It belongs to the day it begins: close of work of Tuesday is Wednesday at six.
    assert_eq!(
        due(&calendar, "2026-06-01 09:00", "1 working day from the next day"),
        "2026-06-03 06:00"
    );
}

#[test]
fn what_intervals_share_counts_once() {
    let mut calendar = shanghai();
    calendar.weekly[0] = vec![Interval { from: 600, to: 2_040 }];
    calendar.weekly[1] = vec![Interval { from: 540, to: 660 }];
    let monday = at(&calendar, "2026-03-02 00:00");
    // Monday 10:00 to Tuesday 10:00, and Tuesday 9:00 to 11:00.
    assert_eq!(calendar.measure(true, monday, monday.plus(2 * DAY)), 25 * HOUR);
    assert_eq!(calendar.stretches(monday, monday.plus(2 * DAY), 9).len(), 2);
}

#[test]
fn hours_in_a_night_whose_clock_changes() {
    let mut calendar = office("America/New_York", "01:30-02:30");
    calendar.weekly[6] = hours::parse("01:30-02:30").unwrap();
    let sunday = |text: &str| {
        let midnight = at(&calendar, text);
        let stretches = calendar.stretches(midnight, midnight.plus(DAY), 9);
        stretches
            .into_iter()
            .map(|(from, to)| (from.since(midnight) / MINUTE, to.since(midnight) / MINUTE))
            .collect()
    };
    let one = |from, to| vec![(from, to)];
    let regular: Vec<(i64, i64)> = sunday("2026-06-07 00:00");
    assert_eq!(regular, one(90, 150));
    // 02:30 does not come: until the jump at two.
    assert_eq!(sunday("2026-03-08 00:00"), one(90, 120));
    // One o'clock comes twice: from the first half past one to half past two.
    assert_eq!(sunday("2026-11-01 00:00"), one(90, 210));
}

#[test]
fn a_calendar_that_never_opens_ends_no_limit() {
    let mut calendar = shanghai();
    calendar.weekly = Default::default();
    let after = at(&calendar, "2026-05-09 20:00");
    assert_eq!(calendar.reach(true, after, 1), None);
    assert!(!calendar.opens_after(after));
    assert_eq!(calendar.budget(after, Duration::WorkingDaysFromNext(1)), None);
    assert_eq!(calendar.reach(true, after, 0), Some(after));
    assert_eq!(calendar.reach(false, after, MINUTE), Some(after.plus(MINUTE)));
    // One make-up day is left before it, of eight hours.
    let before = at(&calendar, "2026-03-02 09:00");
    assert_eq!(
        shown(&calendar, calendar.reach(true, before, 8 * HOUR).unwrap()),
        "2026-05-09 18:00"
    );
    assert_eq!(calendar.reach(true, before, 8 * HOUR + 1), None);
    // A minute a week does not reach ten years of working time.
    calendar.weekly[2] = vec![Interval { from: 0, to: 1 }];
    assert_eq!(calendar.reach(true, before, 3_660 * DAY), None);
    for extreme in [i64::MIN, i64::MIN / 2, i64::MAX / 2, i64::MAX] {
        calendar.measure(true, before, Moment(extreme));
        calendar.measure(true, Moment(extreme), before);
        calendar.reach(true, Moment(extreme), i64::MAX);
        calendar.budget(Moment(extreme), Duration::Days(3_660));
        calendar.budget(Moment(extreme), Duration::WorkingDaysFromNext(3_660));
        calendar.is_provisional(Moment(extreme));
    }
}

#[test]
fn beyond_the_last_loaded_year_a_deadline_is_provisional() {
    let mut calendar = shanghai();
    assert!(!calendar.is_provisional(at(&calendar, "2026-12-31 23:59")));
    assert!(calendar.is_provisional(at(&calendar, "2027-01-01 00:00")));
    calendar.loaded_through = None;
    assert!(!calendar.is_provisional(at(&calendar, "2027-01-01 00:00")));
}

#[test]
fn years_are_counted_as_their_days_are() {
    for zone in [
        "Asia/Shanghai",
        "Europe/Berlin",
        "Australia/Lord_Howe",
        "Africa/Casablanca",
    ] {
        let mut calendar = office(zone, "07:10-12:00,22:30-05:45");
        calendar.closed.extend((1..28).map(|day| date(2027, 2, day)));
        let zero = at(&calendar, "2024-01-03 03:21");
        let (mut sum, mut day) = (0, zero);
        for _ in 0..3_700 {
            let next = day.plus(DAY + 7 * MINUTE);
            sum += calendar.measure(true, day, next);
            day = next;
        }
        assert_eq!(calendar.measure(true, zero, day), sum, "{zone}");
        let reached = calendar.reach(true, zero, sum).unwrap();
        assert_eq!(calendar.measure(true, zero, reached), sum, "{zone}");
        assert_eq!(
            calendar.measure(true, zero, reached.plus(-1)),
            sum - 1,
            "{zone}: the earliest such instant"
        );
    }
}

#[test]
fn the_layer_that_counts_is_the_last_one() {
    let mut calendar = shanghai();
    let day: Date = date(2026, 5, 1);
    assert!(!calendar.is_working_day(day));
    calendar.opened.insert(day, hours::parse("10:00-11:00").unwrap());
    assert_eq!(calendar.hours_on(day).len(), 1);
    assert!(calendar.is_open(at(&calendar, "2026-05-01 10:59")));
    assert!(!calendar.is_open(at(&calendar, "2026-05-01 11:00")));
}
