//! Slips with open tickets and tests (V, T), and in the writing itself (READ).

use ombud::workflow::definition::Span;
use ombud::workflow::id::StateId;
use ombud::workflow::read::read;

use super::page::Page;
use super::{Mutant, Slip};

pub const SLIPS: &[Slip] = &[
    Slip {
        name: "a state of the old version that is forgotten",
        code: "V01",
        sites: |page| {
            let gone = page.put(&[("states", &page.state("zz_gone", ""))]);
            let next = newer(page, "move", "");
            vec![Mutant {
                previous: read(gone.source.as_bytes()).definition,
                ..Mutant::of(next)
            }]
        },
    },
    Slip {
        name: "tickets moved into a state that is not there",
        code: "V02",
        sites: |page| vec![Mutant::of(newer(page, "move", "  states: {zz_old: zz_nowhere}\n"))],
    },
    Slip {
        name: "a version that takes over from itself",
        code: "V03",
        sites: |page| {
            let source = newer(page, "move", "");
            vec![Mutant::of(source.replace(
                &format!("  from: {}\n", page.file.version),
                &format!("  from: {}\n", page.file.version + 1),
            ))]
        },
    },
    Slip {
        name: "a test that expects another state",
        code: "T01",
        sites: |page| {
            let expected = page
                .file
                .tests
                .iter()
                .flat_map(|story| &story.steps)
                .filter_map(|step| step.then.as_ref()?.state.as_ref());
            let other = |state: &str| page.file.states.keys().map(StateId::as_str).find(|id| *id != state);
            let mut mutants: Vec<Mutant> = expected
                .filter_map(|state| Some(page.write(state.span, other(state.as_str())?)))
                .collect();
            for mutant in &mut mutants {
                mutant.play = true;
            }
            mutants
        },
    },
    Slip {
        name: "a test that does what is not there",
        code: "T01",
        sites: |page| {
            let steps = page.file.tests.iter().flat_map(|story| &story.steps);
            let mut found = Vec::new();
            for step in steps {
                if let Some(place) = page.find(step.when.span, " does ") {
                    let end = page.source[place.end..step.when.span.end]
                        .find(' ')
                        .map_or(step.when.span.end, |at| place.end + at);
                    found.push(page.write(Span { start: place.end, end }, "zz_deed"));
                }
            }
            // After `becomes` a story goes on in another file, whose actions are not known here.
            let closed = page
                .steps()
                .iter()
                .all(|step| !matches!(step, ombud::workflow::definition::Step::Becomes { .. }));
            if !closed {
                for mutant in &mut found {
                    mutant.play = true;
                }
            }
            found
        },
    },
    Slip {
        name: "an action no test does",
        code: "T02",
        sites: |page| vec![page.put(&[("anytime", &page.anytime("zz_go", "stay: true"))])],
    },
    Slip {
        name: "a key that is not known",
        code: "READ03",
        sites: |page| {
            page.file
                .states
                .values()
                .map(|state| page.below(state.span, "zz_key: 1"))
                .collect()
        },
    },
    Slip {
        name: "a key written twice",
        code: "READ04",
        sites: |page| {
            vec![page.put(&[(
                "outcomes",
                &format!(
                    "  {}: {{title: {{zh: 完, en: End}}, counts_as: unknown}}",
                    page.outcome()
                ),
            )])]
        },
    },
    Slip {
        name: "a tag",
        code: "READ06",
        sites: |page| {
            page.write_each(
                page.file.states.values().map(|state| Span {
                    start: state.owner.span.start,
                    end: state.owner.span.start,
                }),
                "!rule ",
            )
        },
    },
    Slip {
        name: "a duration without a unit",
        code: "READ10",
        sites: |page| {
            page.write_each(
                page.file
                    .clocks
                    .values()
                    .flat_map(|clock| &clock.limit)
                    .map(|case| case.is.span),
                "15",
            )
        },
    },
    Slip {
        name: "a yes",
        code: "READ11",
        sites: |page| {
            let last = page.cases().into_iter().filter_map(|cases| cases.last());
            last.filter_map(|case| Some(page.write(page.find(case.span, "else: true")?, "else: yes")))
                .collect()
        },
    },
    Slip {
        name: "an open bracket",
        code: "READ02",
        sites: |page| vec![page.put(&[("outcomes", "  zz_end: {title: {zh: 完, en: End}")])],
    },
];

/// The file as the version after it.
fn newer(page: &Page, tickets: &str, more: &str) -> String {
    let version = page.file.version;
    let line = format!("\nversion: {version}");
    let source = page.source.replace(&line, &format!("\nversion: {}", version + 1));
    assert!(source != page.source, "no line «version: {version}»");
    let source = match page.file.in_flight {
        Some(_) => source.replace("\nin_flight:\n", "\nzz_in_flight:\n"),
        None => source,
    };
    format!("{source}\nin_flight:\n  from: {version}\n  tickets: {tickets}\n  deadlines: keep\n{more}")
}
