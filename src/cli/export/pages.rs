//! Page after page of a snapshot, with a bar that shows how far it is.

use anyhow::bail;
use indicatif::ProgressBar;
use uuid::Uuid;

use crate::cli::local::bar;
use crate::store::scan::{Page, Scan, Wanted};

/// Goes through all tickets.
pub struct Pages<'a> {
    scan: &'a Scan,
    wanted: Wanted,
    bar: ProgressBar,
    place: Place,
}

#[derive(Clone, Copy)]
enum Place {
    After(Option<Uuid>),
    End,
}

impl<'a> Pages<'a> {
    pub async fn of(scan: &'a Scan, wanted: Wanted) -> anyhow::Result<Self> {
        Ok(Self {
            scan,
            wanted,
            bar: bar(scan.tickets().await?),
            place: Place::After(None),
        })
    }

    /// The next page. A row that cannot be read ends the export.
    pub async fn next(&mut self) -> anyhow::Result<Option<Page>> {
        let Place::After(after) = self.place else {
            return Ok(None);
        };
        let page = self.scan.page(after, self.wanted).await?;
        if let Some(damaged) = page.damaged.first() {
            bail!(
                "a row of {} cannot be read ({}); run ombud audit",
                damaged.table,
                damaged.why
            );
        }
        self.bar.inc(u64::try_from(page.tickets.len()).unwrap_or_default());
        self.place = page.after.map_or(Place::End, |after| Place::After(Some(after)));
        Ok(Some(page))
    }
}

impl Drop for Pages<'_> {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
