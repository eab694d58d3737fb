//! Which writes may have left a state, by the time at which they were made.

use super::index::{Index, NO_STATE, Observation, Told};

/// The writes that may leave each state, asked by time.
pub(super) struct Ages<'i, 'a> {
    index: &'i Index<'a>,
    /// Those that were asked for, side by side.
    writes: Vec<Write>,
    /// By the number of a state, where its writes are, once somebody asks.
    of_state: Vec<Option<(u32, u32)>>,
    /// By key: those that leave anything at all.
    of_presence: Vec<Option<(u32, u32)>>,
}

/// A write among others that leave the same.
#[derive(Clone, Copy, Debug)]
pub(super) struct Write {
    /// Which call.
    pub(super) call: u32,
    pub(super) invoked: u64,
    /// The latest completion among it and those invoked before it.
    pub(super) completed: u64,
}

/// When a write had taken effect at the latest; one of unknown outcome never must have.
pub(super) fn completed(index: &Index<'_>, write: u32) -> u64 {
    index.call(write).returned.filter(|_| index.is_certain(write)).unwrap_or(u64::MAX)
}

impl<'i, 'a> Ages<'i, 'a> {
    pub(super) fn new(index: &'i Index<'a>) -> Self {
        let of_state = vec![None; index.states()];
        let of_presence = vec![None; index.keys.len()];
        Self { index, writes: Vec::new(), of_state, of_presence }
    }

    /// The writes that may have left what was seen: those invoked by the time at which it was
    /// told, but for those that its session asked for with it or later. `None`: what was told is
    /// too little to say.
    pub(super) fn sources(&mut self, seen: &Observation<'a>) -> Option<Sources<'_>> {
        let index = self.index;
        let place = match seen.told {
            Told::Is(_) => &mut self.of_state[seen.state as usize],
            Told::Present => &mut self.of_presence[seen.key as usize],
            Told::Not(_) => return None,
        };
        let (start, end) = *place.get_or_insert_with(|| {
            let start = self.writes.len() as u32;
            if seen.state != NO_STATE {
                self.writes.extend(in_time(index, index.writers_of(seen.state).iter().copied()));
            } else {
                let fits = |write: &u32| index.left_by(*write).is_some_and(|it| seen.told.fits(it));
                let writes = index.writes[seen.key as usize].iter().copied();
                self.writes.extend(in_time(index, writes.filter(fits)));
            }
            (start, self.writes.len() as u32)
        });
        let writes = &self.writes[start as usize..end as usize];
        let (earlier, others) =
            writes.split_at(writes.partition_point(|write| write.call < seen.call));
        let by = index.call(seen.call).returned.unwrap_or(u64::MAX);
        let session = index.session[seen.call as usize];
        let during = others.iter().take_while(|write| write.invoked <= by);
        let during = during.filter(|write| index.session[write.call as usize] != session);
        let during =
            during.map(|write| Write { completed: completed(index, write.call), ..*write });
        Some(Sources { earlier, during: during.collect() })
    }
}

/// The writes that may have left what was seen.
pub(super) struct Sources<'w> {
    /// Those before it.
    earlier: &'w [Write],
    /// Those asked for while it was open; here each knows its own completion alone.
    during: Vec<Write>,
}

impl Sources<'_> {
    /// When the last of them was over, and which it is, or one before which it was.
    pub(super) fn latest(&self) -> Option<Write> {
        let all = self.earlier.last().into_iter().chain(&self.during);
        all.copied().max_by_key(|write| write.completed)
    }

    /// When the first was invoked of those that were not over before a moment.
    pub(super) fn first_open_at(&self, moment: u64) -> Option<u64> {
        let place = self.earlier.partition_point(|write| write.completed < moment);
        let earlier = self.earlier.get(place);
        let during = || self.during.iter().find(|write| write.completed >= moment);
        earlier.or_else(during).map(|write| write.invoked)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.earlier.is_empty() && self.during.is_empty()
    }
}

fn in_time(index: &Index<'_>, writes: impl Iterator<Item = u32>) -> impl Iterator<Item = Write> {
    let mut latest = 0;
    writes.map(move |call| {
        latest = latest.max(completed(index, call));
        Write { call, invoked: index.call(call).invoked, completed: latest }
    })
}

/// Certain writes of one key, asked for the one that was over first of those that began
/// after a moment.
pub(super) struct Replacements {
    /// When each was invoked, and the call that was over first of it and those after it.
    from: Vec<(u64, u64, u32)>,
}

impl Replacements {
    /// Of these writes, in order of invocation.
    pub(super) fn new(index: &Index<'_>, writes: impl DoubleEndedIterator<Item = u32>) -> Self {
        let mut first: Option<(u64, u32)> = None;
        let mut from: Vec<_> = writes
            .rev()
            .map(|call| {
                let this = (completed(index, call), call);
                let (over, by) = first.map_or(this, |first| first.min(this));
                first = Some((over, by));
                (index.call(call).invoked, over, by)
            })
            .collect();
        from.reverse();
        Self { from }
    }

    /// The one that was over first of those invoked after all that was completed by `after`
    /// (`None`: of all), if it was over before `before`.
    pub(super) fn between(&self, after: Option<u64>, before: u64) -> Option<u32> {
        let start =
            after.map_or(0, |after| self.from.partition_point(|(invoked, _, _)| *invoked <= after));
        let (_, over, call) = self.from.get(start)?;
        (*over < before).then_some(*call)
    }
}
