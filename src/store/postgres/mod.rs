//! What only PostgreSQL understands. No other file holds SQL that SQLite would refuse.
//!
//! Several instances write side by side, without a leader (decision 0008): each decides on what it saw, and its one
//! statement writes nothing when somebody else was faster.

mod checkup;
mod claim;
mod columns;
mod feed;
mod keeper;
mod limits;
mod listen;
mod load;
mod moved;
mod presence;
mod schema;
mod snapshot;
mod trouble;
mod write;

use std::str::FromStr;
use std::time::Duration;

use sea_orm::sea_query::Value;
use sea_orm::sqlx;
use sea_orm::sqlx::postgres::PgConnectOptions;

pub use checkup::ServerFacts;
pub(super) use checkup::facts;
pub(super) use claim::{claim, first, release};
pub(super) use feed::{FURTHER, LAST_PLACE, after, until};
pub(super) use keeper::Keeper;
pub(super) use limits::write_bounds;
pub(super) use listen::listen;
pub(super) use moved::notice_move;
pub(super) use presence::tell as tell_presence;
pub(super) use schema::{foreign_schema, has_table};
pub(super) use snapshot::{is_bare, share as share_snapshot};

/// A connection that rested for so long is asked whether it is still there: the database may have been restarted.
pub(super) const RESTED: Duration = Duration::from_secs(1);

/// How long somebody waits for a connection to read. A pool tries a database that went away again after a fifth of this
/// at the latest, so it also bounds how long it takes to come back.
pub(super) const WAITED: Duration = Duration::from_secs(3);

/// Notifications of commits travel on this channel.
const CHANNEL: &str = "ombud";
/// Who is at which ticket, on this one.
const PRESENCE: &str = "ombud_presence";

/// How every connection to PostgreSQL is set up: it bears the name of its instance (`claim`). Every question of ours has an
/// index, and none is to read a whole table because statistics are missing or say that all rows are alike. Compiling plans
/// costs more than it saves.
pub(super) fn tuned(options: PgConnectOptions, instance: &str) -> PgConnectOptions {
    options
        .application_name(&format!("ombud {instance}"))
        .options([("enable_seqscan", "off"), ("jit", "off")])
}

/// True for the address of a PostgreSQL database.
pub(super) fn is_meant(url: &str) -> bool {
    url.starts_with("postgres:") || url.starts_with("postgresql:")
}

/// PostgreSQL keeps no character 0 in texts. Nobody means one: what is looked for is not there then, what is stored
/// shows that something was there.
pub(super) fn make_storable(value: &mut Value) {
    if let Value::String(Some(text)) = value
        && text.contains('\0')
    {
        *text = storable(text);
    }
}

fn storable(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

fn options(url: &str, instance: &str) -> Result<PgConnectOptions, sqlx::Error> {
    Ok(tuned(PgConnectOptions::from_str(url)?, instance))
}
