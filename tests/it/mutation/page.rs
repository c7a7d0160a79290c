//! A shipped file with its definition: where slips can be made, and how.

use ombud::workflow::definition::{Action, Case, Definition, Join, Rung, Span, Step, Way};
use ombud::workflow::directory::Directory;
use ombud::workflow::expression::Expression;
use ombud::workflow::read::read;

use super::Mutant;

pub struct Page<'a> {
    pub source: &'a str,
    pub file: Definition,
    pub directory: &'a Directory,
}

impl<'a> Page<'a> {
    pub fn new(source: &'a str, directory: &'a Directory) -> Self {
        Self {
            source,
            file: read(source.as_bytes()).definition.unwrap(),
            directory,
        }
    }

    /// The text of a place.
    pub fn text(&self, span: Span) -> &'a str {
        &self.source[span.start..span.end]
    }

    /// The file with another text at a place.
    pub fn write(&self, span: Span, text: &str) -> Mutant {
        Mutant::of(format!(
            "{}{text}{}",
            &self.source[..span.start],
            &self.source[span.end..]
        ))
    }

    /// Each place written in turn.
    pub fn write_each(&self, spans: impl IntoIterator<Item = Span>, text: &str) -> Vec<Mutant> {
        spans.into_iter().map(|span| self.write(span, text)).collect()
    }

    /// The file with several places written at once.
    pub fn write_all(&self, mut edits: Vec<(Span, String)>) -> Mutant {
        edits.sort_by_key(|(span, _)| span.start);
        let mut source = self.source.to_owned();
        for (span, text) in edits.into_iter().rev() {
            source.replace_range(span.start..span.end, &text);
        }
        Mutant::of(source)
    }

    /// Lines under headings of the file, each heading made where it is missing: `("states", "  zz: …")`.
    pub fn put(&self, parts: &[(&str, &str)]) -> Mutant {
        let mut source = self.source.to_owned();
        for (heading, lines) in parts {
            let at = format!("\n{heading}:");
            match source.find(&at) {
                Some(start) => {
                    let line = start + 1 + source[start + 1..].find('\n').unwrap() + 1;
                    source.insert_str(line, &format!("{}\n", lines.trim_end()));
                }
                None => source = format!("{source}\n{heading}:\n{}\n", lines.trim_end()),
            }
        }
        Mutant::of(source)
    }

    /// A further key beside a value, in the style of the mapping it stands in.
    pub fn beside(&self, value: Span, key: &str) -> Mutant {
        let after = self.source[value.end..].trim_start_matches(['"', '\'', ']']);
        let at = self.source.len() - after.len();
        let in_braces = after.trim_start_matches(' ').starts_with([',', '}']);
        let line = self.source[..value.start].rfind('\n').map_or(0, |line| line + 1);
        let indent = self.source[line..].chars().take_while(|c| *c == ' ').count();
        let text = if in_braces {
            format!(", {key}")
        } else {
            format!("\n{}{key}", " ".repeat(indent))
        };
        self.write(Span { start: at, end: at }, &text)
    }

    /// A key in the block under a name (`review:`), as its first line.
    pub fn below(&self, name: Span, key: &str) -> Mutant {
        let end = name.end + self.source[name.end..].find('\n').unwrap() + 1;
        let indent = self.source[end..].chars().take_while(|c| *c == ' ').count();
        self.write(Span { start: end, end }, &format!("{}{key}\n", " ".repeat(indent)))
    }

    /// The whole line of a place.
    pub fn line(&self, span: Span) -> Span {
        let start = self.source[..span.start].rfind('\n').map_or(0, |at| at + 1);
        let end = self.source[span.end..]
            .find('\n')
            .map_or(self.source.len(), |at| span.end + at + 1);
        Span { start, end }
    }

    /// Where a text stands within a place.
    pub fn find(&self, span: Span, text: &str) -> Option<Span> {
        let at = span.start + self.text(span).find(text)?;
        Some(Span {
            start: at,
            end: at + text.len(),
        })
    }

    pub fn actions(&self) -> Vec<&Action> {
        let in_states = self.file.states.values().flat_map(|state| state.actions.values());
        in_states
            .chain(self.file.anytime.values())
            .chain(self.file.after_close.values())
            .collect()
    }

    pub fn joins(&self) -> Vec<&Join> {
        self.file.states.values().flat_map(|state| &state.joins).collect()
    }

    pub fn ways(&self) -> Vec<&Way> {
        let joins = self.joins().into_iter().map(|join| &join.way);
        self.actions()
            .into_iter()
            .map(|action| &action.way)
            .chain(joins)
            .collect()
    }

    pub fn steps(&self) -> Vec<&Step> {
        self.ways()
            .into_iter()
            .flat_map(|way| match way {
                Way::One(step) => vec![step],
                Way::Cases(cases) => cases.iter().map(|case| &case.step).collect(),
            })
            .collect()
    }

    pub fn cases(&self) -> Vec<&[Case]> {
        self.ways()
            .into_iter()
            .filter_map(|way| match way {
                Way::One(_) => None,
                Way::Cases(cases) => Some(cases.as_slice()),
            })
            .collect()
    }

    pub fn rungs(&self) -> Vec<&Rung> {
        self.file.clocks.values().flat_map(|clock| &clock.ladder).collect()
    }

    pub fn conditions(&self) -> Vec<&Expression> {
        let cases = self.cases().into_iter().flatten().filter_map(|case| case.when.as_ref());
        let guards = self
            .actions()
            .into_iter()
            .filter_map(|action| Some(&action.only_if.as_ref()?.condition));
        let limits = self
            .file
            .clocks
            .values()
            .flat_map(|clock| &clock.limit)
            .filter_map(|case| case.when.as_ref());
        cases.chain(guards).chain(limits).collect()
    }

    /// The rule that is never empty.
    pub fn always(&self) -> &str {
        self.file.people.values().find(|rule| rule.always).unwrap().id.as_str()
    }

    pub fn message(&self) -> &str {
        self.file.messages.keys().next().unwrap().as_str()
    }

    pub fn outcome(&self) -> &str {
        self.file.outcomes.keys().next().unwrap().as_str()
    }

    /// An action of `anytime` on one line: `zz_go` by the last resort, with these keys.
    pub fn anytime(&self, name: &str, keys: &str) -> String {
        format!(
            "  {name}: {{title: {{zh: 改, en: Change}}, by: {}, {keys}}}",
            self.always()
        )
    }

    /// A state with these lines below it.
    pub fn state(&self, name: &str, lines: &str) -> String {
        format!(
            "  {name}:\n    title: {{zh: 新, en: New}}\n    owner: {}\n{lines}",
            self.always()
        )
    }

    /// A clock on one line that tells the last resort, with these keys before its limit.
    pub fn clock(&self, name: &str, keys: &str) -> String {
        let (always, message) = (self.always(), self.message());
        format!(
            "  {name}:\n    title: {{zh: 时, en: Time}}\n    {keys}\n    limit: 1 hour\n    ladder:\n      - {{at: 100%, tell: {always}, say: {message}}}"
        )
    }
}
