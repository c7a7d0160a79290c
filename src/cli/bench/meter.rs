//! What processes cost, from `/proc`: CPU and memory of the server, and of the PostgreSQL it works on.

use std::time::Duration;

use anyhow::Context;

/// Clock ticks a second in `/proc` on every Linux that Rust supports.
const TICKS_PER_SECOND: u64 = 100;

/// The processes whose CPU is counted together.
#[derive(Clone, Copy, Debug)]
pub struct Meter {
    /// The server that is measured.
    pub server: u32,
    /// The head of the PostgreSQL it works on, whose backends and helpers are its children.
    pub postmaster: Option<u32>,
}

/// CPU used so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Used {
    pub server: Duration,
    pub database: Duration,
}

impl Meter {
    pub fn used(self) -> anyhow::Result<Used> {
        let server = stat(self.server)?;
        Ok(Used {
            server: server.own,
            database: self.postmaster.map_or(Ok(Duration::ZERO), family)?,
        })
    }
}

impl Used {
    pub fn since(self, before: Self) -> Self {
        Self {
            server: self.server.saturating_sub(before.server),
            database: self.database.saturating_sub(before.database),
        }
    }
}

/// A process and all its children: those that live by themselves, those that have ended through their parent.
fn family(head: u32) -> anyhow::Result<Duration> {
    let own = stat(head)?;
    let mut sum = own.own + own.of_ended_children;
    for entry in std::fs::read_dir("/proc")? {
        let name = entry?.file_name();
        let Some(pid) = name.to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        // A process may end while we look.
        if let Ok(child) = stat(pid)
            && child.parent == head
        {
            sum += child.own;
        }
    }
    Ok(sum)
}

/// The process that started this one.
pub fn parent_of(pid: u32) -> anyhow::Result<u32> {
    Ok(stat(pid)?.parent)
}

struct Stat {
    parent: u32,
    /// User and system.
    own: Duration,
    of_ended_children: Duration,
}

fn stat(pid: u32) -> anyhow::Result<Stat> {
    let path = format!("/proc/{pid}/stat");
    let text =
        std::fs::read_to_string(&path).with_context(|| format!("cannot read {path}: CPU is measured on Linux only"))?;
    // The name of the program stands in brackets and may hold blanks; the fields are counted after it.
    let (_, rest) = text.rsplit_once(')').context("the form of /proc/PID/stat")?;
    let fields: Vec<u64> = rest
        .split_whitespace()
        .map(|field| field.parse().unwrap_or_default())
        .collect();
    let field = |index: usize| fields.get(index).copied().context("the form of /proc/PID/stat");
    let time = |user: u64, system: u64| Duration::from_millis((user + system) * 1000 / TICKS_PER_SECOND);
    Ok(Stat {
        parent: u32::try_from(field(1)?)?,
        own: time(field(11)?, field(12)?),
        of_ended_children: time(field(13)?, field(14)?),
    })
}

/// The most memory that a process has held, in MiB.
pub fn memory_of(pid: u32) -> anyhow::Result<u64> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = text
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .context("VmHWM in /proc/PID/status")?;
    let kilobytes: u64 = line.split_whitespace().nth(1).context("VmHWM")?.parse()?;
    Ok(kilobytes / 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cpu_and_memory_of_this_process_are_read() {
        let own = std::process::id();
        let meter = Meter {
            server: own,
            postmaster: Some(parent_of(own).unwrap()),
        };
        let used = meter.used().unwrap();
        // Whoever started us has at least us among its children.
        assert!(used.database >= used.server);
        assert!(memory_of(own).unwrap() > 0);
    }
}
