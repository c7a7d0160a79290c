//! Files that somebody writes to bring the checker down: each uses up the 256 KiB or the nodes of a file in a way of
//! its own. Names are long and nearly alike, so that looking for the nearest one costs most.

use std::fmt::Write as _;
use std::iter;

use ombud::workflow::read::FILE_BYTES_MAX;

/// Name and content of each.
pub fn files() -> Vec<(&'static str, String)> {
    vec![
        ("brackets", "[".repeat(FILE_BYTES_MAX)),
        ("nested flow", deep("{a: ", "1", "}")),
        ("nested lists", "- ".repeat(FILE_BYTES_MAX / 2)),
        ("aliases", aliases()),
        (
            "one long text",
            format!("title: {}", "很".repeat(FILE_BYTES_MAX / 3 - 8)),
        ),
        ("one long key", format!("{}: 1", "k".repeat(FILE_BYTES_MAX - 4))),
        ("one line", one_line()),
        ("unknown keys", unknown_keys()),
        ("the same key", "title: 1\n".repeat(FILE_BYTES_MAX / 9)),
        (
            "anytime in every state",
            Parts::default().states(100).anytime(98).file(),
        ),
        ("fields asked everywhere", fields_everywhere()),
        ("states in reverse", reversed()),
        ("cases", cases(1_500, 1)),
        ("cases anywhere", cases(99, 99)),
        ("ways back", ways_back()),
        ("unknown states", unknown_states()),
        ("unknown fields", unknown_fields()),
        ("unknown recipients", unknown_recipients()),
        ("clocks in every state", clocks()),
        ("doing clocks", doing_clocks()),
        ("rungs", rungs()),
        ("routing", routing(900, 2)),
        ("wide routing", routing(30, 40)),
        ("expressions", expressions(&|place| format!("f{} == 1", place % 40))),
        (
            "unknown words in expressions",
            expressions(&|place| format!("{} == 1", long("x", place))),
        ),
        (
            "deep expressions",
            expressions(&|_| format!("{}f1{}", "(".repeat(30), ")".repeat(30))),
        ),
        (
            "lists in lists",
            expressions(&|_| format!("{}1{}", "1 in [2 == ".repeat(13), "]".repeat(13))),
        ),
        (
            "bare lists in lists",
            expressions(&|_| format!("{}true{}", "true in [1 in [".repeat(13), "]]".repeat(13))),
        ),
        ("placeholders", placeholders()),
        ("four eyes", four_eyes()),
        ("people in a chain", people()),
        ("stories", stories(490, "1 minutes")),
        ("long stories", stories(490, "3660 days")),
        ("huge numbers", huge_numbers()),
    ]
}

fn deep(open: &str, middle: &str, close: &str) -> String {
    let times = FILE_BYTES_MAX / (open.len() + close.len()) - 1;
    open.repeat(times) + middle + &close.repeat(times)
}

fn aliases() -> String {
    let mut text = String::from("a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1]\n");
    for level in 0..5_000 {
        let _ = writeln!(text, "b{level}: &b{level} [*a, *a, *a, *a, *a, *a, *a]");
    }
    text
}

/// A name of 64 letters that differs from the others at its end.
fn long(prefix: &str, place: usize) -> String {
    format!(
        "{prefix}{}_{place:05}",
        "abcdefghij".repeat(6).get(..57 - prefix.len()).unwrap()
    )
}

fn unknown_keys() -> String {
    let keys: Vec<String> = (0..3_000).map(|place| long("titl", place)).collect();
    keys.join(": 1\n")
}

/// As many findings as are kept, all at the end of one line.
fn one_line() -> String {
    let names = (0..600)
        .map(|place| format!("k{place}: 1"))
        .collect::<Vec<_>>()
        .join(", ");
    format!("{{title: \"{}\", {names}}}", "很".repeat(80_000))
}

/// The parts of a file that is right in everything else.
#[derive(Default)]
struct Parts {
    fields: String,
    people: String,
    routing: String,
    states: String,
    anytime: String,
    clocks: String,
    messages: String,
    tests: String,
}

const TITLE: &str = "title: {zh: 名, en: Name}";

impl Parts {
    fn states(mut self, count: usize) -> Self {
        for state in 0..count {
            let on = match state + 1 {
                next if next < count => format!("to: s{next}"),
                _ => "close: done".to_owned(),
            };
            let _ = writeln!(
                self.states,
                "  s{state}: {{{TITLE}, owner: manager, actions: {{a: {{{TITLE}, by: manager, {on}}}}}}}"
            );
        }
        self
    }

    fn fields(mut self, count: usize, kind: &str) -> Self {
        for field in 0..count {
            let _ = writeln!(self.fields, "  f{field}: {{type: {kind}, {TITLE}}}");
        }
        self
    }

    fn anytime(mut self, count: usize) -> Self {
        for action in 0..count {
            let _ = writeln!(self.anytime, "  x{action}: {{{TITLE}, by: manager, to: s{action}}}");
        }
        self
    }

    fn action(&mut self, action: usize, rest: &str) {
        let _ = writeln!(self.anytime, "  x{action}: {{{TITLE}, by: manager, {rest}}}");
    }

    fn file(&self) -> String {
        let mut text = format!(
            "ombud: 1\nworkflow: hostile\nversion: 1\n{TITLE}\nsubject: \"{{f0}}\"\n\
             fields:\n  f0: {{type: text, {TITLE}, default: a}}\n{}\
             people:\n  manager: {{role: manager, always: true}}\n{}",
            self.fields.replacen("  f0:", "  f_0:", 1),
            self.people,
        );
        if !self.routing.is_empty() {
            let _ = write!(text, "routing:\n{}", self.routing);
        }
        let _ = write!(text, "start: s0\nstates:\n{}", self.states);
        if !self.anytime.is_empty() {
            let _ = write!(text, "anytime:\n{}", self.anytime);
        }
        let _ = write!(
            text,
            "outcomes:\n  done: {{{TITLE}, counts_as: satisfied}}\n\
             clocks:\n  all: {{{TITLE}, runs_in: open, limit: 1 days, ladder: [{{at: 100%, tell: manager, say: over}}]}}\n{}\
             messages:\n  over: {{zh: 到期, en: Over}}\n{}",
            self.clocks, self.messages,
        );
        if !self.tests.is_empty() {
            let _ = write!(text, "tests:\n{}", self.tests);
        }
        text
    }
}

fn fields_everywhere() -> String {
    let mut parts = Parts::default().states(80).fields(400, "text");
    for action in 0..80 {
        let names: Vec<String> = (0..50)
            .map(|field| format!("f{}", (field * 7 + action) % 400))
            .collect();
        parts.action(action, &format!("require: [{}], to: s{action}", names.join(", ")));
    }
    parts.file()
}

/// What is filled is known only after as many passes as there are states.
fn reversed() -> String {
    let mut parts = Parts::default().fields(490, "text");
    let _ = writeln!(
        parts.states,
        "  s0: {{{TITLE}, owner: manager, actions: {{a: {{{TITLE}, by: manager, to: s299}}}}}}"
    );
    for state in 1..300 {
        let back = if state == 1 {
            "close: done".to_owned()
        } else {
            format!("to: s{}", state - 1)
        };
        let field = state + 150;
        let _ = writeln!(
            parts.states,
            "  s{state}: {{{TITLE}, owner: manager, actions: {{a: {{{TITLE}, by: manager, require: [f{field}], {back}}}}}}}"
        );
    }
    parts.file()
}

fn cases(count: usize, states: usize) -> String {
    let mut parts = Parts::default().states(states.max(2)).fields(2, "number");
    let cases: Vec<String> = (0..count)
        .map(|case| format!("{{when: f1 == {case}, to: s{}}}", case % states))
        .collect();
    parts.action(
        0,
        &format!("require: [f1], to: [{}, {{else: true, to: s0}}]", cases.join(", ")),
    );
    parts.file()
}

/// Pauses that everybody enters and that lead back to everywhere.
fn ways_back() -> String {
    let mut parts = Parts::default().states(60);
    for pause in 0..25 {
        let _ = writeln!(
            parts.states,
            "  p{pause}: {{{TITLE}, owner: manager, pause: true, actions: {{a: {{{TITLE}, by: manager, to: back}}}}}}"
        );
        parts.action(pause, &format!("to: p{pause}"));
    }
    parts.action(60, "only_in: [p0, p1, p2, p3, p4, p5], to: back");
    parts.file()
}

fn unknown_states() -> String {
    let mut parts = Parts::default().states(20);
    for state in 0..260 {
        let name = long("s", state);
        let _ = writeln!(
            parts.states,
            "  {name}: {{{TITLE}, owner: manager, actions: {{a: {{{TITLE}, by: manager, close: done}}}}}}"
        );
    }
    for action in 0..30 {
        parts.action(action, &format!("to: {}", long("t", 90_000 + action).replace('j', "y")));
    }
    parts.file()
}

fn unknown_fields() -> String {
    let mut parts = Parts::default().states(30);
    for field in 0..400 {
        let _ = writeln!(parts.fields, "  {}: {{type: text, {TITLE}}}", long("f", field));
    }
    for action in 0..30 {
        let names: Vec<String> = (0..40)
            .map(|name| long("g", 50_000 + action * 40 + name).replace('j', "y"))
            .collect();
        parts.action(action, &format!("require: [{}], stay: true", names.join(", ")));
    }
    parts.file()
}

fn unknown_recipients() -> String {
    let mut parts = Parts::default().states(2);
    for rule in 0..290 {
        let _ = writeln!(parts.people, "  {}: {{role: agent, else: manager}}", long("r", rule));
    }
    let names: Vec<String> = (0..2_500)
        .map(|name| long("q", 50_000 + name).replace('j', "y"))
        .collect();
    parts.action(0, &format!("tell: [{}], say: over, stay: true", names.join(", ")));
    parts.file()
}

fn clocks() -> String {
    let mut parts = Parts::default().states(120);
    let states: Vec<String> = (0..120).map(|state| format!("s{state}")).collect();
    for clock in 0..60 {
        let _ = writeln!(
            parts.clocks,
            "  c{clock}: {{{TITLE}, runs_in: [{}], limit: 1 days, ladder: [{{at: 100%, tell: manager, say: over}}]}}",
            states
                .iter()
                .filter(|name| !name.ends_with(&(clock % 10).to_string()))
                .cloned()
                .collect::<Vec<_>>()
                .join(", ")
        );
    }
    parts.anytime(50).file()
}

fn doing_clocks() -> String {
    let mut parts = Parts::default().states(90).anytime(90);
    for clock in 0..40 {
        let rungs: Vec<String> = (0..20)
            .map(|rung| format!("{{at: {}%, do: x{}}}", 100 + rung, (clock + rung) % 90))
            .collect();
        let _ = writeln!(
            parts.clocks,
            "  c{clock}: {{{TITLE}, runs_in: [s{clock}, s{}], reentry: restart, limit: 1 days, ladder: [{}]}}",
            clock + 40,
            rungs.join(", ")
        );
    }
    parts.file()
}

fn rungs() -> String {
    let mut parts = Parts::default().states(2);
    let rungs: Vec<String> = (1..95)
        .map(|rung| format!("{{at: {rung}%, tell: manager, say: over, repeat: 1 minutes, times: 40}}"))
        .collect();
    let cases: Vec<String> = (1..95)
        .map(|days| format!("{{when: late(all), is: {days} days}}"))
        .collect();
    let _ = writeln!(
        parts.clocks,
        "  c: {{{TITLE}, runs_in: open, limit: [{}, {{else: true, is: 1 days}}], ladder: [{}]}}",
        cases.join(", "),
        rungs.join(", ")
    );
    parts.file()
}

fn routing(rows: usize, inputs: usize) -> String {
    let mut parts = Parts::default().states(2).fields(inputs + 1, "yes_no");
    let _ = writeln!(parts.fields, "  lead: {{type: department, {TITLE}}}");
    let options: Vec<String> = (0..600)
        .map(|option| format!("o{option}: {{zh: 项, en: Option}}"))
        .collect();
    let _ = writeln!(
        parts.fields,
        "  pick: {{type: choice, {TITLE}, options: {{{}}}}}",
        options.join(", ")
    );
    for row in 0..rows {
        let when: Vec<String> = (0..inputs)
            .filter(|input| (row + input) % 3 != 0)
            .map(|input| format!("f{}: {}", input + 1, row % 2 == 0))
            .collect();
        let _ = writeln!(
            parts.routing,
            "  - {{pick: o{}, {}, lead: finance}}",
            row % 600,
            when.join(", ")
        );
    }
    parts.action(0, "require: [pick], route: true, stay: true");
    parts.file()
}

/// Conditions as long as they may be.
fn expressions(part: &dyn Fn(usize) -> String) -> String {
    let mut parts = Parts::default().states(2).fields(40, "number");
    let mut place = 0;
    for action in 0..190 {
        let mut condition = part(place);
        loop {
            place += 1;
            let more = part(place);
            if condition.len() + more.len() > 1_000 {
                break;
            }
            condition = format!("{condition} || {more}");
        }
        parts.action(
            action,
            &format!("only_if: \"{condition}\", because: {{zh: 不, en: No}}, stay: true"),
        );
    }
    parts.file()
}

fn placeholders() -> String {
    let mut parts = Parts::default().states(2);
    for field in 0..300 {
        let _ = writeln!(parts.fields, "  {}: {{type: text, {TITLE}}}", long("f", field));
    }
    for message in 0..25 {
        let names: Vec<String> = (0..55)
            .map(|name| long("g", message * 55 + name).replace('j', "y"))
            .collect();
        let names = format!("{{{}}}", names.join("}{"));
        let _ = writeln!(parts.messages, "  m{message}: {{zh: \"{names}\", en: \"{names}\"}}");
    }
    parts.file()
}

fn four_eyes() -> String {
    let mut parts = Parts::default().states(30);
    let names: Vec<String> = (0..10).map(|action| format!("x{action}")).collect();
    for action in 0..300 {
        parts.action(action, &format!("not_by: [{}], stay: true", names.join(", ")));
    }
    parts.file()
}

fn people() -> String {
    let mut parts = Parts::default().states(60);
    for rule in 0..290 {
        let next = if rule == 289 {
            "manager".to_owned()
        } else {
            format!("r{}", rule + 1)
        };
        let _ = writeln!(parts.people, "  r{rule}: {{role: agent, else: {next}}}");
    }
    for action in 0..150 {
        let names: Vec<String> = (0..20).map(|name| format!("r{}", (name * 14 + action) % 290)).collect();
        let _ = writeln!(
            parts.anytime,
            "  x{action}: {{{TITLE}, by: [{}], not_by: [x0], tell: [{}], say: over, stay: true}}",
            names.join(", "),
            names.join(", ")
        );
    }
    parts.file()
}

fn stories(count: usize, passes: &str) -> String {
    let mut parts = Parts::default().states(2);
    for clock in 0..40 {
        let _ = writeln!(
            parts.clocks,
            "  c{clock}: {{{TITLE}, runs_in: open, limit: 1 minutes, ladder: [{{at: 100%, tell: manager, say: over, repeat: 1 minutes, times: 40}}]}}"
        );
    }
    for story in 0..count {
        let _ = writeln!(
            parts.tests,
            "  - {{name: t{story}, given: {{now: 2026-03-02 09:00}}, steps: [{{when: han creates, then: {{state: s0}}}}, {{when: {passes}, then: {{state: s0}}}}]}}"
        );
    }
    parts.file()
}

fn huge_numbers() -> String {
    let nines = "9".repeat(400);
    let values = ["version", "number_prefix"]
        .map(|key| format!("{key}: {nines}\n"))
        .concat();
    let numbers: String = iter::repeat_n(nines.as_str(), 500).enumerate().fold(String::new(), |mut text, (place, nines)| {
        let _ = writeln!(text, "  c{place}: {{limit: {nines} days, ladder: [{{at: {nines}%, repeat: {nines} minutes, times: {nines}}}]}}");
        text
    });
    let text = format!("ombud: {nines}\n{values}clocks:\n{numbers}");
    text.chars().take(FILE_BYTES_MAX).collect()
}
