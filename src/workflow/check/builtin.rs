//! The built-in actions, as far as a file may name them: in `times`, `not_by`, `doer of`, `until` (LANGUAGE, «Built in»).

use crate::workflow::definition::Definition;
use crate::workflow::id::ActionId;

/// Actions on a task: possible only where a state opens tasks.
pub const OF_TASK: &[&str] = &[
    "sign",
    "reply",
    "ask_return",
    "grant_return",
    "force",
    "hand_over",
    "give_back",
];

/// Actions on a ticket: possible in every open state.
pub const OF_TICKET: &[&str] = &[
    "take",
    "release",
    "acknowledge",
    "chase",
    "watch",
    "note",
    "correct",
    "link",
    "merge",
    "unmerge",
    "reveal",
    "attach",
    "detach",
];

pub fn is_builtin(action: &ActionId) -> bool {
    is_of_task(action) || OF_TICKET.contains(&action.as_str())
}

pub fn is_of_task(action: &ActionId) -> bool {
    OF_TASK.contains(&action.as_str())
}

/// Every action the file can name: its own, then the built-in ones.
pub fn actions(file: &Definition) -> Vec<&str> {
    let own = super::actions(file).map(|(_, action)| action.id.as_str());
    own.chain(OF_TASK.iter().copied())
        .chain(OF_TICKET.iter().copied())
        .collect()
}
