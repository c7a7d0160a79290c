//! Files of a ticket. What is known of one stands here; what is in it lies outside, under the hash of its content.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::workflow::id::ActionId;
use crate::workflow::moment::Moment;

use super::event::{Actor, Event};
use super::model::TaskId;

/// The text of an event that holds the name of its file.
pub const NAME: &str = "name";
/// Files that one ticket may ever have had: each stands in its row for good.
pub const ATTACHMENTS_MAX: usize = 200;
/// Characters of a name.
pub const NAME_LENGTH_MAX: usize = 120;

/// What a file is, without its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// SHA-256, 64 small hex digits.
    pub hash: Arc<str>,
    /// In bytes.
    pub size: u64,
    /// What the content was found to be, never what somebody said: `image/jpeg`.
    pub media: Arc<str>,
    /// Only whoever acts on the ticket may read name and content (R10).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub private: bool,
}

/// A file that is to come to a ticket. Its content is on disk already.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewFile {
    pub name: String,
    #[serde(flatten)]
    pub content: Content,
    /// The action it is given with.
    pub action: Option<ActionId>,
    pub task: Option<TaskId>,
}

/// A file of a ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// The event that brought it: its number within the ticket.
    pub seq: u64,
    /// Empty once it was erased.
    pub name: String,
    #[serde(flatten)]
    pub content: Content,
    pub by: Actor,
    pub at: Moment,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<ActionId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskId>,
    /// Its content is not kept any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gone: Option<Gone>,
}

/// Why there is no content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gone {
    /// Somebody took it away, with a reason.
    Removed,
    /// Personal data was erased.
    Erased,
}

impl Gone {
    /// The word used in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Removed => "removed",
            Self::Erased => "erased",
        }
    }
}

impl Attachment {
    pub(super) fn of(event: &Event, content: &Content, action: Option<&ActionId>, task: Option<TaskId>) -> Self {
        Self {
            seq: event.seq,
            name: event.texts.get(NAME).cloned().unwrap_or_default(),
            content: content.clone(),
            by: event.actor.clone(),
            at: event.at,
            action: action.cloned(),
            task,
            gone: None,
        }
    }
}
