//! Golden scripts: nodes driven by hand, every effect compared with a text.
//!
//! | command | what it does |
//! |---|---|
//! | `boot n=3 [flaw=NAME].. [SETTING=VALUE]..` | boots a cluster; durations are written `500ms` or `2s`, and a setting named `n` is written `system.n` |
//! | `boot n2`, `crash n2` | boots a node again, kills it; its disk stays |
//! | `request n1 c1 put KEY VALUE` | a client asks a node: `put`, `get`, `delete`, `list` or `cas KEY OLD NEW` |
//! | `deliver n1 n2 [POSITION]` | the oldest message on that link arrives, or the one at a position counted from 1 |
//! | `deliver-all` | messages arrive, oldest first, until none is under way |
//! | `drop n1 n2`, `duplicate n1 n2` | loses the oldest message on that link, or lets it arrive and keeps a copy |
//! | `fire n1 [KIND]` | the oldest armed timer runs out, or the oldest of that kind |
//! | `synced n1` | the oldest sync reaches the platter |
//! | `clock n1 10s` | sets a node's clock; `clock 10s` sets all |
//! | `entries`, `pending` | shows what nodes hold, and what is under way |
//!
//! Time stands still otherwise: timers run out when a script says so. Run with
//! `UPDATE_GOLDENFILES=1` to write the texts anew, and read the difference.

mod cluster;
mod schedules;

pub(crate) use cluster::Cluster;

use goldenscript::{Argument, ArgumentConsumer, Command, Runner};
use node::{Node, NodeId, Operation, Setting, Time};
use std::{collections::BTreeMap, error::Error, time::Duration};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Runs the commands of a script against a cluster of nodes of one system.
pub(crate) struct Script<N: Node> {
    cluster: Option<Cluster<N>>,
}

impl<N: Node> Default for Script<N> {
    fn default() -> Self {
        Self { cluster: None }
    }
}

impl<N: Node> Runner for Script<N> {
    fn run(&mut self, command: &Command) -> Outcome<String> {
        let mut args = command.consume_args();
        let told = match command.name.as_str() {
            "boot" if command.args.iter().any(|arg| arg.key.is_some()) => {
                self.boot_cluster(&mut args)?
            }
            "boot" => self.cluster()?.boot_node(node(&mut args)?)?,
            "crash" => {
                let node = node(&mut args)?;
                self.cluster()?.crash(node)?;
                String::new()
            }
            "request" => {
                let (node, client) = (node(&mut args)?, client(&mut args)?);
                let operation = operation(&mut args)?;
                self.cluster()?.request(node, client, operation)?
            }
            "deliver" => {
                let (from, to) = (node(&mut args)?, node(&mut args)?);
                let position: usize = args.next_pos().map_or(Ok(1), Argument::parse)?;
                let index = position.checked_sub(1).ok_or("positions start at 1")?;
                self.cluster()?.deliver(from, to, index)?
            }
            "deliver-all" => self.cluster()?.deliver_all()?,
            "drop" => {
                let (from, to) = (node(&mut args)?, node(&mut args)?);
                self.cluster()?.drop_message(from, to)?
            }
            "duplicate" => {
                let (from, to) = (node(&mut args)?, node(&mut args)?);
                self.cluster()?.duplicate(from, to)?
            }
            "fire" => {
                let node = node(&mut args)?;
                let kind = args.next_pos().map_or("", |arg| &arg.value);
                self.cluster()?.fire(node, kind)?
            }
            "synced" => self.cluster()?.synced(node(&mut args)?)?,
            "clock" => self.set_clocks(&mut args)?,
            "entries" => self.cluster()?.entries(),
            "pending" => self.cluster()?.pending(),
            name => return Err(format!("there is no command `{name}`").into()),
        };
        args.reject_rest()?;
        Ok(told)
    }
}

impl<N: Node> Script<N> {
    fn cluster(&mut self) -> Result<&mut Cluster<N>, &'static str> {
        self.cluster.as_mut().ok_or("boot a cluster first")
    }

    fn boot_cluster(&mut self, args: &mut ArgumentConsumer<'_>) -> Outcome<String> {
        let nodes = args.lookup_parse("n")?.ok_or("how many nodes? `n=3`")?;
        let mut flaws = Vec::new();
        let mut settings = BTreeMap::new();
        for arg in args.rest_key() {
            let name = arg.key.clone().expect("it has a key");
            if name == "flaw" {
                let known = N::INFO.flaws.iter().any(|flaw| flaw.name == arg.value);
                known.then_some(()).ok_or(format!("no flaw `{}`", arg.value))?;
                flaws.push(arg.value.clone());
            } else {
                let name = name.strip_prefix("system.").unwrap_or(&name);
                settings.insert(name.to_owned(), setting::<N>(name, &arg.value)?);
            }
        }
        let (cluster, told) = Cluster::boot(nodes, flaws, settings)?;
        self.cluster = Some(cluster);
        Ok(told)
    }

    fn set_clocks(&mut self, args: &mut ArgumentConsumer<'_>) -> Outcome<String> {
        let first = args.next_pos().ok_or("which clock, and what time?")?;
        let cluster = self.cluster()?;
        let (nodes, now) = match args.next_pos() {
            Some(now) => (vec![first.value.parse()?], duration(&now.value)?),
            None => (cluster.nodes(), duration(&first.value)?),
        };
        for node in nodes {
            cluster.set_clock(node, Time::from(now))?;
        }
        Ok(String::new())
    }
}

fn node(args: &mut ArgumentConsumer<'_>) -> Outcome<NodeId> {
    Ok(args.next_pos().ok_or("which node?")?.value.parse()?)
}

fn client(args: &mut ArgumentConsumer<'_>) -> Outcome<u32> {
    let name = &args.next_pos().ok_or("which client?")?.value;
    let number = name.strip_prefix('c').ok_or("clients are c1, c2, ...")?;
    Ok(number.parse()?)
}

fn operation(args: &mut ArgumentConsumer<'_>) -> Outcome<Operation> {
    let kind = &args.next_pos().ok_or("which operation?")?.value;
    let mut word = || {
        let arg = args.next_pos().ok_or("an argument is missing")?;
        Ok::<_, &'static str>(arg.value.as_str())
    };
    Ok(match kind.as_str() {
        "put" => Operation::put(word()?, word()?),
        "get" => Operation::get(word()?),
        "delete" => Operation::delete(word()?),
        "list" => Operation::ListKeys,
        "cas" => Operation::CompareAndSet {
            key: word()?.into(),
            expected: Some(word()?.into()),
            new: word()?.into(),
        },
        other => return Err(format!("there is no operation `{other}`").into()),
    })
}

/// Reads a setting as the kind that its default is of.
fn setting<N: Node>(name: &str, text: &str) -> Outcome<Setting> {
    let known = N::INFO.settings.iter().find(|known| known.name == name);
    let default = known.ok_or(format!("no setting `{name}`"))?.default;
    Ok(match default() {
        Setting::Count(_) => Setting::Count(text.parse()?),
        Setting::Duration(_) => Setting::Duration(duration(text)?),
        Setting::Word(_) => Setting::Word(text.to_owned()),
    })
}

fn duration(text: &str) -> Outcome<Duration> {
    let split = text.find(|c: char| c.is_ascii_alphabetic());
    let (number, unit) = text.split_at(split.ok_or("durations are `500ms` or `2s`")?);
    let number = number.parse()?;
    match unit {
        "ms" => Ok(Duration::from_millis(number)),
        "s" => Ok(Duration::from_secs(number)),
        _ => Err(format!("there is no unit `{unit}` here").into()),
    }
}
