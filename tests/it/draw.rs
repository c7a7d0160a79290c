//! Pictures of workflows: the Mermaid text word for word, the SVG by what must be in it and what must never be.

use std::fs;
use std::path::Path;

use ombud::texts::Language;
use ombud::workflow::definition::{At, Definition, Span, Step, Way};
use ombud::workflow::draw::{Look, mermaid, svg};
use ombud::workflow::id::StateId;
use ombud::workflow::read::read;

use crate::seeded::{Seeded, cases, first_seed};

fn shipped(name: &str) -> Definition {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("workflows")
        .join(format!("{name}.yaml"));
    read(&fs::read(path).unwrap()).definition.unwrap()
}

/// A small workflow with everything a picture shows.
const SMALL: &str = r#"
ombud: 1
workflow: small
version: 1
title: {zh: "小: \"流程\"", en: "Small: \"life\""}
subject: "{place}"
fields:
  place: {type: text, title: {zh: 地点, en: Place}}
  lead: {type: department, title: {zh: 主办, en: Lead}}
  done: {type: yes_no, title: {zh: 办好, en: Done}}
people:
  creator: {who: creator, else: manager}
  manager: {role: manager, always: true}
start: draft
states:
  draft:
    title: {zh: 填单, en: Being written}
    owner: creator
    actions:
      submit: {title: {zh: 提交, en: Submit}, by: [creator, manager], require: [lead], to: work}
      save: {title: {zh: 保存, en: Save}, by: creator, stay: true}
  work:
    title: {zh: 办理, en: At work}
    owner: manager
    tasks:
      lead: {for: lead, owner: manager, title: {zh: 主办, en: Lead}, require: [done]}
    actions:
      stop: {title: {zh: 停, en: Stop}, by: manager, to: nowhere}
    then:
      - {if: any_returned, to: draft}
      - if: all_done
        to:
          - {when: done == true, close: good}
          - {else: true, becomes: help}
  wait:
    title: {zh: 等待, en: Waiting}
    owner: manager
    pause: true
    actions:
      resume: {title: {zh: 恢复, en: Resume}, by: manager, to: back}
anytime:
  hold: {title: {zh: 暂停, en: Hold}, by: manager, only_in: [work], to: wait}
after_close:
  reopen: {title: {zh: 重开, en: Reopen}, by: manager, to: draft}
outcomes:
  good: {title: {zh: 办结, en: Done}, counts_as: satisfied}
clocks:
  write: {title: {zh: 填单, en: Writing}, runs_in: [draft], limit: 15 minutes, reentry: restart, ladder: [{at: 100%, tell: manager, say: late}]}
  all: {title: {zh: 总时限, en: In all}, runs_in: open, limit: 10 working days from the next day, ladder: [{at: 100%, tell: manager, say: late}]}
  reply:
    title: {zh: 答复, en: Reply}
    of_task: any
    limit: [{when: done, is: 1 days}, {else: true, is: 2.5 working days}]
    ladder: [{at: 100%, tell: manager, say: late}]
  waiting: {title: {zh: 暂停, en: Hold}, runs_in: [wait], limit: 10 days, reentry: restart, ladder: [{at: 100%, do: resume}]}
messages:
  late: {zh: 超时, en: Late}
"#;

fn small() -> Definition {
    read(SMALL.as_bytes()).definition.unwrap()
}

#[test]
fn mermaid_shows_the_life_in_either_language() {
    insta::assert_snapshot!("draw_small_zh", mermaid(&small(), Language::Zh));
    insta::assert_snapshot!("draw_small_en", mermaid(&small(), Language::En));
}

#[test]
fn a_picture_has_every_state_and_no_style_of_its_own() {
    for name in ["complaint", "consultation", "help", "repair", "report", "suggestion"] {
        let definition = shipped(name);
        for language in Language::ALL {
            let picture = svg(&definition, language, &Look::default());
            let text = mermaid(&definition, language);
            for state in definition.states.keys() {
                assert!(text.contains(&format!("\" as s_{state}\n")), "{name}: {state}");
                assert!(picture.contains(&format!("data-state=\"{state}\"")), "{name}: {state}");
            }
            assert!(!picture.contains("style="), "{name}");
            assert!(!picture.contains("<style"), "{name}");
            assert!(!picture.contains("NaN") && !picture.contains("\"inf\""), "{name}");
            well_formed(&picture);
        }
    }
}

#[test]
fn a_picture_says_where_the_ticket_is_and_was() {
    let look = Look {
        labels: false,
        current: Some(StateId::from("work")),
        visited: vec![StateId::from("draft"), StateId::from("work")],
        ..Look::default()
    };
    let picture = svg(&small(), Language::En, &look);
    assert!(
        picture.contains("class=\"sd-n is-now\" data-state=\"work\""),
        "{picture}"
    );
    assert!(picture.contains("class=\"sd-n is-start is-past\" data-state=\"draft\""));
    assert!(picture.contains("class=\"sd-n is-bad\" data-state=\"nowhere\""));
    assert!(picture.contains("aria-label=\"The life of: Small: &quot;life&quot;\""));
    assert!(!picture.contains("class=\"sd-l\""), "no words on edges were wanted");
    let alone = svg(
        &small(),
        Language::En,
        &Look {
            standalone: true,
            ..Look::default()
        },
    );
    if let Some(folder) = pictures() {
        for name in ["complaint", "consultation", "help", "repair", "report", "suggestion"] {
            for (language, sideways, labels) in [
                (Language::Zh, false, true),
                (Language::En, false, true),
                (Language::Zh, true, true),
                (Language::Zh, false, false),
            ] {
                let look = Look {
                    standalone: true,
                    sideways,
                    labels,
                    ..Look::default()
                };
                let file = format!("{name}-{}-{sideways}-{labels}.svg", language.tag());
                fs::write(folder.join(file), svg(&shipped(name), language, &look)).unwrap();
            }
        }
    }
    assert!(alone.contains("<style>.sd {"));
    assert!(alone.contains("<title>Submit (creator, manager)</title>"), "{alone}");
    well_formed(&alone);
}

#[test]
fn what_a_file_says_cannot_break_out_of_the_picture() {
    let nasty = "</text><script>alert(1)</script>\" onload=\"x\" -- ]]> ${x} %%{init}%% end note ; #";
    let mut definition = small();
    for state in definition.states.values_mut() {
        state.title.en = format!("{nasty}\n    end note\n    evil --> state\u{0}");
    }
    let picture = svg(&definition, Language::En, &Look::default());
    assert!(!picture.contains("<script"));
    well_formed(&picture);
    let text = mermaid(&definition, Language::En);
    assert!(!text.contains("evil --> state"), "{text}");
    assert!(text.lines().all(|line| !line.contains("%%")), "{text}");
}

#[test]
fn any_graph_can_be_drawn() {
    let base = small();
    let state = base.states["draft"].clone();
    let action = state.actions["submit"].clone();
    for seed in first_seed()..first_seed() + cases(60) {
        let mut random = Seeded::new(seed);
        let mut definition = base.clone();
        definition.states.clear();
        let count = random.between(1, 14);
        let ids: Vec<StateId> = (0..count).map(|number| StateId::new(format!("s{number}"))).collect();
        for id in &ids {
            let mut state = state.clone();
            state.id = id.clone();
            state.pause = random.chance(10);
            state.actions.clear();
            for number in 0..random.between(0, 4) {
                let mut action = action.clone();
                action.id = format!("a{number}").as_str().into();
                let to = random.pick(&ids).clone();
                action.way = Way::One(if random.chance(10) {
                    Step::Back(Span::default())
                } else {
                    Step::To(At::new(to, Span::default()))
                });
                state.actions.insert(action.id.clone(), action);
            }
            definition.states.insert(id.clone(), state);
        }
        let picture = svg(
            &definition,
            Language::Zh,
            &Look {
                sideways: random.chance(50),
                ..Look::default()
            },
        );
        assert!(picture.contains("data-state=\"s0\""), "OMBUD_SEED={seed}: {picture}");
    }
}

fn well_formed(picture: &str) {
    let mut reader = quick_xml::Reader::from_str(picture);
    loop {
        match reader.read_event() {
            Ok(quick_xml::events::Event::Eof) => break,
            Ok(_) => {}
            Err(error) => panic!("{error}: {picture}"),
        }
    }
}

/// Where somebody wants to look at the pictures.
fn pictures() -> Option<std::path::PathBuf> {
    #[allow(clippy::disallowed_methods, reason = "tests have no configuration")]
    std::env::var("OMBUD_PICTURES").ok().map(Into::into)
}
