//! How systems are run that go by their names.

use super::{ByName, Unjudged};
use crate::{Error, Run};
use node::{
    Node,
    systems::{self, RegisterError, Visitor},
};
use std::{
    collections::BTreeMap,
    sync::{PoisonError, RwLock},
};

/// What runs a system, whatever its type.
#[derive(Clone, Copy)]
pub(super) struct Runner {
    pub(super) run: fn(ByName) -> Result<Run, Error>,
    pub(super) run_unassessed: fn(ByName) -> Result<Run, Error>,
    pub(super) run_unjudged: fn(ByName) -> Result<Unjudged, Error>,
}

/// What runs the systems that were registered.
static REGISTERED: RwLock<BTreeMap<&str, Runner>> = RwLock::new(BTreeMap::new());

impl Runner {
    fn of<N: Node>() -> Self {
        Self {
            run: |by_name| by_name.simulation::<N>().run(),
            run_unassessed: |by_name| by_name.simulation::<N>().run_unassessed(),
            run_unjudged: |by_name| by_name.simulation::<N>().run_unjudged(),
        }
    }

    /// What runs the system of this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        struct OfName;
        impl Visitor for OfName {
            type Output = Runner;
            fn visit<N: Node>(self) -> Runner {
                Runner::of::<N>()
            }
        }
        systems::visit(name, OfName).or_else(|| {
            REGISTERED.read().unwrap_or_else(PoisonError::into_inner).get(name).copied()
        })
    }
}

/// Adds a system to [those that there are](systems::register), and lets [`run`](crate::run()) have runs of
/// it by its name.
///
/// # Errors
///
/// As [`systems::register`].
pub fn register<N: Node>() -> Result<(), RegisterError> {
    systems::register::<N>()?;
    let mut registered = REGISTERED.write().unwrap_or_else(PoisonError::into_inner);
    registered.insert(N::INFO.name, Runner::of::<N>());
    Ok(())
}
