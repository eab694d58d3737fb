//! `seedbed calibrate`: what it writes is a scenario, and its table says what it may.

use crate::support::Desk;
use std::fs;

#[test]
fn a_short_calibration_writes_what_is_read_and_runs() {
    let desk = Desk::new();
    let told = desk
        .seedbed("calibrate async-leader --clients 1 --for 500ms --repetitions 1 --out fitted")
        .succeeds();
    for word in ["async-leader, fitted at 1 client", "operations a second", "p99, us"] {
        assert!(told.contains(word), "{word} is not in {told}");
    }
    let written = |name: &str| fs::read_to_string(desk.path("fitted/async-leader").join(name));
    let fragment = written("fragment.toml").unwrap();
    for said in ["[cluster.service]", "request = { quantiles = ", "[network.clients]", "cores = "] {
        assert!(fragment.contains(said), "{said} is not in {fragment}");
    }
    assert_eq!(written("calibration.csv").unwrap().lines().count(), 4);
    assert!(written("summary.json").unwrap().contains("\"verdict\""));
    let whole = format!(
        "name = \"mine\"\ntitle = \"Mine\"\n{fragment}\n\
         [phases]\nrun = \"1s\"\n[expect.async-leader]\nholds = [\"durability\"]\n"
    );
    fs::write(desk.path("mine.toml"), &whole).unwrap();
    assert!(desk.seedbed("show mine.toml").succeeds().contains("as measured"));
    desk.seedbed("run fitted/async-leader/scenario.toml --quiet --out run").succeeds();
    // Control: what is no fragment is not read.
    fs::write(desk.path("mine.toml"), whole.replace("p100", "p101")).unwrap();
    assert!(desk.seedbed("show mine.toml").refused().contains("`p101` is no quantile"));
}

#[test]
fn what_cannot_be_calibrated_is_named() {
    let desk = Desk::new();
    for (arguments, named) in [
        ("calibrate rfat", "did you mean `raft`?"),
        ("calibrate --clients 0", "0 is not in 1..=1000"),
        ("calibrate --for soon", "soon"),
        ("calibrate --repetitions 0", "0"),
    ] {
        let told = desk.seedbed(arguments).refused();
        assert!(told.contains(named), "{arguments}: {told}");
    }
    // What is somebody else's is left alone, and nobody waits for a measurement first.
    let desk = desk.with("kept/async-leader/fragment.toml", "mine");
    let told = desk.seedbed("calibrate async-leader --out kept").refused();
    assert!(told.contains("fragment.toml"), "{told}");
    assert_eq!(desk.files().len(), 1);
}
