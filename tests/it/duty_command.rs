//! `ombud duty gaps` with the real program, and what `ombud demo` says of where it listens.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use serde_json::Value as Json;

use crate::support::TestDesk;

fn ombud() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ombud"));
    command
        .current_dir(std::env::temp_dir())
        .env_remove("OMBUD_CONFIG")
        .env("OMBUD_LANG", "en");
    command
}

#[tokio::test]
async fn gaps_of_the_roster_are_listed_for_people_and_programs() {
    let test = TestDesk::new().await;
    let gaps = |more: &[&str]| {
        let output = ombud()
            .args(["duty", "gaps", "--database", &test.url])
            .args(more)
            .output()
            .unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        (
            output.status.code().unwrap(),
            said,
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    // The shift lead of the test was on duty until a Tuesday in March: now nobody is.
    let (code, said, _) = gaps(&["--days", "3", "--json"]);
    assert_eq!(code, 1, "{said}");
    let lines: Vec<Json> = said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let lead = lines
        .iter()
        .find(|line| line["role"] == "shift_lead")
        .unwrap_or_else(|| panic!("{said}"));
    assert_eq!(
        (&lead["why"], &lead["workflows"][0]),
        (&"nobody_rostered".into(), &"errand".into())
    );
    let (code, said, _) = gaps(&["--days", "3"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("nobody is rostered; reached then: "), "{said}");
    let (code, _, wrong) = gaps(&["--days", "93"]);
    assert_eq!(code, 2);
    assert!(wrong.contains("1 to 92"), "{wrong}");
}

#[test]
fn a_demonstration_on_any_free_port_names_the_port_it_found_in_every_line() {
    let folder = tempfile::tempdir().unwrap();
    let mut process = ombud()
        .args(["demo", "--listen", "127.0.0.1:0", "--tickets", "1", "--folder"])
        .arg(folder.path().join("demo"))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut addresses = Vec::new();
    for line in BufReader::new(process.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        let found = line.split("http://").nth(1);
        addresses.extend(found.map(|rest| rest.split(['/', ' ', ';', ',']).next().unwrap().to_owned()));
        if addresses.len() == 2 {
            break;
        }
    }
    process.kill().unwrap();
    process.wait().unwrap();
    assert_eq!(addresses.len(), 2, "{addresses:?}");
    assert!(
        addresses[0] == addresses[1] && !addresses[0].ends_with(":0"),
        "{addresses:?}"
    );
}
