//! The B+ tree of the ghost-data report beside the standard map, each as a store.

use crate::{
    measure::{measure, median},
    reach::Figure,
    tables::{grouped, print},
};
use node::{BPlusStore, Key, MemoryStore, Store, Version, Versioned};

/// What is timed of a store, in this order.
const WORK: [&str; 5] = ["put", "overwrite", "get", "ordered walk", "delete"];

/// Measures stores of 10^3 to 10^6 keys.
pub(crate) fn report(quick: bool) -> Vec<Figure> {
    let (rounds, most) = if quick { (3, 5) } else { (7, 6) };
    let rows = (3..=most).flat_map(|power| rows(10u64.pow(power), rounds));
    print(
        "The B+ tree of order 128 beside the standard map, in ns for each key",
        &["", "keys", "B+ tree", "standard map", "ratio"],
        rows.collect(),
    );
    Vec::new()
}

fn rows(count: u64, rounds: usize) -> Vec<Vec<String>> {
    let keys: Vec<Key> = (0..count).map(|number| format!("key{number}").into()).collect();
    let mut tree = WORK.map(|_| Vec::new());
    let mut map = WORK.map(|_| Vec::new());
    for _ in 0..rounds {
        note(&mut tree, time::<BPlusStore>(&keys));
        note(&mut map, time::<MemoryStore>(&keys));
    }
    let medians = tree.map(median).into_iter().zip(map.map(median));
    let row = |(work, (tree, map)): (&&str, (f64, f64))| {
        vec![
            (*work).to_owned(),
            grouped(count as f64),
            format!("{tree:.1}"),
            format!("{map:.1}"),
            format!("{:.2}", tree / map),
        ]
    };
    WORK.iter().zip(medians).map(row).collect()
}

fn note(times: &mut [Vec<f64>; WORK.len()], round: [f64; WORK.len()]) {
    times.iter_mut().zip(round).for_each(|(times, time)| times.push(time));
}

/// Does all the work on a store, often enough for a clock to see it; the times are in ns for each key.
fn time<S: Store + Default>(keys: &[Key]) -> [f64; WORK.len()] {
    let repeats = (100_000 / keys.len()).max(1);
    let mut stores: Vec<S> = (0..repeats).map(|_| S::default()).collect();
    let (first, second) = (entry(1), entry(2));
    let work: [&dyn Fn(&mut S); WORK.len()] = [
        &|store| visit(keys, 1, |key| drop(store.put(key.clone(), first.clone()))),
        &|store| visit(keys, 2, |key| drop(store.put(key.clone(), second.clone()))),
        &|store| {
            visit(keys, 3, |key| assert!(store.get(key).is_some(), "every key was put"));
        },
        &|store| assert_eq!(store.entries().len(), keys.len()),
        &|store| visit(keys, 4, |key| drop(store.remove(key, Version(3)))),
    ];
    work.map(|work| {
        let ((), cpu_s) = measure(|| stores.iter_mut().for_each(work));
        cpu_s * 1e9 / (repeats * keys.len()) as f64
    })
}

fn entry(version: u64) -> Versioned {
    Versioned { value: "c7-1234".into(), version: Version(version) }
}

/// Comes to every key once, in an order that looks like chance and is another for each salt.
fn visit(keys: &[Key], salt: usize, mut work: impl FnMut(&Key)) {
    // A prime that divides no power of ten, so that steps of this length miss no key.
    let stride = 2_654_435_761;
    (0..keys.len()).for_each(|i| work(&keys[(i + salt) * stride % keys.len()]));
}
