use super::*;
use node::DiskError;
use scenarios::Latency;
use std::time::Duration;

fn disk(seed: u64) -> NodeDisk {
    let sync = Latency::Constant(Duration::from_millis(1));
    let settings = scenarios::Disk { sync, ..scenarios::Disk::default() };
    NodeDisk::new(NodeId::new(1), &settings, &Streams::new(seed))
}

/// Begins at time zero what the node has asked for; the answer is when it is done.
fn begin(disk: &mut NodeDisk) -> u64 {
    let asked = disk.take_use().unwrap_or_default().asked;
    disk.begin_work(0, asked).0
}

/// Lets the node wait for all that it has asked for.
fn wait(disk: &mut NodeDisk) {
    begin(disk);
    disk.settle(u64::MAX);
}

fn content(disk: &NodeDisk) -> String {
    let bytes = disk.handle.read_all("log").unwrap().unwrap_or_default();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn a_power_loss_leaves_what_was_synced_and_any_part_of_the_rest() {
    let mut outcomes = std::collections::BTreeSet::new();
    for seed in 0..200 {
        let mut disk = disk(seed);
        disk.handle.write("log", 0, b"safe").unwrap();
        disk.handle.sync_now("log").unwrap();
        wait(&mut disk);
        disk.handle.write("log", 4, b"-one").unwrap();
        disk.handle.write("log", 8, b"-two").unwrap();
        assert_eq!(content(&disk), "safe-one-two");
        disk.lose_power();
        let left = content(&disk);
        assert!(left.starts_with("safe"), "{left}");
        outcomes.insert(left);
    }
    let lost = "safe";
    let torn = "safe-o";
    let reordered = "safe\0\0\0\0-two";
    for expected in [lost, torn, "safe-one", reordered, "safe-one-two"] {
        assert!(outcomes.contains(expected), "{expected:?} never came: {outcomes:?}");
    }
}

#[test]
fn a_sync_within_an_event_reaches_the_platter_when_its_time_is_over() {
    let after_power_loss_at = |now: u64, seed| {
        let mut disk = disk(seed);
        disk.handle.write("log", 0, b"one").unwrap();
        disk.handle.sync_now("log").unwrap();
        disk.handle.write("log", 3, b"two").unwrap();
        disk.handle.sync_now("log").unwrap();
        assert_eq!(begin(&mut disk), 2_000_000, "one wait after the other");
        disk.interrupt(now);
        let lost = disk.lose_power();
        (content(&disk), lost)
    };
    let at = |now| (0..100).map(move |seed| after_power_loss_at(now, seed));
    assert!(at(500_000).any(|(left, lost)| left.is_empty() && lost == 3));
    assert!(at(500_000).any(|(left, lost)| left == "one" && lost == 0));
    // What comes after a wait is not done before it, kept or torn.
    assert!(at(500_000).all(|(left, _)| "one".starts_with(&left)));
    assert!(at(1_500_000).all(|(left, _)| left.starts_with("one")));
    assert!(at(1_500_000).any(|(_, lost)| lost > 0));
    assert!(at(2_000_000).all(|(left, lost)| left == "onetwo" && lost == 0));
}

#[test]
fn a_process_that_dies_in_a_wait_has_done_what_came_before_it_and_no_more() {
    let mut disk = disk(1);
    disk.handle.write("log", 0, b"one").unwrap();
    disk.handle.sync_now("log").unwrap();
    disk.handle.write("log", 3, b"two").unwrap();
    disk.handle.write("other", 0, b"x").unwrap();
    begin(&mut disk);
    disk.interrupt(1);
    assert_eq!(content(&disk), "one");
    assert_eq!(disk.handle.read_all("other").unwrap().unwrap_or_default(), b"");
}

#[test]
fn disturbances_of_one_kind_end_one_by_one() {
    let mut disk = disk(1);
    disk.disturb(3, DiskFault::Full);
    disk.disturb(4, DiskFault::Full);
    disk.disturb(5, DiskFault::Errors { share: 1.0, reads: false });
    disk.disturb(6, DiskFault::Errors { share: 0.0, reads: false });
    disk.calm(4);
    disk.calm(6);
    assert_eq!(disk.handle.write("log", 0, b"x"), Err(DiskError::Failed));
    disk.calm(5);
    assert_eq!(disk.handle.write("log", 0, b"x"), Err(DiskError::Full));
    disk.calm(3);
    assert_eq!(disk.handle.write("log", 0, b"x"), Ok(()));
}

#[test]
fn reads_and_bytes_cost_what_the_settings_say_and_nothing_by_default() {
    let mut free = disk(1);
    free.handle.write("log", 0, &[0; 1000]).unwrap();
    free.handle.read("log", 0, 1000).unwrap();
    assert_eq!(begin(&mut free), 0);
    let settings = scenarios::Disk {
        sync: Latency::Constant(Duration::from_millis(1)),
        read: Some(Latency::Constant(Duration::from_micros(100))),
        bytes_per_second: Some(1_000_000),
    };
    let mut disk = NodeDisk::new(NodeId::new(1), &settings, &Streams::new(1));
    disk.handle.write("log", 0, &[0; 1000]).unwrap();
    disk.handle.read("log", 0, 500).unwrap();
    assert_eq!(begin(&mut disk), 600_000, "0.1 ms and 500 bytes at a byte a microsecond");
    disk.handle.sync_now("log").unwrap();
    disk.handle.sync_now("log").unwrap();
    assert_eq!(begin(&mut disk), 3_000_000, "the second sync has no bytes to bring");
}

#[test]
fn a_sync_covers_what_was_written_before_it_was_asked_for() {
    let disk = disk(1);
    disk.handle.write("log", 0, b"a").unwrap();
    let mark = disk.mark();
    disk.handle.write("log", 1, b"b").unwrap();
    disk.sync("log", mark).unwrap();
    assert_eq!(disk.medium().unsynced("log"), 1);
}

#[test]
fn a_full_disk_takes_no_more_and_an_erring_one_fails_its_share() {
    let mut disk = disk(1);
    disk.handle.write("log", 0, b"abc").unwrap();
    disk.disturb(3, DiskFault::Full);
    assert_eq!(disk.handle.write("log", 3, b"d"), Err(DiskError::Full));
    assert_eq!(disk.handle.write("log", 0, b"x"), Ok(()));
    assert_eq!(disk.take_use().unwrap().touched, [3]);
    // A file may be made longer, but what was added cannot be written.
    disk.handle.truncate("log", 8192).unwrap();
    assert_eq!(disk.handle.write("log", 4096, b"d"), Err(DiskError::Full));
    disk.calm(3);
    disk.handle.write("log", 4096, b"d").unwrap();
    disk.disturb(3, DiskFault::Full);
    assert_eq!(disk.handle.write("log", 4097, b"d"), Ok(()));
    disk.calm(3);
    disk.disturb(4, DiskFault::Errors { share: 0.5, reads: false });
    let failed = (0..1000).filter(|_| disk.handle.write("log", 3, b"d").is_err()).count();
    assert!((400..600).contains(&failed), "{failed}");
    assert!((0..100).all(|_| disk.handle.read("log", 0, 1).is_ok()));
    disk.disturb(5, DiskFault::Errors { share: 0.5, reads: true });
    let failed = (0..1000).filter(|_| disk.handle.read("log", 0, 1).is_err()).count();
    assert!((400..600).contains(&failed), "{failed}");
    disk.calm(5);
    assert!((0..100).all(|_| disk.handle.read("log", 0, 1).is_ok()));
    assert_eq!(disk.heal(), [4]);
    assert_eq!(disk.handle.sync_now("log"), Ok(()));
}

#[test]
fn rot_flips_what_is_on_the_platter_and_nothing_else() {
    let mut disk = disk(5);
    disk.handle.write("log", 0, &[0; 64]).unwrap();
    assert_eq!(disk.rot(), 0, "nothing is on the platter yet");
    disk.handle.sync_now("log").unwrap();
    wait(&mut disk);
    let flips = disk.rot();
    let bytes = disk.handle.read_all("log").unwrap().unwrap();
    let ones: u32 = bytes.iter().map(|byte| byte.count_ones()).sum();
    assert!(flips > 0 && u64::from(ones) <= flips);
}
