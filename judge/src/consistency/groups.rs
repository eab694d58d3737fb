//! Numbers in groups, side by side in one list.

/// Which numbers belong to which group.
pub(super) struct Groups {
    /// Where each group starts among the members; one more entry ends the last.
    starts: Vec<u32>,
    members: Vec<u32>,
}

impl Groups {
    /// Of pairs of a group and a member; within a group members keep the order of the pairs.
    pub(super) fn new(groups: usize, pairs: impl Iterator<Item = (u32, u32)> + Clone) -> Self {
        let mut starts = vec![0u32; groups + 1];
        for (group, _) in pairs.clone() {
            starts[group as usize + 1] += 1;
        }
        for group in 0..groups {
            starts[group + 1] += starts[group];
        }
        let mut next = starts.clone();
        let mut members = vec![0; starts[groups] as usize];
        for (group, member) in pairs {
            let place = &mut next[group as usize];
            members[*place as usize] = member;
            *place += 1;
        }
        Self { starts, members }
    }

    /// How many groups there are.
    pub(super) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// The members of a group.
    pub(super) fn of(&self, group: u32) -> &[u32] {
        let (start, end) = (self.starts[group as usize], self.starts[group as usize + 1]);
        &self.members[start as usize..end as usize]
    }
}
