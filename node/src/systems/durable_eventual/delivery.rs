//! Writes on their way to peers: attempts, timeouts, pauses.

use super::{
    DurableEventual,
    message::{DeliveryId, Message, Timer},
    record::{Record, Stamp},
};
use crate::{Config, Context, Key, Node, NodeId, Note, Origin, TimerId, Value, systems::Settings};
use std::{collections::BTreeMap, time::Duration};

/// Every write that some peer has not acknowledged.
#[derive(Debug)]
pub(super) struct Deliveries {
    attempts: u64,
    timeout: Duration,
    backoff: Duration,
    under_way: BTreeMap<DeliveryId, Delivery>,
}

#[derive(Debug)]
struct Delivery {
    value: Option<Value>,
    origin: Origin,
    /// Attempts made so far.
    attempts: u64,
    /// The deadline of the attempt under way; `None` during a pause.
    deadline: Option<TimerId>,
}

impl Deliveries {
    pub(super) fn new(config: &Config) -> Self {
        Self {
            attempts: Settings::new(&DurableEventual::INFO, &config.settings).count("attempts"),
            timeout: Settings::new(&DurableEventual::INFO, &config.settings).duration("timeout"),
            backoff: Settings::new(&DurableEventual::INFO, &config.settings).duration("backoff"),
            under_way: BTreeMap::new(),
        }
    }

    /// Starts to tell every peer of a write, all at once.
    pub(super) fn send_to_all(
        &mut self,
        key: &Key,
        record: &Record,
        ctx: &mut Context<'_, DurableEventual>,
    ) {
        for peer in ctx.config().peers() {
            let id = DeliveryId { peer, key: key.clone(), stamp: record.stamp };
            let delivery = Delivery {
                value: record.value.clone(),
                origin: record.origin,
                attempts: 0,
                deadline: None,
            };
            self.under_way.insert(id.clone(), delivery);
            self.attempt(id, ctx);
        }
    }

    fn attempt(&mut self, id: DeliveryId, ctx: &mut Context<'_, DurableEventual>) {
        let Some(delivery) = self.under_way.get_mut(&id) else {
            return;
        };
        let origin = delivery.origin;
        let record = Record { stamp: id.stamp, value: delivery.value.clone(), origin };
        let key = id.key.clone();
        ctx.serve([origin]);
        if delivery.attempts > 0 {
            let attempt = u32::try_from(delivery.attempts + 1).unwrap_or(u32::MAX);
            let (to, version) = (id.peer, id.stamp.version);
            ctx.note(|| Note::Retries { to, key: key.clone(), version, attempt });
        }
        ctx.send(id.peer, Message::Replicate { key, record });
        delivery.attempts += 1;
        delivery.deadline = Some(ctx.set_timer(self.timeout, Timer::Deadline(id)));
    }

    /// A peer has a write on its disk. Between attempts nobody listens.
    pub(super) fn on_applied(
        &mut self,
        peer: NodeId,
        key: Key,
        stamp: Stamp,
        ctx: &mut Context<'_, DurableEventual>,
    ) {
        let id = DeliveryId { peer, key, stamp };
        let deadline = self.under_way.get(&id).and_then(|under_way| under_way.deadline);
        if let Some(timer) = deadline {
            ctx.cancel_timer(timer);
            self.under_way.remove(&id);
        }
    }

    /// An attempt has timed out; true if it was the last one.
    pub(super) fn on_deadline(
        &mut self,
        id: &DeliveryId,
        ctx: &mut Context<'_, DurableEventual>,
    ) -> bool {
        let Some(delivery) = self.under_way.get_mut(id) else {
            return false;
        };
        ctx.serve([delivery.origin]);
        if delivery.attempts >= self.attempts {
            let attempts = u32::try_from(delivery.attempts).unwrap_or(u32::MAX);
            let (to, key, version) = (id.peer, id.key.clone(), id.stamp.version);
            ctx.note(|| Note::GaveUp { to, key, version, attempts });
            self.under_way.remove(id);
            return true;
        }
        delivery.deadline = None;
        let doublings = u32::try_from(delivery.attempts - 1).unwrap_or(u32::MAX);
        let pause = self.backoff.saturating_mul(2u32.saturating_pow(doublings));
        ctx.set_timer(pause, Timer::Retry(id.clone()));
        false
    }

    /// A pause is over.
    pub(super) fn on_retry(&mut self, id: DeliveryId, ctx: &mut Context<'_, DurableEventual>) {
        self.attempt(id, ctx);
    }
}
