//! The store and the use cases on a real file database.

mod board;
mod both;
mod clock_trouble;
mod commands;
mod contacts;
mod definitions;
mod directory;
mod duty;
mod duty_hands;
mod figures;
mod instances;
mod links;
mod lists;
mod missed;
mod moved;
mod record;
mod search;
mod sweep;
mod tokens;
mod upgrade;
mod visibility;
mod writer;
