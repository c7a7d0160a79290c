//! Rows of the matrix: duty.

use serde_json::json;

use super::matrix::{ADMINISTER, Case, Row, case};

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
        (
            "import_roster_roster",
            case(Row::Only(ADMINISTER), "/api/v1/import/roster?dry_run=true")
                .body(json!("person,from,to"))
                .kind("text/csv"),
        ),
    ]
}
