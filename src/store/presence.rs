//! Who has which ticket open now, and who is writing. Kept in memory and forgotten when nobody says so again: it is a
//! kindness between colleagues, no record, and nothing relies on it.
//!
//! On PostgreSQL the instances tell each other, on a channel beside the one of commits; a word that is lost is said
//! again by the page after twenty seconds. On SQLite there is one instance.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::workflow::id::PersonId;

/// How long somebody counts as present after they last said so.
const PRESENT: Duration = Duration::from_secs(45);
/// The others are told again after so long when nothing has changed: pages say so each twenty seconds.
const TOLD_AGAIN: Duration = Duration::from_secs(15);
/// Tickets somebody is looking at. What is left alone is forgotten when there are so many; then nobody new is remembered.
const TICKETS_MAX: usize = 10_000;
/// People at one ticket.
const PEOPLE_MAX: usize = 50;
/// Characters of what another instance tells.
const NEWS_MAX: usize = 300;

/// Who looks at which ticket.
#[derive(Debug, Default)]
pub struct Presence(Mutex<HashMap<String, HashMap<PersonId, Seen>>>);

/// When somebody was last there, and whether they were writing.
#[derive(Clone, Copy, Debug)]
struct Seen {
    at: Instant,
    writing: bool,
    /// When the other instances were told last.
    told: Option<Instant>,
}

/// What became of saying that one is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Company {
    /// Who else is there, and whether they are writing.
    pub others: Vec<(PersonId, bool)>,
    /// The other instances do not know yet.
    pub is_news: bool,
}

impl Presence {
    /// Says that somebody is there.
    pub fn here(&self, number: &str, person: &PersonId, writing: bool) -> Company {
        self.seen(number, person, writing, true)
    }

    /// Somebody is there at another instance.
    fn elsewhere(&self, number: &str, person: &PersonId, writing: bool) {
        self.seen(number, person, writing, false);
    }

    fn seen(&self, number: &str, person: &PersonId, writing: bool, here: bool) -> Company {
        let mut tickets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let is_there = |seen: &Seen| now.duration_since(seen.at) < PRESENT;
        if tickets.len() >= TICKETS_MAX {
            tickets.retain(|_, people| people.values().any(is_there));
        }
        let full = tickets.len() >= TICKETS_MAX;
        if full && !tickets.contains_key(number) {
            return Company {
                others: Vec::new(),
                is_news: false,
            };
        }
        let people = tickets.entry(number.to_owned()).or_default();
        people.retain(|_, seen| is_there(seen));
        let before = people.get(person).copied();
        let told = before.and_then(|before| before.told);
        let fresh = told.is_some_and(|told| now.duration_since(told) < TOLD_AGAIN);
        let is_news = here && !(fresh && before.is_some_and(|before| before.writing == writing));
        if people.len() < PEOPLE_MAX || before.is_some() {
            let told = if is_news { Some(now) } else { told };
            people.insert(person.clone(), Seen { at: now, writing, told });
        }
        let mut others: Vec<(PersonId, bool)> = people
            .iter()
            .filter(|(other, _)| *other != person)
            .map(|(other, seen)| (other.clone(), seen.writing))
            .collect();
        others.sort();
        Company { others, is_news }
    }

    /// Takes up what another instance tells, as [`news`] writes it.
    pub(super) fn hear(&self, told: &str, own: &str) {
        if told.len() > NEWS_MAX {
            return;
        }
        let words: Vec<&str> = told.split(' ').collect();
        let [instance, number, person, writing] = words.as_slice() else {
            return;
        };
        if *instance != own {
            self.elsewhere(number, &PersonId::from(*person), *writing == "w");
        }
    }
}

/// What the other instances are told: `instance number person w`; nothing for a number nobody could have.
pub(super) fn news(instance: &str, number: &str, person: &PersonId, writing: bool) -> Option<String> {
    let word = if writing { "w" } else { "r" };
    let news = format!("{instance} {number} {person} {word}");
    (news.len() <= NEWS_MAX && news.split(' ').count() == 4).then_some(news)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn others(presence: &Presence, number: &str, person: &str, writing: bool) -> Vec<(PersonId, bool)> {
        presence.here(number, &person.into(), writing).others
    }

    #[test]
    fn one_sees_who_else_is_there_and_not_oneself() {
        let presence = Presence::default();
        assert!(others(&presence, "T1", "li", false).is_empty());
        assert_eq!(others(&presence, "T1", "wang", true), [("li".into(), false)]);
        assert_eq!(others(&presence, "T1", "li", false), [("wang".into(), true)]);
        assert!(others(&presence, "T2", "li", false).is_empty());
    }

    #[test]
    fn what_another_instance_tells_is_seen_here_and_ones_own_word_is_not_taken_up() {
        let (one, other) = (Presence::default(), Presence::default());
        let news = news("a", "T1", &"li".into(), true).unwrap();
        one.hear(&news, "a");
        assert!(others(&one, "T1", "wang", false).is_empty(), "its own word");
        other.hear(&news, "b");
        assert_eq!(others(&other, "T1", "wang", false), [("li".into(), true)]);
        for junk in ["", "a", "a b c", "a b c d e", &"x ".repeat(500)] {
            other.hear(junk, "b");
        }
        assert_eq!(others(&other, "T1", "wang", false), [("li".into(), true)]);
        assert_eq!(
            super::news("a", "T1 T2", &"li".into(), true),
            None,
            "no number has space in it"
        );
    }

    #[test]
    fn the_others_are_told_of_what_is_new_only() {
        let presence = Presence::default();
        let is_news = |writing| presence.here("T1", &"li".into(), writing).is_news;
        assert!(is_news(false));
        assert!(!is_news(false), "said a moment ago");
        assert!(is_news(true), "begins to write");
        assert!(!is_news(true));
        presence.elsewhere("T1", &"li".into(), false);
        assert!(is_news(true), "another instance said otherwise");
    }

    #[test]
    fn memory_is_bounded() {
        let presence = Presence::default();
        for number in 0..TICKETS_MAX + 10 {
            presence.here(&number.to_string(), &"li".into(), false);
        }
        assert_eq!(presence.0.lock().unwrap().len(), TICKETS_MAX);
        for person in 0..PEOPLE_MAX + 10 {
            presence.here("1", &PersonId::new(format!("p{person}")), false);
        }
        assert_eq!(presence.0.lock().unwrap()["1"].len(), PEOPLE_MAX);
    }
}
