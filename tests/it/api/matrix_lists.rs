//! Rows of the matrix: lists that people keep.

use serde_json::json;

use super::matrix::{ADMINISTER, Case, Row, case};

pub fn rows() -> Vec<(&'static str, Case)> {
    vec![
        // Whoever works may ask; what becomes of each ticket stands in the answer.
        (
            "bulk_act",
            case(Row::Everybody, "/api/v1/tickets/bulk/note?dry_run=true")
                .body(json!({"tickets": [{"number": "E-none"}], "body": {"note": "批量"}})),
        ),
        ("canned_list", case(Row::Everybody, "/api/v1/canned")),
        (
            "canned_put",
            case(Row::Only(ADMINISTER), "/api/v1/canned/none").body(json!({"title": "问候", "text": "您好"})),
        ),
        ("canned_remove", case(Row::Finds(&[]), "/api/v1/canned/missing")),
        ("views_count", case(Row::Everybody, "/api/v1/tickets/count?urgent=true")),
        ("views_list", case(Row::Everybody, "/api/v1/views")),
        // Sharing is for those who look after the shift; one's own list is everybody's right.
        (
            "views_put",
            case(Row::Only(&["zhang", "boss", "vice", "ada"]), "/api/v1/views/none-night")
                .body(json!({"title": "夜班", "everybody": true, "filter": {"open": true}})),
        ),
        ("views_remove", case(Row::Finds(&[]), "/api/v1/views/none")),
        (
            "views_choose",
            case(Row::Everybody, "/api/v1/me/view").body(json!({"view": null})),
        ),
    ]
}
