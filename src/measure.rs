//! What is measured: names, units and what they mean, in one place; whoever does the work counts it.
//!
//! Names and units follow Prometheus' conventions. Labels have few values, known beforehand: no ticket, no person, no
//! path. Without [`install`] counting costs nothing and keeps nothing.

use std::sync::OnceLock;
use std::time::Duration;

use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

pub const HTTP: &str = "ombud_http_request_duration_seconds";
pub const LAG: &str = "ombud_rung_lag_seconds";
pub const FIRED: &str = "ombud_rungs_fired_total";
pub const OVERDUE: &str = "ombud_rung_overdue_seconds";
pub const SWEEP_FAILURES: &str = "ombud_sweep_failures_total";
pub const MAILS_PENDING: &str = "ombud_mails_pending";
pub const MAILS_OLDEST: &str = "ombud_mails_oldest_age_seconds";
pub const MAILS_DEAD: &str = "ombud_mails_dead";
pub const MAILS_SENT: &str = "ombud_mails_sent_total";
pub const MAILS_PUT_OFF: &str = "ombud_mails_put_off_total";
pub const MAILS_GIVEN_UP: &str = "ombud_mails_given_up_total";
pub const MAIL_DOWN: &str = "ombud_mail_server_down";
pub const MESSAGES_PENDING: &str = "ombud_messages_pending";
pub const MESSAGES_OLDEST: &str = "ombud_messages_oldest_age_seconds";
pub const MESSAGES_DEAD: &str = "ombud_messages_dead";
pub const MESSAGES_SENT: &str = "ombud_messages_sent_total";
pub const MESSAGES_PUT_OFF: &str = "ombud_messages_put_off_total";
pub const MESSAGES_GIVEN_UP: &str = "ombud_messages_given_up_total";
pub const CHANNEL_DOWN: &str = "ombud_channel_down";
pub const CALENDARS_ENDING: &str = "ombud_calendars_ending";
pub const QUEUE: &str = "ombud_writer_queue_commands";
pub const QUEUE_MAX: &str = "ombud_writer_queue_max_commands";
pub const BATCH: &str = "ombud_writer_batch_commands";
pub const COMMIT: &str = "ombud_writer_batch_duration_seconds";
pub const BACKUP_AGE: &str = "ombud_backup_age_seconds";
pub const BACKUP_FAILURES: &str = "ombud_backup_failures_total";
pub const FOLLOWED: &str = "ombud_follow_attempts_total";
pub const BUILD: &str = "ombud_build_info";

const COUNTERS: &[(&str, &str)] = &[
    (FIRED, "Rungs that fired."),
    (
        SWEEP_FAILURES,
        "Due tickets, or looks for them, that failed and are tried again.",
    ),
    (MAILS_SENT, "Mails the mail server took."),
    (MAILS_PUT_OFF, "Attempts after which a mail waits for the next one."),
    (MAILS_GIVEN_UP, "Mails that were put aside."),
    (
        BACKUP_FAILURES,
        "Daily backups that could not be made, or whose audit finds something.",
    ),
    (MESSAGES_SENT, "Messages the endpoint of a channel took."),
    (
        MESSAGES_PUT_OFF,
        "Attempts after which a message of a channel waits for the next one.",
    ),
    (MESSAGES_GIVEN_UP, "Messages of a channel that were put aside."),
    (
        FOLLOWED,
        "Numbers and codes that callers showed: shown, refused, or told to wait.",
    ),
];

const GAUGES: &[(&str, &str)] = &[
    (
        OVERDUE,
        "How long the oldest rung that has not fired is due; 0 when none is.",
    ),
    (MAILS_PENDING, "Mails that wait."),
    (
        MAILS_OLDEST,
        "How long the oldest waiting mail has been due; 0 when none is.",
    ),
    (MAILS_DEAD, "Mails put aside that nobody has sent again."),
    (MAIL_DOWN, "1 while the mail server cannot be worked with."),
    (
        BACKUP_AGE,
        "How old the newest backup is, or for how long there has been none; 0 where the server makes none.",
    ),
    (MESSAGES_PENDING, "Messages of a channel that wait."),
    (
        MESSAGES_OLDEST,
        "How long the oldest waiting message of a channel has been due; 0 when none is.",
    ),
    (
        MESSAGES_DEAD,
        "Messages of a channel put aside that nobody has sent again.",
    ),
    (CHANNEL_DOWN, "1 while the endpoint of a channel cannot be worked with."),
    (
        CALENDARS_ENDING,
        "Calendars that lack a year: from October on the next one, at any time the present one.",
    ),
    (QUEUE, "Commands that wait for the writer."),
    (QUEUE_MAX, "Commands that may wait; more are refused with 503."),
    (BUILD, "Always 1; version and kind of database as labels."),
];

const HISTOGRAMS: &[(&str, &str, &[f64])] = &[
    (
        HTTP,
        "Time to the answer, by method, pattern of the route and class of status.",
        SECONDS,
    ),
    (LAG, "How late rungs fired.", LATE),
    (BATCH, "Commands the writer saved in one transaction.", COMMANDS),
    (COMMIT, "Time to decide, write and commit a batch.", SECONDS),
];

const SECONDS: &[f64] = &[
    0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];
const LATE: &[f64] = &[
    0.01, 0.05, 0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 60.0, 600.0, 3_600.0, 86_400.0,
];
const COMMANDS: &[f64] = &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0];

/// How often what was counted is gathered when nobody asks.
const UPKEEP: Duration = Duration::from_secs(5);

static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();

/// Every metric there is: name, and what it says.
pub fn described() -> impl Iterator<Item = (&'static str, &'static str)> {
    let histograms = HISTOGRAMS.iter().map(|(name, says, _)| (*name, *says));
    COUNTERS.iter().chain(GAUGES).copied().chain(histograms)
}

/// Begins to count, once for the process.
pub fn install() -> &'static PrometheusHandle {
    RECORDER.get_or_init(|| {
        let builder = HISTOGRAMS
            .iter()
            .fold(PrometheusBuilder::new(), |builder, (name, _, bounds)| {
                // Refused only for an empty list of bounds.
                let name = Matcher::Full((*name).to_owned());
                builder
                    .set_buckets_for_metric(name, bounds)
                    .unwrap_or_else(|_| PrometheusBuilder::new())
            });
        let recorder = builder.build_recorder();
        let handle = recorder.handle();
        // Somebody else's recorder in the same process stays; then there is nothing to show.
        let _ = metrics::set_global_recorder(recorder);
        for (name, says) in COUNTERS {
            describe_counter!(*name, *says);
            // A counter that is not there yet looks like a server that is not there.
            counter!(*name).increment(0);
        }
        for (name, says) in GAUGES {
            describe_gauge!(*name, *says);
        }
        for (name, says, _) in HISTOGRAMS {
            describe_histogram!(*name, *says);
        }
        for none_yet in [
            MAIL_DOWN,
            BACKUP_AGE,
            MESSAGES_PENDING,
            MESSAGES_OLDEST,
            MESSAGES_DEAD,
            CHANNEL_DOWN,
        ] {
            gauge!(none_yet).set(0.0);
        }
        handle
    })
}

/// Gathers what was counted while nobody asks, for as long as it is awaited.
pub async fn gather() {
    let handle = install();
    loop {
        tokio::time::sleep(UPKEEP).await;
        handle.run_upkeep();
    }
}

/// Milliseconds as the seconds Prometheus wants.
pub fn seconds(milliseconds: i64) -> f64 {
    Duration::from_millis(u64::try_from(milliseconds).unwrap_or(0)).as_secs_f64()
}

/// A number of things, as a metric.
pub fn number(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
