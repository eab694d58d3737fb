//! Who is there, as far as one node has heard, and the ring that follows from it.

use super::{ShardedGroups, wire::Announce};
use crate::{
    Context, Dropped, Fact, Key, NodeId, Time,
    ring::{GroupId, Ring},
};
use rand::Rng;
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

/// One node's view of the cluster. It always knows itself.
#[derive(Debug)]
pub(super) struct Membership {
    own_id: String,
    /// By what the members call themselves.
    members: BTreeMap<String, Member>,
    /// The groups that the members belong to.
    groups: BTreeSet<GroupId>,
    ring: Ring,
}

#[derive(Clone, Copy, Debug)]
struct Member {
    address: NodeId,
    group: GroupId,
    is_leader: bool,
    last_heard: Time,
}

impl Membership {
    /// The view of a node that has heard of nobody yet.
    pub(super) fn new(own: &Announce, ctx: &mut Context<'_, ShardedGroups>) -> Self {
        ctx.announce(Fact::RingOf { group: own.group });
        let mut membership = Self {
            own_id: own.id.clone(),
            members: BTreeMap::new(),
            groups: BTreeSet::from([own.group]),
            ring: Ring::new([own.group]),
        };
        membership.hear(own.clone(), ctx);
        membership
    }

    /// Takes note of an announcement.
    pub(super) fn hear(&mut self, announce: Announce, ctx: &mut Context<'_, ShardedGroups>) {
        let member = Member {
            address: announce.address,
            group: announce.group,
            is_leader: announce.is_leader,
            last_heard: ctx.now(),
        };
        let before = self.members.insert(announce.id, member);
        if before.is_none_or(|before| before.group != member.group) {
            self.remake_ring(ctx);
        }
    }

    /// Drops the members that were silent for longer than `timeout`.
    pub(super) fn sweep(&mut self, timeout: Duration, ctx: &mut Context<'_, ShardedGroups>) {
        let now = ctx.now();
        let before = self.members.len();
        let own_id = &self.own_id;
        self.members.retain(|id, member| id == own_id || now.since(member.last_heard) <= timeout);
        let dropped = before - self.members.len();
        if dropped > 0 {
            ctx.announce(Fact::Dropped { what: Dropped::SilentMembers, count: dropped as u64 });
            self.remake_ring(ctx);
        }
    }

    fn remake_ring(&mut self, ctx: &mut Context<'_, ShardedGroups>) {
        let groups: BTreeSet<_> = self.members.values().map(|member| member.group).collect();
        for &group in groups.difference(&self.groups) {
            ctx.announce(Fact::GroupJoins { group });
        }
        for &group in self.groups.difference(&groups) {
            ctx.announce(Fact::GroupLeaves { group });
        }
        if groups != self.groups {
            self.ring = Ring::new(groups.iter().copied());
            self.groups = groups;
        }
    }

    /// The group that owns a key.
    pub(super) fn owner(&self, key: &Key) -> GroupId {
        self.ring.owner(key).expect("a node's own group is always on its ring")
    }

    /// The groups on the ring, in order.
    pub(super) fn groups(&self) -> Vec<GroupId> {
        self.groups.iter().copied().collect()
    }

    /// A leader of a group, drawn if several claim to lead.
    pub(super) fn leader(
        &self,
        group: GroupId,
        ctx: &mut Context<'_, ShardedGroups>,
    ) -> Option<NodeId> {
        self.draw(ctx, |member| member.group == group && member.is_leader)
    }

    /// A member of a group, drawn.
    pub(super) fn member(
        &self,
        group: GroupId,
        ctx: &mut Context<'_, ShardedGroups>,
    ) -> Option<NodeId> {
        self.draw(ctx, |member| member.group == group)
    }

    fn draw(
        &self,
        ctx: &mut Context<'_, ShardedGroups>,
        wanted: impl Fn(&Member) -> bool,
    ) -> Option<NodeId> {
        let found: Vec<_> = self.members.values().filter(|m| wanted(m)).collect();
        match found[..] {
            [] => None,
            [only] => Some(only.address),
            _ => {
                let count =
                    u32::try_from(found.len()).expect("a cluster has fewer than 2^32 nodes");
                Some(found[ctx.rng().gen_range(0..count) as usize].address)
            }
        }
    }

    /// Where a leader's writes go: once for each entry that follows it in its group.
    pub(super) fn followers(&self, group: GroupId) -> impl Iterator<Item = NodeId> + '_ {
        self.members
            .values()
            .filter(move |member| member.group == group && !member.is_leader)
            .map(|member| member.address)
    }

    /// How many entries the view has, its own among them.
    pub(super) fn len(&self) -> usize {
        self.members.len()
    }
}
