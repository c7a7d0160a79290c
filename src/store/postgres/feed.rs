//! The feed where several instances write at once: in the order of transactions, and only those that are all over
//! (every transaction below the snapshot's oldest has ended), so that a late commit is never passed by.

use sea_orm::sea_query::Expr;

use crate::store::events::Place;

/// The last place that no running transaction can still precede.
pub(in crate::store) const LAST_PLACE: &str = "select xid, position from events \
    where xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint order by xid desc, position desc limit 1";

/// The place so many events after another, among those that can be shown.
pub(in crate::store) const FURTHER: &str = "select xid, position from events where (xid, position) > (?, ?) \
    and xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint order by xid, position limit 1 offset ?";

pub(in crate::store) fn after(place: Place) -> Expr {
    compared("(events.xid, events.position) > ($1, $2)", place)
}

/// `place` has been shown to be over when it was found.
pub(in crate::store) fn until(place: Place) -> Expr {
    compared("(events.xid, events.position) <= ($1, $2)", place)
}

fn compared(sql: &'static str, place: Place) -> Expr {
    Expr::cust_with_values(sql, [place.transaction, place.position])
}
