//! What brings messages of one channel to the other side, and how they are counted.

use std::sync::Arc;

use metrics::{counter, gauge};

use crate::desk::outbox::MAIL;
use crate::measure;
use crate::notify::channel::post::Endpoint;
use crate::notify::line::Lines;
use crate::notify::mail::Mail;
use crate::notify::outcome::Outcome;
use crate::workflow::moment::Moment;

/// A way out of the house.
pub enum Carrier {
    Mail(Box<Lines>),
    Http(Box<Endpoint>),
}

impl Carrier {
    pub async fn send(&self, mail: &Mail, now: Moment) -> Outcome {
        match self {
            Self::Mail(lines) => lines.send(mail).await.into(),
            Self::Http(endpoint) => endpoint.send(mail, now).await,
        }
    }

    pub async fn close(&self) {
        match self {
            Self::Mail(lines) => lines.close().await,
            Self::Http(_) => {}
        }
    }
}

/// Counts for the metrics: mails under their own names, other channels with the channel as a label.
#[derive(Clone, Debug)]
pub struct Tally(Arc<str>);

impl Tally {
    pub fn of(channel: &str) -> Self {
        Self(Arc::from(channel))
    }

    pub fn channel(&self) -> &str {
        &self.0
    }

    pub fn sent(&self) {
        self.count(measure::MAILS_SENT, measure::MESSAGES_SENT);
    }

    pub fn put_off(&self) {
        self.count(measure::MAILS_PUT_OFF, measure::MESSAGES_PUT_OFF);
    }

    pub fn given_up(&self) {
        self.count(measure::MAILS_GIVEN_UP, measure::MESSAGES_GIVEN_UP);
    }

    pub fn down(&self, is_down: bool) {
        let value = f64::from(u8::from(is_down));
        if self.channel() == MAIL {
            gauge!(measure::MAIL_DOWN).set(value);
        } else {
            gauge!(measure::CHANNEL_DOWN, "channel" => self.0.to_string()).set(value);
        }
    }

    fn count(&self, mails: &'static str, messages: &'static str) {
        if self.channel() == MAIL {
            counter!(mails).increment(1);
        } else {
            counter!(messages, "channel" => self.0.to_string()).increment(1);
        }
    }
}
