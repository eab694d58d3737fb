//! What was measured, as a table, as JSON, and as a page.

use super::{FlawsArgs, Measured, Origin, Small};
use crate::output;
use comfy_table::{ContentArrangement, Table, presets};
use judge::text::number;
use serde_json::{Value, json};

type Row = (Measured, Option<Small>);

const HEADS: [&str; 7] =
    ["flaw", "of", "caught by, in so many hunts", "hunts", "seeds", "CPU s", "steps"];

/// A table for people, as wide as the terminal.
pub(super) fn table(rows: &[Row]) -> String {
    let mut table = Table::new();
    table.load_preset(presets::UTF8_HORIZONTAL_ONLY);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(output::width()).unwrap_or(u16::MAX));
    table.set_header(HEADS);
    for row in rows {
        table.add_row(cells(row));
    }
    format!("{table}\n\n{LEGEND}\n{}", misses(rows, "", ""))
}

const LEGEND: &str = "hunts: how many caught it; seeds: half of the hunts needed no more;\n\
                      steps: what is left of a run that shows it, ~ where there was more to try";

/// So many properties that caught a flaw are named.
const MOST: usize = 4;

/// The cells of a row, without any mark-up.
fn cells((of, small): &Row) -> [String; 7] {
    let hunted = &of.hunted;
    let all = hunted.checkers();
    let mut checkers: Vec<_> =
        all.iter().take(MOST).map(|(what, count)| format!("{} {count}", what.name())).collect();
    if all.len() > MOST {
        checkers.push(format!("{} more", all.len() - MOST));
    }
    let (seeds, cpu) = match hunted.median() {
        Some(median) => (number(median), seconds(of.cpu_of(median))),
        None => {
            let most = of.hunts.seeds;
            (format!("> {}", number(most)), format!("> {}", seconds(of.cpu_of(most))))
        }
    };
    [
        of.flaw.name.to_owned(),
        of.hunts.system.name.to_owned(),
        if checkers.is_empty() { "-".to_owned() } else { checkers.join(", ") },
        format!("{} of {}", hunted.caught(), hunted.catches.len()),
        seeds,
        cpu,
        small.as_ref().map_or_else(|| "-".to_owned(), steps),
    ]
}

fn seconds(seconds: f64) -> String {
    match seconds {
        0.0..0.095 => format!("{seconds:.2}"),
        0.095..9.95 => format!("{seconds:.1}"),
        _ => format!("{seconds:.0}"),
    }
}

fn steps(small: &Small) -> String {
    let about = if small.shrunk.is_smallest { "" } else { "~" };
    format!("{about}{}", small.shrunk.after)
}

/// What is to be said of flaws that hunts do not catch.
fn misses(rows: &[Row], before: &str, quote: &str) -> String {
    let mut text = String::new();
    for (of, _) in rows.iter().filter(|(of, _)| of.hunted.caught() == 0) {
        let names = of.scenarios.iter().map(|it| format!("{quote}seedbed run {}{quote}", it.name));
        let names: Vec<_> = names.collect();
        let shown = match names.as_slice() {
            [] => "and no scenario of the library shows it".to_owned(),
            names => format!("but {} shows it", names.join(" or ")),
        };
        let (flaw, system) = (of.flaw.name, of.hunts.system.name);
        text += &format!("{before}{quote}{flaw}{quote} of {system}: no hunt caught it, {shown}.\n");
    }
    text
}

/// The page of the documentation.
pub(super) fn page(rows: &[Row], args: &FlawsArgs) -> String {
    let FlawsArgs { hunts, seeds, .. } = *args;
    let mut page = format!(
        "# How soon each planted flaw is caught\n\n\
         Made by `seedbed flaws --format markdown`, with {hunts} hunts of at most {} seeds for each flaw. \
         Every hunt is one of\n`seedbed hunt random --system S --flaw F`, with seeds of its own: the first has \
         those from 0 on, the next those from {} on.\n\n\
         - *Caught by*: the property that the run violated, with a witness of a shape that neither the same run, \
         with the same\n  seed, shows without the flaw, nor any of {} other runs without it; a number says in how \
         many hunts. So what a store\n  that is weak by design breaks anyway does not count, nor what a flaw \
         shifts by mere chance.\n\
         - *Hunts*: how many of the {hunts} caught it.\n\
         - *Seeds*: half of the hunts needed no more than so many; `>` where fewer than half caught it.\n\
         - *CPU s*: what so many seeds took of one processor of the machine that made this page. All else is \
         the same everywhere.\n\
         - *Steps*: how many steps and operations are left of the cheapest run that caught it, or of the \
         scenario that is named\n  first, made small as `seedbed shrink --needs-flaw` does: of the smaller; `~` \
         where there was more to try.\n\
         - *Scenario*: where the library shows it.\n\n\
         | flaw | of | caught by | hunts | seeds | CPU s | steps | scenario |\n\
         |---|---|---|---|---|---|---|---|\n",
        number(seeds),
        number(seeds),
        number(args.runs_without()),
    );
    for row in rows {
        let [flaw, rest @ ..] = cells(row);
        let scenarios = row.0.scenarios.iter().map(|it| format!("`{}`", it.name));
        let scenarios = scenarios.collect::<Vec<_>>().join(", ");
        page += &format!("| `{flaw}` | {} | {scenarios} |\n", rest.join(" | "));
    }
    let misses = misses(rows, "- ", "`");
    if !misses.is_empty() {
        page += &format!("\n## Not caught\n\n{misses}");
    }
    page
}

/// Everything, for programs.
pub(super) fn json(rows: &[Row]) -> String {
    let flaws: Vec<_> = rows.iter().map(object).collect();
    format!("{:#}\n", json!({ "flaws": flaws }))
}

fn object((of, small): &Row) -> Value {
    let hunted = &of.hunted;
    let checkers = hunted.checkers();
    let after = |catch: &Option<hunt::Catch>| catch.as_ref().map(|catch| catch.after);
    let of_catch = |catch: &Option<hunt::Catch>| catch.as_ref().map(|catch| catch.seed);
    json!({
        "system": of.hunts.system.name,
        "flaw": of.flaw.name,
        "summary": of.flaw.summary,
        "hunts": hunted.catches.len(),
        "seeds_of_a_hunt": of.hunts.seeds,
        "caught": hunted.caught(),
        "caught_by": checkers.iter().map(|(what, hunts)| json!({
            "property": what.name(), "hunts": hunts,
        })).collect::<Vec<_>>(),
        "median_seeds": hunted.median(),
        "seeds": hunted.catches.iter().map(after).collect::<Vec<_>>(),
        "seeds_that_caught_it": hunted.catches.iter().map(of_catch).collect::<Vec<_>>(),
        "cpu_seconds": hunted.median().map(|median| of.cpu_of(median)),
        "shrunk": small.as_ref().map(|small| json!({
            "steps": small.shrunk.after,
            "of": small.shrunk.before,
            "finished": small.shrunk.is_smallest,
            "property": small.shrunk.what.name(),
            "sentence": small.shrunk.sentence,
            "from_seed": match &small.from { Origin::Seed(seed) => Some(seed), Origin::Scenario(_) => None },
            "from_scenario": match &small.from { Origin::Seed(_) => None, Origin::Scenario(name) => Some(name) },
        })),
        "scenarios": of.scenarios.iter().map(|it| &it.name).collect::<Vec<_>>(),
    })
}
