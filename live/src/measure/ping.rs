//! Pings over the connections that clients use.

use crate::{client::Connection, load::LoadError, now};
use node::{HealthCheckId, NodeId};
use std::{net::SocketAddr, time::Duration};
use tokio::{
    runtime::Builder,
    time::{sleep, timeout},
};

/// So long a ping may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long each of some pings took, a health check and its answer: one after the other, to each node in
/// turn, with `pause` between two.
///
/// # Errors
///
/// [`LoadError`], if a node cannot be reached or says nothing.
pub fn pings(
    system: &str,
    nodes: &[SocketAddr],
    count: usize,
    pause: Duration,
) -> Result<Vec<Duration>, LoadError> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut lines = Vec::new();
        for (index, &address) in nodes.iter().enumerate() {
            let opened = Connection::open(address, system, NodeId::from_index(index), None).await;
            let cannot = |why: String| LoadError::Connect { client: 1, why };
            lines.push(opened.map_err(|why| cannot(why.to_string()))?);
        }
        let mut took = Vec::with_capacity(count);
        for (number, line) in (0..count).zip(lines.iter().cycle()) {
            let check = HealthCheckId(number as u64);
            let asked = now::instant();
            match timeout(PATIENCE, line.check_health(check)).await {
                Ok(Ok(())) => took.push(now::instant().saturating_duration_since(asked)),
                _ => return Err(LoadError::Silent("a ping is not answered".to_owned())),
            }
            if !pause.is_zero() {
                sleep(pause).await;
            }
        }
        Ok(took)
    })
}
