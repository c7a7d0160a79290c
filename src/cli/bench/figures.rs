//! What was measured: times of single requests and what they cost together.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::meter::Used;

/// The outcome of one load: so many connections, one kind of request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// `create`, `action`, `read`, `list`, `deep list`.
    pub operation: String,
    pub connections: usize,
    /// Requests a second that were sent whatever came back; `None` when each connection waited for its answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<f64>,
    pub requests: usize,
    pub seconds: f64,
    /// Milliseconds of CPU for each request, user and system: of the server, and of the database beside it.
    pub cpu_ms: f64,
    pub database_cpu_ms: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
    pub max_ms: f64,
}

/// What a load took as a whole.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    pub wall: Duration,
    pub used: Used,
}

/// Everything measured on one database of one size.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Round {
    /// `SQLite` or `PostgreSQL`.
    pub database: String,
    pub tickets: usize,
    pub cores: usize,
    /// The day it was measured.
    pub day: String,
    /// A build without optimisation says nothing about speed.
    pub debug: bool,
    pub fill_seconds: f64,
    pub ours: Vec<Figures>,
    pub bare: Vec<Figures>,
    /// The most memory the server held, in MiB.
    pub memory: u64,
    pub bare_memory: u64,
}

impl Figures {
    /// Makes the figures of the times of all answered requests.
    pub fn of(operation: &str, connections: usize, rate: Option<f64>, mut times: Vec<Duration>, run: Run) -> Self {
        times.sort_unstable();
        let at = |share: usize| {
            let index = times.len().saturating_sub(1) * share / 100;
            times.get(index).map_or(0.0, |time| time.as_secs_f64() * 1e3)
        };
        let each = |used: Duration| used.as_secs_f64() * 1e3 / real(times.len().max(1));
        Self {
            operation: operation.to_owned(),
            connections,
            rate,
            requests: times.len(),
            seconds: run.wall.as_secs_f64(),
            cpu_ms: each(run.used.server),
            database_cpu_ms: each(run.used.database),
            p50_ms: at(50),
            p99_ms: at(99),
            max_ms: at(100),
        }
    }

    pub fn per_second(&self) -> f64 {
        real(self.requests) / self.seconds.max(f64::EPSILON)
    }

    /// CPU of server and database together.
    pub fn cpu_together(&self) -> f64 {
        self.cpu_ms + self.database_cpu_ms
    }

    /// True for the same kind of load.
    pub fn is_like(&self, other: &Self) -> bool {
        self.operation == other.operation
            && self.connections == other.connections
            && self.rate.is_some() == other.rate.is_some()
    }
}

impl Round {
    /// Each load of ours with the same load of the bare server.
    pub fn pairs(&self) -> impl Iterator<Item = (&Figures, Option<&Figures>)> {
        self.ours
            .iter()
            .map(|ours| (ours, self.bare.iter().find(|bare| bare.is_like(ours))))
    }
}

/// A count as a number with a fraction; counts here stay far below 2⁵².
pub fn real(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::INFINITY, f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_made_of_times() {
        let times = (1..=100).map(Duration::from_millis).collect();
        let run = Run {
            wall: Duration::from_secs(2),
            used: Used {
                server: Duration::from_millis(200),
                database: Duration::from_millis(100),
            },
        };
        let figures = Figures::of("create", 8, None, times, run);
        let near = |found: f64, expected: f64| (found - expected).abs() < 1e-9;
        assert!(near(figures.per_second(), 50.0));
        assert!(near(figures.cpu_ms, 2.0) && near(figures.cpu_together(), 3.0));
        assert!(near(figures.p50_ms, 50.0) && near(figures.p99_ms, 99.0) && near(figures.max_ms, 100.0));
    }
}
