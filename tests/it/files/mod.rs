//! Files of tickets: uploads, what a ticket keeps of them, what never gets in, what a crash leaves.

mod audited;
mod backup;
mod console;
mod crash;
mod hostile;
mod logs;
mod shared;
mod story;
mod swept;

use std::path::PathBuf;

use ombud::desk::Desk;
use ombud::desk::files::Plan;
use ombud::store::files::Group;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::api::App;
use crate::api::app::Answer;
use crate::support::TestDesk;

pub use audited::BROKEN;

/// A picture of one pixel.
pub const PNG: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\x9cc\xf8\
    \xcf\xc0\xf0\x1f\0\x05\0\x01\xff\x89\x99=\x1d\0\0\0\0IEND\xaeB`\x82";

/// Bytes of a file in these tests.
pub const FILE_MAX: u64 = 100_000;
pub const TICKET_MAX: u64 = 250_000;

pub fn plan(folder: PathBuf) -> Plan {
    Plan {
        folder,
        file_max: FILE_MAX,
        ticket_max: TICKET_MAX,
        per_form: 3,
        groups: vec![Group::Image, Group::Pdf, Group::Office, Group::Text, Group::Audio],
    }
}

/// Where the desk of a test keeps files: beside its database where that is a file, as the program does by itself.
pub async fn keep(desk: &Desk, test: &TestDesk) -> (PathBuf, TempDir) {
    let place = TempDir::new().unwrap();
    let folder = match test.fresh.folder() {
        Some(folder) => folder.join("ombud.db-files"),
        None => place.path().join("files"),
    };
    desk.keep_files(plan(folder.clone())).await.unwrap();
    (folder, place)
}

/// An app that takes files.
pub struct Kept {
    pub app: App,
    pub folder: PathBuf,
    _place: TempDir,
}

impl Kept {
    pub async fn new() -> Self {
        Self::with(&[]).await
    }

    pub async fn with(settings: &[(&str, &str)]) -> Self {
        let test = TestDesk::new().await;
        let (folder, place) = keep(&test.desk, &test).await;
        Self {
            app: App::with(test, settings).await,
            folder,
            _place: place,
        }
    }

    pub async fn put(&self, person: &str, id: &str, query: &str, bytes: &[u8]) -> Answer {
        let headers = [("Content-Type", "application/octet-stream")];
        let path = format!("/api/v1/uploads/{id}{query}");
        self.app
            .send(person, "PUT", &path, &headers, Some(bytes.to_vec()))
            .await
    }

    /// Uploads a file and gives it to a ticket by itself; answers its number.
    pub async fn attach(&self, person: &str, number: &str, name: &str, bytes: &[u8]) -> u64 {
        let id = format!("{person}-{}", uuid::Uuid::new_v4());
        let up = self.put(person, &id, &format!("?name={name}"), bytes).await;
        assert_eq!(up.status, 201, "{}", up.text);
        let done = self.app.act(person, number, "attach", &json!({"files": [id]})).await;
        assert_eq!(done.status, 200, "{}", done.text);
        let events = done.at("/events");
        let event = events
            .as_array()
            .unwrap()
            .iter()
            .rfind(|event| event["type"] == "attached");
        event.unwrap()["seq"].as_u64().unwrap()
    }

    pub async fn list(&self, person: &str, number: &str) -> Vec<Value> {
        let list = self
            .app
            .get(person, &format!("/api/v1/tickets/{number}/attachments"))
            .await;
        assert_eq!(list.status, 200, "{}", list.text);
        list.at("/items").as_array().unwrap().clone()
    }

    pub async fn read(&self, person: &str, number: &str, seq: u64, headers: &[(&str, &str)]) -> Answer {
        let path = format!("/api/v1/tickets/{number}/attachments/{seq}");
        self.app.send(person, "GET", &path, headers, None).await
    }

    /// Contents that lie in the folder, and what is on its way.
    pub fn contents(&self) -> Vec<PathBuf> {
        files_in(self.folder.join("content"))
    }

    pub fn incoming(&self) -> Vec<PathBuf> {
        files_in(self.folder.join("incoming"))
    }
}

pub fn files_in(folder: PathBuf) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}
