//! What `docs/live-apis.md` shows is what happens: its commands are run, before a node of the system that
//! stands in the heading, alone in its cluster. `UPDATE=1` writes anew what they print.

use crate::{alone, tools, tools::run};
use std::{fs, path::Path, process::Command};

const ADDRESS: &str = "127.0.0.1:7001";

/// A command of the page, and the lines that follow it.
#[derive(Debug)]
struct Shown {
    system: String,
    command: String,
    /// The lines of the page that hold what it prints, from and to, counted from 0.
    printed: std::ops::Range<usize>,
}

#[tokio::test]
async fn the_commands_of_the_page_print_what_it_shows() {
    if !tools::curl() {
        return;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let page = root.join("docs/live-apis.md");
    let text = fs::read_to_string(&page).unwrap();
    let lines: Vec<_> = text.lines().collect();
    let all = commands(&lines);
    assert!(all.len() > 20, "{all:?}");
    let folder = tempfile::tempdir().unwrap();
    let python =
        all.iter().any(|it| it.command.contains("grpc")).then(tools::grpc_python).flatten();
    let mut now = Vec::new();
    let mut written = 0;
    let (mut served, mut of, mut is_passed_over) = (None, "", false);
    for Shown { system, command, printed } in &all {
        if of != system {
            (served, of, is_passed_over) = (Some(alone::serve(system).await), system, false);
        }
        let served = served.as_ref().unwrap();
        let (at, data) = (served.at, served.data().display().to_string());
        // What follows a command that could not be run may depend on it.
        is_passed_over |= command.starts_with("python3") && python.is_none();
        now.extend(lines[written..printed.start].iter().map(ToString::to_string));
        written = printed.end;
        let expected = &lines[printed.clone()];
        if is_passed_over {
            now.extend(expected.iter().map(ToString::to_string));
            continue;
        }
        let mut shell = Command::new("sh");
        let command = command
            .replace(ADDRESS, &at.to_string())
            .replace("live/proto", &root.join("live/proto").display().to_string())
            .replace("python3", python.as_deref().unwrap_or("python3"));
        shell.arg("-c").arg(&command).current_dir(folder.path());
        let printed = run(shell).await.replace(&at.to_string(), ADDRESS);
        let printed = printed.replace(&data, "data/n1");
        let printed = printed.replace(&format!("\"port\":{}", at.port()), "\"port\":7001");
        let printed: Vec<_> = printed.lines().map(|line| line.trim_end().to_owned()).collect();
        if std::env::var_os("UPDATE").is_none() {
            assert_eq!(printed, expected, "{system}: {command}; UPDATE=1 writes the page anew");
        }
        now.extend(printed);
    }
    now.extend(lines[written..].iter().map(ToString::to_string));
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&page, now.join("\n") + "\n").unwrap();
    }
}

/// The commands in `console` blocks, each under the system of the last heading that names one.
fn commands(lines: &[&str]) -> Vec<Shown> {
    let (mut all, mut system, mut is_within): (Vec<Shown>, _, _) = (Vec::new(), "", false);
    for (at, line) in lines.iter().enumerate() {
        if !is_within && line.starts_with('#') {
            system = line.split('`').nth(1).unwrap_or(system);
        } else if line.starts_with("```") {
            is_within = *line == "```console";
        } else if is_within && let Some(command) = line.strip_prefix("$ ") {
            let (system, command) = (system.to_owned(), command.to_owned());
            all.push(Shown { system, command, printed: at + 1..at + 1 });
        } else if is_within {
            let last = all.last_mut().expect("a block begins with a command");
            if let Some(more) = line.strip_prefix("> ")
                && last.printed.is_empty()
            {
                last.command = format!("{}\n{more}", last.command);
                last.printed.start = at + 1;
            }
            last.printed.end = at + 1;
        }
    }
    all
}

#[test]
fn commands_are_found_with_what_they_print() {
    let page =
        "# `raft`\n```console\n$ a\n> b\nout 1\nout 2\n$ c\n```\n## More\n```console\n$ d\nx\n```";
    let lines: Vec<_> = page.lines().collect();
    let found = commands(&lines);
    let found: Vec<_> = found
        .iter()
        .map(|it| (&*it.system, &*it.command, lines[it.printed.clone()].join(",")))
        .collect();
    let expected = [
        ("raft", "a\nb", "out 1,out 2".to_owned()),
        ("raft", "c", String::new()),
        ("raft", "d", "x".to_owned()),
    ];
    assert_eq!(found, expected);
}
