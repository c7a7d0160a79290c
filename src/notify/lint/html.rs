//! What may stand where in the HTML of a mail: values outside of tags or within quotes, no scripts, no addresses of
//! somebody else's making.

use super::{Finding, Tag, finding};

/// Values that are addresses made by ombud itself and may stand at the beginning of `href`.
const ADDRESSES: &[&str] = &["link", "acknowledge_link"];

/// In HTML a value may stand between tags, or within a tag inside quotes; an address attribute only begins with an
/// address of ours. Scripts and handlers have no place in a mail.
pub(super) fn attributes(file: &str, source: &str, tags: &[Tag<'_>], findings: &mut Vec<Finding>) {
    let mut in_tag = false;
    let mut quote: Option<char> = None;
    // What stands in the HTML tag so far, to know the attribute; expressions are left out of it.
    let mut written = String::new();
    let mut next = tags.iter().peekable();
    let mut skip_until = 0_usize;
    for (at, character) in source.char_indices() {
        if at < skip_until {
            continue;
        }
        if let Some(tag) = next.next_if(|tag| tag.start == at) {
            skip_until = tag.end;
            if in_tag {
                within_tag(file, tag, quote, &written, findings);
            }
            continue;
        }
        if !in_tag {
            if character == '<' {
                in_tag = true;
                written.clear();
            }
            continue;
        }
        match (quote, character) {
            (None, '>') => {
                in_tag = false;
                forbidden(file, line_of(source, at), &written, findings);
            }
            (None, '"' | '\'') => {
                quote = Some(character);
                written.push(character);
            }
            (Some(open), _) if open == character => {
                quote = None;
                written.push(character);
            }
            _ => written.push(character.to_ascii_lowercase()),
        }
    }
}

fn within_tag(file: &str, tag: &Tag<'_>, quote: Option<char>, written: &str, findings: &mut Vec<Finding>) {
    let inside = tag.inside;
    if quote.is_none() {
        findings.push(finding(
            file,
            tag.line,
            format!("`{{{{{inside}}}}}` stands in an HTML tag outside of quotes"),
            "put the attribute's value into double quotes",
        ));
        return;
    }
    let block = inside.starts_with(['#', '/', '>']) || inside == "else";
    let Some((before, value)) = quote.and_then(|quote| written.rsplit_once(quote)) else {
        return;
    };
    let name = before
        .trim_end()
        .trim_end_matches('=')
        .trim_end()
        .rsplit(char::is_whitespace)
        .next()
        .unwrap_or_default();
    if matches!(name, "style" | "srcset") && !block {
        findings.push(finding(
            file,
            tag.line,
            format!("a value within `{name}`"),
            "write fixed styles, and values as text",
        ));
    }
    if matches!(name, "href" | "src" | "action" | "background")
        && !block
        && value.is_empty()
        && !ADDRESSES.contains(&inside)
    {
        findings.push(finding(
            file,
            tag.line,
            format!("`{name}` begins with `{{{{{inside}}}}}`, which need not be an address"),
            "use `{{link}}`, or begin with a fixed `https://…`",
        ));
    }
}

fn forbidden(file: &str, line: usize, written: &str, findings: &mut Vec<Finding>) {
    let name = written
        .split(|character: char| character.is_whitespace() || character == '/')
        .next()
        .unwrap_or_default();
    if matches!(
        name,
        "script" | "iframe" | "object" | "embed" | "form" | "input" | "link" | "base"
    ) {
        findings.push(finding(
            file,
            line,
            format!("`<{name}>` has no place in a mail"),
            "mail programs drop it; remove it",
        ));
    }
    let handler = written
        .split_whitespace()
        .skip(1)
        .any(|word| word.starts_with("on") && word.contains('='));
    if handler || written.contains("javascript:") {
        findings.push(finding(
            file,
            line,
            "a script within a tag",
            "mail programs drop it; remove it",
        ));
    }
}

fn line_of(source: &str, at: usize) -> usize {
    1 + source.bytes().take(at).filter(|byte| *byte == b'\n').count()
}
