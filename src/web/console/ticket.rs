//! The page of a ticket: what it is about, whose turn it is and until when, what happened, what may be done now and
//! why other things may not.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use crate::desk::Principal;
use crate::desk::links::Linked;
use crate::desk::possible::Possible;
use crate::desk::read::{EVENTS_MAX, View};
use crate::texts::{Arg, say};
use crate::ticket::mask;
use crate::ticket::model::{ClockPhase, ClockRun, Task, TaskPhase};
use crate::ticket::refusal::Objection;
use crate::web::auth::scope_fault;
use crate::web::desk_problem;
use crate::web::problem::Problem;
use crate::web::state::State;

use super::answer;
use super::caller_code::{self, CallerCode};
use super::clocks::{self, ClockView, chip};
use super::files::{self, FileView};
use super::ticket_facts::{Fact, Facts};
use super::ticket_more::{self, ContactMap, contact_map};
use super::tickets::subject;
use super::timeline::{self, Entry, Line, action_title};
use super::visitor::{Posted, Visitor};
use super::words::{Chip, Names, When, text, value};

/// Links that are shown.
const LINKS_MAX: u64 = 50;

/// The page.
#[derive(Serialize)]
pub struct TicketView {
    number: String,
    revision: u64,
    seq: u64,
    kind: String,
    kind_title: String,
    subject: String,
    urgent: bool,
    open: bool,
    state: String,
    outcome: Option<String>,
    chip: Option<Chip>,
    transfers: u32,
    round: Option<u32>,
    watched: Option<String>,
    assignee: Option<String>,
    creator: Option<String>,
    opened: When,
    channel: Option<String>,
    recording: Option<String>,
    departments: String,
    facts: Vec<Fact>,
    prose: Vec<Fact>,
    /// What was ticked, as marks beside the state: confidentiality was asked for.
    ticks: Vec<String>,
    /// A number of the caller is known: others of the same caller may be asked for.
    has_caller: bool,
    actions: Vec<Button>,
    more: Vec<Button>,
    impossible: Vec<Impossible>,
    tasks: Vec<TaskView>,
    clocks: Vec<ClockView>,
    past_clocks: Vec<ClockView>,
    entries: Vec<Entry>,
    /// Events before those that are shown.
    earlier: u64,
    links: Vec<LinkView>,
    files: Vec<FileView>,
    /// Where files are added.
    attach: Option<String>,
    given_away: bool,
    map: ContactMap,
    caller: CallerCode,
}

impl TicketView {
    /// What stands in the window's title.
    pub fn title(&self) -> String {
        format!("{} {}", self.number, self.subject)
    }
}

/// Something that may be done.
#[derive(Serialize)]
struct Button {
    title: String,
    path: String,
    key: Option<String>,
    primary: bool,
}

/// Something that may not be done now, and why.
#[derive(Serialize)]
struct Impossible {
    title: String,
    why: Vec<String>,
}

#[derive(Serialize)]
struct TaskView {
    id: u32,
    title: String,
    department: String,
    phase: String,
    tone: &'static str,
    assignee: Option<String>,
    opened: When,
    ended: Option<When>,
    forced: bool,
    chips: Vec<Chip>,
    values: Vec<Line>,
    actions: Vec<Button>,
}

#[derive(Serialize)]
struct LinkView {
    number: String,
    kind: String,
    subject: Option<String>,
}

/// Built-in actions that the page offers elsewhere than in its menu, or not at all.
const ELSEWHERE: [&str; 3] = ["reveal", "attach", "detach"];

/// Reads everything the page shows, with the rights of the person.
pub async fn view(state: &State, visitor: &Visitor, number: &str) -> Result<TicketView, Problem> {
    let principal: &Principal = &visitor.principal;
    let (view, possible) = state.desk.possible(principal, number, true).await?;
    let before = view.ticket.seq.saturating_sub(EVENTS_MAX);
    let (_, events) = state.desk.events(principal, number, before, EVENTS_MAX).await?;
    let links = if view.ticket.links.is_empty() {
        Vec::new()
    } else {
        state.desk.links(principal, number, None, LINKS_MAX).await?.items
    };
    let directory = state.desk.directory();
    let names = Names {
        directory: &directory,
        language: visitor.look.language,
    };
    let shown = Shown {
        view: &view,
        names: &names,
        visitor,
        possible: &possible,
    };
    let (clocks, past_clocks) = clocks::of(&view, &directory, visitor)
        .into_iter()
        .partition(|clock| clock.live);
    let can = |action: &str| {
        possible
            .iter()
            .any(|possible| possible.action == *action && possible.is_possible())
    };
    let files = files::of_ticket(state, visitor, &view, &names, can("detach")).await?;
    let attach = state.desk.file_plan().filter(|_| can("attach"));
    let attach = attach.map(|_| format!("/tickets/{number}/actions/attach"));
    let Facts { short, prose, ticks } = Facts::of(&view, &names, visitor, can("reveal"));
    let (actions, more) = shown.buttons();
    let ticket = &*view.ticket;
    let language = names.language;
    Ok(TicketView {
        number: ticket.number.to_string(),
        revision: ticket.revision,
        seq: ticket.seq,
        kind: ticket.workflow.to_string(),
        kind_title: text(&view.definition.title, language),
        subject: subject(&view.subject, language),
        urgent: view.urgent,
        open: !ticket.is_closed(),
        state: shown.state(),
        outcome: ticket.outcome.as_ref().map(|outcome| {
            let known = view.definition.outcomes.get(outcome);
            known.map_or_else(|| outcome.to_string(), |known| text(&known.title, language))
        }),
        chip: clocks::nearest(&view, visitor),
        transfers: ticket.transfers,
        round: (ticket.round > 1).then_some(ticket.round),
        watched: ticket.watched_by.as_ref().map(|person| names.person(person)),
        assignee: ticket.assignee.as_ref().map(|person| names.person(person)),
        creator: ticket.creator.person().map(|person| names.person(person)),
        opened: shown.when(ticket.opened_at),
        channel: ticket
            .contact
            .as_ref()
            .map(|contact| say(language, &format!("channel-{}", contact.channel.as_str()), &[])),
        recording: ticket.contact.as_ref().and_then(|contact| contact.recording.clone()),
        departments: shown.departments(),
        facts: short,
        prose,
        ticks,
        has_caller: ticket_more::number_of_caller(&view).is_some(),
        actions,
        more,
        impossible: shown.impossible(),
        tasks: ticket.tasks.iter().map(|task| shown.task(task)).collect(),
        clocks,
        past_clocks,
        entries: timeline::tell(&view, &events, &names, visitor),
        earlier: before,
        links: links.into_iter().map(|link| shown.link(link)).collect(),
        files,
        attach,
        given_away: view.sight.until.is_some(),
        map: contact_map(&view, &events, &names, visitor),
        caller: CallerCode::of(state, principal, &view).await?,
    })
}

struct Shown<'a> {
    view: &'a View,
    names: &'a Names<'a>,
    visitor: &'a Visitor,
    possible: &'a [Possible],
}

impl Shown<'_> {
    fn when(&self, at: crate::workflow::moment::Moment) -> When {
        When::new(at, self.visitor.now, &self.visitor.zone)
    }

    fn state(&self) -> String {
        let state = &self.view.ticket.state;
        let known = self.view.definition.states.get(state);
        known.map_or_else(|| state.to_string(), |known| text(&known.title, self.names.language))
    }

    fn departments(&self) -> String {
        let involved = self
            .view
            .ticket
            .departments
            .iter()
            .filter(|(_, seen)| seen.until.is_none());
        let titles: Vec<String> = involved.map(|(id, _)| self.names.department(id)).collect();
        titles.join(say(self.names.language, "list-comma", &[]).as_str())
    }

    fn button(&self, possible: &Possible, primary: bool) -> Button {
        let number = &self.view.ticket.number;
        let task = possible.task.map_or_else(String::new, |task| format!("?task={task}"));
        Button {
            title: action_title(possible.action.as_str(), &self.view.definition, self.names.language),
            path: format!("/tickets/{number}/actions/{}{task}", possible.action),
            key: possible.key.as_ref().map(|key| key.to_lowercase()),
            primary,
        }
    }

    /// What the file offers, and what is built in.
    fn buttons(&self) -> (Vec<Button>, Vec<Button>) {
        let of_ticket = |possible: &&Possible| possible.is_possible() && possible.task.is_none();
        let (of_file, built_in): (Vec<&Possible>, Vec<&Possible>) = self
            .possible
            .iter()
            .filter(of_ticket)
            .partition(|possible| !possible.builtin);
        let actions = of_file
            .iter()
            .enumerate()
            .map(|(place, possible)| self.button(possible, place == 0))
            .collect();
        let more = built_in
            .iter()
            .filter(|possible| !ELSEWHERE.contains(&possible.action.as_str()))
            .map(|possible| self.button(possible, false))
            .collect();
        (actions, more)
    }

    fn impossible(&self) -> Vec<Impossible> {
        let language = self.names.language;
        self.possible
            .iter()
            .filter(|possible| !possible.is_possible() && !possible.builtin)
            .map(|possible| Impossible {
                title: action_title(possible.action.as_str(), &self.view.definition, language),
                why: why_not(possible, self.names),
            })
            .collect()
    }

    fn task(&self, task: &Task) -> TaskView {
        let definition = &self.view.definition;
        let language = self.names.language;
        let spec = definition
            .states
            .get(&task.state)
            .and_then(|state| state.tasks.get(&task.key));
        let values = mask::values(definition, &task.fields, self.view.sight.private);
        // A clock that was stopped in time says nothing of a task; beside its state it would read as if the task were over.
        let silent = |run: &&ClockRun| run.phase == ClockPhase::Stopped && run.late_at.is_none();
        let of_task = |run: &&ClockRun| run.task == Some(task.id);
        let runs = self
            .view
            .ticket
            .clocks
            .iter()
            .filter(of_task)
            .filter(|run| !silent(run));
        let tone = match task.phase {
            TaskPhase::Open => "b-warn",
            TaskPhase::Signed => "b-accent",
            TaskPhase::ReturnAsked => "b-crit",
            TaskPhase::Done => "b-ok",
            TaskPhase::Returned | TaskPhase::Cancelled => "",
        };
        let actions = self
            .possible
            .iter()
            .filter(|possible| possible.is_possible() && possible.task == Some(task.id))
            .enumerate()
            .map(|(place, possible)| self.button(possible, place == 0))
            .collect();
        TaskView {
            id: task.id,
            title: spec.map_or_else(|| task.key.to_string(), |spec| text(&spec.title, language)),
            department: self.names.department(&task.department),
            phase: say(language, &format!("phase-{}", task.phase.as_str()), &[]),
            tone,
            assignee: task.assignee.as_ref().map(|person| self.names.person(person)),
            opened: self.when(task.opened_at),
            ended: task.ended_at.map(|at| self.when(at)),
            forced: task.forced,
            chips: runs.map(|run| chip(run, self.visitor)).collect(),
            values: values
                .iter()
                .map(|(id, content)| {
                    let field = definition.fields.get(id);
                    Line {
                        title: field.map_or_else(|| id.to_string(), |field| text(&field.title, language)),
                        text: value(content, field, self.names, self.visitor),
                    }
                })
                .collect(),
            actions,
        }
    }

    fn link(&self, link: Linked) -> LinkView {
        LinkView {
            kind: say(self.names.language, &format!("link-{}", link.kind.as_str()), &[]),
            number: link.number.unwrap_or_else(|| link.id.to_string()),
            subject: link.other.map(|other| other.subject),
        }
    }
}

/// Why an action is not possible, in sentences with names instead of ids.
pub fn why_not(possible: &Possible, names: &Names<'_>) -> Vec<String> {
    let refused = possible.refusal.as_ref();
    let mut sentences = refused.map_or_else(Vec::new, |refusal| objections(&refusal.objections, names));
    sentences.extend(possible.lacks.iter().filter_map(|scope| {
        let fault = scope_fault(scope).write(names.language);
        fault
            .get("detail")
            .and_then(|detail| detail.as_str())
            .map(str::to_owned)
    }));
    sentences
}

/// Objections as sentences, with who could lift them by name.
pub fn objections(objections: &[Objection], names: &Names<'_>) -> Vec<String> {
    let language = names.language;
    let sentence = |objection: &Objection| {
        let mut named = objection.clone();
        let who = names.people(&objection.who);
        named.who.clear();
        let fault = desk_problem::objection(&named).write(language);
        let sentence = fault
            .get("detail")
            .and_then(|detail| detail.as_str())
            .unwrap_or_default();
        if who.is_empty() {
            sentence.to_owned()
        } else {
            let arguments = [("sentence", Arg::from(sentence)), ("who", Arg::from(&who))];
            say(language, "why-who-could", &arguments)
        }
    };
    objections.iter().map(sentence).collect()
}

#[derive(Serialize)]
struct NewsView {
    number: String,
    seq: u64,
    /// Something happened since the page was made.
    new: bool,
    others: Vec<Other>,
}

#[derive(Serialize)]
struct Other {
    name: String,
    initial: String,
    writing: bool,
}

/// `POST /tickets/{number}/news`: says that somebody looks at it, or writes; tells who else does, and whether
/// something has happened. The page itself is not moved under its reader.
pub async fn news(state: Data<State>, sent: Posted, number: Path<String>) -> Result<HttpResponse, Problem> {
    let visitor = &sent.visitor;
    let view = state.desk.read(&visitor.principal, &number).await?;
    let person = &visitor.principal.person;
    let writing = sent.form.text("writing") == "yes";
    let others = state.desk.writer().signals().here(&view.ticket.number, person, writing);
    let directory = state.desk.directory();
    let names = Names {
        directory: &directory,
        language: visitor.look.language,
    };
    let known = sent.form.text("seq").parse().unwrap_or(u64::MAX);
    let news = NewsView {
        number: view.ticket.number.to_string(),
        seq: known,
        new: view.ticket.seq > known,
        others: others
            .into_iter()
            .map(|(person, writing)| {
                let name = names.person(&person);
                Other {
                    initial: name.chars().take(1).collect(),
                    name,
                    writing,
                }
            })
            .collect(),
    };
    answer::part(visitor, StatusCode::OK, "parts/news", &news)
}

/// `GET /tickets/{number}`
pub async fn page(
    state: Data<State>,
    request: HttpRequest,
    visitor: Visitor,
    number: Path<String>,
) -> Result<HttpResponse, Problem> {
    let mut view = view(&state, &visitor, &number).await?;
    if visitor.look.part {
        return answer::part(&visitor, StatusCode::OK, "parts/ticket", &view);
    }
    let title = view.title();
    view.caller.showing(caller_code::carried(&request));
    let mut response = answer::page(&visitor, "tickets", title, "ticket", &view)?;
    if view.caller.shows_one() {
        caller_code::forget(&mut response, &view.number, &state.config);
    }
    Ok(response)
}
