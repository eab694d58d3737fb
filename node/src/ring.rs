//! The consistent-hash ring that deals keys to groups of nodes.

use crate::Key;
use sha2::{Digest, Sha256};

/// How many places each group has on the ring.
pub const VIRTUAL_NODES: u32 = 150;

/// Names a group of nodes.
pub type GroupId = u32;

/// A ring of groups: each key belongs to the group at or after its position.
///
/// Positions are the first four bytes, big-endian, of a SHA-256: for a group's
/// places that of group and replica index, each as 32 bits big-endian; for a key
/// that of its bytes. When a group joins, keys move to it and nowhere else; when
/// it leaves, its keys move and no others (Karger et al., *Consistent Hashing and
/// Random Trees*, 1997; the numbers are those of the sharded groups).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ring {
    /// Places in order; of places that coincide the lowest group comes first, and owns.
    places: Vec<(u32, GroupId)>,
}

impl Ring {
    /// The ring of these groups; naming one twice changes nothing.
    pub fn new(groups: impl IntoIterator<Item = GroupId>) -> Self {
        let mut places: Vec<_> = groups
            .into_iter()
            .flat_map(|group| (0..VIRTUAL_NODES).map(move |i| (place(group, i), group)))
            .collect();
        places.sort_unstable();
        places.dedup();
        Self { places }
    }

    /// The group that a key belongs to; `None` if the ring has no group.
    pub fn owner(&self, key: &Key) -> Option<GroupId> {
        let position = position(key);
        let next = self.places.partition_point(|&(place, _)| place < position);
        let (_, group) = self.places.get(next).or(self.places.first())?;
        Some(*group)
    }
}

/// The position of a key.
pub fn position(key: &Key) -> u32 {
    first_four_bytes(Sha256::digest(key.as_str()).as_slice())
}

/// The position of a group's place; `replica` counts from 0 to below [`VIRTUAL_NODES`].
pub fn place(group: GroupId, replica: u32) -> u32 {
    let mut hasher = Sha256::new();
    hasher.update(group.to_be_bytes());
    hasher.update(replica.to_be_bytes());
    first_four_bytes(hasher.finalize().as_slice())
}

fn first_four_bytes(hash: &[u8]) -> u32 {
    let four = hash.first_chunk().expect("a SHA-256 has 32 bytes");
    u32::from_be_bytes(*four)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_given_vectors() {
        assert_eq!(place(0, 0), 0xaf55_70f5);
        assert_eq!(place(1, 0), 0xcbbc_4875);
        assert_eq!(position(&"user1".into()), 0x0a04_1b94);
        let (two, three) = (Ring::new([0, 1]), Ring::new([0, 1, 2]));
        let moves = |key: &str| (two.owner(&key.into()), three.owner(&key.into()));
        assert_eq!(moves("test"), (Some(1), Some(2)));
        assert_eq!(moves("user2"), (Some(0), Some(0)));
    }

    #[test]
    fn an_empty_ring_owns_nothing_and_a_single_group_everything() {
        assert_eq!(Ring::new([]).owner(&"a".into()), None);
        assert_eq!(Ring::new([7]).owner(&"a".into()), Some(7));
    }

    #[test]
    fn a_key_at_a_place_belongs_there_and_one_past_the_last_wraps() {
        let key = Key::from("user1");
        let at = position(&key);
        let ring = |places: &[(u32, GroupId)]| Ring { places: places.to_vec() };
        assert_eq!(ring(&[(at - 1, 0), (at, 1), (at + 1, 2)]).owner(&key), Some(1));
        assert_eq!(ring(&[(at - 2, 5), (at - 1, 6)]).owner(&key), Some(5));
        assert_eq!(ring(&[(at, 3), (at, 4)]).owner(&key), Some(3));
    }

    #[test]
    fn groups_own_about_equal_shares() {
        let ring = Ring::new(0..4);
        let mut shares = [0; 4];
        for i in 0..10_000 {
            let owner = ring.owner(&Key::from(format!("key{i}"))).unwrap();
            shares[owner as usize] += 1;
        }
        assert!(shares.iter().all(|share| (2000..3000).contains(share)), "{shares:?}");
    }

    proptest! {
        #[test]
        fn the_owner_is_found_as_by_looking_at_every_place(
            groups: BTreeSet<u8>,
            key in ".{0,20}",
        ) {
            let groups: Vec<_> = groups.into_iter().map(GroupId::from).take(8).collect();
            let key = Key::from(key);
            let start = position(&key);
            let nearest = groups
                .iter()
                .flat_map(|&group| (0..VIRTUAL_NODES).map(move |i| (place(group, i), group)))
                .min_by_key(|&(place, group)| (place.wrapping_sub(start), group));
            prop_assert_eq!(Ring::new(groups).owner(&key), nearest.map(|(_, group)| group));
        }

        #[test]
        fn a_group_that_joins_takes_keys_and_moves_no_other(
            groups in prop::collection::btree_set(0..40u32, 0..6),
            joining in 0..40u32,
            keys in prop::collection::vec("[a-z0-9]{1,12}", 1..60),
        ) {
            prop_assume!(!groups.contains(&joining));
            let before = Ring::new(groups.iter().copied());
            let after = Ring::new(groups.iter().copied().chain([joining]));
            for key in keys {
                let key = Key::from(key);
                let (old, new) = (before.owner(&key), after.owner(&key));
                prop_assert!(new == old || new == Some(joining), "{key}: {old:?} to {new:?}");
            }
        }
    }
}
