//! Who looks at the process, and is told everything.

use super::{Gate, Phase};
use crate::{
    control::{Command, Told},
    host::Errand,
    wire::{Frame, MAX_FRAME, read_frame},
};
use std::sync::{Arc, PoisonError};
use tokio::{
    io::AsyncWriteExt,
    net::{TcpStream, tcp::OwnedWriteHalf},
    runtime::Handle,
    sync::watch,
};

/// Tells the conductor. What it is told is written before anything else goes on.
pub(crate) struct Teller {
    write: OwnedWriteHalf,
    runtime: Handle,
    phase: watch::Receiver<Phase>,
}

impl Teller {
    /// Tells, and waits until it is written. One who has gone is told nothing.
    ///
    /// # Panics
    ///
    /// Panics on a thread of the runtime.
    pub(crate) fn tell(&mut self, told: &Told) {
        match Frame::of(told) {
            Ok(Frame(bytes)) => {
                let Self { write, runtime, phase } = self;
                runtime.block_on(async {
                    tokio::select! {
                        biased;
                        // That it has gone ends the process where its commands are read.
                        _ = write.write_all(&bytes) => {}
                        // One that does not read holds up everything but the end.
                        _ = phase.wait_for(|&phase| phase > Phase::Serving) => {}
                    }
                });
            }
            Err(why) => tracing::error!("the conductor cannot be told: {why}"),
        }
    }
}

/// Has the node booted, and carries out commands until the connection ends; so does the process then.
pub(super) async fn listen_to(stream: TcpStream, gate: &Arc<Gate>) {
    let (mut read, write) = stream.into_split();
    let awaited = gate.conductor.lock().unwrap_or_else(PoisonError::into_inner).take();
    let Some(awaited) = awaited else {
        tracing::warn!("a second conductor was turned away");
        return;
    };
    if awaited
        .send(Teller { write, runtime: Handle::current(), phase: gate.phase.clone() })
        .is_err()
    {
        return;
    }
    let mut phase = gate.phase.clone();
    loop {
        let frame = tokio::select! {
            biased;
            _ = phase.wait_for(|&phase| phase == Phase::Over) => return,
            frame = read_frame::<Command>(&mut read, MAX_FRAME) => frame,
        };
        match frame {
            Ok(command) => {
                if gate.inbox.put_now(Errand::Command(command)).is_err() {
                    break;
                }
            }
            Err(why) => {
                tracing::info!("the conductor has gone: {why}");
                break;
            }
        }
    }
    gate.abandoned.notify_one();
}
