//! What was measured: times of single requests, what the server's process used, and the table made of it.

use std::fmt::Write as _;
use std::time::Duration;

use anyhow::Context;

/// Clock ticks a second in `/proc` on every Linux that Rust supports.
const TICKS_PER_SECOND: u64 = 100;

/// The outcome of one load: so many connections, one kind of request.
#[derive(Clone, Debug)]
pub struct Figures {
    /// `create`, `action`, `read`, `list`.
    pub operation: &'static str,
    pub connections: usize,
    pub requests: usize,
    pub failures: usize,
    pub seconds: f64,
    /// Milliseconds of CPU of the server's process, user and system, for each request.
    pub cpu_ms: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
}

impl Figures {
    /// Makes the figures of the times of all answered requests.
    pub fn of(operation: &'static str, connections: usize, mut times: Vec<Duration>, run: Run) -> Self {
        times.sort_unstable();
        let at = |share: usize| {
            let index = times.len().saturating_sub(1) * share / 100;
            times.get(index).map_or(0.0, |time| time.as_secs_f64() * 1e3)
        };
        Self {
            operation,
            connections,
            requests: times.len(),
            failures: run.failures,
            seconds: run.wall.as_secs_f64(),
            cpu_ms: run.cpu.as_secs_f64() * 1e3 / real(times.len().max(1)),
            p50_ms: at(50),
            p99_ms: at(99),
        }
    }

    pub fn per_second(&self) -> f64 {
        real(self.requests) / self.seconds.max(f64::EPSILON)
    }
}

/// What a load took as a whole.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    pub wall: Duration,
    /// CPU of the server's process.
    pub cpu: Duration,
    pub failures: usize,
}

/// A count as a number with a fraction; counts here stay far below 2⁵².
pub fn real(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::INFINITY, f64::from)
}

/// CPU that a process has used so far, user and system.
pub fn cpu_of(pid: u32) -> anyhow::Result<Duration> {
    let path = format!("/proc/{pid}/stat");
    let text =
        std::fs::read_to_string(&path).with_context(|| format!("cannot read {path}: CPU is measured on Linux only"))?;
    // The name of the program stands in brackets and may hold blanks; the fields are counted after it.
    let (_, rest) = text.rsplit_once(')').context("the form of /proc/PID/stat")?;
    let field = |index: usize| {
        rest.split_whitespace()
            .nth(index)
            .and_then(|field| field.parse::<u64>().ok())
    };
    let ticks = field(11)
        .zip(field(12))
        .map(|(user, system)| user + system)
        .context("the form of /proc/PID/stat")?;
    Ok(Duration::from_millis(ticks * 1000 / TICKS_PER_SECOND))
}

/// Memory that a process holds, in MiB.
pub fn memory_of(pid: u32) -> anyhow::Result<u64> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = text
        .lines()
        .find(|line| line.starts_with("VmRSS:"))
        .context("VmRSS in /proc/PID/status")?;
    let kilobytes: u64 = line.split_whitespace().nth(1).context("VmRSS")?.parse()?;
    Ok(kilobytes / 1024)
}

/// Figures of ombud beside those of the bare server, as a table in Markdown.
pub fn table(pairs: &[(Figures, Option<Figures>)]) -> String {
    let mut text = String::from(concat!(
        "| operation | connections | per second | p50 ms | p99 ms | CPU ms | bare: per second | p50 ms | p99 ms | CPU ms | CPU ratio |\n",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n"
    ));
    for (ours, bare) in pairs {
        let _ = write!(
            text,
            "| {} | {} | {} |",
            ours.operation,
            ours.connections,
            numbers(ours)
        );
        match bare {
            Some(bare) => {
                let ratio = if bare.cpu_ms > 0.0 {
                    ours.cpu_ms / bare.cpu_ms
                } else {
                    f64::NAN
                };
                let _ = writeln!(text, " {} | {ratio:.1} |", numbers(bare));
            }
            None => text.push_str(" – | – | – | – | – |\n"),
        }
    }
    text
}

fn numbers(figures: &Figures) -> String {
    format!(
        "{:.0} | {:.2} | {:.2} | {:.3}",
        figures.per_second(),
        figures.p50_ms,
        figures.p99_ms,
        figures.cpu_ms
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_made_of_times() {
        let times = (1..=100).map(Duration::from_millis).collect();
        let run = Run {
            wall: Duration::from_secs(2),
            cpu: Duration::from_millis(200),
            failures: 0,
        };
        let figures = Figures::of("create", 8, times, run);
        assert!((figures.per_second() - 50.0).abs() < 1e-9);
        assert!((figures.cpu_ms - 2.0).abs() < 1e-9);
        assert!((figures.p50_ms - 50.0).abs() < 1e-9 && (figures.p99_ms - 99.0).abs() < 1e-9);
        assert!(table(&[(figures.clone(), Some(figures))]).contains("| create | 8 | 50 | 50.00 | 99.00 | 2.000 |"));
    }

    #[test]
    fn the_cpu_of_this_process_is_read() {
        assert!(cpu_of(std::process::id()).is_ok());
        assert!(memory_of(std::process::id()).unwrap() > 0);
    }
}
