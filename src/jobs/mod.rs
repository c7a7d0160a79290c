//! What happens by itself while the server runs: due tickets, mails, chores.
//!
//! Loops sleep on the monotonic clock and are woken by what is written; the scheduler's heartbeat is only the safety
//! net. Nothing here decides: a loop asks the desk. [`start`] starts everything, [`Jobs::stop`] ends it in good order.

pub mod backoff;
pub mod backup;
pub mod breaker;
pub mod carrier;
pub mod heartbeat;
pub mod lag;
pub mod missed;
pub mod outbox;
pub mod sweeper;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use crate::config::Config;
use crate::desk::Desk;
use crate::desk::outbox::{Form, MAIL, Post};
use crate::discreet::discreet;
use crate::notify::channel::post::Endpoint;
use crate::notify::channel::settings::{ChannelProblem, Channels};
use crate::notify::channel::words::Pen;
use crate::notify::compose::House;
use crate::notify::line::Lines;
use crate::notify::patience::Gathering;
use crate::notify::render::{TemplateProblem, Templates};
use crate::notify::settings::{MailSettings, SettingsProblem};
use crate::workflow::moment::{MINUTE, Moment};

use carrier::Carrier;
use heartbeat::{Heartbeat, Keep};
use lag::Quantiles;

/// How long a stop waits for mails that are on their way.
const STOP_WITHIN: Duration = Duration::from_secs(15);

/// What the jobs need to know.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    pub mail: MailSettings,
    /// Where messages go beside mail, by name.
    pub channels: Channels,
    pub house: House,
    pub keep: Keep,
    /// The daily backup, where one is made.
    pub backup: Option<backup::Plan>,
}

impl Settings {
    /// From `ombud.toml`.
    pub fn of(config: &Config) -> Self {
        Self {
            mail: config.mail.clone(),
            channels: config.channels.clone(),
            house: House {
                centre: config.mail.centre.clone(),
                public_url: config.server.public_url.clone(),
                acknowledge_hours: config.inbox.acknowledge_hours,
                gathering: Gathering {
                    after: config.digest.after,
                    within: i64::from(config.digest.within_minutes) * MINUTE,
                },
                quiet: config.quiet_hours.hours(),
            },
            keep: Keep {
                answers_hours: config.idempotency.keep_hours,
                inbox_days: config.inbox.keep_days,
                sessions_idle_minutes: config.sessions.idle_minutes,
            },
            backup: (!config.backup.folder.is_empty()).then(|| backup::Plan {
                url: config.database.url.clone(),
                files: config.files.folder(&config.database.url),
                folder: config.backup.folder.as_str().into(),
                at: config.backup.time(),
                keep: config.backup.keep,
            }),
        }
    }
}

/// Why the jobs did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartProblem {
    #[error(transparent)]
    Settings(#[from] SettingsProblem),
    #[error(transparent)]
    Templates(#[from] TemplateProblem),
    #[error(transparent)]
    Channel(#[from] ChannelProblem),
    #[error("the scheduler did not start: {0}")]
    Scheduler(#[from] tokio_cron_scheduler::JobSchedulerError),
}

/// The running jobs.
pub struct Jobs {
    desk: Desk,
    stop: watch::Sender<bool>,
    loops: Vec<JoinHandle<()>>,
    heartbeat: Option<Heartbeat>,
    sweeper: Arc<sweeper::Gauge>,
    outbox: Arc<outbox::Gauge>,
    channels: BTreeMap<String, Arc<outbox::Gauge>>,
}

/// Figures of the jobs, for metrics and the console.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// `fired − due` of rungs, in milliseconds.
    pub lag: Quantiles,
    pub swept_tickets: u64,
    pub sweep_failures: u64,
    pub mails_pending: u64,
    /// Since when the longest waiting mail waits.
    pub mails_oldest: Option<Moment>,
    pub mails_dead: u64,
    pub mails_sent: u64,
    /// Attempts that were put off.
    pub mails_put_off: u64,
    /// How long the server took for a mail, in milliseconds.
    pub sending: Quantiles,
    pub mail_server_down: bool,
}

/// Starts everything. Settings and templates are judged here, so that a mistake in them stops the start.
pub async fn start(desk: Desk, settings: &Settings) -> Result<Jobs, StartProblem> {
    settings.mail.check()?;
    let templates = Arc::new(Templates::load(settings.mail.own_templates())?);
    let endpoints = endpoints(&settings.channels)?;
    let (stop, stopped) = watch::channel(false);
    let (wake_sweeper, wake_outbox) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let mut nudges = vec![Arc::clone(&wake_sweeper), Arc::clone(&wake_outbox)];
    let sweeper = Arc::new(sweeper::Gauge::default());
    let outbox = Arc::new(outbox::Gauge::default());
    let mut loops = vec![tokio::spawn(sweeper::run(
        desk.clone(),
        Arc::clone(&sweeper),
        Arc::clone(&wake_sweeper),
        stopped.clone(),
    ))];
    let reached_by = settings.channels.iter();
    let reached_by = reached_by.map(|(name, channel)| (name.clone(), channel.address_of(name).to_owned()));
    desk.tell_by(reached_by.collect());
    retire(&desk, &settings.channels).await;
    if let Err(error) = desk.release_mails().await {
        tracing::warn!(
            error = discreet(&error),
            "messages a stopped server was sending wait until their lease ends"
        );
    }
    if settings.mail.is_off() {
        tracing::warn!("mail.host is empty: nobody is told by mail, only in the console");
        loops.push(tokio::spawn(skip(
            desk.clone(),
            Arc::clone(&wake_outbox),
            stopped.clone(),
        )));
    } else {
        let lines = Lines::new(&settings.mail)?;
        let post = Post {
            channel: MAIL.to_owned(),
            templates: Arc::clone(&templates),
            form: Form::Mail(lines.sender().clone()),
            house: settings.house.clone(),
            timeout: i64::try_from(settings.mail.timeout().as_millis()).unwrap_or(i64::MAX),
        };
        loops.push(tokio::spawn(outbox::run(
            desk.clone(),
            post,
            Carrier::Mail(Box::new(lines)),
            settings.mail.connections,
            Arc::clone(&outbox),
            Arc::clone(&wake_outbox),
            stopped.clone(),
        )));
    }
    if let Some(plan) = settings.backup.clone() {
        loops.push(tokio::spawn(backup::run(desk.clone(), plan, stop.subscribe())));
    }
    let mut channels = BTreeMap::new();
    for (name, pen, endpoint) in endpoints {
        let Some(channel) = settings.channels.get(&name) else {
            continue;
        };
        let (gauge, wake) = (Arc::new(outbox::Gauge::default()), Arc::new(Notify::new()));
        nudges.push(Arc::clone(&wake));
        let post = Post {
            templates: Arc::clone(&templates),
            form: Form::Message {
                pen,
                address: channel.address_of(&name).to_owned(),
            },
            house: settings.house.clone(),
            timeout: i64::try_from(channel.timeout().as_millis()).unwrap_or(i64::MAX),
            channel: name.clone(),
        };
        loops.push(tokio::spawn(outbox::run(
            desk.clone(),
            post,
            Carrier::Http(Box::new(endpoint)),
            channel.connections,
            Arc::clone(&gauge),
            wake,
            stopped.clone(),
        )));
        channels.insert(name, gauge);
    }
    loops.push(tokio::spawn(follow(desk.clone(), stop.subscribe())));
    loops.push(tokio::spawn(missed::run(desk.clone(), stop.subscribe())));
    heartbeat::chores(&desk, settings.keep).await;
    let heartbeat = Heartbeat::start(desk.clone(), nudges, settings.keep).await?;
    Ok(Jobs {
        desk,
        stop,
        loops,
        heartbeat: Some(heartbeat),
        sweeper,
        outbox,
        channels,
    })
}

/// The endpoints of all channels with their templates, judged. Nothing is connected to.
fn endpoints(channels: &Channels) -> Result<Vec<(String, Pen, Endpoint)>, ChannelProblem> {
    channels
        .iter()
        .map(|(name, channel)| {
            let of = |problem| ChannelProblem {
                channel: name.clone(),
                problem,
            };
            let pen = Pen::new(channel).map_err(of)?;
            let endpoint = Endpoint::new(channel).map_err(of)?;
            Ok((name.clone(), pen, endpoint))
        })
        .collect()
}

/// What waits for a channel that is configured no more goes nowhere, and says so.
async fn retire(desk: &Desk, channels: &Channels) {
    let waiting = desk.message_figures().await.unwrap_or_default();
    for (channel, _) in waiting
        .iter()
        .filter(|(name, figures)| figures.pending > 0 && name.as_str() != MAIL && !channels.contains_key(name.as_str()))
    {
        if let Err(error) = desk.skip_messages(channel).await {
            tracing::warn!(
                error = discreet(&error),
                channel,
                "messages of a channel that is configured no more wait on"
            );
        }
    }
}

/// Without a mail server: what is due is marked so, and can be read in the console.
async fn skip(desk: Desk, nudge: Arc<Notify>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        if let Err(error) = desk.skip_messages(MAIL).await {
            tracing::warn!(error = discreet(&error), "mails could not be marked as not to be sent");
        }
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(1)) => {}
            () = nudge.notified() => {}
            _ = stop.changed() => {}
        }
    }
}

/// Takes up what other processes change, until told to stop.
async fn follow(desk: Desk, mut stop: watch::Receiver<bool>) {
    tokio::select! {
        () = desk.follow() => {}
        _ = stop.changed() => {}
    }
}

impl Jobs {
    /// How late rungs fire, how mails are doing.
    pub async fn figures(&self) -> Figures {
        let waiting = self.desk.mail_figures().await.unwrap_or_default();
        Figures {
            lag: self.sweeper.lag.quantiles(),
            swept_tickets: self.sweeper.tickets.load(Ordering::Relaxed),
            sweep_failures: self.sweeper.failures.load(Ordering::Relaxed),
            mails_pending: waiting.pending,
            mails_oldest: waiting.oldest,
            mails_dead: waiting.dead,
            mails_sent: self.outbox.sent.load(Ordering::Relaxed),
            mails_put_off: self.outbox.later.load(Ordering::Relaxed),
            sending: self.outbox.sending.quantiles(),
            mail_server_down: self.outbox.breaker.is_down(),
        }
    }

    /// How messages of a channel are doing; `None` for a name that is no channel.
    pub fn channel(&self, name: &str) -> Option<&outbox::Gauge> {
        self.channels.get(name).map(AsRef::as_ref)
    }

    /// Ends the loops; mails on their way are finished, the others stay in the outbox.
    pub async fn stop(mut self) {
        let _ = self.stop.send(true);
        if let Some(heartbeat) = self.heartbeat.take() {
            heartbeat.stop().await;
        }
        for running in self.loops.drain(..) {
            let abort = running.abort_handle();
            if tokio::time::timeout(STOP_WITHIN, running).await.is_err() {
                abort.abort();
            }
        }
    }
}
