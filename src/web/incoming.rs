//! The bytes of a file on their way in: handed on as they come, within the time a body has, never held whole.

use std::time::{Duration, Instant};

use actix_web::HttpRequest;
use actix_web::dev::Payload;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use futures_util::StreamExt;

use crate::config::Limits;
use crate::desk::DeskError;
use crate::desk::files::{Received, Receiving};

use super::deadline::Arriving;
use super::problem::{Code, Fault, Place, Problem};

/// Takes a body into a file. What breaks off, comes too slowly or grows too large leaves nothing.
pub async fn take(
    request: &HttpRequest,
    mut payload: Payload,
    limits: &Limits,
    mut receiving: Receiving,
) -> Result<Received, Problem> {
    if request.headers().contains_key(CONTENT_ENCODING) {
        // A small compressed body could unpack to a very large one.
        return Err(closing(
            Problem::new(Code::UnsupportedMedia).with("accepted", "application/octet-stream"),
        ));
    }
    let declared = request.headers().get(CONTENT_LENGTH);
    let declared = declared.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if let Some(declared) = declared {
        receiving.expect(declared).map_err(refused)?;
    }
    {
        // The time in which the body arrives is the client's, not ours.
        let _arriving = Arriving::of(request);
        let started = Instant::now();
        let mut taken = 0_u64;
        loop {
            let earned = taken / limits.body_bytes_per_second_min;
            let allowed = Duration::from_secs(limits.body_within_seconds.saturating_add(earned));
            let left = allowed.saturating_sub(started.elapsed());
            let chunk = tokio::time::timeout(left, payload.next()).await.map_err(|_| {
                closing(Problem::new(Code::BodyTimeout).with("seconds", limits.body_within_seconds.to_string()))
            })?;
            match chunk {
                None => break,
                Some(Ok(chunk)) => {
                    taken = taken.saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
                    receiving.write(&chunk).await.map_err(refused)?;
                }
                Some(Err(_)) => {
                    let fault = Fault::new(Place::Pointer(String::new()), "body_broken");
                    return Err(closing(Problem::new(Code::BadRequest).fault(fault)));
                }
            }
        }
        // A client that went away in the middle may look as one that has said all.
        if declared.is_some_and(|declared| declared != taken) {
            let fault = Fault::new(Place::Pointer(String::new()), "body_broken");
            return Err(closing(Problem::new(Code::BadRequest).fault(fault)));
        }
    }
    receiving.finish().await.map_err(refused)
}

/// What the desk says to a file, with the status that HTTP has for it. The rest of the body is not read.
pub fn refused(error: DeskError) -> Problem {
    let code = match &error {
        DeskError::Invalid(problems) => problems.iter().find_map(|problem| match problem.code {
            "file_too_large" => Some(Code::FileTooLarge),
            "file_kind" => Some(Code::FileKind),
            _ => None,
        }),
        DeskError::Refused(_)
        | DeskError::NotFound { .. }
        | DeskError::Stale { .. }
        | DeskError::PreconditionRequired
        | DeskError::KeyReused
        | DeskError::InFlight
        | DeskError::Busy
        | DeskError::Unknown(_)
        | DeskError::Forbidden { .. }
        | DeskError::NotAllowed { .. }
        | DeskError::Conflict(_)
        | DeskError::Unclean(_)
        | DeskError::UnknownDefinition(_)
        | DeskError::Store(_) => None,
    };
    let problem = Problem::from(error);
    closing(match code {
        Some(code) => Problem::new(code).faults(problem.faults.clone()),
        None => problem,
    })
}

fn closing(problem: Problem) -> Problem {
    problem.header("Connection", "close")
}
