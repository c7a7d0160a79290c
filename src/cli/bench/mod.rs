//! `ombud bench`.

pub mod figures;
pub mod http;
pub mod load;
