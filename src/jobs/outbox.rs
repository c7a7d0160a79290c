//! The loop that brings messages of one channel out of the outbox: mails to the server, others to their endpoint.
//!
//! ```text
//!   claim ──▶ one lane for each ticket, in order ──▶ server ──▶ settle (many in one transaction)
//!     ▲        (as many at once as connections)        │
//!     └──────────── breaker: open, probe, closed ◀─────┘
//! ```
//! Each channel has a loop, connections and a breaker of its own: what is dead at one delays nobody at another.
//!
//! At least once: a mail is settled as soon as the server took it; a crash in between sends the same bytes again. It
//! never holds anything the API waits for: claiming and settling are small jobs of the writer like any other.

use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, Semaphore, mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;
use uuid::Uuid;

use crate::desk::Desk;
use crate::desk::outbox::{Post, Ready, Settled};
use crate::discreet::discreet;
use crate::notify::outcome::Outcome;

use super::backoff;
use super::breaker::{Breaker, Way};
use super::carrier::{Carrier, Tally};
use super::lag::Histogram;

/// Mails taken at once for each connection: so few that none waits longer than its lease.
const MAILS_PER_CONNECTION: usize = 4;
/// The longest pause between two looks at the outbox.
const PAUSE_MAX: Duration = Duration::from_secs(1);
/// The shortest pause after a look that found nothing: commits come by the thousand.
const PAUSE_MIN: Duration = Duration::from_millis(100);
/// Mails settled in one transaction at most.
const SETTLED_MAX: usize = 200;
/// Before a failed settling or claiming is tried again.
const AGAIN: Duration = Duration::from_millis(200);

/// What delivery shows.
#[derive(Debug, Default)]
pub struct Gauge {
    /// From taken to sent, in milliseconds.
    pub sending: Histogram,
    pub sent: AtomicU64,
    pub later: AtomicU64,
    pub dead: AtomicU64,
    pub failures: AtomicU64,
    pub breaker: Breaker,
    /// The other side said that it is gone for good (410): nothing is sent there until the next start.
    pub gone: AtomicBool,
}

/// What the lanes share.
struct Shared {
    desk: Desk,
    carrier: Carrier,
    tally: Tally,
    gauge: Arc<Gauge>,
    permits: Semaphore,
    stop: watch::Receiver<bool>,
    settled: mpsc::Sender<(String, Settled)>,
    /// How long after it was taken a sending may still begin.
    begin_within: Duration,
}

/// Keys of mails that were taken and are not written down as settled yet.
type Busy = Arc<Mutex<HashSet<String>>>;

fn keys(busy: &Busy) -> MutexGuard<'_, HashSet<String>> {
    busy.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Delivers until told to stop; what is under way is finished first.
pub async fn run(
    desk: Desk,
    post: Post,
    carrier: Carrier,
    connections: usize,
    gauge: Arc<Gauge>,
    nudge: Arc<Notify>,
    mut stop: watch::Receiver<bool>,
) {
    let (settled, settling) = mpsc::channel(SETTLED_MAX);
    let busy = Busy::default();
    let settler = tokio::spawn(settle(desk.clone(), settling, Arc::clone(&busy)));
    let mut commits = desk.writer().signals().commits();
    let shared = Arc::new(Shared {
        desk: desk.clone(),
        carrier,
        tally: Tally::of(&post.channel),
        gauge: Arc::clone(&gauge),
        permits: Semaphore::new(connections),
        stop: stop.clone(),
        settled,
        begin_within: Duration::from_millis(u64::try_from(post.lease() - post.timeout).unwrap_or(0)) / 2,
    });
    let mut lanes: JoinSet<()> = JoinSet::new();
    while !*stop.borrow() {
        let taken = keys(&busy).clone();
        let room = (connections * MAILS_PER_CONNECTION).saturating_sub(taken.len());
        let (limit, closed) = match gauge.breaker.way(Instant::now()) {
            Way::Open => (room, None),
            Way::Probe => (usize::from(taken.is_empty()), None),
            Way::Closed(pause) => (0, Some(pause)),
        };
        let mut more = false;
        if limit > 0 {
            match desk.claim_mails(&post, u64::try_from(limit).unwrap_or(1), &taken).await {
                Ok(claimed) => {
                    more = claimed.more && gauge.breaker.way(Instant::now()) == Way::Open;
                    keys(&busy).extend(claimed.mails.iter().map(|ready| ready.mail.key.clone()));
                    spawn(&mut lanes, &shared, claimed.mails);
                }
                Err(error) => {
                    gauge.failures.fetch_add(1, Ordering::Relaxed);
                    tracing::warn!(error = discreet(&error), "the outbox could not be read; mails wait");
                    tokio::time::sleep(AGAIN).await;
                }
            }
        }
        if more && keys(&busy).len() < connections * MAILS_PER_CONNECTION {
            continue;
        }
        let pause = closed.unwrap_or(PAUSE_MAX).min(PAUSE_MAX);
        let idle = lanes.is_empty();
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = lanes.join_next(), if !idle => {}
            () = nudge.notified() => {}
            _ = stop.changed() => {}
            _ = commits.changed(), if idle && closed.is_none() => {
                // Not at each of a thousand commits a second.
                tokio::time::sleep(PAUSE_MIN).await;
                commits.mark_unchanged();
            }
        }
        while lanes.try_join_next().is_some() {}
    }
    while lanes.join_next().await.is_some() {}
    shared.carrier.close().await;
    drop(shared);
    let _ = settler.await;
}

/// Mails of one ticket go one after another, in the order of their events; what is of no ticket goes by itself, what
/// waited for quiet hours to end one after another for each reader.
fn spawn(lanes: &mut JoinSet<()>, shared: &Arc<Shared>, mails: Vec<Ready>) {
    let mut tickets: BTreeMap<Result<Uuid, String>, Vec<Ready>> = BTreeMap::new();
    for mail in mails {
        let lane = if mail.after_quiet {
            Err(mail.person.to_string())
        } else {
            mail.ticket.ok_or_else(|| mail.mail.key.clone())
        };
        tickets.entry(lane).or_default().push(mail);
    }
    for lane in tickets.into_values() {
        lanes.spawn(send_lane(Arc::clone(shared), lane));
    }
}

async fn send_lane(shared: Arc<Shared>, lane: Vec<Ready>) {
    let taken_at = Instant::now();
    let Ok(_permit) = shared.permits.acquire().await else {
        return;
    };
    for ready in lane {
        let key = ready.mail.key.clone();
        let closed = matches!(shared.gauge.breaker.way(Instant::now()), Way::Closed(_));
        let too_late = taken_at.elapsed() > shared.begin_within;
        let settled = if closed || too_late || *shared.stop.borrow() {
            Settled::Released
        } else {
            attempt(&shared, ready).await
        };
        let _ = shared.settled.send((key, settled)).await;
    }
}

async fn attempt(shared: &Shared, ready: Ready) -> Settled {
    let gauge = &shared.gauge;
    if gauge.gone.load(Ordering::Relaxed) {
        gauge.dead.fetch_add(1, Ordering::Relaxed);
        shared.tally.given_up();
        return Settled::Dead {
            reason: "the endpoint said that it is gone (410); nothing is sent there before the next start".to_owned(),
        };
    }
    let begun = Instant::now();
    let outcome = shared.carrier.send(&ready.mail, shared.desk.clock().now()).await;
    let now = Instant::now();
    if let Outcome::Down { reason, after } = outcome {
        let was_down = gauge.breaker.is_down();
        let down = gauge.breaker.failed(begun, now, chance());
        if down {
            shared.tally.down(true);
        }
        if down && !was_down {
            tracing::warn!(
                channel = shared.tally.channel(),
                reason = discreet(&reason),
                "the other side cannot be worked with; messages wait"
            );
        }
        return put_off(shared, &ready, reason, after);
    }
    if gauge.breaker.worked(now) {
        shared.tally.down(false);
        tracing::info!(channel = shared.tally.channel(), "the other side works again");
    }
    match outcome {
        Outcome::Accepted => {
            gauge.sent.fetch_add(1, Ordering::Relaxed);
            shared.tally.sent();
            let took = now.duration_since(begun).as_millis();
            gauge.sending.record(i64::try_from(took).unwrap_or(i64::MAX));
            Settled::Sent
        }
        Outcome::Gone(reason) => {
            gauge.gone.store(true, Ordering::Relaxed);
            give_up(shared, &ready, reason)
        }
        Outcome::Never(reason) => give_up(shared, &ready, reason),
        Outcome::Later { reason, after } | Outcome::Down { reason, after } => put_off(shared, &ready, reason, after),
    }
}

/// Refused for good: put aside with the reason.
fn give_up(shared: &Shared, ready: &Ready, reason: String) -> Settled {
    shared.gauge.dead.fetch_add(1, Ordering::Relaxed);
    shared.tally.given_up();
    tracing::warn!(
        key = ready.mail.key,
        reason = discreet(&reason),
        "a message was refused for good and put aside"
    );
    Settled::Dead { reason }
}

/// Again after a pause, which is never shorter than what the other side asked for.
fn put_off(shared: &Shared, ready: &Ready, reason: String, after: Option<Duration>) -> Settled {
    let gauge = &shared.gauge;
    gauge.later.fetch_add(1, Ordering::Relaxed);
    shared.tally.put_off();
    if ready.attempts >= backoff::ATTEMPTS_MAX {
        gauge.dead.fetch_add(1, Ordering::Relaxed);
        shared.tally.given_up();
        return Settled::Dead {
            reason: format!("given up after {} attempts: {reason}", ready.attempts),
        };
    }
    let asked = after.map_or(0, |after| i64::try_from(after.as_millis()).unwrap_or(i64::MAX));
    let pause = backoff::mail(ready.attempts, chance()).max(asked);
    Settled::Later {
        due_at: shared.desk.clock().now().plus(pause),
        reason,
    }
}

/// Writes down what became of mails, all that is known at a moment in one transaction.
async fn settle(desk: Desk, mut settled: mpsc::Receiver<(String, Settled)>, busy: Busy) {
    let mut batch = Vec::new();
    while settled.recv_many(&mut batch, SETTLED_MAX).await > 0 {
        // The writer may be busy or the disk full; what was sent must be written down before anything else.
        let mut tries = 0_u32;
        while let Err(error) = desk.settle_mails(batch.clone()).await {
            tries += 1;
            if tries.is_power_of_two() {
                tracing::warn!(
                    error = discreet(&error),
                    mails = batch.len(),
                    "sent mails could not be marked; trying again"
                );
            }
            if tries > 100 {
                // The lease runs out and the mail is sent again, under the same key.
                break;
            }
            tokio::time::sleep(AGAIN).await;
        }
        let mut busy = keys(&busy);
        for (key, _) in batch.drain(..) {
            busy.remove(&key);
        }
    }
}

/// Any number, to spread attempts. Predictable is good enough.
fn chance() -> u64 {
    let mut bytes = [0_u8; 8];
    if getrandom::fill(&mut bytes).is_err() {
        return 0;
    }
    u64::from_le_bytes(bytes)
}
