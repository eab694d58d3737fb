//! Nodes that are upgraded, and taken back.

use crate::common::{ms, node, step, target};
use node::{
    Answer, Config, Context, Key, Node, NodeId, Operation, Refusal, Request, Role, Setting,
    SettingInfo, SystemInfo, Version, Versioned,
    systems::{async_leader::AsyncLeader, raft::Raft},
};
use scenarios::{Action, Property, Release, Scenario, SystemSettings, Zone};
use sim::{Cluster, Detail, Gear, Run, Simulation};
use std::{collections::BTreeMap, time::Duration};

/// Answers every read with the number of its version.
struct Numbered(u64);

impl Node for Numbered {
    type Message = String;
    type Timer = String;

    const INFO: SystemInfo = SystemInfo {
        name: "numbered",
        flaws: &[],
        settings: &[SettingInfo {
            name: "version",
            summary: "which version of the store this is",
            default: || Setting::Count(1),
        }],
        has_leader: false,
        ..AsyncLeader::INFO
    };

    fn boot(config: &Config, _ctx: &mut Context<'_, Self>) -> Self {
        match config.settings.get("version") {
            Some(Setting::Count(version)) => Self(*version),
            _ => Self(1),
        }
    }

    fn on_request(&mut self, request: Request, ctx: &mut Context<'_, Self>) {
        let answer = match request.operation {
            Operation::Get { .. } => Answer::Value(Some(Versioned {
                value: self.0.to_string().into(),
                version: Version(1),
            })),
            _ => Answer::Refused(Refusal::Unsupported),
        };
        ctx.reply(request.id, answer);
    }

    fn on_message(&mut self, _from: NodeId, _text: String, _ctx: &mut Context<'_, Self>) {}
    fn on_timer(&mut self, _text: String, _ctx: &mut Context<'_, Self>) {}

    fn role(&self) -> Role {
        Role::Peer
    }

    fn entries(&self) -> Vec<(Key, Versioned)> {
        Vec::new()
    }
}

fn two_versions() -> Simulation<Numbered> {
    Simulation::<Numbered>::of(3).with(|scenario| {
        let settings = BTreeMap::from([("version".to_owned(), Setting::Count(2))]);
        let next = SystemSettings { settings, ..SystemSettings::default() };
        scenario.system.next = Some(Box::new(next));
        scenario.zones.zones = vec![Zone {
            name: "east".parse().unwrap(),
            nodes: vec![node("n2"), node("n3")],
            clients: Vec::new(),
        }];
    })
}

/// What each node answers; `-` if it does not.
async fn versions(cluster: &Cluster) -> String {
    let mut all = Vec::new();
    for node in ["n1", "n2", "n3"] {
        let answer = cluster.client_of(node).get("k").await;
        all.push(answer.map_or_else(|_| "-".into(), |value| value.unwrap().to_string()));
    }
    all.join("")
}

const DOWN: Duration = Duration::from_millis(50);

#[test]
fn a_node_is_of_the_next_version_from_its_boot_on_and_can_go_back() {
    let (_, seen) = two_versions()
        .run_with(|cluster| async move {
            let mut seen = vec![versions(&cluster).await];
            cluster.upgrade("n2", DOWN).await;
            seen.push(versions(&cluster).await);
            cluster.sleep(DOWN).await;
            seen.push(versions(&cluster).await);
            // Whatever else takes it down, it stays what it is.
            cluster.crash("n2").await;
            cluster.restart("n2").await;
            seen.push(versions(&cluster).await);
            cluster.downgrade("n2", DOWN).await;
            cluster.sleep(DOWN).await;
            seen.push(versions(&cluster).await);
            cluster.upgrade("east", DOWN).await;
            cluster.sleep(DOWN).await;
            seen.push(versions(&cluster).await);
            seen
        })
        .unwrap();
    assert_eq!(seen, ["111", "1-1", "121", "121", "111", "122"]);
}

#[test]
fn a_rolling_upgrade_takes_one_after_the_other() {
    let (run, seen) = two_versions()
        .run_with(|cluster| async move {
            cluster.rolling_upgrade(DOWN, ms(200)).await;
            let mut seen = Vec::new();
            for _ in 0..4 {
                cluster.sleep(ms(100)).await;
                seen.push(versions(&cluster).await);
                cluster.sleep(ms(100)).await;
            }
            seen
        })
        .unwrap();
    assert_eq!(seen.first().unwrap(), "211");
    assert_eq!(seen.last().unwrap(), "222");
    assert!(seen.contains(&"221".to_owned()), "{seen:?}");
    let labels: Vec<_> = run.faults.iter().map(|fault| fault.label.as_str()).collect();
    let expected = ["n1", "n2", "n3"].map(|node| format!("{node} went down for its upgrade"));
    assert_eq!(labels, expected);
}

#[test]
fn there_must_be_a_version_to_go_to() {
    let body = |cluster: Cluster| async move { cluster.upgrade("n1", DOWN).await };
    let error = Simulation::<Raft>::of(3).run_with(body).unwrap_err();
    assert!(error.to_string().contains("`upgrade` needs a version to go to"), "{error}");
}

#[test]
fn a_step_without_a_version_to_go_to_is_a_defect() {
    let upgrade = Action::Install { node: target("n1"), release: Release::Next, down: DOWN };
    let run = |next: Option<Box<SystemSettings>>| {
        let with = |scenario: &mut Scenario| {
            scenario.steps = vec![step(100, upgrade.clone())];
            scenario.system.next = next;
            scenario.phases.run = ms(500);
        };
        Simulation::<Raft>::of(3).with(with).run().unwrap()
    };
    assert_eq!(run(None).defects.len(), 1);
    assert!(run(Some(Box::default())).defects.is_empty());
}

fn run(scenario: &Scenario, gear: Gear) -> Run {
    let simulation = Simulation::<Raft>::new(scenario.clone()).gear(gear);
    simulation.detail(Detail::Full).run().unwrap()
}

#[test]
fn one_flawed_node_is_enough_and_only_once_it_is_upgraded() {
    let scenario = scenarios::find("upgraded-voter").unwrap();
    let violated = |scenario: &Scenario| {
        let run = run(scenario, Gear::Advance);
        matches!(
            run.judgement(Property::StateMachine).unwrap().verdict,
            judge::record::Verdict::Violated(_)
        )
    };
    assert!(violated(&scenario));
    let mut mended = scenario.clone();
    mended.system.retain_flaws(|_| false);
    assert!(!violated(&mended), "the next version has no flaw");
    let mut before = scenario.clone();
    for step in &mut before.steps {
        if let Action::Install { release, .. } = &mut step.action {
            *release = Release::First;
        }
    }
    assert!(!violated(&before), "nobody is upgraded");
}

#[test]
fn it_is_the_same_in_every_gear_and_from_its_plan() {
    let scenario = scenarios::find("rolling-upgrade").unwrap();
    let first = run(&scenario, Gear::Advance);
    for gear in [Gear::Sleep, Gear::Plain] {
        assert_eq!(run(&scenario, gear).digest, first.digest);
    }
    let plan = first.plan();
    let nodes = plan.steps.iter().flat_map(|step| step.action.nodes()).collect::<Vec<_>>();
    assert_eq!(nodes, ["n1", "n2", "n3"].map(node));
    assert_eq!(run(&plan, Gear::Advance).digest, first.digest);
}
