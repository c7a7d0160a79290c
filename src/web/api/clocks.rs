//! The clocks of a ticket: what counted, what waited, and how each due time came out, in words.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use serde::Serialize;
use utoipa::ToSchema;

use crate::texts::Language;
use crate::ticket::model::ClockRun;
use crate::web::auth::{Allowed, ReadTickets};
use crate::web::clock_words::{Told, explain};
use crate::web::problem::Problem;
use crate::web::show::Time;
use crate::web::state::State;
use crate::workflow::definition::Text;
use crate::workflow::id::ClockId;

/// The clocks of a ticket.
#[derive(Serialize, ToSchema)]
pub struct ClockList {
    /// The time they are told for.
    at: Time,
    items: Vec<ClockShown>,
}

/// A clock, of the ticket or of one task.
#[derive(Serialize, ToSchema)]
pub struct ClockShown {
    clock: ClockId,
    title: Option<Text>,
    task: Option<u32>,
    cycle: u32,
    /// running, paused, stopped, met
    phase: &'static str,
    /// Where counting began; null while that is not known.
    zero: Option<Time>,
    /// True when only working time of the calendar counts.
    working: bool,
    /// The limit in milliseconds, in the unit counted.
    limit_ms: i64,
    extended_ms: i64,
    used_ms: i64,
    /// When the limit is reached if it goes on counting; null while it does not count.
    due_at: Option<Time>,
    /// When it was met, stopped, or began to wait; null while it runs.
    stopped_at: Option<Time>,
    /// When the limit was reached while it still ran; null for a clock that was in time.
    late_at: Option<Time>,
    /// The holidays of that year are not loaded yet.
    provisional: bool,
    /// Spans in which it counted; the last is open while it runs.
    segments: Vec<Segment>,
    /// Steps of its ladder still to come.
    coming: Vec<Coming>,
    explanation: Explanation,
}

/// A span in which a clock counted.
#[derive(Serialize, ToSchema)]
pub struct Segment {
    from: Time,
    to: Option<Time>,
}

/// A step of the ladder and when it comes.
#[derive(Serialize, ToSchema)]
pub struct Coming {
    at: Time,
    /// Which step of the ladder, from 0.
    step: u32,
    repetition: u32,
}

/// How the due time came out, sentence by sentence.
#[derive(Serialize, ToSchema)]
pub struct Explanation {
    zh: Vec<String>,
    en: Vec<String>,
}

/// The clocks of a ticket, each with an explanation of its due time.
#[utoipa::path(get, path = "/api/v1/tickets/{number}/clocks", tag = "tickets", params(("number" = String, Path)),
    security(("token" = ["tickets:read"])), responses((status = 200, body = ClockList)))]
pub async fn list(
    state: Data<State>,
    who: Allowed<ReadTickets>,
    number: Path<String>,
) -> Result<HttpResponse, Problem> {
    let (view, now) = state.desk.clocks(&who.principal, &number).await?;
    let directory = state.desk.directory();
    let calendar = directory.calendar(view.ticket.calendar.as_ref());
    let told = |run: &ClockRun| {
        let told = Told {
            run,
            ticket: &view.ticket,
            definition: &view.definition,
            calendar: calendar.map(|calendar| &**calendar),
            now,
        };
        ClockShown {
            clock: run.clock.clone(),
            title: view.definition.clocks.get(&run.clock).map(|clock| clock.title.clone()),
            task: run.task,
            cycle: run.cycle,
            phase: run.phase.as_str(),
            zero: run.zero.map(Time),
            working: run.budget.working,
            limit_ms: run.budget.ms,
            extended_ms: run.extended,
            used_ms: run.used(told.calendar, now),
            due_at: run.coming_due().map(Time),
            stopped_at: run.stopped_at().map(Time),
            late_at: run.late_at.map(Time),
            provisional: run.provisional,
            segments: run
                .spans
                .iter()
                .map(|(from, to)| Segment {
                    from: Time(*from),
                    to: to.map(Time),
                })
                .collect(),
            coming: run
                .schedule
                .iter()
                .map(|coming| Coming {
                    at: Time(coming.at),
                    step: coming.rung.step,
                    repetition: coming.rung.repetition,
                })
                .collect(),
            explanation: Explanation {
                zh: explain(&told, Language::Zh),
                en: explain(&told, Language::En),
            },
        }
    };
    Ok(HttpResponse::Ok().json(ClockList {
        at: Time(now),
        items: view.ticket.clocks.iter().map(told).collect(),
    }))
}
