//! Which files of tickets are taken, and where they lie.

use std::path::PathBuf;

use serde::Deserialize;

use crate::store::files::{Group, Plan};

/// More files than this on one form are no form any more.
const PER_FORM_MAX: usize = 20;

/// `[files]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Files {
    folder: String,
    file_bytes_max: u64,
    ticket_bytes_max: u64,
    per_form_max: usize,
    types: Vec<Group>,
}

impl Files {
    /// What types cannot say.
    pub(super) fn wrong(&self) -> [(&'static str, bool); 4] {
        [
            ("files.file_bytes_max", self.file_bytes_max == 0),
            ("files.ticket_bytes_max", self.ticket_bytes_max < self.file_bytes_max),
            (
                "files.per_form_max",
                self.per_form_max == 0 || self.per_form_max > PER_FORM_MAX,
            ),
            ("files.types", self.types.is_empty()),
        ]
    }

    /// Where the contents lie for this database; nothing where no files are taken.
    pub fn folder(&self, url: &str) -> Option<PathBuf> {
        if !self.folder.is_empty() {
            return Some(PathBuf::from(&self.folder));
        }
        // Beside the file: `ombud.db-files`.
        let rest = url.strip_prefix("sqlite:")?;
        let rest = rest.strip_prefix("//").unwrap_or(rest);
        let file = rest.split('?').next().unwrap_or(rest);
        (!file.is_empty() && file != ":memory:").then(|| PathBuf::from(format!("{file}-files")))
    }

    /// What a desk of this database does with files.
    pub fn plan(&self, url: &str) -> Option<Plan> {
        Some(Plan {
            folder: self.folder(url)?,
            file_max: self.file_bytes_max,
            ticket_max: self.ticket_bytes_max,
            per_form: self.per_form_max,
            groups: self.types.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    #[test]
    fn contents_lie_beside_a_sqlite_database_and_nowhere_by_themselves_with_postgresql() {
        let config = Config::from_parts(None, &[]).unwrap();
        let folder = |url| config.files.folder(url).map(|folder| folder.display().to_string());
        assert_eq!(folder("sqlite:ombud.db?mode=rwc").as_deref(), Some("ombud.db-files"));
        assert_eq!(folder("sqlite:///srv/o.db").as_deref(), Some("/srv/o.db-files"));
        assert_eq!(folder("postgres://u@h/d"), None);
        let named = Config::from_parts(
            Some(("my.toml", "[files]\nfolder = \"/srv/files\"\ntypes = [\"pdf\"]\n")),
            &[],
        )
        .unwrap();
        let plan = named.files.plan("postgres://u@h/d").unwrap();
        assert_eq!(
            (plan.folder.display().to_string(), plan.groups.len()),
            ("/srv/files".to_owned(), 1)
        );
    }
}
