//! A build without madsim refuses what needs it.

use super::{assess::Of, setup::Setup};
use crate::{Cluster, Error, Run, world::Remains};
use std::future::Future;

impl Setup {
    pub(super) fn run_by_madsim<R>(self, _end: fn(Of, Remains) -> R) -> Result<R, Error> {
        Err(Error::NeedsMadsim)
    }

    pub(super) fn run_with_by_madsim<T, F, B>(self, _body: F) -> Result<(Run, T), Error>
    where
        F: FnOnce(Cluster) -> B,
        B: Future<Output = T>,
    {
        Err(Error::NeedsMadsim)
    }
}
