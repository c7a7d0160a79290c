//! `ombud bench`: what the server does a second and what each request costs, over HTTP, with a bare server beside it.
//!
//! Server and bare server are processes of their own, each on a copy of the same database; the load comes from this
//! one. Figures are of the machine they were made on: read the ratio, not the number.

mod bare;
mod figures;
mod http;
mod load;

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::{Map, Value as Json, json};

use super::Outcome;
use super::demo::organisation;
use super::local::{bar, open, wait};
use crate::desk::directory::EDITS_MAX;
use crate::desk::import::edits;
use crate::desk::import::history::Imported;
use crate::desk::import::past::{Past, PastCommand};
use crate::desk::tokens::TokenWish;
use crate::desk::{Desk, Principal, Scope};
use crate::workflow::moment::MINUTE;
use crate::workflow::read;
use crate::workflow::shipped;

use figures::{Figures, memory_of, table};
use load::{Loaded, Prepared, Target};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Tickets that are there before each round
    #[arg(long, value_name = "COUNT", value_delimiter = ',', default_values_t = [10_000, 100_000])]
    tickets: Vec<usize>,
    /// Connections that ask at the same time
    #[arg(long, value_name = "COUNT", value_delimiter = ',', default_values_t = [1, 8, 32])]
    connections: Vec<usize>,
    /// Seconds of each load
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// Write the table into this file as well (Markdown)
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Serve as the bare server on this database
    #[arg(long, hide = true, value_name = "URL")]
    bare: Option<String>,
}

/// The ticket whose rows the bare server copies, and how many events its opening has.
const COPIED: &str = "BENCH-0";
/// Requests prepared for one load at most.
const REQUESTS_MAX: usize = 60_000;
/// Tickets handed to the desk at a time.
const TICKETS_AT_A_TIME: usize = 512;
const AGENT: &str = "li";

pub fn run(args: &Args) -> anyhow::Result<Outcome> {
    if let Some(url) = &args.bare {
        return serve_bare(url);
    }
    let mut report = heading();
    for count in &args.tickets {
        let folder = std::env::temp_dir().join(format!("ombud-bench-{}-{count}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        let measured = round(args, &folder, *count);
        std::fs::remove_dir_all(&folder)?;
        let text = measured?;
        write!(std::io::stdout(), "{text}")?;
        report.push_str(&text);
    }
    if let Some(file) = &args.out {
        std::fs::write(file, report).with_context(|| format!("cannot write {}", file.display()))?;
    }
    Ok(Outcome::Fine)
}

fn heading() -> String {
    let build = if cfg!(debug_assertions) {
        "a debug build, which says nothing about speed"
    } else {
        "a release build"
    };
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    format!(
        "# Figures\n\nMade by `ombud bench` ({build}) on SQLite, `synchronous=FULL`. «Bare» is a server with the same HTTP\n\
         stack and the same statements, without rules, authority, chain and checked answers, measured in the same run on\n\
         a copy of the same database. CPU is that of the server's process for each request. Actions are `submit` of a\n\
         complaint with its routing and clocks; lists are the first page of open tickets. Server and load share the {cores}\n\
         cores of one machine.\n"
    )
}

fn serve_bare(url: &str) -> anyhow::Result<Outcome> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    writeln!(std::io::stdout(), "http://{}", listener.local_addr()?)?;
    actix_web::rt::System::new().block_on(async {
        let opening = opening_events(url).await?;
        bare::serve(url, listener, COPIED, opening).await
    })?;
    Ok(Outcome::Fine)
}

/// How many events the opening of the copied ticket has: all before the first action.
async fn opening_events(url: &str) -> anyhow::Result<i64> {
    let scan = crate::store::scan::Scan::open(url).await?;
    let sql = "select min(e.seq) - 1 from events e join tickets t on t.id = e.ticket \
        where t.number = ? and e.type = 'did'";
    scan.number(sql, vec![COPIED.into()])
        .await?
        .context("the ticket to copy has no action")
}

fn round(args: &Args, folder: &Path, count: usize) -> anyhow::Result<String> {
    let file = folder.join("ombud.db");
    let token = wait(fill(&file, count))?;
    let copy = folder.join("bare.db");
    std::fs::copy(&file, &copy)?;
    let ours = Server::ombud(folder, &file)?;
    let target = Target {
        address: ours.address,
        token: token.clone(),
        pid: ours.child.id(),
    };
    let figures = wait(measure(args, &target, count))?;
    let memory = memory_of(target.pid)?;
    drop(ours);
    let bare = Server::bare(&copy)?;
    let target = Target {
        address: bare.address,
        token,
        pid: bare.child.id(),
    };
    let beside = wait(measure(args, &target, 0))?;
    let bare_memory = memory_of(target.pid)?;
    drop(bare);
    let pairs: Vec<(Figures, Option<Figures>)> = figures
        .into_iter()
        .map(|ours| {
            let same = beside
                .iter()
                .find(|bare| bare.operation == ours.operation && bare.connections == ours.connections);
            (ours, same.cloned())
        })
        .collect();
    let mut text = format!("\n## {count} tickets\n\n{}", table(&pairs));
    let _ = writeln!(text, "\nMemory: ombud {memory} MiB, bare {bare_memory} MiB.");
    Ok(text)
}

/// A database with the demonstration's organisation and so many submitted complaints; the agent's token.
async fn fill(file: &Path, count: usize) -> anyhow::Result<String> {
    let desk = open(&format!("sqlite:{}?mode=rwc", file.display())).await?;
    let machine = Principal::machine();
    let mut all = edits::whole(&organisation::directory(desk.clock().now())).into_iter();
    loop {
        let part: Vec<_> = all.by_ref().take(EDITS_MAX).collect();
        if part.is_empty() {
            break;
        }
        desk.edit(&machine, part).await?;
    }
    if let Some(stage) = read::read_organisation(shipped::ORGANISATION.as_bytes()).organisation {
        desk.set_stage(stage.stand_in());
    }
    let sources: Vec<&str> = shipped::WORKFLOWS.iter().map(|(_, source)| *source).collect();
    desk.publish_together(&machine, &sources).await?;
    let bar = bar(u64::try_from(count)?);
    let mut done = 0;
    while done < count {
        let part: Vec<Past> = (done..count.min(done + TICKETS_AT_A_TIME))
            .map(|place| past(&desk, place))
            .collect();
        done += part.len();
        bar.inc(u64::try_from(part.len())?);
        for answer in desk.import_history(&machine, part).await? {
            if !matches!(answer, Imported::Accepted { .. }) {
                bail!("a ticket of the bench is not accepted: {answer:?}");
            }
        }
    }
    bar.finish_and_clear();
    let wish = TokenWish {
        person: AGENT.into(),
        title: "bench".to_owned(),
        scopes: Scope::ALL.into_iter().collect(),
        department: None,
        expires_at: None,
    };
    Ok(desk.issue_token(None, wish).await?.0)
}

fn past(desk: &Desk, place: usize) -> Past {
    let at = desk.clock().now().plus(-20 * MINUTE);
    Past {
        id: None,
        workflow: "complaint".into(),
        number: Some(format!("BENCH-{place}")),
        at,
        by: Some(AGENT.into()),
        contact: None,
        values: Map::new(),
        commands: vec![PastCommand {
            at: at.plus(5 * MINUTE),
            by: Some(AGENT.into()),
            action: "submit".into(),
            task: None,
            values: contents(),
            texts: std::collections::BTreeMap::new(),
            with: Map::new(),
            on_behalf_of: None,
        }],
    }
}

fn contents() -> Map<String, Json> {
    let values = json!({
        "caller": "王先生", "phone": "19900001234", "place": "和平路12号", "summary": "电费多计",
        "happened_at": "2026-03-02T08:30:00+08:00", "course": "本月电费比往月高出一倍，家中用电无变化",
        "demands": ["核查电表"], "category": "billing", "region": "north"
    });
    match values {
        Json::Object(values) => values,
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Array(_) => Map::new(),
    }
}

async fn measure(args: &Args, target: &Target, there: usize) -> anyhow::Result<Vec<Figures>> {
    let mut all = Vec::new();
    for connections in &args.connections {
        let at_most = Duration::from_secs(args.seconds);
        let body = json!({"workflow": "complaint", "values": {}}).to_string();
        let creates = (0..REQUESTS_MAX)
            .map(|_| post("/api/v1/tickets".to_owned(), body.clone(), None))
            .collect();
        let created = told(load::run(target, "create", *connections, creates, at_most, true).await?)?;
        let numbers: Vec<(String, Option<String>)> = created
            .answers
            .iter()
            .flatten()
            .filter_map(|(etag, body)| Some((number_of(body)?, etag.clone())))
            .collect();
        all.push(created.figures);
        let body = json!({"values": contents()}).to_string();
        let actions = numbers
            .iter()
            .map(|(number, etag)| {
                post(
                    format!("/api/v1/tickets/{number}/actions/submit"),
                    body.clone(),
                    etag.clone(),
                )
            })
            .collect();
        all.push(told(load::run(target, "action", *connections, actions, at_most, false).await?)?.figures);
        let read = |place: usize| {
            let known = numbers
                .get(place % numbers.len().max(1))
                .map_or(COPIED, |(number, _)| number.as_str());
            // Every other read is of a ticket that nobody touched since the start.
            let old = there > 0 && place.is_multiple_of(2);
            let number = if old {
                format!("BENCH-{}", place * 7919 % there)
            } else {
                known.to_owned()
            };
            Prepared::get(format!("/api/v1/tickets/{number}"))
        };
        let reads = (0..REQUESTS_MAX).map(read).collect();
        all.push(told(load::run(target, "read", *connections, reads, at_most, false).await?)?.figures);
        let page = Prepared::get("/api/v1/tickets?open=true&limit=50".to_owned());
        let lists = vec![page; REQUESTS_MAX];
        all.push(told(load::run(target, "list", *connections, lists, at_most, false).await?)?.figures);
    }
    Ok(all)
}

fn post(path: String, body: String, revision: Option<String>) -> Prepared {
    let key = Some(uuid::Uuid::now_v7().simple().to_string());
    Prepared {
        method: "POST",
        path,
        body: Some(body),
        key,
        revision,
    }
}

/// A load in which something failed measures something else.
fn told(loaded: Loaded) -> anyhow::Result<Loaded> {
    match &loaded.first_failure {
        Some(failure) => bail!("{} requests failed, the first: {failure}", loaded.figures.failures),
        None => Ok(loaded),
    }
}

fn number_of(body: &[u8]) -> Option<String> {
    let json: Json = serde_json::from_slice(body).ok()?;
    Some(json.get("ticket")?.get("number")?.as_str()?.to_owned())
}

/// A server in a process of its own; it ends with this value.
struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    fn ombud(folder: &Path, file: &Path) -> anyhow::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command
            .arg("serve")
            .current_dir(folder)
            .env("OMBUD_DATABASE_URL", format!("sqlite:{}", file.display()))
            .env("OMBUD_SERVER_LISTEN", "127.0.0.1:0")
            .env("OMBUD_LOG_LEVEL", "error")
            .env("OMBUD_LIMITS_REQUESTS_PER_MINUTE", "100000000")
            .env("OMBUD_LIMITS_REQUESTS_AT_ONCE", "10000000");
        Self::start(command)
    }

    fn bare(file: &Path) -> anyhow::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["bench", "--bare", &format!("sqlite:{}", file.display())]);
        Self::start(command)
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
