//! The first setup: from an empty database to published workflows in the browser, and then never again.

use ombud::desk::first::First;
use ombud::workflow::id::WorkflowId;
use ombud::workflow::read;

use super::visit::{PASSWORD, Visit};
use crate::api::App;
use crate::support::TestDesk;

/// The first administrator, let in by the link of an empty database.
async fn first(app: &App) -> Visit<'_> {
    let First::Welcome { link, .. } = app.test.desk.first_administrator().await.unwrap() else {
        panic!("somebody is here already");
    };
    let mut visit = Visit::new(app);
    let form = [("code", link.as_str()), ("password", PASSWORD), ("again", PASSWORD)];
    let sent = visit.post("/welcome", &form).await;
    assert_eq!((sent.status, sent.header("location")), (303, "/"), "{}", sent.text);
    let (cookie, _) = sent.header("set-cookie").split_once(';').unwrap();
    cookie.clone_into(&mut visit.cookie);
    visit.csrf = visit.get("/me").await.field("csrf");
    visit
}

/// An app on an empty database; tokens of nobody.
async fn empty() -> App {
    App::bare(TestDesk::empty().await)
}

const PEOPLE: &str = "登录名\t姓名\t邮箱\t语言\t角色\n\
    chen\t陈\t\tzh-CN\tmanager\n\
    gu\t顾\t\tzh-CN\tmanager\n\
    zhang\t张\t\tzh-CN\tshift_lead\n\
    he\t何\t\tzh-CN\tshift_lead\n\
    li\t李\t\tzh-CN\tagent\n\
    wang\t王\t\tzh-CN\tagent\n\
    cai\t蔡\t\tzh-CN\tcallback\n\
    pan\t潘\t\tzh-CN\tcallback\n";

#[actix_web::test]
async fn an_empty_database_is_set_up_in_the_browser_and_the_page_is_gone_afterwards() {
    let app = empty().await;
    let stage = read::read_organisation(ombud::workflow::shipped::ORGANISATION.as_bytes());
    app.test.desk.set_stage(stage.organisation.unwrap().stand_in());
    let visit = first(&app).await;
    let home = visit.get("/").await;
    assert_eq!(home.header("location"), "/setup");
    let page = visit.get("/setup").await;
    assert_eq!(page.status, 200, "{}", page.text);
    assert!(page.text.contains("1 of 6"), "{}", page.text);

    let post = |step: &'static str, form: Vec<(&'static str, &'static str)>| {
        let visit = &visit;
        async move { visit.post(&format!("/setup/{step}"), &form).await }
    };
    let you = post("you", vec![("name", "Ada"), ("mail", "no mail"), ("language", "en")]).await;
    assert_eq!(you.status, 422, "{}", you.text);
    let you = post(
        "you",
        vec![("name", "Ada"), ("mail", "ada@example.org"), ("language", "en")],
    )
    .await;
    assert_eq!(
        (you.status, you.header("location")),
        (303, "/setup?step=centre"),
        "{}",
        you.text
    );
    assert_eq!(post("centre", vec![("centre", " ")]).await.status, 422);
    assert_eq!(post("centre", vec![("centre", "县长热线")]).await.status, 303);
    let hours = ("hours", "08:30-12:00,13:30-18:00");
    let wrong = vec![("zone", "Nowhere/Land"), ("length", "8 hours"), hours, ("day", "mon")];
    let wrong = post("calendar", wrong).await;
    assert_eq!(wrong.status, 422, "{}", wrong.text);
    assert!(
        wrong.text.contains("value=\"Nowhere/Land\""),
        "what was typed comes back"
    );
    let calendar = vec![
        ("zone", "Asia/Shanghai"),
        ("length", "8 hours"),
        hours,
        ("day", "mon"),
        ("day", "tue"),
        ("country", "cn"),
    ];
    let calendar = post("calendar", calendar).await;
    assert_eq!(calendar.status, 303, "{}", calendar.text);

    let wrong = post("departments", vec![("table", "编号\t名称\nFinance!\t财政局\n")]).await;
    assert_eq!(wrong.status, 422, "{}", wrong.text);
    assert!(app.test.desk.directory().departments.is_empty());
    let some = post(
        "departments",
        vec![("table", "编号\t名称\t上级\nfinance\t财政局\t\ntax\t税务科\tfinance\n")],
    )
    .await;
    assert_eq!(some.status, 303, "{}", some.text);
    let shipped = post("departments", vec![("do", "shipped")]).await;
    assert_eq!(shipped.status, 303, "{}", shipped.text);
    assert_eq!(
        app.test.desk.directory().departments["finance"].title.zh,
        "财政局",
        "what is there stays"
    );

    let wrong = post("people", vec![("table", "登录名\t姓名\t角色\nli\t李\tking\n")]).await;
    assert!(wrong.status == 422 && wrong.text.contains("king"), "{}", wrong.text);
    let people = post("people", vec![("table", PEOPLE)]).await;
    assert_eq!(people.status, 303, "{}", people.text);
    // Left and come back to.
    let page = visit.get("/setup").await;
    assert!(page.text.contains("6 of 6"), "{}", page.text);
    let unfit = post("workflows", vec![("workflow", "complaint")]).await;
    assert!(
        unfit.status == 422 && unfit.text.contains("Nothing was published"),
        "{}",
        unfit.text
    );
    let published = post("workflows", vec![("workflow", "consultation"), ("workflow", "help")]).await;
    if published.status != 303 {
        assert_eq!(published.status, 422, "{}", published.text);
        // Heads and liaisons of every department are missing yet.
        let more: Vec<String> = app
            .test
            .desk
            .directory()
            .departments
            .keys()
            .map(|id| format!("l1_{id}\tL\tliaison@{id}; head@{id}\nl2_{id}\tL\tliaison@{id}; head@{id}\n"))
            .collect();
        let table = format!("登录名\t姓名\t角色\n{}", more.concat());
        let sent = visit.post("/setup/people", &[("table", &table)]).await;
        assert_eq!(sent.status, 303, "{}", sent.text);
        let kinds = ["consultation", "suggestion", "complaint", "help"].map(|kind| ("workflow", kind));
        let published = visit.post("/setup/workflows", &kinds).await;
        assert_eq!(published.status, 303, "{}", published.text);
    }
    assert!(app.test.desk.active(&WorkflowId::from("consultation")).is_some());

    assert!(Visit::new(&app).get("/follow").await.text.contains("县长热线"));
    let done = post("done", vec![]).await;
    assert_eq!(done.header("location"), "/organisation?set_up=true");
    let landed = visit.get("/organisation?set_up=true").await.text;
    assert!(
        landed.contains("href=\"/organisation/people\">"),
        "where to go on: {landed}"
    );
    assert!(landed.contains("banner ok"), "it says that it is over: {landed}");
    assert!(!visit.get("/organisation").await.text.contains("banner ok"));
    assert_eq!(visit.get("/setup").await.status, 404, "never again");
    assert_eq!(post("centre", vec![("centre", "x")]).await.status, 404);
    assert_ne!(visit.get("/").await.header("location"), "/setup");
    app.stop().await;
}

/// A step, what is sent, and the fields that are wrong.
type Wrong = (
    &'static str,
    &'static [(&'static str, &'static str)],
    &'static [&'static str],
);

#[actix_web::test]
async fn everything_that_is_wrong_with_a_step_is_told_at_its_fields() {
    let app = empty().await;
    let visit = first(&app).await;
    let steps: [Wrong; 4] = [
        (
            "you",
            &[("name", " "), ("mail", "nowhere"), ("language", "xx")],
            &["name", "mail", "language"],
        ),
        ("centre", &[("centre", "")], &["centre"]),
        (
            "calendar",
            &[
                ("zone", "Asia/Nowhere"),
                ("length", "long"),
                ("hours", "25:00-26:00"),
                ("day", "mon"),
                ("day", "tue"),
            ],
            &["zone", "hours", "length"],
        ),
        ("workflows", &[], &["workflows"]),
    ];
    for (step, sent, fields) in steps {
        let page = visit.post(&format!("/setup/{step}"), sent).await;
        assert_eq!(page.status, 422, "{step}: {}", page.text);
        for field in fields {
            let error = format!("<span class=\"err\" id=\"{field}-err\">");
            assert_eq!(page.text.matches(&error).count(), 1, "{step} {field}: {}", page.text);
            assert!(
                page.text.contains(&format!("<a href=\"#{field}\">")),
                "{step} {field}: {}",
                page.text
            );
        }
        assert_eq!(
            page.text.matches("<span class=\"err\"").count(),
            fields.len(),
            "{step}: {}",
            page.text
        );
    }
    let page = visit
        .post("/setup/departments", &[("table", "编号\t名称\nFinance!\t财政局\n")])
        .await;
    let table = page.text.split_once("<textarea").unwrap().1;
    assert!(
        table.contains("form-wrong\" aria-required=\"true\" aria-invalid=\"true\">"),
        "{table}"
    );
    app.stop().await;
}

#[actix_web::test]
async fn only_the_first_administrator_of_an_empty_database_is_led_through() {
    let app = App::new().await;
    for person in ["ada", "boss", "li"] {
        let visit = Visit::signed_in(&app, person).await;
        assert_eq!(
            visit.get("/setup").await.status,
            404,
            "{person}: this database was filled otherwise"
        );
        assert_eq!(
            visit.post("/setup/centre", &[("centre", "x")]).await.status,
            404,
            "{person}"
        );
        assert_eq!(visit.post("/setup/done", &[]).await.status, 404, "{person}");
    }
    app.stop().await;
}
