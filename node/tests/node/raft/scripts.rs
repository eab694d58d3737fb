//! One node, fed by hand: which effects follow which event.

use node::{
    ClientId, Config, Disk, Effect, Effects, Host, Node, NodeId, Operation, Request, RequestId,
    Role, Setting, SyncId,
    systems::raft::{AppendOutcome, Entry, Message, Payload, Position, Raft, Timer},
};
use rand::rngs::mock::StepRng;
use std::{collections::BTreeMap, sync::Arc};

const N1: u32 = 1;

fn node(number: u32) -> NodeId {
    NodeId::new(number)
}

/// What others notice of the effects; announced facts have checks of their own.
fn texts(effects: &Effects<Raft>) -> Vec<String> {
    let noticed = effects.iter().filter(|effect| !matches!(effect, Effect::Announce(_)));
    noticed.map(Effect::to_string).collect()
}

/// A node that has just started, whose log has its first mark.
fn boot(nodes: usize) -> Host<Raft> {
    boot_with(nodes, &[])
}

fn boot_with(nodes: usize, flaws: &[&str]) -> Host<Raft> {
    let flaws = flaws.iter().map(|&flaw| flaw.to_owned()).collect();
    let mut host = Host::boot(Config { flaws, ..Config::new(node(N1), nodes) });
    host.take_effects();
    host.timer(Timer::Tick);
    host.synced(SyncId(0));
    host
}

fn reboot(host: Host<Raft>, nodes: usize) -> Host<Raft> {
    let mut host = Host::boot_on(Config::new(node(N1), nodes), host.crash(), StepRng::new(0, 1));
    host.take_effects();
    host
}

/// Ticks until something but the next tick happens.
fn tick_until_it_stirs(host: &mut Host<Raft>) -> Vec<String> {
    loop {
        let effects = host.timer(Timer::Tick);
        let stirs: Vec<_> = texts(&effects).split_off(1);
        if !stirs.is_empty() && stirs[0].starts_with("send") {
            return stirs;
        }
        for effect in effects {
            if let Effect::Sync { id, .. } = effect {
                host.synced(id);
            }
        }
    }
}

/// The sync among these effects.
fn sync_of(effects: &Effects<Raft>) -> SyncId {
    let sync = effects.iter().find_map(|effect| match effect {
        Effect::Sync { id, .. } => Some(*id),
        _ => None,
    });
    sync.expect("a sync was asked for")
}

/// Finishes the sync among these effects.
fn finish_sync(host: &mut Host<Raft>, effects: &Effects<Raft>) -> Vec<String> {
    texts(&host.synced(sync_of(effects)))
}

fn request(client: u32, sequence: u64, operation: Operation) -> Request {
    let id = RequestId { client: ClientId::new(client), attempt: 0, sequence };
    Request { id, operation }
}

/// An append of no-ops of these terms behind a position, from `n2`.
fn append(term: u64, prev: (u64, u64), terms: &[u64], commit: u64) -> Message {
    let entry = |&term| Entry { term, payload: Payload::Noop };
    Message::Append {
        term,
        round: 0,
        prev: Position { index: prev.0, term: prev.1 },
        entries: terms.iter().map(entry).collect(),
        commit,
    }
}

fn request_vote(term: u64) -> Message {
    let last = Position::default();
    Message::RequestVote { term, last }
}

#[test]
fn a_lone_node_elects_itself_writes_and_reads() {
    let mut host = boot(1);
    while host.node().role() == Role::Follower {
        host.timer(Timer::Tick);
    }
    let elected = ["sync 2: raft-log-a", "set-timer 50ms: heartbeat t1"];
    assert_eq!(texts(&host.synced(SyncId(1))), elected);
    let put = request(1, 0, Operation::put("k", "v"));
    assert_eq!(texts(&host.request(put.clone())), ["set-timer 0ns: flush"]);
    // The no-op's sync is under way; the put shares the one that follows it.
    assert!(texts(&host.timer(Timer::Flush)).is_empty());
    assert_eq!(texts(&host.synced(SyncId(2))), ["sync 3: raft-log-a"]);
    let written = ["apply k=v v2", "reply c1#0: written v2, was absent"];
    assert_eq!(texts(&host.synced(SyncId(3))), written);

    let again = ["reply c1#0: written v2, was absent"];
    assert_eq!(texts(&host.request(put)), again, "a retry is not applied");
    host.request(request(1, 1, Operation::get("k")));
    assert_eq!(texts(&host.timer(Timer::Flush)), ["reply c1#1: v"]);
    host.request(request(1, 2, Operation::ListKeys));
    assert_eq!(texts(&host.timer(Timer::Flush)), ["reply c1#2: found 1 key"]);
}

#[test]
fn a_restarted_node_has_its_log_but_applies_only_what_is_committed_anew() {
    let mut host = boot(3);
    let effects = host.message(node(2), append(1, (0, 0), &[1, 1], 2));
    assert!(texts(&effects).contains(&"sync 1: raft-log-a".to_owned()));
    let host = reboot(host, 3);
    let probe = host.node().probe().unwrap();
    assert_eq!((probe.term, probe.entries.len()), (1, 2));
    assert_eq!((probe.commit, probe.applied), (0, 0));
}

#[test]
fn a_candidate_asks_first_and_votes_for_itself_before_it_asks_in_earnest() {
    let mut host = boot(3);
    let stirs = tick_until_it_stirs(&mut host);
    let asked = ["send n2: pre-vote t1 last 0@t0", "send n3: pre-vote t1 last 0@t0"];
    assert_eq!(stirs, asked);
    let reply = Message::PreVoteReply { term: 1, granted: true };
    let effects = host.message(node(2), reply);
    assert!(texts(&effects)[0].starts_with("sync"), "{:?}", texts(&effects));
    assert_eq!(texts(&effects).len(), 1, "its own vote is not durable yet");
    let asked = ["send n2: request-vote t1 last 0@t0", "send n3: request-vote t1 last 0@t0"];
    assert_eq!(finish_sync(&mut host, &effects), asked);
    let reply = Message::VoteReply { term: 1, granted: true };
    let effects = texts(&host.message(node(3), reply));
    assert_eq!(host.node().role(), Role::Leader);
    let no_op = "append t1 after 0@t0 commit 0 round 0: no-op";
    assert!(effects.contains(&format!("send n2: {no_op}")), "{effects:?}");
}

#[test]
fn a_vote_leaves_once_it_is_durable_and_outlives_a_restart() {
    let mut host = boot(3);
    let effects = host.message(node(2), request_vote(4));
    assert_eq!(texts(&effects), ["sync 1: raft-log-a"]);
    // The term and the vote are two writes; the second shares the next sync.
    let effects = host.synced(SyncId(1));
    let granted = ["send n2: vote-reply t4 yes"];
    assert_eq!(finish_sync(&mut host, &effects), granted);
    let mut host = reboot(host, 3);
    let refused = texts(&host.message(node(3), request_vote(4)));
    assert_eq!(refused, ["send n3: vote-reply t4 no"]);
    let again = texts(&host.message(node(2), request_vote(4)));
    assert_eq!(again, granted);
}

#[test]
fn a_term_that_a_node_has_only_heard_of_outlives_a_restart() {
    let mut host = boot(5);
    let effects = host.message(node(2), append(5, (0, 0), &[5], 0));
    let effects = host.synced(sync_of(&effects));
    finish_sync(&mut host, &effects);
    let mut host = reboot(host, 5);
    // Otherwise the leader of an earlier term could have it overwrite what it has acknowledged.
    let outdated = texts(&host.message(node(3), append(4, (0, 0), &[4], 0)));
    assert_eq!(outdated, ["send n3: append-reply t5 outdated round 0"]);
}

#[test]
fn a_change_of_voters_that_is_overwritten_is_taken_back() {
    let mut host = boot(3);
    let voters = |host: &Host<Raft>| host.node().probe().unwrap().voters;
    let left: Arc<[NodeId]> = [node(1), node(2)].into();
    let entry = Entry { term: 1, payload: Payload::Voters(left.clone()) };
    let (prev, entries) = (Position::default(), [entry].into());
    host.message(node(2), Message::Append { term: 1, round: 0, prev, entries, commit: 0 });
    assert_eq!(voters(&host), *left);
    host.message(node(3), append(2, (0, 0), &[2], 0));
    assert_eq!(voters(&host), [node(1), node(2), node(3)]);
}

#[test]
fn a_vote_goes_to_a_log_that_is_behind_only_if_nobody_checks() {
    let vote = |flaws: &[&str]| {
        let mut host = boot_with(3, flaws);
        let effects = host.message(node(2), append(1, (0, 0), &[1], 0));
        let effects = host.synced(sync_of(&effects));
        finish_sync(&mut host, &effects);
        let mut effects = host.message(node(3), request_vote(2));
        while let Some(Effect::Sync { id, .. }) =
            effects.iter().find(|it| matches!(it, Effect::Sync { .. }))
        {
            effects = host.synced(*id);
        }
        texts(&effects)
    };
    assert_eq!(vote(&[]), ["send n3: vote-reply t2 no"]);
    assert_eq!(vote(&["skip-log-check"]), ["send n3: vote-reply t2 yes"]);
}

#[test]
fn vote_before_sync_is_what_it_says() {
    let mut host = boot_with(3, &["vote-before-sync"]);
    let effects = texts(&host.message(node(2), request_vote(4)));
    assert_eq!(effects, ["sync 1: raft-log-a", "send n2: vote-reply t4 yes"]);
}

#[test]
fn a_follower_acknowledges_what_is_durable_and_names_where_it_disagrees() {
    let mut host = boot(3);
    let effects = host.message(node(2), append(3, (0, 0), &[1, 2, 2], 0));
    let effects = host.synced(sync_of(&effects));
    let acknowledged = ["send n2: append-reply t3 matched 3 round 0"];
    assert_eq!(finish_sync(&mut host, &effects), acknowledged);

    let answers =
        |host: &mut Host<Raft>, prev| texts(&host.message(node(2), append(3, prev, &[3], 0)));
    let conflict = answers(&mut host, (3, 3));
    assert_eq!(conflict, ["send n2: append-reply t3 conflict at 3, has t2 from 2 round 0"]);
    let conflict = answers(&mut host, (9, 3));
    assert_eq!(conflict, ["send n2: append-reply t3 conflict at 9, has nothing from 4 round 0"]);
    let outdated = texts(&host.message(node(3), append(2, (0, 0), &[2], 0)));
    assert_eq!(outdated, ["send n3: append-reply t3 outdated round 0"]);
}

#[test]
fn an_old_append_does_not_cut_the_log() {
    let mut host = boot(3);
    host.message(node(2), append(1, (0, 0), &[1, 1, 1], 3));
    host.message(node(2), append(1, (0, 0), &[1], 1));
    let probe = host.node().probe().unwrap();
    assert_eq!((probe.entries.len(), probe.commit), (3, 3));
    host.message(node(3), append(2, (3, 1), &[2, 2], 3));
    host.message(node(2), append(4, (4, 2), &[4], 3));
    let terms: Vec<_> = host.node().probe().unwrap().entries;
    let terms: Vec<_> = terms.iter().map(|entry| entry.position.term).collect();
    assert_eq!(terms, [1, 1, 1, 2, 4]);
}

#[test]
fn who_does_not_lead_says_who_does() {
    let mut host = boot(3);
    let ask = |host: &mut Host<Raft>| {
        let effects = host.request(request(1, 0, Operation::put("k", "v")));
        texts(&effects)[0].clone()
    };
    assert_eq!(ask(&mut host), "reply c1#0: refused: not the leader, none known");
    host.message(node(2), append(1, (0, 0), &[], 0));
    assert_eq!(ask(&mut host), "reply c1#0: refused: not the leader, ask n2");
}

/// The answer of the leader `n2` to a question of this request.
fn read_index(term: u64, request: &Request, index: Option<u64>) -> Message {
    Message::ReadIndexReply { term, request: request.id, index }
}

#[test]
fn a_follower_answers_a_read_when_it_has_applied_what_the_leader_had_committed() {
    let mut host = boot(3);
    host.message(node(2), append(1, (0, 0), &[], 0));
    let read = request(1, 0, Operation::get("k"));
    assert_eq!(texts(&host.request(read.clone())), ["send n2: read-index t1 c1#0"]);
    // Two entries were committed when it asked, and it has none of them.
    assert_eq!(texts(&host.message(node(2), read_index(1, &read, Some(2)))), [""; 0]);
    let effects = host.message(node(2), append(1, (0, 0), &[1], 1));
    assert!(texts(&effects).iter().all(|effect| !effect.starts_with("reply")));
    let effects = host.message(node(2), append(1, (1, 1), &[1], 2));
    assert!(texts(&effects).contains(&"reply c1#0: (absent)".to_owned()));
}

#[test]
fn a_follower_whose_leader_is_replaced_refuses_the_reads_it_asked_for() {
    let mut host = boot(3);
    host.message(node(2), append(1, (0, 0), &[], 0));
    let read = request(1, 0, Operation::get("k"));
    host.request(read.clone());
    let effects = host.message(node(3), append(2, (0, 0), &[], 0));
    let refused = "reply c1#0: refused: not the leader, none known".to_owned();
    assert!(texts(&effects).contains(&refused), "{:?}", texts(&effects));
    // What the old leader says now fits nothing.
    assert_eq!(texts(&host.message(node(2), read_index(1, &read, Some(0)))), [""; 0]);
}

#[test]
fn who_does_not_lead_tells_a_follower_so() {
    let mut host = boot(3);
    let id = request(1, 0, Operation::get("k")).id;
    let effects = host.message(node(2), Message::ReadIndex { term: 0, request: id });
    assert_eq!(texts(&effects), ["send n2: read-index-reply t0 c1#0 does not lead"]);
}

#[test]
fn who_hears_a_leader_does_not_help_to_unseat_it() {
    let mut host = boot(3);
    let pre_vote = Message::PreVote { term: 9, last: Position::default() };
    let before = texts(&host.message(node(3), pre_vote.clone()));
    assert_eq!(before, ["send n3: pre-vote-reply t9 yes"]);
    host.message(node(2), append(1, (0, 0), &[], 0));
    let while_led = texts(&host.message(node(3), pre_vote));
    assert_eq!(while_led, ["send n3: pre-vote-reply t1 no"]);
}

#[test]
fn a_damaged_log_is_reported_and_the_node_does_not_vote() {
    let mut host = boot(3);
    // The second message's records say that the first's were synced.
    let effects = host.message(node(2), append(1, (0, 0), &[1], 0));
    let effects = host.synced(sync_of(&effects));
    finish_sync(&mut host, &effects);
    host.message(node(2), append(1, (1, 1), &[1], 0));
    assert!(host.node().serves());
    let disk = host.crash();
    flip(&disk, 24 + 2 * 33 + 40);
    let mut host =
        Host::<Raft, StepRng>::boot_on(Config::new(node(N1), 3), disk, StepRng::new(0, 1));
    host.take_effects();
    assert_eq!(host.node().probe(), None);
    assert!(!host.node().serves(), "it is no replica any more");
    let refused = texts(&host.request(request(1, 0, Operation::get("k"))));
    assert_eq!(refused, ["reply c1#0: refused: its log is damaged"]);
    assert!(host.message(node(2), request_vote(9)).is_empty());
    assert!(host.message(node(2), append(9, (0, 0), &[9], 1)).is_empty());
}

fn flip(disk: &Disk, offset: u64) {
    let byte = disk.read("raft-log-a", offset, 1).unwrap()[0];
    disk.write("raft-log-a", offset, &[byte ^ 4]).unwrap();
}

#[test]
fn settings_are_obeyed() {
    let settings = [
        ("election-timeout", Setting::Duration(std::time::Duration::from_millis(500))),
        ("voters", Setting::Count(2)),
    ];
    let settings: BTreeMap<_, _> =
        settings.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let config = Config { settings: Arc::new(settings), ..Config::new(node(N1), 3) };
    let mut host = Host::<Raft>::boot(config);
    host.take_effects();
    assert_eq!(texts(&host.timer(Timer::Tick))[0], "set-timer 100ms: tick");
    let stirs = tick_until_it_stirs(&mut host);
    assert_eq!(stirs, ["send n2: pre-vote t1 last 0@t0"], "n3 has no vote");
}

#[test]
fn an_answer_to_an_older_leadership_is_ignored() {
    let mut host = boot(3);
    let reply = Message::AppendReply { term: 0, round: 3, outcome: AppendOutcome::Matched(7) };
    assert!(host.message(node(2), reply).is_empty());
}

/// Makes the node a leader of the next term: `n2` agrees to everything.
fn elect(host: &mut Host<Raft>) -> u64 {
    tick_until_it_stirs(host);
    let term = host.node().probe().unwrap().term + 1;
    let effects = host.message(node(2), Message::PreVoteReply { term, granted: true });
    finish_sync(host, &effects);
    let effects = host.message(node(2), Message::VoteReply { term, granted: true });
    assert_eq!(host.node().role(), Role::Leader);
    finish_sync(host, &effects);
    let (round, outcome) =
        (0, AppendOutcome::Matched(host.node().probe().unwrap().entries.len() as u64));
    host.message(node(2), Message::AppendReply { term, round, outcome });
    term
}

/// What follows a read that a leader flushes at once.
fn read_now(host: &mut Host<Raft>, sequence: u64) -> Vec<String> {
    host.request(request(1, sequence, Operation::get("k")));
    texts(&host.timer(Timer::Flush))
}

#[test]
fn a_read_before_the_first_commit_is_answered_by_it_where_nobody_else_votes() {
    let mut host = boot(1);
    let mut effects = host.timer(Timer::Tick);
    while host.node().role() != Role::Leader {
        let synced = effects.iter().any(|effect| matches!(effect, Effect::Sync { .. }));
        effects = if synced { host.synced(sync_of(&effects)) } else { host.timer(Timer::Tick) };
    }
    assert!(
        read_now(&mut host, 0).is_empty(),
        "its log may hold more than is known to be committed"
    );
    let answered = finish_sync(&mut host, &effects);
    assert!(answered.contains(&"reply c1#0: (absent)".to_owned()), "{answered:?}");
}

/// A node that has led term 1 for a round, and leads term 3 now; a follower has just refused
/// what it sent in that round.
fn leads_again_and_hears_of_an_old_round(mut host: Host<Raft>) -> Vec<String> {
    assert_eq!(elect(&mut host), 1);
    let asked = read_now(&mut host, 0);
    assert!(asked.iter().all(|effect| effect.contains("round 1")), "{asked:?}");
    let effects = host.message(node(3), append(2, (1, 1), &[], 1));
    finish_sync(&mut host, &effects);
    assert_eq!(elect(&mut host), 3);
    let refusal = Message::AppendReply { term: 3, round: 1, outcome: AppendOutcome::Outdated };
    host.message(node(3), refusal.clone());
    host.message(node(2), refusal);
    read_now(&mut host, 1)
}

#[test]
fn a_refusal_of_an_earlier_term_answers_no_round_of_this_one() {
    let effects = leads_again_and_hears_of_an_old_round(boot(3));
    assert!(effects.iter().all(|effect| !effect.starts_with("reply")), "{effects:?}");
    assert_eq!(effects.len(), 2, "both followers are asked: {effects:?}");
}

#[test]
fn old_round_counts_is_what_it_says() {
    let effects = leads_again_and_hears_of_an_old_round(boot_with(3, &["old-round-counts"]));
    assert!(effects.contains(&"reply c1#1: (absent)".to_owned()), "{effects:?}");
}

#[test]
fn doubled_replies_count_once() {
    let mut host = boot(5);
    tick_until_it_stirs(&mut host);
    let pre_vote = Message::PreVoteReply { term: 1, granted: true };
    for _ in 0..3 {
        assert!(host.message(node(2), pre_vote.clone()).is_empty());
    }
    let effects = host.message(node(3), pre_vote);
    finish_sync(&mut host, &effects);
    let vote = Message::VoteReply { term: 1, granted: true };
    for _ in 0..3 {
        assert!(host.message(node(2), vote.clone()).is_empty());
    }
    let effects = host.message(node(3), vote);
    assert_eq!(host.node().role(), Role::Leader);
    finish_sync(&mut host, &effects);
    let matched = Message::AppendReply { term: 1, round: 1, outcome: AppendOutcome::Matched(1) };
    for _ in 0..3 {
        host.message(node(2), matched.clone());
        assert_eq!(host.node().probe().unwrap().commit, 0);
    }
    host.message(node(3), matched.clone());
    assert_eq!(host.node().probe().unwrap().commit, 1);
}

#[test]
fn followers_that_ask_under_one_name_are_each_told() {
    let mut host = boot(3);
    elect(&mut host);
    let id = RequestId { client: ClientId::ANONYMOUS, attempt: 0, sequence: 0 };
    for follower in [2, 3] {
        host.message(node(follower), Message::ReadIndex { term: 1, request: id });
    }
    host.request(Request { id, operation: Operation::get("k") });
    host.timer(Timer::Flush);
    let matched = Message::AppendReply { term: 1, round: 1, outcome: AppendOutcome::Matched(1) };
    let told = texts(&host.message(node(2), matched));
    let expected = [
        format!("send n2: read-index-reply t1 {id} 1"),
        format!("send n3: read-index-reply t1 {id} 1"),
        format!("reply {id}: (absent)"),
    ];
    assert_eq!(told, expected);
}
