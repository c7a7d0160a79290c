//! Rows of the matrix: inboxes and messages on their way.

use serde_json::json;

use super::matrix::{ADMINISTER, Case, Row, case};

/// `ticket` is the path of the ticket of the matrix.
pub fn rows(ticket: &str) -> Vec<(&'static str, Case)> {
    vec![
        ("inbox_list", case(Row::Everybody, "/api/v1/inbox")),
        ("inbox_unread", case(Row::Everybody, "/api/v1/inbox/unread")),
        (
            "inbox_read",
            case(Row::Finds(&[]), "/api/v1/inbox/999999/read").body(json!({})),
        ),
        (
            "inbox_read_all",
            case(Row::Everybody, "/api/v1/inbox/read-all").body(json!({"up_to": 0})),
        ),
        ("notifications_mine", case(Row::Everybody, "/api/v1/me/notifications")),
        (
            "notifications_put_mine",
            case(Row::Everybody, "/api/v1/me/notifications").body(json!({"off": ["mail"]})),
        ),
        (
            "notifications_deliveries",
            case(Row::Sees, format!("{ticket}/deliveries")),
        ),
        (
            "follow_follow",
            case(Row::Everybody, "/api/v1/follow").body(json!({"number": "none", "code": "0", "address": "nowhere"})),
        ),
        (
            "follow_code",
            case(
                Row::Acts(&["li", "zhang", "boss", "vice"]),
                format!("{ticket}/caller-code"),
            )
            .body(json!({})),
        ),
        ("dead_letters_list", case(Row::Only(ADMINISTER), "/api/v1/dead-letters")),
        (
            "dead_letters_one",
            case(Row::Only(ADMINISTER), "/api/v1/dead-letters/none"),
        ),
        (
            "dead_letters_resend",
            case(Row::Only(ADMINISTER), "/api/v1/dead-letters/none/resend").body(json!({})),
        ),
    ]
}
