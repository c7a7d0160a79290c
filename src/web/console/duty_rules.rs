//! The house's rules of duty: what «on duty» means, when a swap of shifts counts, what the letters of a month's roster
//! mean.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use indexmap::IndexMap;
use serde::Serialize;

use crate::desk::duty::DutyWish;
use crate::texts::say;
use crate::web::problem::{Code, Problem};
use crate::web::state::State;
use crate::workflow::duty::{DutySettings, OnDuty, Swaps};
use crate::workflow::id::RoleId;

use super::answer::{self, see_other, word};
use super::duty::{Choice, role_title};
use super::form::Form;
use super::organisation::{SECTION, must_read};
use super::trouble;
use super::visitor::{Posted, Visitor};

/// Where the page is.
const PATH: &str = "/organisation/duty-rules";
/// What a role's own rule is sent under, before its id.
const ROLE: &str = "role_";

#[derive(Serialize)]
struct RulesView {
    house: Vec<Choice>,
    roles: Vec<RoleView>,
    swaps: Vec<Choice>,
    codes: String,
    edits: bool,
    wrong: Vec<String>,
}

#[derive(Serialize)]
struct RoleView {
    name: String,
    title: String,
    choices: Vec<Choice>,
}

/// What stands in the form: the rules as they are, as a form would send them.
fn standing(settings: &DutySettings) -> Form {
    let mut pairs = vec![
        ("on_duty".to_owned(), settings.means(None).as_str().to_owned()),
        ("swaps".to_owned(), settings.swaps.as_str().to_owned()),
    ];
    let roles = settings.roles.keys();
    pairs.extend(roles.map(|role| (format!("{ROLE}{role}"), settings.means(Some(role)).as_str().to_owned())));
    let codes = settings
        .shift_codes
        .iter()
        .map(|(code, hours)| format!("{code} {hours}"));
    let codes: Vec<String> = codes.map(|line| line.trim().to_owned()).collect();
    pairs.push(("codes".to_owned(), codes.join("\n")));
    Form::of(pairs)
}

fn on_duty(word: &str) -> Option<OnDuty> {
    [OnDuty::Rostered, OnDuty::SignedOn]
        .into_iter()
        .find(|known| known.as_str() == word)
}

/// What was asked for; a rule that is neither is as the house has it.
fn wish(form: &Form, roles: impl Iterator<Item = RoleId>) -> DutyWish {
    let own = |role: RoleId| on_duty(form.text(&format!("{ROLE}{role}"))).map(|rule| (role, rule));
    let code = |line: &str| {
        let (code, hours) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        (code.to_owned(), hours.trim().to_owned())
    };
    let lines = form.text("codes").lines().map(str::trim);
    let codes: IndexMap<String, String> = lines.filter(|line| !line.is_empty()).map(code).collect();
    DutyWish {
        on_duty: on_duty(form.text("on_duty")).unwrap_or_default(),
        roles: roles.filter_map(own).collect(),
        swaps: if form.text("swaps") == Swaps::Agreed.as_str() {
            Swaps::Agreed
        } else {
            Swaps::Granted
        },
        shift_codes: codes,
    }
}

fn shown(
    state: &State,
    visitor: &Visitor,
    status: StatusCode,
    form: &Form,
    wrong: Vec<String>,
) -> Result<HttpResponse, Problem> {
    let directory = state.desk.directory();
    let language = visitor.look.language;
    let choice = |prefix: &str, value: &str, chosen: &str| Choice {
        title: say(language, &format!("{prefix}-{value}"), &[]),
        chosen: value == chosen,
        value: value.to_owned(),
    };
    let rules = [OnDuty::Rostered, OnDuty::SignedOn].map(OnDuty::as_str);
    let view = RulesView {
        house: rules.map(|rule| choice("duty-rule", rule, form.text("on_duty"))).into(),
        swaps: [Swaps::Granted, Swaps::Agreed]
            .map(|rule| choice("duty-swaps", rule.as_str(), form.text("swaps")))
            .into(),
        roles: directory
            .roles
            .keys()
            .map(|role| {
                let name = format!("{ROLE}{role}");
                let own = form.text(&name);
                RoleView {
                    title: role_title(&directory, role, visitor),
                    choices: rules.map(|rule| choice("duty-rule", rule, own)).into(),
                    name,
                }
            })
            .collect(),
        codes: form.text("codes").to_owned(),
        edits: visitor.has_role("manager") || visitor.has_role("administrator"),
        wrong,
    };
    let title = word(&visitor.look, "duty-rules-title");
    answer::with_status(visitor, status, SECTION, title, "duty_rules", &view)
}

/// `GET /organisation/duty-rules`
pub async fn page(state: Data<State>, visitor: Visitor) -> Result<HttpResponse, Problem> {
    must_read(&visitor)?;
    let form = standing(&state.desk.duty_settings(&visitor.principal)?);
    shown(&state, &visitor, StatusCode::OK, &form, Vec::new())
}

/// `POST /organisation/duty-rules`
pub async fn save(state: Data<State>, sent: Posted) -> Result<HttpResponse, Problem> {
    let Posted { visitor, form } = sent;
    let directory = state.desk.directory();
    let wish = wish(&form, directory.roles.keys().cloned());
    match state.desk.set_duty_settings(&visitor.principal, wish).await {
        Ok(_) => Ok(see_other(PATH)),
        Err(error) => {
            let problem = Problem::from(error);
            if !matches!(problem.code, Code::Invalid | Code::Conflict) {
                return Err(problem);
            }
            let wrong = trouble::faults(&problem, &visitor.look);
            shown(&state, &visitor, problem.code.status(), &form, wrong)
        }
    }
}
