//! `ombud bench`: what the server does a second and what each request costs, over HTTP, with a bare server beside it.
//!
//! Server and bare server are processes of their own, each on a copy of the same database; the load comes from this
//! one. Figures are of the machine they were made on: read the ratio, not the number.

mod bare;
mod figures;
mod fill;
mod http;
mod load;
mod measure;
mod meter;
mod picture;
mod place;
mod report;
mod server;

use std::io::Write as _;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context;

use super::Outcome;
use super::local::wait;
use crate::clock::Clock;
use figures::Round;
use load::Target;
use measure::{Plan, Whose, measure};
use meter::{Meter, memory_of};
use place::Place;
use server::Server;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Tickets that are there before each round
    #[arg(long, value_name = "COUNT", value_delimiter = ',', default_values_t = [10_000, 100_000])]
    tickets: Vec<usize>,
    /// Connections that ask at the same time
    #[arg(long, value_name = "COUNT", value_delimiter = ',', default_values_t = [1, 8, 32, 128])]
    connections: Vec<usize>,
    /// Seconds of each load
    #[arg(long, default_value_t = 2)]
    seconds: u64,
    /// A PostgreSQL of this machine on which databases may be created, instead of SQLite: postgres://…
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// Where files are made and removed again [default: a temporary folder]
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
    /// Keep the figures in this folder, and write page and picture anew from all that is kept there
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// Only fill this database with so many tickets, and leave it there
    #[arg(long, value_name = "URL", conflicts_with_all = ["out", "database"])]
    fill: Option<String>,
    /// How many of these are closed, over the last year; with `--fill`
    #[arg(long, value_name = "COUNT", requires = "fill", default_value_t = 0)]
    closed: usize,
    /// Serve as the bare server on this database
    #[arg(long, hide = true, value_name = "URL")]
    bare: Option<String>,
}

/// From so many tickets on both servers work on one database, one after the other: a copy would take too long.
const COPIED_MAX: usize = 200_000;

pub fn run(args: &Args) -> anyhow::Result<Outcome> {
    if let Some(url) = &args.bare {
        return serve_bare(url);
    }
    if let Some(url) = &args.fill {
        wait(fill::fill_and_keep(url, args.tickets.iter().sum(), args.closed))?;
        return Ok(Outcome::Fine);
    }
    for count in &args.tickets {
        let temporary = std::env::temp_dir().join(format!("ombud-bench-{}-{count}", std::process::id()));
        let folder = args
            .folder
            .as_ref()
            .map_or(temporary, |folder| folder.join(format!("bench-{count}")));
        std::fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
        let measured = wait(async {
            let mut place = Place::new(args.database.as_deref(), folder.clone()).await?;
            let measured = round(args, &mut place, &folder, *count).await;
            place.clear().await?;
            measured
        });
        if folder.is_dir() {
            std::fs::remove_dir_all(&folder)?;
        }
        let measured = measured?;
        write!(std::io::stdout(), "{}", report::section(&measured))?;
        if let Some(out) = &args.out {
            report::keep(out, measured)?;
        }
    }
    Ok(Outcome::Fine)
}

fn serve_bare(url: &str) -> anyhow::Result<Outcome> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    writeln!(std::io::stdout(), "http://{}", listener.local_addr()?)?;
    actix_web::rt::System::new().block_on(bare::serve(url, listener, &fill::number(0)))?;
    Ok(Outcome::Fine)
}

async fn round(args: &Args, place: &mut Place, folder: &Path, count: usize) -> anyhow::Result<Round> {
    let url = place.create(&format!("t{count}")).await?;
    let start = Instant::now();
    let token = fill::fill(&url, count, 0).await?;
    let fill_seconds = start.elapsed().as_secs_f64();
    place.settle(&url).await?;
    let copy = if count <= COPIED_MAX {
        place.copy(&url, &format!("bare{count}")).await?
    } else {
        url.clone()
    };
    let plan = Plan {
        connections: args.connections.clone(),
        open_connections: args.connections.iter().copied().max().unwrap_or(1),
        at_most: Duration::from_secs(args.seconds),
    };
    let target = |server: &Server| Target {
        address: server.address,
        token: token.clone(),
        meter: Meter {
            server: server.pid(),
            postmaster: place.postmaster(),
        },
    };
    let server = Server::ombud(folder, &url)?;
    let ours = measure(&plan, &target(&server), Whose::Ours(count)).await?;
    let memory = memory_of(server.pid())?;
    drop(server);
    // Both begin alike: what is written first after a checkpoint costs PostgreSQL a whole page in its log.
    place.settle(&copy).await?;
    let server = Server::bare(&copy)?;
    let bare = measure(&plan, &target(&server), Whose::Bare(&ours)).await?;
    let bare_memory = memory_of(server.pid())?;
    drop(server);
    let now = Clock::system().now().rfc3339();
    Ok(Round {
        database: place.name().to_owned(),
        tickets: count,
        cores: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
        day: now.chars().take(10).collect(),
        debug: cfg!(debug_assertions),
        fill_seconds,
        ours,
        bare,
        memory,
        bare_memory,
    })
}
