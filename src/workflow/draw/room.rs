//! The words of a picture and the room they take: lines, widths, what is written in full only in the tooltip.

use layout::core::geometry::Point;

use super::graph::{Edge, Node};
use crate::texts::Language;

/// Most lines of words on one edge.
const LINES_MAX: usize = 4;
/// Most limits under the title of a state.
const LIMITS_MAX: usize = 2;
/// Longest line of words, in units of a Latin letter.
const LINE_MAX: usize = 44;
/// Height of a line of words on an edge, and what layout-rs takes a character to be wide.
pub const LINE: f64 = 16.;

/// What is written on an edge: a title for each step, and the condition under it.
pub fn words(edge: &Edge) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for step in &edge.steps {
        let title = shortened(&step.title);
        if !words.contains(&title) {
            words.push(title);
        }
        if let Some(when) = &step.when {
            words.push(shortened(&format!("[{when}]")));
        }
    }
    if words.len() > LINES_MAX {
        words.truncate(LINES_MAX - 1);
        words.push("…".to_owned());
    }
    words
}

/// Units of a Latin letter; a Chinese one is as wide as two.
fn units(text: &str) -> usize {
    unicode_width::UnicodeWidthStr::width(text)
}

/// At most one line long.
pub fn shortened(text: &str) -> String {
    if units(text) <= LINE_MAX {
        return text.to_owned();
    }
    let mut short = String::new();
    for letter in text.chars() {
        if units(&short) + 2 >= LINE_MAX {
            break;
        }
        short.push(letter);
    }
    short.push('…');
    short
}

/// As many lines and as wide as the words, beginning with the edge's number.
pub fn stand_in(index: usize, words: &[String]) -> String {
    let width = words.iter().map(|line| width(line, 12.)).fold(0., f64::max);
    if words.is_empty() {
        return String::new();
    }
    let mut letters = format!("{index}");
    while width > LINE * to_f64(letters.len()) {
        letters.push('x');
    }
    let mut lines = vec![letters];
    lines.resize(words.len(), "x".to_owned());
    lines.join("\n")
}

/// Small numbers only: lengths of words and counts of lines.
pub fn to_f64(count: usize) -> f64 {
    u32::try_from(count).map_or(0., f64::from)
}

/// How wide a text is drawn, in pixels.
pub fn width(text: &str, font: f64) -> f64 {
    to_f64(units(text)) * font * 0.53
}

/// A line under the title: the limits of the clocks that run here.
pub fn under(node: &Node) -> String {
    let mut limits = node.limits.clone();
    limits.dedup();
    if limits.len() > LIMITS_MAX {
        limits.truncate(LIMITS_MAX);
        limits.push("…".to_owned());
    }
    shortened(&limits.join(" · "))
}

/// Size of a node.
pub fn size(node: &Node) -> Point {
    let under = under(node);
    let wide = width(&shortened(&node.title), 13.).max(width(&under, 11.)) + 30.;
    Point::new(wide.max(92.), if under.is_empty() { 36. } else { 48. })
}

/// All about an edge, a line for each step: who may take it, and when.
pub fn told(edge: &Edge, language: Language) -> String {
    let mut lines = Vec::new();
    for step in &edge.steps {
        let mut line = step.title.clone();
        if !step.by.is_empty() {
            line = format!("{line} ({})", step.by.join(", "));
        }
        if let Some(how) = step.how(language) {
            line = format!("{line} ({how})");
        }
        if let Some(when) = &step.when {
            line = format!("{line} [{when}]");
        }
        lines.push(line);
    }
    lines.join("\n")
}

/// Text within the picture: nothing of it can be markup.
pub fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push('\n'),
            _ if character.is_control() => escaped.push(' '),
            _ => escaped.push(character),
        }
    }
    escaped
}
