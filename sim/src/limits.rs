//! How much one run may take, and what is told of one that takes more.

use judge::text::number;
use node::Time;
use std::{
    fmt,
    panic::resume_unwind,
    sync::{PoisonError, RwLock},
    time::Duration,
};

/// How much one run may take. A run that takes more is given up, with
/// [`Error::OverLimit`](crate::Error::OverLimit).
///
/// ```
/// use node::systems::raft::Raft;
/// use sim::{Error, Limits, Simulation};
///
/// let few = Limits { events: 100, ..Limits::default() };
/// let run = Simulation::<Raft>::of(3).with(|it| it.phases.run *= 60).limits(few).run();
/// let Err(Error::OverLimit { over, .. }) = run else { panic!("elections alone take more") };
/// assert_eq!(over.events, 100);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many events. The same run comes to the same event everywhere.
    pub events: u64,
    /// How many bytes of what it keeps: history, trace, faults, what is pending and what nodes applied,
    /// by an estimate that is the same everywhere.
    pub memory: u64,
    /// How long in real time, if anything: a run that is given up for this on one machine may
    /// come to its end on another.
    pub time: Option<Duration>,
}

/// So many events a run may take if nobody says otherwise: a minute or less of a processor.
const EVENTS: u64 = 50_000_000;
/// So many bytes a run may keep if nobody says otherwise.
const MEMORY: u64 = 1 << 30;

/// The limits of runs that have none of their own.
static IN_FORCE: RwLock<Limits> =
    RwLock::new(Limits { events: EVENTS, memory: MEMORY, time: None });

impl Default for Limits {
    /// 50 million events and a gibibyte, however long it takes.
    fn default() -> Self {
        Self { events: EVENTS, memory: MEMORY, time: None }
    }
}

impl Limits {
    /// The limits of runs that have none of their own.
    pub fn in_force() -> Self {
        *IN_FORCE.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on these are the limits of all runs that have none of their own.
    pub fn set_in_force(self) {
        *IN_FORCE.write().unwrap_or_else(PoisonError::into_inner) = self;
    }
}

/// What a run took too much of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// More than so many events.
    Events(u64),
    /// More than so many bytes.
    Memory(u64),
    /// Longer than this, of real time.
    Time(Duration),
}

/// A kind of event, of those that are counted to say what a run was busy with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EventKind {
    /// A message between nodes arrives.
    Messages,
    /// A request or an answer of a client arrives.
    Requests,
    /// A timer of a node runs out.
    Timers,
    /// A node has done a piece of work.
    Work,
    /// A disk has done something.
    Disks,
    /// A client begins, tries again or waits no longer.
    Clients,
    /// Something about health checks of the load balancer.
    HealthChecks,
    /// A step, a fault or its end.
    Steps,
}

impl EventKind {
    pub(crate) const ALL: [Self; 8] = [
        Self::Messages,
        Self::Requests,
        Self::Timers,
        Self::Work,
        Self::Disks,
        Self::Clients,
        Self::HealthChecks,
        Self::Steps,
    ];

    /// What stands in a message, in the plural.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Messages => "messages between nodes",
            Self::Requests => "requests and answers",
            Self::Timers => "timers of nodes",
            Self::Work => "pieces of work of nodes",
            Self::Disks => "events of disks",
            Self::Clients => "events of clients",
            Self::HealthChecks => "health checks",
            Self::Steps => "steps and faults",
        }
    }
}

/// How a run took more than it may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OverLimit {
    /// What it took too much of.
    pub limit: Limit,
    /// How many events it had taken.
    pub events: u64,
    /// What most of those were, most first.
    pub kinds: Vec<(EventKind, u64)>,
    /// What it kept most of by then and how many bytes of it, most first.
    pub kept: Vec<(&'static str, u64)>,
    /// The moment of the run to which it had come.
    pub at: Time,
}

impl OverLimit {
    /// Ends the run: what is under way is given up, back to where the run was begun.
    pub(crate) fn raise(self) -> ! {
        // No panic hook hears of it, since nothing is broken.
        resume_unwind(Box::new(self))
    }

    /// The kind of which there were most events.
    pub fn most(&self) -> Option<EventKind> {
        self.kinds.iter().map(|(kind, _)| *kind).find(|kind| *kind != EventKind::Work)
    }
}

impl fmt::Display for OverLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { limit, events, kinds, kept, at } = self;
        match limit {
            Limit::Events(most) => write!(f, "more than {} events", number(*most))?,
            Limit::Memory(most) => {
                write!(f, "more than {} of memory, by what it keeps", Bytes(*most))?;
            }
            Limit::Time(most) => write!(f, "more than {most:?} of real time")?,
        }
        if *events == 0 {
            write!(f, ", before it began")?;
        } else {
            write!(f, ", and had come to {at} of simulated time")?;
        }
        if matches!(limit, Limit::Memory(_)) && !kept.is_empty() {
            let kept = kept.iter().map(|(what, bytes)| format!("{} of {what}", Bytes(*bytes)));
            write!(f, ": {}", kept.collect::<Vec<_>>().join(", "))?;
        }
        if *events > 0 {
            let kinds =
                kinds.iter().map(|(kind, count)| format!("{} {}", number(*count), kind.name()));
            write!(f, "; its events were {}", kinds.collect::<Vec<_>>().join(", "))?;
        }
        Ok(())
    }
}

/// A number of bytes, in a unit that suits it.
struct Bytes(u64);

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = [(30, "GiB"), (20, "MiB"), (10, "KiB")];
        match units.into_iter().find(|(shift, _)| self.0 >> shift > 0) {
            Some((shift, unit)) => {
                let tenths = (u128::from(self.0) * 10) >> shift;
                match tenths % 10 {
                    0 => write!(f, "{} {unit}", tenths / 10),
                    rest => write!(f, "{}.{rest} {unit}", tenths / 10),
                }
            }
            None => write!(f, "{} bytes", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_have_a_unit_that_suits_them() {
        let told = |bytes| Bytes(bytes).to_string();
        assert_eq!(told(1 << 30), "1 GiB");
        assert_eq!(told(3 << 29), "1.5 GiB");
        assert_eq!(told(1000), "1000 bytes");
        assert_eq!(told(u64::MAX), "17179869183.9 GiB");
    }
}
