//! The causal order of calls, and what of it each call can know.

use super::{
    graph::Graph,
    groups::Groups,
    index::{INITIAL, Index, Told},
    lanes::Lanes,
};

/// Clocks of more entries than this are not made.
const MOST_ENTRIES: usize = 64_000_000;

/// In place of a line: the call stands in none.
pub(super) const NOBODY: u32 = u32::MAX;

/// Which write each observation saw, where that is known or assumed.
pub(super) type Sources = [Option<u32>];

/// Why there is no causal order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// These calls each depend on the one before, and the first on the last.
    Circle(Vec<u32>),
    /// It would take too much room.
    TooLarge,
}

/// The causal past of each call: what its session was answered before, what those calls
/// and the call itself saw, and so on. Nothing follows a call of unknown outcome except
/// through those who saw what it wrote.
pub(super) struct Past {
    /// By call, the line of writes in which it stands; a session's certain writes are one
    /// line, and each other write that somebody saw is a line of its own.
    line: Vec<u32>,
    /// By call, its place in its line, from 1.
    place: Vec<u32>,
    lines: usize,
    /// By call and line, how many writes of the line are in its past or are itself.
    clocks: Vec<u32>,
    /// By key and line, the writes.
    writes: Lanes,
    /// By key, the writes of all lines, in order of invocation.
    in_turn: Groups,
    /// By call, the last write, in order of invocation, that is in its past or is itself.
    newest: Vec<u32>,
    /// Whether no write has one in its past that was asked for later.
    in_order: bool,
    /// By session, the line of its certain writes.
    of_session: Vec<u32>,
}

/// Which of several sources to assume where an observation has several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Choice {
    /// The one that teaches the least: one that is known already, or the oldest.
    Least,
    /// The newest.
    Newest,
}

impl Past {
    pub(super) fn new(index: &Index<'_>, sources: &Sources) -> Result<Self, Trouble> {
        Self::with(index, sources, &[])
    }

    /// The past where each of these effects follows its cause, too.
    pub(super) fn with(
        index: &Index<'_>,
        sources: &Sources,
        more: &[(u32, u32)],
    ) -> Result<Self, Trouble> {
        let mut past = Self::lines(index, sources.iter().flatten().copied());
        past.fill(index, &mut sources.to_vec(), more, None)?;
        Ok(past)
    }

    /// A source for each observation that has some, the given ones included. Where none of
    /// several fits what is chosen so far, none is chosen.
    pub(super) fn choose(
        index: &Index<'_>,
        sources: &Sources,
        choice: Choice,
    ) -> Result<Vec<Option<u32>>, Trouble> {
        let open = index.seen.iter().zip(sources).filter(|(_, source)| source.is_none());
        let told_exactly = open.filter(|(seen, _)| matches!(seen.told, Told::Is(_)));
        let possible = told_exactly.flat_map(|(seen, _)| index.sources(seen));
        let mut past = Self::lines(index, sources.iter().flatten().copied().chain(possible));
        let mut sources = sources.to_vec();
        past.fill(index, &mut sources, &[], Some(choice))?;
        Ok(sources)
    }

    fn lines(index: &Index<'_>, seen: impl Iterator<Item = u32>) -> Self {
        let count = index.all.calls.len();
        let mut is_seen = vec![false; count];
        for source in seen.filter(|source| *source != INITIAL) {
            is_seen[source as usize] = true;
        }
        let Lines { line, place, lines, of_session } = Lines::draw(index, &is_seen);
        let is_lined = |write: &u32| line[*write as usize] != NOBODY;
        let lined = (0u32..).zip(&index.writes).flat_map(|(key, writes)| {
            writes.iter().copied().filter(is_lined).map(move |write| (key, write))
        });
        Self {
            writes: Lanes::new(index, &line),
            in_turn: Groups::new(index.keys.len(), lined),
            line,
            place,
            lines,
            clocks: Vec::new(),
            newest: vec![0; count],
            in_order: true,
            of_session,
        }
    }

    fn fill(
        &mut self,
        index: &Index<'_>,
        sources: &mut [Option<u32>],
        more: &[(u32, u32)],
        choice: Option<Choice>,
    ) -> Result<(), Trouble> {
        let count = index.all.calls.len();
        let edges: Vec<_> = causes(index, sources).chain(more.iter().copied()).collect();
        let graph = Graph::new(count, &edges);
        let order = graph.order(|call| begun(index, call)).map_err(Trouble::Circle)?;
        if count.saturating_mul(self.lines) > MOST_ENTRIES {
            return Err(Trouble::TooLarge);
        }
        self.clocks = vec![0; count * self.lines];
        let mut is_known = vec![false; count];
        for call in order {
            for cause in graph.causes(call) {
                self.join(call, *cause);
            }
            self.enter(call);
            self.newest[call as usize] = self.newest_write(call, graph.causes(call));
            if let Some(choice) = choice {
                for number in index.seen_at(call) {
                    if sources[number].is_none() {
                        sources[number] = self.pick(index, number, choice, &is_known);
                        let chosen = sources[number].filter(|source| *source != INITIAL);
                        if let Some(source) = chosen {
                            self.join(call, source);
                            self.newest[call as usize] = self.newest_write(call, &[call, source]);
                        }
                    }
                }
            }
            is_known[call as usize] = true;
        }
        Ok(())
    }

    /// A source for an observation that has several.
    fn pick(
        &self,
        index: &Index<'_>,
        number: usize,
        choice: Choice,
        is_known: &[bool],
    ) -> Option<u32> {
        let seen = &index.seen[number];
        let may = |source: &u32| {
            (*source == INITIAL
                || is_known[*source as usize] && self.line[*source as usize] != NOBODY)
                && self.overwritten(seen.call, seen.key, *source).is_none()
        };
        match choice {
            Choice::Newest => index.sources(seen).rev().find(may),
            Choice::Least => {
                let known = |source: &u32| self.holds(seen.call, *source) && may(source);
                index.sources(seen).rev().find(known).or_else(|| index.sources(seen).find(may))
            }
        }
    }

    /// Whether a write is in the past of another call.
    pub(super) fn holds(&self, call: u32, write: u32) -> bool {
        if write == INITIAL {
            return call != INITIAL;
        }
        if call == INITIAL || self.line[write as usize] == NOBODY || call == write {
            return false;
        }
        self.known(call, self.line[write as usize]) >= self.place[write as usize]
    }

    /// The latest writes to a key in the past of a call, one of each line.
    pub(super) fn latest(&self, call: u32, key: u32) -> impl Iterator<Item = u32> {
        self.writes.of(key).filter_map(move |(line, writes)| {
            let known = self.known(call, line);
            let end = writes.partition_point(|write| self.place[*write as usize] <= known);
            end.checked_sub(1).map(|last| writes[last])
        })
    }

    /// The first writes to a key that have another in their past, one of each line.
    pub(super) fn first_after(&self, write: u32, key: u32) -> impl Iterator<Item = u32> {
        self.writes.of(key).filter_map(move |(_, writes)| {
            let start = writes.partition_point(|later| !self.holds(*later, write));
            writes.get(start).copied()
        })
    }

    /// Whether a call of this session, or a later one of it, is known to be in the past of
    /// a write, by the writes that its session made from then on.
    pub(super) fn is_before(&self, session: u32, call: u32, write: u32) -> bool {
        let line = self.of_session[session as usize];
        if write == INITIAL || line == NOBODY {
            return false;
        }
        let known = self.clocks[write as usize * self.lines + line as usize];
        // The clock of a call of the session counts the writes before it, and itself.
        let own = self.clocks[call as usize * self.lines + line as usize];
        let is_of_line = self.line[call as usize] == line;
        if is_of_line { call != write && known >= own } else { known > own }
    }

    /// A write to the key, in the past of the call, that has the source in its own past: whoever
    /// knows it must not see the source any more.
    pub(super) fn overwritten(&self, call: u32, key: u32, source: u32) -> Option<u32> {
        if self.is_newest(call, key, source) {
            return None;
        }
        self.latest(call, key).find(|newer| self.holds(*newer, source))
    }

    /// Whether it is plain that no write overwrites the source before the call: most reads see
    /// the newest write or one that few follow, and these are fewer than there are lines.
    fn is_newest(&self, call: u32, key: u32, source: u32) -> bool {
        if !self.in_order {
            return false;
        }
        let writes = self.in_turn.of(key);
        let start = match source {
            INITIAL => 0,
            source => writes.partition_point(|write| *write <= source),
        };
        let known = writes[start..].partition_point(|write| *write <= self.newest[call as usize]);
        let later = &writes[start..start + known];
        later.len() < self.lines
            && !later.iter().any(|newer| self.holds(call, *newer) && self.holds(*newer, source))
    }

    /// The last write, by invocation, that is in the past of a call with these causes, or is itself.
    fn newest_write(&mut self, call: u32, causes: &[u32]) -> u32 {
        let past = causes.iter().map(|cause| self.newest[*cause as usize]).max().unwrap_or(0);
        if self.line[call as usize] == NOBODY {
            return past;
        }
        self.in_order &= past <= call;
        past.max(call)
    }

    /// How many writes of a line are in the past of a call, without itself.
    fn known(&self, call: u32, line: u32) -> u32 {
        let known = self.clocks[call as usize * self.lines + line as usize];
        if self.line[call as usize] == line { known - 1 } else { known }
    }

    /// The last certain write of a session to a key among the calls before one.
    pub(super) fn last_of(&self, session: u32, key: u32, before: u32) -> Option<u32> {
        let line = self.of_session[session as usize];
        let writes = self.writes.in_line(key, line)?;
        let end = writes.partition_point(|write| *write < before);
        end.checked_sub(1).map(|last| writes[last])
    }

    /// Counts a write as known to itself.
    fn enter(&mut self, call: u32) {
        if self.line[call as usize] != NOBODY {
            let at = call as usize * self.lines + self.line[call as usize] as usize;
            self.clocks[at] = self.place[call as usize];
        }
    }

    fn join(&mut self, call: u32, cause: u32) {
        let (to, from) = (call as usize * self.lines, cause as usize * self.lines);
        for line in 0..self.lines {
            self.clocks[to + line] = self.clocks[to + line].max(self.clocks[from + line]);
        }
    }
}

/// Which call stands in which line, and where.
struct Lines {
    line: Vec<u32>,
    place: Vec<u32>,
    lines: usize,
    of_session: Vec<u32>,
}

impl Lines {
    fn draw(index: &Index<'_>, is_seen: &[bool]) -> Self {
        let mut drawn = Self {
            line: vec![NOBODY; is_seen.len()],
            place: vec![0; is_seen.len()],
            lines: 0,
            of_session: vec![NOBODY; index.sessions],
        };
        let mut written = vec![0; index.sessions];
        for (call, is_seen) in is_seen.iter().enumerate() {
            if !index.call(call as u32).action.is_write() {
                continue;
            }
            if index.is_certain(call as u32) {
                let session = index.session[call] as usize;
                if drawn.of_session[session] == NOBODY {
                    drawn.of_session[session] = drawn.new_line();
                }
                written[session] += 1;
                (drawn.line[call], drawn.place[call]) =
                    (drawn.of_session[session], written[session]);
            } else if *is_seen {
                (drawn.line[call], drawn.place[call]) = (drawn.new_line(), 1);
            }
        }
        drawn
    }

    fn new_line(&mut self) -> u32 {
        self.lines += 1;
        self.lines as u32 - 1
    }
}

/// Each call with the calls that it follows directly: effect, cause.
pub(super) fn causes<'i>(
    index: &'i Index<'_>,
    sources: &'i Sources,
) -> impl Iterator<Item = (u32, u32)> + 'i {
    let before = index.before.iter().enumerate();
    let before = before.filter_map(|(call, before)| before.map(|before| (call as u32, before)));
    let sources = index.seen.iter().zip(sources).filter_map(|(seen, source)| {
        source.filter(|source| *source != INITIAL).map(|source| (seen.call, source))
    });
    before.chain(sources)
}

/// When a call may first have had its say: a read when it was answered, since it may have
/// seen whatever was written by then, and a write when it was asked for.
fn begun(index: &Index<'_>, call: u32) -> u64 {
    let call = index.call(call);
    if call.action.is_write() { call.invoked } else { call.returned.unwrap_or(u64::MAX) }
}
