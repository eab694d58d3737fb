//! How much runs and commands may take.

use crate::{
    args::{Command, Timeout},
    failure::Failure,
    interrupt,
};
use clap::Args;
use sim::{EventKind, Limit, OverLimit};
use std::time::Duration;

/// How much each run may take, and the command.
#[derive(Args)]
pub(crate) struct Limits {
    /// How many events a run may take.
    #[arg(long, value_name = "N", help_heading = "Limits", default_value_t = sim::Limits::default().events,
        value_parser = clap::value_parser!(u64).range(1..=MOST_EVENTS))]
    max_events: u64,
    /// How much memory a run may take by what it keeps, such as `512MiB`; each of those that are had
    /// at once.
    #[arg(long, value_name = "SIZE", help_heading = "Limits", default_value = "1GiB", value_parser = bytes)]
    max_memory: u64,
    /// How long a run may take in real time, such as `30s`; by default as long as it likes.
    #[arg(long, value_name = "TIME", help_heading = "Limits", value_parser = span)]
    run_timeout: Option<Duration>,
    #[command(flatten)]
    pub(crate) whole: Timeout,
}

/// So many events there may be at most: the world has turns for more.
const MOST_EVENTS: u64 = 1_000_000_000_000;

impl Limits {
    /// From now on runs have these limits.
    fn set(&self) {
        let Self { max_events: events, max_memory: memory, run_timeout: time, .. } = *self;
        sim::Limits { events, memory, time }.set_in_force();
    }

    /// As words of a command line, for a process that does a part of the work.
    pub(crate) fn arguments(&self) -> Vec<String> {
        let mut words = vec![
            format!("--max-events={}", self.max_events),
            format!("--max-memory={}", self.max_memory),
        ];
        // A timeout is not rounded: nanoseconds are the finest unit.
        words.extend(self.run_timeout.map(|it| format!("--run-timeout={}ns", it.as_nanos())));
        words
    }
}

/// Puts the limits of a command in force.
pub(crate) fn begin(command: &Command) {
    if let Some(limits) = command.limits() {
        limits.set();
    }
    if let Some(time) = command.timeout().and_then(|timeout| timeout.timeout) {
        interrupt::end_after(time);
    }
}

/// Reads a length of time that is not nothing.
pub(crate) fn span(text: &str) -> Result<Duration, String> {
    match humantime::parse_duration(text) {
        Ok(span) if !span.is_zero() => Ok(span),
        Ok(_) => Err("in no time nothing is done".to_owned()),
        Err(_) => Err("write a time such as `30s`, `10m` or `1h`".to_owned()),
    }
}

/// Reads a number of bytes, with a unit or without.
fn bytes(text: &str) -> Result<u64, String> {
    const UNITS: [(&str, u64); 8] = [
        ("", 1),
        ("b", 1),
        ("kb", 1000),
        ("mb", 1_000_000),
        ("gb", 1_000_000_000),
        ("kib", 1 << 10),
        ("mib", 1 << 20),
        ("gib", 1 << 30),
    ];
    let digits = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let (count, unit) = text.split_at(digits);
    let unit = unit.trim().to_ascii_lowercase();
    let unit = UNITS.iter().find(|(name, _)| *name == unit).map(|(_, size)| *size);
    match (count.parse::<u64>().ok(), unit) {
        (Some(0), Some(_)) => Err("in no memory nothing can be kept".to_owned()),
        (Some(count), Some(unit)) => {
            count.checked_mul(unit).ok_or_else(|| "there is no memory so large".to_owned())
        }
        _ => Err("write a size such as `512MiB`, `2GiB` or a number of bytes".to_owned()),
    }
}

/// What to tell of a run that took more than it may. `run` says which, `again` is the command that has it.
pub(crate) fn over(run: String, over: &OverLimit, again: &str) -> Failure {
    let fewer = match over.most() {
        None => "let random faults come less often (a smaller `per_minute` in [[nemesis.fault]])",
        Some(EventKind::Requests | EventKind::Clients) => {
            "let clients ask less (a smaller `rate`, fewer `clients`, a longer wait between attempts)"
        }
        Some(EventKind::HealthChecks) => {
            "let the balancer check less often (a longer `every` in [balancer])"
        }
        Some(EventKind::Steps) => "take fewer steps, and let random faults come less often",
        Some(EventKind::Messages | EventKind::Timers | EventKind::Work | EventKind::Disks) => {
            "let nodes do less (longer timers among the settings of the system, fewer nodes)"
        }
    };
    let more = match over.limit {
        Limit::Events(most) => match most.saturating_mul(4) {
            more if more <= MOST_EVENTS => format!("--max-events {more}"),
            _ => return Failure::input(run, format!("{fewer}; or shorten `run` in [phases]")),
        },
        Limit::Memory(most) => format!("--max-memory {}MiB", number_of_mib(most.saturating_mul(4))),
        Limit::Time(most) => format!("--run-timeout {:?}", most.saturating_mul(4)),
    };
    let help = format!(
        "{fewer}; or shorten `run` in [phases]; or allow more, as with `{more}`\nthe same again: {again}"
    );
    Failure::input(run, help)
}

fn number_of_mib(bytes: u64) -> u64 {
    bytes.div_ceil(1 << 20)
}

/// What to tell of a command that took longer than it may.
pub(crate) fn too_long(time: Duration) -> Failure {
    Failure::input(
        format!("the command took longer than {time:?} and was ended"),
        "allow more with `--timeout`, or ask for less",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units_or_none() {
        assert_eq!(bytes("512"), Ok(512));
        assert_eq!(bytes("512MiB"), Ok(512 << 20));
        assert_eq!(bytes("2 gib"), Ok(2 << 30));
        assert_eq!(bytes("3GB"), Ok(3_000_000_000));
        for wrong in ["", "MiB", "1.5GiB", "-1", "1 TiB", "0", "18446744073709551615GiB"] {
            assert!(bytes(wrong).is_err(), "{wrong}");
        }
    }
}
