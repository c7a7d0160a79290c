//! Public holidays: the facts for China day by day, and reading the files administrators have.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::civil::{Date, date};
use ombud::texts::Language;
use ombud::workflow::calendar::holidays::{HolidayProblemKind as Kind, Holidays, read_ics, read_json};
use ombud::workflow::calendar::{Calendar, hours};
use ombud::workflow::id::CalendarId;
use ombud::workflow::moment::HOUR;

fn weekdays() -> Calendar {
    let office = hours::parse("08:30-12:00,13:30-18:00").unwrap();
    Calendar {
        id: CalendarId::from("cn"),
        zone: jiff::tz::TimeZone::get("Asia/Shanghai").unwrap(),
        day: 8 * HOUR,
        weekly: std::array::from_fn(|day| if day < 5 { office.clone() } else { Vec::new() }),
        closed: BTreeSet::new(),
        opened: BTreeMap::new(),
        loaded_through: None,
        version: 1,
    }
}

/// Every day of the committed list, and whether it is worked.
fn listed() -> Vec<(Date, bool)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files/cn_workdays_2023_2026.txt");
    let text = fs::read_to_string(path).unwrap();
    let months = text.lines().filter(|line| !line.starts_with('#'));
    months
        .flat_map(|line| {
            let (month, days) = line.split_once(' ').unwrap();
            let first: Date = format!("{month}-01").parse().unwrap();
            assert_eq!(usize::try_from(first.days_in_month()).unwrap(), days.len());
            first
                .series(jiff::Span::new().days(1))
                .zip(days.chars().map(|day| day == '#').collect::<Vec<_>>())
        })
        .collect()
}

/// The folder with what really happened, where it is at hand.
fn data() -> Option<PathBuf> {
    #[allow(clippy::disallowed_methods, reason = "tests have no configuration")]
    let folder = std::env::var("OMBUD_DATA").ok()?;
    Some(Path::new(&folder).join("calendars"))
}

#[test]
fn every_day_of_2023_to_2026_in_china_is_as_the_notices_say() {
    let calendar = weekdays().with_holidays(&Holidays::china_all(), None);
    assert_eq!(calendar.loaded_through, Some(2026));
    let days = listed();
    assert_eq!(days.len(), 1_461);
    for (day, worked) in days {
        assert_eq!(calendar.is_working_day(day), worked, "{day}");
    }
    let Some(folder) = data() else { return };
    let table = fs::read_to_string(folder.join("is_workday_2007_2026.csv")).unwrap();
    let mut compared = 0;
    for line in table.lines().skip(1).filter(|line| *line >= "2023") {
        let (day, sources) = line.split_once(',').unwrap();
        let worked = calendar.is_working_day(day.parse().unwrap());
        assert!(sources.split(',').all(|source| (source == "1") == worked), "{line}");
        compared += 1;
    }
    assert_eq!(compared, 1_461);
}

#[test]
fn published_files_say_what_is_built_in() {
    let Some(folder) = data() else { return };
    for year in 2023..=2026 {
        let bytes = fs::read(folder.join(format!("holiday-cn-{year}.json"))).unwrap();
        assert_eq!(read_json(&bytes).unwrap(), Holidays::china(year).unwrap(), "{year}");
    }
    let bytes = fs::read(folder.join("holiday-cn-2026.ics")).unwrap();
    assert_eq!(read_ics(&bytes).unwrap(), Holidays::china(2026).unwrap());
}

/// The facts of a year as a JSON file and as an `.ics` file.
fn files(holidays: &Holidays) -> (String, String) {
    let year = holidays.years.last().unwrap();
    let entry = |day: &Date, off: bool| format!("{{\"name\": \"x\", \"date\": \"{day}\", \"isOffDay\": {off}}}");
    let off = holidays.closed.iter().map(|day| entry(day, true));
    let days: Vec<String> = off
        .chain(holidays.made_up.iter().map(|day| entry(day, false)))
        .collect();
    let json = format!("\u{feff}{{\"year\": {year}, \"days\": [{}]}}", days.join(",\n"));
    let mut ics = String::from("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n");
    for (days, summary) in [
        (&holidays.closed, "春节（休）"),
        (&holidays.made_up, "上班(补春节\r\n 假期)"),
    ] {
        for day in days {
            let plain = day.strftime("%Y%m%d");
            write!(
                ics,
                "BEGIN:VEVENT\r\nSUMMARY:{summary}\r\nDTSTART;VALUE=DATE:{plain}\r\nEND:VEVENT\r\n"
            )
            .unwrap();
        }
    }
    ics.push_str("END:VCALENDAR\r\n");
    (json, ics)
}

#[test]
fn both_kinds_of_files_are_read() {
    for year in 2024..=2026 {
        let holidays = Holidays::china(year).unwrap();
        let (json, ics) = files(&holidays);
        assert_eq!(read_json(json.as_bytes()), Ok(holidays.clone()));
        assert_eq!(read_ics(ics.as_bytes()), Ok(holidays));
    }
}

fn event(lines: &str) -> String {
    format!("BEGIN:VCALENDAR\nBEGIN:VEVENT\n{lines}\nEND:VEVENT\nEND:VCALENDAR\n")
}

#[test]
fn events_mean_a_day_off_a_day_made_up_or_nothing() {
    for (summary, off, made_up) in [
        ("元旦假期", 1, 0),
        ("元旦放假", 1, 0),
        ("元旦 休", 1, 0),
        ("元旦（休）", 1, 0),
        ("Public holiday", 1, 0),
        ("上班(补元旦假期)", 0, 1),
        ("元旦调休补班", 0, 1),
        ("元旦（班）", 0, 1),
        ("植树节", 0, 0),
    ] {
        let ics = event(&format!(
            "SUMMARY:{summary}\nDTSTART;VALUE=DATE:20260312\nDTEND;VALUE=DATE:20260313"
        ));
        match read_ics(ics.as_bytes()) {
            Ok(read) => assert_eq!((read.closed.len(), read.made_up.len()), (off, made_up), "{summary}"),
            Err(problems) => {
                assert_eq!(problems[0].kind, Kind::Nothing, "{summary}");
                assert_eq!(off + made_up, 0);
            }
        }
    }
    let mixed = event("SUMMARY:放假\nDTSTART:20260101\nEND:VEVENT\nBEGIN:VEVENT\nSUMMARY:植树节\nDTSTART:20260312");
    assert_eq!(read_ics(mixed.as_bytes()).unwrap().ignored, ["植树节"]);
}

#[test]
fn mistakes_in_files_are_named_with_their_place() {
    let day = |text: &str| {
        format!("{{\"year\": 2026, \"days\": [{{\"date\": \"2026-01-01\", \"isOffDay\": true}}, {text}]}}")
    };
    let json = [
        (String::new(), Kind::Syntax, None),
        ("{\n\"year\": 2026,\n".to_owned(), Kind::Syntax, None),
        ("[]".to_owned(), Kind::Year, None),
        ("{\"year\": \"2026\", \"days\": []}".to_owned(), Kind::Year, None),
        ("{\"year\": 2026}".to_owned(), Kind::Nothing, None),
        ("{\"year\": 2026, \"days\": []}".to_owned(), Kind::Nothing, None),
        (day("7"), Kind::Date, Some(2)),
        (
            day("{\"date\": \"2026-13-01\", \"isOffDay\": true}"),
            Kind::Date,
            Some(2),
        ),
        (day("{\"date\": \"20260102\", \"isOffDay\": true}"), Kind::Date, Some(2)),
        (day("{\"date\": \"2026-01-02\"}"), Kind::OffDay, Some(2)),
        (
            day("{\"date\": \"2026-01-02\", \"isOffDay\": 1}"),
            Kind::OffDay,
            Some(2),
        ),
        (
            day("{\"date\": \"2024-01-02\", \"isOffDay\": true}"),
            Kind::OtherYear,
            Some(2),
        ),
        (
            day("{\"date\": \"2026-01-01\", \"isOffDay\": false}"),
            Kind::Contradiction,
            Some(2),
        ),
        ("[".repeat(10_000), Kind::Syntax, None),
    ];
    for (text, kind, entry) in json {
        let problems = read_json(text.as_bytes()).unwrap_err();
        assert_eq!((problems[0].kind, problems[0].entry), (kind, entry), "{text:.80}");
        for language in Language::ALL {
            assert!(!problems[0].sentence(language).contains("{ "));
        }
    }
    let ics = [
        (String::new(), Kind::Syntax, None),
        ("BEGIN:VCALENDAR\nnonsense".to_owned(), Kind::Syntax, None),
        (event("SUMMARY:放假"), Kind::Date, Some(2)),
        (event("SUMMARY:放假\nDTSTART:2026-01-01"), Kind::Date, Some(2)),
        (event("SUMMARY:放假\nDTSTART:20260230"), Kind::Date, Some(2)),
        (
            event("SUMMARY:放假\nDTSTART:20260101T090000Z"),
            Kind::NotAllDay,
            Some(2),
        ),
        (
            event("SUMMARY:放假\nDTSTART:20260101\nDURATION:P3D"),
            Kind::NotAllDay,
            Some(2),
        ),
        (
            event("SUMMARY:放假\nDTSTART:20260103\nDTEND:20260101"),
            Kind::Length,
            Some(2),
        ),
        (
            event("SUMMARY:放假\nDTSTART:20260101\nDTEND:20270101"),
            Kind::Length,
            Some(2),
        ),
        (
            event("SUMMARY:放假\nDTSTART:20260101\nRRULE:FREQ=YEARLY"),
            Kind::Repeats,
            Some(2),
        ),
        (
            event("SUMMARY:放假\nDTSTART:20260101\nEND:VEVENT\nBEGIN:VEVENT\nSUMMARY:补班\nDTSTART:20260101"),
            Kind::Contradiction,
            Some(6),
        ),
        ("BEGIN:A\n".repeat(100_000), Kind::TooLarge, Some(9)),
        ("BEGIN:A\nEND:A\n".repeat(5_001), Kind::TooLarge, Some(10_001)),
    ];
    for (text, kind, line) in ics {
        let problems = read_ics(text.as_bytes()).unwrap_err();
        assert_eq!((problems[0].kind, problems[0].line), (kind, line), "{text:.80}");
    }
    assert_eq!(read_json(b"\xff").unwrap_err()[0].kind, Kind::NotText);
    assert_eq!(read_ics(b"\xff").unwrap_err()[0].kind, Kind::NotText);
    let large = vec![b' '; 1_048_577];
    assert_eq!(read_json(&large).unwrap_err()[0].kind, Kind::TooLarge);
    assert_eq!(read_ics(&large).unwrap_err()[0].kind, Kind::TooLarge);
}

#[test]
fn what_the_administrator_wrote_wins_over_a_list() {
    let mut own = weekdays();
    let short = hours::parse("09:00-12:00").unwrap();
    own.opened.insert(date(2026, 1, 1), short.clone());
    own.opened.insert(date(2026, 1, 4), short.clone());
    own.closed.insert(date(2026, 2, 14));
    own.weekly[0].clear();
    let calendar = own.with_holidays(&Holidays::china(2026).unwrap(), None);
    assert_eq!(calendar.hours_on(date(2026, 1, 1)), short);
    assert_eq!(calendar.hours_on(date(2026, 1, 4)), short);
    assert!(!calendar.is_working_day(date(2026, 2, 14)));
    // Monday has no hours here: those of Tuesday.
    assert_eq!(calendar.hours_on(date(2026, 2, 28)), calendar.weekly[1]);
    let given = weekdays().with_holidays(&Holidays::china(2026).unwrap(), Some(&short));
    assert_eq!(given.hours_on(date(2026, 2, 28)), short);
}

#[test]
fn an_organisation_file_names_the_country_whose_holidays_count() {
    let source = "ombud: 1\ncalendar:\n  zone: Asia/Shanghai\n  country: cn\n  hours: {mon: \"08:30-12:00\", fri: \"08:30-12:00\"}\n  \
                  open: {\"2026-01-01\": \"10:00-11:00\"}\ndepartments: {}\nroles: [manager]\ntest_staff: {boss: [manager]}\n";
    let reading = ombud::workflow::read::read_organisation(source.as_bytes());
    let directory = reading
        .organisation
        .unwrap_or_else(|| panic!("{:?}", reading.findings))
        .directory;
    let calendar = directory.calendar(None).unwrap();
    assert_eq!(calendar.loaded_through, Some(2026));
    assert!(!calendar.is_working_day(date(2026, 1, 2)), "a Friday off");
    assert!(calendar.is_working_day(date(2026, 1, 4)), "a Sunday made up for");
    assert!(calendar.is_working_day(date(2026, 1, 1)), "what the file says wins");
}
