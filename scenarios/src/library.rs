//! The scenarios that are embedded in the binary.

use crate::{NotFound, Scenario, suggest};

/// A scenario of the library, as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Embedded {
    /// Its name, which is also the name of its file without `.toml`.
    pub name: &'static str,
    /// The file.
    pub text: &'static str,
}

macro_rules! embed {
    ($($name:literal),* $(,)?) => {
        /// Every scenario of the library, in the order in which lists show them.
        const LIBRARY: &[Embedded] = &[$(Embedded {
            name: $name,
            text: include_str!(concat!("../library/", $name, ".toml")),
        }),*];
    };
}

embed![
    "ghost-data",
    "healthy",
    "slow-follower",
    "paused-follower",
    "partitioned-follower",
    "leader-crash",
    "amnesia",
    "flaky-network",
    "split-brain",
    "hung-leader",
    "writes-at-a-follower",
];

/// Every scenario of the library, in the order in which lists show them.
pub fn library() -> impl Iterator<Item = &'static Embedded> {
    LIBRARY.iter()
}

/// The scenario of the library with this name.
///
/// # Errors
///
/// Fails if there is none, with the nearest name that exists.
pub fn find(name: &str) -> Result<Scenario, NotFound> {
    match LIBRARY.iter().find(|embedded| embedded.name == name) {
        Some(embedded) => Ok(embedded.scenario()),
        None => {
            let names: Vec<_> = LIBRARY.iter().map(|embedded| embedded.name).collect();
            Err(NotFound { name: name.to_owned(), nearest: suggest::nearest(name, &names) })
        }
    }
}

impl Embedded {
    /// The validated scenario.
    pub fn scenario(&self) -> Scenario {
        let file_name = format!("{}.toml", self.name);
        Scenario::parse(&file_name, self.text, node::systems::ALL)
            .expect("a test reads every scenario of the library")
    }
}
