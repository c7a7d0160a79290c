//! A desk of its own for each test: a database of its own (`database`), a clock the test turns, a small organisation
//! and a small workflow (`errand.yaml`).
//!
//! Who is who: agents li and wang, shift lead zhang (on duty until Tuesday), liaison sun and head hao of `finance`,
//! liaison nora of `north` (a part of `field`, whose head is hua), callback agent cai, managers boss and vice, auditor
//! audrey, administrator ada.

#![allow(dead_code, reason = "each suite takes what it needs")]

pub mod database;
pub mod process;
pub mod proxy;

use std::collections::BTreeMap;
use std::time::Duration;

use ombud::clock::Clock;
use ombud::desk::act::{Act, Seen};
use ombud::desk::directory::{Edit, Kind};
use ombud::desk::open::Open;
use ombud::desk::{Answered, Desk, DeskError, Done, Idempotency, Principal, Request};
use ombud::store::connect::statement;
use ombud::store::{Database, events};
use ombud::workflow::moment::Moment;
use sea_orm::ConnectionTrait;
use serde_json::{Map, Value as Json, json};

use database::Fresh;

/// Monday, 2 March 2026, 09:00 in Shanghai.
pub const MONDAY_9: Moment = Moment(1_772_413_200_000);

pub const ERRAND: &str = include_str!("errand.yaml");

/// The desk of one test.
pub struct TestDesk {
    pub desk: Desk,
    pub clock: Clock,
    pub url: String,
    pub fresh: Fresh,
}

impl TestDesk {
    /// A fresh desk with the organisation and the workflow.
    pub async fn new() -> Self {
        let test = Self::empty().await;
        test.found().await;
        test
    }

    /// A fresh desk without anything.
    pub async fn empty() -> Self {
        let fresh = Fresh::new().await;
        let url = fresh.url.clone();
        let clock = Clock::set_to(MONDAY_9);
        let database = Database::open(&url).await.unwrap();
        let desk = Desk::start(database, clock.clone()).await.unwrap();
        Self {
            desk,
            clock,
            url,
            fresh,
        }
    }

    /// A desk on the SQLite file of this address, which is somebody else's to remove.
    pub async fn at(url: &str, now: Moment) -> Self {
        let (fresh, clock) = (Fresh::file(), Clock::set_to(now));
        let database = Database::open(url).await.unwrap();
        let desk = Desk::start(database, clock.clone()).await.unwrap();
        let test = Self {
            desk,
            clock,
            url: url.to_owned(),
            fresh,
        };
        test.found().await;
        test
    }

    /// The same database opened again, as after a restart.
    pub async fn again(self) -> Self {
        let Self {
            clock,
            url,
            fresh,
            desk,
            ..
        } = self;
        drop(desk);
        let database = Database::open(&url).await.unwrap();
        let desk = Desk::start(database, clock.clone()).await.unwrap();
        Self {
            desk,
            clock,
            url,
            fresh,
        }
    }

    async fn found(&self) {
        self.desk.edit(&Principal::machine(), organisation()).await.unwrap();
        self.desk.publish(&Principal::machine(), ERRAND, None).await.unwrap();
    }

    /// Opens an errand.
    pub async fn open(&self, person: &str, values: Json) -> Done {
        done(self.try_open(person, values).await.unwrap())
    }

    pub async fn try_open(&self, person: &str, values: Json) -> Result<Answered, DeskError> {
        self.desk.open(by(person), errand(values)).await
    }

    /// Does something, whatever the revision.
    pub async fn act(&self, person: &str, number: &str, action: &str, values: Json) -> Done {
        done(self.try_act(person, number, action, values).await.unwrap())
    }

    pub async fn try_act(&self, person: &str, number: &str, action: &str, values: Json) -> Result<Answered, DeskError> {
        self.desk.act(by(person), act(number, action, values)).await
    }

    /// Waits until the feed shows all that was written: on PostgreSQL it waits for transactions of other databases too.
    pub async fn feed_is_whole(&self) {
        let db = self.desk.database();
        let sql = "select coalesce(max(position), 0) from events";
        let row = db
            .readers()
            .query_one_raw(statement(db.backend(), sql, Vec::new()))
            .await
            .unwrap();
        let last: i64 = row.unwrap().try_get_by_index(0).unwrap();
        for _ in 0..2_000 {
            if events::last_place(db).await.unwrap().position >= last {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("the feed never shows event {last}");
    }

    /// An errand that was submitted by li and waits for review.
    pub async fn submitted(&self) -> Done {
        let number = self.open("li", whole()).await.ticket.number.to_string();
        self.act("li", &number, "submit", json!({})).await
    }

    /// An errand that is with finance.
    pub async fn dispatched(&self) -> Done {
        let number = self.submitted().await.ticket.number.to_string();
        self.act("zhang", &number, "dispatch", json!({"lead": "finance"})).await
    }
}

pub fn by(person: &str) -> Request {
    Request::by(Principal::whole(person))
}

/// A request under an idempotency key.
pub fn keyed(person: &str, key: &str, body: u8) -> Request {
    Request {
        idempotency: Some(Idempotency {
            key: key.to_owned(),
            request: [body; 32],
        }),
        ..by(person)
    }
}

pub fn errand(values: Json) -> Open {
    Open {
        workflow: "errand".into(),
        values: object(values),
        contact: None,
    }
}

pub fn act(number: &str, action: &str, values: Json) -> Act {
    Act {
        number: number.to_owned(),
        task: None,
        action: action.into(),
        values: object(values),
        texts: BTreeMap::new(),
        with: Map::new(),
        on_behalf_of: None,
        seen: Seen::Any,
    }
}

/// All that a draft needs.
pub fn whole() -> Json {
    json!({"place": "和平路12号", "summary": "路灯不亮", "caller": "王先生", "phone": "13800001111"})
}

pub fn object(value: Json) -> Map<String, Json> {
    match value {
        Json::Object(map) => map,
        other @ (Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Array(_)) => {
            panic!("no object: {other}")
        }
    }
}

pub fn done(answered: Answered) -> Done {
    match answered {
        Answered::Done(done) => *done,
        Answered::Repeated(done) => panic!("repeated: {}", done.ticket.number),
    }
}

pub fn put(kind: Kind, body: Json) -> Edit {
    Edit::Put { kind, key: None, body }
}

/// The organisation, as an administrator would enter it.
pub fn organisation() -> Vec<Edit> {
    let mut edits = Vec::new();
    for (id, parent) in [("finance", None), ("field", None), ("north", Some("field"))] {
        edits.push(put(
            Kind::Department,
            json!({"id": id, "title": {"zh": id, "en": id}, "parent": parent}),
        ));
    }
    for role in [
        "agent",
        "shift_lead",
        "head",
        "liaison",
        "callback",
        "manager",
        "auditor",
        "administrator",
    ] {
        edits.push(put(Kind::Role, json!({"id": role, "title": {"zh": role, "en": role}})));
    }
    for (person, role, department) in [
        ("li", "agent", None),
        ("wang", "agent", None),
        ("zhang", "shift_lead", None),
        ("sun", "liaison", Some("finance")),
        ("hao", "head", Some("finance")),
        ("nora", "liaison", Some("north")),
        ("hua", "head", Some("field")),
        ("cai", "callback", None),
        ("boss", "manager", None),
        ("vice", "manager", None),
        ("audrey", "auditor", None),
        ("ada", "administrator", None),
    ] {
        edits.push(put(
            Kind::Person,
            json!({"id": person, "name": person, "email": format!("{person}@example.org"), "language": "zh-CN"}),
        ));
        edits.push(Edit::Put {
            kind: Kind::Membership,
            key: Some(format!("{person}-{role}")),
            body: json!({"person": person, "role": role, "department": department}),
        });
    }
    edits.push(Edit::Put {
        kind: Kind::Shift,
        key: Some("zhang-monday".into()),
        body: json!({"person": "zhang", "role": null, "from": MONDAY_9.0 - 3_600_000, "to": MONDAY_9.0 + 86_400_000}),
    });
    edits.push(put(
        Kind::Calendar,
        json!({"id": "default", "zone": "Asia/Shanghai", "day": "8 hours", "hours": {
            "mon": "08:30-12:00,13:30-18:00", "tue": "08:30-12:00,13:30-18:00", "wed": "08:30-12:00,13:30-18:00",
            "thu": "08:30-12:00,13:30-18:00", "fri": "08:30-12:00,13:30-18:00"}}),
    ));
    edits
}
