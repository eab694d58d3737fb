//! From a moment on, chance is that of another seed.

use super::{World, clients::Client};
use crate::seed::Streams;

impl World {
    /// Draws everything that is still to be drawn from the streams of this seed.
    pub(super) fn redraw(&mut self, seed: u64) {
        let streams = Streams::new(seed);
        self.network.redraw(&streams);
        self.servers.iter_mut().for_each(|server| server.redraw(&streams));
        self.services.redraw(&streams);
        self.clients.iter_mut().for_each(|client| client.redraw(&streams));
        if let Some(pacing) = &mut self.pacing {
            pacing.redraw(&streams);
        }
        self.nemesis = streams.named("nemesis/roles");
        self.streams = streams;
    }
}

impl Client {
    fn redraw(&mut self, streams: &Streams) {
        let stream = streams.named(format!("workload/{}", self.id()));
        self.set_stream(stream);
    }
}
