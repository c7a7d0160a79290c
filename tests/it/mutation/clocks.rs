//! Slips with clocks and ladders (C, N02).

use ombud::workflow::definition::{Clock, Point, Runs, Span};

use super::Slip;
use super::page::Page;

pub const SLIPS: &[Slip] = &[
    Slip {
        name: "a clock in a state that is not there",
        code: "C01",
        sites: |page| {
            let states = page.file.clocks.values().flat_map(|clock| match &clock.runs {
                Runs::States(states) => states.iter().chain(&clock.paused_in).map(|state| state.span).collect(),
                Runs::Open | Runs::Task { .. } => Vec::new(),
            });
            page.write_each(states, "zz_state")
        },
    },
    Slip {
        name: "a clock that is silent when it is over",
        code: "C02",
        sites: |page| {
            page.file
                .clocks
                .values()
                .map(|clock| {
                    let hundred = clock.ladder.iter().filter(|rung| rung.at.value == Point::Percent(100));
                    page.write_all(hundred.map(|rung| (rung.at.span, "101%".to_owned())).collect())
                })
                .collect()
        },
    },
    Slip {
        name: "a state whose clocks can be stopped",
        code: "C03",
        sites: |page| {
            page.file
                .states
                .keys()
                .filter_map(|state| {
                    let mut edits = Vec::new();
                    for clock in page.file.clocks.values().filter(|clock| clock.until.is_empty()) {
                        let runs = match &clock.runs {
                            Runs::Open => true,
                            Runs::States(states) => states.iter().any(|named| named.value == *state),
                            Runs::Task { .. } => false,
                        };
                        if runs {
                            let line = page.line(clock.span);
                            edits.push((
                                Span {
                                    start: line.end,
                                    end: line.end,
                                },
                                "    until: note\n".to_owned(),
                            ));
                        }
                    }
                    (!edits.is_empty()).then(|| page.write_all(edits))
                })
                .collect()
        },
    },
    Slip {
        name: "steps in the wrong order",
        code: "C04",
        sites: |page| {
            let ladders = page.file.clocks.values().filter(|clock| clock.ladder.len() > 1);
            ladders
                .map(|clock| page.write(clock.ladder[0].at.span, "900%"))
                .collect()
        },
    },
    Slip {
        name: "a step in another kind of time",
        code: "C04",
        sites: |page| {
            let last = page
                .file
                .clocks
                .values()
                .filter_map(|clock| Some((clock, clock.ladder.last()?)));
            last.map(|(clock, rung)| {
                page.write(
                    rung.at.span,
                    if works(clock) {
                        "100% + 90 days"
                    } else {
                        "100% + 90 working days"
                    },
                )
            })
            .collect()
        },
    },
    Slip {
        name: "a limit without else",
        code: "C06",
        sites: |page| {
            let last = page.file.clocks.values().filter_map(|clock| clock.limit.last());
            last.filter_map(|case| Some(page.write(page.find(case.span, "else: true")?, "when: now > opened_at")))
                .collect()
        },
    },
    Slip {
        name: "a clock that does what is not there",
        code: "C07",
        sites: |page| page.write_each(acts(page), "zz_deed"),
    },
    Slip {
        name: "a clock that does what is for closed tickets",
        code: "C07",
        sites: |page| {
            let Some(reopen) = page.file.after_close.keys().next() else {
                return Vec::new();
            };
            page.write_each(acts(page), reopen.as_str())
        },
    },
    Slip {
        name: "a clock that does what needs a field",
        code: "C07",
        sites: |page| {
            let field = "  zz_field: {type: text, title: {zh: 多, en: More}}";
            let action = page.anytime("zz_go", "require: [zz_field], stay: true");
            let clock = page.clock("zz_clock", "runs_in: open").replace(
                &format!("tell: {}, say: {}", page.always(), page.message()),
                "do: zz_go",
            );
            vec![page.put(&[("fields", field), ("anytime", &action), ("clocks", &clock)])]
        },
    },
    Slip {
        name: "a clock that runs where it waits",
        code: "C08",
        sites: |page| {
            let clock = page.clock(
                "zz_clock",
                &format!("runs_in: [{0}]\n    paused_in: [{0}]", *page.file.start),
            );
            vec![page.put(&[("clocks", &clock)])]
        },
    },
    Slip {
        name: "a clock that begins again, or not",
        code: "C09",
        sites: |page| {
            let start = page.file.start.as_str();
            let side = page.state(
                "zz_side",
                &format!(
                    "    actions:\n      zz_back: {{title: {{zh: 回, en: Back}}, by: {}, to: {start}}}\n",
                    page.always()
                ),
            );
            let clock = page.clock("zz_clock", &format!("runs_in: [{start}]"));
            vec![page.put(&[
                ("states", &side),
                ("anytime", &page.anytime("zz_go", "to: zz_side")),
                ("clocks", &clock),
            ])]
        },
    },
    Slip {
        name: "a hotline clock that waits for quiet hours to end",
        code: "C11",
        sites: |page| {
            let clock = page.clock(
                "zz_clock",
                &format!("runs_in: [{}]\n    reentry: restart", *page.file.start),
            );
            vec![page.put(&[("clocks", &clock.replace("{at: 100%", "{quiet_hours: wait, at: 100%"))])]
        },
    },
    Slip {
        name: "a calendar that is not there",
        code: "C10",
        sites: |page| {
            let place = page.line(page.file.workflow.span);
            vec![page.write(
                Span {
                    start: place.end,
                    end: place.end,
                },
                "calendar: zz_calendar\n",
            )]
        },
    },
    Slip {
        name: "a message every minute",
        code: "N02",
        sites: |page| {
            let told = page
                .file
                .clocks
                .values()
                .flat_map(|clock| clock.ladder.iter().map(move |rung| (clock, rung)));
            told.filter(|(_, rung)| !rung.tell.is_empty() && rung.repeat.is_none())
                .map(|(clock, rung)| {
                    let every = if works(clock) { "1 working minute" } else { "1 minute" };
                    page.beside(rung.at.span, &format!("repeat: {every}, times: 60"))
                })
                .collect()
        },
    },
];

fn works(clock: &Clock) -> bool {
    clock.limit.iter().any(|case| case.is.is_working())
}

fn acts(page: &Page) -> Vec<Span> {
    page.rungs()
        .into_iter()
        .filter_map(|rung| Some(rung.act.as_ref()?.span))
        .collect()
}
