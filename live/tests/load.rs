//! Loads, against a server that answers as each test wants it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use live::{
    load::{Cluster, Figures, Mix, Plan, load},
    wire::{
        FromClient, Greeting, HELLO_MAX, Hello, MAX_FRAME, PREAMBLE, ToClient, read_frame,
        write_frame,
    },
};
use node::{Answer, OperationKind, Refusal, Request, Version, systems};
use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::AsyncReadExt,
    net::{TcpListener, TcpStream},
    runtime::{Builder, Runtime},
    sync::Mutex,
    time::sleep,
};

/// What the server does about a request.
enum Reaction {
    Answer,
    Refuse,
    HangUp,
    Nothing,
    /// It answers, and nobody is answered for so long.
    Stall(Duration),
}

/// A server that reacts to each request by how many came before.
struct Toy {
    address: SocketAddr,
    answered: Arc<AtomicU64>,
    runtime: Option<Runtime>,
}

impl Toy {
    fn start(react: fn(u64) -> Reaction) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let answered = Arc::new(AtomicU64::new(0));
        let said = answered.clone();
        runtime.spawn(async move {
            let asked = Arc::new(AtomicU64::new(0));
            let turn = Arc::new(Mutex::new(()));
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (asked, said, turn) = (asked.clone(), said.clone(), turn.clone());
                tokio::spawn(async move {
                    let _ = serve(stream, react, &asked, &said, &turn).await;
                });
            }
        });
        Self { address, answered, runtime: Some(runtime) }
    }

    fn answered(&self) -> u64 {
        self.answered.load(Ordering::SeqCst)
    }

    fn load(&self, plan: &Plan) -> Figures {
        self.load_until(plan, || false)
    }

    fn load_until(&self, plan: &Plan, stop: impl Fn() -> bool) -> Figures {
        let system = systems::find("async-leader").unwrap();
        let cluster = Cluster::new(system, vec![self.address], None, plan.clients);
        load(&cluster, plan, stop).unwrap()
    }
}

impl Drop for Toy {
    fn drop(&mut self) {
        self.runtime.take().unwrap().shutdown_background();
    }
}

async fn serve(
    mut stream: TcpStream,
    react: fn(u64) -> Reaction,
    asked: &AtomicU64,
    said: &AtomicU64,
    turn: &Mutex<()>,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    stream.read_exact(&mut [0; PREAMBLE.len()]).await?;
    let _: Hello = read_frame(&mut stream, HELLO_MAX).await?;
    write_frame(&mut stream, &Greeting::Welcome).await?;
    while let FromClient::Request { request, .. } = read_frame(&mut stream, MAX_FRAME).await? {
        let answer = match react(asked.fetch_add(1, Ordering::SeqCst)) {
            Reaction::Answer => done(),
            Reaction::Refuse => Answer::Refused(Refusal::Invalid("no".into())),
            Reaction::HangUp => return Ok(()),
            Reaction::Nothing => continue,
            Reaction::Stall(time) => {
                let _nobody_else = turn.lock().await;
                sleep(time).await;
                done()
            }
        };
        let _turn = turn.lock().await;
        if answer == done() {
            said.fetch_add(1, Ordering::SeqCst);
        }
        let Request { id: request, .. } = request;
        write_frame(&mut stream, &ToClient::Reply { number: 0, request, answer }).await?;
    }
    Ok(())
}

fn done() -> Answer {
    Answer::Written { version: Version(1), previous: None }
}

fn plan(time_ms: u64) -> Plan {
    Plan {
        clients: 4,
        warm_up: Duration::ZERO,
        time: Duration::from_millis(time_ms),
        ..Plan::default()
    }
}

fn answered(figures: &Figures) -> u64 {
    figures.kinds.values().map(|of| of.latency.len()).sum()
}

#[test]
fn a_closed_loop_counts_what_was_answered() {
    let toy = Toy::start(|_| Reaction::Answer);
    let figures = toy.load(&plan(300));
    let (counted, all) = (answered(&figures), toy.answered());
    // The first is asked to see whether somebody serves, and one of each client may be under way at the end.
    assert!(counted > 0 && counted < all && counted + 1 + 4 + 4 >= all, "{counted} of {all}");
    assert_eq!(figures.failed(), 0);
    assert_eq!(figures.seconds.len(), 1);
    let of_seconds: u64 =
        figures.seconds.iter().flat_map(|second| second.answered.values()).map(|it| it.count).sum();
    assert_eq!(of_seconds, counted);
}

#[test]
fn keys_are_put_before_they_are_read() {
    let toy = Toy::start(|_| Reaction::Answer);
    let plan = Plan { mix: Mix::of(OperationKind::Get), keys: 500, ..plan(100) };
    let figures = toy.load(&plan);
    let (counted, all) = (answered(&figures), toy.answered());
    assert!(all - counted >= 501, "{counted} of {all}");
    assert_eq!(figures.kinds.keys().copied().collect::<Vec<_>>(), [OperationKind::Get]);
}

#[test]
fn what_is_refused_is_no_answer() {
    let toy = Toy::start(|asked| if asked < 50 { Reaction::Answer } else { Reaction::Refuse });
    let figures = toy.load(&plan(500));
    let put = &figures.kinds[&OperationKind::Put];
    // The control: what was answered before counts.
    assert_eq!(put.latency.len(), 49);
    assert!(put.errors["refused: no"] > 0);
    assert_eq!(put.errors.len(), 1);
}

#[test]
fn who_hangs_up_answers_nothing_unless_another_attempt_is() {
    let always = Toy::start(|asked| if asked < 1 { Reaction::Answer } else { Reaction::HangUp });
    let figures = always.load(&plan(1_500));
    assert_eq!(answered(&figures), 0);
    assert!(figures.failed() > 0);
    let at_times = |asked| if asked % 10 == 9 { Reaction::HangUp } else { Reaction::Answer };
    let figures = Toy::start(at_times).load(&plan(500));
    assert!(answered(&figures) > 10);
    assert_eq!(figures.failed(), 0);
}

#[test]
fn a_stall_shows_in_an_open_loop_and_hides_from_one_that_counts_from_the_asking() {
    const STALL: Duration = Duration::from_millis(200);
    let toy = Toy::start(|asked| match asked {
        300 => Reaction::Stall(STALL),
        _ => Reaction::Answer,
    });
    let figures = toy.load(&Plan { rate: Some(1000.0), ..plan(1_000) });
    let put = &figures.kinds[&OperationKind::Put];
    let half = STALL.as_nanos() as u64 / 2;
    let slow = put.latency.count_between(half, u64::MAX / 2);
    // The control: the same operations, counted from when each was asked.
    let seems_slow = put.uncorrected.as_ref().unwrap().count_between(half, u64::MAX / 2);
    assert!(slow >= 50, "{slow} of {}", put.latency.len());
    assert!(seems_slow * 5 < slow, "{seems_slow} seem slow, {slow} are");
    assert!(put.latency.value_at_quantile(0.99) >= half);
    assert_eq!(figures.failed(), 0);
    assert_eq!(put.latency.len(), 1000);
}

#[test]
fn what_was_due_and_never_answered_is_told() {
    let toy = Toy::start(|asked| if asked < 100 { Reaction::Answer } else { Reaction::Nothing });
    let over = Arc::new(AtomicBool::new(false));
    let end = over.clone();
    let timer = std::thread::Builder::new().spawn(move || {
        std::thread::sleep(Duration::from_millis(600));
        end.store(true, Ordering::SeqCst);
    });
    let plan = Plan { rate: Some(1000.0), ..plan(60_000) };
    let figures = toy.load_until(&plan, || over.load(Ordering::SeqCst));
    timer.unwrap().join().unwrap();
    assert_eq!(answered(&figures), 99);
    assert!(figures.unfinished > 0);
    assert_eq!(figures.failed(), figures.unfinished);
    assert!(figures.time < Duration::from_secs(60), "it ended early");
}
