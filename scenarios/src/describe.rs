//! Actions and latencies in words, for tables and stories.

use crate::{Action, Latency, Links, Party, Release, Share};
use std::{fmt, time::Duration};

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Crash(target) => write!(f, "crash {target}"),
            Self::PowerLoss(target) => write!(f, "cut the power of {target}"),
            Self::Restart(target) => write!(f, "restart {target}"),
            Self::RollingRestart { down, gap } => {
                write!(f, "restart every node in turn, {down:?} down, {gap:?} apart")
            }
            Self::Install { node, release, down } => {
                let what = match release {
                    Release::First => "downgrade",
                    Release::Next => "upgrade",
                };
                write!(f, "{what} {node}, {down:?} down")
            }
            Self::RollingUpgrade { down, gap } => {
                write!(f, "upgrade every node in turn, {down:?} down, {gap:?} apart")
            }
            Self::SlowNode { node, factor, lasts } => {
                write!(f, "slow {node} down {factor} times for {lasts:?}")
            }
            Self::Pause(target) => write!(f, "pause {target}"),
            Self::Resume(target) => write!(f, "resume {target}"),
            Self::Partition(sides) => {
                let side = |parties: &Vec<Party>| {
                    parties.iter().map(ToString::to_string).collect::<Vec<_>>().join("+")
                };
                let sides: Vec<_> = sides.iter().map(side).collect();
                write!(f, "split {}", sides.join(" | "))
            }
            Self::Isolate(target) => write!(f, "cut {target} off from the other nodes"),
            Self::OneWay { from, to } => write!(f, "cut {from} -> {to}, one way"),
            Self::Bridge(target) => write!(f, "split the nodes, with {target} as the only bridge"),
            Self::FlappingLink { from, to, period, lasts } => {
                write!(f, "cut and mend {from} <-> {to} every {period:?} for {lasts:?}")
            }
            Self::HealNetwork => f.write_str("heal the network"),
            Self::SlowLink { from, to, delay, lasts } => {
                write!(f, "slow {from} -> {to} by {delay:?} for {lasts:?}")
            }
            Self::DelaySpike { delay, lasts } => {
                write!(f, "slow every link between nodes by {delay:?} for {lasts:?}")
            }
            Self::Reorder { spread, lasts, links } => {
                let which = match links {
                    Links::Nodes => "",
                    Links::Clients => " of clients",
                    Links::All => " of nodes and clients",
                    Links::BetweenZones => " between zones",
                };
                write!(
                    f,
                    "let messages{which} overtake each other by up to {spread:?} for {lasts:?}"
                )
            }
            Self::Loss { share, lasts, links } => write_share(f, "lose", *share, *links, *lasts),
            Self::Duplicate { share, lasts, links } => {
                write_share(f, "double", *share, *links, *lasts)
            }
            Self::SlowDisk { node, factor, lasts } => {
                write!(f, "slow the disk of {node} down {factor} times for {lasts:?}")
            }
            Self::FullDisk { node, lasts } => write!(f, "fill the disk of {node} for {lasts:?}"),
            Self::DiskErrors { node, share, lasts, reads } => {
                let percent = (share * 1000.0).round() / 10.0;
                let what = if *reads { "reads, writes and syncs" } else { "writes and syncs" };
                write!(f, "fail {percent}% of the {what} of {node} for {lasts:?}")
            }
            Self::BitRot(target) => write!(f, "flip bits on the platter of {target}"),
            Self::Join(target) => write!(f, "let {target} join"),
            Self::Leave(target) => write!(f, "let {target} leave"),
            Self::Start(target) => write!(f, "start {target} for the first time"),
            Self::Retire(target) => write!(f, "let {target} leave for good"),
            Self::ClockJump { node, by_ns } => {
                let sign = if *by_ns < 0 { "back" } else { "ahead" };
                let by = Duration::from_nanos(by_ns.unsigned_abs());
                write!(f, "set the clock of {node} {sign} by {by:?}")
            }
            Self::Put { key, value, to } => write!(f, "put {key}={value} at {to}"),
            Self::Get { key, from } => write!(f, "get {key} from {from}"),
            Self::Delete { key, to } => write!(f, "delete {key} at {to}"),
            Self::ListKeys { from } => write!(f, "list the keys of {from}"),
            Self::CompareAndSet { key, expected, new, to } => {
                let expected = expected.as_ref().map_or("(absent)", |value| value.as_str());
                write!(f, "compare-and-set {key} {expected}->{new} at {to}")
            }
            Self::Lasting { action, lasts } => write!(f, "{action} for {lasts:?}"),
        }
    }
}

impl fmt::Display for Latency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Constant(constant) => write!(f, "{constant:?}"),
            Self::Uniform { min, max } => write!(f, "{min:?} to {max:?}"),
            Self::Exponential { mean } => write!(f, "{mean:?} on average"),
            Self::Lognormal { median, p99 } => write!(f, "{median:?} (p99 {p99:?})"),
            Self::Quantiles(quantiles) => {
                let (median, p99) = (quantiles.at(Share::HALF), quantiles.at(Share::P99));
                write!(f, "{median:?} (p99 {p99:?}), as measured")
            }
        }
    }
}

fn write_share(
    f: &mut fmt::Formatter<'_>,
    what: &str,
    share: f64,
    links: Links,
    lasts: Duration,
) -> fmt::Result {
    let percent = (share * 1000.0).round() / 10.0;
    let which = match links {
        Links::Nodes => "messages between nodes",
        Links::Clients => "messages of clients",
        Links::All => "messages of nodes and clients",
        Links::BetweenZones => "messages between zones",
    };
    write!(f, "{what} {percent}% of the {which} for {lasts:?}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Target;

    #[test]
    fn actions_read_as_commands() {
        let n2 = "n2".parse::<Target>().unwrap();
        assert_eq!(Action::Crash(n2).to_string(), "crash n2");
        let sides = vec![vec![Party::Node(n2), Party::Clients], vec![Party::Node(Target::Leader)]];
        assert_eq!(Action::Partition(sides).to_string(), "split n2+clients | leader");
        let jump = Action::ClockJump { node: n2, by_ns: -1_500_000_000 };
        assert_eq!(jump.to_string(), "set the clock of n2 back by 1.5s");
        let loss =
            Action::Loss { share: 0.125, lasts: Duration::from_secs(2), links: Links::Nodes };
        assert_eq!(loss.to_string(), "lose 12.5% of the messages between nodes for 2s");
        let lasting = Action::Crash(n2).lasting(Duration::from_secs(2));
        assert_eq!(lasting.to_string(), "crash n2 for 2s");
    }

    #[test]
    fn latencies_say_how_long_and_how_long_at_worst() {
        let (short, long) = (Duration::from_micros(80), Duration::from_millis(2));
        assert_eq!(Latency::from(short).to_string(), "80µs");
        let measured = vec![
            (Share::NONE, short),
            (Share::HALF, short),
            (Share::P99, long),
            (Share::ALL, long),
        ];
        let measured = Latency::Quantiles(crate::Quantiles::new(measured).unwrap());
        assert_eq!(measured.to_string(), "80µs (p99 2ms), as measured");
        let uniform = Latency::Uniform { min: short, max: long };
        assert_eq!(uniform.to_string(), "80µs to 2ms");
    }

    #[test]
    fn every_fault_of_nodes_links_and_disks_reads_as_a_command() {
        let (node, to) = ("n2".parse::<Target>().unwrap(), Target::Minority);
        let (short, lasts) = (Duration::from_millis(20), Duration::from_secs(2));
        for (action, command) in [
            (Action::PowerLoss(Target::Majority), "cut the power of majority"),
            (
                Action::RollingRestart { down: short, gap: lasts },
                "restart every node in turn, 20ms down, 2s apart",
            ),
            (Action::SlowNode { node, factor: 2.5, lasts }, "slow n2 down 2.5 times for 2s"),
            (Action::Bridge(node), "split the nodes, with n2 as the only bridge"),
            (
                Action::FlappingLink { from: node, to, period: short, lasts },
                "cut and mend n2 <-> minority every 20ms for 2s",
            ),
            (
                Action::DelaySpike { delay: short, lasts },
                "slow every link between nodes by 20ms for 2s",
            ),
            (
                Action::Reorder { spread: short, lasts, links: Links::Nodes },
                "let messages overtake each other by up to 20ms for 2s",
            ),
            (
                Action::SlowDisk { node, factor: 10.0, lasts },
                "slow the disk of n2 down 10 times for 2s",
            ),
            (Action::FullDisk { node, lasts }, "fill the disk of n2 for 2s"),
            (
                Action::DiskErrors { node, share: 0.125, lasts, reads: false },
                "fail 12.5% of the writes and syncs of n2 for 2s",
            ),
            (
                Action::DiskErrors { node, share: 0.125, lasts, reads: true },
                "fail 12.5% of the reads, writes and syncs of n2 for 2s",
            ),
            (
                Action::Duplicate { share: 0.5, lasts, links: Links::Clients },
                "double 50% of the messages of clients for 2s",
            ),
            (Action::BitRot(node), "flip bits on the platter of n2"),
            (Action::Join(node), "let n2 join"),
            (Action::Leave(node), "let n2 leave"),
            (Action::Start(node), "start n2 for the first time"),
            (Action::Retire(node), "let n2 leave for good"),
        ] {
            assert_eq!(action.to_string(), command);
        }
    }
}
