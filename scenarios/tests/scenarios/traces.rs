//! Operations from a table beside the scenario, and YCSB's workloads by their letters.

use crate::common::{parse, systems};
use node::{ClientId, Operation, OperationKind};
use scenarios::{KeyChoice, PlannedOperation, Scenario, Update};
use std::{collections::BTreeMap, fs, path::PathBuf, time::Duration};

/// A folder with a scenario that names a table, and the table.
fn written(name: &str, table: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("traces-{name}"));
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("operations.csv"), table).unwrap();
    let scenario = "name = \"traced\"\ntitle = \"A trace\"\n[phases]\nrun = \"3s\"\n\
                    [workload]\nclients = 2\ntrace = \"operations.csv\"\n\
                    [expect.async-leader]\nholds = [\"durability\"]\n";
    let path = folder.join("scenario.toml");
    fs::write(&path, scenario).unwrap();
    path
}

fn read(name: &str, table: &str) -> Scenario {
    Scenario::load(written(name, table), &systems()).unwrap_or_else(|error| panic!("{error:?}"))
}

/// The mistakes in a table, each as message and help.
fn mistakes(name: &str, table: &str) -> Vec<(String, String)> {
    let path = written(name, table);
    let text = fs::read_to_string(&path).unwrap();
    let error = Scenario::parse(&path.display().to_string(), &text, &systems()).expect_err(table);
    error.mistakes().iter().map(|it| (it.message().into(), it.help().into())).collect()
}

#[test]
fn a_table_stands_beside_the_scenario() {
    let table = "time,client,operation,key,value\n\
                 1.5,c2,get,a,\n\
                 20ms,1,put,a,\"x,y\"\n\
                 2s,c1,UPDATE,b,z\n";
    let scenario = read("beside", table);
    let at = |ms, client, operation| {
        PlannedOperation::new(Duration::from_millis(ms), ClientId::new(client), operation)
    };
    let expected = vec![
        at(20, 1, Operation::put("a", "x,y")),
        at(1500, 2, Operation::get("a")),
        at(2000, 1, Operation::put("b", "z")),
    ];
    assert_eq!(scenario.workload.as_ref().unwrap().planned, Some(expected));
    // What is written needs the table no longer.
    assert_eq!(parse(&scenario.to_toml()).unwrap(), scenario);
}

#[test]
fn columns_may_stand_in_any_order_and_some_may_be_missing() {
    let short = read("order", "operation, key, client, time\nread, a, 1, 0\n");
    let long = read("order", "time,client,operation,key,value\n0,c1,get,a\n");
    assert_eq!(short, long);
}

#[test]
fn mistakes_in_a_table_name_line_and_column() {
    let head = "time,client,operation,key,value\n0,c1,get,a,\n";
    for (row, place, message, help) in [
        (
            "soon,c1,get,a,",
            1,
            "`soon` is not a moment",
            "write seconds, as in 1.5, or a length of time, as in 20ms",
        ),
        (
            "4s,c1,get,a,",
            1,
            "`4s` lies after the end of the run, which is 3s",
            "raise `run` in [phases]",
        ),
        (
            "1,c3,get,a,",
            3,
            "the workload has no client c3",
            "its clients are c1 to c2: raise `clients`",
        ),
        ("1,me,get,a,", 3, "`me` is not a client", "write c1, or 1"),
        ("1,c1,gett,a,", 6, "no operation is called `gett`", "did you mean `get`?"),
        ("1,c1,get,,", 11, "the `key` is missing", "write a value in the column `key`"),
        ("1,c1,put,a", 10, "the `value` is missing", "write a value in the column `value`"),
        (
            "1,c1,put,a,x,y",
            14,
            "the line has more values than the first line has columns",
            "put a value that holds a comma in quotes",
        ),
        (
            "1,c1,put,a,\"x",
            12,
            "a quote is not closed",
            "a quote within a quoted value is written twice",
        ),
        (
            "1,c1,delete,a,",
            6,
            "`async-leader` has no operation `delete`",
            "remove it, or [expect.async-leader]",
        ),
    ] {
        let message = format!("operations.csv, line 3, column {place}: {message}");
        assert_eq!(
            mistakes("places", &format!("{head}{row}\n")),
            [(message, help.to_owned())],
            "{row}"
        );
    }
}

#[test]
fn mistakes_in_the_first_line_and_in_many_lines() {
    let head = |message: &str, help: &str| (format!("operations.csv, {message}"), help.to_owned());
    assert_eq!(
        mistakes("head", "time,client,opration,key\n"),
        [
            head("line 1, column 13: no column is called `opration`", "did you mean `operation`?"),
            head(
                "line 1, column 1: there is no column `operation`",
                "write `time,client,operation,key,value` in the first line"
            )
        ]
    );
    assert_eq!(mistakes("empty", "\n\n").len(), 1);
    let many = "time,client,operation,key\n".to_owned() + &"0,c1,gett,a\n".repeat(500);
    let found = mistakes("many", &many);
    assert_eq!(found.len(), 11);
    assert_eq!(found[10].0, "operations.csv: 490 more lines have a mistake");
}

#[test]
fn a_table_that_is_not_there() {
    let path = written("missing", "");
    fs::remove_file(path.with_file_name("operations.csv")).unwrap();
    let error = Scenario::load(&path, &systems()).unwrap_err().to_string();
    assert!(error.contains("1 mistake"), "{error}");
    let text = fs::read_to_string(&path).unwrap();
    let error = Scenario::parse(&path.display().to_string(), &text, &systems()).unwrap_err();
    let message = error.mistakes()[0].message();
    assert!(
        message.starts_with("the trace `operations.csv` cannot be read: there is no file"),
        "{message}"
    );
}

/// A scenario with these lines in its workload.
fn with_workload(lines: &str) -> String {
    format!(
        "name = \"y\"\ntitle = \"Y\"\n[phases]\nrun = \"3s\"\n[workload]\nclients = 2\n{lines}\n"
    )
}

#[test]
fn ycsb_by_its_letters() {
    use OperationKind::{Get, Put};
    let zipfian = KeyChoice::Zipfian { exponent: 0.99 };
    for (letter, ones, updates, choice) in [
        ("a", vec![(Get, 0.5), (Put, 0.5)], vec![], zipfian),
        ("B", vec![(Get, 0.95), (Put, 0.05)], vec![], zipfian),
        ("c", vec![(Get, 1.0)], vec![], zipfian),
        (
            "d",
            vec![(Get, 0.95)],
            vec![(Update::Insert, 0.05)],
            KeyChoice::Latest { exponent: 0.99 },
        ),
        ("f", vec![(Get, 0.5)], vec![(Update::ReadModifyWrite, 0.5)], zipfian),
    ] {
        let scenario = parse(&with_workload(&format!("ycsb = \"{letter}\""))).unwrap();
        let workload = scenario.workload.as_ref().unwrap();
        assert_eq!(workload.mix, BTreeMap::from_iter(ones), "{letter}");
        assert_eq!(workload.updates.mix, BTreeMap::from_iter(updates), "{letter}");
        assert_eq!((workload.keys.count, workload.keys.choice), (1000, choice), "{letter}");
        assert_eq!(parse(&scenario.to_toml()).unwrap(), scenario);
    }
    let fewer = parse(&with_workload("ycsb = \"a\"\nkeys = { count = 10 }")).unwrap();
    let keys = fewer.workload.unwrap().keys;
    assert_eq!((keys.count, keys.choice), (10, zipfian));
}

#[test]
fn what_is_no_workload_of_ycsb() {
    for (lines, message) in [
        ("ycsb = \"g\"", "YCSB has no core workload `g`"),
        ("ycsb = \"e\"", "YCSB's E scans ranges of keys, and no store here can do that"),
        ("ycsb = \"a\"\nmix = { get = 1 }", "`mix` and `ycsb` exclude each other"),
        ("ycsb = \"f\"\nrate = 5", "`rate` and `read-modify-write` exclude each other"),
    ] {
        let error = parse(&with_workload(lines)).unwrap_err();
        let messages: Vec<_> = error.mistakes().iter().map(scenarios::Mistake::message).collect();
        assert_eq!(messages, [message], "{lines}");
    }
}
