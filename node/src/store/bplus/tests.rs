use super::*;
use crate::MemoryStore;
use proptest::prelude::*;
use std::{collections::BTreeMap, fmt::Debug, ops::Bound};

/// Numbers as keys. Four of them share a prefix, so that both halves of a search are needed.
macro_rules! prefixed {
    ($($number:ty),*) => {
        $(impl Prefixed for $number {
            fn prefix(&self) -> u64 {
                (*self / 4) as u64
            }
        })*
    };
}

prefixed!(u8, u16, i32, usize);

/// Checks everything below a node and returns its depth.
fn check<K: Prefixed + Clone + Debug, V>(
    node: &Node<K, V>,
    order: usize,
    is_root: bool,
    bounds: (Bound<&K>, Bound<&K>),
) -> usize {
    let least = match node {
        Node::Leaf { .. } if is_root => 0,
        Node::Inner { .. } if is_root => 2,
        _ => node.least(order),
    };
    let size = node.size();
    assert!((least..=node.most(order)).contains(&size), "a node of size {size}");
    let keys = match node {
        Node::Leaf { keys, .. } => keys.as_slice(),
        Node::Inner { separators, .. } => separators.as_slice(),
    };
    assert!(keys.is_sorted_by(|a, b| a < b), "keys out of order: {keys:?}");
    for key in keys {
        let inside = std::ops::RangeBounds::contains(&bounds, key);
        assert!(inside, "{key:?} outside {bounds:?}");
    }
    match node {
        Node::Leaf { keys, values } => {
            assert_eq!(keys.len(), values.len());
            1
        }
        Node::Inner { separators, children } => {
            assert_eq!(separators.len() + 1, children.len());
            let separators = separators.as_slice();
            let mut depths = children.iter().enumerate().map(|(i, child)| {
                let low = i.checked_sub(1).map_or(bounds.0, |i| Bound::Included(&separators[i]));
                let high = separators.get(i).map_or(bounds.1, Bound::Excluded);
                check(child, order, false, (low, high))
            });
            let first = depths.next().expect("an inner node has children");
            assert!(depths.all(|depth| depth == first), "leaves of unequal depth");
            first + 1
        }
    }
}

fn depth<K: Prefixed + Clone + Debug, V>(tree: &BPlusTree<K, V>) -> usize {
    check(&tree.root, tree.order, true, (Bound::Unbounded, Bound::Unbounded))
}

#[derive(Clone, Debug)]
enum Step {
    Insert(u16, u32),
    Remove(u16),
    Get(u16),
    /// Removes a run of keys, so that whole subtrees are merged away.
    RemoveRun(u16, u16),
}

fn step(keys: u16) -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..keys, any::<u32>()).prop_map(|(key, value)| Step::Insert(key, value)),
        3 => (0..keys).prop_map(Step::Remove),
        1 => (0..keys).prop_map(Step::Get),
        1 => (0..keys, 0..keys / 4).prop_map(|(from, count)| Step::RemoveRun(from, count)),
    ]
}

/// What a system stores that counts a key's versions.
fn next(held: Option<&Versioned>) -> Versioned {
    let version = held.map_or(Version(1), |held| held.version.next());
    Versioned { value: "next".into(), version }
}

fn run(order: usize, steps: Vec<Step>) {
    let mut tree = BPlusTree::new(order);
    let mut model = BTreeMap::new();
    for step in steps {
        match step {
            Step::Insert(key, value) => {
                assert_eq!(tree.insert(key, value), model.insert(key, value));
            }
            Step::Remove(key) => assert_eq!(tree.remove(&key), model.remove(&key)),
            Step::Get(key) => assert_eq!(tree.get(&key), model.get(&key)),
            Step::RemoveRun(from, count) => {
                for key in from..from + count {
                    assert_eq!(tree.remove(&key), model.remove(&key));
                    depth(&tree);
                }
            }
        }
        depth(&tree);
        assert_eq!(tree.len(), model.len());
        assert_eq!(tree.is_empty(), model.is_empty());
        assert!(tree.iter().eq(model.iter()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn it_is_the_standard_map_at_small_orders(
        order in 3..8usize,
        steps in prop::collection::vec(step(200), 1..300),
    ) {
        run(order, steps);
    }

    #[test]
    fn as_a_store_it_is_the_memory_store(
        steps in prop::collection::vec((0..600u16, any::<bool>()), 1..1500),
    ) {
        let (mut tree, mut memory) = (BPlusStore::default(), MemoryStore::default());
        for (i, (key, is_put)) in steps.into_iter().enumerate() {
            let key = Key::from(format!("key{key}"));
            let version = Version(i as u64);
            if is_put {
                let entry = Versioned { value: format!("{i}").into(), version };
                let changes = [
                    (tree.put(key.clone(), entry.clone()), memory.put(key.clone(), entry)),
                    (tree.update(key.clone(), next), memory.update(key, next)),
                ];
                for (of_tree, of_memory) in changes {
                    prop_assert_eq!(of_tree, of_memory);
                }
            } else {
                prop_assert_eq!(tree.get(&key), memory.get(&key));
                prop_assert_eq!(tree.remove(&key, version), memory.remove(&key, version));
            }
        }
        depth(&tree.tree);
        prop_assert_eq!(tree.entries(), memory.entries());
        prop_assert_eq!(tree.keys(), memory.keys());
    }
}

#[test]
fn it_grows_and_shrinks_by_levels() {
    for order in [3, 4, 5, ORDER] {
        let mut tree = BPlusTree::new(order);
        let count = order * order * 4;
        for key in 0..count {
            tree.insert(key, key);
        }
        assert!(depth(&tree) >= 3, "order {order}");
        // Every other key first, so that leaves thin out evenly; then from the end.
        for key in (0..count).step_by(2).chain((0..count).rev()) {
            tree.remove(&key);
            if order < ORDER || key % 97 == 0 {
                depth(&tree);
            }
        }
        assert_eq!((depth(&tree), tree.len()), (1, 0), "order {order}");
    }
}

#[test]
fn a_leaf_of_order_128_splits_at_its_128th_entry() {
    let mut tree = BPlusTree::new(ORDER);
    for key in 0..127 {
        tree.insert(key, ());
    }
    assert_eq!(depth(&tree), 1);
    tree.insert(127, ());
    assert_eq!(depth(&tree), 2);
    // Either half may lose nothing: 64 entries are the least.
    assert!(matches!(&tree.root, Node::Inner { children, .. } if children[0].size() == 64));
    tree.remove(&127);
    assert_eq!(depth(&tree), 1);
}

#[test]
#[should_panic(expected = "order of at least 3")]
fn an_order_below_3_is_refused() {
    let _ = BPlusTree::<u8, u8>::new(2);
}
