//! `seedbed serve`: one node of a system as a process, on real connections and files.

use crate::{
    args::{FlawName, SystemName},
    choose,
    failure::Failure,
    interrupt, output,
    served::OnWire,
};
use clap::{Args as ClapArgs, ValueEnum, ValueHint};
use live::{Options, ServeError, api::discovery::Settings};
use node::{NodeId, Setting, SystemInfo};
use std::{
    collections::BTreeMap,
    fs, io,
    io::IsTerminal,
    net::{SocketAddr, SocketAddrV4, ToSocketAddrs},
    path::{Path, PathBuf},
    process::ExitCode,
};
use tracing_subscriber::filter::LevelFilter;

#[derive(ClapArgs)]
#[command(after_help = "Examples:\n  \
    seedbed serve --system raft --id n1 --listen 127.0.0.1:7001 \\\n      \
        --peers n2=127.0.0.1:7002,n3=127.0.0.1:7003 --data data/n1\n  \
    seedbed serve --system quorum --id n1 --listen 127.0.0.1:7001 \\\n      \
        --peers n2=127.0.0.1:7002,n3=127.0.0.1:7003 --setting r=1 --setting w=3\n  \
    seedbed serve --system raft --id n1 --listen 127.0.0.1:0      a cluster of one, on any free port\n\n\
    It runs until it is told to end, by Ctrl-C or SIGTERM: then it takes no more, answers what is under\n\
    way for at most a second, and syncs. Without `--data` everything is gone then.\n\
    What a node does not reach is lost, as on any network: nothing is kept for one that is away.\n\
    Exit codes: 0 it was told to end, 2 bad input, 3 the disk or the node failed.")]
pub(crate) struct ServeArgs {
    /// The system that the node is of.
    #[arg(long, value_name = "NAME", value_parser = SystemName)]
    system: String,
    /// Which node it is.
    #[arg(long, value_name = "NODE")]
    id: NodeId,
    /// Where it listens; port 0 for any that is free.
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    listen: SocketAddr,
    /// Where the other nodes listen, with commas between.
    #[arg(long, value_name = "NODE=ADDRESS,..", value_delimiter = ',', value_parser = peer)]
    peers: Vec<(NodeId, SocketAddr)>,
    /// Those of the nodes that are not there at the start, with commas between.
    #[arg(long, value_name = "NODE,..", value_delimiter = ',')]
    late: Vec<NodeId>,
    /// The folder for its files, made if it is not there; without one it keeps everything in memory.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    data: Option<PathBuf>,
    /// Switch on a flaw of the system; may be given again.
    #[arg(long = "flaw", value_name = "NAME", value_parser = FlawName, hide_possible_values = true)]
    flaws: Vec<String>,
    /// Set something about the system, as a scenario does in `[system]`; may be given again.
    #[arg(long = "setting", value_name = "NAME=VALUE")]
    settings: Vec<String>,
    /// Other nodes may be set otherwise, as while a cluster is upgraded.
    #[arg(long)]
    mixed: bool,
    /// Announce it by UDP broadcast, for all processes of this machine, and list in `GET /cluster` who else does.
    #[arg(long, value_name = "ADDRESS", num_args = 0..=1, require_equals = true,
        default_missing_value = "127.255.255.255:7946")]
    discover: Option<SocketAddrV4>,
    /// A file with the secret that whoever speaks the protocol of the nodes has to know.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    secret_file: Option<PathBuf>,
    /// Listen where other machines can reach it.
    #[arg(long)]
    expose: bool,
    /// Boot when somebody has connected who looks at the process, tell them everything, and end with them.
    #[arg(long, requires = "secret_file")]
    conducted: bool,
    /// Time every event, and write how long each took into this file when it is told to end.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    timings: Option<PathBuf>,
    /// How much it tells of itself, on standard error.
    #[arg(long, value_enum, value_name = "LEVEL", default_value_t)]
    log: Log,
}

/// How much a process tells of itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Log {
    /// Nothing.
    Off,
    /// What ends it.
    Error,
    /// What somebody should look at.
    #[default]
    Warn,
    /// Who comes and goes.
    Info,
    /// Each connection.
    Debug,
    /// Everything.
    Trace,
}

/// Serves a node until the process is told to end.
pub(crate) fn serve(args: &ServeArgs) -> Result<ExitCode, Failure> {
    let system = choose::system_named(&args.system)?;
    choose::check_flaws(&[system], &args.flaws)?;
    let options = Options {
        expose: args.expose,
        late: args.late.clone(),
        data: args.data.clone(),
        flaws: args.flaws.clone(),
        settings: settings(system, &args.settings)?,
        mixed: args.mixed,
        secret: args.secret_file.as_deref().map(secret).transpose()?,
        conducted: args.conducted,
        timings: args.timings.clone(),
        discovery: args.discover.map(|address| Settings { address, ..Settings::default() }),
        ..Options::new(args.id, args.listen, peers(&args.peers)?)
    };
    let served = OnWire::of_system(system)?;
    begin_log(args.log);
    // The first Ctrl-C is for the node, which ends by itself then.
    interrupt::ask_politely();
    match (served.serve)(options) {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(error) if error.is_of_input() => Err(Failure::input(error.to_string(), mend(&error))),
        Err(error) => Err(Failure::harness(error.to_string())),
    }
}

/// What to do about an error.
fn mend(error: &ServeError) -> &'static str {
    match error {
        ServeError::Members(_) => "name every other node once, as in `--peers n2=127.0.0.1:7002`",
        ServeError::Flaw { .. } | ServeError::Setting(_) => {
            "`seedbed list` tells which systems there are, and the README what can be set"
        }
        ServeError::Listen { .. } => {
            "end what listens there, or name another port; 0 is any free one"
        }
        ServeError::Discovery(_) => {
            "name a broadcast address with a free port, as in `--discover=127.255.255.255:7946`"
        }
        ServeError::Announced(_) | ServeError::Exposed(_) => {
            "whoever exposes a node puts a wall around it first"
        }
        ServeError::NoSecret => "put a secret into a file, and name it by `--secret-file`",
        _ => "a node has a folder of its own",
    }
}

/// Reads settings as scenarios have them.
pub(crate) fn settings(
    system: &SystemInfo,
    given: &[String],
) -> Result<BTreeMap<String, Setting>, Failure> {
    let mut settings = BTreeMap::new();
    for text in given {
        let Some((name, value)) = text.split_once('=') else {
            return Err(Failure::input(
                format!("`{text}` sets nothing"),
                "write `--setting name=value`, as in `--setting w=2`",
            ));
        };
        if settings.insert(name.to_owned(), setting(system, name, value)?).is_some() {
            return Err(Failure::input(format!("`{name}` is set twice"), "set it once"));
        }
    }
    Ok(settings)
}

fn setting(system: &SystemInfo, name: &str, value: &str) -> Result<Setting, Failure> {
    let Some(known) = system.settings.iter().find(|known| known.name == name) else {
        let names: Vec<_> = system.settings.iter().map(|known| known.name).collect();
        let help = match (scenarios::nearest(name, &names), names.is_empty()) {
            (Some(nearest), _) => format!("did you mean `{nearest}`?"),
            (None, true) => "nothing can be set about it".to_owned(),
            (None, false) => format!("its settings are {}", names.join(", ")),
        };
        return Err(Failure::input(format!("`{}` has no setting `{name}`", system.name), help));
    };
    let default = (known.default)();
    let read = match default {
        Setting::Count(_) => {
            value.parse().ok().filter(|&count| count <= i64::MAX as u64).map(Setting::Count)
        }
        Setting::Duration(_) => humantime::parse_duration(value).ok().map(Setting::Duration),
        Setting::Word(_) => Some(Setting::Word(value.to_owned())),
    };
    read.ok_or_else(|| {
        Failure::input(
            format!("`{name}` cannot be `{value}`"),
            format!("by default it is {default}: {}", known.summary),
        )
    })
}

fn peers(given: &[(NodeId, SocketAddr)]) -> Result<BTreeMap<NodeId, SocketAddr>, Failure> {
    let mut peers = BTreeMap::new();
    for &(id, address) in given {
        if peers.insert(id, address).is_some() {
            return Err(Failure::input(
                format!("{id} is named twice among the peers"),
                "a node listens in one place",
            ));
        }
    }
    Ok(peers)
}

fn peer(text: &str) -> Result<(NodeId, SocketAddr), String> {
    let (id, at) = text
        .split_once('=')
        .ok_or("write a node and where it listens, as in `n2=127.0.0.1:7002`")?;
    Ok((id.parse()?, address(at)?))
}

/// Reads an address, or looks a name up.
pub(crate) fn address(text: &str) -> Result<SocketAddr, String> {
    let mut found = text.to_socket_addrs().map_err(|error| match error.kind() {
        io::ErrorKind::InvalidInput => {
            "write an address and a port, as in `127.0.0.1:7001`".to_owned()
        }
        _ => format!("no address was found for it: {error}"),
    })?;
    found.next().ok_or_else(|| "no address was found for it".to_owned())
}

pub(crate) fn secret(file: &Path) -> Result<String, Failure> {
    let cannot = |why: String| {
        Failure::input(
            format!("no secret can be read from `{}`: {why}", file.display()),
            "name a file with a word or more in it, which nobody else can read",
        )
    };
    let text = fs::read_to_string(file).map_err(|error| cannot(error.to_string()))?;
    match text.trim() {
        "" => Err(cannot("it is empty".to_owned())),
        secret if secret.len() > 1024 => Err(cannot("it is longer than 1,024 bytes".to_owned())),
        secret => Ok(secret.to_owned()),
    }
}

fn begin_log(log: Log) {
    let level = match log {
        Log::Off => LevelFilter::OFF,
        Log::Error => LevelFilter::ERROR,
        Log::Warn => LevelFilter::WARN,
        Log::Info => LevelFilter::INFO,
        Log::Debug => LevelFilter::DEBUG,
        Log::Trace => LevelFilter::TRACE,
    };
    let begun = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal() && output::stderr_has_colour())
        .with_target(false)
        .try_init();
    if let Err(error) = begun {
        output::tell(&format!("warning: nothing can be told: {error}"));
    }
}
