//! The one integration binary: house rules, stories, the store, the app over HTTP.

mod texts;
mod tidy;
