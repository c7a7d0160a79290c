//! `organisation.yaml`: the stand-in directory, and the form in which a whole directory is imported.

use ombud::texts::Language;
use ombud::workflow::finding::Finding;
use ombud::workflow::id::{DepartmentId, PersonId, RoleId};
use ombud::workflow::moment::{HOUR, Moment};
use ombud::workflow::read::{OrganisationReading, read_organisation};

const EXAMPLE: &str = include_str!("../files/organisation_example.yaml");
const SHIPPED: &str = include_str!("../../workflows/organisation.yaml");

fn sentences(source: &str) -> Vec<String> {
    let findings = read_organisation(source.as_bytes()).findings.sorted();
    findings
        .iter()
        .map(|finding: &Finding| format!("{} {}", finding.code.as_str(), finding.sentence(Language::En)))
        .collect()
}

fn at(rfc3339: &str) -> Moment {
    Moment::from_timestamp(rfc3339.parse().unwrap())
}

#[test]
fn the_stand_in_of_the_stories_is_read_whole() {
    for source in [EXAMPLE, SHIPPED] {
        let OrganisationReading { organisation, findings } = read_organisation(source.as_bytes());
        assert_eq!(findings.as_slice(), []);
        let directory = organisation.unwrap().stand_in();
        let calendar = directory.calendar(None).unwrap();
        assert_eq!(calendar.day, 8 * HOUR);
        assert!(
            calendar.is_working_day("2026-05-09".parse().unwrap()),
            "a make-up Saturday"
        );
        assert!(!calendar.is_working_day("2026-04-06".parse().unwrap()), "a holiday");
        let heads = directory.members(
            &RoleId::from("head"),
            Some(&DepartmentId::from("finance")),
            at("2026-03-02T01:00:00Z"),
        );
        assert!(heads.contains(&PersonId::from("head_fin")) && heads.contains(&PersonId::from("deputy_fin")));
    }
}

#[test]
fn a_whole_directory_is_read() {
    let source = format!(
        "{EXAMPLE}{}",
        r"
people:
  wu: {name: 吴敏, email: wu@example.org, language: en, roles: [agent, head@finance, {role: callback, from: 2026-03-01, to: 2026-03-31}]}
  lin: {name: 林芳, roles: shift_lead, from: 2026-01-01}
roster:
  - {person: lin, role: shift_lead, from: 2026-03-02 20:00, to: 2026-03-03 08:00}
absences:
  - {person: lin, from: 2026-03-05, to: 2026-03-06, substitute: wu}
builtin: {sign: [head], watch: manager}
"
    );
    let OrganisationReading { organisation, findings } = read_organisation(source.as_bytes());
    assert_eq!(findings.as_slice(), []);
    let organisation = organisation.unwrap();
    assert_eq!(organisation.test_staff.len(), 11);
    let directory = organisation.directory;
    assert_eq!(directory.people.len(), 2);
    assert_eq!(directory.memberships.len(), 4);
    // Local times are those of the calendar's zone; a day alone in `to` is included.
    assert_eq!(directory.memberships[2].valid.to, Some(at("2026-03-31T16:00:00Z")));
    assert_eq!(directory.shifts[0].from, at("2026-03-02T12:00:00Z"));
    assert_eq!(directory.absences[0].to, at("2026-03-06T16:00:00Z"));
    assert_eq!(directory.builtin.sign, [RoleId::from("head")]);
    assert_eq!(directory.builtin.chase.len(), 3, "what is not named stays as it is");
}

#[test]
fn what_is_wrong_is_named() {
    let source = EXAMPLE
        .replace("zone: Asia/Shanghai", "zone: Asia/Beijing")
        .replace("day: 8 hours", "day: 8 working hours")
        .replace("\"08:30-12:00,13:30-18:00\", tue", "\"8-12\", tue")
        .replace("\"2026-04-06\"", "4月6日")
        .replace("\"2026-05-09\"", "\"2026-05-32\"")
        .replace(
            "finance: {zh: 财务部, en: Finance}",
            "finance: {zh: 财务部, en: Finance, parent: dispach}",
        )
        .replace("en: Dispatch centre}", "en: Dispatch centre, parent: dispatch}")
        .replace("li: [agent]", "li: [agnet]")
        .replace("dana: [liaison@dispatch]", "dana: [liaison at dispatch]");
    assert_eq!(
        sentences(&source),
        [
            "READ13 There is no time zone “Asia/Beijing”: write it as Asia/Shanghai",
            "READ10 The length of a working day is so many hours: 8 hours",
            "READ13 “8” is not a time of day; write it as 08:30, the end of the day as 24:00",
            "READ13 “4月6日” is not a day of the calendar: write it as 2026-05-01",
            "READ13 “2026-05-32” is not a day of the calendar: write it as 2026-05-01",
            "READ08 There is no department “dispach”",
            "READ14 “dispatch” stands above itself",
            "READ08 There is no role “agnet”",
            "READ09 “liaison at dispatch” is no role: write agent, or with the department head@finance",
        ]
    );
}

#[test]
fn people_of_the_roster_are_known_and_times_are_in_order() {
    let source = format!(
        "{EXAMPLE}{}",
        "people: {wu: {name: 吴敏, roles: [agent]}}\nroster:\n  - {person: wo, from: 2026-03-02 08:00, to: 2026-03-02 07:00}\n"
    );
    assert_eq!(
        sentences(&source),
        [
            "READ08 There is no person “wo”",
            "READ14 The end is not after the beginning"
        ]
    );
}
