//! The shipped workflow files, read and checked once for all tests that play with them.

use std::sync::Arc;

use indexmap::IndexMap;
use ombud::workflow::definition::Definition;
use ombud::workflow::directory::Directory;
use ombud::workflow::id::WorkflowId;
