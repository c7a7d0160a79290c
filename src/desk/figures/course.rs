//! How the figures of a sheet ran: day by day, and beside the time just before it, so that a number can be judged.

use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::store::milestones::{self, Ahead, Which};
use crate::workflow::moment::{Moment, SECOND};

use super::super::{Desk, DeskError, Inner, Principal, Scope};
use super::{Days, Reach, SheetAsked, Span, Tally, reach};

/// Days that are shown at least, so that one day stands among others.
const DAYS_SHOWN_MIN: i32 = 30;
/// A sheet of so many days shows itself only.
const DAYS_ENOUGH: i32 = 14;
/// Of more days, weeks are shown.
const DAYS_SHOWN_MAX: i32 = 62;
const WEEK: i32 = 7;
/// Changes of a zone's offset that are looked at: a year has two.
const CHANGES_MAX: usize = 8;

/// How figures ran.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Course {
    /// Days or weeks, the earliest first, up to the last day of the sheet.
    pub points: Vec<Point>,
    /// The same length of time just before the sheet; no further into it than the sheet has come where it still runs.
    pub before: Tally,
    pub before_from: Date,
    pub before_to: Date,
}

/// A day, or a week.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    pub from: Date,
    pub to: Date,
    /// It has not ended: its counts still grow.
    pub running: bool,
    pub tally: Tally,
}

impl Desk {
    /// Needs `reports:read`; whose figures, as for the sheet.
    pub async fn figures_course(&self, principal: &Principal, asked: &SheetAsked) -> Result<Course, DeskError> {
        principal.needs(Scope::ReadReports)?;
        let around = self.inner.around();
        let viewer = Inner::viewer(principal, &around);
        let reach = reach(&viewer, asked.department.as_ref(), &around.directory)?;
        let span = Span::of(asked.days, &around)?;
        let of_department = reach != Reach::Centre;
        let which = |from: Moment, to: Moment| Which {
            from,
            to,
            departments: reach.departments(),
            workflow: asked.workflow.clone(),
            ..Which::default()
        };

        let length = span.from.until(span.to).map_or(0, |until| until.get_days()) + 1;
        let days = |from: Date, to: Date| {
            let days = Days {
                from: Some(from),
                to: Some(to),
            };
            Span::of(days, &around)
        };
        let earlier = |date: Date, days: i32| date.checked_sub(days.days()).unwrap_or(date);

        let past = days(earlier(span.from, length), earlier(span.from, 1))?;
        let came = around.now.since(span.begin).clamp(0, span.end.since(span.begin));
        let mut before = Tally::default();
        let until = past.begin.plus(came).min(past.end);
        for some in milestones::count(&self.inner.database, &which(past.begin, until)).await? {
            before.add(&some, of_department);
        }

        let shown = if length < DAYS_ENOUGH { DAYS_SHOWN_MIN } else { length };
        // Weeks are whole ones, counted back from the last day.
        let (step, count) = if shown > DAYS_SHOWN_MAX {
            (WEEK, shown / WEEK)
        } else {
            (1, shown)
        };
        let all = days(earlier(span.to, step * count - 1), span.to)?;
        let mut points: Vec<Point> = (0..count)
            .filter_map(|place| {
                let from = all.from.checked_add((step * place).days()).ok()?;
                let to = from.checked_add((step - 1).days()).ok()?;
                Some(Point {
                    from,
                    to,
                    running: to == all.to && all.is_running(around.now),
                    tally: Tally::default(),
                })
            })
            .collect();
        let first = day_number(all.from);
        let ahead = ahead(&all.zone, all.begin, all.end);
        for counted in milestones::count_by_day(&self.inner.database, &which(all.begin, all.end), &ahead).await? {
            let place = usize::try_from((counted.day - first).div_euclid(i64::from(step))).ok();
            if let Some(point) = place.and_then(|place| points.get_mut(place)) {
                point.tally.add(&counted.alike, of_department);
            }
        }
        Ok(Course {
            points,
            before,
            before_from: past.from,
            before_to: past.to,
        })
    }
}

/// Days since 1970, as the store counts them.
fn day_number(date: Date) -> i64 {
    let since = Date::constant(1970, 1, 1).until(date);
    since.map_or(0, |since| i64::from(since.get_days()))
}

/// How far ahead of UTC the zone is in this time: at its beginning, and where that changes.
fn ahead(zone: &TimeZone, begin: Moment, end: Moment) -> Vec<Ahead> {
    let milliseconds = |seconds: i32| i64::from(seconds) * SECOND;
    let start = zone.to_offset(begin.timestamp()).seconds();
    let changes = zone
        .following(begin.timestamp())
        .take(CHANGES_MAX)
        .map(|change| {
            let at = Moment::from_timestamp(change.timestamp());
            (at, milliseconds(change.offset().seconds()))
        })
        .take_while(|(at, _)| *at < end);
    std::iter::once((begin, milliseconds(start))).chain(changes).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_begin_at_the_midnight_of_their_zone_on_both_sides_of_a_change() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let at = |date: &str| {
            let date: Date = date.parse().unwrap();
            Moment::from_timestamp(date.to_zoned(zone.clone()).unwrap().timestamp())
        };
        let (begin, end) = (at("2026-03-01"), at("2026-05-01"));
        let steps = ahead(&zone, begin, end);
        assert_eq!(steps.len(), 2);
        for date in ["2026-03-02", "2026-04-02"] {
            let midnight = at(date);
            let offset = steps.iter().rev().find(|(from, _)| *from <= midnight).unwrap().1;
            let day = (midnight.0 + offset).div_euclid(crate::workflow::moment::DAY);
            assert_eq!(day, day_number(date.parse().unwrap()), "{date}");
        }
        assert_eq!(ahead(&TimeZone::UTC, begin, end).len(), 1);
    }
}
