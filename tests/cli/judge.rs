//! `seedbed judge`: histories from elsewhere.

use crate::support::Desk;
use serde_json::Value;
use std::{fs::File, path::PathBuf};

/// A history in columns that is linearizable, whose only read is on lines 3 and 4.
const GOOD: &str =
    "0\t:invoke\t:write\t1\n0\t:ok\t:write\t1\n1\t:invoke\t:read\tnil\n1\t:ok\t:read\t1\n";

fn bad() -> String {
    GOOD.replace(":ok\t:read\t1", ":ok\t:read\t2")
}

fn desk() -> Desk {
    Desk::new().with("good.log", GOOD).with("bad.log", bad()).with("notes.md", "# Notes\n")
}

/// Histories of others with known verdicts; they are no part of the project.
fn shared() -> Option<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data/histories");
    if !folder.is_dir() {
        eprintln!("skipped: there is no folder {}", folder.display());
        return None;
    }
    Some(folder)
}

#[test]
fn a_history_that_holds_and_one_that_does_not() {
    let said = desk().seedbed("judge good.log").succeeds();
    assert!(said.contains("linearizability") && said.contains("holds"), "{said}");
    assert!(said.contains("log, register: every key holds nothing at first"), "{said}");
    let ended = desk().seedbed("judge bad.log");
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(1), ""));
    assert!(ended.stdout.contains("VIOLATED"), "{}", ended.stdout);
    let reason = "get \"register\" -> \"2\" (process 1, lines 3 and 4) cannot come next";
    assert!(ended.stdout.contains(reason), "{}", ended.stdout);
    let quiet = desk().seedbed("judge --quiet bad.log");
    assert_eq!((quiet.code, quiet.stdout.as_str(), quiet.stderr.as_str()), (Some(1), "", ""));
}

/// A record of our own is judged like any history.
#[test]
fn a_record_of_a_run_is_a_history() {
    let desk = Desk::new();
    desk.seedbed("run stale-leader-reads --system raft --record stale.jsonl");
    let ended = desk.seedbed("judge stale.jsonl");
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(1), ""));
    assert!(ended.stdout.contains("linearizability VIOLATED"), "{}", ended.stdout);
    assert!(ended.stdout.contains("record, map"), "{}", ended.stdout);
    desk.seedbed("run ghost-data --system raft --record ghost.jsonl");
    let said = desk.seedbed("judge ghost.jsonl").succeeds();
    assert!(said.contains("holds"), "{said}");
    let said = desk.seedbed("judge ghost.jsonl --initial 0").refused();
    assert!(said.contains("a record says itself what its operations mean"), "{said}");
    // It was cut off after a whole line.
    let whole = std::fs::read_to_string(desk.path("ghost.jsonl")).unwrap();
    let cut = whole.lines().take(4).fold(String::new(), |text, line| text + line + "\n");
    let said = Desk::new().with("cut.jsonl", cut).seedbed("judge cut.jsonl").refused();
    assert!(said.contains("ends here without its last line"), "{said}");
}

#[test]
fn a_folder_gives_its_histories_in_order() {
    for folder in [".", "..."] {
        let ended = desk().with("more/last.edn", "[{:process :n, :type :info, :f :kill}]");
        let ended = ended.seedbed(&format!("judge {folder} --format json"));
        assert_eq!(ended.code, Some(1), "{}", ended.stderr);
        let said: Value = serde_json::from_str(&ended.stdout).unwrap();
        let histories = said["histories"].as_array().unwrap();
        let ends = |at: usize, name: &str| histories[at]["file"].as_str().unwrap().ends_with(name);
        assert!(ends(0, "bad.log") && ends(1, "good.log") && ends(2, "last.edn"), "{said}");
        assert_eq!(histories.len(), 3);
    }
    let said = Desk::new().with("x/notes.md", "").seedbed("judge x").refused();
    assert!(said.contains("no history in the folder"), "{said}");
}

#[test]
fn the_document_tells_what_was_assumed_and_where_the_proof_stands() {
    let ended = desk().seedbed("judge bad.log --format json --initial 7 --fail dropped");
    let said: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(said["schema"], 2);
    let history = &said["histories"][0];
    assert_eq!(history["assumed"]["initial"], "7");
    assert_eq!(history["assumed"]["fail"], "dropped");
    assert_eq!(history["assumed"]["model"], "register");
    let verdict = &history["verdicts"][0];
    assert_eq!(
        (&verdict["property"], &verdict["verdict"]),
        (&"linearizability".into(), &"violated".into())
    );
    let operations = verdict["operations"].as_array().unwrap();
    let read = serde_json::json!({ "invoked_line": 3, "returned_line": 4 });
    assert!(operations.contains(&read), "{operations:?}");
}

#[test]
fn every_property_by_its_name() {
    let said = desk().seedbed("judge good.log --property sequential,causal").succeeds();
    assert!(said.contains("sequential") && said.contains("causal"), "{said}");
    assert!(!said.contains("linearizability"), "{said}");
    let ended = desk().seedbed("judge good.log --property all");
    assert_eq!(ended.code, Some(1), "what is unknown was not shown to hold");
    assert!(ended.stdout.contains("no-resurrection unknown"), "{}", ended.stdout);
    let said = desk().seedbed("judge good.log --property linearisability").refused();
    assert!(said.contains("did you mean `linearizability`?"), "{said}");
}

#[test]
fn too_few_steps_leave_it_unknown() {
    let ended = desk().seedbed("judge bad.log --steps 1");
    assert_eq!(ended.code, Some(1));
    assert!(ended.stdout.contains("unknown"), "{}", ended.stdout);
    assert!(ended.stdout.contains("the steps were spent"), "{}", ended.stdout);
}

#[test]
fn what_is_taken_for_granted_can_be_chosen() {
    let failed = "0\t:invoke\t:cas\t[0 1]\n0\t:fail\t:cas\t[0 1]\n";
    let desk = Desk::new().with("h.log", failed);
    assert_eq!(desk.seedbed("judge h.log").code, Some(0), "nothing is no 0");
    assert_eq!(desk.seedbed("judge h.log --initial 0").code, Some(1), "it must have matched");
    assert_eq!(desk.seedbed("judge h.log --initial 0 --fail dropped").code, Some(0));
    let nil = Desk::new().with("h.log", GOOD.replace(":ok\t:read\t1", ":ok\t:read\tnil"));
    assert_eq!(nil.seedbed("judge h.log").code, Some(1), "it had been written");
    assert_eq!(nil.seedbed("judge h.log --nil-read unknown").code, Some(0));
}

#[test]
fn known_verdicts_are_compared() {
    let table = "file,format,linearizable\ngood.log,log,true\nbad.log,log,false\n";
    let desk = desk().with("expected.csv", table);
    let said = desk.seedbed("judge --expect expected.csv").succeeds();
    assert!(said.contains("2 of 2 verdicts are those that are known"), "{said}");
    desk.seedbed("judge good.log ./bad.log --expect expected.csv").succeeds();
    let desk = desk.with("wrong.csv", table.replace("bad.log,log,false", "bad.log,log,true"));
    let ended = desk.seedbed("judge --expect wrong.csv");
    assert_eq!(ended.code, Some(1));
    let line = "bad.log: known to be linearizable, and it was found not to be";
    assert!(ended.stdout.contains(line), "{}", ended.stdout);
    let desk = desk.with("short.csv", "file,linearizable\ngood.log,true\n");
    let ended = desk.seedbed("judge bad.log --expect short.csv");
    assert_eq!(ended.code, Some(1));
    assert!(ended.stdout.contains("it is not in the table"), "{}", ended.stdout);
    let desk = desk.with("broken.csv", "file,linearizable\ngood.log,perhaps\n");
    let said = desk.seedbed("judge --expect broken.csv").refused();
    assert!(said.contains("broken.csv:2: `perhaps` is neither true nor false"), "{said}");
    assert!(desk.seedbed("judge --expect none.csv").refused().contains("cannot be read"));
}

#[test]
fn bad_input_is_shown_with_its_line() {
    let desk = desk().with("h.log", format!("{GOOD}1\t:ok\t:read\t1\n"));
    let said = desk.seedbed("judge h.log").refused();
    assert!(said.contains("process 1 completes an operation that it did not begin"), "{said}");
    assert!(said.contains("h.log:5:1") && said.contains("5 │ 1 :ok :read 1"), "{said}");
    assert!(desk.seedbed("judge none.edn").refused().contains("there is no file none.edn"));
    // What can be judged is, and the code tells of the rest.
    let ended = desk.seedbed("judge good.log h.log");
    assert_eq!(ended.code, Some(2));
    assert!(ended.stdout.contains("holds") && ended.stderr.contains("h.log:5:1"));
    for (name, bytes, words) in [
        ("empty.edn", &b""[..], "no operation of a client"),
        ("binary.edn", &[0, 1, 2], "no text"),
        ("latin.edn", b"; caf\xe9", "not UTF-8"),
        ("cut.edn", b"[{:process 0, :type :inv", "the history ends in the middle"),
    ] {
        let said = Desk::new().with(name, bytes).seedbed(&format!("judge {name}")).refused();
        assert!(said.contains(words), "{said}");
    }
}

#[test]
fn a_file_that_is_too_long_is_refused_before_it_is_read() {
    let desk = Desk::new();
    File::create(desk.path("long.edn")).unwrap().set_len(10 << 30).unwrap();
    let said = desk.seedbed("judge long.edn").refused();
    assert!(said.contains("long.edn holds 10.0 GiB, and at most 2 GiB are read"), "{said}");
}

#[test]
fn standard_input_is_a_history_too() {
    let desk = desk();
    desk.command("judge -").write_stdin(GOOD).assert().success();
    desk.command("judge -").write_stdin(bad()).assert().code(1);
}

#[test]
fn histories_of_others_have_the_verdicts_that_are_known() {
    let Some(folder) = shared() else { return };
    let table = folder.join("expected.csv");
    let desk = Desk::new();
    let mut command = desk.command("judge --expect");
    let output = command.arg(&table).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{said}");
    let rows = std::fs::read_to_string(&table).unwrap().lines().count() - 1;
    assert!(said.contains(&format!("{rows} of {rows} verdicts are those")), "{said}");
}

#[test]
fn a_read_that_is_changed_to_what_nobody_wrote_is_found() {
    let Some(folder) = shared() else { return };
    for (file, from, to) in [
        ("etcd/etcd_002.log", ":ok\t:read\t3", ":ok\t:read\t77"),
        (
            "knossos/good-cas-register-bug.edn",
            ":type :ok, :f :read, :value 4",
            ":type :ok, :f :read, :value 77",
        ),
        (
            "kv/c01-ok.txt",
            ":type :ok, :f :get, :key \"9\", :value \"",
            ":type :ok, :f :get, :key \"9\", :value \"!",
        ),
    ] {
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        assert!(text.contains(from), "{file}");
        let desk = Desk::new().with("good.log", &text).with("bad.log", text.replacen(from, to, 1));
        desk.seedbed("judge good.log").succeeds();
        assert_eq!(desk.seedbed("judge bad.log").code, Some(1), "{file}");
    }
}
