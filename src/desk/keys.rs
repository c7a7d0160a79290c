//! Secret keys of this database: made at its first start, the same for all its instances.

use crate::store::{Database, StoreError, Wants, Writer, settings};

const BYTES: usize = 32;

/// The key under this name; made where there is none.
pub(super) async fn load(database: &Database, writer: &Writer, name: &'static str) -> Result<Vec<u8>, StoreError> {
    let mut bytes = [0_u8; BYTES];
    getrandom::fill(&mut bytes).map_err(|error| StoreError::unreadable(name, error))?;
    let made = hex::encode(bytes);
    if settings::get(database, name).await?.is_none() {
        let kept = made.clone();
        writer
            .run(Wants::default(), move |sheet| {
                settings::set_first(sheet, name, &kept);
                Ok(())
            })
            .await?;
    }
    // Another instance may have been first.
    let key = settings::get(database, name).await?.unwrap_or(made);
    hex::decode(key).map_err(|error| StoreError::unreadable(name, error))
}
