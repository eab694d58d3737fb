//! A cluster of processes on this machine, to be measured: each times its events if asked to.

use super::Samples;
use crate::{leash::leash, now};
use node::NodeId;
use rustix::process::{Pid, Signal, kill_process};
use std::{
    fs,
    io::{self, BufRead, BufReader},
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

/// So long a process may take to end when it is told to.
const TO_END: Duration = Duration::from_secs(5);

/// Processes that serve the nodes of a system, each on a port and in a folder of its own. They are killed as soon
/// as this is dropped.
pub struct Processes {
    children: Vec<Child>,
    addresses: Vec<SocketAddr>,
    /// Where each writes how long its events took, if it does.
    timings: Vec<PathBuf>,
}

impl Processes {
    /// Starts so many nodes of a system by the command `serve` of a program, in a folder that is empty, and waits
    /// until they listen.
    ///
    /// # Errors
    ///
    /// What stands in the way, in one sentence.
    pub fn start(
        program: &Path,
        system: &str,
        nodes: usize,
        folder: &Path,
        timed: bool,
    ) -> Result<Self, String> {
        let addresses = free_ports(nodes).map_err(|why| format!("no port is free: {why}"))?;
        let mut all = Self { children: Vec::new(), addresses, timings: Vec::new() };
        for node in (0..nodes).map(NodeId::from_index) {
            let mut command = Command::new(program);
            command.args(["serve", "--system", system, "--id", &node.to_string()]);
            command.args(["--listen", &all.addresses[node.index()].to_string()]);
            let others = all.addresses.iter().enumerate().filter(|(it, _)| *it != node.index());
            let others = others.map(|(it, at)| format!("{}={at}", NodeId::from_index(it)));
            let others: Vec<_> = others.collect();
            if !others.is_empty() {
                command.args(["--peers", &others.join(",")]);
            }
            command.arg("--data").arg(folder.join(node.to_string()));
            if timed {
                let file = folder.join(format!("{node}.timings"));
                command.arg("--timings").arg(&file);
                all.timings.push(file);
            }
            leash(&mut command);
            command.stdout(Stdio::piped()).stderr(Stdio::null());
            let child = command.spawn().map_err(|why| format!("{}: {why}", program.display()))?;
            all.children.push(child);
        }
        for (index, child) in all.children.iter_mut().enumerate() {
            let mut line = String::new();
            let stdout = child.stdout.take().expect("it is piped");
            let read = BufReader::new(stdout).read_line(&mut line);
            if read.is_err() || !line.contains("listens on") {
                return Err(format!("{} of {system} does not serve", NodeId::from_index(index)));
            }
        }
        Ok(all)
    }

    /// Where the nodes listen, n1 first.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// Tells them to end, waits until they have, and reads how long their events took, if they were timed.
    ///
    /// # Errors
    ///
    /// Which process does not end, or what it wrote and cannot be read.
    pub fn end(mut self) -> Result<Samples, String> {
        for child in &self.children {
            if let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
                // One that has ended already is waited for below.
                let _ = kill_process(pid, Signal::TERM);
            }
        }
        let deadline = now::instant() + TO_END;
        for (index, child) in self.children.iter_mut().enumerate() {
            while child.try_wait().map_err(|why| why.to_string())?.is_none() {
                if now::instant() > deadline {
                    return Err(format!("{} does not end", NodeId::from_index(index)));
                }
                thread::sleep(Duration::from_millis(5));
            }
        }
        let mut samples = Samples::default();
        for file in &self.timings {
            let at = |why: String| format!("{}: {why}", file.display());
            let text = fs::read_to_string(file).map_err(|why| at(why.to_string()))?;
            samples.join(&Samples::parse(&text).map_err(|why| at(why.to_string()))?);
        }
        Ok(samples)
    }
}

impl Drop for Processes {
    fn drop(&mut self) {
        for child in &mut self.children {
            // One that has ended needs neither.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Ports of the loopback that nobody has; held all at once, so that no two are the same.
fn free_ports(count: usize) -> io::Result<Vec<SocketAddr>> {
    let held: Vec<_> =
        (0..count).map(|_| TcpListener::bind("127.0.0.1:0")).collect::<io::Result<_>>()?;
    held.iter().map(TcpListener::local_addr).collect()
}
