//! A [`Scenario`] as TOML that reads as if written by hand.
//!
//! What is as by default is left out, so a short scenario stays short.

mod action;
mod invariants;
mod plan;
mod zones;

use crate::{
    Balancer, Clock, Cluster, Disk, Expectation, KeyChoice, Keys, Latency, Link, Links, Nemesis,
    Network, Pace, Phases, Properties, Property, Scenario, StoryText, SystemSettings, Workload,
    Zones, defaults,
    words::{self, DEAD_NODES, LINKS, ORDERS, ROUTES},
};
use node::{
    Setting,
    client::{Retry, Route},
};
use std::{fmt::Display, time::Duration};
use toml::{Table, Value};

impl Scenario {
    /// Writes the scenario as a file that [`Scenario::parse`] reads back to an equal one.
    ///
    /// That holds for every scenario that parsing can give. One built by hand
    /// that breaks a rule of the format is written all the same, and refused
    /// when it is read: parsing what this gives is how to check it.
    pub fn to_toml(&self) -> String {
        let mut out = Writer::default();
        plan::head(&mut out, self);
        out.field("name", text(&self.name));
        out.field("title", text(&self.title));
        out.field_unless(self.watch.is_empty(), "watch", || text(&self.watch));
        out.field_unless(self.shows.is_empty(), "shows", || names(&self.shows));
        if let Some(source) = &self.source {
            out.field("source", text(source));
        }
        cluster(&mut out, &self.cluster);
        system(&mut out, &self.system);
        disk(&mut out, &self.disk);
        zones::zones(&mut out, self);
        network(&mut out, &self.network, &self.zones);
        balancer(&mut out, &self.balancer);
        if let Some(load) = &self.workload {
            workload(&mut out, load, &self.phases);
        }
        if let Some(faults) = &self.nemesis {
            nemesis(&mut out, faults, &self.phases);
        }
        phases(&mut out, &self.phases);
        properties(&mut out, &self.properties);
        invariants::invariants(&mut out, &self.invariants);
        plan::pins(&mut out, self);
        for step in &self.steps {
            out.heading("[[step]]");
            out.field("at", time(step.at));
            if let Some(client) = step.client {
                out.field("client", text(client));
            }
            out.field("do", action::action(&step.action));
            out.field_unless(!step.random, "random", || Value::Boolean(true));
        }
        for text in &self.stories {
            story(&mut out, text);
        }
        let is_first = |(system, _): &(&String, _)| Some(*system) == self.expected_first.as_ref();
        let (first, others): (Vec<_>, Vec<_>) = self.expect.iter().partition(is_first);
        for (system, expectation) in first.into_iter().chain(others) {
            expected(&mut out, system, expectation);
        }
        out.0
    }
}

#[derive(Debug, Default)]
struct Writer(String);

impl Writer {
    fn heading(&mut self, heading: &str) {
        self.0.push('\n');
        self.0.push_str(heading);
        self.0.push('\n');
    }

    fn field(&mut self, name: &str, value: Value) {
        self.0.push_str(&format!("{name} = {value}\n"));
    }

    /// A list with each value on a line of its own.
    fn lines(&mut self, name: &str, values: impl Iterator<Item = Value>) {
        self.0.push_str(&format!("{name} = [\n"));
        for value in values {
            self.0.push_str(&format!("    {value},\n"));
        }
        self.0.push_str("]\n");
    }

    fn field_unless(&mut self, left_out: bool, name: &str, value: impl FnOnce() -> Value) {
        if !left_out {
            self.field(name, value());
        }
    }
}

fn text(text: impl Display) -> Value {
    Value::String(text.to_string())
}

fn time(time: Duration) -> Value {
    text(humantime::format_duration(time))
}

fn signed(nanos: i64) -> Value {
    let length = humantime::format_duration(Duration::from_nanos(nanos.unsigned_abs()));
    let sign = if nanos < 0 { "-" } else { "" };
    text(format_args!("{sign}{length}"))
}

/// Numbers that come from a text have 63 bits at most; larger ones cannot be written.
fn count(count: u64) -> Value {
    Value::Integer(i64::try_from(count).unwrap_or(i64::MAX))
}

fn list(values: impl IntoIterator<Item = Value>) -> Value {
    Value::Array(values.into_iter().collect())
}

fn table<'a>(fields: impl IntoIterator<Item = (&'a str, Value)>) -> Value {
    let fields: Table = fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Value::Table(fields)
}

fn cluster(out: &mut Writer, cluster: &Cluster) {
    let default = Cluster::default();
    out.heading("[cluster]");
    out.field("nodes", count(cluster.nodes as u64));
    let usual = cluster.service_time == default.service_time;
    out.field_unless(usual, "service_time", || latency(&cluster.service_time));
    if let Some(wake_up) = &cluster.wake_up {
        out.field("wake_up", latency(wake_up));
    }
    if let Some(cores) = cluster.cores {
        out.field("cores", count(cores as u64));
    }
    out.field_unless(cluster.boot == default.boot, "boot", || time(cluster.boot));
    out.field_unless(cluster.late.is_empty(), "late", || list(cluster.late.iter().map(text)));
    if !cluster.service.is_empty() {
        out.heading("[cluster.service]");
        cluster.service.iter().for_each(|(kind, it)| out.field(kind.name(), latency(it)));
    }
    for (node, Clock { offset_ns, drift_ppm }) in &cluster.clocks {
        out.heading(&format!("[cluster.clocks.{node}]"));
        out.field_unless(*offset_ns == 0, "offset", || signed(*offset_ns));
        out.field_unless(*drift_ppm == 0.0, "drift_ppm", || Value::Float(*drift_ppm));
    }
}

fn system(out: &mut Writer, system: &SystemSettings) {
    if system == &SystemSettings::default() {
        return;
    }
    version(out, "[system]", system);
    if let Some(next) = &system.next {
        version(out, "[system.next]", next);
    }
}

fn version(out: &mut Writer, heading: &str, system: &SystemSettings) {
    out.heading(heading);
    out.field_unless(system.flaws.is_empty(), "flaws", || list(system.flaws.iter().map(text)));
    for (name, setting) in &system.settings {
        let value = match setting {
            Setting::Count(number) => count(*number),
            Setting::Duration(duration) => time(*duration),
            Setting::Word(word) => text(word),
        };
        out.field(&key(name), value);
    }
}

fn disk(out: &mut Writer, disk: &Disk) {
    if disk != &Disk::default() {
        out.heading("[disk]");
        let usual = disk.sync == Disk::default().sync;
        out.field_unless(usual, "sync", || latency(&disk.sync));
        if let Some(read) = &disk.read {
            out.field("read", latency(read));
        }
        bytes_per_second(out, disk.bytes_per_second, None);
    }
}

fn balancer(out: &mut Writer, balancer: &Balancer) {
    let default = Balancer::default();
    if balancer != &default {
        let Balancer { every, timeout } = *balancer;
        out.heading("[balancer]");
        out.field_unless(every == default.every, "every", || time(every));
        out.field_unless(timeout == default.timeout, "timeout", || time(timeout));
    }
}

fn network(out: &mut Writer, network: &Network, zones: &Zones) {
    let default = Network::default();
    if network.dead != default.dead {
        out.heading("[network]");
        out.field("dead", text(words::name_of(DEAD_NODES, &network.dead)));
    }
    for (name, it, usual) in
        [("nodes", &network.nodes, &default.nodes), ("clients", &network.clients, &default.clients)]
    {
        if it != usual {
            out.heading(&format!("[network.{name}]"));
            link(out, it, usual);
        }
    }
    zones::between(out, zones);
    for ((from, to), it) in &network.links {
        out.heading("[[network.link]]");
        out.field("from", text(from));
        out.field("to", text(to));
        link(out, it, &zones.between_nodes(*from, *to, &network.nodes));
    }
}

/// Writes in what a link differs from `base`.
fn link(out: &mut Writer, link: &Link, base: &Link) {
    out.field_unless(link.latency == base.latency, "latency", || latency(&link.latency));
    out.field_unless(link.loss == base.loss, "loss", || Value::Float(link.loss));
    let usual = link.duplicate == base.duplicate;
    out.field_unless(usual, "duplicate", || Value::Float(link.duplicate));
    let order = || text(words::name_of(ORDERS, &link.order));
    out.field_unless(link.order == base.order, "order", order);
    bytes_per_second(out, link.bytes_per_second, base.bytes_per_second);
}

/// Writes how many bytes a second go through, if it is not as usual.
fn bytes_per_second(out: &mut Writer, bytes: Option<u64>, usual: Option<u64>) {
    if let Some(bytes) = bytes.filter(|_| bytes != usual) {
        out.field("bytes_per_second", count(bytes));
    }
}

fn latency(latency: &Latency) -> Value {
    match *latency {
        Latency::Quantiles(ref quantiles) => {
            let all = quantiles.all().iter();
            let all: Table = all.map(|(share, at)| (share.to_string(), time(*at))).collect();
            table([("quantiles", Value::Table(all))])
        }
        Latency::Constant(constant) => time(constant),
        Latency::Uniform { min, max } => {
            let limits = table([("min", time(min)), ("max", time(max))]);
            table([("uniform", limits)])
        }
        Latency::Exponential { mean } => table([("exponential", table([("mean", time(mean))]))]),
        Latency::Lognormal { median, p99 } => {
            let quantiles = table([("median", time(median)), ("p99", time(p99))]);
            table([("lognormal", quantiles)])
        }
    }
}

fn workload(out: &mut Writer, load: &Workload, phases: &Phases) {
    out.heading("[workload]");
    match load.pace {
        Pace::Closed { clients, think } => {
            out.field("clients", count(clients as u64));
            out.field_unless(think.is_zero(), "think", || time(think));
        }
        Pace::Open { rate, clients } => {
            out.field("rate", Value::Float(rate));
            out.field("clients", count(clients as u64));
        }
    }
    if load.planned.is_none() {
        drawn(out, load, phases);
    }
    out.field("reads", route(load.reads));
    out.field("writes", route(load.writes));
    let (retry, usual) = (&load.retry, Retry::default());
    out.field_unless(retry.timeout == usual.timeout, "timeout", || time(retry.timeout));
    let attempts = || count(u64::from(retry.attempts));
    out.field_unless(retry.attempts == usual.attempts, "attempts", attempts);
    out.field_unless(retry.backoff == usual.backoff, "backoff", || time(retry.backoff));
    if let Some(client_time) = &load.client_time {
        out.field("client_time", latency(client_time));
    }
    if let Some(planned) = &load.planned {
        plan::operations(out, load, planned);
    }
}

/// What operations are drawn from.
fn drawn(out: &mut Writer, load: &Workload, phases: &Phases) {
    span_of_time(out, load.start, load.stop, phases);
    if let Some(operations) = load.operations {
        out.field("operations", count(operations));
    }
    let weight = |(kind, &weight): (&node::OperationKind, _)| (kind.name(), Value::Float(weight));
    let updates = load.updates.mix.iter();
    let updates = updates.map(|(update, weight)| (update.name(), Value::Float(*weight)));
    out.field("mix", table(load.mix.iter().map(weight).chain(updates)));
    invariants::numbers(out, &load.updates);
    let usual = load.keys == Keys::default();
    out.field_unless(usual, "keys", || keys(&load.keys));
}

fn span_of_time(out: &mut Writer, start: Duration, stop: Duration, phases: &Phases) {
    out.field_unless(start.is_zero(), "start", || time(start));
    out.field_unless(stop == phases.run, "stop", || time(stop));
}

fn keys(keys: &Keys) -> Value {
    let choice = match keys.choice {
        KeyChoice::Uniform => text("uniform"),
        KeyChoice::Zipfian { exponent } => {
            table([("zipfian", table([("exponent", Value::Float(exponent))]))])
        }
        KeyChoice::Latest { exponent } => {
            table([("latest", table([("exponent", Value::Float(exponent))]))])
        }
        KeyChoice::HotCold { hot, share } => {
            let parts = table([("hot", Value::Float(hot)), ("share", Value::Float(share))]);
            table([("hot-cold", parts)])
        }
    };
    table([("count", count(keys.count)), ("choice", choice)])
}

fn route(route: Route) -> Value {
    match route {
        Route::Node(node) => text(node),
        policy => text(words::name_of(ROUTES, &policy)),
    }
}

fn nemesis(out: &mut Writer, nemesis: &Nemesis, phases: &Phases) {
    out.heading("[nemesis]");
    span_of_time(out, nemesis.start, nemesis.stop, phases);
    for fault in &nemesis.faults {
        out.heading("[[nemesis.fault]]");
        out.field("kind", text(fault.kind.name()));
        out.field("per_minute", Value::Float(fault.per_minute));
        let (least, most) = fault.lasts;
        out.field("lasts", list([time(least), time(most)]));
        let links = || text(words::name_of(LINKS, &fault.links));
        out.field_unless(fault.links == Links::default(), "links", links);
        out.field_unless(!fault.reads, "reads", || Value::Boolean(fault.reads));
    }
}

fn phases(out: &mut Writer, phases: &Phases) {
    out.heading("[phases]");
    out.field("run", time(phases.run));
    out.field_unless(phases.heal, "heal", || Value::Boolean(phases.heal));
    out.field_unless(phases.settle == defaults::SETTLE, "settle", || time(phases.settle));
}

fn properties(out: &mut Writer, properties: &Properties) {
    let default = Properties::default();
    if properties == &default {
        return;
    }
    let Properties { max_staleness, min_availability, max_probe_latency } = *properties;
    out.heading("[properties]");
    out.field_unless(max_staleness.is_zero(), "max_staleness", || time(max_staleness));
    let usual = min_availability == default.min_availability;
    out.field_unless(usual, "min_availability", || Value::Float(min_availability));
    let usual = max_probe_latency == default.max_probe_latency;
    out.field_unless(usual, "max_probe_latency", || time(max_probe_latency));
}

fn story(out: &mut Writer, story: &StoryText) {
    let StoryText { on, violated, holds, title, watch } = story;
    out.heading("[[story]]");
    out.field_unless(on.is_empty(), "on", || list(on.iter().map(text)));
    out.field_unless(violated.is_empty(), "violated", || names(violated));
    out.field_unless(holds.is_empty(), "holds", || names(holds));
    out.field("title", text(title));
    out.field("watch", text(watch));
}

fn names(properties: &[Property]) -> Value {
    list(properties.iter().map(|property| text(property.name())))
}

fn expected(out: &mut Writer, system: &str, expectation: &Expectation) {
    out.heading(&format!("[expect.{}]", key(system)));
    let Expectation { holds, violated, flaws } = expectation;
    out.field_unless(holds.is_empty(), "holds", || names(holds));
    out.field_unless(violated.is_empty(), "violated", || names(violated));
    out.field_unless(flaws.is_empty(), "flaws", || list(flaws.iter().map(text)));
}

/// A bare key where TOML allows one, else the name in quotes.
fn key(name: &str) -> String {
    let bare = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    if !name.is_empty() && name.bytes().all(bare) {
        name.to_owned()
    } else {
        text(name).to_string()
    }
}
