use super::*;
use crate::{
    ClientId, Host, Time,
    systems::testing::{Cluster, n},
};
use std::sync::Arc;

type Nodes = Cluster<ShardedGroups>;

/// Keys by the group that owns them on the ring of groups 0 and 1.
const OF_GROUP_0: &str = "user2";
const OF_GROUP_1: &str = "test";

fn config(nodes: usize, flaws: &[&str], settings: &[(&str, u64)]) -> Config {
    let own = |&(name, count): &(&str, u64)| (name.to_owned(), Setting::Count(count));
    Config {
        flaws: flaws.iter().map(|&flaw| flaw.to_owned()).collect(),
        settings: Arc::new(settings.iter().map(own).collect()),
        ..Config::new(n(1), nodes)
    }
}

/// Six nodes that have found each other: n1, n3, n5 in group 0; n2, n4, n6 in group 1.
fn cluster(flaws: &[&str]) -> Nodes {
    let mut cluster = Nodes::boot(config(6, flaws, &[]));
    cluster.run_for(millis(10));
    cluster
}

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn known(cluster: &Nodes, node: NodeId) -> usize {
    cluster.node(node).known_members()
}

fn count_sent(cluster: &Nodes, what: &str) -> usize {
    let matching = cluster.sent.iter().filter(|text| text.starts_with(what));
    matching.count()
}

#[test]
fn a_key_lives_in_its_group_and_anyone_finds_it() {
    let mut cluster = cluster(&[]);
    assert_eq!(cluster.put(n(1), OF_GROUP_0, "a"), "written v1");
    assert_eq!(cluster.put(n(1), OF_GROUP_1, "b"), "written v1");
    assert_eq!(cluster.put(n(2), OF_GROUP_1, "c"), "written v2");
    for node in [1, 3, 5] {
        assert_eq!(cluster.held(n(node)), "user2=a");
        assert_eq!(cluster.node(n(node)).group(), 0);
    }
    for node in [2, 4, 6] {
        assert_eq!(cluster.held(n(node)), "test=c");
        assert_eq!(cluster.node(n(node)).group(), 1);
    }
    for node in 1..=6 {
        assert_eq!(cluster.get(n(node), OF_GROUP_0), "a");
        assert_eq!(cluster.get(n(node), OF_GROUP_1), "c");
        assert_eq!(cluster.get(n(node), "absent"), "(absent)");
        assert_eq!(cluster.call(n(node), Operation::ListKeys), "found 1 key");
    }
}

#[test]
fn a_follower_refuses_its_own_groups_writes_and_forwards_the_others() {
    let mut cluster = cluster(&[]);
    let refusal = "refused: not the leader, ask n1";
    assert_eq!(cluster.put(n(5), OF_GROUP_0, "a"), refusal);
    assert_eq!(cluster.delete(n(5), OF_GROUP_0), refusal);
    assert_eq!(cluster.put(n(5), OF_GROUP_1, "b"), "written v1");
    assert_eq!(cluster.delete(n(5), OF_GROUP_1), "deleted");
    assert_eq!(cluster.delete(n(5), OF_GROUP_1), "nothing to delete");
    let empty = "refused: a key must not be empty";
    assert_eq!(cluster.put(n(1), "", "x"), empty);
    assert_eq!(cluster.get(n(1), ""), empty);
    let roles = (1..=3).map(|node| cluster.node(n(node)).role());
    assert!(roles.eq([Role::Leader, Role::Leader, Role::Follower]));
}

#[test]
fn a_node_announces_itself_at_once_and_every_five_seconds() {
    let mut cluster = cluster(&[]);
    let announcements = |cluster: &Nodes| count_sent(cluster, "n1 > n2: announce");
    assert_eq!(announcements(&cluster), 1);
    cluster.run_for(seconds(26));
    assert_eq!(announcements(&cluster), 6);
    assert!(cluster.sent.contains(&"n1 > n2: announce ANNOUNCE|n1|n1|8000|0|true".to_owned()));
}

#[test]
fn a_silent_node_is_dropped_after_thirty_seconds_and_its_group_with_its_last_node() {
    let mut cluster = Nodes::boot(config(3, &[], &[]));
    cluster.run_for(millis(10));
    cluster.put(n(2), OF_GROUP_1, "b");
    cluster.crash(n(2));
    // Last heard at 1 ms; the sweep at 30 s is 1 ms early for it.
    cluster.run_for(seconds(39));
    assert_eq!(known(&cluster, n(1)), 3);
    assert_eq!(cluster.put(n(1), OF_GROUP_1, "c"), "(no answer)", "n1 still asks n2");
    cluster.run_for(seconds(2));
    assert_eq!(known(&cluster, n(1)), 2);
    // Group 1 is gone from the ring, and nobody has what it held.
    assert_eq!(cluster.put(n(1), OF_GROUP_1, "d"), "written v1");
    assert_eq!(cluster.get(n(3), OF_GROUP_1), "d");
}

#[test]
fn a_forwarded_request_without_an_answer_ends_unknown_or_unavailable() {
    let mut cluster = Nodes::boot(config(3, &[], &[]));
    cluster.run_for(millis(10));
    cluster.crash(n(2));
    let write = cluster.ask(n(1), Operation::put(OF_GROUP_1, "x"));
    let read = cluster.ask(n(1), Operation::get(OF_GROUP_1));
    cluster.run_for(millis(1999));
    assert_eq!(cluster.answer(write), None);
    cluster.run_for(millis(2));
    assert_eq!(cluster.answer(write), Some(&Answer::Unknown));
    let why = cluster.answer(read).map(ToString::to_string);
    assert_eq!(why.as_deref(), Some("refused: the key's group does not answer"));
}

#[test]
fn requests_of_one_name_at_two_nodes_are_not_mixed_up() {
    let mut nodes = [n(1), n(3)].map(|id| {
        let mut host = Host::<ShardedGroups>::boot(config(6, &[], &[]).for_node(id));
        host.take_effects();
        host.message(n(2), Message::Announce("ANNOUNCE|n2|n2|8000|1|true".into()));
        host
    });
    let mut owner = Host::<ShardedGroups>::boot(config(6, &[], &[]).for_node(n(2)));
    owner.take_effects();
    let request = crate::RequestId { client: ClientId::ANONYMOUS, attempt: 0, sequence: 5 };
    let answers = |effects: &crate::Effects<ShardedGroups>| -> Vec<String> {
        let all = effects.iter().map(ToString::to_string);
        all.filter(|text| text.starts_with("reply")).collect()
    };
    // Both ask at once, and what each asked is answered to each.
    let forwards = nodes.each_mut().map(|host| {
        let value = host.node().own.id.clone();
        let operation = Operation::put(OF_GROUP_1, value);
        sent(host.request(Request { id: request, operation }))
    });
    let [(to_2, first), (_, second)] = forwards;
    assert_eq!(to_2, n(2));
    let (to_3, of_second) = sent(owner.message(n(3), second));
    let (to_1, of_first) = sent(owner.message(n(1), first));
    assert_eq!([to_1, to_3], [n(1), n(3)]);
    let at_1 = nodes[0].message(n(2), of_first.clone());
    assert_eq!(answers(&at_1), [format!("reply {request}: written v2")]);
    let at_3 = nodes[1].message(n(2), of_second);
    assert_eq!(answers(&at_3), [format!("reply {request}: written v1")]);
    // It is answered once.
    assert!(answers(&nodes[0].message(n(2), of_first)).is_empty());
}

/// The only message among these effects.
fn sent(effects: crate::Effects<ShardedGroups>) -> (NodeId, Message) {
    let sends = effects.into_iter().filter_map(|effect| match effect {
        crate::Effect::Send { to, message } => Some((to, message)),
        _ => None,
    });
    let [only] = sends.collect::<Vec<_>>().try_into().expect("it sends one message");
    only
}

#[test]
fn what_is_written_before_a_followers_first_announcement_never_reaches_it() {
    let mut cluster = Nodes::boot(config(6, &[], &[]));
    cluster.isolate(n(5));
    cluster.run_for(millis(10));
    cluster.put(n(1), OF_GROUP_0, "early");
    cluster.heal();
    cluster.run_for(seconds(60));
    assert_eq!(known(&cluster, n(1)), 6);
    assert_eq!(cluster.held(n(3)), "user2=early");
    assert_eq!(cluster.held(n(5)), "");
    cluster.put(n(1), OF_GROUP_0, "late");
    assert_eq!(cluster.held(n(5)), "user2=late");
}

#[test]
fn rings_that_disagree_put_a_key_into_two_groups() {
    let mut cluster = Nodes::boot(config(2, &[], &[]));
    cluster.isolate(n(1));
    cluster.run_for(millis(10));
    assert_eq!(cluster.put(n(1), OF_GROUP_1, "in group 0"), "written v1");
    assert_eq!(cluster.put(n(2), OF_GROUP_1, "in group 1"), "written v1");
    cluster.heal();
    cluster.run_for(seconds(6));
    assert_eq!(cluster.held(n(1)), "test=in group 0");
    assert_eq!(cluster.held(n(2)), "test=in group 1");
    // n1's copy is out of sight, until n2's group leaves its ring again.
    assert_eq!(cluster.get(n(1), OF_GROUP_1), "in group 1");
    cluster.isolate(n(1));
    cluster.run_for(seconds(60));
    assert_eq!(cluster.get(n(1), OF_GROUP_1), "in group 0");
}

#[test]
fn followers_are_deaf_to_a_leader_that_restarted() {
    let mut cluster = cluster(&[]);
    cluster.put(n(1), OF_GROUP_0, "1");
    cluster.put(n(1), OF_GROUP_0, "2");
    cluster.crash(n(1));
    cluster.restart(n(1));
    cluster.run_for(seconds(6));
    assert_eq!(cluster.held(n(1)), "");
    assert_eq!(cluster.put(n(1), OF_GROUP_0, "3"), "written v1");
    assert_eq!(cluster.held(n(1)), "user2=3");
    assert_eq!(cluster.held(n(3)), "user2=2");
}

#[test]
fn two_leaders_of_a_group_split_the_brain() {
    let mut cluster = Nodes::boot(config(6, &[], &[("leaders_per_group", 2)]));
    cluster.run_for(millis(10));
    assert_eq!(cluster.put(n(1), OF_GROUP_0, "of n1"), "written v1");
    assert_eq!(cluster.put(n(3), OF_GROUP_0, "of n3"), "written v1");
    assert_eq!(cluster.held(n(1)), "user2=of n1");
    assert_eq!(cluster.held(n(3)), "user2=of n3");
    assert_eq!(cluster.held(n(5)), "user2=of n1");
}

#[test]
fn a_clock_that_jumps_ahead_empties_the_view() {
    let mut host = Host::<ShardedGroups>::boot(config(2, &[], &[]));
    host.message(n(2), Message::Announce("ANNOUNCE|n2|n2|8000|1|true".into()));
    assert_eq!(host.node().known_members(), 2);
    host.now = Time::from(seconds(30));
    host.timer(Timer::Sweep);
    assert_eq!(host.node().known_members(), 2);
    host.now = Time::from(millis(30_001));
    host.timer(Timer::Sweep);
    assert_eq!(host.node().known_members(), 1);
    host.message(n(2), Message::Announce("ANNOUNCE|n2|broken".into()));
    assert_eq!(host.node().known_members(), 1);
}

#[test]
fn a_member_that_changes_its_group_takes_the_old_one_off_the_ring() {
    let mut host = Host::<ShardedGroups>::boot(config(2, &[], &[]));
    let put = |host: &mut Host<ShardedGroups>| {
        let effects = host.request(Request::example(Operation::put(OF_GROUP_1, "x")));
        effects[0].to_string()
    };
    host.message(n(2), Message::Announce("ANNOUNCE|n2|n2|8000|1|true".into()));
    assert_eq!(put(&mut host), "send n2: forward c1#0 put test=x");
    host.message(n(2), Message::Announce("ANNOUNCE|n2|n2|8000|0|false".into()));
    assert_eq!(put(&mut host), "apply test=x v1");
}

/// A follower gets these messages in this order.
fn follower_after(flaws: &[&str], texts: &[&str]) -> String {
    let mut cluster = cluster(flaws);
    for text in texts {
        cluster.deliver(n(1), n(3), Message::Replicate((*text).to_owned()));
    }
    cluster.held(n(3))
}

#[test]
fn a_message_that_was_overtaken_is_ignored_and_with_no_version_check_is_not() {
    let texts = ["REPLICATE|k|new|2", "REPLICATE|k|old|1"];
    assert_eq!(follower_after(&[], &texts), "k=new");
    assert_eq!(follower_after(&["no-version-check"], &texts), "k=old");
    let texts = ["REPLICATE|k|a|1", "DELETE|k|3", "REPLICATE|k|b|2"];
    assert_eq!(follower_after(&[], &texts), "");
    assert_eq!(follower_after(&["no-version-check"], &texts), "k=b");
}

#[test]
fn a_leader_does_not_listen_for_replication() {
    let mut cluster = cluster(&[]);
    let text = "REPLICATE|k|v|9".to_owned();
    cluster.deliver(n(3), n(1), Message::Replicate(text));
    assert_eq!(cluster.held(n(1)), "");
}

#[test]
fn deletes_reach_followers_and_with_the_flaw_do_not() {
    for (flaws, left) in [(&[][..], ""), (&["deletes-not-replicated"][..], "user2=a")] {
        let mut cluster = cluster(flaws);
        cluster.put(n(1), OF_GROUP_0, "a");
        assert_eq!(cluster.delete(n(1), OF_GROUP_0), "deleted");
        assert_eq!(cluster.held(n(1)), "");
        assert_eq!(cluster.held(n(3)), left);
        // The next version counts on from the delete.
        assert_eq!(cluster.put(n(1), OF_GROUP_0, "b"), "written v3");
        assert_eq!(cluster.held(n(3)), "user2=b");
    }
}

#[test]
fn delimiters_in_values_arrive_and_with_the_flaw_break_or_forge_messages() {
    let forged = "x|1\nREPLICATE|admin|forged|9\nREPLICATE|y|z";
    let mut sound = cluster(&[]);
    sound.put(n(1), OF_GROUP_0, "a|b");
    assert_eq!(sound.held(n(3)), "user2=a|b");
    assert!(sound.sent.contains(&"n1 > n3: replicate REPLICATE|user2|a%7Cb|1".to_owned()));
    sound.put(n(1), OF_GROUP_0, forged);
    assert_eq!(sound.held(n(3)), format!("user2={forged}"));

    let mut flawed = cluster(&["delimiter-injection"]);
    flawed.put(n(1), OF_GROUP_0, "a|b");
    assert_eq!(flawed.held(n(1)), "user2=a|b");
    assert_eq!(flawed.held(n(3)), "");
    let mut flawed = cluster(&["delimiter-injection"]);
    flawed.put(n(1), OF_GROUP_0, forged);
    assert_eq!(flawed.held(n(1)), format!("user2={forged}"));
    assert_eq!(flawed.held(n(3)), "admin=forged user2=x y=z");
}

#[test]
fn a_restarted_node_keeps_its_name_and_with_the_flaw_gets_every_write_twice() {
    for (flaws, copies) in [(&[][..], 1), (&["new-id-on-restart"][..], 2)] {
        let mut cluster = cluster(flaws);
        cluster.crash(n(3));
        cluster.restart(n(3));
        cluster.run_for(millis(10));
        assert_eq!(known(&cluster, n(1)), 5 + copies);
        let to_n3 = |cluster: &Nodes| count_sent(cluster, "n1 > n3: replicate");
        cluster.put(n(1), OF_GROUP_0, "a");
        assert_eq!(to_n3(&cluster), copies);
        cluster.run_for(seconds(41));
        assert_eq!(known(&cluster, n(1)), 6);
        cluster.put(n(1), OF_GROUP_0, "b");
        assert_eq!(to_n3(&cluster), copies + 1);
    }
}
