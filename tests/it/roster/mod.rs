//! A month's roster from a spreadsheet: every letter where it belongs, every wrong line named, hostile files refused.

mod book;

use ombud::desk::directory::{Edit, Kind};
use ombud::desk::import::bring::{RosterReport, RosterWish};
use ombud::desk::import::{departments, people};
use ombud::desk::{DeskError, NotAllowed, Principal};
use ombud::texts::Language;
use ombud::workflow::moment::{DAY, HOUR, Moment};
use serde_json::json;

use crate::support::{MONDAY_9, TestDesk};
use book::{Book, Value};

const MARCH: &str = "\
2026年3月 值班表,,,,,,,,
工号,姓名,岗位,1,2,3日,4,５,31
,,,日,一,二,三,四,二
li,李明,agent,休,早,夜,,08:00-12:00+13:00-17:00,早
zhang,,,,,,夜,,
备注：请准时到岗,,,,,,,,
早=08:00-16:00；夜=22:00～次日6:00,,,,,,,,
";

async fn bring(test: &TestDesk, bytes: impl Into<Vec<u8>>, wish: RosterWish) -> RosterReport {
    test.desk
        .import_roster(&Principal::whole("ada"), bytes.into(), wish)
        .await
        .unwrap()
}

/// `(line, code)` of what is wrong.
fn codes(report: &RosterReport) -> Vec<(u64, &'static str)> {
    for fault in &report.faults {
        for language in Language::ALL {
            assert!(!fault.sentence(language).contains("import-"), "{fault:?}");
        }
    }
    report
        .faults
        .iter()
        .map(|fault| (fault.line, fault.what.code()))
        .collect()
}

/// The shifts of a person in hours after Monday the second, nine o'clock.
fn shifts(test: &TestDesk, person: &str) -> Vec<(i64, i64)> {
    let directory = test.desk.directory();
    let hours = |at: Moment| at.since(MONDAY_9) / HOUR;
    let mut found: Vec<_> = directory
        .shifts_of(&person.into())
        .map(|shift| (hours(shift.from), hours(shift.to)))
        .collect();
    found.sort_unstable();
    found
}

#[tokio::test]
async fn a_month_on_the_wall_becomes_shifts_and_the_same_again_changes_nothing() {
    let test = TestDesk::new().await;
    test.clock.move_to(MONDAY_9.plus(-2 * HOUR));
    let report = bring(&test, MARCH, RosterWish::default()).await;
    assert_eq!(
        (report.done, report.shifts, codes(&report)),
        (true, 6, Vec::new()),
        "{report:?}"
    );
    assert_eq!(shifts(&test, "li"), [(-1, 7), (37, 45), (71, 75), (76, 80), (695, 703)]);
    assert_eq!(shifts(&test, "zhang"), [(-1, 24), (61, 69)]);
    let directory = test.desk.directory();
    let roles: Vec<_> = directory
        .shifts_of(&"li".into())
        .map(|shift| shift.role.clone())
        .collect();
    assert!(roles.iter().all(|role| *role == Some("agent".into())), "{roles:?}");
    let version = directory.version;
    let again = bring(&test, MARCH, RosterWish::default()).await;
    assert_eq!((again.done, again.shifts), (true, 0));
    assert_eq!(test.desk.directory().version, version);
}

#[tokio::test]
async fn a_corrected_month_takes_the_place_of_the_first_where_it_has_not_begun() {
    let test = TestDesk::new().await;
    test.clock.move_to(MONDAY_9.plus(-2 * HOUR));
    bring(&test, MARCH, RosterWish::default()).await;
    test.clock.move_to(MONDAY_9.plus(2 * HOUR));
    // Li had the night of the third, and now has the early shift of the fourth.
    let other = MARCH.replace("早,夜,,08:00", "早,,早,08:00");
    let replace = RosterWish {
        replace: true,
        ..RosterWish::default()
    };
    let report = bring(&test, other.clone(), replace.clone()).await;
    assert_eq!((report.done, report.removed), (true, 1), "{report:?}");
    assert_eq!(shifts(&test, "li"), [(-1, 7), (47, 55), (71, 75), (76, 80), (695, 703)]);
    assert_eq!(
        shifts(&test, "zhang"),
        [(-1, 24), (61, 69)],
        "what began before the days stays"
    );
    // Without replacing, what is there is in the way.
    let late = other.replace("早,,早,", "早,,07:00-09:00,");
    assert_eq!(
        codes(&bring(&test, late, RosterWish::default()).await),
        [(4, "overlap")]
    );
}

#[tokio::test]
async fn every_wrong_line_is_named_and_nothing_is_changed_unless_asked_for() {
    let test = TestDesk::new().await;
    let version = test.desk.directory().version;
    let text = "\
姓名,岗位,3,4,5,6,7,31
li,agent,早,早,早,早,早,
nobody,agent,早,,,,,
zhang,king,早,,,,,
wang,agent,早,X,25:00-26:00,,,
cai,callback,早,,,,,早
,agent,早,,,,,
早=08:00-16:00,,,,,,,
";
    assert_eq!(
        codes(&bring(&test, text, RosterWish::default()).await),
        [(1, "month-missing")]
    );
    let april = RosterWish {
        month: Some((2026, 4)),
        ..RosterWish::default()
    };
    let report = bring(&test, text, april.clone()).await;
    let expected = [
        (3, "unknown"),
        (4, "unknown"),
        (5, "shift-code"),
        (5, "shift-code"),
        (6, "date"),
        (7, "empty"),
    ];
    assert_eq!((report.done, codes(&report)), (false, expected.to_vec()));
    assert!(
        report.faults[2].sentence(Language::En).contains("accepted: 早, 休"),
        "{report:?}"
    );
    assert_eq!(test.desk.directory().version, version);
    let skip = RosterWish {
        skip_wrong: true,
        dry_run: true,
        ..april.clone()
    };
    assert!(!bring(&test, text, skip.clone()).await.done, "a rehearsal");
    let report = bring(&test, text, RosterWish { dry_run: false, ..skip }).await;
    assert_eq!((report.done, report.shifts, report.faults.len()), (true, 5, 6));
    assert_eq!(shifts(&test, "wang"), [], "a line with a fault is left out whole");
    assert_eq!(shifts(&test, "li").len(), 5);
}

#[tokio::test]
async fn only_administrators_and_managers_bring_a_roster_and_not_into_the_past() {
    let test = TestDesk::new().await;
    let refused = test
        .desk
        .import_roster(&Principal::whole("zhang"), MARCH.into(), RosterWish::default())
        .await;
    let why = NotAllowed::Administer;
    assert!(
        matches!(refused, Err(DeskError::NotAllowed { why: found }) if found == why),
        "{refused:?}"
    );
    test.clock.advance(3 * DAY);
    let report = bring(&test, MARCH, RosterWish::default()).await;
    assert!(!report.done);
    assert!(
        codes(&report)
            .iter()
            .all(|(line, code)| [4, 5].contains(line) && *code == "refused"),
        "{report:?}"
    );
}

#[tokio::test]
async fn the_house_says_what_letters_mean_and_the_file_may_say_otherwise() {
    let test = TestDesk::new().await;
    let duty = Edit::Put {
        kind: Kind::Duty,
        key: None,
        body: json!({"shift_codes": {"A": "09:00-10:00", "早": "06:00-07:00", "假": ""}}),
    };
    test.desk.edit(&Principal::whole("ada"), vec![duty]).await.unwrap();
    let text = "工号,2026-03-09,2026-03-10,2026-03-11,2026-03-12,2026-03-13\nli,Ａ,早,假,,\n早=08:00-09:00,,,,,\n";
    let report = bring(&test, text, RosterWish::default()).await;
    assert_eq!((report.done, codes(&report)), (true, Vec::new()));
    assert_eq!(shifts(&test, "li"), [(168, 169), (191, 192)]);
}

#[tokio::test]
async fn a_workbook_says_the_same_as_the_text_of_it() {
    let mut expected = None;
    for date1904 in [false, true] {
        let mut book = Book::new(date1904);
        book.row(1, &[Value::Text("2026年3月 值班表")]);
        let day = |day: i8| Value::Date(jiff::civil::date(2026, 3, day));
        book.row(2, &[Value::Text("工号"), day(9), day(10), day(11), day(12), day(13)]);
        book.row(
            3,
            &[
                Value::Text("li"),
                Value::Text("早"),
                Value::None,
                Value::Formula("早"),
                Value::Text("休"),
            ],
        );
        book.row(6, &[Value::Text("早＝０８：００－１６：００")]);
        book.merge("A1:F1");
        let test = TestDesk::new().await;
        let report = bring(&test, book.bytes(), RosterWish::default()).await;
        assert_eq!((report.done, codes(&report)), (true, Vec::new()), "{report:?}");
        let found = shifts(&test, "li");
        assert_eq!(found, [(167, 175), (215, 223)]);
        assert_eq!(*expected.get_or_insert_with(|| found.clone()), found);
    }
}

#[tokio::test]
async fn the_long_form_comes_from_a_workbook_too() {
    let test = TestDesk::new().await;
    let mut book = Book::new(false);
    let titles = ["人员", "角色", "日期", "上班", "下班"].map(Value::Text);
    book.row(1, &titles);
    let date = Value::Date(jiff::civil::date(2026, 3, 9));
    book.row(
        2,
        &[
            Value::Text("li"),
            Value::Text("agent"),
            date,
            Value::Time(20 * 60),
            Value::Time(6 * 60),
        ],
    );
    let report = bring(&test, book.bytes(), RosterWish::default()).await;
    assert_eq!((report.done, codes(&report)), (true, Vec::new()));
    assert_eq!(shifts(&test, "li"), [(179, 189)]);
}

#[test]
fn departments_and_people_come_from_workbooks() {
    let mut book = Book::new(false);
    book.row(1, &["编号", "名称", "上级"].map(Value::Text));
    book.row(2, &["field", "外业", ""].map(Value::Text));
    book.row(3, &["crew_1", "一班", "field"].map(Value::Text));
    let none = ombud::workflow::directory::Directory::default();
    let zone = jiff::tz::TimeZone::UTC;
    let found = departments::read(&book.bytes(), &none, &zone).unwrap();
    assert_eq!(found.len(), 2);
    let mut book = Book::new(false);
    book.row(1, &["登录名", "姓名", "生效"].map(Value::Text));
    book.row(
        2,
        &[
            Value::Text("wu"),
            Value::Text("吴敏"),
            Value::Date(jiff::civil::date(2026, 1, 1)),
        ],
    );
    book.row(
        4,
        &[Value::Text("Wu 2"), Value::Number(13_800_001_111), Value::Text("soon")],
    );
    let faults = people::read(&book.bytes(), &none, &zone).unwrap_err();
    let found: Vec<_> = faults.iter().map(|fault| (fault.line, fault.what.code())).collect();
    assert_eq!(found, [(4, "id"), (4, "instant")]);
}

#[tokio::test]
async fn what_is_no_roster_or_means_harm_is_refused_by_name() {
    let test = TestDesk::new().await;
    let header = [
        "工号",
        "2026-03-09",
        "2026-03-10",
        "2026-03-11",
        "2026-03-12",
        "2026-03-13",
    ]
    .map(Value::Text);
    let with = |change: &dyn Fn(&mut Book)| {
        let mut book = Book::new(false);
        book.row(1, &header);
        change(&mut book);
        book.bytes()
    };
    let merged = with(&|book| {
        book.row(2, &[Value::Text("li"), Value::Text("08:00-16:00"), Value::None]);
        book.merge("B2:C2");
    });
    let formula = with(&|book| book.row(2, &[Value::Text("li"), Value::Formula("")]));
    let error = with(&|book| book.row(2, &[Value::Text("li"), Value::Error("#REF!")]));
    let far = with(&|book| book.cell("XFD1048576", &Value::Text("x")));
    let deep = with(&|book| book.cell("A1048576", &Value::Text("x")));
    let wide = with(&|book| book.cell("ZZ2", &Value::Text("x")));
    let bomb = with(&|book| book.part("xl/media/bomb.bin", &vec![0; 200 << 20]));
    assert!(bomb.len() < 1 << 20, "{}", bomb.len());
    let cases: Vec<(&str, Vec<u8>, (u64, &str))> = vec![
        ("days that are merged", merged, (2, "merged")),
        ("a formula without a result", formula, (2, "formula")),
        ("an error in a cell", error, (2, "cell-error")),
        ("a cell in the far corner", far, (0, "too-many-lines")),
        ("a cell far down", deep, (0, "too-many-lines")),
        ("a cell far to the right", wide, (2, "too-many-columns")),
        ("a bomb", bomb, (0, "too-large")),
        (
            "an archive that is none",
            b"PK\x03\x04 and nothing".to_vec(),
            (0, "workbook"),
        ),
        ("an archive without a workbook", Book::empty(), (0, "workbook")),
        (
            "the older format",
            [0xd0, 0xcf, 0x11, 0xe0, 0, 0].to_vec(),
            (0, "old-workbook"),
        ),
        ("nothing", Vec::new(), (0, "no-header")),
        ("another table", b"id,zh\nx,y\n".to_vec(), (1, "unknown-column")),
    ];
    for (what, bytes, expected) in cases {
        let report = bring(&test, bytes, RosterWish::default()).await;
        assert!(!report.done, "{what}");
        assert_eq!(codes(&report).first(), Some(&expected), "{what}: {report:?}");
    }
    // Any cut of a right one is refused or read, and never more.
    let whole = with(&|book| book.row(2, &[Value::Text("li"), Value::Text("08:00-16:00")]));
    for cut in (4..whole.len()).step_by(97) {
        bring(
            &test,
            whole[..cut].to_vec(),
            RosterWish {
                dry_run: true,
                ..RosterWish::default()
            },
        )
        .await;
    }
}
