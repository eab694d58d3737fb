//! Does the store keep what the scenarios hope for, with seed after seed?

use seedbed::prelude::*;
use std::{fs, path::Path};
use {{crate}}::{{Type}};

/// Each scenario of the folder, with the seeds that failed once first.
fn sweep(name: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(folder.join(format!("scenarios/{name}.toml"))).unwrap();
    let scenario = Scenario::parse(name, &text, &[{{Type}}::INFO]).unwrap();
    let seeds = folder.join(format!("tests/{name}.seeds"));
    seedbed::cli::commands_begin_with("cargo run --");
    Simulation::<{{Type}}>::new(scenario).sweep_with(seeds, 0..200).unwrap().assert_as_expected();
}

#[test]
fn nothing_fails() {
    sweep("calm");
}

#[test]
fn a_node_crashes_and_comes_back() {
    sweep("crash");
}

/// Fails until the bug in `on_message` is mended; what it prints says how to look at it.
#[test]
fn two_writers() {
    sweep("two-writers");
}

/// A test written as code: what you would do by hand, in simulated time.
#[test]
fn what_was_put_is_read_at_every_node() {
    let body = async |cluster: Cluster| {
        cluster.client_of("n1").put("colour", "red").await.unwrap();
        cluster.sleep(std::time::Duration::from_secs(1)).await;
        cluster.client_of("n2").get("colour").await.unwrap()
    };
    let (_run, found) = Simulation::<{{Type}}>::of(3).run_with(body).unwrap();
    assert_eq!(found, Some("red".into()));
}
