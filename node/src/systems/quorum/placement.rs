//! Which nodes keep a key, and how many of them must answer.

use crate::{Key, NodeId, systems::Settings};

/// How many replicas there are of a key, and how many of them an operation needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sizes {
    /// N: replicas of a key.
    pub(super) replicas: usize,
    /// R: answers that a read needs.
    pub(super) read: usize,
    /// W: acknowledgments that a write needs.
    pub(super) write: usize,
}

impl Sizes {
    /// Reads `n`, `r` and `w`; 0 stands for all nodes and for a majority of the replicas.
    ///
    /// # Errors
    ///
    /// A sentence that names the size that is larger than what it is taken from.
    pub(super) fn new(nodes: usize, settings: &Settings<'_>) -> Result<Self, String> {
        let size = |name: &str, default: usize| match settings.count(name) {
            0 => default,
            given => usize::try_from(given).unwrap_or(usize::MAX),
        };
        let replicas = size("n", nodes);
        let majority = replicas / 2 + 1;
        let (read, write) = (size("r", majority), size("w", majority));
        if replicas > nodes {
            return Err(format!("`n` is {replicas}; there are only {nodes} nodes to keep a key"));
        }
        for (name, size) in [("r", read), ("w", write)] {
            if size > replicas {
                return Err(format!(
                    "`{name}` is {size}; a key has only {replicas} replicas to answer"
                ));
            }
        }
        Ok(Self { replicas, read, write })
    }
}

/// The nodes that keep a key, in the order of preference: as many as there are
/// replicas, from the one that the key's hash points at onwards.
pub(super) fn replicas_of(key: &Key, members: &[NodeId], replicas: usize) -> Vec<NodeId> {
    let nodes = members.len() as u64;
    let first = usize::try_from(hash(key) % nodes).expect("an index into the members");
    let turned = members.iter().cycle().skip(first);
    turned.take(replicas).copied().collect()
}

/// 64-bit FNV-1a of the key's bytes: the same on every platform and in every version.
fn hash(key: &Key) -> u64 {
    key.as_str().bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Node, Setting, systems::quorum::Quorum};

    fn sizes(nodes: usize, settings: &[(&str, u64)]) -> Result<(usize, usize, usize), String> {
        let pairs = settings.iter();
        let given = pairs.map(|&(name, count)| (name.to_owned(), Setting::Count(count))).collect();
        let sizes = Sizes::new(nodes, &Settings::new(&Quorum::INFO, &given))?;
        Ok((sizes.replicas, sizes.read, sizes.write))
    }

    #[test]
    fn majorities_of_all_nodes_unless_said_otherwise() {
        assert_eq!(sizes(1, &[]), Ok((1, 1, 1)));
        assert_eq!(sizes(4, &[]), Ok((4, 3, 3)));
        assert_eq!(sizes(5, &[("n", 3)]), Ok((3, 2, 2)));
        assert_eq!(sizes(5, &[("r", 1), ("w", 5)]), Ok((5, 1, 5)));
    }

    #[test]
    fn a_size_larger_than_what_it_is_taken_from_is_refused() {
        let refused = |settings| sizes(3, settings).unwrap_err();
        assert!(refused(&[("n", 4)]).starts_with("`n` is 4"));
        assert!(refused(&[("n", 2), ("r", 3)]).starts_with("`r` is 3"));
        assert!(refused(&[("w", u64::MAX)]).starts_with("`w` is "));
    }

    #[test]
    fn fnv_gives_its_published_values() {
        assert_eq!(hash(&"".into()), 0xcbf2_9ce4_8422_2325);
        assert_eq!(hash(&"a".into()), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(hash(&"foobar".into()), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn every_key_has_its_replicas_and_every_node_its_share() {
        let members: Vec<_> = (0..5).map(NodeId::from_index).collect();
        let mut firsts = [0; 5];
        for number in 0..1000 {
            let replicas = replicas_of(&format!("key{number}").into(), &members, 3);
            firsts[replicas[0].index()] += 1;
            let mut distinct = replicas.clone();
            distinct.sort();
            distinct.dedup();
            assert_eq!(distinct.len(), 3, "{replicas:?}");
        }
        assert!(firsts.iter().all(|&share| (150..250).contains(&share)), "{firsts:?}");
    }
}
