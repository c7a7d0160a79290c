//! The calendar against a slow reference that looks at the wall clock once a minute (TRUST, P17).
//!
//! The reference knows nothing of offsets, weeks or jumps: it steps from minute to minute, remembers the latest time
//! the wall clock has shown, and asks whether that lies within hours of the day or of the day before.
//! `OMBUD_CASES` runs more, `OMBUD_SEED` repeats from one seed on.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use ombud::workflow::calendar::{Calendar, Interval};
use ombud::workflow::duration::Duration;
use ombud::workflow::id::CalendarId;
use ombud::workflow::moment::{DAY, HOUR, MINUTE, Moment};
use ombud::workflow::value::Decimal;

use crate::seeded::{Seeded, cases, first_seed};

const ZONES: [&str; 64] = [
    "Asia/Shanghai",
    "Asia/Shanghai",
    "Asia/Urumqi",
    "Asia/Hong_Kong",
    "Asia/Taipei",
    "Asia/Tokyo",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Asia/Tehran",
    "Asia/Beirut",
    "Asia/Gaza",
    "Asia/Jerusalem",
    "Asia/Almaty",
    "Asia/Vladivostok",
    "Asia/Famagusta",
    "Asia/Yangon",
    "Asia/Kabul",
    "Asia/Dhaka",
    "Asia/Amman",
    "Asia/Damascus",
    "Africa/Casablanca",
    "Africa/El_Aaiun",
    "Africa/Cairo",
    "Africa/Lagos",
    "Africa/Juba",
    "Africa/Johannesburg",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Anchorage",
    "America/St_Johns",
    "America/Havana",
    "America/Sao_Paulo",
    "America/Santiago",
    "America/Asuncion",
    "America/Nuuk",
    "America/Scoresbysund",
    "America/Caracas",
    "America/Mexico_City",
    "America/Port-au-Prince",
    "America/Miquelon",
    "Antarctica/Troll",
    "Antarctica/Casey",
    "Antarctica/McMurdo",
    "Atlantic/Azores",
    "Atlantic/Reykjavik",
    "Australia/Sydney",
    "Australia/Adelaide",
    "Australia/Eucla",
    "Australia/Lord_Howe",
    "Australia/Darwin",
    "Europe/London",
    "Europe/Dublin",
    "Europe/Berlin",
    "Europe/Lisbon",
    "Europe/Chisinau",
    "Europe/Moscow",
    "Pacific/Chatham",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "Pacific/Marquesas",
    "Pacific/Easter",
    "UTC",
];

/// The clock on the wall, never going back, minute by minute.
struct Stepper<'a> {
    calendar: &'a Calendar,
    at: i64,
    latest: i64,
    /// Hours of the day shown and of the day before, for the day they were looked up for.
    day: i64,
    hours: [Vec<Interval>; 2],
}

impl<'a> Stepper<'a> {
    fn new(calendar: &'a Calendar, from: Moment) -> Self {
        let mut stepper = Self {
            calendar,
            at: from.0 - 3 * DAY,
            latest: i64::MIN,
            day: i64::MIN,
            hours: [Vec::new(), Vec::new()],
        };
        stepper.look();
        while stepper.at < from.0 {
            stepper.step();
        }
        stepper
    }

    fn look(&mut self) {
        let offset = self.calendar.zone.to_offset(Moment(self.at).timestamp());
        self.latest = self.latest.max(self.at + i64::from(offset.seconds()) * 1_000);
        let day = self.latest.div_euclid(DAY);
        if day != self.day {
            self.day = day;
            self.hours = [day, day - 1].map(|day| hours_on(self.calendar, civil(day)));
        }
    }

    fn step(&mut self) {
        self.at += MINUTE;
        self.look();
    }

    fn is_open(&self) -> bool {
        let minute = self.latest.rem_euclid(DAY) / MINUTE;
        [0, 1_440].into_iter().zip(&self.hours).any(|(earlier, hours)| {
            let inside = |interval: &Interval| {
                i64::from(interval.from) <= minute + earlier && minute + earlier < i64::from(interval.to)
            };
            hours.iter().any(inside)
        })
    }
}

fn civil(day: i64) -> Date {
    let days = jiff::Span::new().days(day);
    jiff::civil::date(1970, 1, 1).checked_add(days).unwrap()
}

fn hours_on(calendar: &Calendar, date: Date) -> Vec<Interval> {
    if let Some(hours) = calendar.opened.get(&date) {
        return hours.clone();
    }
    if calendar.closed.contains(&date) {
        return Vec::new();
    }
    let weekday = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap();
    calendar.weekly[weekday].clone()
}

/// The instant at which a limit that began at `zero` and waited in `pauses` is used up; `None` beyond the bound.
fn slow_due(calendar: &Calendar, zero: Moment, limit: Duration, pauses: &[(Moment, Moment)]) -> Option<Moment> {
    let budget = match limit {
        Duration::Elapsed(ms) | Duration::Working(ms) => ms,
        Duration::WorkingDays(days) => calendar.day * days.0 / 10_000,
        Duration::Days(days) => {
            let mut stepper = Stepper::new(calendar, zero);
            // The wall clock at zero, not the latest it ever showed.
            let offset = calendar.zone.to_offset(zero.timestamp());
            let target = zero.0 + i64::from(offset.seconds()) * 1_000 + days * DAY;
            while stepper.latest < target {
                stepper.step();
            }
            stepper.at - zero.0
        }
        Duration::WorkingDaysFromNext(days) => {
            let mut stepper = Stepper::new(calendar, zero);
            let offset = calendar.zone.to_offset(zero.timestamp());
            let start = (zero.0 + i64::from(offset.seconds()) * 1_000).div_euclid(DAY);
            let mut working = (start + 1..start + DAYS_MAX).filter(|day| !hours_on(calendar, civil(*day)).is_empty());
            let day = working.nth(usize::try_from(days - 1).unwrap())?;
            let close = hours_on(calendar, civil(day))
                .iter()
                .map(|interval| interval.to)
                .max()?;
            let close = day * DAY + i64::from(close) * MINUTE;
            let mut open = 0;
            while stepper.latest < close {
                open += if stepper.is_open() { MINUTE } else { 0 };
                stepper.step();
            }
            open
        }
    };
    let working = limit.is_working();
    let mut stepper = Stepper::new(calendar, zero);
    let mut left = budget;
    while stepper.at < zero.0 + DAYS_MAX * DAY {
        let paused = pauses.iter().any(|(from, to)| (from.0..to.0).contains(&stepper.at));
        if !paused && (!working || stepper.is_open()) {
            if left <= MINUTE {
                return Some(Moment(stepper.at + left));
            }
            left -= MINUTE;
        }
        stepper.step();
    }
    None
}

/// Days the reference walks before it gives up.
const DAYS_MAX: i64 = 250;

/// As the engine does it: what was used up to a pause is measured, the rest begins at its end.
fn fast_due(calendar: &Calendar, zero: Moment, limit: Duration, pauses: &[(Moment, Moment)]) -> Option<Moment> {
    let budget = calendar.budget(zero, limit)?;
    let mut left = budget.ms;
    let mut from = zero;
    for (pause, resume) in pauses {
        let due = calendar.reach(budget.working, from, left)?;
        if due <= *pause {
            return Some(due);
        }
        left -= calendar.measure(budget.working, from, *pause);
        from = *resume;
    }
    calendar.reach(budget.working, from, left)
}

/// Up to three stretches; with a minute at which the clock changes, often one that begins or ends close to it.
fn random_hours(random: &mut Seeded, change: Option<i64>) -> Vec<Interval> {
    let mut hours = Vec::new();
    let mut free: i64 = 0;
    if let Some(change) = change.filter(|_| random.chance(60)) {
        let border = (change + random.between(-30, 75)).clamp(1, 1_438);
        let (from, to) = if random.chance(50) {
            (border, border + random.between(1, 420))
        } else {
            (random.between(0, border - 1), border)
        };
        hours.push(Interval {
            from: u32::try_from(from).unwrap(),
            to: u32::try_from(to).unwrap(),
        });
        free = to;
    }
    for _ in 0..random.between(0, 3) {
        // Half of all times are full or half hours; the small hours are where clocks change.
        let step = *random.pick(&[1, 5, 30]);
        let from = (free + random.between(0, 480)) / step * step;
        let from = from.max(free);
        if from >= 1_440 {
            break;
        }
        let long = if random.chance(15) { 1_440 } else { 420 };
        let to = from + random.between(1, long);
        hours.push(Interval {
            from: u32::try_from(from).unwrap(),
            to: u32::try_from(to).unwrap(),
        });
        free = to;
    }
    hours
}

fn random_calendar(random: &mut Seeded, zone: TimeZone, around: Moment) -> Calendar {
    // Minute of the day at which the zone's clock changes next.
    let next = zone
        .following(around.timestamp())
        .next()
        .map(|change| change.timestamp());
    let change = next.map(|next| {
        let before = zone.to_offset(next - jiff::SignedDuration::from_secs(1));
        let local = before.to_datetime(next);
        i64::from(local.hour()) * 60 + i64::from(local.minute())
    });
    let weekly = if random.chance(30) {
        let hours = random_hours(random, change);
        std::array::from_fn(|day| if day < 5 { hours.clone() } else { Vec::new() })
    } else {
        std::array::from_fn(|_| random_hours(random, change))
    };
    let near = |random: &mut Seeded| civil(around.0.div_euclid(DAY) + random.between(-5, 60));
    let closed: BTreeSet<Date> = (0..random.between(0, 8)).map(|_| near(random)).collect();
    let opened: BTreeMap<Date, _> = (0..random.between(0, 4))
        .map(|_| (near(random), random_hours(random, change)))
        .collect();
    Calendar {
        id: CalendarId::from("default"),
        zone,
        day: *random.pick(&[8 * HOUR, 7 * HOUR + 30 * MINUTE, 24 * HOUR]),
        weekly,
        closed,
        opened,
        loaded_through: None,
        version: 1,
    }
}

fn random_limit(random: &mut Seeded) -> Duration {
    // Few limits are long: the reference is slow, but jumping over weeks must be seen as well.
    let size = if random.chance(4) { 12 } else { 1 };
    match random.below(6) {
        0 => Duration::Elapsed(random.between(1, size * 4 * DAY)),
        1 => Duration::Days(random.between(1, size * 6)),
        2 => Duration::Working(random.between(1, size * 30 * HOUR)),
        3 => Duration::Working(random.between(1, size * 30 * 60) * MINUTE),
        4 => Duration::WorkingDays(Decimal(random.between(1, size * 16) * 2_500)),
        _ => Duration::WorkingDaysFromNext(random.between(1, size * 4)),
    }
}

/// A whole minute, every other one within a few days of a change of the zone's clock.
fn random_zero(random: &mut Seeded, zone: &TimeZone) -> Moment {
    let anywhere = Moment(1_640_995_200_000 + random.between(0, 6 * 365) * DAY);
    let change = zone.following(anywhere.timestamp()).next();
    let near = match change {
        Some(change) if random.chance(50) => {
            Moment::from_timestamp(change.timestamp()).plus(-random.between(0, 4) * DAY)
        }
        Some(_) | None => anywhere,
    };
    Moment((near.0.div_euclid(MINUTE) + random.between(-1_440, 1_440)) * MINUTE)
}

fn random_pauses(random: &mut Seeded, zero: Moment) -> Vec<(Moment, Moment)> {
    let mut pauses = Vec::new();
    let mut at = zero;
    for _ in 0..random.between(0, 2) {
        let from = at.plus(random.between(0, 3 * 1_440) * MINUTE);
        let to = from.plus(random.between(1, 3 * 1_440) * MINUTE);
        pauses.push((from, to));
        at = to;
    }
    pauses
}

#[test]
fn due_times_agree_with_a_look_at_the_clock_every_minute() {
    let zones: Vec<TimeZone> = ZONES.iter().map(|name| TimeZone::get(name).unwrap()).collect();
    let (mut ended, count) = (0, cases(2_000));
    for seed in first_seed()..first_seed() + count {
        let mut random = Seeded::new(seed);
        let zone = random.pick(&zones).clone();
        let zero = random_zero(&mut random, &zone);
        let calendar = random_calendar(&mut random, zone, zero);
        let limit = random_limit(&mut random);
        let pauses = random_pauses(&mut random, zero);
        let slow = slow_due(&calendar, zero, limit, &pauses);
        let fast = fast_due(&calendar, zero, limit, &pauses);
        let told = format!(
            "OMBUD_SEED={seed}: {limit} from {} in {calendar:?} with {pauses:?}",
            zero.rfc3339()
        );
        match slow {
            Some(slow) => assert_eq!(fast.map(Moment::rfc3339), Some(slow.rfc3339()), "{told}"),
            None => assert!(
                fast.is_none_or(|fast| fast >= zero.plus((DAYS_MAX - 1) * DAY)),
                "{told}: {fast:?}"
            ),
        }
        ended += usize::from(slow.is_some());
    }
    println!("{count} due times agree, {ended} of them within {DAYS_MAX} days");
}
