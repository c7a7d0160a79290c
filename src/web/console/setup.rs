//! The first setup, in the browser of the first administrator: six steps, each of which can be left and come back to.
//! When it is done the page is gone for ever.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::desk::DeskError;
use crate::desk::directory::{Edit, Kind};
use crate::desk::setup::Taken;
use crate::texts::{Arg, Language};
use crate::web::api::entry_read::{of_one_edit, with_the_desk};
use crate::web::problem::{Code, Problem};
use crate::web::state::State;
use crate::workflow::finding::Severity;
use crate::workflow::id::WorkflowId;
use crate::workflow::shipped;

use super::answer::{self, see_other, sentence, word};
use super::entry_fields::{hours_of, reading};
use super::form::Form;
use super::marked::{Link, Marked, Member};
use super::trouble;
use super::visitor::{Posted, Visitor};
use super::words::text;

/// Where the page is.
pub const PATH: &str = "/setup";
/// The calendar of a centre.
const CALENDAR: &str = "default";
/// Faults that are shown at once.
const FAULTS_SHOWN: usize = 20;
/// The fields of a step that stand for a member of a request: name, member, key of the title.
fn fields(step: &str) -> &'static [(&'static str, &'static str, &'static str)] {
    match step {
        "you" => &[
            ("name", "/name", "entry-name"),
            ("mail", "/email", "entry-email"),
            ("language", "/language", "entry-language"),
        ],
        "centre" => &[("centre", "/name", "setup-centre-name")],
        "calendar" => &[
            ("zone", "/zone", "entry-zone"),
            ("hours", "/hours", "setup-hours"),
            ("length", "/day", "entry-day"),
        ],
        "workflows" => &[("workflows", "/workflows", "nav-workflows")],
        _ => &[],
    }
}

/// Working days that are offered.
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// The steps in order. Their titles are `setup-STEP`.
const STEPS: [&str; 6] = ["you", "centre", "calendar", "departments", "people", "workflows"];

/// Which step to show.
#[derive(Deserialize)]
pub struct Asked {
    step: Option<String>,
}

#[derive(Serialize)]
struct SetupView {
    steps: Vec<StepView>,
    step: &'static str,
    number: usize,
    count: usize,
    next: Option<&'static str>,
    /// Steps that nobody has done yet.
    open: Vec<String>,
    /// What is wrong with no field of its own, the fields with which something is, and what it is.
    wrong: Vec<String>,
    faults: Vec<Link>,
    at: AtView,
    /// What was typed, where it comes back.
    table: String,
    name: String,
    mail: String,
    languages: Vec<ChoiceView>,
    centre: String,
    zone: String,
    day: String,
    hours: String,
    days: Vec<ChoiceView>,
    china: bool,
    departments: Vec<String>,
    people: Vec<String>,
    /// Nothing is left to publish on this step.
    all_published: bool,
    workflows: Vec<WorkflowView>,
}

/// What is wrong with each field; empty where nothing is.
#[derive(Default, Serialize)]
struct AtView {
    name: String,
    mail: String,
    language: String,
    centre: String,
    zone: String,
    hours: String,
    length: String,
    workflows: String,
}

#[derive(Serialize)]
struct StepView {
    key: &'static str,
    title: String,
    done: bool,
    current: bool,
}

#[derive(Serialize)]
struct ChoiceView {
    value: &'static str,
    title: String,
    chosen: bool,
}

#[derive(Serialize)]
struct WorkflowView {
    id: &'static str,
    title: String,
    active: bool,
    chosen: bool,
}

/// Names that are shown of what is there.
const NAMES_SHOWN: usize = 30;

fn step_of(word: &str) -> Option<&'static str> {
    STEPS.into_iter().find(|step| *step == word)
}

/// What there is already decides which steps are done.
async fn view(state: &State, visitor: &Visitor, step: &'static str, sent: &Form) -> Result<SetupView, Problem> {
    let directory = state.desk.directory();
    let language = visitor.look.language;
    let centre = state.desk.centre_name().await?;
    let calendar = directory.calendars.get(CALENDAR);
    let own = directory.people.get(&visitor.principal.person);
    let any_active = shipped::WORKFLOWS
        .iter()
        .any(|(id, _)| state.desk.active(&WorkflowId::from(*id)).is_some());
    // The shipped files lead to each other: all of them are offered until some are published.
    let offers_all = sent.get("csrf").is_none() && !any_active;
    let workflows: Vec<WorkflowView> = shipped::WORKFLOWS
        .iter()
        .map(|(id, _)| WorkflowView {
            id,
            title: word(&visitor.look, &format!("setup-workflow-{id}")),
            active: state.desk.active(&WorkflowId::from(*id)).is_some(),
            chosen: offers_all || sent.all("workflow").any(|chosen| chosen == *id),
        })
        .collect();
    let is_done = |step: &str| match step {
        "you" => own.is_some_and(|own| own.name != own.id.as_str()),
        "centre" => !centre.is_empty(),
        "calendar" => calendar.is_some(),
        "departments" => !directory.departments.is_empty(),
        "people" => directory.people.len() > 1,
        _ => any_active,
    };
    let typed = |name: &str, otherwise: String| sent.get(name).map_or(otherwise, str::to_owned);
    let place = STEPS.iter().position(|known| *known == step).unwrap_or_default();
    let spoken = own.map(|own| own.language.clone()).unwrap_or_default();
    let chosen_days: Vec<&str> = sent.all("day").collect();
    let titled = |key: &str| word(&visitor.look, &format!("setup-{key}"));
    Ok(SetupView {
        open: STEPS.into_iter().filter(|key| !is_done(key)).map(titled).collect(),
        steps: STEPS
            .into_iter()
            .map(|key| StepView {
                key,
                title: titled(key),
                done: is_done(key),
                current: key == step,
            })
            .collect(),
        step,
        number: place + 1,
        count: STEPS.len(),
        next: STEPS.get(place + 1).copied(),
        wrong: Vec::new(),
        faults: Vec::new(),
        at: AtView::default(),
        table: typed("table", String::new()),
        name: typed("name", own.map(|own| own.name.clone()).unwrap_or_default()),
        mail: typed("mail", own.and_then(|own| own.email.clone()).unwrap_or_default()),
        languages: Language::ALL
            .into_iter()
            .map(|known| ChoiceView {
                value: known.tag(),
                title: word(&visitor.look, &format!("language-{}", known.tag())),
                chosen: known.tag() == typed("language", spoken.clone()),
            })
            .collect(),
        centre: typed("centre", centre),
        zone: typed(
            "zone",
            calendar
                .and_then(|calendar| calendar.zone.iana_name().map(str::to_owned))
                .unwrap_or_else(|| "Asia/Shanghai".to_owned()),
        ),
        day: typed("length", "8".to_owned()),
        hours: typed("hours", "08:30-12:00,13:30-18:00".to_owned()),
        days: DAYS
            .into_iter()
            .enumerate()
            .map(|(place, value)| ChoiceView {
                value,
                title: word(&visitor.look, &format!("weekday-{}", place + 1)),
                chosen: if chosen_days.is_empty() {
                    place < 5
                } else {
                    chosen_days.contains(&value)
                },
            })
            .collect(),
        china: chosen_days.is_empty() || sent.text("country") == "cn",
        departments: directory
            .departments
            .values()
            .take(NAMES_SHOWN)
            .map(|department| text(&department.title, language))
            .collect(),
        people: directory
            .people
            .values()
            .take(NAMES_SHOWN)
            .map(|person| person.name.clone())
            .collect(),
        all_published: step == "workflows" && workflows.iter().all(|workflow| workflow.active),
        workflows,
    })
}

async fn shown(
    state: &State,
    visitor: &Visitor,
    step: &'static str,
    sent: &Form,
    marked: &Marked,
) -> Result<HttpResponse, Problem> {
    let status = if marked.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let links = fields(step).iter().filter(|(name, _, _)| !marked.at(name).is_empty());
    let view = SetupView {
        wrong: marked.general(),
        faults: links
            .map(|(name, _, title)| Link {
                id: (*name).to_owned(),
                title: word(&visitor.look, title),
            })
            .collect(),
        at: AtView {
            name: marked.at("name"),
            mail: marked.at("mail"),
            language: marked.at("language"),
            centre: marked.at("centre"),
            zone: marked.at("zone"),
            hours: marked.at("hours"),
            length: marked.at("length"),
            workflows: marked.at("workflows"),
        },
        ..view(state, visitor, step, sent).await?
    };
    answer::with_status(
        visitor,
        status,
        "setup",
        word(&visitor.look, "setup-title"),
        "setup",
        &view,
    )
}

/// `GET /setup`
pub async fn page(state: Data<State>, visitor: Visitor, asked: Query<Asked>) -> Result<HttpResponse, Problem> {
    state.desk.must_set_up(&visitor.principal).await?;
    let nothing = Form::default();
    let step = if let Some(step) = asked.step.as_deref().and_then(step_of) {
        step
    } else {
        // The first that is not done.
        let view = view(&state, &visitor, "you", &nothing).await?;
        let open = view.steps.iter().find(|step| !step.done);
        open.map_or("workflows", |step| step.key)
    };
    shown(&state, &visitor, step, &nothing, &Marked::default()).await
}

/// `POST /setup/{step}`: does a step and goes to the next; `done` ends the setup.
pub async fn save(state: Data<State>, sent: Posted, step: Path<String>) -> Result<HttpResponse, Problem> {
    let Posted { visitor, form } = sent;
    state.desk.must_set_up(&visitor.principal).await?;
    if *step == "done" {
        state.desk.finish_setup(&visitor.principal).await?;
        return Ok(see_other("/organisation?set_up=true"));
    }
    let step = step_of(&step).ok_or_else(|| Problem::new(Code::NotFound))?;
    let marked = match work(&state, &visitor, step, &form).await {
        Ok(marked) => marked,
        Err(problem) if matches!(problem.code, Code::Invalid | Code::Conflict) => {
            let members: Vec<Member> = fields(step).iter().map(|(name, member, _)| (*name, *member)).collect();
            Marked::of(&of_one_edit(problem), &members, visitor.look.language)
        }
        Err(problem) => return Err(problem),
    };
    if !marked.is_empty() {
        return shown(&state, &visitor, step, &form, &marked).await;
    }
    let place = STEPS.iter().position(|known| *known == step).unwrap_or_default();
    let next = STEPS.get(place + 1).unwrap_or(&step);
    Ok(see_other(&format!("{PATH}?step={next}")))
}

/// What is wrong with what was typed; nothing when the step was done.
async fn work(state: &State, visitor: &Visitor, step: &str, form: &Form) -> Result<Marked, Problem> {
    let principal = &visitor.principal;
    match step {
        "you" => {
            let asked = json!({"name": form.text("name"), "language": form.text("language"),
                "email": Some(form.text("mail")).filter(|mail| !mail.is_empty())});
            put(state, visitor, Kind::Person, principal.person.as_str(), &asked).await?;
        }
        "centre" => state.desk.name_centre(principal, form.text("centre")).await?,
        "calendar" => {
            let hours: serde_json::Map<String, Json> = form
                .all("day")
                .map(|day| (day.to_owned(), json!(form.text("hours"))))
                .collect();
            let mut asked = json!({"zone": form.text("zone"), "day": hours_of(form.text("length")), "hours": hours});
            if form.text("country") == "cn"
                && let Some(members) = asked.as_object_mut()
            {
                members.insert("country".to_owned(), json!("cn"));
            }
            put(state, visitor, Kind::Calendar, CALENDAR, &asked).await?;
        }
        "departments" if form.text("do") == "shipped" => {
            state.desk.set_up_shipped_departments(principal).await?;
        }
        "departments" => {
            let taken = state.desk.set_up_departments(principal, form.text("table")).await?;
            return Ok(faults(taken, visitor));
        }
        "people" => {
            let taken = state.desk.set_up_people(principal, form.text("table")).await?;
            return Ok(faults(taken, visitor));
        }
        _ => return publish(state, visitor, form).await,
    }
    Ok(Marked::default())
}

async fn put(state: &State, visitor: &Visitor, kind: Kind, key: &str, asked: &Json) -> Result<(), Problem> {
    let read = reading(kind, asked, Some(key)).ok_or_else(|| Problem::new(Code::NotFound))?;
    let Some(body) = read.body else {
        return Err(Problem::invalid(read.faults));
    };
    let key = Some(key.to_owned());
    let edit = Edit::Put { kind, key, body };
    if !read.faults.is_empty() {
        return Err(with_the_desk(state, &visitor.principal, edit, read.faults).await);
    }
    state.desk.edit(&visitor.principal, vec![edit]).await?;
    Ok(())
}

fn faults(taken: Taken, visitor: &Visitor) -> Marked {
    let faults = taken.err().unwrap_or_default();
    let told = faults.iter().map(|fault| fault.sentence(visitor.look.language));
    listed(told.collect(), visitor)
}

/// As many as can be read at once, above what they are about.
fn listed(told: Vec<String>, visitor: &Visitor) -> Marked {
    let mut marked = Marked::default();
    let more = told.len() > FAULTS_SHOWN;
    for sentence in told.into_iter().take(FAULTS_SHOWN) {
        marked.add("", sentence);
    }
    if more {
        marked.add("", word(&visitor.look, "setup-more-wrong"));
    }
    marked
}

/// Publishes the chosen files, all or none; what does not fit the organisation is said with its line.
async fn publish(state: &State, visitor: &Visitor, form: &Form) -> Result<Marked, Problem> {
    let chosen: Vec<&str> = form.all("workflow").collect();
    if chosen.is_empty() {
        return Ok(Marked::one("workflows", word(&visitor.look, "setup-none-chosen")));
    }
    // Every shipped file would name every department and role that is missing.
    let directory = state.desk.directory();
    if directory.departments.is_empty() || directory.people.len() < 2 {
        return Ok(Marked::one("", word(&visitor.look, "setup-too-early")));
    }
    let known = shipped::WORKFLOWS.iter().filter(|(id, _)| chosen.contains(id));
    let fresh: Vec<&(&str, &str)> = known
        .filter(|(id, _)| state.desk.active(&WorkflowId::from(*id)).is_none())
        .collect();
    if fresh.is_empty() {
        return Ok(Marked::default());
    }
    let sources: Vec<&str> = fresh.iter().map(|(_, source)| *source).collect();
    match state.desk.publish_together(&visitor.principal, &sources).await {
        Ok(_) => Ok(Marked::default()),
        Err(DeskError::Unclean(_)) => {
            let told = unclean(state, visitor, &fresh).await?;
            Ok(listed(told, visitor))
        }
        Err(error) => Err(error.into()),
    }
}

/// What does not fit of each file.
async fn unclean(state: &State, visitor: &Visitor, files: &[&(&str, &str)]) -> Result<Vec<String>, Problem> {
    let look = &visitor.look;
    let sources: Vec<&str> = files.iter().map(|(_, source)| *source).collect();
    let checked = state.desk.check_together(&visitor.principal, &sources).await?;
    let mut wrong = vec![word(look, "setup-unclean")];
    for ((id, _), checked) in files.iter().zip(checked) {
        let file = word(look, &format!("setup-workflow-{id}"));
        let mut said: Vec<String> = Vec::new();
        for finding in checked
            .findings
            .iter()
            .filter(|finding| finding.severity == Severity::Error)
        {
            let finding = finding.sentence(look.language);
            let facts = [("what", Arg::from(&file)), ("why", Arg::from(&finding))];
            let told = sentence(look, "setup-finding", &facts);
            if !said.contains(&told) {
                said.push(told);
            }
        }
        // Its stories do not go as told: whoever changes the file reads more on the page that checks it.
        if said.is_empty() && !checked.is_clean() {
            let problem = Problem::from(DeskError::Unclean(Box::new(checked)));
            said = trouble::faults(&problem, look);
        }
        wrong.append(&mut said);
    }
    Ok(wrong)
}
