//! `ombud check`, `draw` and `schema` as commands: what they print, how they end; and the proof of the example.

use std::path::Path;
use std::process::{Command, Output};

use ombud::texts::Language;
use ombud::workflow::id::RuleId;
use ombud::workflow::prove::{Told, prove};
use ombud::workflow::read::read;

fn ombud(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ombud"))
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
        .env_remove("OMBUD_LANG")
        .env("LANG", "en_GB.UTF-8")
        .args(arguments)
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn the_shipped_files_are_clean_and_their_proof_is_printed() {
    let output = ombud(&["check"]);
    let text = said(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains("If nobody does anything with a ticket"), "{text}");
    assert!(text.ends_with("6 files, nothing to find fault with\n"), "{text}");
    assert!(said(&ombud(&["check", "--lang", "zh"])).ends_with("6 个文件，没有问题\n"));
}

#[test]
fn findings_end_with_one_warnings_only_when_denied_and_what_cannot_be_read_with_two() {
    let code = |arguments: &[&str]| ombud(arguments).status.code();
    assert_eq!(code(&["check", "tests/broken/s01_state_misspelt.yaml"]), Some(1));
    assert_eq!(code(&["check", "tests/broken/o01_outcome_unused.yaml"]), Some(0));
    assert_eq!(
        code(&["check", "--deny-warnings", "tests/broken/o01_outcome_unused.yaml"]),
        Some(1)
    );
    assert_eq!(code(&["check", "tests/broken/nowhere.yaml"]), Some(2));
    assert_eq!(code(&["check", "--lang", "fr", "workflows"]), Some(2));
}

#[test]
fn programs_and_build_servers_get_one_line_for_each_finding() {
    let file = "tests/broken/s01_state_misspelt.yaml";
    let text = said(&ombud(&["check", "--format", "json", file]));
    let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let finding = lines.iter().find(|line| line["code"] == "S01").unwrap();
    assert_eq!(finding["file"], file);
    assert_eq!((&finding["line"], &finding["column"]), (&44.into(), &13.into()));
    assert_eq!(finding["fix"]["replacement"], "review");
    let text = said(&ombud(&["check", "--format", "annotations", file]));
    assert!(
        text.contains(&format!(
            "::error file={file},line=44,endLine=44,col=13,endColumn=19,title=S01::"
        )),
        "{text}"
    );
    let text = said(&ombud(&["check", "--format", "json", "workflows/help.yaml"]));
    assert!(text.lines().any(|line| line.contains("\"proof\"")), "{text}");
}

#[test]
fn a_file_is_drawn_and_the_schema_is_printed() {
    let mermaid = said(&ombud(&["draw", "workflows/complaint.yaml"]));
    assert!(
        mermaid.starts_with("stateDiagram-v2") || mermaid.contains("stateDiagram-v2"),
        "{mermaid}"
    );
    let svg = said(&ombud(&[
        "draw",
        "workflows/complaint.yaml",
        "--format",
        "svg",
        "--lang",
        "zh",
    ]));
    assert!(svg.contains("<svg") && svg.contains("值班长"), "{svg}");
    let schema: serde_json::Value = serde_json::from_str(&said(&ombud(&["schema"]))).unwrap();
    assert!(schema["$schema"].is_string());
    assert_eq!(ombud(&["draw", "tests/broken/read_nul.yaml"]).status.code(), Some(2));
}

#[test]
fn the_proof_says_who_hears_of_every_open_state() {
    let file = read(include_bytes!("../files/complaint_example.yaml"))
        .definition
        .unwrap();
    let proof = prove(&file);
    assert_eq!(proof.states.len(), file.states.len());
    for state in &proof.states {
        let heard = state.clocks.iter().flat_map(|clock| &clock.steps);
        assert!(heard.clone().count() > 0, "nobody hears of {}", state.state);
        assert!(heard.clone().all(|step| !step.tell.is_empty() || step.act.is_some()));
    }
    // The first step of the shift lead's review: half an hour, five minutes when urgent.
    let review = proof
        .states
        .iter()
        .find(|state| state.state.as_str() == "review")
        .unwrap();
    let first = &review.clocks[0];
    assert!(!first.again);
    let waits: Vec<_> = first.steps[0]
        .after
        .iter()
        .map(|case| serde_json::to_value(case.wait).unwrap())
        .collect();
    assert_eq!(waits, ["30 minutes", "5 minutes"]);
    assert_eq!(
        first.steps[0].tell,
        [
            Told::Rule(RuleId::from("shift_lead")),
            Told::Rule(RuleId::from("unit_head"))
        ]
    );
    // Every chain ends in a role that is never empty.
    assert!(
        proof
            .people
            .iter()
            .all(|chain| chain.last().unwrap().as_str() == "manager")
    );
    let zh = proof.sentences(Language::Zh);
    assert!(
        zh.contains("30 分钟（urgent 时 5 分钟） → shift_lead 和 unit_head"),
        "{zh}"
    );
    assert!(zh.contains("自动执行“恢复”（resume）：回到之前的状态"), "{zh}");
    let en = proof.sentences(Language::En);
    assert!(
        en.contains("Hold: 8 days → unit_head; 10 days → “Resume” (resume) by itself: back to the state before"),
        "{en}"
    );
}
