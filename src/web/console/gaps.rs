//! What the roster leaves open in the coming days (R26), as the board, the wall and the page of duty tell it: the same gap of
//! several workflows once, so that all of them tell the same number.

use serde::Serialize;

use crate::desk::duty::DutyGap;
use crate::texts::say;
use crate::web::problem::Problem;
use crate::web::state::State;
use crate::workflow::moment::Moment;

use super::duty::role_title;
use super::visitor::Visitor;
use super::words::{Names, When, text};

/// How far ahead gaps are looked for.
const DAYS: u32 = 14;

/// The gaps of the coming days.
pub struct Gaps {
    /// As the API counts them: where workflows ask different people in the end, each of them.
    pub found: usize,
    /// As they are told, by their beginning.
    pub told: Vec<GapView>,
}

#[derive(Clone, Serialize)]
pub struct GapView {
    pub role: String,
    department: String,
    pub from: When,
    pub to: When,
    why: String,
    /// Who is reached; empty: nobody at all.
    instead: String,
    instead_role: String,
    away: bool,
    workflows: String,
    /// So many of those that were found it is.
    found: usize,
}

impl Gaps {
    pub fn coming(state: &State, visitor: &Visitor, names: &Names<'_>) -> Result<Self, Problem> {
        let gaps = state.desk.duty_gaps(&visitor.principal, DAYS)?;
        let found = gaps.len();
        let views = gaps.into_iter().map(|gap| GapView::of(gap, names, state, visitor));
        let comma = say(visitor.look.language, "list-comma", &[]);
        Ok(Self {
            found,
            told: together(views, &comma),
        })
    }
}

impl GapView {
    fn of(found: DutyGap, names: &Names<'_>, state: &State, visitor: &Visitor) -> Self {
        let language = visitor.look.language;
        let gap = found.gap;
        let titles: Vec<String> = found
            .workflows
            .iter()
            .map(|workflow| match state.desk.active(workflow) {
                Some(active) => text(&active.title, language),
                None => workflow.to_string(),
            })
            .collect();
        let role = gap
            .instead
            .as_ref()
            .map(|instead| role_title(names.directory, &instead.role, visitor));
        Self {
            role: role_title(names.directory, &gap.role, visitor),
            department: gap.department.map(|id| names.department(&id)).unwrap_or_default(),
            from: When::new(gap.span.from, visitor.now, &visitor.zone),
            to: until(gap.span.from, gap.span.to, visitor),
            why: say(language, &format!("duty-gap-{}", gap.why.as_str()), &[]),
            away: gap.instead.as_ref().is_some_and(|instead| instead.away),
            instead: gap
                .instead
                .map(|instead| names.people(&instead.persons))
                .unwrap_or_default(),
            instead_role: role.unwrap_or_default(),
            workflows: titles.join(&say(language, "list-comma", &[])),
            found: 1,
        }
    }

    fn is_at_the_time_of(&self, other: &Self) -> bool {
        self.from.iso == other.from.iso && self.to.iso == other.to.iso
    }

    fn is_the_same(&self, other: &Self) -> bool {
        let told =
            |gap: &Self| [&gap.role, &gap.department, &gap.why, &gap.instead, &gap.instead_role].map(Clone::clone);
        self.is_at_the_time_of(other) && told(self) == told(other) && self.away == other.away
    }
}

/// The end of a gap: on the day of its beginning the hour is enough.
fn until(from: Moment, to: Moment, visitor: &Visitor) -> When {
    let mut end = When::new(to, visitor.now, &visitor.zone);
    let (from, to) = (from.timestamp(), to.timestamp());
    let [from, to] = [from, to].map(|at| at.to_zoned(visitor.zone.clone()));
    if from.date() == to.date() {
        end.short = to.strftime("%H:%M").to_string();
    }
    end
}

/// The same gap of several workflows is told once; they ask different people only further on.
fn together(found: impl Iterator<Item = GapView>, comma: &str) -> Vec<GapView> {
    let mut gaps: Vec<GapView> = Vec::new();
    for gap in found {
        let known = gaps.iter_mut().rev().take_while(|known| known.from.iso == gap.from.iso);
        match known.into_iter().find(|known| known.is_the_same(&gap)) {
            Some(known) => {
                known.workflows.push_str(comma);
                known.workflows.push_str(&gap.workflows);
                known.found = known.found.saturating_add(gap.found);
            }
            None => gaps.push(gap),
        }
    }
    gaps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workflow::moment::HOUR;
    use jiff::tz::TimeZone;

    fn gap(role: &str, from: i64, workflow: &str) -> GapView {
        let when = |at: i64| When::new(Moment(at * HOUR), Moment(0), &TimeZone::UTC);
        GapView {
            role: role.to_owned(),
            department: String::new(),
            from: when(from),
            to: when(from + 1),
            why: String::new(),
            instead: String::new(),
            instead_role: String::new(),
            away: false,
            workflows: workflow.to_owned(),
            found: 1,
        }
    }

    #[test]
    fn the_same_gap_of_several_workflows_is_told_once() {
        let found = [
            gap("head", 1, "help"),
            gap("lead", 1, "help"),
            gap("head", 1, "repair"),
            gap("head", 2, "help"),
        ];
        let told = together(found.into_iter(), ", ");
        let told: Vec<_> = told
            .iter()
            .map(|gap| (gap.role.as_str(), gap.workflows.as_str(), gap.found))
            .collect();
        assert_eq!(
            told,
            [("head", "help, repair", 2), ("lead", "help", 1), ("head", "help", 1)]
        );
    }
}
