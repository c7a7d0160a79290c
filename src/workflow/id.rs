//! Ids of the language: ASCII `snake_case` words, one type for each kind so that a state is never taken for an action.

use std::{borrow::Borrow, fmt, sync::Arc};

use serde::{Deserialize, Serialize};

/// Longest id that is accepted, in bytes.
pub const ID_LENGTH_MAX: usize = 64;

/// True for an id as the language wants it: a lower-case ASCII letter, then letters, digits and `_`.
pub fn is_id(text: &str) -> bool {
    let mut bytes = text.bytes();
    text.len() <= ID_LENGTH_MAX
        && bytes.next().is_some_and(|first| first.is_ascii_lowercase())
        && bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Takes the text as it is; whether it is well-formed is the reader's concern ([`is_id`]).
            pub fn new(text: impl Into<Arc<str>>) -> Self {
                Self(text.into())
            }

            /// The id as written.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::new(text)
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                &*self.0 == other
            }
        }
    )*};
}

ids! {
    /// A workflow: `complaint`.
    WorkflowId;
    /// A field of the ticket or of a task: `place`.
    FieldId;
    /// An option of a choice field: `billing`.
    OptionId;
    /// A rule that names people: `unit_head`.
    RuleId;
    /// A state: `review`. `closed` is built in.
    StateId;
    /// An action: `dispatch`, or a built-in one: `sign`.
    ActionId;
    /// The key of a task within its state: `lead`, `assist`.
    TaskKey;
    /// An outcome: `resolved`.
    OutcomeId;
    /// A clock: `resolve`.
    ClockId;
    /// A message: `due_soon`.
    MessageId;
    /// A role: `shift_lead`.
    RoleId;
    /// A department: `finance`.
    DepartmentId;
    /// A person: `li` (the name used to sign in).
    PersonId;
    /// A calendar: `default`.
    CalendarId;
}
