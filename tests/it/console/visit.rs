//! A browser of one test: keeps its cookie, follows nothing by itself, sends forms as pages do.

use std::collections::HashMap;

use ombud::desk::Principal;
use ombud::web::console::PAGES;

use crate::api::App;

/// A password that is good enough.
pub const PASSWORD: &str = "correct horse battery";

/// An answer of a page.
#[derive(Debug)]
pub struct Page {
    pub status: u16,
    pub headers: HashMap<String, String>,
    pub text: String,
    /// Bytes as they were sent.
    pub bytes: usize,
}

impl Page {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// The value of a hidden field.
    pub fn field(&self, name: &str) -> String {
        let begin = format!("name=\"{name}\" value=\"");
        let (_, rest) = self
            .text
            .split_once(&begin)
            .unwrap_or_else(|| panic!("no field {name} in {}", self.text));
        rest.split('"').next().unwrap().to_owned()
    }
}

/// Somebody at a browser.
pub struct Visit<'a> {
    pub app: &'a App,
    client: reqwest::Client,
    pub cookie: String,
    pub csrf: String,
    pub language: &'static str,
}

impl<'a> Visit<'a> {
    pub fn new(app: &'a App) -> Self {
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self {
            app,
            client,
            cookie: String::new(),
            csrf: String::new(),
            language: "en",
        }
    }

    /// Somebody of the organisation, with a password, signed in.
    pub async fn signed_in(app: &'a App, person: &str) -> Self {
        set_password(app, person).await;
        let mut visit = Self::new(app);
        assert_eq!(visit.sign_in(person, PASSWORD).await.status, 303);
        visit
    }

    /// Signs in and takes the cookie.
    pub async fn sign_in(&mut self, name: &str, password: &str) -> Page {
        let page = self.post("/sign-in", &[("name", name), ("password", password)]).await;
        if let Some((cookie, _)) = page.header("set-cookie").split_once(';') {
            cookie.clone_into(&mut self.cookie);
            let me = self.get("/me").await;
            self.csrf = me.field("csrf");
        }
        page
    }

    pub async fn get(&self, path: &str) -> Page {
        self.send("GET", path, &[], None).await
    }

    /// A form with the page's token.
    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> Page {
        let mut form = form.to_vec();
        form.push(("csrf", &self.csrf));
        self.send("POST", path, &[], Some(&form)).await
    }

    pub async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        form: Option<&[(&str, &str)]>,
    ) -> Page {
        let url = format!("http://{}{path}", self.app.address);
        let mut request = self
            .client
            .request(method.parse().unwrap(), url)
            .header("Accept", "text/html")
            .header("Cookie", format!("{}; lang={}", self.cookie, self.language));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(form) = form {
            let body: Vec<String> = form
                .iter()
                .map(|(name, text)| format!("{name}={}", escaped(text)))
                .collect();
            request = request
                .header("Content-Type", "application/x-www-form-urlencoded")
                .body(body.join("&"));
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        let bytes = response.bytes().await.unwrap();
        Page {
            status,
            headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
            bytes: bytes.len(),
        }
    }
}

/// Every byte as it may stand in a form.
pub fn escaped(text: &str) -> String {
    text.bytes()
        .fold(String::new(), |text, byte| text + &format!("%{byte:02X}"))
}

pub async fn set_password(app: &App, person: &str) {
    let link = app
        .test
        .desk
        .invite(&Principal::machine(), &person.into())
        .await
        .unwrap();
    app.test
        .desk
        .accept_invitation(&link, PASSWORD.to_owned())
        .await
        .unwrap();
}

/// The address of each page, with something in the places.
pub fn addresses() -> Vec<(&'static str, String, bool)> {
    let filled = |path: &str| {
        path.replace("{number}", "E20260302-000001")
            .replace("{action}", "note")
            .replace("{name}", "app.css")
            .replace("{hash}", "0")
            .replace("{kind}", "person")
            .replace("{key}", "li")
            .replace("{id}", "a1")
            .replace("{attachment}", "1")
    };
    PAGES
        .iter()
        .map(|page| {
            let method = page.method.as_str();
            (
                method,
                filled(page.path),
                page.needs == ombud::web::console::Needs::Session,
            )
        })
        .collect()
}
