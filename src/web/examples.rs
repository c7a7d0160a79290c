//! An example for the body of each request. A test sends each one to the running server: it must have the right shape.

use serde_json::{Value, json};

/// The example of an operation; `None` for one without a body.
pub fn request(name: &str) -> Option<Value> {
    tickets(name)
        .or_else(|| directory(name))
        .or_else(|| administration(name))
        .or_else(|| reach(name))
}

fn reach(name: &str) -> Option<Value> {
    let example = match name {
        "notifications_put_mine" => json!({"off": ["mail"], "language": "zh-CN"}),
        "follow_follow" => json!({"number": "TS20260302-000001", "code": "473 921 8605", "address": "192.0.2.7"}),
        "inbox_read_all" => json!({"up_to": 4711}),
        "canned_put" => {
            json!({"title": "电费计算方式", "text": "电费按抄表读数乘以当期电价计算。", "words": "电费 电价"})
        }
        "views_put" => json!({"title": "北区投诉", "filter": {"workflow": "complaint", "open": true}, "sort": "due"}),
        "views_choose" => json!({"view": null}),
        _ => return None,
    };
    Some(example)
}

fn tickets(name: &str) -> Option<Value> {
    let example = match name {
        "tickets_open" => json!({
            "workflow": "complaint",
            "values": {"place": "和平路12号", "summary": "电表读数异常", "caller": "王先生", "phone": "13800001111"},
            "contact": {"id": "4711", "channel": "phone", "started_at": "2026-03-02T08:55:00+08:00"},
        }),
        "actions_act" => json!({"values": {"category": "billing", "region": "north"}}),
        "actions_act_on_task" => json!({"values": {"internal_note": "已上门核实", "public_reply": "电表已更换"}}),
        "bulk_act" => {
            json!({"tickets": [{"number": "TS20260302-000001"}, {"number": "TS20260302-000002"}], "body": {}})
        }
        "links_link" | "links_unlink" => json!({"ticket": "TS20260302-000002", "kind": "repeat"}),
        "links_merge" => json!({"into": "TS20260302-000002", "reason": "同一来电人的同一事项"}),
        "files_upload" => json!("说明：路灯不亮，现场照片另附。\n"),
        "contacts_report" => json!({
            "id": "4711", "channel": "phone", "number": "13800001111", "started_at": "2026-03-02T08:55:00+08:00",
        }),
        "contacts_hang_up" => json!({"ended_at": "2026-03-02T08:59:00+08:00", "recording": "rec/2026/03/02/4711"}),
        "import_tickets" => json!({"tickets": [{
            "workflow": "complaint", "number": "OLD-2025-0001", "at": "2025-12-01T09:00:00+08:00", "by": "li",
            "values": {"place": "和平路12号", "summary": "电表读数异常"},
            "commands": [{"at": "2025-12-01T09:10:00+08:00", "by": "li", "action": "submit", "values": {}}],
        }]}),
        _ => return None,
    };
    Some(example)
}

fn directory(name: &str) -> Option<Value> {
    let example = match name {
        "directory_put_department" => json!({"title": {"zh": "北区供电所", "en": "North branch"}, "parent": "field"}),
        "directory_put_role" => json!({"title": {"zh": "值班长", "en": "Shift lead"}}),
        "directory_put_person" => json!({"name": "李明", "email": "li@example.org", "language": "zh-CN"}),
        "directory_add_membership" | "directory_put_membership" => {
            json!({"person": "li", "role": "agent", "from": "2026-04-01T00:00:00+08:00"})
        }
        "directory_add_shift" | "directory_put_shift" => json!({
            "person": "li", "role": "agent", "from": "2026-03-10T08:00:00+08:00", "to": "2026-03-10T17:00:00+08:00",
        }),
        "directory_add_absence" | "directory_put_absence" => json!({
            "person": "li", "from": "2026-03-10T00:00:00+08:00", "to": "2026-03-12T00:00:00+08:00", "substitute": "wang",
        }),
        "directory_put_calendar" => json!({
            "zone": "Asia/Shanghai", "country": "cn", "day": "8 hours",
            "hours": {"mon": "08:30-12:00,13:30-18:00", "tue": "08:30-12:00,13:30-18:00"},
        }),
        "directory_put_builtin" => json!({
            "sign": ["liaison"], "chase": ["agent"], "watch": ["manager"], "correct": ["shift_lead"],
            "reveal": ["manager"], "grant_return": ["shift_lead"], "link": ["agent", "shift_lead"],
        }),
        "import_roster_roster" => {
            json!("工号,姓名,1,2,3,4,5\nli,李明,早,早,夜,,休\n早=08:00-16:00;夜=22:00-06:00,,,,,,\n")
        }
        "handovers_write" => json!({"role": "shift_lead", "note": "北区停电，抢修班 20:00 到场"}),
        "handovers_read" => json!({}),
        "handovers_ask" => json!({"shift": "li:agent:1773100800000", "with": "wang"}),
        "handovers_answer" => json!({"word": "agree"}),
        "duty_sign_on" | "duty_sign_off" => json!({}),
        "duty_put_settings" => json!({
            "on_duty": "rostered", "roles": [{"role": "shift_lead", "on_duty": "signed_on"}], "swaps": "granted",
            "shift_codes": [{"code": "早", "hours": "08:00-16:00"}, {"code": "夜", "hours": "22:00-06:00"},
                {"code": "休", "hours": ""}],
        }),
        "holidays_load" => json!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//example//holidays//\r\nBEGIN:VEVENT\r\nUID:1\r\n\
             DTSTAMP:20260101T000000Z\r\nDTSTART;VALUE=DATE:20261001\r\nDTEND;VALUE=DATE:20261008\r\n\
             SUMMARY:国庆节 休\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        ),
        _ => return None,
    };
    Some(example)
}

fn administration(name: &str) -> Option<Value> {
    let file = include_str!("../../workflows/consultation.yaml");
    let example = match name {
        "workflows_check" | "workflows_publish" => json!(first_lines(file)),
        "workflows_publish_together" => json!({"files": [first_lines(file)]}),
        "tokens_issue" => json!({"title": "dashboard", "scopes": ["tickets:read", "feed:read"]}),
        "dead_letters_resend" => json!({"reason": "邮箱已恢复"}),
        "erasures_erase" => json!({"ticket": "TS20260302-000001", "reason": "当事人要求删除，编号 2026-17"}),
        _ => return None,
    };
    Some(example)
}

/// Lines of a file that an example shows.
const LINES_SHOWN: usize = 12;

/// The head of a workflow file: whole files stand in `workflows/`.
fn first_lines(file: &str) -> String {
    let lines: Vec<&str> = file.lines().take(LINES_SHOWN).collect();
    lines.join("\n") + "\n# …\n"
}
