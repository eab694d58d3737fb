//! `seedbed play`: a run shown in the terminal at a human pace, or told in plain lines.
//!
//! The run is had once, and cut into beats ([`reports::beats`]). What is on the screen is a pure function
//! ([`draw`]) of a state that keys and time change ([`state`]); only [`terminal`] knows of a terminal.

mod args;
mod draw;
mod pace;
mod plain;
mod stage;
mod state;
mod terminal;
#[cfg(test)]
mod tests;

pub(crate) use args::PlayArgs;

use crate::{choose::Chosen, failure::Failure, output, progress};
use reports::beats::Beats;
use sim::Detail;
use state::{Left, State};
use std::{
    io::{self, IsTerminal as _},
    process::ExitCode,
};

/// As shells expect it after an interrupt.
const INTERRUPTED: u8 = 130;

/// Plays a run.
pub(crate) fn play(args: &PlayArgs) -> Result<ExitCode, Failure> {
    let chosen = Chosen::by(&args.which)?;
    let spinner = progress::spinner(false, format!("running {}", chosen.scenario.name));
    let run = chosen.run(Detail::Full)?;
    let beats = Beats::of(&run);
    spinner.finish_and_clear();
    if let Some(from) = args.from.filter(|from| *from > beats.end()) {
        return Err(Failure::input(
            format!("--from {from} is after the end of the run, which is at {}", beats.end()),
            "name an earlier moment",
        ));
    }
    let is_watched = io::stdin().is_terminal() && io::stdout().is_terminal();
    if args.plain || !is_watched {
        output::print(&plain::text(&beats, args.from, output::width()))?;
    } else {
        let mut state = State::new(&beats, args.speed, args.from, output::stdout_has_colour());
        if terminal::show(&mut state)? == Left::Interrupted {
            return Ok(ExitCode::from(INTERRUPTED));
        }
    }
    let is_fine = run.as_expected() || run.expects_nothing();
    Ok(if is_fine { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
