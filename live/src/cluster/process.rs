//! One process: how it is started, stopped and killed.

use crate::leash::leash;
use node::{Config, NodeId, Setting};
use rustix::process::{Pid, Signal, kill_process};
use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, BufRead, BufReader},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
};
use tokio::sync::oneshot;

/// What a process is to serve.
pub(super) struct Serve<'a> {
    pub(super) program: &'a Path,
    pub(super) system: &'static str,
    pub(super) config: &'a Config,
    pub(super) peers: &'a BTreeMap<NodeId, SocketAddr>,
    pub(super) data: &'a Path,
    pub(super) log: &'a Path,
    /// The file that holds the secret of the cluster.
    pub(super) secret: &'a Path,
}

/// A process that was started.
pub(super) struct Process(Child);

impl Serve<'_> {
    /// Starts it; the second answer comes once it listens, or has ended before.
    pub(super) fn start(
        &self,
    ) -> Result<(Process, oneshot::Receiver<Result<SocketAddr, String>>), String> {
        fs::create_dir_all(self.data).map_err(|why| at(self.data, &why))?;
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.log)
            .map_err(|why| at(self.log, &why))?;
        let mut command = Command::new(self.program);
        leash(command.args(self.arguments()).stdout(Stdio::piped()).stderr(log));
        let mut child = command.spawn().map_err(|why| at(self.program, &why))?;
        let stdout = child.stdout.take().expect("it is piped");
        let (ready, listens) = oneshot::channel();
        let read = move || {
            let mut line = String::new();
            let read = BufReader::new(stdout).read_line(&mut line);
            let address = line.trim_end().rsplit(' ').next().and_then(|last| last.parse().ok());
            let _ = ready.send(match (read, address) {
                (Ok(_), Some(address)) => Ok(address),
                _ => Err(format!("it did not say where it listens, but `{}`", line.trim_end())),
            });
        };
        thread::Builder::new()
            .name("ready".to_owned())
            .spawn(read)
            .map_err(|why| why.to_string())?;
        Ok((Process(child), listens))
    }

    fn arguments(&self) -> Vec<String> {
        let mut arguments: Vec<String> =
            ["serve", "--conducted", "--listen", "127.0.0.1:0"].map(str::to_owned).to_vec();
        let mut give = |name: &str, value: String| {
            arguments.extend([format!("--{name}"), value]);
        };
        let Config { id, members, late, flaws, settings, mixed, .. } = self.config;
        give("system", self.system.to_owned());
        give("id", id.to_string());
        if members.len() > 1 {
            let peers = self.peers.iter().map(|(peer, address)| format!("{peer}={address}"));
            give("peers", peers.collect::<Vec<_>>().join(","));
        }
        give("data", self.data.display().to_string());
        give("secret-file", self.secret.display().to_string());
        flaws.iter().for_each(|flaw| give("flaw", flaw.clone()));
        settings
            .iter()
            .for_each(|(name, value)| give("setting", format!("{name}={}", word(value))));
        if !late.is_empty() {
            let late: Vec<_> = late.iter().map(ToString::to_string).collect();
            give("late", late.join(","));
        }
        if *mixed {
            arguments.push("--mixed".to_owned());
        }
        arguments
    }
}

fn at(what: &Path, why: &io::Error) -> String {
    format!("{}: {why}", what.display())
}

/// A setting as it is given on a command line.
fn word(setting: &Setting) -> String {
    match setting {
        Setting::Count(count) => count.to_string(),
        Setting::Duration(length) => format!("{}ns", length.as_nanos()),
        Setting::Word(word) => word.clone(),
    }
}

impl Process {
    /// Stops it where it is, or lets it go on.
    pub(super) fn pause(&self, paused: bool) {
        let signal = if paused { Signal::STOP } else { Signal::CONT };
        if let Some(pid) = i32::try_from(self.0.id()).ok().and_then(Pid::from_raw) {
            // It has not been waited for, so that the name is still its own.
            let _ = kill_process(pid, signal);
        }
    }

    /// Ends it at once.
    pub(super) fn kill(mut self) {
        // One that has ended by itself is only waited for.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
