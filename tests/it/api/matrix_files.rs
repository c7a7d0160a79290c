//! Rows of the matrix: files.

use ombud::desk::Principal;
use ombud::desk::files::Wish;
use serde_json::json;

use super::app::App;
use super::matrix::{Case, Row, WORK, case};

/// Gives the ticket of the matrix a file.
pub async fn rows(app: &App, number: &str) -> Vec<(&'static str, Case)> {
    let desk = &app.test.desk;
    let folder = tempfile::tempdir().unwrap().keep();
    desk.keep_files(crate::files::plan(folder)).await.unwrap();
    let wish = Wish {
        id: "one".to_owned(),
        name: "a.txt".to_owned(),
        private: false,
    };
    let mut receiving = desk.receive(&Principal::whole("li"), wish).await.unwrap();
    receiving.write(b"words\n").await.unwrap();
    receiving.finish().await.unwrap();
    let done = app.act("li", number, "attach", &json!({"files": ["one"]})).await;
    assert_eq!(done.status, 200, "{}", done.text);
    let seq = done.at("/events/0/seq");
    let files = format!("/api/v1/tickets/{number}/attachments");
    vec![
        (
            "files_upload",
            case(Row::Only(WORK), "/api/v1/uploads/matrix?name=a.txt").body(json!("words")),
        ),
        ("files_uploads", case(Row::Only(WORK), "/api/v1/uploads")),
        ("files_drop_upload", case(Row::Only(WORK), "/api/v1/uploads/other")),
        ("files_list", case(Row::Sees, files.clone())),
        ("files_content", case(Row::Sees, format!("{files}/{seq}"))),
    ]
}
