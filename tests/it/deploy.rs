//! The container file by its form: it is not built here, so what can be said without an engine is said.

use std::path::Path;

fn lines(text: &str) -> Vec<String> {
    let whole = text.replace("\\\n", " ");
    let lines = whole.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(str::to_owned).collect()
}

#[test]
fn the_container_file_holds_instructions_that_there_are_and_runs_the_server_as_nobody_special() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(root.join("deploy/Containerfile")).unwrap();
    let lines = lines(&text);
    let known = [
        "FROM",
        "WORKDIR",
        "COPY",
        "RUN",
        "USER",
        "VOLUME",
        "ENV",
        "EXPOSE",
        "STOPSIGNAL",
        "ENTRYPOINT",
        "CMD",
    ];
    let word = |line: &String| line.split(' ').next().unwrap_or_default().to_owned();
    for line in &lines {
        assert!(known.contains(&word(line).as_str()), "{line}");
    }
    let place = |start: &str| {
        let found = lines.iter().position(|line| line.starts_with(start));
        found.unwrap_or_else(|| panic!("no line {start}"))
    };
    assert_eq!(place("FROM"), 0);
    assert!(
        place("USER ombud") < place("ENTRYPOINT"),
        "the program does not run as root"
    );
    assert!(
        place("RUN apt-get") < place("USER ombud"),
        "packages are installed by root"
    );
    assert!(lines[place("ENTRYPOINT")].contains("\"/usr/local/bin/ombud\""));
    for line in lines
        .iter()
        .filter(|line| line.starts_with("ENTRYPOINT") || line.starts_with("CMD"))
    {
        let form = line.split_once(' ').unwrap().1;
        assert!(
            serde_json::from_str::<Vec<String>>(form).is_ok(),
            "signals reach the program: {line}"
        );
    }
    // Every setting it names is one.
    for setting in lines[place("ENV")].split_whitespace().skip(1) {
        let (name, value) = setting.split_once('=').unwrap();
        let given = [(name.to_owned(), value.to_owned())];
        ombud::config::Config::from_parts(None, &given).unwrap();
    }
}

#[test]
fn the_unit_stops_the_server_only_after_it_would_have_ended_by_itself() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let unit = std::fs::read_to_string(root.join("deploy/ombud.service")).unwrap();
    let stop = unit
        .lines()
        .find_map(|line| line.strip_prefix("TimeoutStopSec="))
        .unwrap();
    let config = ombud::config::Config::from_parts(None, &[]).unwrap();
    let by_itself = config.server.drain_seconds + config.server.stop_within_seconds + 15;
    assert!(
        stop.parse::<u64>().unwrap() >= by_itself,
        "{stop} s, and it may take {by_itself} s"
    );
}
