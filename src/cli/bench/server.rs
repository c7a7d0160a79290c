//! A server in a process of its own: ombud, or the bare one.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, bail};

/// Ends with this value.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
}

impl Server {
    /// `ombud serve` as it is shipped; only the limits of a caller are lifted, since one caller asks for all.
    pub fn ombud(folder: &Path, url: &str) -> anyhow::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command
            .arg("serve")
            .current_dir(folder)
            .env("OMBUD_DATABASE_URL", url)
            .env("OMBUD_SERVER_LISTEN", "127.0.0.1:0")
            .env("OMBUD_LOG_LEVEL", "error")
            .env("OMBUD_LIMITS_REQUESTS_PER_MINUTE", "100000000")
            .env("OMBUD_LIMITS_REQUESTS_AT_ONCE", "10000000");
        Self::start(command)
    }

    pub fn bare(url: &str) -> anyhow::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["bench", "--bare", url]);
        Self::start(command)
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    fn start(mut command: Command) -> anyhow::Result<Self> {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn()?;
        let out = child.stdout.take().context("no output of the server")?;
        let mut lines = BufReader::new(out).lines();
        for line in lines.by_ref() {
            let line = line?;
            let Some((_, rest)) = line.split_once("http://") else {
                continue;
            };
            let place: String = rest
                .chars()
                .take_while(|mark| mark.is_ascii_digit() || matches!(mark, '.' | ':'))
                .collect();
            let address = place
                .trim_end_matches(['.', ':'])
                .parse()
                .context("the address of the server")?;
            // What it says later must not fill the pipe.
            std::thread::spawn(move || lines.count());
            return Ok(Self { child, address });
        }
        bail!("the server did not start")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
