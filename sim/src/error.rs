//! What can keep a run from being had.

use crate::{Outage, OverLimit};

/// Why there is no run. A violated property is not among the reasons: it is a verdict.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The registry has no such system.
    #[error("there is no system `{0}`")]
    UnknownSystem(String),
    /// The system cannot carry the scenario out.
    #[error("`{system}` cannot carry out the scenario `{scenario}`: {why}")]
    CannotCarryOut {
        /// The scenario.
        scenario: String,
        /// The system that was asked for.
        system: String,
        /// What keeps it from that, a clause each.
        why: String,
    },
    /// The body of a test panicked: an assertion of its own failed, most of the time.
    #[error(
        "the body of the test panicked beside {system} in `{scenario}` with seed {seed}: {message}"
    )]
    BodyPanicked {
        /// The scenario.
        scenario: String,
        /// The system.
        system: String,
        /// The seed that reproduces it.
        seed: u64,
        /// What the panic said.
        message: String,
    },
    /// A node or the simulator broke an invariant.
    #[error("{system} panicked in `{scenario}` with seed {seed}: {message}")]
    Panicked {
        /// The scenario.
        scenario: String,
        /// The system.
        system: String,
        /// The seed that reproduces it.
        seed: u64,
        /// What the panic said.
        message: String,
    },
    /// The run took more than its [limits](crate::Limits) let it. That is nobody's fault but the
    /// scenario's, or that of the limit.
    #[error("the run of `{scenario}` on `{system}` with seed {seed} took {over}")]
    OverLimit {
        /// The scenario.
        scenario: String,
        /// The system.
        system: String,
        /// The seed.
        seed: u64,
        /// What it took too much of, and what it was busy with.
        over: Box<OverLimit>,
    },
    /// A node that lives outside of the simulator came to an end by itself.
    #[error("in `{scenario}`, {node} of {system} came to an end that nothing asked for: {why}", node = outage.node, why = outage.why)]
    Outage {
        /// The scenario.
        scenario: String,
        /// The system.
        system: String,
        /// Which node, and what it said.
        outage: Outage,
    },
    /// The gear needs madsim, and this build has none.
    #[error(
        "Gear::Sleep needs madsim, which this build is without: put `[build] rustflags = [\"--cfg\", \
         \"madsim\"]` into the .cargo/config.toml of the workspace that is built (an exported RUSTFLAGS \
         hides that), or use Gear::Plain"
    )]
    NeedsMadsim,
    /// The operating system would not start a thread.
    #[error("could not start a thread for the run: {0}")]
    Thread(#[from] std::io::Error),
}
