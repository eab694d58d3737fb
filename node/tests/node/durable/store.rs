//! The durable engine on a disk that loses power, fills up, fails and rots.

use super::support::{Unsynced, hold, plugged_disk};
use node::{
    Disk, DiskError, DurableStore, Key, MemoryStore, Store, StoreError, Version, Versioned,
};
use proptest::prelude::*;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;

type Records = BTreeMap<Key, Vec<u8>>;

/// The i-th change of a fixed workload: puts of several sizes, overwrites and removals.
fn change(i: usize) -> (Key, Option<Vec<u8>>) {
    let key = Key::from(format!("key{}", i % 5));
    let record = (i % 4 != 3).then(|| vec![i as u8; 1 + i * 397 % 2048]);
    (key, record)
}

fn carry_out(store: &mut DurableStore, key: &Key, record: Option<&[u8]>) -> Result<(), StoreError> {
    match record {
        Some(record) => store.write(key, record),
        None => store.erase(key),
    }
}

fn note(records: &mut Records, key: Key, record: Option<Vec<u8>>) {
    match record {
        Some(record) => records.insert(key, record),
        None => records.remove(&key),
    };
}

fn held(store: &DurableStore) -> Records {
    let records = store.scan().expect("the store is sound");
    records.into_iter().collect()
}

/// Works until the power fails: what was acknowledged, and what would be there
/// had the change under way been carried out as well.
fn work_until_the_power_fails(disk: &Disk) -> (Records, Records) {
    let mut acknowledged = Records::new();
    let Ok(mut store) = DurableStore::open(disk, "store") else {
        return (acknowledged.clone(), acknowledged);
    };
    for i in 0..16 {
        let (key, record) = change(i);
        let before = acknowledged.clone();
        let done = carry_out(&mut store, &key, record.as_deref()).is_ok();
        note(&mut acknowledged, key, record);
        if !done {
            return (before, acknowledged);
        }
    }
    (acknowledged.clone(), acknowledged)
}

#[test]
fn what_was_committed_outlives_a_power_loss_at_any_moment() {
    let (mut cut_short, mut finished) = (0, 0);
    for power_left in 0.. {
        for unsynced in [Unsynced::Lost, Unsynced::Torn(power_left), Unsynced::Torn(!power_left)] {
            let (disk, medium) = plugged_disk();
            hold(&medium).power_left = Some(power_left as usize);
            let (least, most) = work_until_the_power_fails(&disk);
            hold(&medium).lose_power(unsynced);
            // The power fails again while the store recovers.
            hold(&medium).power_left = Some((power_left % 17) as usize);
            drop(DurableStore::open(&disk, "store"));
            hold(&medium).lose_power(unsynced);

            let store = DurableStore::open(&disk, "store")
                .unwrap_or_else(|error| panic!("power {power_left}, {unsynced:?}: {error}"));
            let found = held(&store);
            assert!(
                found == least || found == most,
                "power {power_left}, {unsynced:?}: {:?} is neither {:?} nor {:?}",
                found.keys(),
                least.keys(),
                most.keys()
            );
            if least == most && !least.is_empty() {
                finished += 1;
            } else {
                cut_short += 1;
            }
        }
        if finished > 9 {
            break;
        }
    }
    assert!(cut_short > 100, "the power failed only {cut_short} times during the work");
}

#[test]
fn a_crash_writes_nothing_more() {
    let (disk, medium) = plugged_disk();
    let mut store = DurableStore::open(&disk, "store").unwrap();
    store.write(&"a".into(), b"1").unwrap();
    let before = hold(&medium).log.len();
    drop(store);
    assert_eq!(hold(&medium).log.len(), before);
}

#[test]
fn the_same_work_gives_the_same_bytes() {
    let run = || {
        let (disk, medium) = plugged_disk();
        work_until_the_power_fails(&disk);
        let _ = DurableStore::open(&disk, "store").unwrap();
        std::mem::take(&mut hold(&medium).log)
    };
    let first = run();
    for _ in 0..10 {
        assert!(run() == first, "the store's writes depend on more than its input");
    }
}

#[test]
fn a_full_disk_refuses_a_write_and_the_store_goes_on() {
    let (disk, medium) = plugged_disk();
    let mut store = DurableStore::open(&disk, "store").unwrap();
    let length = hold(&medium).content("store").len();
    hold(&medium).capacity = Some(length);
    let mut stored = Records::new();
    let refused = (0..2000).find_map(|i| {
        let key = Key::from(format!("key{i}"));
        match store.write(&key, &[7; 2048]) {
            Ok(()) => {
                stored.insert(key, vec![7; 2048]);
                None
            }
            Err(error) => Some(error),
        }
    });
    assert_eq!(refused, Some(StoreError::Disk(DiskError::Full)));
    assert!(stored.len() > 100);
    assert_eq!(held(&store), stored);
    hold(&medium).capacity = None;
    store.write(&"late".into(), b"fits again").unwrap();
    assert_eq!(store.read(&"late".into()), Ok(Some(b"fits again".to_vec())));
}

#[test]
fn a_failed_disk_is_told_and_a_damaged_file_is_not_believed() {
    let (disk, medium) = plugged_disk();
    let mut store = DurableStore::open(&disk, "store").unwrap();
    store.write(&"a".into(), b"1").unwrap();
    hold(&medium).power_left = Some(0);
    let failed = Err(StoreError::Disk(DiskError::Failed));
    assert_eq!(store.write(&"a".into(), b"2"), failed);
    assert_eq!(store.read(&"a".into()).map(|_| ()), failed);
    drop(store);
    hold(&medium).power_left = None;
    hold(&medium).content("store").truncate(5000);
    let error = DurableStore::open(&disk, "store").unwrap_err();
    assert!(matches!(error, StoreError::Damaged(_)), "{error}");
}

/// Damages a file in one of several ways.
fn damage(content: &mut Vec<u8>, used: usize, rng: &mut ChaCha8Rng) {
    match rng.gen_range(0..5) {
        0 => {
            let at = rng.gen_range(0..used);
            content[at] ^= 1 << rng.gen_range(0..8);
        }
        1 => {
            let at = rng.gen_range(0..320);
            content[at] ^= 1 << rng.gen_range(0..8);
        }
        2 => {
            let page = rng.gen_range(0..used / 4096) * 4096;
            content[page..page + 4096].fill(rng.r#gen());
        }
        3 => {
            let page = rng.gen_range(0..used / 4096) * 4096;
            let other = rng.gen_range(0..used / 4096) * 4096;
            content.copy_within(other..other + 4096, page);
        }
        _ => content.truncate(rng.gen_range(0..used)),
    }
}

#[test]
fn damage_gives_an_error_or_the_truth() {
    let (disk, medium) = plugged_disk();
    work_until_the_power_fails(&disk);
    let sound = hold(&medium).content("store").clone();
    let used = sound.iter().rposition(|&byte| byte != 0).unwrap() / 4096 * 4096 + 4096;
    let truth = held(&DurableStore::open(&disk, "store").unwrap());
    let mut found = 0;
    for seed in 0..400 {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let (disk, medium) = plugged_disk();
        disk.write("store", 0, &sound).unwrap();
        let while_open = rng.gen_ratio(1, 3);
        let early = while_open.then(|| DurableStore::open(&disk, "store").unwrap());
        damage(hold(&medium).content("store"), used, &mut rng);
        let outcome = early.map_or_else(|| DurableStore::open(&disk, "store"), Ok);
        match outcome.and_then(|store| store.scan()) {
            Ok(records) => {
                let records: Records = records.into_iter().collect();
                assert!(records == truth, "seed {seed}: wrong data was served");
            }
            Err(error) => {
                assert!(matches!(error, StoreError::Damaged(_)), "seed {seed}: {error}");
                found += 1;
            }
        }
    }
    assert!(found > 50, "only {found} of 400 damages were found");
}

#[test]
fn only_the_bit_that_names_the_last_commit_can_lie() {
    let (disk, medium) = plugged_disk();
    work_until_the_power_fails(&disk);
    let sound = hold(&medium).content("store").clone();
    let truth = held(&DurableStore::open(&disk, "store").unwrap());
    let mut lies = Vec::new();
    // All bits of the magic number and the flags, one of every later byte of the header.
    for bit in (0..80).chain((80..320 * 8).step_by(9)) {
        let (disk, medium) = plugged_disk();
        disk.write("store", 0, &sound).unwrap();
        hold(&medium).content("store")[bit / 8] ^= 1 << (bit % 8);
        if let Ok(records) = DurableStore::open(&disk, "store").and_then(|store| store.scan())
            && records.into_iter().collect::<Records>() != truth
        {
            lies.push((bit / 8, bit % 8));
        }
    }
    assert_eq!(lies, [(9, 0)]);
}

#[derive(Clone, Debug)]
enum Step {
    Put(u8, String),
    Remove(u8),
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..12u8, "[a-z]{0,40}").prop_map(|(key, value)| Step::Put(key, value)),
        2 => (0..12u8).prop_map(Step::Remove),
        1 => Just(Step::Reopen),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn as_a_store_it_is_the_memory_store_that_does_not_forget(
        steps in prop::collection::vec(step(), 1..40),
    ) {
        let disk = Disk::in_memory();
        let mut store = DurableStore::open(&disk, "store").unwrap();
        let mut memory = MemoryStore::default();
        for (i, step) in steps.into_iter().enumerate() {
            let version = Version(i as u64);
            match step {
                Step::Put(key, value) => {
                    let key = Key::from(format!("k{key}"));
                    let entry = Versioned { value: value.into(), version };
                    prop_assert_eq!(
                        store.put(key.clone(), entry.clone()),
                        memory.put(key, entry)
                    );
                }
                Step::Remove(key) => {
                    let key = Key::from(format!("k{key}"));
                    prop_assert_eq!(store.remove(&key, version), memory.remove(&key, version));
                }
                Step::Reopen => {
                    drop(store);
                    store = DurableStore::open(&disk, "store").unwrap();
                }
            }
            prop_assert_eq!(store.entries(), memory.entries());
        }
    }
}

#[test]
fn a_transaction_syncs_twice_and_the_file_shrinks_to_what_it_needs() {
    let (disk, medium) = plugged_disk();
    let mut store = DurableStore::open(&disk, "store").unwrap();
    for i in 0..20 {
        store.write(&format!("k{i}").into(), &[1; 100]).unwrap();
    }
    assert!(disk.len("store").unwrap() < 100_000);
    hold(&medium).log.clear();
    for i in 0..20 {
        store.write(&format!("k{i}").into(), &[2; 100]).unwrap();
    }
    let log = std::mem::take(&mut hold(&medium).log);
    assert_eq!(log.iter().filter(|change| *change == "sync").count(), 40);
}
