//! The page of a caller: the own ticket by number and code, and nothing of anybody else's.

use ombud::desk::follow::{Following, Shows};
use ombud::desk::{DeskError, Principal};
use ombud::workflow::moment::{HOUR, MINUTE};
use serde_json::json;

use super::visit::{Page, Visit};
use crate::api::{App, token};
use crate::support::{ERRAND, TestDesk};

const SHOWS: Shows = Shows { departments: true };

/// The errand with a reply for the caller.
fn with_a_reply() -> String {
    ERRAND
        .replace("version: 1", "version: 2")
        .replace("result:  {type: text", "result:  {public: true, type: text")
}

/// A dispatched errand, and the code of its caller.
async fn coded(app: &App) -> (String, String) {
    app.test
        .desk
        .publish(&Principal::machine(), &with_a_reply(), None)
        .await
        .unwrap();
    let number = app.dispatched().await;
    let code = app
        .test
        .desk
        .issue_code(&Principal::whole("li"), &number)
        .await
        .unwrap();
    (number, code)
}

/// The cookie of an answer, with its attributes.
fn cookie(page: &Page) -> &str {
    page.header("set-cookie")
}

/// The caller's page after number and code.
async fn followed(visit: &mut Visit<'_>, number: &str, code: &str) -> Page {
    let sent = visit.post("/follow", &[("number", number), ("code", code)]).await;
    assert_eq!(
        (sent.status, sent.header("location")),
        (303, "/follow"),
        "{}",
        sent.text
    );
    let (pass, _) = cookie(&sent).split_once(';').unwrap();
    pass.clone_into(&mut visit.cookie);
    visit.get("/follow").await
}

#[actix_web::test]
async fn a_caller_sees_where_the_ticket_stands_and_nothing_that_is_not_for_callers() {
    let app = App::with_settings(&[("OMBUD_FOLLOW_DEPARTMENTS", "true")]).await;
    let (number, code) = coded(&app).await;
    for (public, text) in [(true, "wir kommen am Montag"), (false, "caller is difficult")] {
        let body = json!({"note": text, "public": public});
        let noted = app.act("zhang", &number, "note", &body).await;
        assert_eq!(noted.status, 200, "{}", noted.text);
    }
    let mut caller = Visit::new(&app);
    let page = followed(
        &mut caller,
        &number.to_lowercase(),
        &format!(" {} ", code.replace(' ', "－")),
    )
    .await;
    assert_eq!(page.status, 200);
    for there in [
        number.as_str(),
        "Being handled",
        "Errand",
        "wir kommen am Montag",
        "finance",
        "2026-03-02 09:00",
    ] {
        assert!(page.text.contains(there), "{there} in {}", page.text);
    }
    let hidden = [
        "13800001111",
        "王先生",
        "difficult",
        "张",
        "zhang",
        "和平路",
        "Handling",
    ];
    for private in hidden {
        assert!(!page.text.contains(private), "{private} in {}", page.text);
    }
    assert_eq!(page.header("x-robots-tag"), "noindex, nofollow");
    assert_eq!(page.header("cache-control"), "no-store");
    assert!(page.header("content-security-policy").contains("script-src 'self';"));

    // The department has replied: the caller is told once it was called.
    let task = format!("/api/v1/tickets/{number}/tasks/1/actions");
    let any = [("If-Match", "*")];
    assert_eq!(
        app.post("sun", &format!("{task}/sign"), &any, &json!({})).await.status,
        200
    );
    let reply = json!({"values": {"result": "the lamp shines again"}});
    let replied = app.post("sun", &format!("{task}/reply"), &any, &reply).await;
    assert_eq!(replied.status, 200, "{}", replied.text);
    let page = caller.get("/follow").await;
    assert!(page.text.contains("We will call you"), "{}", page.text);
    assert!(page.text.contains("the lamp shines again"), "{}", page.text);
    app.act("cai", &number, "reached", &json!({"values": {"remark": "inner words"}}))
        .await;
    caller.language = "zh-CN";
    let page = caller.get("/follow").await;
    assert!(
        page.text.contains("已办结") && page.text.contains("办结"),
        "{}",
        page.text
    );
    assert!(!page.text.contains("inner words"));
    app.stop().await;
}

#[actix_web::test]
async fn a_reply_that_nobody_has_checked_is_not_shown() {
    let app = App::new().await;
    let (number, code) = coded(&app).await;
    let task = format!("/api/v1/tickets/{number}/tasks/1/actions");
    let any = [("If-Match", "*")];
    app.post("sun", &format!("{task}/sign"), &any, &json!({})).await;
    let body = json!({"values": {"result": "too early"}, "reason": "typo"});
    let corrected = app.act("boss", &number, "correct", &body).await;
    assert_eq!(corrected.status, 200, "{}", corrected.text);
    let page = followed(&mut Visit::new(&app), &number, &code).await;
    assert!(
        page.text.contains("Being handled") && !page.text.contains("too early"),
        "{}",
        page.text
    );
    assert!(
        !page.text.contains("finance"),
        "the settings say nothing of departments"
    );
    app.stop().await;
}

#[actix_web::test]
async fn a_wrong_number_and_a_wrong_code_are_answered_alike() {
    let app = App::new().await;
    let (number, code) = coded(&app).await;
    let other = app.open("li").await;
    let visit = Visit::new(&app);
    let mut answers = Vec::new();
    let wrong = [
        (number.as_str(), "000 000 0000"),
        ("E20260302-999999", code.as_str()),
        (other.as_str(), code.as_str()),
        (number.as_str(), ""),
        ("' or 1=1 --", "\u{202e}１２３"),
    ];
    for (number, code) in wrong {
        let page = visit.post("/follow", &[("number", number), ("code", code)]).await;
        assert_eq!((page.status, cookie(&page)), (422, ""), "{number}: {}", page.text);
        let shown = number.replace('\'', "&#x27;").replace('=', "&#x3D;");
        answers.push(
            page.text
                .replace(&format!("value=\"{shown}\""), "")
                .replace(&format!("value=\"{number}\""), ""),
        );
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:#?}");
    app.stop().await;
}

#[actix_web::test]
async fn who_guesses_waits_longer_and_longer_and_the_caller_is_never_locked_out() {
    let app = App::new().await;
    let (number, code) = coded(&app).await;
    let visit = Visit::new(&app);
    let guess = [("number", number.as_str()), ("code", "0000000000")];
    let nobody = [("number", "E20260302-777777"), ("code", "0000000000")];
    // A ticket that is not there makes wait exactly as one that is.
    for form in [&guess, &nobody] {
        let statuses = [
            visit.post("/follow", form).await.status,
            visit.post("/follow", form).await.status,
            visit.post("/follow", form).await.status,
            visit.post("/follow", form).await.status,
            visit.post("/follow", form).await.status,
            visit.post("/follow", form).await.status,
        ];
        assert_eq!(statuses, [422, 422, 422, 422, 422, 429]);
    }
    let right = [("number", number.as_str()), ("code", code.as_str())];
    assert_eq!(
        visit.post("/follow", &right).await.status,
        429,
        "waiting is for everybody from there"
    );
    // From another address nobody waits: the proxy on this machine says whose request it is.
    let elsewhere = [("X-Forwarded-For", "192.0.2.1, 198.51.100.7")];
    assert_eq!(
        visit.send("POST", "/follow", &elsewhere, Some(&right)).await.status,
        303
    );
    app.test.clock.advance(2 * MINUTE);
    assert_eq!(visit.post("/follow", &right).await.status, 303, "a minute at most");
    // Whoever tries one ticket after the other waits by address.
    let mut asked = 0;
    loop {
        let form = [("number", &*format!("E20260302-{asked:06}")), ("code", "0000000000")];
        let page = visit.send("POST", "/follow", &elsewhere, Some(&form)).await;
        if page.status == 429 {
            break;
        }
        asked += 1;
        assert!(asked < 40, "nobody makes the address wait");
    }
    assert!(asked >= 15, "{asked}");
    app.stop().await;
}

#[actix_web::test]
async fn waiting_survives_a_restart() {
    let test = TestDesk::new().await;
    let number = test.dispatched().await.ticket.number.to_string();
    let code = test.desk.issue_code(&Principal::whole("li"), &number).await.unwrap();
    let from = Some("198.51.100.7".parse().unwrap());
    for _ in 0..5 {
        let found = test.desk.follow_ticket(&number, "1", from, SHOWS).await.unwrap();
        assert_eq!(found, Following::No);
    }
    let test = test.again().await;
    let found = test.desk.follow_ticket(&number, &code, from, SHOWS).await.unwrap();
    assert!(matches!(found, Following::Wait(_)), "{found:?}");
    test.clock.advance(2 * MINUTE);
    let found = test.desk.follow_ticket(&number, &code, from, SHOWS).await.unwrap();
    let Following::Yes(pass, _) = found else {
        panic!("{found:?}")
    };
    let test = test.again().await;
    assert!(
        test.desk.followed(&pass, SHOWS).await.unwrap().is_some(),
        "the pass is still good"
    );
    test.clock.advance(HOUR);
    assert_eq!(test.desk.followed(&pass, SHOWS).await.unwrap(), None, "for an hour");
}

#[actix_web::test]
async fn a_new_code_makes_the_old_one_and_its_passes_void_and_is_recorded() {
    let app = App::new().await;
    let (number, first) = coded(&app).await;
    let mut caller = Visit::new(&app);
    assert!(followed(&mut caller, &number, &first).await.text.contains(&number));
    let li = Visit::signed_in(&app, "li").await;
    let page = li.get(&format!("/tickets/{number}")).await;
    assert!(page.text.contains("Make a new code"), "{}", page.text);
    let made = li.post(&format!("/tickets/{number}/caller-code"), &[]).await;
    assert_eq!(
        (made.status, made.header("location")),
        (303, format!("/tickets/{number}").as_str())
    );
    let carried = cookie(&made);
    assert!(
        carried.contains("HttpOnly") && carried.contains("SameSite=Strict") && carried.contains(&number),
        "{carried}"
    );
    let (flash, _) = carried.split_once(';').unwrap();
    let once = [("Cookie", &*format!("{}; {flash}; lang=en", li.cookie))];
    let page = li.send("GET", &format!("/tickets/{number}"), &once, None).await;
    let second = flash.split_once('=').unwrap().1.replace('-', " ");
    assert!(page.text.contains(&second), "{second}: {}", page.text);
    assert!(
        cookie(&page).contains("Max-Age=0"),
        "taken away again: {}",
        cookie(&page)
    );
    assert!(!li.get(&format!("/tickets/{number}")).await.text.contains(&second));

    assert!(
        !caller.get("/follow").await.text.contains(&number),
        "the old pass is void"
    );
    let old = [("number", number.as_str()), ("code", first.as_str())];
    assert_eq!(caller.post("/follow", &old).await.status, 422);
    assert!(followed(&mut caller, &number, &second).await.text.contains(&number));
    let record = app.get("ada", "/api/v1/record").await;
    assert!(
        record.text.contains("caller_code") && record.text.contains(&format!("ticket:{number}")),
        "{}",
        record.text
    );
    let left = caller.post("/follow/leave", &[]).await;
    assert!(
        left.status == 303 && cookie(&left).contains("Max-Age=0"),
        "{}",
        cookie(&left)
    );
    app.stop().await;
}

#[actix_web::test]
async fn the_pass_is_a_cookie_of_this_page_alone() {
    for (settings, secure) in [
        (vec![], false),
        (vec![("OMBUD_SERVER_PUBLIC_URL", "https://hotline.example")], true),
    ] {
        let app = App::with_settings(&settings).await;
        let (number, code) = coded(&app).await;
        let page = Visit::new(&app)
            .post("/follow", &[("number", number.as_str()), ("code", code.as_str())])
            .await;
        let cookie = cookie(&page);
        assert!(
            cookie.starts_with("ombud-follow=") && cookie.contains("Path=/follow"),
            "{cookie}"
        );
        assert!(
            cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"),
            "{cookie}"
        );
        assert_eq!(cookie.contains("Secure"), secure, "{cookie}");
        app.stop().await;
    }
}

#[actix_web::test]
async fn departments_and_administrators_make_no_codes_and_a_centre_may_do_without_them() {
    let app = App::new().await;
    let number = app.dispatched().await;
    for person in ["sun", "ada", "audrey"] {
        let made = app.test.desk.issue_code(&Principal::whole(person), &number).await;
        assert!(
            matches!(made, Err(DeskError::NotAllowed { .. } | DeskError::NotFound { .. })),
            "{person}: {made:?}"
        );
    }
    app.stop().await;

    let app = App::with_settings(&[("OMBUD_FOLLOW_ENABLED", "false")]).await;
    let number = app.dispatched().await;
    let li = Visit::signed_in(&app, "li").await;
    assert_eq!(li.get("/follow").await.status, 404);
    assert_eq!(li.post("/follow", &[("number", number.as_str())]).await.status, 404);
    assert_eq!(
        li.post(&format!("/tickets/{number}/caller-code"), &[]).await.status,
        404
    );
    assert!(!li.get(&format!("/tickets/{number}")).await.text.contains("caller-code"));
    app.stop().await;
}

#[actix_web::test]
async fn the_website_of_a_hotline_asks_with_a_token_and_its_callers_wait_one_by_one() {
    let app = App::new().await;
    let (number, code) = coded(&app).await;
    let scope = ombud::desk::Scope::parse("tickets:follow").unwrap();
    let narrow = token(&app.test, "ada", &[scope]).await;
    let authorization = format!("Bearer {narrow}");
    let ask = |body: serde_json::Value| {
        let (app, authorization) = (&app, authorization.clone());
        async move {
            let headers = [
                ("Authorization", authorization.as_str()),
                ("Content-Type", "application/json"),
            ];
            let body = Some(body.to_string().into_bytes());
            app.send("", "POST", "/api/v1/follow", &headers, body).await
        }
    };
    let right = json!({"number": number, "code": code, "address": "192.0.2.1"});
    let answer = ask(right.clone()).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.at("/stage"), json!("handling"));
    assert!(!answer.text.contains("13800001111"), "{}", answer.text);
    let wrong = |address: &str| json!({"number": number, "code": "1", "address": address});
    let unknown = json!({"number": "E20260302-999999", "code": "1"});
    assert_eq!(ask(wrong("192.0.2.9")).await.status, 404);
    assert_eq!(ask(unknown).await.status, 404);
    for _ in 0..4 {
        assert_eq!(ask(wrong("192.0.2.9")).await.status, 404);
    }
    let waits = ask(wrong("192.0.2.9")).await;
    assert_eq!(waits.status, 429);
    assert!(waits.header("retry-after").parse::<i64>().unwrap() > 0);
    assert_eq!(ask(right).await.status, 200, "others do not wait for who guesses");
    assert_eq!(ask(wrong("nowhere")).await.status, 422);
    let none = app.send("", "POST", "/api/v1/follow", &[], Some(b"{}".to_vec())).await;
    assert_eq!(none.status, 401);
    app.stop().await;
}

#[actix_web::test]
async fn hostile_text_for_callers_is_shown_as_text() {
    let app = App::new().await;
    let (number, code) = coded(&app).await;
    let hostile = "<script>alert(1)</script>\u{202e}{{7*7}}";
    let body = json!({"note": hostile, "public": true});
    app.act("zhang", &number, "note", &body).await;
    let page = followed(&mut Visit::new(&app), &number, &code).await;
    assert!(
        page.text.contains("&lt;script&gt;") && !page.text.contains("<script>"),
        "{}",
        page.text
    );
    assert!(page.text.contains("{{7*7}}"));
    app.stop().await;
}
