//! A network that waits to be told: what leaves arrives only if the plan says so.

use judge::record::Endpoint;
use node::Time;

/// Which messages are held: those that leave from a moment on and are not [pinned](scenarios::Pins). They
/// never arrive, and what the settings lose and double of them is not asked.
///
/// What happens before a message would have been handled is the same whether it is held or not, so that a
/// run in which everything is held shows what there is to choose from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hold {
    /// What left before goes on as drawn.
    pub from: Time,
    /// Whether requests and answers of clients are held too, and not only what nodes send each other. Health
    /// checks never are.
    pub clients: bool,
}

impl Hold {
    pub(crate) fn holds(self, now: u64, from: Endpoint, to: Endpoint) -> bool {
        let is_meant = match (from, to) {
            (Endpoint::Node(_), Endpoint::Node(_)) => true,
            (Endpoint::Balancer, _) | (_, Endpoint::Balancer) => false,
            _ => self.clients,
        };
        is_meant && now >= self.from.as_nanos()
    }
}
