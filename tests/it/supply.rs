//! What the tree of dependencies may hold, by `deny.toml`: licences, sources, what is banned. Offline, with cargo's own
//! account of the tree (decision 0012).

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Crates of which the tree may have several versions: 27 when this was written, most of them old ones deep below. Each is built and shipped twice.
const DOUBLED_MAX: usize = 40;

fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Every package of the tree of this machine's platform: the others are not downloaded.
fn packages() -> Vec<Value> {
    let about = said(env!("CARGO"), &["-vV"]);
    let host = about.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let arguments = [
        "metadata",
        "--format-version=1",
        "--locked",
        "--offline",
        "--filter-platform",
        host,
    ];
    let metadata: Value = serde_json::from_str(&said(env!("CARGO"), &arguments)).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

fn rules() -> toml::Table {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("deny.toml");
    std::fs::read_to_string(path).unwrap().parse().unwrap()
}

fn texts(list: &toml::Value) -> Vec<String> {
    let text = |item: &toml::Value| item.as_str().or_else(|| item["crate"].as_str()).unwrap().to_owned();
    list.as_array().unwrap().iter().map(text).collect()
}

fn name(package: &Value) -> String {
    format!(
        "{} {}",
        package["name"].as_str().unwrap(),
        package["version"].as_str().unwrap()
    )
}

/// True when an expression of SPDX can be met with these licences: `A OR B`, `A AND B`, brackets, and `/` of old.
fn is_met(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let (met, rest) = either(&words, allowed);
    assert!(rest.is_empty(), "{expression}");
    met
}

fn either<'w>(words: &'w [&'w str], allowed: &BTreeSet<String>) -> (bool, &'w [&'w str]) {
    let (mut met, mut rest) = both(words, allowed);
    while let Some((&"OR", after)) = rest.split_first() {
        let (other, left) = both(after, allowed);
        (met, rest) = (met || other, left);
    }
    (met, rest)
}

fn both<'w>(words: &'w [&'w str], allowed: &BTreeSet<String>) -> (bool, &'w [&'w str]) {
    let (mut met, mut rest) = one(words, allowed);
    while let Some((&"AND", after)) = rest.split_first() {
        let (other, left) = one(after, allowed);
        (met, rest) = (met && other, left);
    }
    (met, rest)
}

fn one<'w>(words: &'w [&'w str], allowed: &BTreeSet<String>) -> (bool, &'w [&'w str]) {
    match words {
        ["(", inside @ ..] => {
            let (met, rest) = either(inside, allowed);
            assert_eq!(rest.first(), Some(&")"));
            (met, &rest[1..])
        }
        [licence, "WITH", exception, rest @ ..] => (allowed.contains(&format!("{licence} WITH {exception}")), rest),
        [licence, rest @ ..] => (allowed.contains(*licence), rest),
        [] => panic!("a licence is missing"),
    }
}

#[test]
fn every_dependency_may_be_used_and_comes_from_the_registry() {
    let rules = rules();
    let allowed: BTreeSet<String> = texts(&rules["licenses"]["allow"]).into_iter().collect();
    let banned = texts(&rules["bans"]["deny"]);
    let registries = texts(&rules["sources"]["allow-registry"]);
    let mut wrong = Vec::new();
    let mut versions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let packages = packages();
    assert!(packages.len() > 100, "{} packages", packages.len());
    for package in &packages {
        let name = name(package);
        let licence = package["license"].as_str().unwrap_or_default();
        if licence.is_empty() || !is_met(licence, &allowed) {
            wrong.push(format!(
                "{name}: the licence «{licence}» is not among those of deny.toml"
            ));
        }
        if let Some(source) = package["source"].as_str()
            && !registries
                .iter()
                .any(|registry| source == format!("registry+{registry}"))
        {
            wrong.push(format!("{name} comes from {source}"));
        }
        let id = package["name"].as_str().unwrap();
        if banned.iter().any(|banned| banned == id) {
            wrong.push(format!("{name} is banned in deny.toml, where the reason stands"));
        }
        versions
            .entry(id.to_owned())
            .or_default()
            .insert(package["version"].as_str().unwrap().to_owned());
    }
    let doubled: Vec<_> = versions.iter().filter(|(_, versions)| versions.len() > 1).collect();
    if doubled.len() > DOUBLED_MAX {
        wrong.push(format!("{} crates in several versions: {doubled:#?}", doubled.len()));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn licences_are_read_as_they_are_meant() {
    let allowed: BTreeSet<String> = ["MIT", "Apache-2.0 WITH LLVM-exception"].map(str::to_owned).into();
    for (expression, met) in [
        ("MIT", true),
        ("GPL-3.0", false),
        ("GPL-3.0 OR MIT", true),
        ("GPL-3.0/MIT", true),
        ("GPL-3.0 AND MIT", false),
        ("(GPL-3.0 OR MIT) AND ISC", false),
        ("(GPL-3.0 OR MIT) AND Apache-2.0 WITH LLVM-exception", true),
        ("Apache-2.0", false),
    ] {
        assert_eq!(is_met(expression, &allowed), met, "{expression}");
    }
}
