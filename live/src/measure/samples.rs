//! Samples of how long things took.

use super::Lengths;
use std::{collections::BTreeMap, fmt::Write};

/// What is timed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// A request of a client, from its turn until all that it caused has left.
    Request,
    /// A message of another node, in the same way.
    Message,
    /// A timer, in the same way.
    Timer,
    /// A sync that has reached the platter, in the same way.
    Sync,
    /// A health check, in the same way.
    HealthCheck,
    /// From the moment at which something lay in the inbox of an idle node until the node had it.
    WakeUp,
    /// A sync, from the asking until it lay in the inbox that it has reached the platter.
    Fsync,
    /// How long the processor was at work for the whole process, in all; one sample a process.
    Processor,
}

impl What {
    /// All that is timed.
    pub const ALL: [Self; 8] = [
        Self::Request,
        Self::Message,
        Self::Timer,
        Self::Sync,
        Self::HealthCheck,
        Self::WakeUp,
        Self::Fsync,
        Self::Processor,
    ];

    /// What the thread of a node does, event by event.
    pub const EVENTS: [Self; 5] =
        [Self::Request, Self::Message, Self::Timer, Self::Sync, Self::HealthCheck];

    /// Its name in a file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Message => "message",
            Self::Timer => "timer",
            Self::Sync => "sync",
            Self::HealthCheck => "health-check",
            Self::WakeUp => "wake-up",
            Self::Fsync => "fsync",
            Self::Processor => "processor",
        }
    }
}

/// How often what took how long.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Samples(BTreeMap<What, Lengths>);

/// A text that holds no samples: the number of its first line that is none, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {0} is no sample: it must be what was timed, nanoseconds and a count")]
pub struct NoSamples(pub usize);

impl Samples {
    /// Adds samples of one length.
    pub fn add(&mut self, what: What, nanos: u64, count: u64) {
        self.0.entry(what).or_default().add(nanos, count);
    }

    /// Adds the samples of another process.
    pub fn join(&mut self, other: &Self) {
        for (&what, of) in &other.0 {
            of.iter().for_each(|(nanos, count)| self.add(what, nanos, count));
        }
    }

    /// How long one thing took.
    pub fn of(&self, what: What) -> &Lengths {
        static NONE: Lengths = Lengths::new();
        self.0.get(&what).unwrap_or(&NONE)
    }

    /// The samples as lines of what was timed, nanoseconds and a count.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for (what, of) in &self.0 {
            for (nanos, count) in of.iter() {
                writeln!(text, "{},{nanos},{count}", what.name()).expect("a text takes everything");
            }
        }
        text
    }

    /// Reads what [`Samples::to_text`] wrote.
    ///
    /// # Errors
    ///
    /// [`NoSamples`].
    pub fn parse(text: &str) -> Result<Self, NoSamples> {
        let mut samples = Self::default();
        for (number, line) in text.lines().enumerate() {
            let mut parts = line.split(',');
            let what =
                parts.next().and_then(|name| What::ALL.into_iter().find(|it| it.name() == name));
            let numbers =
                (parts.next().map(str::parse), parts.next().map(str::parse), parts.next());
            let (Some(what), (Some(Ok(nanos)), Some(Ok(count)), None)) = (what, numbers) else {
                return Err(NoSamples(number + 1));
            };
            samples.add(what, nanos, count);
        }
        Ok(samples)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn some() -> Samples {
        let mut samples = Samples::default();
        (1..=100).for_each(|nanos| samples.add(What::Request, nanos, 1));
        samples.add(What::Fsync, 7, 3);
        samples
    }

    #[test]
    fn what_is_written_is_read_back() {
        let samples = some();
        assert_eq!(Samples::parse(&samples.to_text()), Ok(samples));
        for (wrong, line) in [
            ("request,1,1\nnothing,1,1", 2),
            ("request,x,1", 1),
            ("request,1", 1),
            ("request,1,1,1", 1),
        ] {
            assert_eq!(Samples::parse(wrong), Err(NoSamples(line)), "{wrong}");
        }
    }

    #[test]
    fn samples_of_several_processes_are_joined() {
        let mut samples = some();
        samples.join(&Samples::parse("request,1000,100").unwrap());
        assert_eq!(samples.of(What::Request).count(), 200);
        assert_eq!(samples.of(What::Fsync).total(), Duration::from_nanos(21));
        assert_eq!(samples.of(What::Timer), &Lengths::new());
    }
}
