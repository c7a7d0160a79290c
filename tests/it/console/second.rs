//! A second factor beside the password, administrators who see how others sign in, and passwords that everybody tries.

use ombud::desk::{DeskError, Principal};
use ombud::workflow::moment::{MINUTE, SECOND};
use sha1::{Digest, Sha1};

use super::visit::{PASSWORD, Page, Visit, set_password};
use crate::api::App;

/// The code a telephone shows (RFC 6238), worked out here once more.
fn code(secret: &str, at: i64) -> String {
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bits = secret.chars().fold(String::new(), |bits, letter| {
        bits + &format!("{:05b}", alphabet.find(letter).unwrap())
    });
    let bytes: Vec<u8> = bits
        .as_bytes()
        .chunks_exact(8)
        .map(|byte| u8::from_str_radix(std::str::from_utf8(byte).unwrap(), 2).unwrap())
        .collect();
    let mut block = [0_u8; 64];
    block[..bytes.len()].copy_from_slice(&bytes);
    let step = (at / (30 * SECOND)).to_be_bytes();
    let inner = Sha1::new()
        .chain_update(block.map(|byte| byte ^ 0x36))
        .chain_update(step)
        .finalize();
    let hash = Sha1::new()
        .chain_update(block.map(|byte| byte ^ 0x5c))
        .chain_update(inner)
        .finalize();
    let offset = usize::from(hash[19] & 15);
    let number = u32::from_be_bytes(hash[offset..offset + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

fn now(app: &App) -> i64 {
    app.test.clock.now().0
}

fn between(text: &str, begin: &str, end: &str) -> String {
    let (_, rest) = text.split_once(begin).unwrap_or_else(|| panic!("no {begin} in {text}"));
    rest.split_once(end).unwrap().0.to_owned()
}

/// Sets a second factor up; gives its secret and the written-down codes.
async fn set_up(visit: &Visit<'_>) -> (String, Vec<String>) {
    let wrong = visit
        .post("/me/second/begin", &[("password", "not the password")])
        .await;
    assert_eq!(wrong.status, 422, "{}", wrong.text);
    assert_eq!(
        visit.post("/me/second/begin", &[("password", PASSWORD)]).await.status,
        303
    );
    let page = visit.get("/me/second").await;
    assert!(page.text.contains("data:image/svg+xml;base64,"), "{}", page.text);
    let secret = between(&page.text, "second-secret\">", "<").replace(' ', "");
    let wrong = visit.post("/me/second/confirm", &[("code", "000000")]).await;
    assert_eq!(wrong.status, 422);
    let field = between(&wrong.text, "id=\"code\"", "</div>");
    assert!(
        field.contains("aria-invalid=\"true\" aria-describedby=\"code-err\"") && field.contains("id=\"code-err\""),
        "said at the field: {field}"
    );
    let shown = visit
        .post("/me/second/confirm", &[("code", &code(&secret, now(visit.app)))])
        .await;
    assert_eq!(shown.status, 200, "{}", shown.text);
    let list = between(&shown.text, "second-codes num\">", "</ul>");
    let codes: Vec<String> = list
        .split("<li>")
        .skip(1)
        .map(|item| item.split('<').next().unwrap().to_owned())
        .collect();
    assert_eq!(codes.len(), 10);
    (secret, codes)
}

/// The second half of signing in.
async fn finish(visit: &mut Visit<'_>, first: &Page, code: &str) -> Page {
    let (pending, _) = first.header("set-cookie").split_once(';').unwrap();
    pending.clone_into(&mut visit.cookie);
    visit.post("/sign-in/code", &[("code", code)]).await
}

async fn first_half(visit: &Visit<'_>) -> Page {
    let page = visit
        .post("/sign-in", &[("name", "boss"), ("password", PASSWORD)])
        .await;
    assert_eq!(page.status, 200, "{}", page.text);
    let cookie = page.header("set-cookie");
    assert!(
        cookie.starts_with("ombud-pending=") && cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"),
        "{cookie}"
    );
    page
}

#[actix_web::test]
async fn who_has_a_second_factor_needs_password_and_code_and_a_code_is_good_once() {
    let app = App::new().await;
    let boss = Visit::signed_in(&app, "boss").await;
    let elsewhere = {
        let mut other = Visit::new(&app);
        other.sign_in("boss", PASSWORD).await;
        other
    };
    let (secret, codes) = set_up(&boss).await;
    assert_eq!(boss.get("/me").await.status, 200, "this session goes on");
    assert_eq!(elsewhere.get("/me").await.status, 303, "the others do not");

    app.test.clock.advance(5 * MINUTE);
    let mut visit = Visit::new(&app);
    let first = first_half(&visit).await;
    assert_eq!(visit.get("/me").await.status, 303, "the password alone is nothing");
    let right = code(&secret, now(&app));
    assert_eq!(finish(&mut visit, &first, "000000").await.status, 422);
    assert_eq!(finish(&mut visit, &first, &right).await.status, 303);
    assert_eq!(finish(&mut visit, &first, &right).await.status, 422, "used");
    assert_eq!(finish(&mut visit, &first, &codes[0].to_uppercase()).await.status, 303);
    assert_eq!(finish(&mut visit, &first, &codes[0]).await.status, 422, "used");
    app.test.clock.advance(6 * MINUTE);
    let late = finish(&mut visit, &first, &codes[1]).await;
    assert_eq!(
        (late.status, late.header("location")),
        (303, "/sign-in"),
        "too long ago"
    );
    app.stop().await;
}

#[actix_web::test]
async fn who_guesses_codes_waits_and_what_stands_in_between_cannot_be_made_up() {
    let app = App::new().await;
    let boss = Visit::signed_in(&app, "boss").await;
    let (secret, _) = set_up(&boss).await;
    app.test.clock.advance(5 * MINUTE);
    let mut visit = Visit::new(&app);
    let first = first_half(&visit).await;
    let mut looked_at = 0;
    for _ in 0..8 {
        looked_at += usize::from(finish(&mut visit, &first, "111111").await.status == 422);
    }
    assert!((4..=5).contains(&looked_at), "{looked_at}");
    let right = code(&secret, now(&app));
    assert_eq!(finish(&mut visit, &first, &right).await.status, 429);
    let forged = "AAAA.BBBB";
    visit.cookie = format!("ombud-pending={forged}");
    let page = visit.post("/sign-in/code", &[("code", &right)]).await;
    assert_eq!((page.status, page.header("location")), (303, "/sign-in"));
    app.stop().await;
}

#[actix_web::test]
async fn a_role_may_ask_for_one_and_then_nothing_else_is_shown_before() {
    let app = App::with_settings(&[("OMBUD_SESSIONS_SECOND_FACTOR", "manager,administrator")]).await;
    set_password(&app, "boss").await;
    let mut boss = Visit::new(&app);
    let page = boss.post("/sign-in", &[("name", "boss"), ("password", PASSWORD)]).await;
    page.header("set-cookie")
        .split(';')
        .next()
        .unwrap()
        .clone_into(&mut boss.cookie);
    boss.csrf = boss.get("/me/second").await.field("csrf");
    let li = Visit::signed_in(&app, "li").await;
    assert_eq!(li.get("/tickets?view=open").await.status, 200, "agents need none");
    for path in ["/", "/me", "/tickets?view=open", "/organisation/people"] {
        let page = boss.get(path).await;
        assert_eq!((page.status, page.header("location")), (303, "/me/second"), "{path}");
    }
    let sent = boss
        .post("/organisation/person/new", &[("id", "mona"), ("name", "Mona")])
        .await;
    assert_eq!(sent.header("location"), "/me/second", "nothing is changed either");
    set_up(&boss).await;
    assert_eq!(boss.get("/tickets?view=open").await.status, 200);
    app.stop().await;
}

#[actix_web::test]
async fn administrators_see_and_end_the_sessions_of_others_and_take_a_lost_factor_away() {
    let app = App::new().await;
    let boss = Visit::signed_in(&app, "boss").await;
    set_up(&boss).await;
    let ada = Visit::signed_in(&app, "ada").await;
    let path = "/organisation/people/boss/sign-in";
    let page = ada.get(path).await;
    assert!(
        page.status == 200 && page.text.contains("value=\"end\""),
        "{}",
        page.text
    );
    let sessions = page.text.matches("name=\"session\"").count();
    assert!(sessions >= 2, "one, and the button for all: {sessions}");
    for person in ["boss", "li"] {
        let visit = if person == "boss" {
            &boss
        } else {
            &Visit::signed_in(&app, "li").await
        };
        assert_eq!(
            visit.get("/organisation/people/ada/sign-in").await.status,
            403,
            "{person}"
        );
        for deed in ["end", "link", "second"] {
            let sent = visit
                .post("/organisation/people/ada/sign-in", &[("do", deed), ("session", "")])
                .await;
            assert_eq!(sent.status, 403, "{person} {deed}");
        }
    }
    assert_eq!(ada.get("/me").await.status, 200, "nobody ended hers");
    assert_eq!(ada.post(path, &[("do", "end"), ("session", "")]).await.status, 303);
    assert_eq!(boss.get("/me").await.status, 303, "ended");
    assert_eq!(ada.post(path, &[("do", "second")]).await.status, 303);
    assert_eq!(
        Visit::new(&app).sign_in("boss", PASSWORD).await.status,
        303,
        "the password is enough again"
    );
    let link = ada.post(path, &[("do", "link")]).await;
    assert!(link.text.contains("/welcome#omi_"), "{}", link.text);
    assert!(!ada.get(path).await.text.contains("omi_"), "shown once");
    assert_eq!(ada.get("/organisation/people/nobody/sign-in").await.status, 404);
    let record = app.get("ada", "/api/v1/record").await;
    for kind in ["sessions_ended", "second_factor_on", "second_factor_off", "invited"] {
        assert!(record.text.contains(kind), "{kind}: {}", record.text);
    }
    app.stop().await;
}

#[actix_web::test]
async fn new_written_down_codes_make_the_old_ones_void_and_a_factor_ends_with_a_code() {
    let app = App::new().await;
    let boss = Visit::signed_in(&app, "boss").await;
    let (_, codes) = set_up(&boss).await;
    let renewed = boss.post("/me/second/codes", &[("code", &codes[0])]).await;
    assert_eq!(renewed.status, 200, "{}", renewed.text);
    assert!(!renewed.text.contains(&codes[1]));
    assert_eq!(
        boss.post("/me/second/end", &[("code", &codes[1])]).await.status,
        422,
        "void"
    );
    let fresh = between(&renewed.text, "second-codes num\"><li>", "<");
    assert_eq!(boss.post("/me/second/end", &[("code", &fresh)]).await.status, 303);
    assert_eq!(Visit::new(&app).sign_in("boss", PASSWORD).await.status, 303);
    app.stop().await;
}

#[actix_web::test]
async fn a_password_that_everybody_tries_first_is_refused() {
    let app = App::new().await;
    set_password(&app, "li").await;
    let machine = Principal::machine();
    for password in ["password2026!", "123456789012345", "qwertyuiop1234", "Woaini1314520"] {
        let link = app.test.desk.invite(&machine, &"li".into()).await.unwrap();
        let refused = app.test.desk.accept_invitation(&link, password.to_owned()).await;
        assert!(matches!(refused, Err(DeskError::Invalid(_))), "{password}: {refused:?}");
    }
    app.stop().await;
}
