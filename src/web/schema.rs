//! How the words of the domain look in the OpenAPI document: ids, times, texts in two languages.

use std::borrow::Cow;

use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::ticket::model::{Channel, LinkKind};
use crate::workflow::definition::Text;
use crate::workflow::id::{
    ActionId, CalendarId, ClockId, DepartmentId, FieldId, OutcomeId, PersonId, RoleId, StateId, WorkflowId,
};
use crate::workflow::moment::Moment;

use super::decode::{LINE_MAX, Line};
use super::show::Time;

macro_rules! schemas {
    ($($type:ty, $name:literal => $build:expr;)*) => {$(
        impl PartialSchema for $type {
            fn schema() -> RefOr<Schema> {
                let build: fn() -> ObjectBuilder = $build;
                RefOr::T(Schema::Object(build().build()))
            }
        }

        impl ToSchema for $type {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed($name)
            }
        }
    )*};
}

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

fn id() -> ObjectBuilder {
    text().pattern(Some("^[a-z][a-z0-9_]{0,63}$"))
}

fn time() -> ObjectBuilder {
    text()
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
        .description(Some("RFC 3339 with offset"))
        .examples(["2026-03-02T09:00:00+08:00"])
}

fn words(words: &[&'static str]) -> ObjectBuilder {
    text().enum_values(Some(words.iter().copied()))
}

schemas! {
    WorkflowId, "WorkflowId" => id;
    FieldId, "FieldId" => id;
    StateId, "StateId" => id;
    ActionId, "ActionId" => id;
    OutcomeId, "OutcomeId" => id;
    ClockId, "ClockId" => id;
    RoleId, "RoleId" => id;
    DepartmentId, "DepartmentId" => id;
    CalendarId, "CalendarId" => id;
    PersonId, "PersonId" => id;
    Moment, "Time" => time;
    Time, "Time" => time;
    Line, "Line" => || text().min_length(Some(1)).max_length(Some(LINE_MAX)).description(Some("one line of text"));
    Channel, "Channel" => || words(&["phone", "web", "mail", "chat", "letter", "visit", "platform"]);
    LinkKind, "LinkKind" => || words(&["related", "repeat", "parent", "child", "bypass", "successor"]);
    Text, "Text" => || ObjectBuilder::new()
        .schema_type(Type::Object)
        .description(Some("a text in both languages"))
        .property("zh", text())
        .property("en", text())
        .required("zh")
        .required("en");
}
