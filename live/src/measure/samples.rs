//! Samples of how long things took.

use std::{collections::BTreeMap, fmt::Write, time::Duration};

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

/// How often which time was measured, in nanoseconds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Samples(BTreeMap<What, BTreeMap<u64, u64>>);

/// A text that holds no samples: the number of its first line that is none, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {0} is no sample: it must be what was timed, nanoseconds and a count")]
pub struct NoSamples(pub usize);

impl Samples {
    /// Adds samples of one length.
    pub fn add(&mut self, what: What, nanos: u64, count: u64) {
        *self.0.entry(what).or_default().entry(nanos).or_default() += count;
    }

    /// Adds the samples of another process.
    pub fn join(&mut self, other: &Self) {
        for (&what, of) in &other.0 {
            of.iter().for_each(|(&nanos, &count)| self.add(what, nanos, count));
        }
    }

    /// The samples of one thing, how often each length was measured.
    pub fn of(&self, what: What) -> impl Iterator<Item = (u64, u64)> + '_ {
        self.0.get(&what).into_iter().flatten().map(|(&nanos, &count)| (nanos, count))
    }

    /// How many samples there are of one thing.
    pub fn count(&self, what: What) -> u64 {
        self.of(what).map(|(_, count)| count).sum()
    }

    /// How long all samples of one thing took together.
    pub fn total(&self, what: What) -> Duration {
        let nanos = |(nanos, count): (u64, u64)| nanos.saturating_mul(count);
        Duration::from_nanos(self.of(what).map(nanos).fold(0, u64::saturating_add))
    }

    /// The least length that this share of samples, 0 to 1, did not exceed; `None` without samples.
    pub fn quantile(&self, what: What, share: f64) -> Option<Duration> {
        let count = self.count(what);
        let rank = ((count as f64 * share).ceil() as u64).clamp(1, count.max(1));
        let mut seen = 0;
        let mut reached = self.of(what).skip_while(|(_, count)| {
            seen += count;
            seen < rank
        });
        reached.next().map(|(nanos, _)| Duration::from_nanos(nanos))
    }

    /// The samples as lines of what was timed, nanoseconds and a count.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for (what, of) in &self.0 {
            for (nanos, count) in of {
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
    fn quantiles_are_those_of_all_samples() {
        let mut samples = some();
        let at = |samples: &Samples, share| samples.quantile(What::Request, share);
        let nanos = |nanos| Some(Duration::from_nanos(nanos));
        assert_eq!(at(&samples, 0.5), nanos(50));
        assert_eq!((at(&samples, 0.0), at(&samples, 1.0)), (nanos(1), nanos(100)));
        samples.join(&Samples::parse("request,1000,100").unwrap());
        assert_eq!(at(&samples, 0.51), nanos(1000));
        assert_eq!(samples.count(What::Request), 200);
        assert_eq!(samples.total(What::Fsync), Duration::from_nanos(21));
        assert_eq!(samples.quantile(What::Timer, 0.5), None);
    }
}
