//! A node of the B+ tree and the subtree below it.

use super::keys::{Keys, Prefixed};

/// A leaf with entries, or an inner node with subtrees.
#[derive(Clone, Debug)]
pub(super) enum Node<K, V> {
    /// Keys in order, and the value of each.
    Leaf {
        /// The keys.
        keys: Keys<K>,
        /// Their values, in the same order.
        values: Vec<V>,
    },
    /// One more child than separators: child i holds the keys below separator i
    /// and not below separator i - 1.
    Inner {
        /// The bounds between children.
        separators: Keys<K>,
        /// The subtrees.
        children: Vec<Node<K, V>>,
    },
}

/// The right half of a node that overflowed, and the least key that belongs there.
pub(super) struct Split<K, V> {
    pub(super) separator: K,
    pub(super) right: Node<K, V>,
}

impl<K: Prefixed + Clone, V> Node<K, V> {
    /// A leaf without entries.
    pub(super) fn empty() -> Self {
        Self::Leaf { keys: Keys::new(), values: Vec::new() }
    }

    /// An inner node with two children.
    pub(super) fn of_two(left: Self, separator: K, right: Self) -> Self {
        let mut separators = Keys::new();
        separators.push(separator);
        Self::Inner { separators, children: vec![left, right] }
    }

    pub(super) fn get(&self, key: &K) -> Option<&V> {
        let mut node = self;
        loop {
            match node {
                Self::Leaf { keys, values } => {
                    return keys.search(key).ok().map(|i| &values[i]);
                }
                Self::Inner { separators, children } => node = &children[child_of(separators, key)],
            }
        }
    }

    /// Stores below what `value` makes of what is there; returns what it replaced, and the
    /// right half if the node overflowed.
    pub(super) fn update(
        &mut self,
        key: K,
        value: impl FnOnce(Option<&V>) -> V,
        order: usize,
    ) -> (Option<V>, Option<Split<K, V>>) {
        match self {
            Self::Leaf { keys, values } => match keys.search(&key) {
                Ok(i) => {
                    let value = value(Some(&values[i]));
                    return (Some(std::mem::replace(&mut values[i], value)), None);
                }
                Err(i) => {
                    keys.insert(i, key);
                    values.insert(i, value(None));
                }
            },
            Self::Inner { separators, children } => {
                let i = child_of(separators, &key);
                let (replaced, split) = children[i].update(key, value, order);
                let Some(Split { separator, right }) = split else {
                    return (replaced, None);
                };
                separators.insert(i, separator);
                children.insert(i + 1, right);
            }
        }
        (None, self.split_if_too_big(order))
    }

    fn split_if_too_big(&mut self, order: usize) -> Option<Split<K, V>> {
        if self.size() <= self.most(order) {
            return None;
        }
        let middle = self.size() / 2;
        match self {
            Self::Leaf { keys, values } => {
                let right =
                    Self::Leaf { keys: keys.split_off(middle), values: values.split_off(middle) };
                let separator = right.least_key().clone();
                Some(Split { separator, right })
            }
            Self::Inner { separators, children } => {
                let right = Self::Inner {
                    separators: separators.split_off(middle),
                    children: children.split_off(middle),
                };
                let separator = separators.pop().expect("the left half keeps a child");
                Some(Split { separator, right })
            }
        }
    }

    /// Removes a key below; the node itself may end up too small.
    pub(super) fn remove(&mut self, key: &K, order: usize) -> Option<V> {
        match self {
            Self::Leaf { keys, values } => {
                let i = keys.search(key).ok()?;
                keys.remove(i);
                Some(values.remove(i))
            }
            Self::Inner { separators, children } => {
                let i = child_of(separators, key);
                let removed = children[i].remove(key, order);
                if children[i].size() < children[i].least(order) {
                    refill(separators, children, i, order);
                }
                removed
            }
        }
    }

    /// Puts the only child of an inner node in its place, as may happen to the root.
    pub(super) fn drop_lonely_level(&mut self) {
        if let Self::Inner { children, .. } = self
            && children.len() == 1
            && let Some(child) = children.pop()
        {
            *self = child;
        }
    }

    /// The keys and values of every leaf below, from left to right.
    pub(super) fn leaves(&self) -> Leaves<'_, K, V> {
        Leaves { path: vec![std::slice::from_ref(self).iter()] }
    }

    /// How much is in the node: entries of a leaf, children of an inner node.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Leaf { keys, .. } => keys.len(),
            Self::Inner { children, .. } => children.len(),
        }
    }

    /// The most that may be in such a node.
    pub(super) fn most(&self, order: usize) -> usize {
        match self {
            Self::Leaf { .. } => order - 1,
            Self::Inner { .. } => order,
        }
    }

    /// The least that must be in such a node, unless it is the root.
    pub(super) fn least(&self, order: usize) -> usize {
        self.most(order).div_ceil(2)
    }

    fn least_key(&self) -> &K {
        match self {
            Self::Leaf { keys, .. } => &keys.as_slice()[0],
            Self::Inner { children, .. } => children[0].least_key(),
        }
    }
}

/// Which child holds a key.
fn child_of<K: Prefixed>(separators: &Keys<K>, key: &K) -> usize {
    match separators.search(key) {
        Ok(i) => i + 1,
        Err(i) => i,
    }
}

/// Brings child `i`, which is one short, up to size again.
fn refill<K: Prefixed + Clone, V>(
    separators: &mut Keys<K>,
    children: &mut Vec<Node<K, V>>,
    i: usize,
    order: usize,
) {
    let least = children[i].least(order);
    if i > 0 && children[i - 1].size() > least {
        let (left, right) = pair(children, i - 1);
        borrow_from_left(left, (separators, i - 1), right);
    } else if i + 1 < children.len() && children[i + 1].size() > least {
        let (left, right) = pair(children, i);
        borrow_from_right(left, (separators, i), right);
    } else {
        let left = i.saturating_sub(1);
        let right = children.remove(left + 1);
        let separator = separators.remove(left);
        merge(&mut children[left], separator, right);
    }
}

/// A child and its right neighbour.
fn pair<K, V>(children: &mut [Node<K, V>], i: usize) -> (&mut Node<K, V>, &mut Node<K, V>) {
    let (left, right) = children.split_at_mut(i + 1);
    (&mut left[i], &mut right[0])
}

const SAME_DEPTH: &str = "neighbours are of equal depth, and the lender has something to spare";

/// Between the two stands the separator at a place.
fn borrow_from_left<K: Prefixed + Clone, V>(
    left: &mut Node<K, V>,
    (between, place): (&mut Keys<K>, usize),
    right: &mut Node<K, V>,
) {
    match (left, right) {
        (Node::Leaf { keys, values }, Node::Leaf { keys: right_keys, values: right_values }) => {
            right_keys.insert(0, keys.pop().expect(SAME_DEPTH));
            right_values.insert(0, values.pop().expect(SAME_DEPTH));
            between.replace(place, right_keys.as_slice()[0].clone());
        }
        (
            Node::Inner { separators, children },
            Node::Inner { separators: right_separators, children: right_children },
        ) => {
            let up = separators.pop().expect(SAME_DEPTH);
            right_separators.insert(0, between.replace(place, up));
            right_children.insert(0, children.pop().expect(SAME_DEPTH));
        }
        _ => unreachable!("{SAME_DEPTH}"),
    }
}

/// Between the two stands the separator at a place.
fn borrow_from_right<K: Prefixed + Clone, V>(
    left: &mut Node<K, V>,
    (between, place): (&mut Keys<K>, usize),
    right: &mut Node<K, V>,
) {
    match (left, right) {
        (Node::Leaf { keys, values }, Node::Leaf { keys: right_keys, values: right_values }) => {
            keys.push(right_keys.remove(0));
            values.push(right_values.remove(0));
            between.replace(place, right_keys.as_slice()[0].clone());
        }
        (
            Node::Inner { separators, children },
            Node::Inner { separators: right_separators, children: right_children },
        ) => {
            let up = right_separators.remove(0);
            separators.push(between.replace(place, up));
            children.push(right_children.remove(0));
        }
        _ => unreachable!("{SAME_DEPTH}"),
    }
}

/// Appends the right neighbour to a node; `separator` stood between them.
fn merge<K: Prefixed, V>(left: &mut Node<K, V>, separator: K, right: Node<K, V>) {
    match (left, right) {
        (Node::Leaf { keys, values }, Node::Leaf { keys: right_keys, values: right_values }) => {
            keys.append(right_keys);
            values.extend(right_values);
        }
        (
            Node::Inner { separators, children },
            Node::Inner { separators: right_separators, children: right_children },
        ) => {
            separators.push(separator);
            separators.append(right_separators);
            children.extend(right_children);
        }
        _ => unreachable!("{SAME_DEPTH}"),
    }
}

/// Walks the leaves from left to right.
pub(super) struct Leaves<'a, K, V> {
    /// The nodes still to be visited on each level, the lowest last.
    path: Vec<std::slice::Iter<'a, Node<K, V>>>,
}

impl<'a, K: Prefixed, V> Iterator for Leaves<'a, K, V> {
    type Item = (&'a [K], &'a [V]);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.path.last_mut()?.next() {
                None => {
                    self.path.pop();
                }
                Some(Node::Leaf { keys, values }) => return Some((keys.as_slice(), values)),
                Some(Node::Inner { children, .. }) => self.path.push(children.iter()),
            }
        }
    }
}
