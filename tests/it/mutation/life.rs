//! Slips in the life: states, branches, outcomes (S, B, O), and where the system goes round (N01).

use ombud::workflow::definition::{Span, Step};

use super::page::Page;
use super::{Mutant, Slip};

pub const SLIPS: &[Slip] = &[
    Slip {
        name: "a step into a state that is not there",
        code: "S01",
        sites: |page| page.write_each(targets(page), "zz_nowhere"),
    },
    Slip {
        name: "a target without its last letter",
        code: "S01",
        sites: last_letter,
    },
    Slip {
        name: "a start that is not there",
        code: "S01",
        sites: |page| vec![page.write(page.file.start.span, "zz_nowhere")],
    },
    Slip {
        name: "only in a state that is not there",
        code: "S01",
        sites: |page| {
            page.write_each(
                page.actions()
                    .iter()
                    .flat_map(|action| &action.only_in)
                    .map(|state| state.span),
                "zz_nowhere",
            )
        },
    },
    Slip {
        name: "closing written as a state",
        code: "S01",
        sites: |page| page.write_each(targets(page), "closed"),
    },
    Slip {
        name: "a state that nothing leads into",
        code: "S02",
        sites: |page| vec![page.put(&[("states", &page.state("zz_side", &exit(page)))])],
    },
    Slip {
        name: "two states that lead only to each other",
        code: "S03",
        sites: |page| {
            let one = page.state(
                "zz_one",
                "    actions:\n      zz_on: {title: {zh: 去, en: On}, by: RULE, to: zz_two}\n",
            );
            let two = page.state(
                "zz_two",
                "    actions:\n      zz_back: {title: {zh: 回, en: Back}, by: RULE, to: zz_one}\n",
            );
            let states = format!("{one}{two}").replace("RULE", page.always());
            vec![page.put(&[("states", &states), ("anytime", &page.anytime("zz_go", "to: zz_one"))])]
        },
    },
    Slip {
        name: "a state with nothing to do",
        code: "S04",
        sites: |page| {
            vec![page.put(&[
                ("states", &page.state("zz_trap", "")),
                ("anytime", &page.anytime("zz_go", "to: zz_trap")),
            ])]
        },
    },
    Slip {
        name: "a pause that does not lead back",
        code: "S09",
        sites: |page| {
            let back = page.steps().into_iter().filter_map(|step| match step {
                Step::Back(span) => Some(*span),
                Step::To(_) | Step::Close(_) | Step::Stay(_) | Step::Becomes { .. } | Step::Unread(_) => None,
            });
            page.write_each(back, page.file.start.as_str())
        },
    },
    Slip {
        name: "a pause whose clock only tells",
        code: "S09",
        sites: |page| {
            let pauses: Vec<_> = page.file.states.values().filter(|state| state.pause).collect();
            let ends = page.rungs().into_iter().filter(|rung| {
                rung.act
                    .as_ref()
                    .is_some_and(|act| pauses.iter().any(|pause| pause.actions.contains_key(&act.value)))
            });
            let told = format!("{{at: 100%, tell: {}, say: {}}}", page.always(), page.message());
            ends.map(|rung| page.write(rung.span, &told)).collect()
        },
    },
    Slip {
        name: "back where there is no pause",
        code: "S09",
        sites: |page| page.write_each(state_targets(page), "back"),
    },
    Slip {
        name: "a last case with a condition",
        code: "B01",
        sites: |page| {
            let last = page.cases().into_iter().filter_map(|cases| cases.last());
            last.filter_map(|case| Some(page.write(page.find(case.span, "else: true")?, "when: now > opened_at")))
                .collect()
        },
    },
    Slip {
        name: "an else before the last case",
        code: "B02",
        sites: |page| {
            let first = page.cases().into_iter().filter_map(|cases| cases.first());
            first
                .filter_map(|case| {
                    Some(page.write(condition_of(page, case.span, case.when.as_ref()?.span)?, "else: true"))
                })
                .collect()
        },
    },
    Slip {
        name: "two ways at once",
        code: "B04",
        sites: |page| {
            targets(page)
                .into_iter()
                .map(|span| page.beside(span, "stay: true"))
                .collect()
        },
    },
    Slip {
        name: "becomes what is not there",
        code: "B05",
        sites: |page| page.write_each(others(page), "zz_kind"),
    },
    Slip {
        name: "becomes what it is",
        code: "B05",
        sites: |page| page.write_each(others(page), page.file.workflow.as_str()),
    },
    Slip {
        name: "a clock left behind",
        code: "B05",
        sites: |page| {
            let clock = page.clock("zz_clock", "runs_in: open");
            if others(page).is_empty() {
                Vec::new()
            } else {
                vec![page.put(&[("clocks", &clock)])]
            }
        },
    },
    Slip {
        name: "an outcome nobody gives",
        code: "O01",
        sites: |page| vec![page.put(&[("outcomes", "  zz_end: {title: {zh: 完, en: End}, counts_as: unknown}")])],
    },
    Slip {
        name: "an outcome that is not there",
        code: "O02",
        sites: |page| {
            let outcomes = page.steps().into_iter().filter_map(|step| match step {
                Step::Close(outcome) => Some(outcome.span),
                Step::To(_) | Step::Back(_) | Step::Stay(_) | Step::Becomes { .. } | Step::Unread(_) => None,
            });
            page.write_each(outcomes, "zz_end")
        },
    },
    Slip {
        name: "two clocks that hand the ticket to each other",
        code: "N01",
        sites: round_and_round,
    },
];

/// Where steps lead, places of states.
fn targets(page: &Page) -> Vec<Span> {
    let states = page.steps().into_iter().filter_map(|step| match step {
        Step::To(state) => Some(state.span),
        Step::Back(_) | Step::Close(_) | Step::Stay(_) | Step::Becomes { .. } | Step::Unread(_) => None,
    });
    states.collect()
}

/// Targets of actions in states that are no pause.
fn state_targets(page: &Page) -> Vec<Span> {
    let states = page
        .file
        .states
        .values()
        .filter(|state| !state.pause)
        .flat_map(|state| state.actions.values());
    let ways = states.filter_map(|action| match &action.way {
        ombud::workflow::definition::Way::One(Step::To(state)) => Some(state.span),
        ombud::workflow::definition::Way::One(_) | ombud::workflow::definition::Way::Cases(_) => None,
    });
    ways.collect()
}

fn others(page: &Page) -> Vec<Span> {
    let kinds = page.steps().into_iter().filter_map(|step| match step {
        Step::Becomes { workflow, .. } => Some(workflow.span),
        Step::To(_) | Step::Back(_) | Step::Close(_) | Step::Stay(_) | Step::Unread(_) => None,
    });
    kinds.collect()
}

fn last_letter(page: &Page) -> Vec<Mutant> {
    let shorter = |span: Span| {
        let name = page.text(span);
        name.get(..name.len() - 1)
            .filter(|name| name.len() > 1 && !page.file.states.contains_key(*name))
    };
    targets(page)
        .into_iter()
        .filter_map(|span| Some(page.write(span, shorter(span)?)))
        .collect()
}

fn exit(page: &Page) -> String {
    format!(
        "    actions:\n      zz_end: {{title: {{zh: 完, en: End}}, by: {}, close: {}}}\n",
        page.always(),
        page.outcome()
    )
}

/// From `when` up to the end of the condition, its closing quote included.
fn condition_of(page: &Page, case: Span, condition: Span) -> Option<Span> {
    let start = page.find(case, "when:")?.start;
    let quoted =
        page.source[condition.end..].starts_with(['"', '\'']) && !page.text(condition).starts_with(['"', '\'']);
    Some(Span {
        start,
        end: condition.end + usize::from(quoted),
    })
}

fn round_and_round(page: &Page) -> Vec<Mutant> {
    let always = page.always();
    let state = |name: &str, on: &str, to: &str| {
        page.state(name, &format!("    actions:\n      {on}: {{title: {{zh: 去, en: On}}, by: {always}, to: {to}}}\n      zz_end_{name}: {{title: {{zh: 完, en: End}}, by: {always}, close: {}}}\n", page.outcome()))
    };
    let clock = |name: &str, state: &str, on: &str| {
        format!(
            "  {name}:\n    title: {{zh: 时, en: Time}}\n    runs_in: [{state}]\n    reentry: restart\n    limit: 1 hour\n    ladder:\n      - {{at: 100%, do: {on}}}\n"
        )
    };
    let states = format!(
        "{}{}",
        state("zz_one", "zz_forth", "zz_two"),
        state("zz_two", "zz_back", "zz_one")
    );
    let clocks = format!(
        "{}{}",
        clock("zz_first", "zz_one", "zz_forth"),
        clock("zz_second", "zz_two", "zz_back")
    );
    vec![page.put(&[
        ("states", &states),
        ("clocks", &clocks),
        ("anytime", &page.anytime("zz_go", "to: zz_one")),
    ])]
}
