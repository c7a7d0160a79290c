//! The house's rules of duty: what «on duty» means, when a swap of shifts counts, what the letters of a month's roster
//! mean.

use actix_web::HttpResponse;
use actix_web::web::{Data, Query};
use indexmap::IndexMap;
use serde::Serialize;

use crate::desk::directory::Kind;
use crate::desk::duty::DutyWish;
use crate::texts::{Arg, say};
use crate::web::problem::Problem;
use crate::web::state::State;
use crate::workflow::duty::{DutySettings, OnDuty, Swaps};
use crate::workflow::id::RoleId;

use super::answer::{self, sentence, word};
use super::duty::Choice;
use super::entry::now_is;
use super::form::Form;
use super::house::{self, Asked, Notice, Outcome, Standing};
use super::organisation::{SECTION, must_read};
use super::ranks::ranked;
use super::visitor::{Posted, Visitor};
use super::words::text;

/// Where the page is.
const PATH: &str = "/organisation/duty-rules";
/// The one entry.
const KEY: &str = "duty";
/// What a role's own rule is sent under, before its id.
const ROLE: &str = "role_";

#[derive(Serialize)]
struct RulesView {
    house: Vec<Choice>,
    roles: Vec<RoleView>,
    swaps: Vec<Choice>,
    codes: String,
    /// What stands there now that somebody else has changed it.
    house_now: String,
    swaps_now: String,
    codes_now: String,
    /// What is wrong with which line of the codes.
    codes_wrong: Vec<String>,
    version: i64,
    edits: bool,
    notice: Notice,
}

#[derive(Serialize)]
struct RoleView {
    name: String,
    title: String,
    choices: Vec<Choice>,
    now: String,
}

/// What a form holds: the rules as they are, as a form would send them.
fn written(settings: &DutySettings) -> Form {
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

/// What belongs to a line of the codes stands there too: above the form nobody would see which line is meant.
fn of_codes(notice: &mut Notice, visitor: &Visitor) -> Vec<String> {
    let mut codes = Vec::new();
    for (wrong, place) in notice.wrong.iter_mut().zip(&notice.places) {
        let line = place
            .strip_prefix("/shift_codes/")
            .and_then(|rest| rest.split('/').next());
        if let Some(line) = line.and_then(|line| line.parse::<i64>().ok()) {
            let facts = [("line", Arg::from(line + 1)), ("why", Arg::from(wrong.as_str()))];
            *wrong = sentence(&visitor.look, "duty-rules-codes-line", &facts);
            codes.push(wrong.clone());
        }
    }
    codes
}

fn shown(
    state: &State,
    visitor: &Visitor,
    stands: &Standing<DutySettings>,
    typed: Option<&Form>,
    mut notice: Notice,
) -> Result<HttpResponse, Problem> {
    let codes_wrong = of_codes(&mut notice, visitor);
    let directory = state.desk.directory();
    let language = visitor.look.language;
    let now = written(&stands.says);
    let form = typed.unwrap_or(&now);
    let choice = |prefix: &str, value: &str, chosen: &str| Choice {
        title: say(language, &format!("{prefix}-{value}"), &[]),
        chosen: value == chosen,
        value: value.to_owned(),
    };
    let differs = |name: &str| notice.stale && form.text(name) != now.text(name);
    let now_says = |name: &str, prefix: &str, otherwise: &str| match now.text(name) {
        _ if !differs(name) => String::new(),
        "" => now_is(&say(language, &format!("{prefix}-{otherwise}"), &[]), language),
        value => now_is(&say(language, &format!("{prefix}-{value}"), &[]), language),
    };
    let rules = [OnDuty::Rostered, OnDuty::SignedOn].map(OnDuty::as_str);
    let status = notice.status;
    let view = RulesView {
        house: rules.map(|rule| choice("duty-rule", rule, form.text("on_duty"))).into(),
        swaps: [Swaps::Granted, Swaps::Agreed]
            .map(|rule| choice("duty-swaps", rule.as_str(), form.text("swaps")))
            .into(),
        roles: ranked(&directory, language)
            .into_iter()
            .map(|(role, title)| {
                let name = format!("{ROLE}{role}");
                let own = form.text(&name);
                RoleView {
                    title: text(title, language),
                    choices: rules.map(|rule| choice("duty-rule", rule, own)).into(),
                    now: now_says(&name, "duty-rule", "house"),
                    name,
                }
            })
            .collect(),
        codes: form.text("codes").to_owned(),
        house_now: now_says("on_duty", "duty-rule", OnDuty::Rostered.as_str()),
        swaps_now: now_says("swaps", "duty-swaps", Swaps::Granted.as_str()),
        codes_now: if differs("codes") {
            now_is(now.text("codes"), language)
        } else {
            String::new()
        },
        codes_wrong,
        version: stands.version,
        edits: house::edits(visitor),
        notice,
    };
    let title = word(&visitor.look, "duty-rules-title");
    answer::with_status(visitor, status, SECTION, title, "duty_rules", &view)
}

async fn standing(state: &State, visitor: &Visitor) -> Result<Standing<DutySettings>, Problem> {
    let otherwise = state.desk.duty_settings(&visitor.principal)?;
    house::standing(state, visitor, (Kind::Duty, KEY), otherwise).await
}

/// `GET /organisation/duty-rules`
pub async fn page(state: Data<State>, visitor: Visitor, asked: Query<Asked>) -> Result<HttpResponse, Problem> {
    must_read(&visitor)?;
    let stands = standing(&state, &visitor).await?;
    shown(&state, &visitor, &stands, None, Notice::of(&asked))
}

/// `POST /organisation/duty-rules`
pub async fn save(state: Data<State>, sent: Posted) -> Result<HttpResponse, Problem> {
    let Posted { visitor, form } = sent;
    let directory = state.desk.directory();
    let wish = wish(&form, directory.roles.keys().cloned());
    let stands = standing(&state, &visitor).await?;
    let seen = Some(house::seen(&form));
    let save = state.desk.set_duty_settings(&visitor.principal, wish, seen);
    match house::saved(&visitor, &form, stands.version, PATH, save).await? {
        Outcome::Saved(answer) => Ok(answer),
        Outcome::Kept(notice) => shown(&state, &visitor, &stands, Some(&form), notice),
    }
}
