//! How many cases there are, and what must be true of all of them together.

use proptest::{
    strategy::Strategy,
    test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner},
};
use std::{
    cell::Cell,
    env,
    fmt::Debug,
    time::{Duration, Instant},
};

/// What came of a case that did no harm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Came {
    /// It was read, and what it asks for was had.
    Accepted,
    /// It was refused.
    Refused,
}

/// A test of one kind of input.
pub(crate) struct Rounds {
    /// What is put in.
    pub(crate) of: &'static str,
    /// How many cases there are where nobody asks for more.
    pub(crate) cases: u32,
    /// How long a case may take.
    pub(crate) longest: Duration,
}

/// So much memory the process may take at most.
const MOST_MEMORY_KIB: u64 = 3 << 20;

impl Rounds {
    /// Has the cases, and asserts that a tenth at least was accepted, and a tenth refused.
    pub(crate) fn go<S: Strategy>(
        &self,
        inputs: &S,
        had: impl Fn(&S::Value) -> Result<Came, TestCaseError>,
    ) where
        S::Value: Debug,
    {
        let (accepted, refused) = (Cell::new(0_u32), Cell::new(0_u32));
        let seconds = env::var("SEEDBED_FUZZ_SECONDS").ok().map(|text| text.parse().unwrap());
        let first = env::var("SEEDBED_FUZZ_SEED").map_or(0, |text| text.parse().unwrap());
        let begun = now();
        for round in first.. {
            let config = Config {
                cases: self.cases,
                failure_persistence: None,
                // A case that fails by its time takes long each time.
                max_shrink_time: 60_000,
                ..Config::default()
            };
            let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed(round));
            let ran = TestRunner::new_with_rng(config, rng).run(inputs, |input| {
                let since = now();
                let came = had(&input)?;
                if since.elapsed() > self.longest {
                    let took = since.elapsed();
                    return Err(TestCaseError::fail(format!("it took {took:?}")));
                }
                let count = if came == Came::Accepted { &accepted } else { &refused };
                count.set(count.get() + 1);
                Ok(())
            });
            if let Err(error) = ran {
                panic!("{} of round {round} (SEEDBED_FUZZ_SEED={round}): {error}", self.of);
            }
            let goes_on = seconds.is_some_and(|most| begun.elapsed() < Duration::from_secs(most));
            if !goes_on {
                break;
            }
        }
        let (accepted, refused) = (accepted.get(), refused.get());
        let all = accepted + refused;
        eprintln!("{}: {accepted} accepted, {refused} refused", self.of);
        assert!(accepted * 10 >= all, "{}: only {accepted} of {all} were accepted", self.of);
        assert!(refused * 10 >= all, "{}: only {refused} of {all} were refused", self.of);
        let most = most_memory_kib();
        assert!(most <= MOST_MEMORY_KIB, "the process took {most} KiB");
    }
}

/// Fails the case unless this is so.
pub(crate) fn check(is_so: bool, otherwise: impl FnOnce() -> String) -> Result<(), TestCaseError> {
    if is_so { Ok(()) } else { Err(TestCaseError::fail(otherwise())) }
}

fn now() -> Instant {
    #[expect(clippy::disallowed_methods, reason = "how long a case takes is real time")]
    Instant::now()
}

fn seed(round: u64) -> [u8; 32] {
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&round.to_le_bytes());
    seed
}

/// The most memory that this process has taken so far; nothing where that cannot be seen.
fn most_memory_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

#[test]
fn a_generator_that_makes_one_kind_alone_is_noticed() {
    let rounds = Rounds { of: "numbers", cases: 50, longest: Duration::from_secs(60) };
    let all =
        |came: Came| std::panic::catch_unwind(|| rounds.go(&(0..9_u8), |_| Ok(came))).is_err();
    assert!(all(Came::Accepted) && all(Came::Refused));
    let broken = std::panic::catch_unwind(|| {
        rounds.go(&(0..9_u8), |input| {
            check(*input != 7, || "seven".to_owned())?;
            Ok(if *input < 5 { Came::Accepted } else { Came::Refused })
        });
    });
    assert!(broken.is_err());
    rounds.go(&(0..9_u8), |it| Ok(if *it < 5 { Came::Accepted } else { Came::Refused }));
}
