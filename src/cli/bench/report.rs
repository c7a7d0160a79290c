//! Figures kept from run to run, and the page made of them: `benchmarks.json`, `benchmarks.md`, `benchmarks.svg`.
//!
//! A round takes the place of the one before on the same database with as many tickets. On the page only what stands
//! between the two marks is written; the rest is by hand.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Context;

use super::figures::{Figures, Round};
use super::picture;

const FROM: &str = "<!-- figures: written by ombud bench --out -->\n";
const TO: &str = "<!-- end of figures -->";

/// Keeps a round in the folder and writes page and picture anew.
pub fn keep(folder: &Path, round: Round) -> anyhow::Result<()> {
    let file = folder.join("benchmarks.json");
    let mut rounds: Vec<Round> = match std::fs::read_to_string(&file) {
        Ok(text) => serde_json::from_str(&text).with_context(|| format!("cannot read {}", file.display()))?,
        Err(_) => Vec::new(),
    };
    rounds.retain(|kept| kept.database != round.database || kept.tickets != round.tickets);
    rounds.push(round);
    rounds.sort_by(|one, other| {
        let key = |round: &Round| (std::cmp::Reverse(round.database.clone()), round.tickets);
        key(one).cmp(&key(other))
    });
    let write = |name: &str, text: String| {
        let file = folder.join(name);
        std::fs::write(&file, text).with_context(|| format!("cannot write {}", file.display()))
    };
    write("benchmarks.json", serde_json::to_string_pretty(&rounds)? + "\n")?;
    write("benchmarks.svg", picture::draw(&rounds))?;
    let page = std::fs::read_to_string(folder.join("benchmarks.md")).unwrap_or_default();
    write("benchmarks.md", placed(&page, &rounds))
}

/// The page with the figures between the marks; a page without marks gets them at its end.
fn placed(page: &str, rounds: &[Round]) -> String {
    let mut figures = lists(rounds);
    for round in rounds {
        figures.push_str(&section(round));
    }
    let (before, after) = match page.split_once(FROM) {
        Some((before, rest)) => (before, rest.split_once(TO).map_or("", |(_, after)| after)),
        None => (page, "\n"),
    };
    format!("{before}{FROM}{figures}\n{TO}{after}")
}

/// One round as a table in Markdown.
pub fn section(round: &Round) -> String {
    let debug = if round.debug {
        " **A debug build, which says nothing about speed.**"
    } else {
        ""
    };
    let mut text = format!(
        "\n### {}, {} tickets\n\nMeasured {} on {} cores.{debug} Most memory held: ombud {} MiB, bare {} MiB. Filled in {:.0} s.\n\n",
        round.database, round.tickets, round.day, round.cores, round.memory, round.bare_memory, round.fill_seconds
    );
    text.push_str(concat!(
        "| load | connections | a second | p50 ms | p99 ms | max ms | CPU ms | bare: a second | p50 ms | p99 ms | max ms | CPU ms | ",
        "throughput | CPU |\n",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n"
    ));
    for (ours, bare) in round.pairs() {
        let open = if ours.rate.is_some() { ", open" } else { "" };
        let _ = write!(
            text,
            "| {}{open} | {} | {} |",
            ours.operation,
            ours.connections,
            numbers(ours)
        );
        match bare {
            Some(bare) => {
                let share = ours.per_second() / bare.per_second();
                let cpu = ours.cpu_together() / bare.cpu_together();
                let _ = writeln!(text, " {} | {share:.2} | {cpu:.1} |", numbers(bare));
            }
            None => text.push_str(" – | – | – | – | – | – | – |\n"),
        }
    }
    text
}

fn numbers(figures: &Figures) -> String {
    format!(
        "{:.0} | {:.2} | {:.2} | {:.0} | {:.3}",
        figures.per_second(),
        figures.p50_ms,
        figures.p99_ms,
        figures.max_ms,
        figures.cpu_together()
    )
}

/// Pages of lists beside each other for each size, one connection: what grows shows here.
fn lists(rounds: &[Round]) -> String {
    let mut text = String::from(
        "\n### Lists by size\n\nMilliseconds of a page of 50, one connection, p50 (p99).\n\n\
         | database | tickets | first page of open ones | what waits for me | 20 pages on |\n|---|---:|---:|---:|---:|\n",
    );
    for round in rounds {
        let _ = write!(text, "| {} | {} |", round.database, round.tickets);
        for operation in ["list", "my list", "deep list"] {
            let found = round
                .ours
                .iter()
                .find(|figures| figures.operation == operation && figures.connections == 1);
            match found {
                Some(figures) => {
                    let _ = write!(text, " {:.2} ({:.2}) |", figures.p50_ms, figures.p99_ms);
                }
                None => text.push_str(" – |"),
            }
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(database: &str, tickets: usize, second: usize) -> Round {
        let figures = |requests| Figures {
            operation: "create".to_owned(),
            connections: 1,
            rate: None,
            requests,
            seconds: 1.0,
            cpu_ms: 1.0,
            database_cpu_ms: 1.0,
            p50_ms: 1.0,
            p99_ms: 2.0,
            max_ms: 3.0,
        };
        Round {
            database: database.to_owned(),
            tickets,
            cores: 2,
            day: "2026-03-02".to_owned(),
            debug: false,
            fill_seconds: 1.0,
            ours: vec![figures(second)],
            bare: vec![figures(second * 2)],
            memory: 1,
            bare_memory: 1,
        }
    }

    #[test]
    fn a_round_takes_the_place_of_the_one_before_and_leaves_what_is_by_hand() {
        let folder = tempfile::tempdir().unwrap();
        let page = folder.path().join("benchmarks.md");
        std::fs::write(&page, format!("# Figures\n{FROM}old\n{TO}\n## By hand\n")).unwrap();
        keep(folder.path(), round("SQLite", 10, 5)).unwrap();
        keep(folder.path(), round("PostgreSQL", 10, 6)).unwrap();
        keep(folder.path(), round("SQLite", 10, 7)).unwrap();
        let text = std::fs::read_to_string(&page).unwrap();
        assert!(text.starts_with("# Figures\n") && text.ends_with("\n## By hand\n"));
        assert!(!text.contains("old") && !text.contains("| 5 |"));
        assert!(
            text.contains("| create | 1 | 7 | 1.00 | 2.00 | 3 | 2.000 | 14 | 1.00 | 2.00 | 3 | 2.000 | 0.50 | 1.0 |")
        );
        assert_eq!(text.matches("### ").count(), 3);
        let picture = std::fs::read_to_string(folder.path().join("benchmarks.svg")).unwrap();
        assert!(picture.starts_with("<svg"));
    }
}
