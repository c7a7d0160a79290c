//! `ombud publish` and `ombud config` with the real program.

use std::path::Path;
use std::process::{Command, Output};

use ombud::desk::Principal;
use tempfile::TempDir;

use crate::support::{ERRAND, TestDesk};

fn ombud(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ombud"))
        .env_remove("OMBUD_CONFIG")
        .env("OMBUD_LANG", "en")
        .current_dir(std::env::temp_dir())
        .args(arguments)
        .output()
        .unwrap()
}

fn words(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

fn write(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join(name), text).unwrap();
}

/// Two kinds of which the first becomes the second, so that neither can be published alone.
fn two_that_lead_into_each_other(folder: &Path) {
    let stage = "    title: {zh: 填单, en: Draft}\n    owner: creator\n    actions:\n";
    assert!(ERRAND.contains(stage));
    let becomes =
        format!("{stage}      pass_on: {{title: {{zh: 转报修, en: Pass on}}, by: creator, becomes: mending}}\n");
    let first = ERRAND.replace(stage, &becomes).replace("version: 1\n", "version: 2\n");
    let second = ERRAND
        .replace("workflow: errand\n", "workflow: mending\n")
        .replace("number_prefix: E\n", "number_prefix: M\n");
    write(folder, "errand.yaml", &first);
    write(folder, "mending.yaml", &second);
}

#[tokio::test]
async fn files_that_lead_into_each_other_are_published_together_by_two_people() {
    let test = TestDesk::new().await;
    let folder = TempDir::new().unwrap();
    two_that_lead_into_each_other(folder.path());
    let path = folder.path().display().to_string();
    let publish = |more: &[&str]| {
        let mut arguments = vec!["publish", path.as_str(), "--database", test.url.as_str()];
        arguments.extend(more);
        ombud(&arguments)
    };
    for (people, why) in [
        (["--by", "boss", "--author", "boss"], "other than the author"),
        (["--by", "li", "--author", "boss"], "administrators"),
        (["--by", "boss", "--author", "nobody"], "nobody"),
    ] {
        let refused = publish(&people);
        assert_eq!(refused.status.code(), Some(2), "{}", words(&refused));
        assert!(words(&refused).contains(why), "{}", words(&refused));
    }
    let tried = publish(&["--by", "boss", "--author", "vice", "--dry-run"]);
    assert!(
        tried.status.success() && words(&tried).contains("would be published: 2"),
        "{}",
        words(&tried)
    );
    let done = publish(&["--by", "boss", "--author", "vice"]);
    assert!(done.status.success(), "{}", words(&done));
    assert!(words(&done).contains("mending, version 1") && words(&done).contains("errand, version 2"));
    let again = publish(&["--by", "boss", "--author", "vice"]);
    assert!(words(&again).contains("left as they are: 2"), "{}", words(&again));

    let test = test.again().await;
    let versions = test.desk.versions(&Principal::whole("boss")).await.unwrap();
    let active: Vec<_> = versions.iter().filter(|version| version.active).collect();
    assert_eq!(active.len(), 2);
    for version in active {
        assert_eq!(version.author.as_ref().unwrap().as_str(), "vice");
        assert_eq!(version.published_by.as_ref().unwrap().as_str(), "boss");
    }
}

#[tokio::test]
async fn a_file_that_is_not_clean_is_shown_and_nothing_is_published() {
    let test = TestDesk::new().await;
    let folder = TempDir::new().unwrap();
    two_that_lead_into_each_other(folder.path());
    let broken = std::fs::read_to_string(folder.path().join("mending.yaml")).unwrap();
    write(
        folder.path(),
        "mending.yaml",
        &broken.replace("to: review", "to: revue"),
    );
    let path = folder.path().display().to_string();
    let refused = ombud(&[
        "publish",
        &path,
        "--by",
        "boss",
        "--author",
        "vice",
        "--database",
        &test.url,
    ]);
    assert_eq!(refused.status.code(), Some(1), "{}", words(&refused));
    let said = words(&refused);
    assert!(
        said.contains("mending.yaml") && said.contains("revue") && said.contains("Nothing was published"),
        "{said}"
    );
    let test = test.again().await;
    let versions = test.desk.versions(&Principal::whole("boss")).await.unwrap();
    assert_eq!(versions.len(), 1, "only what was there");
}

#[test]
fn the_reference_of_the_settings_is_printed_and_what_counts_is_shown_without_passwords() {
    let reference = ombud(&["config"]);
    assert_eq!(
        String::from_utf8(reference.stdout).unwrap(),
        include_str!("../../ombud.toml")
    );
    let folder = TempDir::new().unwrap();
    write(
        folder.path(),
        "my.toml",
        "[mail]\npassword = \"x1y2\"\n[server]\nworkers = 3\n",
    );
    let file = folder.path().join("my.toml").display().to_string();
    let counts = ombud(&["config", "--effective", "--config", &file]);
    let text = words(&counts);
    assert!(
        counts.status.success() && text.contains("workers = 3") && text.contains("page_items = 50"),
        "{text}"
    );
    assert!(!text.contains("x1y2"), "{text}");
    write(folder.path(), "my.toml", "[sever]\n");
    let wrong = ombud(&["config", "--effective", "--config", &file]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(words(&wrong).contains("server"), "{}", words(&wrong));
}

/// The page about settings names only such as there are.
#[test]
fn the_page_about_settings_names_settings_that_are_there() {
    let page = include_str!("../../docs/operations/configuration.md");
    let reference: toml::Table = include_str!("../../ombud.toml").parse().unwrap();
    let mut named = 0;
    for (section, keys) in &reference {
        let prefix = format!("`{section}.");
        for rest in page.split(prefix.as_str()).skip(1) {
            let key: String = rest
                .chars()
                .take_while(|mark| mark.is_ascii_alphanumeric() || *mark == '_')
                .collect();
            assert!(keys.as_table().unwrap().contains_key(&key), "{section}.{key}");
            named += 1;
        }
    }
    assert!(named > 10, "{named}");
}
