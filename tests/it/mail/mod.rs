//! Mail on the wire: nasty names and bodies (M1, M2), servers that misbehave (M3).

mod alarms;
mod channels;
mod delivery;
mod digest;
mod faults;
mod golden;
mod nasty;
mod parse;
mod quiet;
mod scene;
mod server;
mod sink;
mod wishes;

use ombud::notify::line::Lines;
use ombud::notify::mail::{Draft, Mail};
use ombud::notify::settings::{MailSettings, Security};
use ombud::workflow::moment::Moment;

use server::Server;

pub fn settings(server: &Server) -> MailSettings {
    MailSettings {
        host: "localhost".to_owned(),
        port: server.address.port(),
        security: Security::None,
        from: "ombud@example.org".to_owned(),
        from_name: "热线工单".to_owned(),
        hello: "ombud.example.org".to_owned(),
        timeout_seconds: 1,
        ..MailSettings::default()
    }
}

pub fn draft(key: &str) -> Draft {
    Draft {
        key: key.to_owned(),
        to_name: "张丽".to_owned(),
        to: "zhang@example.org".to_owned(),
        subject: "【已超时】C1 和平路12号：电费多计".to_owned(),
        text: "工单已超时\n".to_owned(),
        html: "<p>工单已超时</p>".to_owned(),
        at: Moment(1_772_413_200_000),
    }
}

pub fn mail(lines: &Lines, draft: &Draft) -> Mail {
    lines.sender().write(draft).unwrap()
}
