//! The body of a message: one template for each channel, tried out before the first message.
//!
//! Values are escaped for the kind of body the template makes, so that nothing a caller said can leave its place: in
//! JSON as a JSON text, in a form by percent signs. Chat rooms read `<at …>` and `<@…>` as mentions; there angle brackets
//! become full-width ones.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use handlebars::Handlebars;
use serde::Serialize;

use crate::notify::letter::{Kind as About, Letter};
use crate::notify::lint;
use crate::notify::render::Rendered;
use crate::notify::specimen;
use crate::texts::Language;

use super::settings::{ChannelSettings, Kind, Wrong};

/// Bytes of a body at most.
const BODY_SIZE_MAX: usize = 64 * 1024;
/// Messages that a digest names by their titles: it is read on a telephone, and the inbox has all of them.
const LINES_MAX: usize = 5;
const TEMPLATE: &str = "body";

/// What a template may read. Every name is always there.
#[derive(Clone, Debug, Serialize)]
pub struct Message {
    pub key: String,
    pub kind: About,
    /// Whom it is for, and their address on this channel.
    pub person: String,
    pub address: String,
    pub name: String,
    pub number: String,
    /// The first line, as the subject of a mail.
    pub title: String,
    /// The workflow's own sentence; may be empty.
    pub sentence: String,
    /// Title, sentence and link, one on each line; of a digest the titles of its first messages.
    pub text: String,
    pub why: String,
    pub link: String,
    /// Where the reader acknowledges; empty where nothing is to be acknowledged.
    pub acknowledge_link: String,
    pub lang: &'static str,
    pub urgent: bool,
    pub late: bool,
}

impl Message {
    /// A letter as a message; `title` is the subject of the mail.
    pub fn of(letter: &Letter, rendered: &Rendered, key: &str, person: &str, address: &str) -> Self {
        let first = [&rendered.subject, &letter.sentence];
        let last = [&letter.link, &letter.acknowledge_link];
        let gathered = letter.lines.iter().take(LINES_MAX).map(|line| &line.title);
        let lines: Vec<&str> = first
            .into_iter()
            .chain(gathered)
            .chain(last)
            .map(String::as_str)
            .filter(|line| !line.is_empty())
            .collect();
        Self {
            key: key.to_owned(),
            kind: letter.kind,
            person: person.to_owned(),
            address: address.to_owned(),
            name: letter.name.clone(),
            number: letter.number.clone(),
            title: rendered.subject.clone(),
            sentence: letter.sentence.clone(),
            text: lines.join("\n"),
            why: letter.why.clone(),
            link: letter.link.clone(),
            acknowledge_link: letter.acknowledge_link.clone(),
            lang: letter.lang,
            urgent: letter.urgent,
            late: letter.clock.late,
        }
    }

    /// Without what a chat room would take for a mention.
    fn for_chat(mut self) -> Self {
        for text in [
            &mut self.title,
            &mut self.sentence,
            &mut self.text,
            &mut self.why,
            &mut self.name,
        ] {
            *text = text.replace('<', "＜").replace('>', "＞");
        }
        self
    }
}

/// The template of a channel, ready.
pub struct Pen {
    kind: Kind,
    engine: Handlebars<'static>,
    is_json: bool,
}

impl Pen {
    /// Reads the template, judges it and tries it out on letters of every kind.
    pub fn new(settings: &ChannelSettings) -> Result<Self, Wrong> {
        let source = if settings.body.trim().is_empty() {
            built_in(settings.kind).to_owned()
        } else {
            settings.body.clone()
        };
        let judged = lint::lint(&BTreeMap::from([(TEMPLATE.to_owned(), source.clone())]));
        if let Some(finding) = judged.first() {
            return Err(Wrong::Body(finding.to_string()));
        }
        let content_type = settings.content_type.to_ascii_lowercase();
        let is_json = content_type.contains("json");
        let escape: fn(&str) -> String = if is_json {
            in_json
        } else if content_type.contains("x-www-form-urlencoded") {
            in_form
        } else {
            return Err(Wrong::Body(format!(
                "content_type `{}` is neither JSON nor application/x-www-form-urlencoded",
                settings.content_type
            )));
        };
        let mut engine = Handlebars::new();
        engine.set_strict_mode(true);
        engine.register_escape_fn(escape);
        engine
            .register_template_string(TEMPLATE, source.trim_end())
            .map_err(|error| Wrong::Body(error.reason().to_string()))?;
        let pen = Self {
            kind: settings.kind,
            engine,
            is_json,
        };
        pen.try_out()?;
        Ok(pen)
    }

    fn try_out(&self) -> Result<(), Wrong> {
        for language in Language::ALL {
            for kind in About::ALL {
                for letter in specimen::letters(kind, language) {
                    let rendered = Rendered {
                        subject: "\"\\\u{7}\n{{x}} <at> & =".to_owned(),
                        text: String::new(),
                        html: String::new(),
                    };
                    let message = Message::of(&letter, &rendered, "a:1:li:x", "li", "\"+86 138");
                    self.write(message).map_err(Wrong::Body)?;
                }
            }
        }
        Ok(())
    }

    /// Whether a program reads it: that may gather messages itself.
    pub fn is_for_a_program(&self) -> bool {
        match self.kind {
            Kind::Webhook => true,
            Kind::Wecom | Kind::Dingtalk | Kind::Feishu | Kind::Sms => false,
        }
    }

    /// Whether many read it.
    pub fn is_for_a_room(&self) -> bool {
        match self.kind {
            Kind::Wecom | Kind::Dingtalk | Kind::Feishu => true,
            Kind::Webhook | Kind::Sms => false,
        }
    }

    /// The body of a message. The same message gives the same bytes.
    pub fn write(&self, message: Message) -> Result<Vec<u8>, String> {
        let message = if self.is_for_a_room() {
            message.for_chat()
        } else {
            message
        };
        let body = self
            .engine
            .render(TEMPLATE, &message)
            .map_err(|error| error.reason().to_string())?;
        if body.len() > BODY_SIZE_MAX {
            return Err("the body grows over 64 KiB".to_owned());
        }
        if self.is_json
            && let Err(error) = serde_json::from_str::<serde_json::Value>(&body)
        {
            return Err(format!("the body is no JSON: {error}"));
        }
        Ok(body.into_bytes())
    }
}

fn built_in(kind: Kind) -> &'static str {
    match kind {
        Kind::Webhook => include_str!("../../../templates/channels/webhook.hbs"),
        Kind::Sms => include_str!("../../../templates/channels/sms.hbs"),
        Kind::Wecom => include_str!("../../../templates/channels/wecom.hbs"),
        Kind::Dingtalk => include_str!("../../../templates/channels/dingtalk.hbs"),
        Kind::Feishu => include_str!("../../../templates/channels/feishu.hbs"),
    }
}

/// As the inside of a JSON text.
fn in_json(text: &str) -> String {
    let quoted = serde_json::Value::String(text.to_owned()).to_string();
    let inside = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    inside.unwrap_or_default().to_owned()
}

/// As a value of a form: everything but plain letters, digits and `-._~` by percent signs.
fn in_form(text: &str) -> String {
    let mut form = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => form.push(char::from(byte)),
            _ => {
                let _ = write!(form, "%{byte:02X}");
            }
        }
    }
    form
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn settings(kind: Kind, body: &str) -> ChannelSettings {
        ChannelSettings {
            kind,
            body: body.to_owned(),
            ..ChannelSettings::default()
        }
    }

    fn message(title: &str) -> Message {
        let letter = Letter {
            acknowledge_link: String::new(),
            ..specimen::full(About::Clock, Language::Zh)
        };
        let rendered = Rendered {
            subject: title.to_owned(),
            text: String::new(),
            html: String::new(),
        };
        Message::of(&letter, &rendered, "t:1:li:x", "li", "13800001111")
    }

    fn json_of(kind: Kind, title: &str) -> Value {
        let body = Pen::new(&settings(kind, "")).unwrap().write(message(title)).unwrap();
        serde_json::from_slice(&body).unwrap()
    }

    #[test]
    fn every_built_in_body_is_what_its_receiver_reads() {
        let text = "【已超时】C1\n工单C20260302-000017「办理时限」已超时2小时5分钟\nhttps://ombud.example.org/tickets/C20260302-000017";
        assert_eq!(
            json_of(Kind::Sms, "【已超时】C1"),
            json!({"mobile": "13800001111", "content": text})
        );
        let wecom = json_of(Kind::Wecom, "【已超时】C1");
        assert_eq!(
            wecom["text"],
            json!({"content": text, "mentioned_list": ["13800001111"]})
        );
        let dingtalk = json_of(Kind::Dingtalk, "【已超时】C1");
        assert_eq!(dingtalk["at"], json!({"atUserIds": ["13800001111"], "isAtAll": false}));
        let feishu = json_of(Kind::Feishu, "【已超时】C1");
        assert_eq!(
            feishu["content"]["text"],
            json!(format!("<at user_id=\"13800001111\"></at> {text}"))
        );
        let own = json_of(Kind::Webhook, "【已超时】C1");
        assert_eq!(
            (&own["urgent"], &own["ticket"]),
            (&json!(true), &json!("C20260302-000017"))
        );
    }

    #[test]
    fn what_a_caller_said_never_leaves_its_place() {
        let nasty = "\"}, \"x\": \"{{7*7}} {{> x}} \\ \u{0}\n<at user_id=\"all\"></at> <@all> & a=b";
        for kind in Kind::ALL {
            let shown = json_of(kind, nasty).to_string();
            assert!(
                shown.contains("{{7*7}} {{> x}}") || shown.contains("{{7*7}} {{＞ x}}"),
                "{shown}"
            );
        }
        let feishu = json_of(Kind::Feishu, nasty)["content"]["text"].to_string();
        assert_eq!(feishu.matches("<at").count(), 1, "{feishu}");
        let mut form = settings(Kind::Sms, "mobile={{address}}&content={{title}}");
        form.content_type = "application/x-www-form-urlencoded".to_owned();
        let body = Pen::new(&form).unwrap().write(message("a&b=c 工")).unwrap();
        assert_eq!(
            String::from_utf8(body).unwrap(),
            "mobile=13800001111&content=a%26b%3Dc%20%E5%B7%A5"
        );
    }

    #[test]
    fn a_body_of_ones_own_that_fails_is_refused_before_the_first_message() {
        for (body, expected) in [
            ("{\"a\":\"{{{text}}}\"}", "unescaped"),
            ("{\"a\":\"{{txet}}\"}", "Failed to access"),
            ("{\"a\":{{text}}}", "no JSON"),
            ("{{#if late}}", "never closed"),
            ("{{> x}}", "there is no partial"),
        ] {
            let found = Pen::new(&settings(Kind::Webhook, body)).err().unwrap().to_string();
            assert!(found.contains(expected), "{body}: {found}");
        }
        let mut strange = settings(Kind::Webhook, "x");
        strange.content_type = "text/plain".to_owned();
        assert!(Pen::new(&strange).err().unwrap().to_string().contains("text/plain"));
    }
}
