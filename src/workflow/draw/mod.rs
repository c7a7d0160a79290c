//! The life of a ticket as a picture: Mermaid text and SVG, from the definition alone, in the reader's language.
//!
//! A picture shows what the file says, also while it still has mistakes: the editor draws on every keystroke. A state
//! that is named but not defined is drawn as such. Three nodes stand for what is no state: «in every open state»
//! (`anytime`), «after closing» (`after_close`), and each outcome. What stays where it is (`stay: true`) is no edge.

mod condition;
mod graph;
mod line;
mod mermaid;
mod room;
mod svg;

pub use condition::told as condition_words;
pub use graph::{Edge, Graph, Node, NodeKind, Step};
pub use mermaid::mermaid;
pub use svg::{Look, STYLE, svg};
