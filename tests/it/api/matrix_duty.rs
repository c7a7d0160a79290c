//! Rows of the matrix: duty.

use serde_json::json;

use super::matrix::{ADMINISTER, Case, Row, WORK, case};

/// Those who look after the duty of somebody else than themselves; cai is signed on and off here.
const LEAD_DUTY: &[&str] = &["zhang", "cai", "boss", "vice", "ada"];

pub fn rows() -> Vec<(&'static str, Case)> {
    vec![
        ("duty_now", case(Row::Everybody, "/api/v1/duty/now")),
        ("duty_roster", case(Row::Everybody, "/api/v1/duty/roster")),
        ("duty_gaps", case(Row::Everybody, "/api/v1/duty/gaps")),
        // Others' duty is for shift leads, managers and administrators.
        (
            "duty_sign_on",
            case(Row::Only(LEAD_DUTY), "/api/v1/duty/sign-on").body(json!({"person": "cai"})),
        ),
        (
            "duty_sign_off",
            case(Row::Only(LEAD_DUTY), "/api/v1/duty/sign-off").body(json!({"person": "cai"})),
        ),
        ("duty_settings", case(Row::Everybody, "/api/v1/duty/settings")),
        (
            "duty_put_settings",
            case(Row::Only(ADMINISTER), "/api/v1/duty/settings").body(json!({"on_duty": "rostered"})),
        ),
        ("handovers_list", case(Row::Everybody, "/api/v1/duty/handovers")),
        // Of whoever is on duty, or looks after duty: others are told so (409), the auditor writes nothing.
        (
            "handovers_write",
            case(Row::Only(WORK), "/api/v1/duty/handovers").body(json!({"note": "交接"})),
        ),
        (
            "handovers_read",
            case(Row::Finds(&[]), "/api/v1/duty/handovers/999999/read").body(json!({})),
        ),
        ("handovers_swaps", case(Row::Everybody, "/api/v1/duty/swaps")),
        (
            "handovers_ask",
            case(Row::Only(&["zhang"]), "/api/v1/duty/swaps").body(json!({"shift": "zhang-monday", "with": "li"})),
        ),
        (
            "handovers_answer",
            case(Row::Finds(&[]), "/api/v1/duty/swaps/none/answer").body(json!({"word": "agree"})),
        ),
        ("handovers_alarms", case(Row::Everybody, "/api/v1/duty/alarms")),
        (
            "import_roster_roster",
            case(Row::Only(ADMINISTER), "/api/v1/import/roster?dry_run=true")
                .body(json!("person,from,to"))
                .kind("text/csv"),
        ),
    ]
}
