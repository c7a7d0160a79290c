//! `ombud serve`: the real thing. Opens the database, wakes what works by itself, answers requests, stops gracefully.

use std::io::{IsTerminal, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use actix_web::web::Data;
use anyhow::Context;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use super::Outcome;
use super::language::Speaks;
use super::local::file_of;
use crate::clock::Clock;
use crate::config::{Config, LogFormat};
use crate::desk::Desk;
use crate::desk::first::First;
use crate::discreet;
use crate::jobs;
use crate::measure;
use crate::store::Database;
use crate::texts::{Arg, Language, say};
use crate::web::state::State;
use crate::web::tls::Certificate;
use crate::web::{console, server};
use crate::workflow::directory::Directory;
use crate::workflow::{read, shipped};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    pub settings: Settings,
    #[command(flatten)]
    speaks: Speaks,
}

/// Where the settings come from.
#[derive(Clone, Debug, clap::Args)]
pub struct Settings {
    /// Settings [default: ombud.toml of this folder, where there is one]
    #[arg(long, value_name = "FILE", env = "OMBUD_CONFIG")]
    config: Option<PathBuf>,
}

impl Settings {
    /// Reads them; what is wrong is told in this language.
    pub fn load(&self, language: Language) -> anyhow::Result<Config> {
        Config::load(self.config.as_deref()).map_err(|error| anyhow::anyhow!(error.in_language(language)))
    }
}

pub fn run(args: &Args) -> anyhow::Result<Outcome> {
    let language = args.speaks.language();
    let config = args.settings.load(language)?;
    let stage = stage(&config, language)?;
    start(config, language, stage, None)
}

/// The organisation in which the stories of published files play.
pub(super) fn stage(config: &Config, language: Language) -> anyhow::Result<Option<Directory>> {
    let path = &config.workflows.organisation;
    if path.is_empty() {
        let shipped = read::read_organisation(shipped::ORGANISATION.as_bytes());
        return Ok(shipped.organisation.map(|organisation| organisation.stand_in()));
    }
    let source = std::fs::read(path).with_context(|| format!("workflows.organisation: {path}"))?;
    let reading = read::read_organisation(&source);
    if let Some(finding) = reading.findings.as_slice().first() {
        anyhow::bail!("{path}: {}", finding.sentence(language));
    }
    Ok(reading.organisation.map(|organisation| organisation.stand_in()))
}

/// Serves with these settings until it is told to stop. Stories of published files play on the `stage`, where there is
/// one; `listener` is bound already, else it is bound here.
pub fn start(
    config: Config,
    language: Language,
    stage: Option<Directory>,
    listener: Option<TcpListener>,
) -> anyhow::Result<Outcome> {
    let config = Arc::new(config);
    log_to_stderr(&config)?;
    discreet::panics();
    measure::install();
    // The one provider of cryptography; a second call of ours would find it there.
    let _ = rustls::crypto::ring::default_provider().install_default();
    actix_web::rt::System::new().block_on(serve(config, language, stage, listener))?;
    Ok(Outcome::Fine)
}

/// What others say about their own start is of no use to an operator, unless the settings ask for it by name.
const QUIET: &str = "sea_orm_migration=warn,tokio_cron_scheduler=warn,actix_server=warn";

/// Libraries that write down the values they work on; no setting brings them into the log.
const TELLING: &[&str] = &["handlebars"];

/// Lines of the log go to standard error, as text or JSON.
fn log_to_stderr(config: &Config) -> anyhow::Result<()> {
    let directives = format!("{QUIET},{}", config.log.level);
    let filter = tracing_subscriber::EnvFilter::try_new(directives).context("log.level")?;
    let lines = tracing_subscriber::fmt::layer()
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    let lines = match config.log.format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().boxed(),
    };
    let discreet = filter_fn(|line| !TELLING.iter().any(|of| line.target().starts_with(of)));
    tracing_subscriber::registry()
        .with(filter)
        .with(lines.with_filter(discreet))
        .init();
    Ok(())
}

/// The certificate of the settings. Without one only this machine is served, or whoever said that plain HTTP will do.
fn certificate(config: &Config, language: Language) -> anyhow::Result<Option<Arc<Certificate>>> {
    let server = &config.server;
    match (server.tls_certificate.as_str(), server.tls_key.as_str()) {
        ("", "") if server.listen.ip().is_loopback() || server.plain_http => Ok(None),
        ("", "") => {
            let listen = server.listen.to_string();
            anyhow::bail!("{}", say(language, "serve-plain", &[("listen", Arg::from(&listen))]))
        }
        ("", _) | (_, "") => anyhow::bail!("{}", say(language, "serve-half", &[])),
        (chain, key) => Ok(Some(Certificate::load(Path::new(chain), Path::new(key))?)),
    }
}

async fn serve(
    config: Arc<Config>,
    language: Language,
    stage: Option<Directory>,
    listener: Option<TcpListener>,
) -> anyhow::Result<()> {
    let certificate = certificate(&config, language)?;
    if !config.backup.folder.is_empty() && file_of(&config.database.url).is_none() {
        super::backup::programs(language).context("backup.folder")?;
    }
    let database = Database::open_with(&config.database.url, config.database.readers)
        .await
        .with_context(|| format!("cannot open the database {}", without_password(&config.database.url)))?;
    let desk = Desk::start(database, Clock::system()).await.context("cannot start")?;
    if let Some(stage) = stage {
        desk.set_stage(stage);
    }
    keep_files(&desk, &config).await;
    let listener = match listener {
        Some(listener) => listener,
        None => TcpListener::bind(config.server.listen)
            .with_context(|| format!("cannot listen on {}", config.server.listen))?,
    };
    let address = listener.local_addr()?;
    let mut out = std::io::stdout().lock();
    let scheme = if certificate.is_some() { "https" } else { "http" };
    let url = format!("{scheme}://{address}");
    writeln!(out, "{}", say(language, "serve-listening", &[("url", Arg::from(&url))]))?;
    if let First::Welcome { token, link } = desk
        .first_administrator()
        .await
        .context("cannot make the first administrator")?
    {
        writeln!(
            out,
            "{}",
            say(
                language,
                "serve-first",
                &[
                    ("token", Arg::from(&token)),
                    ("url", Arg::from(&url)),
                    ("link", Arg::from(console::welcome_link(&url, &link))),
                ]
            )
        )?;
    }
    out.flush()?;
    drop(out);
    actix_web::rt::spawn(measure::gather());
    let jobs = jobs::start(desk.clone(), &jobs::Settings::of(&config)).await?;
    let state = Data::new(State::new(desk, Arc::clone(&config)));
    let tls = certificate.as_ref().map(Certificate::config);
    if let Some(certificate) = certificate {
        actix_web::rt::spawn(certificate.follow());
    }
    let server = server::start(state.clone(), listener, tls)?;
    let handle = server.handle();
    let stopping = state.stopping.clone();
    let drain = Duration::from_secs(config.server.drain_seconds);
    let answered = async move {
        let signal = wait_for_signal().await;
        stopping.begin();
        if signal == Signal::Terminate {
            tracing::info!(
                seconds = drain.as_secs(),
                "stopping: not ready any more, answering as ever"
            );
            // Whoever tells it again does not want to wait.
            let _ = tokio::time::timeout(drain, wait_for_signal()).await;
        }
        tracing::info!("stopping: no new connections");
        drop(handle.stop(true));
        stopping.quiet().await;
    };
    let served = tokio::select! {
        served = server => served.context("the server failed"),
        () = answered => Ok(()),
    };
    // Nobody asks any more: what works by itself may end.
    jobs.stop().await;
    served
}

/// Tickets go on without their files: a folder that is away today is used as soon as it is back.
async fn keep_files(desk: &Desk, config: &Config) {
    match config.files.plan(&config.database.url) {
        None => tracing::warn!("files.folder is empty: no files of tickets are taken"),
        Some(plan) => {
            if let Err(problem) = desk.keep_files(plan).await {
                tracing::error!(
                    error = discreet::discreet(&problem),
                    "files of tickets cannot be kept until this is mended"
                );
            }
        }
    }
}

/// What tells the server to stop.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Signal {
    /// Ctrl-C: somebody sits in front of it.
    Interrupt,
    /// What a supervisor sends.
    Terminate,
}

async fn wait_for_signal() -> Signal {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        let _ = tokio::signal::ctrl_c().await;
        return Signal::Interrupt;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => Signal::Interrupt,
        _ = terminate.recv() => Signal::Terminate,
    }
}

/// The address of a database without what nobody should read in a log.
fn without_password(url: &str) -> String {
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://…@{host}"),
        (Some(_) | None, _) => url.to_owned(),
    }
}
