//! The loops that ask.

use super::{
    Client, Figures, Plan, Target,
    draw::{Draw, Shared},
    pacer::Pacer,
    tally::{Moments, Tally},
};
use crate::now;
use node::Operation;
use std::{
    cell::RefCell,
    io,
    rc::Rc,
    time::{Duration, Instant},
};
use tokio::{
    runtime::Builder,
    task::{JoinSet, LocalSet},
    time::{sleep, sleep_until, timeout},
};

/// So long a store may take to take clients and to answer the first operation.
const TO_SERVE: Duration = Duration::from_secs(20);

/// So long what was due is waited for when the time is over.
const GRACE: Duration = Duration::from_secs(5);

/// A client that was not answered waits this long: else one that nobody hears would ask without an end.
const AFTER_FAILURE: Duration = Duration::from_millis(10);

/// How often it is looked whether somebody wants an end.
const LOOK: Duration = Duration::from_millis(50);

/// A store could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A client could not be connected.
    #[error("client {client} cannot be connected: {why}")]
    Connect {
        /// Which, counted from 1.
        client: usize,
        /// Why.
        why: String,
    },
    /// It does not serve.
    #[error("it answers no operation: {0}")]
    Silent(String),
    /// No thread or no runtime could be had.
    #[error("the clients cannot be had: {0}")]
    Runtime(#[from] io::Error),
    /// Somebody wanted an end before anything counted.
    #[error("it was ended before anything was measured")]
    Stopped,
}

/// Asks a store as planned, and counts. It ends early, with what there is, once `stop` says so.
///
/// Before anything counts every key is put once, if the plan has gets or deletes, and it is asked for as long as the
/// plan has it warm up.
///
/// # Errors
///
/// [`LoadError`], if it does not come so far that anything is measured.
///
/// # Panics
///
/// Panics if the plan has no client or no key.
pub fn load<T: Target>(
    target: &T,
    plan: &Plan,
    stop: impl Fn() -> bool,
) -> Result<Figures, LoadError> {
    assert!(plan.clients > 0 && plan.keys > 0, "a plan has a client and a key");
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let local = LocalSet::new();
    let answer = local.block_on(&runtime, async {
        let stopped = async {
            while !stop() {
                sleep(LOOK).await;
            }
        };
        let clients = tokio::select! {
            biased;
            () = stopped => return Err(LoadError::Stopped),
            clients = prepare(target, plan) => clients?,
        };
        measure(clients, plan, &stop).await
    });
    drop(local);
    runtime.shutdown_background();
    answer
}

/// Someone who asks, and what they will ask for.
struct Asking<C> {
    client: C,
    draw: Draw,
}

async fn prepare<T: Target>(target: &T, plan: &Plan) -> Result<Vec<Asking<T::Client>>, LoadError> {
    let shared = Shared::new(plan);
    let deadline = now::instant() + TO_SERVE;
    let mut asking = Vec::new();
    for index in 0..plan.clients {
        let client = connect(target, index, deadline).await?;
        asking.push(Asking { client, draw: Draw::new(shared.clone(), plan.seed, index) });
    }
    serves(&mut asking[0], deadline).await?;
    match plan.mix.kinds().all(|kind| kind == node::OperationKind::Put) {
        true => Ok(asking),
        false => fill(asking, plan.keys).await,
    }
}

/// Connects a client, trying on until the deadline.
async fn connect<T: Target>(
    target: &T,
    index: usize,
    deadline: Instant,
) -> Result<T::Client, LoadError> {
    let mut last = "nobody answers".to_owned();
    loop {
        let left = deadline.saturating_duration_since(now::instant());
        if left.is_zero() {
            return Err(LoadError::Connect { client: index + 1, why: last });
        }
        match timeout(left, target.connect(index)).await {
            Ok(Ok(client)) => return Ok(client),
            Ok(Err(why)) => last = why,
            Err(_) => {}
        }
        sleep(LOOK).await;
    }
}

/// Waits until an operation is answered.
async fn serves<C: Client>(asking: &mut Asking<C>, deadline: Instant) -> Result<(), LoadError> {
    let put = asking.draw.put(0);
    let mut last = "nothing came in time".to_owned();
    loop {
        let left = deadline.saturating_duration_since(now::instant());
        if left.is_zero() {
            return Err(LoadError::Silent(last));
        }
        match timeout(left, asking.client.carry_out(&put)).await {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(why)) => last = why,
            Err(_) => {}
        }
        sleep(LOOK).await;
    }
}

/// Puts every key once. One that is not taken may be missing: reads of it are answered all the same.
async fn fill<C: Client + 'static>(
    asking: Vec<Asking<C>>,
    keys: usize,
) -> Result<Vec<Asking<C>>, LoadError> {
    let clients = asking.len();
    let mut filling = JoinSet::new();
    for (index, mut asking) in asking.into_iter().enumerate() {
        filling.spawn_local(async move {
            for rank in (index..keys).step_by(clients) {
                let put = asking.draw.put(rank);
                if asking.client.carry_out(&put).await.is_err() {
                    sleep(AFTER_FAILURE).await;
                }
            }
            asking
        });
    }
    Ok(filling.join_all().await)
}

async fn measure<C: Client + 'static>(
    asking: Vec<Asking<C>>,
    plan: &Plan,
    stop: &impl Fn() -> bool,
) -> Result<Figures, LoadError> {
    let pacer = plan.rate.map(Pacer::start).transpose()?.map(Rc::new);
    let begin = pacer.as_ref().map_or_else(now::instant, |pacer| pacer.begin());
    let from = begin + plan.warm_up;
    let window = (from, from + plan.time);
    let tally = Tally::new(plan.mix.kinds(), pacer.is_some(), window);
    let tally = Rc::new(RefCell::new(tally));
    let mut loops = JoinSet::new();
    for asking in asking {
        let tally = tally.clone();
        match &pacer {
            None => loops.spawn_local(ask_without_pause(asking, tally)),
            Some(pacer) => loops.spawn_local(ask_when_due(asking, pacer.clone(), tally)),
        };
    }
    let over = async {
        while now::instant() < window.1 && !stop() {
            sleep_until((now::instant() + LOOK).min(window.1).into()).await;
        }
    };
    over.await;
    let now = now::instant();
    if now <= from {
        return Err(LoadError::Stopped);
    }
    // From now on nothing that is due counts.
    let until = now.min(window.1);
    tally.borrow_mut().until = until;
    let due = pacer.as_ref().map_or(0, |pacer| pacer.due_between(from, until));
    let deadline = now + if due > 0 && !stop() { GRACE } else { Duration::ZERO };
    while tally.borrow().ended < due && now::instant() < deadline && !stop() {
        sleep(Duration::from_millis(5)).await;
    }
    loops.abort_all();
    while loops.join_next().await.is_some() {}
    let tally = Rc::into_inner(tally).expect("the loops have ended");
    Ok(tally.into_inner().figures(due))
}

/// The closed loop of a client.
async fn ask_without_pause<C: Client>(mut asking: Asking<C>, tally: Rc<RefCell<Tally>>) {
    loop {
        let asked = now::instant();
        if asked >= tally.borrow().until {
            return;
        }
        ask(&mut asking, asked, asked, &tally).await;
    }
}

/// The open loop of a client.
async fn ask_when_due<C: Client>(
    mut asking: Asking<C>,
    pacer: Rc<Pacer>,
    tally: Rc<RefCell<Tally>>,
) {
    while let Some(due) = pacer.next().await {
        if due >= tally.borrow().until {
            return;
        }
        ask(&mut asking, due, now::instant(), &tally).await;
    }
}

async fn ask<C: Client>(
    asking: &mut Asking<C>,
    due: Instant,
    asked: Instant,
    tally: &RefCell<Tally>,
) {
    let operation: Operation = asking.draw.next();
    let result = asking.client.carry_out(&operation).await;
    let has_failed = result.is_err();
    let at = Moments { due, asked, ended: now::instant() };
    tally.borrow_mut().add(operation.kind(), at, result);
    if has_failed {
        sleep(AFTER_FAILURE).await;
    }
}
