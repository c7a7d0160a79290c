//! Actions of the file: who may, when, with what, and what follows.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::workflow::definition::{Action, At, AtMost, Definition, ExtendBy, Place, SetTo};
use crate::workflow::id::{ActionId, FieldId, PersonId, TaskKey};
use crate::workflow::value::{Value, Values};

use super::event::{Body, Why};
use super::facts::{View, holds};
use super::may;
use super::people::{Found, Walk};
use super::refusal::{Code, Objection, Refusal};
use super::turn::Turn;
use super::{clocks, route, schedule, values, way};

/// An action that somebody asks for.
pub(super) fn perform(
    turn: &mut Turn<'_>,
    action: &ActionId,
    given: &Values,
    texts: &BTreeMap<Arc<str>, String>,
) -> Result<(), Refusal> {
    let definition = Arc::clone(&turn.definition);
    let action = find(&definition, turn, action)?;
    may_do(turn, action)?;
    carry_out(turn, &definition, action, given, texts)
}

/// An action that a clock does: nobody is asked whether they may.
pub(super) fn perform_by_clock(turn: &mut Turn<'_>, action: &ActionId) -> Result<(), Refusal> {
    let definition = Arc::clone(&turn.definition);
    let action = find(&definition, turn, action)?;
    carry_out(turn, &definition, action, &Values::new(), &BTreeMap::new())
}

/// The action as it stands in the ticket's state, else in `anytime`; after closing in `after_close`.
fn find<'d>(definition: &'d Definition, turn: &Turn<'_>, id: &ActionId) -> Result<&'d Action, Refusal> {
    let ticket = &turn.ticket;
    if ticket.is_closed() {
        return definition.after_close.get(id).ok_or_else(|| {
            let objection = Objection::new(Code::Closed).with("action", id.as_str());
            objection
                .with(
                    "outcome",
                    ticket.outcome.as_ref().map_or("", |outcome| outcome.as_str()),
                )
                .into()
        });
    }
    let here = definition
        .states
        .get(&ticket.state)
        .and_then(|state| state.actions.get(id));
    if let Some(action) = here.or_else(|| definition.anytime.get(id)) {
        let elsewhere = !action.only_in.is_empty() && !action.only_in.iter().any(|state| state.value == ticket.state);
        if elsewhere {
            let states: Vec<&str> = action.only_in.iter().map(|state| state.as_str()).collect();
            return Err(in_state(turn, Code::OnlyIn, id)
                .with("states", states.join(", "))
                .into());
        }
        return Ok(action);
    }
    if definition.after_close.contains_key(id) {
        return Err(in_state(turn, Code::Open, id).into());
    }
    let states: Vec<&str> = definition
        .states
        .values()
        .filter(|state| state.actions.contains_key(id))
        .map(|state| state.id.as_str())
        .collect();
    if states.is_empty() {
        return Err(in_state(turn, Code::UnknownAction, id).into());
    }
    Err(in_state(turn, Code::OnlyIn, id)
        .with("states", states.join(", "))
        .into())
}

fn in_state(turn: &Turn<'_>, code: Code, action: &ActionId) -> Objection {
    Objection::new(code)
        .with("action", action.as_str())
        .with("state", turn.ticket.state.as_str())
}

fn may_do(turn: &Turn<'_>, action: &Action) -> Result<(), Refusal> {
    // A fallback must not let a department act on the complaint against it (L2).
    let walk = match action.place {
        Place::State => Walk::Whole,
        Place::Anytime | Place::AfterClose => Walk::FirstThenAlways,
    };
    let not_by: Vec<ActionId> = action.not_by.iter().map(|action| action.value.clone()).collect();
    Ok(may::by_rules(turn, &action.by, walk, &not_by, None)?)
}

fn carry_out(
    turn: &mut Turn<'_>,
    definition: &Arc<Definition>,
    action: &Action,
    given: &Values,
    texts: &BTreeMap<Arc<str>, String>,
) -> Result<(), Refusal> {
    let mut objections = Vec::new();
    let asked = |field: &FieldId| {
        action
            .require
            .iter()
            .chain(&action.ask)
            .any(|asked| asked.value == *field)
    };
    if let Err(refusal) = values::validate(definition, given, turn.world.directory, &asked) {
        objections.extend(refusal.objections);
    }
    let set: Values = action
        .set
        .iter()
        .map(|(field, to)| (field.value.clone(), constant(&to.value, turn)))
        .collect();
    let mut overlay = given.clone();
    overlay.extend(set.clone());
    let mut routed = Values::new();
    if action.route {
        let mut fields = turn.ticket.fields.clone();
        fields.extend(overlay.clone());
        match route::route(definition, &fields) {
            Ok(filled) => routed = filled,
            Err(refusal) => objections.extend(refusal.objections),
        }
        overlay.extend(routed.clone());
    }
    objections.extend(values::missing(
        definition,
        &turn.ticket.fields,
        &overlay,
        &action.require,
    ));
    let on_form: Vec<At<FieldId>> = action.require.iter().chain(&action.ask).cloned().collect();
    if let Err(refusal) = values::run_checks(
        definition,
        &turn.ticket,
        &turn.ticket.fields,
        turn.now,
        &overlay,
        &on_form,
    ) {
        objections.extend(refusal.objections);
    }
    objections.extend(guard(turn, definition, action, given));
    if let Some(at_most) = &action.at_most {
        objections.extend(too_often(turn, action, at_most));
    }
    let extension = extension(turn, action, &overlay, &mut objections);
    if !objections.is_empty() {
        return Err(Refusal { objections });
    }

    let did = Body::Did {
        action: action.id.clone(),
        task: None,
        imported: turn.imported,
    };
    turn.emit_with(did, given.clone(), texts.clone());
    turn.write(Why::Set, set);
    turn.write(Why::Routing, routed);
    if let (Some(extend), Some(ms)) = (&action.extend, extension) {
        clocks::extend(turn, &extend.clock.value, ms)?;
    }
    tell(turn, action);
    let again: Vec<TaskKey> = action.again.iter().map(|key| key.value.clone()).collect();
    way::take(turn, &action.way, &again, action.place)
}

fn constant(to: &SetTo, turn: &Turn<'_>) -> Value {
    match to {
        SetTo::Constant(value) => value.clone(),
        SetTo::Now => Value::Time(turn.at()),
    }
}

/// `only_if` sees the ticket before the action, with what the form says; what `set` and routing will write is not yet so.
fn guard(turn: &Turn<'_>, definition: &Definition, action: &Action, given: &Values) -> Option<Objection> {
    let guard = action.only_if.as_ref()?;
    let view = View {
        ticket: &turn.ticket,
        overlay: Some(given),
        now: turn.now,
    };
    match holds(definition, &guard.condition, &view) {
        Ok(true) => None,
        Ok(false) => Some(
            Objection::new(Code::OnlyIf)
                .with("action", action.id.as_str())
                .sentence(&guard.otherwise),
        ),
        Err(objection) => Some(objection),
    }
}

/// `at_most`: how often within a time, over all rounds.
fn too_often(turn: &Turn<'_>, action: &Action, at_most: &AtMost) -> Option<Objection> {
    let calendar = turn.calendar();
    let within = |at: crate::workflow::moment::Moment| match calendar
        .and_then(|calendar| Some((calendar, calendar.budget(at, at_most.per)?)))
    {
        Some((calendar, budget)) => calendar.measure(budget.working, at, turn.now) < budget.ms,
        None => turn.now.since(at) < schedule::in_unit(at_most.per, None),
    };
    let recent: Vec<_> = turn
        .ticket
        .doings
        .iter()
        .filter(|doing| doing.action == action.id && within(doing.at))
        .map(|doing| doing.at)
        .collect();
    let too_many = recent.len() >= usize::try_from(at_most.times).unwrap_or(usize::MAX);
    let last = recent.last().filter(|_| too_many)?;
    Some(
        Objection::new(Code::AtMost)
            .with("action", action.id.as_str())
            .with("times", at_most.times.to_string())
            .with("per", at_most.per.to_string())
            .with("last", last.rfc3339()),
    )
}

/// Milliseconds that `extend` grants; a number field counts in the unit of the clock's limit (R17).
fn extension(turn: &Turn<'_>, action: &Action, overlay: &Values, objections: &mut Vec<Objection>) -> Option<i64> {
    let extend = action.extend.as_ref()?;
    let calendar = turn.calendar().map(|calendar| &**calendar);
    match &extend.by {
        ExtendBy::Duration(duration) => Some(schedule::in_unit(duration.value, calendar)),
        ExtendBy::Field(field) => match overlay
            .get(&field.value)
            .or_else(|| turn.ticket.fields.get(&field.value))
        {
            Some(Value::Number(number)) if number.0 > 0 => {
                let unit = clocks::unit_of(turn, &extend.clock.value);
                i64::try_from(
                    i128::from(number.0) * i128::from(unit) / i128::from(crate::workflow::value::DECIMAL_SCALE),
                )
                .ok()
            }
            Some(_) => {
                objections.push(
                    Objection::new(Code::Value)
                        .field(&field.value)
                        .with("expected", "number above 0"),
                );
                None
            }
            None => {
                objections.push(Objection::new(Code::Require).field(&field.value));
                None
            }
        },
    }
}

fn tell(turn: &mut Turn<'_>, action: &Action) {
    if action.tell.is_empty() || turn.imported {
        return;
    }
    let mut found = Found::default();
    for recipient in &action.tell {
        found.add(turn.search(None, &[]).recipients(recipient));
    }
    let to: Vec<PersonId> = found.persons;
    turn.emit(Body::Told {
        message: action.say.as_ref().map(|say| say.value.clone()),
        to,
        way: found.way,
        about: Some(action.id.clone()),
    });
}
