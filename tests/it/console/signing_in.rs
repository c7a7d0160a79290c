//! Signing in: passwords, sessions, one-time links, and everything that must not get through.

use ombud::desk::{DeskError, Principal};
use ombud::workflow::moment::{DAY, HOUR, MINUTE};

use super::visit::{PASSWORD, Visit, addresses, set_password};
use crate::api::App;

#[actix_web::test]
async fn every_page_asks_who_you_are_and_nothing_changes_without_the_token_of_a_page() {
    let app = App::new().await;
    let number = app.open("li").await;
    let stranger = Visit::new(&app);
    let visit = Visit::signed_in(&app, "li").await;
    let events = app.events().await;
    let mut changing = 0;
    for (method, path, needs_session) in addresses() {
        let path = path.replace("E20260302-000001", &number);
        if needs_session {
            let page = stranger
                .send(method, &path, &[], (method == "POST").then_some(&[][..]))
                .await;
            assert_eq!(page.status, 303, "{method} {path} {}", page.text);
            assert!(page.header("location").starts_with("/sign-in"), "{path}");
            let part = stranger
                .send(
                    method,
                    &path,
                    &[("HX-Request", "true")],
                    (method == "POST").then_some(&[][..]),
                )
                .await;
            assert_eq!(part.status, 401, "{method} {path}");
        }
        if method == "POST" {
            changing += 1;
            let foreign = [("Origin", "https://evil.example")];
            let form = [
                ("csrf", visit.csrf.as_str()),
                ("note", "x"),
                ("name", "li"),
                ("password", PASSWORD),
            ];
            let page = visit.send("POST", &path, &foreign, Some(&form)).await;
            assert_eq!(page.status, 403, "{path} from another site: {}", page.text);
            let page = visit
                .send("POST", &path, &[("Sec-Fetch-Site", "cross-site")], Some(&form))
                .await;
            assert_eq!(page.status, 403, "{path} from another site: {}", page.text);
        }
        if method == "POST" && needs_session {
            for token in ["", "0123456789abcdef"] {
                let page = visit
                    .send("POST", &path, &[], Some(&[("csrf", token), ("note", "x")]))
                    .await;
                assert_eq!(page.status, 403, "{path} with the token «{token}»: {}", page.text);
            }
        }
    }
    assert!(changing >= 5);
    assert_eq!(app.events().await, events, "nothing was changed");
    assert_eq!(visit.get("/me").await.status, 200, "and nobody was signed out");
    app.stop().await;
}

#[actix_web::test]
async fn a_wrong_password_and_nobody_of_that_name_are_answered_alike() {
    let app = App::new().await;
    set_password(&app, "li").await;
    let mut visit = Visit::new(&app);
    let wrong = visit.sign_in("li", "not the password").await;
    let nobody = visit.sign_in("nobody", "not the password").await;
    let none = visit.sign_in("wang", "not the password").await;
    for page in [&wrong, &nobody, &none] {
        assert_eq!(page.status, 422, "{}", page.text);
        assert!(page.header("set-cookie").is_empty());
    }
    let blank = |text: &str, name: &str| text.replace(&format!("value=\"{name}\""), "");
    assert_eq!(blank(&wrong.text, "li"), blank(&nobody.text, "nobody"));
    assert_eq!(blank(&wrong.text, "li"), blank(&none.text, "wang"));
    app.stop().await;
}

#[actix_web::test]
async fn many_attempts_wait_and_nobody_is_locked_out() {
    let app = App::new().await;
    set_password(&app, "li").await;
    let mut visit = Visit::new(&app);
    for _ in 0..5 {
        assert_eq!(visit.sign_in("li", "not the password").await.status, 422);
    }
    assert_eq!(
        visit.sign_in("LI ", PASSWORD).await.status,
        429,
        "another way to write the name"
    );
    assert_eq!(visit.sign_in("li", PASSWORD).await.status, 429);
    app.test.clock.advance(6 * MINUTE);
    assert_eq!(visit.sign_in("li", PASSWORD).await.status, 303);
    assert_eq!(
        visit.sign_in("li", "not the password").await.status,
        422,
        "counted from the start again"
    );
    app.stop().await;
}

#[actix_web::test]
async fn of_many_attempts_at_once_only_the_free_ones_are_looked_at() {
    let app = App::new().await;
    set_password(&app, "li").await;
    let visits: Vec<Visit> = (0..60).map(|_| Visit::new(&app)).collect();
    let form = [("name", "li"), ("password", "not the password")];
    let all = visits.iter().map(|visit| visit.post("/sign-in", &form));
    let answers = futures_util::future::join_all(all).await;
    let looked_at = answers.iter().filter(|page| page.status == 422).count();
    assert!((1..=5).contains(&looked_at), "{looked_at} of 60 were looked at");
    app.stop().await;
}

#[actix_web::test]
async fn the_cookie_is_for_us_alone_and_says_so() {
    let app = App::new().await;
    set_password(&app, "li").await;
    let mut visit = Visit::new(&app);
    let page = visit.sign_in("li", PASSWORD).await;
    let cookie = page.header("set-cookie");
    assert!(
        cookie.starts_with("ombud=") && cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"),
        "{cookie}"
    );
    assert!(!cookie.contains("Secure"), "plain HTTP: {cookie}");
    app.stop().await;

    let behind = [("OMBUD_SERVER_PUBLIC_URL", "https://hotline.example")];
    let app = App::with_settings(&behind).await;
    set_password(&app, "li").await;
    let mut visit = Visit::new(&app);
    let page = visit.sign_in("li", PASSWORD).await;
    let cookie = page.header("set-cookie");
    assert!(
        cookie.starts_with("__Host-ombud=") && cookie.contains("Secure"),
        "{cookie}"
    );
    assert!(cookie.contains("Path=/") && !cookie.contains("Domain"), "{cookie}");
    app.stop().await;
}

#[actix_web::test]
async fn a_session_ends_when_it_idles_when_it_is_old_when_it_is_ended_and_when_its_person_leaves() {
    let app = App::new().await;
    let visit = Visit::signed_in(&app, "li").await;
    app.test.clock.advance(29 * MINUTE);
    assert_eq!(visit.get("/me").await.status, 200);
    app.test.clock.advance(31 * MINUTE);
    assert_eq!(visit.get("/me").await.status, 303, "idle");

    let visit = Visit::signed_in(&app, "li").await;
    for _ in 0..47 {
        app.test.clock.advance(15 * MINUTE);
        visit.get("/me").await;
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
    app.test.clock.advance(15 * MINUTE);
    assert_eq!(visit.get("/me").await.status, 303, "twelve hours old");

    let (one, other) = (Visit::signed_in(&app, "li").await, Visit::new(&app));
    let mut other = other;
    other.sign_in("li", PASSWORD).await;
    assert_eq!(other.get("/me").await.status, 200);
    assert_eq!(one.post("/me/sessions/end", &[("session", "")]).await.status, 303);
    assert_eq!(other.get("/me").await.status, 303, "ended from elsewhere");
    assert_eq!(one.post("/sign-out", &[]).await.status, 303);
    assert_eq!(one.get("/me").await.status, 303, "signed out");
    app.stop().await;
}

#[actix_web::test]
async fn a_foreign_session_is_not_ended_by_its_id() {
    let app = App::new().await;
    let li = Visit::signed_in(&app, "li").await;
    let wang = Visit::signed_in(&app, "wang").await;
    let lives = ombud::desk::sessions::Lives {
        idle: HOUR,
        longest: DAY,
    };
    let sessions = app.test.desk.sessions(&Principal::whole("li"), lives).await.unwrap();
    assert_eq!(sessions.len(), 1);
    wang.post("/me/sessions/end", &[("session", &sessions[0].id)]).await;
    assert_eq!(li.get("/me").await.status, 200);
    app.stop().await;
}

#[actix_web::test]
async fn another_password_ends_every_session_and_begins_one() {
    let app = App::new().await;
    let mut visit = Visit::signed_in(&app, "li").await;
    let other = Visit::signed_in(&app, "wang").await;
    let new = "three unrelated words";
    let form = |old: &'static str| [("old", old), ("password", new), ("again", new)];
    assert_eq!(visit.post("/me/password", &form("wrong")).await.status, 422);
    let short = [("old", PASSWORD), ("password", "short"), ("again", "short")];
    assert_eq!(visit.post("/me/password", &short).await.status, 422);
    let changed = visit.post("/me/password", &form(PASSWORD)).await;
    assert_eq!(changed.status, 303, "{}", changed.text);
    assert_eq!(visit.get("/me").await.status, 303, "the old cookie is void");
    let (cookie, _) = changed.header("set-cookie").split_once(';').unwrap();
    cookie.clone_into(&mut visit.cookie);
    assert_eq!(visit.get("/me").await.status, 200);
    assert_eq!(other.get("/me").await.status, 200, "nobody else is touched");
    assert_eq!(Visit::new(&app).sign_in("li", PASSWORD).await.status, 422);
    assert_eq!(Visit::new(&app).sign_in("li", new).await.status, 303);
    app.stop().await;
}

#[actix_web::test]
async fn a_link_sets_a_password_once_within_a_day() {
    let app = App::new().await;
    let desk = &app.test.desk;
    let machine = Principal::machine();
    let refused = |error: Result<_, DeskError>| matches!(error, Err(DeskError::Invalid(_)));
    let link = desk.invite(&machine, &"li".into()).await.unwrap();
    let visit = Visit::new(&app);
    let form = [("code", link.as_str()), ("password", PASSWORD), ("again", PASSWORD)];
    assert_eq!(visit.post("/welcome", &form).await.status, 303);
    assert_eq!(visit.post("/welcome", &form).await.status, 422, "used");
    let first = desk.invite(&machine, &"li".into()).await.unwrap();
    let second = desk.invite(&machine, &"li".into()).await.unwrap();
    assert!(
        refused(desk.accept_invitation(&first, PASSWORD.to_owned()).await),
        "void by the next one"
    );
    app.test.clock.advance(DAY + 1);
    assert!(
        refused(desk.accept_invitation(&second, PASSWORD.to_owned()).await),
        "a day old"
    );
    assert!(refused(desk.accept_invitation("omi_guess", PASSWORD.to_owned()).await));
    let weak = desk.invite(&machine, &"li".into()).await.unwrap();
    for password in ["short", "aaaaaaaaaaaaaa", "li-li-li-li-li"] {
        assert!(
            refused(desk.accept_invitation(&weak, password.to_owned()).await),
            "{password}"
        );
    }
    assert!(
        matches!(
            desk.invite(&Principal::whole("boss"), &"ada".into()).await,
            Err(DeskError::NotAllowed { .. })
        ),
        "a manager does not become administrator by a link"
    );
    assert!(desk.invite(&Principal::whole("ada"), &"li".into()).await.is_ok());
    app.stop().await;
}
