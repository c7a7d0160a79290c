//! Tables that come from spreadsheets, and cells that go to them. The first byte chooses which table is meant: whatever
//! the bytes are, the lines are read or named; a cell that is written is no formula and comes back as it was.

use std::sync::OnceLock;

use jiff::tz::TimeZone;
use ombud::desk::import::cells::{Edge, date, instant, minutes};
use ombud::desk::import::fault::{FAULTS_MAX, Fault};
use ombud::desk::import::{departments, past_table, people, roster};
use ombud::notify::address::address;
use ombud::reports::csv::{Table, harmless};
use ombud::texts::Language;
use ombud::workflow::directory::Directory;
use ombud::workflow::read::read_organisation;
use ombud::workflow::shipped::ORGANISATION;

pub fn run(data: &[u8]) {
    static AROUND: OnceLock<(Directory, TimeZone)> = OnceLock::new();
    let (directory, zone) = AROUND.get_or_init(|| {
        let read = read_organisation(ORGANISATION.as_bytes());
        let directory = read.organisation.expect("the shipped one is right").stand_in();
        (directory, TimeZone::get("Asia/Shanghai").expect("bundled"))
    });
    let Some((first, rest)) = data.split_first() else {
        return;
    };
    match first % 8 {
        0 => told(departments::read(rest, directory, zone).err()),
        1 => match people::read(rest, directory, zone) {
            Ok(read) => {
                for mail in read.people.iter().filter_map(|person| person.email.as_deref()) {
                    assert!(
                        address(mail).is_ok(),
                        "{mail:?} was taken and no mail can be sent there"
                    );
                }
            }
            Err(faults) => told(Some(faults)),
        },
        2 => told(people::read_memberships(rest, directory, zone).err()),
        3 => rostered(rest, directory, zone),
        4 => told(roster::read_absences(rest, directory, zone).err()),
        5 => told(past_table::read(rest, zone, &|_| None).err()),
        6 => cell(&String::from_utf8_lossy(rest), zone),
        _ => written(&String::from_utf8_lossy(rest)),
    }
}

/// Either form of a roster, as a month of a house with letters of its own.
fn rostered(bytes: &[u8], directory: &Directory, zone: &TimeZone) {
    let asked = roster::Asked {
        directory,
        zone,
        codes: [("A".to_owned(), "22:00-06:00".to_owned())].into_iter().collect(),
        month: Some((2026, 3)),
        role: None,
        replace_from: None,
    };
    match roster::read(bytes, &asked) {
        Ok(read) => {
            assert!(read.shifts.iter().all(|(_, shift)| shift.from < shift.to));
            told(Some(read.faults).filter(|faults| !faults.is_empty()));
        }
        Err(faults) => told(Some(faults)),
    }
}

fn told(faults: Option<Vec<Fault>>) {
    let Some(faults) = faults else { return };
    assert!(!faults.is_empty());
    // A line may have a fault in each of its cells.
    assert!(faults.len() <= FAULTS_MAX + 100, "{}", faults.len());
    for fault in faults.iter().take(20) {
        for language in Language::ALL {
            assert!(!fault.sentence(language).is_empty(), "{fault:?}");
        }
    }
}

fn cell(text: &str, zone: &TimeZone) {
    date(text);
    assert!(minutes(text).is_none_or(|minutes| (0..=1_440).contains(&minutes)));
    let begin = instant(text, zone, Edge::Beginning);
    let end = instant(text, zone, Edge::End);
    assert_eq!(begin.is_some(), end.is_some(), "{text}");
    assert!(begin <= end, "{text}");
}

fn written(text: &str) {
    let cells: Vec<&str> = text.split('\u{1f}').collect();
    let headings = vec!["a"; cells.len()];
    let mut table = Table::new(Vec::new(), headings).expect("in memory");
    table.row(cells.iter().copied()).expect("in memory");
    let bytes = table.end().expect("in memory");
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(bytes);
    let read = reader.records().nth(1).expect("the second line").expect("readable");
    assert_eq!(read.len(), cells.len(), "{cells:?}");
    for (cell, read) in cells.iter().zip(&read) {
        assert_eq!(read, harmless(cell));
        let shown = read.trim_start().chars().next();
        assert!(!shown.is_some_and(|mark| "=+-@＝＋－＠".contains(mark)), "{read:?}");
    }
}
