//! The real program as a server of its own process, on the database of a test.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};

/// Runs as long as the value lives.
pub struct Server {
    pub process: Child,
    /// `127.0.0.1:PORT`.
    pub address: String,
    /// Kept open: it is written to.
    _said: BufReader<ChildStdout>,
}

impl Server {
    /// Starts it on a port of its own, with settings as the environment gives them, and waits until it listens.
    pub fn start(database: &str, settings: &[(&str, &str)]) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_ombud"))
            .arg("serve")
            .current_dir(std::env::temp_dir())
            .env_remove("OMBUD_CONFIG")
            .env("OMBUD_LANG", "en")
            .env("OMBUD_DATABASE_URL", database)
            .env("OMBUD_SERVER_LISTEN", "127.0.0.1:0")
            .env("OMBUD_LOG_LEVEL", "off")
            .env("OMBUD_LIMITS_REQUESTS_AT_ONCE", "1000000")
            .envs(settings.iter().copied())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut said = BufReader::new(process.stdout.take().unwrap());
        said.read_line(&mut line).unwrap();
        let (_, rest) = line.split_once("http://").unwrap();
        let address = rest.chars().take_while(|c| c.is_ascii_digit() || ".:".contains(*c));
        Self {
            address: address.collect(),
            process,
            _said: said,
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
