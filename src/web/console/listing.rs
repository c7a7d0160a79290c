//! A list as it stands in an address: which view, which filters, in which order, with which columns; and the addresses
//! that lead from it to others.

use std::fmt::Write as _;

use crate::desk::list::{Filter, Sort};
use crate::desk::views::{COLUMNS, Listing, USUAL_COLUMNS};
use crate::web::problem::Problem;
use crate::workflow::id::{DepartmentId, PersonId, StateId, WorkflowId};

use super::form::Form;

/// Views everybody has: their word, and the order that makes sense there. Titles are `view-WORD`.
pub const VIEWS: &[(&str, Sort)] = &[
    ("mine", Sort::Due),
    ("open", Sort::Due),
    ("late", Sort::Due),
    ("urgent", Sort::Due),
    ("closed", Sort::Updated),
    ("all", Sort::Number),
    ("given_away", Sort::Number),
];

/// Filters that may stand in an address beside the view, in the order in which they are shown.
pub const FILTERS: [&str; 8] = [
    "text",
    "number",
    "workflow",
    "state",
    "department",
    "assignee",
    "late",
    "urgent",
];

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub view: &'static str,
    /// Filters that are set, in order.
    pub filters: Vec<(&'static str, String)>,
    pub sort: Sort,
    /// Of [`COLUMNS`], in their order.
    pub columns: Vec<&'static str>,
    /// The saved view it began with.
    pub saved: String,
    pub cursor: String,
    /// Nothing was asked for but a saved view, or nothing at all.
    pub bare: bool,
}

impl Asked {
    /// From the query of an address. What is unknown is passed over: old addresses still lead somewhere.
    pub fn read(query: &str) -> Result<Self, Problem> {
        let form = Form::read(query.as_bytes())?;
        let (view, usual) = VIEWS
            .iter()
            .find(|(word, _)| *word == form.text("view"))
            .copied()
            .unwrap_or(("open", Sort::Due));
        let mut filters: Vec<(&'static str, String)> = FILTERS
            .iter()
            .map(|name| (*name, form.text(name).to_owned()))
            .filter(|(_, value)| !value.is_empty())
            .collect();
        // One field for both: what begins like a number is one.
        let looked_for = form.text("q");
        if !looked_for.is_empty() {
            filters.retain(|(name, _)| *name != "text" && *name != "number");
            let (name, value) = if is_number(looked_for) {
                ("number", looked_for.to_uppercase())
            } else {
                ("text", looked_for.to_owned())
            };
            filters.insert(0, (name, value));
        }
        // Tickets given away are not looked through word by word.
        filters.retain(|(name, _)| *name != "text" || view != "given_away");
        let asked = Sort::parse(form.text("sort")).unwrap_or(usual);
        let by_text = filters.iter().any(|(name, _)| *name == "text");
        let chosen: Vec<&str> = form.all("cols").flat_map(|one| one.split(',')).collect();
        Ok(Self {
            bare: form.text("view").is_empty() && filters.is_empty(),
            view,
            sort: if by_text && asked.is_by_number() {
                Sort::Updated
            } else {
                asked
            },
            filters,
            columns: columns(&chosen),
            saved: form.text("saved").to_owned(),
            cursor: form.text("cursor").to_owned(),
        })
    }

    /// From a saved view.
    pub fn of(listing: &Listing, saved: &str) -> Self {
        let filter = &listing.filter;
        let yes = |flag: Option<bool>| flag == Some(true);
        let view = if filter.given_away {
            "given_away"
        } else if filter.mine {
            "mine"
        } else {
            match filter.open {
                Some(true) => "open",
                Some(false) => "closed",
                None => "all",
            }
        };
        let text = |id: Option<&str>| id.unwrap_or_default().to_owned();
        let word = |flag: Option<bool>| if yes(flag) { "yes".to_owned() } else { String::new() };
        let values = [
            text(filter.text.as_deref()),
            text(filter.number.as_deref()),
            text(filter.workflow.as_ref().map(WorkflowId::as_str)),
            text(filter.state.as_ref().map(StateId::as_str)),
            text(filter.department.as_ref().map(DepartmentId::as_str)),
            text(filter.assignee.as_ref().map(PersonId::as_str)),
            word(filter.late),
            word(filter.urgent),
        ];
        let filters = FILTERS.into_iter().zip(values);
        let chosen: Vec<&str> = listing.columns.iter().map(String::as_str).collect();
        Self {
            view,
            filters: filters.filter(|(_, value)| !value.is_empty()).collect(),
            sort: listing.sort,
            columns: columns(&chosen),
            saved: saved.to_owned(),
            cursor: String::new(),
            bare: false,
        }
    }

    /// What the desk is asked for.
    pub fn listing(&self) -> Listing {
        let value = |name: &str| self.value(name).map(str::to_owned);
        let yes = |name: &str| self.value(name).map(|_| true);
        Listing {
            filter: Filter {
                workflow: value("workflow").map(WorkflowId::new),
                state: value("state").map(StateId::new),
                department: value("department").map(DepartmentId::new),
                mine: self.view == "mine",
                late: yes("late").or((self.view == "late").then_some(true)),
                urgent: yes("urgent").or((self.view == "urgent").then_some(true)),
                open: match self.view {
                    "closed" => Some(false),
                    "all" | "given_away" => None,
                    _ => Some(true),
                },
                assignee: value("assignee").map(PersonId::new),
                number: value("number"),
                given_away: self.view == "given_away",
                text: value("text"),
            },
            sort: self.sort,
            columns: self.columns.iter().map(|column| (*column).to_owned()).collect(),
        }
    }

    /// A filter that is set.
    pub fn value(&self, name: &str) -> Option<&str> {
        let found = self.filters.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The address of this list at its beginning.
    pub fn path(&self) -> String {
        format!("/tickets?{}", self.query())
    }

    /// The same, page by page.
    pub fn page(&self, cursor: &str) -> String {
        format!("{}&cursor={}", self.path(), escaped(cursor))
    }

    /// The same in another order.
    pub fn sorted(&self, sort: Sort) -> String {
        Self { sort, ..self.clone() }.path()
    }

    /// The same without one of its filters.
    pub fn without(&self, name: &str) -> String {
        let mut other = self.clone();
        other.filters.retain(|(known, _)| *known != name);
        other.path()
    }

    /// Whether it can be counted: open tickets only, so that it never costs what was closed.
    pub fn is_countable(&self) -> bool {
        let filter = self.listing().filter;
        filter.open == Some(true) && filter.number.is_none()
    }

    /// What stands behind the `?`, without a cursor.
    pub fn query(&self) -> String {
        let mut query = format!("view={}", self.view);
        let mut add = |name: &str, value: &str| {
            if !value.is_empty() {
                let _ = write!(query, "&{name}={}", escaped(value));
            }
        };
        for (name, value) in &self.filters {
            add(name, value);
        }
        let usual = VIEWS.iter().find(|(word, _)| *word == self.view);
        if usual.is_none_or(|(_, sort)| *sort != self.sort) {
            add("sort", self.sort.as_str());
        }
        if self.columns != USUAL_COLUMNS {
            add("cols", &self.columns.join(","));
        }
        add("saved", &self.saved);
        query
    }
}

/// The columns that were chosen, in their order; the usual ones when nothing is. Which ticket it is always shows.
fn columns(chosen: &[&str]) -> Vec<&'static str> {
    let known = COLUMNS.into_iter().filter(|column| chosen.contains(column));
    let mut known: Vec<&'static str> = known.collect();
    if known.is_empty() {
        return USUAL_COLUMNS.to_vec();
    }
    for (place, always) in ["number", "subject"].into_iter().enumerate() {
        if !known.contains(&always) {
            known.insert(place, always);
        }
    }
    known
}

/// Letters and then digits, as numbers of tickets begin.
fn is_number(text: &str) -> bool {
    let digits = text.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    digits.len() >= 4
        && digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_digit() || c == '-')
}

/// What may stand in an address as it is; the rest as `%XX`.
pub fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes()
        .map(|byte| {
            if plain(byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Asked {
        Asked::read(query).unwrap()
    }

    #[test]
    fn an_address_says_what_it_lists_and_leads_back_to_itself() {
        for query in [
            "view=open",
            "view=mine&workflow=complaint&sort=due_desc",
            "view=all&text=%E7%94%B5%E8%B4%B9&sort=due&cols=number,subject,due",
            "view=open&department=north&late=yes&urgent=yes&saved=abc",
            "view=closed&number=TS2026",
        ] {
            let asked = read(query);
            let again = read(&asked.query());
            assert_eq!(asked, again, "{query}");
        }
        let asked = read("q=ts20260302-0001");
        assert_eq!(asked.value("number"), Some("TS20260302-0001"));
        let asked = read("q=%E5%92%8C%E5%B9%B3%E8%B7%AF&sort=number&view=all");
        assert_eq!(asked.value("text"), Some("和平路"));
        assert_eq!(asked.sort, Sort::Updated, "words are not read along numbers");
        assert!(read("").bare && read("saved=x").bare && !read("view=open").bare);
    }

    #[test]
    fn a_saved_view_is_the_list_it_was_saved_from() {
        for query in [
            "view=mine&urgent=yes",
            "view=closed&state=review",
            "view=open&assignee=li&cols=due",
        ] {
            let asked = read(query);
            let again = Asked::of(&asked.listing(), "");
            assert_eq!(asked.listing(), again.listing(), "{query}");
        }
        let late = read("view=late");
        assert_eq!(Asked::of(&late.listing(), "").listing(), late.listing());
    }

    #[test]
    fn a_filter_is_taken_away_without_touching_the_others() {
        let asked = read("view=open&workflow=help&urgent=yes");
        assert_eq!(asked.without("urgent"), "/tickets?view=open&workflow=help");
    }
}
