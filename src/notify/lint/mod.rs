//! Judges mail templates before they are loaded: what could bring the process down, or turn a ticket's text into HTML.
//!
//! The template engine can be made to overflow the stack by two partials that include each other, and by blocks nested
//! a thousand deep; unquoted attributes and `{{{x}}}` pass text through unescaped (TRUST, fact 5). So this is read with
//! a small scanner of our own *before* the engine sees it. Findings name file, line and cure.

mod html;

use std::collections::{BTreeMap, BTreeSet};

/// Bytes a template may have.
pub const TEMPLATE_SIZE_MAX: usize = 64 * 1024;
/// How deep blocks may nest.
pub const NESTING_MAX: usize = 32;
/// How deep `(…)` may nest within a tag.
const PARENTHESES_MAX: usize = 8;
/// Bytes of one tag.
const TAG_LENGTH_MAX: usize = 500;
/// Block helpers a mail may use.
const BLOCKS: &[&str] = &["if", "unless", "each"];

/// What is wrong with a template.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {what}; {cure}")]
pub struct Finding {
    pub file: String,
    /// From 1.
    pub line: usize,
    pub what: String,
    pub cure: String,
}

/// A tag of the template language with its place.
struct Tag<'a> {
    line: usize,
    /// Byte offset of the first `{`.
    start: usize,
    /// Byte offset after the last `}`.
    end: usize,
    /// Between the braces, `~` and blanks removed.
    inside: &'a str,
    raw: bool,
}

/// Judges all templates of one language together; the key is the file name without `.hbs`.
pub fn lint(templates: &BTreeMap<String, String>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut includes: BTreeMap<&str, Vec<(&str, usize)>> = BTreeMap::new();
    for (file, source) in templates {
        if source.len() > TEMPLATE_SIZE_MAX {
            findings.push(finding(file, 1, "the file is larger than 64 KiB", "shorten it"));
            continue;
        }
        let tags = match tags(source) {
            Ok(tags) => tags,
            Err(line) => {
                findings.push(finding(
                    file,
                    line,
                    "`{{` without `}}`",
                    "close the tag on the same line or below",
                ));
                continue;
            }
        };
        nesting(file, &tags, &mut findings);
        for tag in &tags {
            allowed(file, tag, &mut findings);
            if let Some(name) = tag.inside.strip_prefix('>') {
                includes.entry(file).or_default().push((name.trim(), tag.line));
            }
        }
        if is_html(file) {
            html::attributes(file, source, &tags, &mut findings);
        }
    }
    partials(templates, &includes, &mut findings);
    findings
}

/// By the name without `.hbs`: `clock.html`.
pub(super) fn is_html(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, part)| part == "html")
}

fn finding(file: &str, line: usize, what: impl Into<String>, cure: impl Into<String>) -> Finding {
    Finding {
        file: format!("{file}.hbs"),
        line,
        what: what.into(),
        cure: cure.into(),
    }
}

/// All tags in order; the line of a tag that never ends otherwise.
fn tags(source: &str) -> Result<Vec<Tag<'_>>, usize> {
    let mut found = Vec::new();
    let mut rest = source;
    let mut offset = 0_usize;
    let mut line = 1_usize;
    while let Some((before, after)) = rest.split_once("{{") {
        line += before.matches('\n').count();
        let start = offset + before.len();
        let raw = after.starts_with('{');
        let comment = after.trim_start_matches('~').starts_with("!--");
        let close = if comment {
            "--}}"
        } else if raw {
            "}}}"
        } else {
            "}}"
        };
        let (inside, remaining) = after.split_once(close).ok_or(line)?;
        let end = source.len() - remaining.len();
        if !comment {
            let trimmed = inside
                .trim_matches(|character: char| character == '~' || character == '{')
                .trim();
            found.push(Tag {
                line,
                start,
                end,
                inside: trimmed,
                raw,
            });
        }
        line += inside.matches('\n').count();
        rest = remaining;
        offset = end;
    }
    Ok(found)
}

fn nesting(file: &str, tags: &[Tag<'_>], findings: &mut Vec<Finding>) {
    let mut open: Vec<(&str, usize)> = Vec::new();
    for tag in tags {
        if let Some(name) = tag.inside.strip_prefix('#') {
            let name = name.split_whitespace().next().unwrap_or_default();
            open.push((name, tag.line));
            if open.len() == NESTING_MAX + 1 {
                findings.push(finding(
                    file,
                    tag.line,
                    format!("blocks nest deeper than {NESTING_MAX}"),
                    "move the inner ones into a partial",
                ));
            }
        } else if let Some(name) = tag.inside.strip_prefix('/') {
            let name = name.trim();
            match open.pop() {
                Some((opened, _)) if opened == name => {}
                Some((opened, line)) => findings.push(finding(
                    file,
                    tag.line,
                    format!("`{{{{/{name}}}}}` closes `{{{{#{opened}}}}}` of line {line}"),
                    format!("write `{{{{/{opened}}}}}`"),
                )),
                None => findings.push(finding(
                    file,
                    tag.line,
                    format!("`{{{{/{name}}}}}` closes nothing"),
                    "remove it or open the block before",
                )),
            }
        }
    }
    if let Some((name, line)) = open.first() {
        findings.push(finding(
            file,
            *line,
            format!("`{{{{#{name}}}}}` is never closed"),
            format!("write `{{{{/{name}}}}}` after it"),
        ));
    }
}

/// Only values, the three block helpers and plain partials.
fn allowed(file: &str, tag: &Tag<'_>, findings: &mut Vec<Finding>) {
    let inside = tag.inside;
    let mut wrong = |what: String, cure: &str| findings.push(finding(file, tag.line, what, cure));
    if tag.raw || inside.starts_with('&') {
        return wrong(
            "`{{{…}}}` and `{{&…}}` put text in unescaped".to_owned(),
            "write it with two braces: `{{…}}`",
        );
    }
    if inside.len() > TAG_LENGTH_MAX {
        return wrong(format!("a tag is longer than {TAG_LENGTH_MAX} bytes"), "shorten it");
    }
    if inside.starts_with('*') || inside.starts_with("#*") || inside.starts_with("#>") {
        return wrong(
            "decorators and partial blocks are not allowed".to_owned(),
            "put the text into a file of its own and include it with `{{> name}}`",
        );
    }
    if inside.matches('(').count() > PARENTHESES_MAX {
        return wrong(
            format!("more than {PARENTHESES_MAX} parentheses in one tag"),
            "take the expression apart",
        );
    }
    if let Some(partial) = inside.strip_prefix('>') {
        let name = partial.trim();
        if !name
            .chars()
            .all(|character| character.is_ascii_alphanumeric() || matches!(character, '_' | '.' | '-'))
        {
            wrong(
                "a partial must be named plainly, without parameters".to_owned(),
                "write `{{> _name.text}}`",
            );
        }
        return;
    }
    if let Some(block) = inside.strip_prefix('#') {
        let name = block.split_whitespace().next().unwrap_or_default();
        if !BLOCKS.contains(&name) {
            wrong(
                format!("there is no block `{name}`"),
                "only `if`, `unless` and `each` are known",
            );
        }
        return;
    }
    let value = inside.trim_start_matches('/');
    if inside.starts_with('/') || value == "else" || value.starts_with("else ") {
        return;
    }
    if !value
        .chars()
        .all(|character| character.is_ascii_alphanumeric() || matches!(character, '_' | '.' | '@'))
    {
        wrong(
            format!(
                "`{{{{{}}}}}` is no plain value",
                crate::notify::address::one_line(value, 60)
            ),
            "write a name such as `{{number}}` or `{{clock.title}}`",
        );
    }
}

/// Partials must be there, begin with `_`, and never come back to themselves.
fn partials(
    templates: &BTreeMap<String, String>,
    includes: &BTreeMap<&str, Vec<(&str, usize)>>,
    findings: &mut Vec<Finding>,
) {
    for (file, included) in includes {
        for (name, line) in included {
            if !templates.contains_key(*name) {
                findings.push(finding(
                    file,
                    *line,
                    format!("there is no partial `{name}`"),
                    format!("add the file {name}.hbs or correct the name"),
                ));
            } else if !name.starts_with('_') {
                findings.push(finding(
                    file,
                    *line,
                    format!("`{name}` is no partial"),
                    "partials begin with `_`",
                ));
            }
        }
    }
    for file in includes.keys() {
        let mut seen = BTreeSet::new();
        let mut waiting: Vec<(&str, usize)> = includes.get(file).cloned().unwrap_or_default();
        while let Some((name, line)) = waiting.pop() {
            if name == *file {
                findings.push(finding(
                    file,
                    line,
                    "the partial includes itself, directly or through others",
                    "take one of the inclusions out",
                ));
                break;
            }
            if seen.insert(name) {
                waiting.extend(
                    includes
                        .get(name)
                        .into_iter()
                        .flatten()
                        .map(|(inner, _)| (*inner, line)),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(files: &[(&str, &str)]) -> Vec<String> {
        let templates = files
            .iter()
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
            .collect();
        lint(&templates).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn each_trap_is_found_with_file_line_and_cure() {
        let deep = format!("{}{}", "{{#if a}}\n".repeat(33), "{{/if}}".repeat(33));
        let long = "x".repeat(TEMPLATE_SIZE_MAX + 1);
        let cases: &[(&str, &str, &str)] = &[
            (
                "a.text",
                "x\n{{{name}}}",
                "a.text.hbs:2: `{{{…}}}` and `{{&…}}` put text in unescaped; write it with two braces",
            ),
            ("a.text", "{{&name}}", "unescaped"),
            ("a.text", "{{{{raw}}}} {{{{/raw}}}}", "unescaped"),
            ("a.text", "{{#with clock}}{{/with}}", "there is no block `with`"),
            ("a.text", "{{#*inline \"x\"}}{{/inline}}", "decorators"),
            ("a.text", "{{#> _x.text}}{{/_x.text}}", "decorators"),
            ("a.text", "{{> (lookup . 'x')}}", "named plainly"),
            ("a.text", "{{> _x.text}}", "there is no partial `_x.text`"),
            ("a.text", "{{lookup clock name}}", "is no plain value"),
            ("a.text", "{{eq (a (b (c (d (e (f (g (h (i)))))))))}}", "parentheses"),
            ("a.text", "{{#if a}}", "a.text.hbs:1: `{{#if}}` is never closed"),
            ("a.text", "{{/if}}", "closes nothing"),
            (
                "a.text",
                "{{#if a}}\n{{/each}}",
                "a.text.hbs:2: `{{/each}}` closes `{{#if}}` of line 1",
            ),
            ("a.text", "a\n{{name", "a.text.hbs:2: `{{` without `}}`"),
            ("a.text", &deep, "a.text.hbs:33: blocks nest deeper than 32"),
            ("a.text", &long, "larger than 64 KiB"),
            ("a.html", "<p class={{name}}>", "outside of quotes"),
            (
                "a.html",
                "<a\n href=\"{{name}}\">",
                "a.html.hbs:2: `href` begins with `{{name}}`",
            ),
            ("a.html", "<p style=\"color: {{name}}\">", "a value within `style`"),
            ("a.html", "<script>x</script>", "`<script>` has no place"),
            ("a.html", "<p onclick=\"x()\">", "a script within a tag"),
            ("a.html", "<a href=\"javascript:x()\">", "a script within a tag"),
        ];
        for (file, text, expected) in cases {
            let found = judge(&[(file, text)]);
            assert!(
                found.iter().any(|finding| finding.contains(expected)),
                "{text}: {found:?}"
            );
        }
    }

    #[test]
    fn partials_that_come_back_to_themselves_are_found() {
        let found = judge(&[
            ("_a.text", "{{> _b.text}}"),
            ("_b.text", "\n{{> _c.text}}"),
            ("_c.text", "{{> _a.text}}"),
        ]);
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(found.iter().all(|finding| finding.contains("includes itself")));
        assert_eq!(judge(&[("_a.text", "{{> _a.text}}")]).len(), 1);
    }

    #[test]
    fn what_mails_need_passes() {
        let html = "<!doctype html>\n<a class=\"x\" href=\"{{link}}\" title=\"{{number}}\">{{number}}</a>\
                    {{#if linked}}<a href=\"https://x.test/{{number}}\">{{else}}<p>{{/if}}{{!-- <p class={{x}}> --}}\
                    {{#each others}}{{this}}{{/each}}{{> _foot.html}}";
        assert_eq!(judge(&[("a.html", html), ("_foot.html", "<hr>")]), Vec::<String>::new());
    }
}
