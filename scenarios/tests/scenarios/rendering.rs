//! What an author sees: the line, the caret and the mend.

use crate::common::{around, parse};
use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme};

fn rendered(diagnostic: &dyn Diagnostic) -> String {
    let mut text = String::new();
    GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor())
        .with_width(80)
        .render_report(&mut text, diagnostic)
        .expect("a string takes all that is written");
    text
}

#[track_caller]
fn mistakes(text: &str) -> String {
    rendered(&parse(text).expect_err("the text has a mistake"))
}

#[test]
fn a_mistyped_action() {
    insta::assert_snapshot!(mistakes(&around("[[step]]\nat = \"1s\"\ndo = { crsh = \"n2\" }\n")));
}

#[test]
fn a_node_that_the_cluster_lacks() {
    let step = "[[step]]\nat = \"2s\"\n\
         do = { put = { key = \"999\", value = \"GhostData\", to = \"n9\" } }\n";
    insta::assert_snapshot!(mistakes(&around(step)));
}

#[test]
fn several_mistakes_at_once() {
    insta::assert_snapshot!(mistakes(&around(
        "[network.nodes]\n\
         latency = { uniform = { min = \"5ms\", max = \"1ms\" } }\n\
         loss = 1.5\n\
         \n\
         [workload]\n\
         mix = { put = 1, delete = 1 }\n\
         timeout = 5\n\
         \n\
         [[step]]\n\
         at = \"12s\"\n\
         do = { partition = [[\"n1\"], [\"n1\", \"n2\"]] }\n",
    )));
}

#[test]
fn faults_that_ask_too_much() {
    insta::assert_snapshot!(mistakes(&around(
        "[cluster]\n\
         nodes = 2\n\
         \n\
         [[step]]\n\
         at = \"1s\"\n\
         do = { slow-disk = { node = \"minority\", factor = 0.5, lasts = \"2s\" } }\n\
         \n\
         [[nemesis.fault]]\n\
         kind = \"bridge\"\n\
         per_minute = 6\n",
    )));
}

#[test]
fn a_system_that_refuses_its_settings() {
    insta::assert_snapshot!(mistakes(&around("[system]\nr = 4\n\n[expect.quorum]\n")));
}

#[test]
fn an_expectation_of_what_a_system_does_not_have() {
    let of_leader = "[expect.async-leader]\nholds = [\"durability\", \"no-resurrection\"]\n";
    let of_quorum = "[expect.quorum]\nviolated = [\"state-machine\"]\n";
    for (sections, place, caret) in [
        (of_leader, "test.toml:6:24", "╰── no key can be deleted"),
        (of_quorum, "test.toml:6:13", "╰── the nodes keep no replicated log"),
    ] {
        let text = mistakes(&around(sections));
        let mend = "help: remove it: what does not apply neither holds nor is violated";
        for part in ["does not apply to", place, caret, mend] {
            assert!(text.contains(part), "{part} is not in\n{text}");
        }
    }
}

#[test]
fn text_that_is_not_toml() {
    insta::assert_snapshot!(mistakes("name = \"a\"\ntitle = What it shows\n"));
}

#[test]
fn an_empty_text() {
    insta::assert_snapshot!(mistakes(""));
}

#[test]
fn a_scenario_that_does_not_exist() {
    insta::assert_snapshot!(rendered(&scenarios::find("ghostdata").unwrap_err()));
}

#[test]
fn a_file_that_does_not_exist() {
    let error = scenarios::Scenario::load("no/such/file.toml", node::systems::all()).unwrap_err();
    insta::assert_snapshot!(rendered(&error));
}

#[test]
fn a_scenario_as_it_is_written() {
    let scenario = scenarios::find("partitioned-follower").unwrap();
    insta::assert_snapshot!(scenario.to_toml());
}

#[test]
fn disks_faults_and_flaws_as_they_are_written() {
    let scenario = parse(&around(
        "[disk]\n\
         sync = { exponential = { mean = \"1ms\" } }\n\
         \n\
         [[step]]\n\
         at = \"1s\"\n\
         do = { power-loss = \"majority\" }\n\
         \n\
         [[step]]\n\
         at = \"2s\"\n\
         do = { slow-node = { node = \"leader\", factor = 10, lasts = \"3s\" } }\n\
         \n\
         [[step]]\n\
         at = \"3s\"\n\
         do = { flapping-link = { from = \"n1\", to = \"n2\", period = \"50ms\", lasts = \"1s\" } }\n\
         \n\
         [expect.toy]\n\
         holds = [\"state-machine\"]\n\
         flaws = [\"no-retry\"]\n",
    ));
    insta::assert_snapshot!(scenario.expect("the scenario is valid").to_toml());
}
