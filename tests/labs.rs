//! The labs: every command of them is run, in the order of its page, and shows what the page says it shows.
//!
//! In a block of commands, the comment of a line may say `shows: TEXT`, which its output must hold, and `exit N`, its exit
//! code where that is not 0. A block of TOML after a line that names a file in backticks is that file.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail the test as tests do")]

use std::{fs, path::Path, process::Command};

const SEEDBED: &str = env!("CARGO_BIN_EXE_seedbed");

/// What a page has a student do.
#[derive(Debug, PartialEq)]
enum Step {
    /// Write a file.
    File { name: String, text: String },
    /// Run a command.
    Run { arguments: Vec<String>, exit: i32, shows: Option<String> },
}

fn steps(page: &str) -> Vec<Step> {
    let (mut steps, mut named, mut lines) = (Vec::new(), None, page.lines());
    while let Some(line) = lines.next() {
        if let Some(name) = line.strip_prefix('`').and_then(|rest| rest.strip_suffix("`:")) {
            named = Some(name.to_owned());
        }
        let Some(kind) = line.strip_prefix("```") else { continue };
        let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        match (kind, named.take()) {
            ("toml", Some(name)) => steps.push(Step::File { name, text: block.join("\n") }),
            ("", _) => steps.extend(block.iter().filter_map(|line| command(line))),
            _ => {}
        }
    }
    steps
}

fn command(line: &str) -> Option<Step> {
    let (words, comment) = line.split_once(" #").unwrap_or((line, ""));
    let arguments = words.strip_prefix("seedbed ")?.split_whitespace().map(str::to_owned).collect();
    let exit = comment.split(", ").find_map(|part| part.trim().strip_prefix("exit ")?.parse().ok());
    let shows = comment.split_once("shows: ").map(|(_, text)| text.trim().to_owned());
    Some(Step::Run { arguments, exit: exit.unwrap_or(0), shows })
}

/// On one line, however it was broken.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Carries out a step; the answer is what was not as the page says.
fn carry_out(step: &Step, desk: &Path) -> Result<(), String> {
    match step {
        Step::File { name, text } => {
            fs::write(desk.join(name), text).unwrap();
            Ok(())
        }
        Step::Run { arguments, exit, shows } => {
            let out = Command::new(SEEDBED).args(arguments).current_dir(desk).output().unwrap();
            let said = [out.stdout, out.stderr].concat();
            let said = flat(&String::from_utf8_lossy(&said));
            let command = arguments.join(" ");
            if out.status.code() != Some(*exit) {
                return Err(format!("`{command}` ends with {:?}: {said}", out.status.code()));
            }
            match shows {
                Some(text) if !said.contains(&flat(text)) => {
                    Err(format!("`{command}` does not show `{text}`: {said}"))
                }
                _ => Ok(()),
            }
        }
    }
}

#[test]
fn every_lab_can_be_followed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/labs");
    let mut pages: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    pages.sort();
    let (mut ran, mut shown) = (0, 0);
    for page in pages {
        let desk = tempfile::tempdir().unwrap();
        for step in steps(&fs::read_to_string(&page).unwrap()) {
            let name = page.file_name().unwrap().to_string_lossy();
            carry_out(&step, desk.path()).unwrap_or_else(|wrong| panic!("{name}: {wrong}"));
            if let Step::Run { shows, .. } = step {
                ran += 1;
                shown += usize::from(shows.is_some());
            }
        }
    }
    assert!(ran >= 30 && shown >= 20, "{ran} commands, {shown} of which show something");
}

#[test]
fn a_page_that_says_what_is_not_so_is_found_out() {
    let page = "`a.toml`:\n\n```toml\nname = \"a\"\n```\n\n```\nseedbed list    # shows: ghost-data\n\
                seedbed list nothing-such   # exit 2\nother words\n```\n";
    let found = steps(page);
    let run = |words: &str, exit: i32, shows: Option<&str>| Step::Run {
        arguments: words.split(' ').map(str::to_owned).collect(),
        exit,
        shows: shows.map(str::to_owned),
    };
    let file = Step::File { name: "a.toml".to_owned(), text: "name = \"a\"".to_owned() };
    assert_eq!(
        found,
        [file, run("list", 0, Some("ghost-data")), run("list nothing-such", 2, None)]
    );
    let desk = tempfile::tempdir().unwrap();
    assert!(carry_out(&run("list", 0, Some("ghost-data")), desk.path()).is_ok());
    assert!(carry_out(&run("list", 1, None), desk.path()).is_err());
    assert!(carry_out(&run("list", 0, Some("no such words")), desk.path()).is_err());
}
