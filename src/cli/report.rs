//! Findings for people at a terminal, for programs, and for the annotations of a build server.

use std::fmt::Write as _;
use std::ops;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Patch, Renderer, Snippet};
use serde::Serialize;

use crate::texts::{Language, say};
use crate::workflow::definition::Span;
use crate::workflow::finding::{Finding, Lines, Severity, Shown};
use crate::workflow::read::FILE_BYTES_MAX;

/// Columns of the terminal that a line of the file may take.
const WIDTH: usize = 120;

/// Each finding with its place in the file and, where there is one, the fix as a difference. Empty without findings.
pub fn human(findings: &[Finding], source: &str, file: &str, language: Language, colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.term_width(WIDTH).decor_style(DecorStyle::Ascii);
    let mut text = String::new();
    for finding in findings {
        let groups = groups(finding, source, file, language);
        let _ = writeln!(text, "{}\n", renderer.render(&groups));
    }
    text
}

fn groups<'a>(finding: &'a Finding, source: &'a str, file: &'a str, language: Language) -> Vec<Group<'a>> {
    let level = match finding.severity {
        Severity::Error => Level::ERROR.with_name(say(language, "report-error", &[])),
        Severity::Warning => Level::WARNING.with_name(say(language, "report-warning", &[])),
    };
    let title = level
        .primary_title(visible(&finding.sentence(language)))
        .id(finding.code.as_str());
    // What is too large to be read is too large to be shown.
    if source.is_empty() || source.len() > FILE_BYTES_MAX {
        return vec![title.element(Origin::path(file))];
    }
    let label = finding.suggestion(language).map(|suggestion| visible(&suggestion));
    let window = Window::around(source, finding.notes.iter().map(|note| note.span).chain([finding.span]));
    let mut snippet = window
        .snippet(file)
        .annotation(AnnotationKind::Primary.span(window.range(finding.span)).label(label));
    for note in &finding.notes {
        let label = visible(&finding.note_sentence(language, note));
        snippet = snippet.annotation(AnnotationKind::Context.span(window.range(note.span)).label(label));
    }
    let mut groups = vec![title.element(snippet)];
    if let Some(fix) = finding.fix.as_ref().filter(|fix| !fix.replacement.is_empty()) {
        let window = Window::around(source, [fix.span]);
        let patch = Patch::new(window.range(fix.span), fix.replacement.as_str());
        let help = Level::HELP.with_name(say(language, "report-fix", &[]));
        let title = help.secondary_title(say(language, "report-write", &[]));
        groups.push(title.element(window.snippet(file).patch(patch)));
    }
    groups
}

/// The lines of the file that a finding is about: to lay out the whole file for each of 500 findings takes minutes.
struct Window<'a> {
    text: &'a str,
    /// Byte offset of its first line, and that line's number.
    start: usize,
    line: usize,
}

impl<'a> Window<'a> {
    fn around(source: &'a str, spans: impl IntoIterator<Item = Span>) -> Self {
        let (mut first, mut last) = (source.len(), 0);
        for span in spans {
            first = first.min(floor(span.start, source));
            last = last.max(floor(span.end.max(span.start), source));
        }
        let before = source.get(..first).unwrap_or_default();
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let behind = source.get(last..).unwrap_or_default();
        let end = behind.find('\n').map_or(source.len(), |at| last + at + 1);
        Self {
            text: source.get(start..end).unwrap_or_default(),
            start,
            line: before.matches('\n').count() + 1,
        }
    }

    fn snippet<T: Clone>(&self, file: &'a str) -> Snippet<'a, T> {
        Snippet::source(self.text).line_start(self.line).path(file)
    }

    /// The span as a range of whole characters of the window.
    fn range(&self, span: Span) -> ops::Range<usize> {
        let start = floor(span.start.saturating_sub(self.start), self.text);
        let end = floor(span.end.max(span.start).saturating_sub(self.start), self.text);
        start..end.max(start)
    }
}

fn floor(mut at: usize, source: &str) -> usize {
    at = at.min(source.len());
    while !source.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Control characters of a file must not reach the terminal.
fn visible(text: &str) -> String {
    let replaced = text
        .chars()
        .map(|character| if character.is_control() { '\u{fffd}' } else { character });
    replaced.collect()
}

/// One JSON object for each finding, a line each.
pub fn json_lines(findings: &[Finding], source: &str, file: &str, language: Language) -> String {
    #[derive(Serialize)]
    struct Line<'a> {
        file: &'a str,
        #[serde(flatten)]
        shown: Shown,
    }
    let lines = Lines::new(source);
    let mut text = String::new();
    for finding in findings {
        let shown = finding.shown(&lines, language);
        if let Ok(line) = serde_json::to_string(&Line { file, shown }) {
            text.push_str(&line);
            text.push('\n');
        }
    }
    text
}

/// Lines that build servers show beside the file: `::error file=…,line=…::…`.
pub fn annotations(findings: &[Finding], source: &str, file: &str, language: Language) -> String {
    let lines = Lines::new(source);
    let mut text = String::new();
    for finding in findings {
        let shown = finding.shown(&lines, language);
        let level = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let range = shown.range;
        let mut message = shown.message;
        if let Some(suggestion) = finding.suggestion(language) {
            message.push_str(" — ");
            message.push_str(&suggestion);
        }
        let _ = writeln!(
            text,
            "::{level} file={},line={},endLine={},col={},endColumn={},title={}::{}",
            property(file),
            range.line,
            range.end_line,
            range.column,
            range.end_column,
            shown.code,
            escaped(&message),
        );
    }
    text
}

fn escaped(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    escaped(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workflow::finding::Code;

    const SOURCE: &str = "title: {zh: 投诉, enn: Complaint}\n";

    fn findings() -> Vec<Finding> {
        let span = Span { start: 20, end: 23 };
        let finding = Finding::new(Code::ReadUnknownKey, span)
            .with("key", "enn")
            .with("known", "zh, en");
        vec![finding.near(Some("en".into()))]
    }

    #[test]
    fn columns_of_chinese_text_are_right() {
        let text = human(&findings(), SOURCE, "a.yaml", Language::En, false);
        let rows: Vec<_> = text.lines().collect();
        assert_eq!(rows[0], "error[READ03]: “enn” is not known here. Known are: zh, en");
        assert_eq!(rows[1], " --> a.yaml:1:17");
        // Both Chinese characters take two columns of the terminal.
        assert_eq!(rows[3], "1 | title: {zh: 投诉, enn: Complaint}");
        assert_eq!(rows[4], "  |                   ^^^ Did you mean “en”?");
        assert!(text.contains("1 - title: {zh: 投诉, enn: Complaint}"), "{text}");
        assert!(text.contains("1 + title: {zh: 投诉, en: Complaint}"), "{text}");
    }

    #[test]
    fn other_programs_get_the_same_place() {
        let json = json_lines(&findings(), SOURCE, "a.yaml", Language::Zh);
        let value: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(value["line"], 1);
        assert_eq!(value["column"], 17);
        assert_eq!(value["end_column"], 20);
        assert_eq!(value["severity"], "error");
        assert_eq!(value["fix"]["replacement"], "en");
        assert_eq!(
            annotations(&findings(), SOURCE, "a,b.yaml", Language::En),
            "::error file=a%2Cb.yaml,line=1,endLine=1,col=17,endColumn=20,title=READ03::\
             “enn” is not known here. Known are: zh, en — Did you mean “en”?\n"
        );
    }

    #[test]
    fn a_place_beyond_the_file_is_its_end() {
        let mut findings = findings();
        findings[0].span = Span { start: 999, end: 1000 };
        findings[0].fix = None;
        assert!(human(&findings, SOURCE, "a.yaml", Language::Zh, true).contains("READ03"));
        assert!(human(&findings, "", "a.yaml", Language::Zh, false).contains("a.yaml"));
    }
}
