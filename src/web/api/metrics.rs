//! How the server is doing, for Prometheus: docs/operations/watching.md lists every metric.

use actix_web::HttpResponse;
use actix_web::web::Data;
use metrics::gauge;

use crate::desk::outbox::MAIL;
use crate::measure;
use crate::web::auth::{Allowed, ReadMetrics};
use crate::web::problem::Problem;
use crate::web::state::State;

/// What Prometheus reads.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Counters, gauges and histograms in Prometheus' text format; nothing about a ticket or a person. What concerns the
/// database (mails that wait, the oldest rung that is due) is asked at this moment.
#[utoipa::path(get, path = "/metrics", tag = "health", security(("token" = ["metrics:read"])),
    responses((status = 200, body = String, content_type = "text/plain")))]
pub async fn read(state: Data<State>, _who: Allowed<ReadMetrics>) -> Result<HttpResponse, Problem> {
    let handle = measure::install();
    let desk = &state.desk;
    let now = desk.clock().now();
    let due = desk.next_due().await?;
    let mut channels = desk.message_figures().await?;
    let mails = channels.remove(MAIL).unwrap_or_default();
    let age = |since: Option<crate::workflow::moment::Moment>| measure::seconds(since.map_or(0, |at| now.since(at)));
    gauge!(measure::OVERDUE).set(age(due));
    gauge!(measure::MAILS_PENDING).set(measure::number(mails.pending));
    gauge!(measure::MAILS_DEAD).set(measure::number(mails.dead));
    gauge!(measure::MAILS_OLDEST).set(age(mails.oldest));
    for channel in state.config.channels.keys() {
        let figures = channels.remove(channel).unwrap_or_default();
        let named = |metric: &'static str| gauge!(metric, "channel" => channel.clone());
        named(measure::MESSAGES_PENDING).set(measure::number(figures.pending));
        named(measure::MESSAGES_DEAD).set(measure::number(figures.dead));
        named(measure::MESSAGES_OLDEST).set(age(figures.oldest));
    }
    let (waiting, max) = desk.writer().waiting();
    gauge!(measure::QUEUE).set(measure::number(waiting));
    gauge!(measure::QUEUE_MAX).set(measure::number(max));
    let database = if desk.database().is_shared() {
        "postgresql"
    } else {
        "sqlite"
    };
    gauge!(measure::BUILD, "version" => env!("CARGO_PKG_VERSION"), "database" => database).set(1.0);
    Ok(HttpResponse::Ok().content_type(TEXT).body(handle.render()))
}
