//! The picture as Mermaid text (`stateDiagram-v2`), for documents and for readers of plain text.

use std::fmt::Write as _;

use super::graph::{Graph, NodeKind, Step};
use crate::texts::Language;
use crate::workflow::definition::Definition;

/// Longest condition shown, in characters.
const CONDITION_MAX: usize = 60;

/// The whole diagram. The same definition always gives the same text.
pub fn mermaid(definition: &Definition, language: Language) -> String {
    let graph = Graph::new(definition, language);
    let mut text = format!("---\ntitle: {}\n---\nstateDiagram-v2\n", quoted(&graph.title));
    // Writing to a text cannot fail.
    let _ = write(&mut text, &graph, language);
    text
}

fn write(text: &mut String, graph: &Graph, language: Language) -> std::fmt::Result {
    writeln!(text, "    [*] --> {}", id(&graph.start))?;
    for (key, node) in &graph.nodes {
        writeln!(text, "    state \"{}\" as {}", escaped(&node.title), id(key))?;
    }
    for ((from, to), edge) in &graph.edges {
        for step in &edge.steps {
            writeln!(
                text,
                "    {} --> {} : {}",
                id(from),
                id(to),
                escaped(&label(step, language))
            )?;
        }
    }
    for (key, _) in graph.nodes.iter().filter(|(_, node)| node.is_end()) {
        writeln!(text, "    {} --> [*]", id(key))?;
    }
    for (key, node) in graph.nodes.iter().filter(|(_, node)| !node.lines.is_empty()) {
        writeln!(text, "    note right of {}", id(key))?;
        for line in &node.lines {
            writeln!(text, "        {}", escaped(line))?;
        }
        writeln!(text, "    end note")?;
    }
    text.push_str("    classDef apart stroke-dasharray: 5 4\n    classDef unknown stroke:#c00\n");
    for (key, node) in &graph.nodes {
        match node.kind {
            NodeKind::Anytime | NodeKind::AfterClose | NodeKind::Pause => {
                writeln!(text, "    class {} apart", id(key))?;
            }
            NodeKind::Unknown => writeln!(text, "    class {} unknown", id(key))?,
            NodeKind::State | NodeKind::Outcome(_) | NodeKind::Workflow => {}
        }
    }
    Ok(())
}

/// `提交值班长（creator）`, with the condition where there is one.
fn label(step: &Step, language: Language) -> String {
    let mut label = step.title.clone();
    if !step.by.is_empty() {
        label = format!("{label} ({})", step.by.join(", "));
    }
    if let Some(how) = step.how(language) {
        label = format!("{label} ({how})");
    }
    if let Some(when) = &step.when {
        let mut shown: String = when.chars().take(CONDITION_MAX).collect();
        if shown.len() < when.len() {
            shown.push('…');
        }
        label = format!("{label} [{shown}]");
    }
    label
}

/// Ids may not be words of Mermaid (`state`, `end`, `note`, …): each gets a prefix that none has.
fn id(key: &str) -> String {
    format!("s_{}", key.replace('.', "_"))
}

/// What has a meaning in Mermaid stands as its character code; everything on one line.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '"' | '#' | ';' | ':' | '%' | '<' | '>' | '{' | '}' | '[' | ']' | '|' | '&' | '`' | '\\' => {
                let _ = write!(escaped, "#{};", u32::from(character));
            }
            _ if character.is_control() => escaped.push(' '),
            _ => escaped.push(character),
        }
    }
    escaped
}

/// A title as a quoted text of YAML.
fn quoted(text: &str) -> String {
    let plain: String = text
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect();
    format!("\"{}\"", plain.replace('\\', "\\\\").replace('"', "\\\""))
}
