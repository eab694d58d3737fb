//! How fast a scenario runs in the simulator, judged.

use crate::{
    args::{Format, Which},
    choose::Chosen,
    failure::Failure,
    output,
};
use cpu_time::ThreadTime;
use serde_json::json;
use sim::{Detail, Gear, Run};
use std::{num::NonZeroUsize, process::ExitCode, time::Duration};

/// How long the runs take together if their number is not given.
const LONG_ENOUGH: Duration = Duration::from_secs(2);

/// What some runs came to.
#[derive(Default)]
struct Tally {
    runs: u64,
    operations: u64,
    delivered: u64,
    events: u64,
    /// Of simulated time.
    simulated: Duration,
    /// Of the processor's.
    taken: Duration,
}

/// Has runs and prints how fast they were.
pub(super) fn bench(
    which: &Which,
    runs: Option<NonZeroUsize>,
    format: Format,
) -> Result<ExitCode, Failure> {
    let chosen = Chosen::by(which)?;
    // On a thread for runs, as in a hunt; each of them would else start one.
    let have = |(): &()| tally(&chosen, runs.map(NonZeroUsize::get));
    let tally = sim::in_parallel(&[()], NonZeroUsize::MIN, have, |(), _| {});
    let tally = tally.into_iter().next().expect("one job has one result")?;
    output::print(&match format {
        Format::Text => text(&chosen, &tally),
        Format::Json => format!("{:#}\n", tally.json(&chosen)),
    })?;
    Ok(ExitCode::SUCCESS)
}

fn tally(chosen: &Chosen, runs: Option<usize>) -> Result<Tally, Failure> {
    let start = ThreadTime::now();
    let mut tally = Tally::default();
    loop {
        let seed = chosen.seed.wrapping_add(tally.runs);
        let run = sim::run(
            chosen.scenario.clone(),
            chosen.system.name,
            seed,
            Detail::Verdicts,
            Gear::Advance,
        );
        tally.add(&run.map_err(|error| chosen.failure(error))?);
        tally.taken = start.elapsed();
        let is_enough = match runs {
            Some(runs) => tally.runs as usize >= runs,
            None => tally.taken >= LONG_ENOUGH,
        };
        if is_enough {
            return Ok(tally);
        }
    }
}

impl Tally {
    fn add(&mut self, run: &Run) {
        self.runs += 1;
        self.operations += run.counters.operations;
        self.delivered += run.counters.delivered;
        self.events += run.counters.events;
        self.simulated += Duration::from_nanos(run.ended.as_nanos());
    }

    fn per_second(&self, count: u64) -> f64 {
        count as f64 / self.taken.as_secs_f64()
    }

    fn json(&self, chosen: &Chosen) -> serde_json::Value {
        json!({
            "scenario": chosen.name(),
            "system": chosen.system.name,
            "seed": chosen.seed,
            "runs": self.runs,
            "cpu_s": self.taken.as_secs_f64(),
            "simulated_s": self.simulated.as_secs_f64(),
            "runs_per_s": self.per_second(self.runs),
            "operations_per_s": self.per_second(self.operations),
            "messages_per_s": self.per_second(self.delivered),
            "events_per_s": self.per_second(self.events),
        })
    }
}

fn text(chosen: &Chosen, tally: &Tally) -> String {
    let mut table = crate::list::table(["", "in all", "a second", "a run"]);
    let rows = [
        ("runs", tally.runs),
        ("operations", tally.operations),
        ("messages delivered", tally.delivered),
        ("events", tally.events),
    ];
    for (name, count) in rows {
        let number = |number: f64| judge::text::number(number.round() as u64);
        table.add_row([
            name.to_owned(),
            number(count as f64),
            number(tally.per_second(count)),
            number(count as f64 / tally.runs as f64),
        ]);
    }
    format!(
        "{} on {}, seeds {}..{}: {:.2} s on one core for {:.0} s of simulated time\n\n{table}\n",
        chosen.name(),
        chosen.system.name,
        chosen.seed,
        chosen.seed.wrapping_add(tally.runs),
        tally.taken.as_secs_f64(),
        tally.simulated.as_secs_f64(),
    )
}
