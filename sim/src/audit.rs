//! The search for a leak: do two runs of one scenario and seed differ, and where first?

use crate::{Detail, Error, Gear};
use judge::record::{Digest, Trace, TraceEvent};
use scenarios::Scenario;
use std::{fmt, sync::Arc};

/// Where two runs that should be one run part.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The digest of the one.
    pub one: Digest,
    /// The digest of the other.
    pub other: Digest,
    /// The first event in which their traces differ, if they do when had again.
    pub event: Option<DifferingEvent>,
}

/// The first event in which two traces differ.
#[derive(Clone, Debug, PartialEq)]
pub struct DifferingEvent {
    /// Its position.
    pub position: usize,
    /// What the one trace has there; `None`: it is over.
    pub one: Option<String>,
    /// What the other has.
    pub other: Option<String>,
}

impl DifferingEvent {
    /// The first difference of two sequences of events, as text.
    pub fn find<T: fmt::Display>(
        one: impl IntoIterator<Item = T>,
        other: impl IntoIterator<Item = T>,
    ) -> Option<Self> {
        let (mut one, mut other) = (one.into_iter(), other.into_iter());
        for position in 0.. {
            let texts = (one.next(), other.next());
            let (one, other) = (texts.0.map(|e| e.to_string()), texts.1.map(|e| e.to_string()));
            if one != other {
                return Some(Self { position, one, other });
            }
            if one.is_none() {
                break;
            }
        }
        None
    }
}

impl fmt::Display for DifferingEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |event: &Option<String>| event.clone().unwrap_or("(the run is over)".to_owned());
        write!(
            f,
            "event {}: {} | {}",
            self.position,
            text(&self.one).trim(),
            text(&self.other).trim()
        )
    }
}

/// Every gear but the first that this build has, one of them with a trace: that costs most.
const OTHERS: &[(Gear, Detail)] = if cfg!(madsim) {
    &[(Gear::Sleep, Detail::Full), (Gear::Plain, Detail::Verdicts)]
} else {
    &[(Gear::Plain, Detail::Full)]
};

/// Has a run several times: on as many threads, in every gear that the build has, without and with
/// detail.
///
/// # Errors
///
/// What [`crate::run()`] gives.
pub fn audit(
    scenario: impl Into<Arc<Scenario>>,
    system: &str,
    seed: u64,
) -> Result<Result<Digest, Difference>, Error> {
    let scenario = scenario.into();
    let digest = |detail, gear| {
        let unjudged = crate::run_unjudged(scenario.clone(), system, seed, detail, gear);
        unjudged.map(|it| it.digest)
    };
    let one = digest(Detail::Digest, Gear::Advance)?;
    for (gear, detail) in OTHERS {
        let other = digest(*detail, *gear)?;
        if one != other {
            let other = crate::run(scenario.clone(), system, seed, Detail::Full, *gear)?;
            let again = crate::run(scenario.clone(), system, seed, Detail::Full, Gear::Advance)?;
            let event = DifferingEvent::find(events(&again.trace), events(&other.trace));
            return Ok(Err(Difference { one, other: other.digest, event }));
        }
    }
    Ok(Ok(one))
}

fn events(trace: &Option<Trace>) -> impl Iterator<Item = &TraceEvent> {
    trace.iter().flat_map(|trace| &trace.events)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_difference_is_found_at_its_place() {
        assert_eq!(DifferingEvent::find(["a", "b"], ["a", "b"]), None);
        let found = DifferingEvent::find(["a", "b", "c"], ["a", "x", "c"]).unwrap();
        assert_eq!((found.position, found.to_string().as_str()), (1, "event 1: b | x"));
        let shorter = DifferingEvent::find(["a"], ["a", "b"]).unwrap();
        assert_eq!(shorter.to_string(), "event 1: (the run is over) | b");
    }
}
