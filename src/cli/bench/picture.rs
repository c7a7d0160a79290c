//! The figures as a picture: an SVG that reads on light and on dark pages, drawn without anybody's help.
//!
//! A row for each database: creates a second, CPU of a create, and a page of a list by the number of tickets.

use std::fmt::Write as _;

use super::figures::{Figures, Round, real};

const PANEL_WIDTH: f64 = 300.0;
const PANEL_HEIGHT: f64 = 190.0;
const MARGIN: f64 = 30.0;
const HEAD: f64 = 64.0;

/// Bars side by side under one name.
struct Group {
    name: String,
    /// Ombud, and the bare server where it was measured.
    values: Vec<f64>,
}

/// Draws all rounds that are kept.
pub fn draw(rounds: &[Round]) -> String {
    let mut names: Vec<&str> = rounds.iter().map(|round| round.database.as_str()).collect();
    names.dedup();
    let width = 3.0 * PANEL_WIDTH + 4.0 * MARGIN;
    let height = HEAD + real(names.len()) * (PANEL_HEIGHT + 2.0 * MARGIN);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" role=\"img\" \
         font-family=\"system-ui, sans-serif\" font-size=\"12\">\n\
         <title>ombud beside a bare server</title>\n\
         <style>text{{fill:#444}}.o{{fill:#2f7ed8}}.b{{fill:#9aa4ad}}.l{{stroke:#9aa4ad;stroke-opacity:.5}}\
         @media(prefers-color-scheme:dark){{text{{fill:#ccc}}.o{{fill:#5aa2f0}}.b{{fill:#7b858e}}}}</style>\n"
    );
    let _ = writeln!(
        svg,
        "<rect class=\"o\" x=\"{MARGIN}\" y=\"18\" width=\"12\" height=\"12\"/><text x=\"{}\" y=\"28\">ombud</text>\
         <rect class=\"b\" x=\"{}\" y=\"18\" width=\"12\" height=\"12\"/>\
         <text x=\"{}\" y=\"28\">bare server, same statements</text>",
        MARGIN + 18.0,
        MARGIN + 80.0,
        MARGIN + 98.0
    );
    for (row, name) in names.iter().enumerate() {
        let own: Vec<&Round> = rounds.iter().filter(|round| round.database == *name).collect();
        let top = HEAD + real(row) * (PANEL_HEIGHT + 2.0 * MARGIN);
        // The greatest database of which there is a copy for both.
        let Some(shown) = own.iter().rev().find(|round| round.tickets <= 100_000).or(own.last()) else {
            continue;
        };
        let by_connections = |value: &dyn Fn(&Figures) -> f64| -> Vec<Group> {
            let pairs = shown.pairs();
            let creates = pairs.filter(|(ours, _)| ours.operation == "create" && ours.rate.is_none());
            creates
                .map(|(ours, bare)| Group {
                    name: ours.connections.to_string(),
                    values: std::iter::once(ours).chain(bare).map(value).collect(),
                })
                .collect()
        };
        let title = format!("{name}: creates a second");
        panel(&mut svg, (0, top), &title, &by_connections(&Figures::per_second));
        let title = "CPU ms of a create, by connections";
        panel(&mut svg, (1, top), title, &by_connections(&Figures::cpu_together));
        let lists: Vec<Group> = own
            .iter()
            .map(|round| Group {
                name: format!("{} tickets", round.tickets),
                values: round
                    .pairs()
                    .find(|(ours, _)| ours.operation == "list" && ours.connections == 1)
                    .map(|(ours, bare)| std::iter::once(ours).chain(bare).map(|one| one.p50_ms).collect())
                    .unwrap_or_default(),
            })
            .collect();
        panel(&mut svg, (2, top), "a page of a list, ms (p50)", &lists);
    }
    svg.push_str("</svg>\n");
    svg
}

fn panel(svg: &mut String, (column, top): (usize, f64), title: &str, groups: &[Group]) {
    let left = MARGIN + real(column) * (PANEL_WIDTH + MARGIN);
    let base = top + PANEL_HEIGHT;
    let most = groups
        .iter()
        .flat_map(|group| group.values.iter().copied())
        .fold(f64::MIN_POSITIVE, f64::max);
    let _ = writeln!(svg, "<text x=\"{left}\" y=\"{top}\" font-weight=\"600\">{title}</text>");
    let _ = writeln!(
        svg,
        "<line class=\"l\" x1=\"{left}\" y1=\"{base:.1}\" x2=\"{:.1}\" y2=\"{base:.1}\"/>",
        left + PANEL_WIDTH
    );
    let room = PANEL_WIDTH / real(groups.len().max(1));
    for (place, group) in groups.iter().enumerate() {
        let from = left + real(place) * room;
        let bar = (room * 0.8 / real(group.values.len().max(1))).min(40.0);
        for (index, value) in group.values.iter().enumerate() {
            let tall = value / most * (PANEL_HEIGHT - 40.0);
            let x = from + real(index) * bar;
            let class = if index == 0 { "o" } else { "b" };
            let _ = writeln!(
                svg,
                "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{tall:.1}\"/>\
                 <text x=\"{:.1}\" y=\"{:.1}\" font-size=\"9\" text-anchor=\"middle\">{}</text>",
                base - tall,
                bar - 2.0,
                x + bar / 2.0,
                base - tall - 3.0,
                short(*value)
            );
        }
        let _ = writeln!(
            svg,
            "<text x=\"{from:.1}\" y=\"{:.1}\">{}</text>",
            base + 15.0,
            group.name
        );
    }
}

/// A number with as many digits as one can read on a bar.
fn short(value: f64) -> String {
    if value >= 100.0 {
        format!("{value:.0}")
    } else if value >= 1.0 {
        format!("{value:.1}")
    } else {
        format!("{value:.2}")
    }
}
