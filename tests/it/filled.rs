//! `ombud bench --fill`: what the bench measures on is a database like any other.

use std::process::Command;

use crate::support::database::Fresh;

fn ombud(arguments: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_ombud"))
        .args(arguments)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.code().unwrap(), said)
}

#[tokio::test]
async fn an_audit_of_a_filled_database_finds_nothing() {
    let fresh = Fresh::new().await;
    let (code, said) = ombud(&["bench", "--fill", &fresh.url, "--tickets", "700"]);
    assert_eq!(code, 0, "{said}");
    let (code, said) = ombud(&["audit", "--format", "json", "--database", &fresh.url]);
    assert_eq!(code, 0, "{said}");
    assert!(
        said.contains("{\"tickets\":700,\"events\":8400,\"findings\":0}"),
        "{said}"
    );
}

#[tokio::test]
async fn closed_ones_went_the_whole_way() {
    let fresh = Fresh::new().await;
    let (code, said) = ombud(&["bench", "--fill", &fresh.url, "--tickets", "160", "--closed", "150"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("{\"tickets\":160,\"closed\":150}"), "{said}");
    let (code, said) = ombud(&["audit", "--format", "json", "--database", &fresh.url]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("\"findings\":0"), "{said}");
}
