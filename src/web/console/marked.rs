//! What is wrong with a form, where people look for it: each fault at its field, all fields with faults in a summary that
//! leads to them, and above the form what belongs to no field.

use serde::Serialize;
use serde_json::Value as Json;

use crate::texts::Language;
use crate::web::problem::{Place, Problem};

/// A field's name, and the member of the request it fills.
pub type Member = (&'static str, &'static str);

/// A field with which something is wrong, in the summary.
#[derive(Clone, Debug, Serialize)]
pub struct Link {
    /// Of the field in the page.
    pub id: String,
    pub title: String,
}

/// Faults by the name of their field; `""` for those of none.
#[derive(Clone, Debug, Default)]
pub struct Marked(Vec<(&'static str, String)>);

impl Marked {
    /// The sentences of a problem at their fields. What is said twice of a field — the same hours on five days — is said
    /// once.
    pub fn of(problem: &Problem, members: &[Member], language: Language) -> Self {
        let mut marked = Self::default();
        for fault in &problem.faults {
            let written = fault.write(language);
            let sentence = written.get("detail").and_then(Json::as_str).unwrap_or_default();
            let pointer = match &fault.place {
                Some(Place::Pointer(pointer)) => pointer.as_str(),
                Some(Place::Parameter(_) | Place::Header(_)) | None => "",
            };
            marked.add(name_of(pointer, members), whole(sentence, language));
        }
        marked
    }

    /// One fault.
    pub fn one(field: &'static str, sentence: String) -> Self {
        Self(vec![(field, sentence)])
    }

    pub fn add(&mut self, field: &'static str, sentence: String) {
        let fault = (field, sentence);
        if !self.0.contains(&fault) {
            self.0.push(fault);
        }
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What belongs to no field.
    pub fn general(&self) -> Vec<String> {
        self.sentences("").collect()
    }

    /// What stands at a field; empty where nothing is wrong.
    pub fn at(&self, field: &str) -> String {
        self.sentences(field).collect::<Vec<_>>().join(" ")
    }

    fn sentences<'m>(&'m self, field: &'m str) -> impl Iterator<Item = String> + 'm {
        let own = self.0.iter().filter(move |(name, _)| *name == field);
        own.map(|(_, sentence)| sentence.clone())
    }
}

/// A fault as a whole sentence: those of requests end with a full stop, those of the desk with none.
pub fn whole(sentence: &str, language: Language) -> String {
    let stop = match language {
        Language::Zh => '。',
        Language::En => '.',
    };
    let ended = |c: char| "。.！!？?…：:".contains(c);
    if sentence.is_empty() || sentence.ends_with(ended) {
        sentence.to_owned()
    } else {
        format!("{sentence}{stop}")
    }
}

/// The field that fills the place, something in it, or what it lies in.
fn name_of(pointer: &str, members: &[Member]) -> &'static str {
    if pointer.is_empty() {
        return "";
    }
    let inside = |inner: &str, outer: &str| inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'));
    let exact = members.iter().find(|(_, place)| *place == pointer);
    let found = exact.or_else(|| {
        members
            .iter()
            .find(|(_, place)| inside(pointer, place) || inside(place, pointer))
    });
    found.map_or("", |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use crate::web::problem::Fault;

    use super::*;

    const MEMBERS: &[Member] = &[("zone", "/zone"), ("hours", "/hours"), ("title_zh", "/title/zh")];

    #[test]
    fn faults_stand_at_their_fields_and_once() {
        let at = |pointer: &str| Fault::new(Place::Pointer(pointer.to_owned()), "missing");
        let places = ["/hours/mon", "/hours/tue", "/zone", "/title", "/zones", ""];
        let problem = Problem::invalid(places.map(at).to_vec());
        let marked = Marked::of(&problem, MEMBERS, Language::En);
        let sentence = marked.at("zone");
        assert_eq!(marked.at("hours"), sentence, "two days, one sentence");
        assert_eq!(marked.at("title_zh"), sentence);
        assert_eq!(marked.general(), [sentence], "a place without a field, and the whole");
        assert_eq!(marked.at("day"), "");
    }

    #[test]
    fn every_fault_is_a_whole_sentence() {
        assert_eq!(
            whole("没有“x”这个时区；写法如 Asia/Shanghai", Language::Zh),
            "没有“x”这个时区；写法如 Asia/Shanghai。"
        );
        assert_eq!(whole("It is blank.", Language::En), "It is blank.");
        assert_eq!(whole("", Language::En), "");
    }
}
