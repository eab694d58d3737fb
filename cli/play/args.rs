//! What can be said to `seedbed play`.

use crate::{args::Which, limits::Limits};
use clap::Args;
use node::Time;

#[derive(Args)]
#[command(after_help = "Examples:\n  \
    seedbed play ghost-data\n  \
    seedbed play ghost-data --system raft --speed 0.5      for a class\n  \
    seedbed play chaos-five --from 3s\n  \
    seedbed play ghost-data --plain | less                 as lines, with no waiting\n\n\
    In a terminal it fills the screen; space pauses, the arrows step, `?` names the other keys.\n\
    Where standard input or output is no terminal, it prints plain lines. Nothing is written.\n\
    Exit codes: 0 as expected, or nothing was; 1 not as expected, 2 bad input, 3 the harness failed.")]
pub(crate) struct PlayArgs {
    #[command(flatten)]
    pub(crate) which: Which,
    /// How fast it goes: 2 is twice as fast, 0.5 half.
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0, value_parser = speed)]
    pub(crate) speed: f64,
    /// At which moment of the run it begins, such as `2.5s`.
    #[arg(long, value_name = "MOMENT", value_parser = moment)]
    pub(crate) from: Option<Time>,
    /// Print plain lines, with no waiting and no colours.
    #[arg(long)]
    pub(crate) plain: bool,
    #[command(flatten)]
    pub(crate) limits: Limits,
}

/// The slowest and the fastest.
pub(super) const SPEEDS: [f64; 2] = [0.1, 20.0];

fn speed(text: &str) -> Result<f64, String> {
    let [slowest, fastest] = SPEEDS;
    let speed = text.parse().ok().filter(|speed| (slowest..=fastest).contains(speed));
    speed.ok_or_else(|| format!("write a number from {slowest} to {fastest}"))
}

fn moment(text: &str) -> Result<Time, String> {
    // No time at all is a moment too.
    match humantime::parse_duration(text) {
        Ok(since_start) => Ok(Time::from(since_start)),
        Err(_) => Err("write a moment such as `2.5s` or `1500ms`".to_owned()),
    }
}
