//! Slips with fields, conditions, routing and messages (F, R, M, X).

use ombud::workflow::definition::Span;
use ombud::workflow::expression::Expression;
use ombud::workflow::value::Value;

use super::page::Page;
use super::{Mutant, Slip};

pub const SLIPS: &[Slip] = &[
    Slip {
        name: "a required field that is not there",
        code: "F01",
        sites: |page| {
            let fields = page
                .actions()
                .into_iter()
                .flat_map(|action| action.require.iter().chain(&action.ask));
            page.write_each(fields.map(|field| field.span), "zz_field")
        },
    },
    Slip {
        name: "a condition over a field that is not there",
        code: "F01",
        sites: |page| {
            within(
                page,
                |page, condition| page.find(condition.span, condition.fields().first()?.as_str()),
                "zz_field",
            )
        },
    },
    Slip {
        name: "a condition over an option that is not there",
        code: "F02",
        sites: |page| {
            within(
                page,
                |page, condition| {
                    let text = page.text(condition.span);
                    if text.contains("times") || text.contains("late(") || !text.contains("== '") {
                        return None;
                    }
                    let start = condition.span.start + text.find("== '")? + 4;
                    Some(Span {
                        start,
                        end: start + page.source[start..].find('\'')?,
                    })
                },
                "zz_option",
            )
        },
    },
    Slip {
        name: "a time for a condition",
        code: "F02",
        sites: |page| within(page, |_, condition| Some(condition.span), "now"),
    },
    Slip {
        name: "an action counted that is not there",
        code: "F03",
        sites: |page| {
            within(
                page,
                |page, condition| {
                    let start = condition.span.start + page.text(condition.span).find("times")?;
                    let start = start + page.source[start..].find('\'')? + 1;
                    Some(Span {
                        start,
                        end: start + page.source[start..].find('\'')?,
                    })
                },
                "zz_deed",
            )
        },
    },
    Slip {
        name: "until what cannot be done",
        code: "F03",
        sites: |page| {
            page.write_each(
                page.file
                    .clocks
                    .values()
                    .flat_map(|clock| &clock.until)
                    .map(|action| action.span),
                "zz_deed",
            )
        },
    },
    Slip {
        name: "a condition over what may be empty",
        code: "F04",
        sites: |page| {
            let field = "  zz_count: {type: number, title: {zh: 数, en: Count}}";
            let asks = page.anytime("zz_ask", "ask: [zz_count], stay: true");
            let guarded = page.anytime(
                "zz_guarded",
                "only_if: zz_count > 3, because: {zh: 不够, en: Not enough}, stay: true",
            );
            vec![page.put(&[("fields", field), ("anytime", &format!("{asks}\n{guarded}"))])]
        },
    },
    Slip {
        name: "a field nobody is asked for",
        code: "F05",
        sites: |page| vec![page.put(&[("fields", "  zz_field: {type: text, title: {zh: 多, en: More}}")])],
    },
    Slip {
        name: "a check without a sentence",
        code: "F07",
        sites: |page| {
            vec![page.put(&[(
                "fields",
                "  zz_count: {type: number, title: {zh: 数, en: Count}, check: zz_count > 1}",
            )])]
        },
    },
    Slip {
        name: "a guard without a sentence",
        code: "F07",
        sites: |page| {
            vec![page.put(&[(
                "anytime",
                &page.anytime("zz_go", "only_if: now > opened_at, stay: true"),
            )])]
        },
    },
    Slip {
        name: "a row twice",
        code: "R01",
        sites: |page| {
            let rows = page.file.routing.iter().filter(|row| !row.is_else);
            rows.map(|row| {
                let line = page.line(row.span);
                page.write(
                    Span {
                        start: line.end,
                        end: line.end,
                    },
                    page.text(line),
                )
            })
            .collect()
        },
    },
    Slip {
        name: "a case that no row takes",
        code: "R02",
        sites: |page| {
            let last = page.file.routing.iter().filter(|row| row.is_else);
            last.map(|row| page.write(page.line(row.span), "")).collect()
        },
    },
    Slip {
        name: "an option that is not there in a row",
        code: "R03",
        sites: |page| {
            let options = page
                .file
                .routing
                .iter()
                .flat_map(|row| &row.when)
                .flat_map(|(_, values)| values);
            let options = options.filter(|value| matches!(value.value, Value::Choice(_)));
            page.write_each(options.map(|value| value.span), "zz_option")
        },
    },
    Slip {
        name: "a department that is not there in a row",
        code: "R03",
        sites: |page| {
            let filled = page.file.routing.iter().flat_map(|row| &row.fill);
            filled
                .map(|(_, value)| {
                    let list = page.text(value.span).starts_with('[');
                    page.write(value.span, if list { "[zz_department]" } else { "zz_department" })
                })
                .collect()
        },
    },
    Slip {
        name: "two rows for the rest",
        code: "R04",
        sites: |page| {
            let last = page.file.routing.iter().filter(|row| row.is_else);
            last.map(|row| {
                let line = page.line(row.span);
                page.write(
                    Span {
                        start: line.end,
                        end: line.end,
                    },
                    page.text(line),
                )
            })
            .collect()
        },
    },
    Slip {
        name: "routing before anything was asked",
        code: "R05",
        sites: |page| {
            if page.file.routing.iter().all(|row| row.when.is_empty()) {
                return Vec::new();
            }
            vec![page.put(&[("anytime", &page.anytime("zz_route", "route: true, stay: true"))])]
        },
    },
    Slip {
        name: "a message in one language",
        code: "M01",
        sites: |page| vec![page.put(&[("messages", "  zz_half: {zh: 一半}")])],
    },
    Slip {
        name: "a title in one language",
        code: "M01",
        sites: |page| vec![page.put(&[("outcomes", "  zz_end: {title: {zh: 完}, counts_as: unknown}")])],
    },
    Slip {
        name: "a message that is not there",
        code: "M02",
        sites: |page| {
            page.write_each(
                page.rungs()
                    .into_iter()
                    .filter_map(|rung| Some(rung.say.as_ref()?.span)),
                "zz_message",
            )
        },
    },
    Slip {
        name: "a placeholder that means nothing",
        code: "M03",
        sites: |page| {
            let lines = page.file.messages.values().map(|message| page.line(message.span));
            lines
                .filter_map(|line| Some(page.write(page.find(line, "{number}")?, "{nubmer}")))
                .collect()
        },
    },
    Slip {
        name: "a placeholder in one language only",
        code: "M04",
        sites: |page| vec![page.put(&[("messages", "  zz_message: {zh: \"工单{number}\", en: \"A ticket\"}")])],
    },
    Slip {
        name: "a message nobody sends",
        code: "M05",
        sites: |page| {
            vec![page.put(&[(
                "messages",
                "  zz_message: {zh: \"工单{number}\", en: \"Ticket {number}\"}",
            )])]
        },
    },
    Slip {
        name: "a private field in the subject",
        code: "X01",
        sites: |page| {
            let private = page.file.fields.values().filter(|field| field.private);
            private
                .map(|field| page.write(page.file.subject.span, &format!("{{{}}}", field.id)))
                .collect()
        },
    },
    Slip {
        name: "a private field in a message",
        code: "X01",
        sites: |page| {
            let private = page.file.fields.values().find(|field| field.private).unwrap();
            let both = format!(
                "  zz_message: {{zh: \"工单{{{0}}}\", en: \"Ticket {{{0}}}\"}}",
                private.id
            );
            vec![page.put(&[("messages", &both)])]
        },
    },
    Slip {
        name: "a subject over what is no field",
        code: "M03",
        sites: |page| vec![page.write(page.file.subject.span, "{zz_field}")],
    },
];

/// Every condition with a part of it written otherwise.
fn within(page: &Page, place: fn(&Page, &Expression) -> Option<Span>, text: &str) -> Vec<Mutant> {
    let conditions = page.conditions().into_iter();
    conditions
        .filter_map(|condition| Some(page.write(place(page, condition)?, text)))
        .collect()
}
