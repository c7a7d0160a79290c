//! The one integration binary: house rules, stories, the store, the app over HTTP.

mod expression;
mod texts;
mod tidy;
