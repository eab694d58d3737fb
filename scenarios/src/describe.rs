//! Actions in words, for tables and stories.

use crate::{Action, Party};
use std::{fmt, time::Duration};

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Crash(target) => write!(f, "crash {target}"),
            Self::Restart(target) => write!(f, "restart {target}"),
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
            Self::HealNetwork => f.write_str("heal the network"),
            Self::SlowLink { from, to, delay, lasts } => {
                write!(f, "slow {from} -> {to} by {delay:?} for {lasts:?}")
            }
            Self::Loss { share, lasts } => write_share(f, "lose", *share, *lasts),
            Self::Duplicate { share, lasts } => write_share(f, "double", *share, *lasts),
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
        }
    }
}

fn write_share(f: &mut fmt::Formatter<'_>, what: &str, share: f64, lasts: Duration) -> fmt::Result {
    let percent = (share * 1000.0).round() / 10.0;
    write!(f, "{what} {percent}% of the messages between nodes for {lasts:?}")
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
        let loss = Action::Loss { share: 0.125, lasts: Duration::from_secs(2) };
        assert_eq!(loss.to_string(), "lose 12.5% of the messages between nodes for 2s");
    }
}
