//! How fast a system is as processes, beside other stores under the same load.

use super::{BenchArgs, LoadArgs, Rival, place, place::Place, process::Process, rivals};
use crate::{
    args::Format, choose, failure::Failure, interrupt, output, progress, serve, served::OnWire,
};
use judge::text::number;
use live::load::{Cluster, Figures, LoadError, Plan, Summary, Target, load};
use node::{NodeId, OperationKind, SystemInfo, systems};
use reports::bench::{Bench, Latencies, OfKind, Second, Store};
use std::{
    collections::BTreeMap,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

/// So many clients have a connection of their own by default.
const MOST_CONNECTIONS: u32 = 500;

/// Another store, and where its program is.
type Installed = (Rival, PathBuf);

/// What is measured.
struct Chosen {
    system: &'static SystemInfo,
    /// Where it listens, if somebody else has started it.
    nodes: Option<Vec<SocketAddr>>,
    flaws: Vec<String>,
    secret: Option<String>,
    rivals: Vec<Installed>,
    missing: Vec<Rival>,
}

/// Has every store measured, prints the figures and writes them down.
pub(super) fn bench(args: &BenchArgs) -> Result<ExitCode, Failure> {
    let chosen = Chosen::by(args)?;
    let load = &args.load;
    let plan = plan(args);
    let folder = || PathBuf::from("out").join(format!("bench-{}", chosen.system.name));
    let target = load.out.clone().unwrap_or_else(folder);
    // Known before the runs, so that nobody waits for nothing.
    reports::check_bench_target(&target)?;
    interrupt::ask_politely();
    let Some(bench) = measure_all(&chosen, load, &plan)? else {
        output::tell("ended before anything was measured");
        return Ok(ExitCode::from(130));
    };
    let files = {
        let _whole_or_not_at_all = interrupt::while_writing();
        reports::write_bench(&bench, &target)?
    };
    output::print(&match args.format {
        Format::Text => {
            let text = bench.to_text(output::width());
            format!("{text}{} files in {}\n", files.len(), target.display())
        }
        Format::Json => bench.to_json() + "\n",
    })?;
    let has_answered = bench.stores.first().is_some_and(|ours| ours.per_second() > 0.0);
    Ok(if has_answered { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl Chosen {
    fn by(args: &BenchArgs) -> Result<Self, Failure> {
        let load = &args.load;
        // Not left to clap, which waives what an option requires where that conflicts with something else.
        let simulated =
            [(args.scenario.is_some(), "a scenario"), (args.runs.is_some(), "`--runs`")];
        if let Some((_, what)) = simulated.iter().find(|(given, _)| *given) {
            return Err(Failure::input(
                format!("{what} is for the simulator, and `--on` for processes"),
                "leave one of the two out",
            ));
        }
        let on = load.on.as_deref().unwrap_or_default();
        let nodes = if on.contains(':') { Some(addresses(on)?) } else { None };
        let system = match (&nodes, &args.system) {
            (None, None) => choose::system_named(on)?,
            (Some(_), Some(system)) => choose::system_named(system)?,
            (None, Some(system)) => {
                return Err(Failure::input(
                    format!("`--on {on}` names a system already, and `--system` names `{system}`"),
                    "leave out `--system`, or write addresses after `--on`",
                ));
            }
            (Some(_), None) => {
                return Err(Failure::input(
                    "which system listens at these addresses is not said",
                    "name it by `--system`, as in `--system raft`",
                ));
            }
        };
        OnWire::of_system(system)?;
        let started =
            [(!args.flaws.is_empty(), "--flaw"), (!load.settings.is_empty(), "--setting")];
        if let (Some(_), Some((_, option))) = (&nodes, started.iter().find(|(given, _)| *given)) {
            return Err(Failure::input(
                format!("`{option}` is for nodes that are started, and these run already"),
                "leave it out, or name a system after `--on`",
            ));
        }
        check(system, args)?;
        let (rivals, missing) = rivals(load, nodes.is_some())?;
        let secret = load.secret_file.as_deref().map(serve::secret).transpose()?;
        Ok(Self { system, nodes, flaws: args.flaws.clone(), secret, rivals, missing })
    }
}

/// Checks what the nodes are to be, before any is started.
fn check(system: &'static SystemInfo, args: &BenchArgs) -> Result<(), Failure> {
    let load = &args.load;
    choose::check_flaws(&[system], &args.flaws)?;
    let settings = serve::settings(system, &load.settings)?;
    let nodes = usize::from(load.nodes);
    if load.on.as_deref() == Some(system.name) && nodes < system.min_nodes {
        let (name, fewest) = (system.name, system.min_nodes);
        return Err(Failure::input(
            format!("`{name}` runs with {fewest} nodes at least"),
            format!("write `--nodes {fewest}`, or more"),
        ));
    }
    if let Some(Err(why)) = systems::check_settings(system.name, nodes, &settings) {
        return Err(Failure::input(why, "change `--setting` or `--nodes`"));
    }
    if let Some(kind) = load.mix.kinds().find(|kind| !system.operations.contains(kind)) {
        let kinds: Vec<_> = system.operations.iter().map(|kind| kind.name()).collect();
        return Err(Failure::input(
            format!("`{}` has no {kind}", system.name),
            format!("of its operations ({}) name put, get or delete in `--mix`", kinds.join(", ")),
        ));
    }
    let value = node::Value::from("v".repeat(load.value_bytes as usize));
    if let Some(Err(why)) = systems::check_value(system.name, &value) {
        return Err(Failure::input(format!("`{}`: {why}", system.name), "change `--value-bytes`"));
    }
    Ok(())
}

fn addresses(list: &str) -> Result<Vec<SocketAddr>, Failure> {
    let read = |text: &str| {
        serve::address(text).map_err(|why| {
            Failure::input(
                format!("`{text}` is nowhere to connect to: {why}"),
                "write addresses with ports, n1 first, as in `--on 127.0.0.1:7001,127.0.0.1:7002`",
            )
        })
    };
    list.split(',').map(|text| read(text.trim())).collect()
}

/// Which other stores are measured, and which would be if they were installed.
fn rivals(load: &LoadArgs, is_elsewhere: bool) -> Result<(Vec<Installed>, Vec<Rival>), Failure> {
    let asked = match load.beside.as_slice() {
        [] if is_elsewhere => &[],
        [] => &Rival::ALL[..],
        [Rival::None] => &[],
        some if some.contains(&Rival::None) => {
            return Err(Failure::input(
                "`none` beside another store says nothing",
                "leave out `none`, or the others",
            ));
        }
        some => some,
    };
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    for rival in asked {
        match rival.program() {
            Some(program) => found.push((*rival, program)),
            None if load.beside.is_empty() => missing.push(*rival),
            None => {
                return Err(Failure::input(
                    format!("{} is not installed", rival.name()),
                    format!(
                        "install it (on Debian the package is `{}`), or leave it out",
                        rival.package()
                    ),
                ));
            }
        }
    }
    Ok((found, missing))
}

fn plan(args: &BenchArgs) -> Plan {
    let load = &args.load;
    Plan {
        clients: load.clients as usize,
        rate: load.rate,
        mix: load.mix.clone(),
        keys: load.keys as usize,
        zipf: load.zipf,
        value_bytes: load.value_bytes as usize,
        warm_up: load.warm_up,
        time: load.time,
        seed: args.seed.unwrap_or(0),
    }
}

/// Measures each store as often as is asked, in turn; `None` if that was ended before ours was measured.
fn measure_all(chosen: &Chosen, load: &LoadArgs, plan: &Plan) -> Result<Option<Bench>, Failure> {
    let nodes = chosen.nodes.as_ref().map_or(usize::from(load.nodes), Vec::len);
    let mut had: Vec<(String, String, Vec<Figures>)> = Vec::new();
    had.push((chosen.system.name.to_owned(), about(chosen, load, nodes), Vec::new()));
    for (rival, _) in &chosen.rivals {
        had.push((rival.name().to_owned(), rival.about(nodes), Vec::new()));
    }
    let bar = progress::bar(false, had.len() * usize::from(load.rounds));
    'rounds: for _ in 0..load.rounds {
        for (position, (name, _, figures)) in had.iter_mut().enumerate() {
            bar.set_message(name.clone());
            let measured = match position.checked_sub(1) {
                None => measure_ours(chosen, load, plan)?,
                Some(rival) => {
                    let (rival, program) = &chosen.rivals[rival];
                    measure_rival(*rival, program, load, plan)?
                }
            };
            figures.extend(measured);
            bar.inc(1);
            if interrupt::was_asked() {
                break 'rounds;
            }
        }
    }
    bar.finish_and_clear();
    had.retain(|(_, _, figures)| !figures.is_empty());
    if had.first().is_none_or(|(name, ..)| name != chosen.system.name) {
        return Ok(None);
    }
    let mut notes: Vec<_> = chosen.missing.iter().map(not_found).collect();
    let mut stores = Vec::new();
    for (name, about, figures) in had {
        if figures.len() > 1 {
            notes.push(spread(&name, &figures));
        }
        stores.push(store(name, about, median(figures)));
    }
    Ok(Some(Bench { load: described(load), is_open: plan.rate.is_some(), stores, notes }))
}

fn not_found(rival: &Rival) -> String {
    let (name, package) = (rival.name(), rival.package());
    format!("{name} was not found, and so is not measured (on Debian the package is `{package}`)")
}

fn about(chosen: &Chosen, load: &LoadArgs, nodes: usize) -> String {
    let settings = load.settings.iter().map(|setting| format!(", {setting}"));
    let flaws = chosen.flaws.iter().map(|flaw| format!(", flaw {flaw}"));
    let extras: String = settings.chain(flaws).collect();
    format!("{nodes} nodes, the protocol of their own{extras}")
}

fn described(load: &LoadArgs) -> String {
    let pace = match load.rate {
        Some(rate) => format!("{} operations due a second", number(rate.round() as u64)),
        None => "each asking as soon as it was answered".to_owned(),
    };
    let zipf = load.zipf.map(|exponent| format!(" by rank to the {exponent}")).unwrap_or_default();
    format!(
        "{} clients, {pace}; {}; {} keys{zipf}; values of {} bytes; {:?} after {:?}",
        number(load.clients.into()),
        load.mix,
        number(load.keys.into()),
        number(load.value_bytes.into()),
        load.time,
        load.warm_up,
    )
}

fn measure_ours(chosen: &Chosen, load: &LoadArgs, plan: &Plan) -> Result<Option<Figures>, Failure> {
    let connections = load.connections.unwrap_or(MOST_CONNECTIONS).min(load.clients) as usize;
    let connect = |nodes| Cluster::new(chosen.system, nodes, chosen.secret.clone(), connections);
    if let Some(nodes) = &chosen.nodes {
        return had(&connect(nodes.clone()), plan, |why| {
            Failure::input(
                why,
                "see that the nodes run, that all are named with n1 first, and that they are of this system",
            )
        });
    }
    let place = Place::within(&load.data)?;
    let nodes = place::addresses(load.nodes.into())?;
    let processes = start_ours(chosen, load, &nodes, &place)?;
    had(&connect(nodes), plan, |why| with_last_words(&why, &processes))
}

fn start_ours(
    chosen: &Chosen,
    load: &LoadArgs,
    nodes: &[SocketAddr],
    place: &Place,
) -> Result<Vec<Process>, Failure> {
    let start = |index: usize| {
        let id = NodeId::from_index(index);
        let peers = nodes.iter().enumerate().filter(|(other, _)| *other != index);
        let peers = peers.map(|(other, at)| format!("{}={at}", NodeId::from_index(other)));
        let peers = peers.collect::<Vec<_>>().join(",");
        let data = place.path(&id.to_string()).display().to_string();
        let mut words = vec![
            "serve".to_owned(),
            format!("--system={}", chosen.system.name),
            format!("--id={id}"),
            format!("--listen={}", nodes[index]),
            format!("--data={data}"),
        ];
        if !peers.is_empty() {
            words.push(format!("--peers={peers}"));
        }
        words.extend(chosen.flaws.iter().map(|flaw| format!("--flaw={flaw}")));
        words.extend(load.settings.iter().map(|setting| format!("--setting={setting}")));
        if let Some(file) = &load.secret_file {
            words.push(format!("--secret-file={}", file.display()));
        }
        Process::ours(&words, place.path(&format!("{id}.log")))
    };
    (0..nodes.len()).map(start).collect()
}

fn measure_rival(
    rival: Rival,
    program: &Path,
    load: &LoadArgs,
    plan: &Plan,
) -> Result<Option<Figures>, Failure> {
    let place = Place::within(&load.data)?;
    let nodes = load.nodes.into();
    let failed = |processes: &[Process]| {
        let words = processes.last().map(Process::last_words).unwrap_or_default();
        move |why: String| Failure::harness(format!("{}: {why}\n{words}", rival.name()))
    };
    match rival {
        Rival::Etcd => {
            let (processes, target) = rivals::start_etcd(program, nodes, &place)?;
            had(&target, plan, |why| failed(&processes)(why))
        }
        Rival::Redis => {
            let (processes, target) = rivals::start_redis(program, nodes, &place)?;
            had(&target, plan, |why| failed(&processes)(why))
        }
        Rival::None => Ok(None),
    }
}

/// Loads a store; `None` if somebody wanted an end before anything counted.
fn had(
    target: &impl Target,
    plan: &Plan,
    failed: impl Fn(String) -> Failure,
) -> Result<Option<Figures>, Failure> {
    match load(target, plan, interrupt::was_asked) {
        Ok(figures) => Ok(Some(figures)),
        Err(LoadError::Stopped) => Ok(None),
        Err(error) => Err(failed(error.to_string())),
    }
}

fn with_last_words(why: &str, processes: &[Process]) -> Failure {
    let words: Vec<_> = processes.iter().map(Process::last_words).collect();
    Failure::harness(format!("{why}\n{}", words.join("\n")))
}

/// The round with the middle throughput, the lower one of two.
fn median(mut figures: Vec<Figures>) -> Figures {
    figures.sort_by(|a, b| a.per_second(None).total_cmp(&b.per_second(None)));
    figures.swap_remove((figures.len() - 1) / 2)
}

fn spread(name: &str, figures: &[Figures]) -> String {
    let mut rates: Vec<_> = figures.iter().map(|it| it.per_second(None).round() as u64).collect();
    rates.sort_unstable();
    let rates_in_words: Vec<_> = rates.iter().map(|rate| number(*rate)).collect();
    format!("{name} in {} rounds, a second: {}", rates.len(), rates_in_words.join(", "))
}

fn store(name: String, about: String, figures: Figures) -> Store {
    let per_second: BTreeMap<OperationKind, f64> =
        figures.kinds.keys().map(|kind| (*kind, figures.per_second(Some(*kind)))).collect();
    let kinds = figures.kinds.into_iter().map(|(kind, of)| {
        let of = OfKind {
            per_second: per_second[&kind],
            latency: latencies(&Summary::of(&of.latency)),
            uncorrected: of.uncorrected.as_ref().map(|it| latencies(&Summary::of(it))),
            quantiles: quantiles(|q| of.latency.value_at_quantile(q), of.latency.len()),
            errors: of.errors,
        };
        (kind, of)
    });
    let seconds = figures.seconds.iter().map(|second| Second {
        answered: second.answered.iter().map(|(kind, it)| (*kind, latencies(it))).collect(),
        failed: second.failed,
    });
    Store {
        name,
        about,
        time: figures.time,
        kinds: kinds.collect(),
        seconds: seconds.collect(),
        unfinished: figures.unfinished,
    }
}

fn latencies(of: &Summary) -> Latencies {
    let Summary { count, p50, p95, p99, p999, max } = *of;
    Latencies { count, p50, p95, p99, p999, max }
}

/// Latencies by quantile, as fine as so many operations allow.
fn quantiles(value: impl Fn(f64) -> u64, count: u64) -> Vec<(f64, Duration)> {
    let steps = (0..9).flat_map(|power| [1, 2, 5].map(|factor| factor * 10_u64.pow(power)));
    let one_in = steps.take_while(|one_in| *one_in <= count);
    let shares = one_in.map(|one_in| 1.0 - 1.0 / one_in as f64);
    let shares = shares.chain((count > 0).then_some(1.0));
    shares.map(|share| (share, Duration::from_nanos(value(share)))).collect()
}
