//! The agent's desk: a new ticket while the caller is on the line. Kinds by key, the fields its submission wants,
//! the caller's earlier tickets, what the routing suggests and why, fifteen minutes on a ring, drafts side by side.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::desk::drafts::Draft;
use crate::web::form as schemas;
use crate::web::problem::{Code, Problem};
use crate::web::state::State;
use crate::workflow::definition::Definition;
use crate::workflow::id::WorkflowId;
use crate::workflow::moment::{MINUTE, Moment};
use crate::workflow::value::FieldType;

use super::answer::{self, word};
use super::desk_aside::{AsideView, aside_view};
use super::fields::{self, Around, Field};
use super::files::{self, FilesField};
use super::form::Form;
use super::timeline::action_title;
use super::visitor::{Posted, Visitor};
use super::words::{Names, text};

/// The whole ticket is written within this time of hang-up, of opening where no contact is known (R5).
const WRITE_WITHIN: i64 = 15 * MINUTE;
/// The form of drafts of the desk.
const FORM: &str = "desk";
/// Kinds in the order of their keys (R2); others follow.
const ORDER: [&str; 4] = ["consultation", "suggestion", "complaint", "help"];
/// Names in the form: that it is urgent, and why.
pub(super) const MARK: &str = "mark";
pub(super) const MARK_WHY: &str = "mark_why";
/// Name in the form: the ticket that this one is merged into.
pub(super) const MERGE: &str = "merge_into";
/// Kinds that have a key: Alt with a digit.
const KEYS: usize = 9;
/// Kinds that stand beside each other with a word about each.
const KINDS_WIDE: usize = 4;
/// The kind when nothing is chosen: in doubt complaint or help (R3).
const USUAL: &str = "complaint";

/// Which draft to go on with.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    draft: String,
}

#[derive(Serialize)]
struct DeskView {
    draft: String,
    begun: i64,
    ended: String,
    due: i64,
    total: i64,
    kinds: Vec<Kind>,
    /// More than stand beside each other with a word about each.
    many_kinds: bool,
    drafts: Vec<Tab>,
    channels: Vec<fields::Choice>,
    form: FormView,
    aside: AsideView,
}

/// What depends on the kind.
#[derive(Serialize)]
pub(super) struct FormView {
    workflow: String,
    draft: String,
    #[serde(skip)]
    pub(super) fields: Vec<Field>,
    cells: Vec<Cell>,
    /// Fields with which something is wrong, to go to.
    faults: Vec<Fault>,
    buttons: Vec<Button>,
    files: Option<FilesField>,
    pub(super) wrong: Vec<String>,
    /// Places of the subject's parts: `place,summary`.
    subject: String,
    pub(super) mark: Option<MarkView>,
}

/// A place in the form: a field, and the ticks that stand on the line of its title.
#[derive(Serialize)]
struct Cell {
    field: Field,
    ticks: Vec<Field>,
    /// `wide` takes the whole width, `pair` half of it where the window is wide: two long texts stand beside each other.
    size: &'static str,
}

/// A field with which something is wrong.
#[derive(Serialize)]
struct Fault {
    id: String,
    title: String,
}

impl FormView {
    /// Once nothing changes any more: where each field stands.
    pub(super) fn laid_out(mut self) -> Self {
        for field in std::mem::take(&mut self.fields) {
            let long = matches!(field.kind, "area" | "list");
            match self.cells.last_mut() {
                Some(before) if field.kind == "tick" && before.size.is_empty() => before.ticks.push(field),
                Some(before) if long && before.size == "wide" => {
                    before.size = "pair";
                    self.cells.push(Cell::of(field, "pair"));
                }
                Some(_) | None => self.cells.push(Cell::of(field, if long { "wide" } else { "" })),
            }
        }
        self.fill_rows();
        let wrong = self.cells.iter().filter(|cell| cell.field.wrong.is_some());
        self.faults = wrong
            .map(|cell| Fault {
                id: cell.field.id.clone(),
                title: cell.field.title.clone(),
            })
            .collect();
        self
    }

    /// A long text begins its row: where a short field before it stands alone, the next short one is fetched beside it.
    fn fill_rows(&mut self) {
        let long = |cell: &Cell| !cell.size.is_empty();
        let mut begin = 0;
        while let Some(found) = self.cells.iter().skip(begin).position(long) {
            let place = begin + found;
            let next = self.cells.iter().skip(place).position(|cell| !long(cell));
            if let (1, Some(next)) = (found % 2, next) {
                let fetched = self.cells.remove(place + next);
                self.cells.insert(place, fetched);
            }
            let after = self.cells.iter().skip(place + found % 2).position(|cell| !long(cell));
            match after {
                Some(after) => begin = place + found % 2 + after,
                None => break,
            }
        }
    }
}

impl Cell {
    fn of(field: Field, size: &'static str) -> Self {
        Self {
            field,
            ticks: Vec::new(),
            size,
        }
    }
}

/// Marking it urgent while it is written (R9).
#[derive(Serialize)]
pub(super) struct MarkView {
    title: String,
    chosen: bool,
    /// The reason that is asked for; empty where none is.
    why: String,
    value: String,
    pub(super) wrong: String,
}

#[derive(Serialize)]
struct Kind {
    id: String,
    title: String,
    hint: Option<String>,
    /// The digit that chooses it together with Alt.
    key: Option<usize>,
    chosen: bool,
}

#[derive(Serialize)]
struct Tab {
    id: String,
    title: String,
    current: bool,
}

#[derive(Serialize)]
pub(super) struct Button {
    action: String,
    title: String,
    primary: bool,
}

/// `GET /desk`
pub async fn page(state: Data<State>, visitor: Visitor, asked: Query<Asked>) -> Result<HttpResponse, Problem> {
    let drafts = state.desk.drafts(&visitor.principal).await?;
    let draft = drafts
        .iter()
        .find(|draft| draft.id == asked.draft && draft.form == FORM);
    let form = draft.map_or_else(Form::default, |draft| Form::of_json(&draft.content));
    let id = draft.map_or_else(|| Uuid::new_v4().to_string(), |draft| draft.id.clone());
    let begun = draft.map_or(visitor.now, |draft| draft.created_at);
    let tabs = drafts
        .iter()
        .filter(|one| one.form == FORM)
        .map(|one| Tab {
            id: one.id.clone(),
            title: one.title.clone(),
            current: one.id == id,
        })
        .collect();
    shown(&state, &visitor, &form, (id, begun), tabs, Vec::new(), StatusCode::OK).await
}

async fn shown(
    state: &State,
    visitor: &Visitor,
    form: &Form,
    (draft, begun): (String, Moment),
    drafts: Vec<Tab>,
    wrong: Vec<String>,
    status: StatusCode,
) -> Result<HttpResponse, Problem> {
    let language = visitor.look.language;
    let definition = chosen(state, form)?;
    let ended = form.text("ended").parse::<i64>().ok();
    let mut kinds: Vec<_> = state.desk.all_active();
    kinds.sort_by_key(|known| {
        ORDER
            .iter()
            .position(|id| *id == known.workflow.as_str())
            .unwrap_or(ORDER.len())
    });
    let view = DeskView {
        many_kinds: kinds.len() > KINDS_WIDE,
        begun: begun.0,
        ended: ended.map_or_else(String::new, |ended| ended.to_string()),
        due: ended.unwrap_or(begun.0).saturating_add(WRITE_WITHIN),
        total: WRITE_WITHIN / 1000,
        kinds: kinds
            .iter()
            .enumerate()
            .map(|(place, known)| Kind {
                chosen: known.workflow.value == definition.workflow.value,
                id: known.workflow.to_string(),
                title: text(&known.title, language),
                hint: crate::texts::find(language, &format!("desk-hint-{}", known.workflow.as_str()), &[]),
                key: (place < KEYS).then_some(place + 1),
            })
            .collect(),
        channels: ["phone", "web", "mail", "chat", "letter", "visit", "platform"]
            .iter()
            .map(|channel| fields::Choice {
                value: (*channel).to_owned(),
                title: word(&visitor.look, &format!("channel-{channel}")),
                chosen: form.get("channel").unwrap_or("phone") == *channel,
            })
            .collect(),
        form: form_view(state, visitor, &definition, form, &draft, (wrong, Vec::new()))
            .await
            .laid_out(),
        aside: aside_view(state, visitor, &definition, form).await?,
        drafts,
        draft,
    };
    answer::with_status(visitor, status, "desk", word(&visitor.look, "nav-desk"), "desk", &view)
}

/// The kind that the form names, else the usual one, else whichever there is.
pub(super) fn chosen(state: &State, form: &Form) -> Result<std::sync::Arc<Definition>, Problem> {
    let named = form.get("workflow").map(WorkflowId::new);
    named
        .and_then(|workflow| state.desk.active(&workflow))
        .or_else(|| state.desk.active(&USUAL.into()))
        .or_else(|| state.desk.all_active().into_iter().next())
        .ok_or_else(|| Problem::new(Code::NotFound))
}

pub(super) fn fields_of(state: &State, visitor: &Visitor, definition: &Definition) -> Vec<Field> {
    let directory = state.desk.directory();
    let around = Around {
        names: &Names {
            directory: &directory,
            language: visitor.look.language,
        },
        zone: &visitor.zone,
        now: visitor.now,
    };
    let mut fields = fields::of_schema(&schemas::opening(definition), &Map::new(), &around);
    for field in &mut fields {
        let known = field
            .name
            .strip_prefix("values.")
            .and_then(|id| definition.fields.get(id));
        // Yes and no that nobody has asked for is no.
        if known.is_some_and(|known| known.kind == FieldType::YesNo && known.default.is_some()) {
            field.kind = "tick";
        }
    }
    fields
}

/// `wrong` is what is said of the form, and of its files.
pub(super) async fn form_view(
    state: &State,
    visitor: &Visitor,
    definition: &Definition,
    form: &Form,
    draft: &str,
    (wrong, wrong_files): (Vec<String>, Vec<String>),
) -> FormView {
    let mut fields = fields_of(state, visitor, definition);
    fields::refill(&mut fields, form, &[]);
    let start = definition.states.get(&definition.start.value);
    let actions = start.into_iter().flat_map(|start| start.actions.values());
    let subject = definition.subject.value.split(['{', '}']).skip(1).step_by(2);
    FormView {
        workflow: definition.workflow.to_string(),
        draft: draft.to_owned(),
        fields,
        cells: Vec::new(),
        faults: Vec::new(),
        buttons: actions
            .enumerate()
            .map(|(place, action)| Button {
                action: action.id.to_string(),
                title: text(&action.title, visitor.look.language),
                primary: place == 0,
            })
            .collect(),
        files: files::field(state, visitor, form, wrong_files).await,
        wrong,
        subject: subject.collect::<Vec<_>>().join(","),
        mark: mark_view(state, visitor, definition, form),
    }
}

fn mark_view(state: &State, visitor: &Visitor, definition: &Definition, form: &Form) -> Option<MarkView> {
    let language = visitor.look.language;
    let marking = state
        .desk
        .marking(&visitor.principal, &definition.workflow.value, &Map::new())?;
    let field = marking.why.as_ref().and_then(|why| definition.fields.get(why));
    Some(MarkView {
        title: action_title(marking.action.as_str(), definition, language),
        chosen: form.text(MARK) == "yes",
        why: field.map(|field| text(&field.title, language)).unwrap_or_default(),
        value: form.text(MARK_WHY).to_owned(),
        wrong: String::new(),
    })
}

/// What the form says about fields, as the API would be told.
pub(super) fn values(state: &State, visitor: &Visitor, definition: &Definition, form: &Form) -> Map<String, Json> {
    let body = fields::body(&fields_of(state, visitor, definition), form, &visitor.zone);
    body.get("values")
        .and_then(Json::as_object)
        .cloned()
        .unwrap_or_default()
}

/// The caller's number: the first phone field.
pub(super) fn number(definition: &Definition, values: &Map<String, Json>) -> Option<String> {
    let mut phones = definition
        .fields
        .values()
        .filter(|field| field.kind == FieldType::Phone);
    phones.find_map(|field| Some(values.get(field.id.as_str())?.as_str()?.to_owned()))
}

/// `POST /desk/form`: another kind was chosen; what was typed stays.
pub async fn form(state: Data<State>, sent: Posted) -> Result<HttpResponse, Problem> {
    let definition = chosen(&state, &sent.form)?;
    let draft = sent.form.text("draft");
    let nothing = (Vec::new(), Vec::new());
    let view = form_view(&state, &sent.visitor, &definition, &sent.form, draft, nothing).await;
    answer::part(&sent.visitor, StatusCode::OK, "parts/desk_form", &view.laid_out())
}

/// `POST /drafts`: keeps what was typed so far.
pub async fn keep(state: Data<State>, sent: Posted) -> Result<HttpResponse, Problem> {
    let (visitor, form) = (&sent.visitor, &sent.form);
    let definition = chosen(&state, form)?;
    let begun = form.text("begun").parse().map_or(visitor.now, Moment);
    let draft = Draft {
        id: form.text("draft").to_owned(),
        form: FORM.to_owned(),
        title: title(&definition, form, visitor),
        content: form.to_json(),
        created_at: begun.min(visitor.now),
        updated_at: visitor.now,
    };
    state.desk.keep_draft(&visitor.principal, draft).await?;
    Ok(HttpResponse::Ok().json(json!({"at": visitor.now.0})))
}

/// `POST /drafts/drop`
pub async fn drop(state: Data<State>, sent: Posted) -> Result<HttpResponse, Problem> {
    state
        .desk
        .drop_draft(&sent.visitor.principal, sent.form.text("draft"))
        .await?;
    Ok(answer::go(&sent.visitor.look, "/desk"))
}

/// What stands on the tab of a draft.
fn title(definition: &Definition, form: &Form, visitor: &Visitor) -> String {
    let mut title = text(&definition.title, visitor.look.language);
    for id in definition.subject.value.split(['{', '}']).skip(1).step_by(2) {
        let part: String = form.text(&format!("values.{id}")).chars().take(12).collect();
        if !part.is_empty() {
            title.push_str(" · ");
            title.push_str(&part);
        }
    }
    title
}
