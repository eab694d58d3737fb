//! `seedbed step`: somebody chooses what happens next.

mod choices;
mod help;
mod screen;

use crate::{
    args::Which, choose::Chosen, failure::Failure, interrupt, limits::Limits, output, run,
};
use choices::{Said, read};
use clap::{Args as ClapArgs, ValueHint};
use hunt::by_hand::{Begin, ByHand, ChoiceError, Finished};
use judge::text::{one_line, program};
use node::Time;
use reports::StoryOptions;
use sim::Detail;
use std::{
    io::{self, BufRead, IsTerminal},
    path::PathBuf,
    process::ExitCode,
    time::Duration,
};

#[derive(ClapArgs)]
#[command(after_help = "Examples:\n  \
    seedbed step ghost-data\n  \
    seedbed step ghost-data --system raft --from 0s\n  \
    seedbed step leader-crash --clients\n  \
    printf 'put k v\\nwait 5ms\\nlose 1\\nall\\ndone\\n' | seedbed step ghost-data --quiet\n\n\
    You are the network: what nodes send each other waits until you choose which message arrives, is lost or comes\n\
    twice, how much time passes, and who crashes. `help` there tells every choice. In the end the run is judged and\n\
    told like any other, and its plan does the same again by itself.\n\
    Where choices come from a file or a pipe, one that is none ends the command, and nothing is written.\n\
    Exit codes: 0 written, or left without; 2 bad input, 3 the harness failed.")]
pub(crate) struct StepArgs {
    #[command(flatten)]
    which: Which,
    /// Until when everything goes by itself, such as `1.5s`; by default until the scenario does something.
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration)]
    from: Option<Duration>,
    /// What clients ask and are told waits for you as well.
    #[arg(long)]
    clients: bool,
    /// Where the files go; by default `out/<scenario>-by-hand-<system>-<seed>`.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    out: Option<PathBuf>,
    /// Print nothing; the files tell.
    #[arg(long, short)]
    quiet: bool,
    /// Open the page of the run, `report.html`, in the browser.
    #[arg(long)]
    open: bool,
    #[command(flatten)]
    pub(crate) limits: Limits,
}

/// How it ended.
enum End {
    /// Everything is to go by itself from here on, and to be judged.
    Done,
    /// Nothing is to be kept.
    Left,
}

/// Lets somebody choose, and tells what came of it.
pub(crate) fn step(args: &StepArgs) -> Result<ExitCode, Failure> {
    let chosen = Chosen::by(&args.which)?;
    let name = format!("{}-by-hand", chosen.scenario.name);
    let target = args
        .out
        .clone()
        .unwrap_or_else(|| run::folder_of(&name, chosen.system.name, chosen.seed, &chosen.flaws));
    // Known before anybody has taken pains.
    reports::check_target(&target)?;
    let begin = Begin { at: args.from.map(|from| Time::ZERO + from), clients: args.clients };
    let mut hand = ByHand::begin(&chosen.scenario, chosen.system, chosen.seed, begin)
        .map_err(|error| failure(&chosen, error))?;
    if args.from.is_some_and(|from| Time::ZERO + from >= hand.ends()) {
        return Err(Failure::input(
            format!("`{}` ends at {}: nothing is left to choose", name, hand.ends()),
            "take an earlier moment with --from",
        ));
    }
    match by_lines(&mut hand, args.quiet)? {
        End::Left => Ok(ExitCode::SUCCESS),
        End::Done => {
            let finished = hand.finish().map_err(|error| failure(&chosen, error))?;
            finish(args, finished, &chosen, &target)
        }
    }
}

fn failure(chosen: &Chosen, error: ChoiceError) -> Failure {
    match error {
        ChoiceError::Run(error) => chosen.failure(error),
        error => Failure::input(error.to_string(), "`help` tells what there is to choose"),
    }
}

/// Reads choice after choice. On a terminal one that is none is told, and another asked for; elsewhere it ends
/// the command.
fn by_lines(hand: &mut ByHand, quiet: bool) -> Result<End, Failure> {
    let stdin = io::stdin().lock();
    let asks = io::stdin().is_terminal();
    let say = |text: &str| if quiet { Ok(()) } else { output::print(text) };
    say(&screen::opening(hand))?;
    say(&screen::moment(hand))?;
    if asks {
        say(screen::PROMPT)?;
    }
    for (number, line) in stdin.lines().enumerate() {
        let line = line.map_err(|error| {
            Failure::input(format!("the choices cannot be read: {error}"), "they are lines of text")
        })?;
        if !asks && !line.trim().is_empty() && !line.trim().starts_with('#') {
            say(&format!("{}{}\n", screen::PROMPT, one_line(line.trim())))?;
        }
        match carried_out(hand, &line, asks) {
            Ok(Said::End) => return Ok(End::Done),
            Ok(Said::Leave) => return Ok(End::Left),
            Ok(Said::Tell(text)) => say(&text)?,
            Ok(Said::Nothing) => {}
            Err(none) if asks => say(&format!("{}\n{}\n", none.why, none.help))?,
            Err(none) => {
                let number = number + 1;
                return Err(Failure::input(
                    format!("choice in line {number}, `{}`: {}", one_line(line.trim()), none.why),
                    none.help,
                ));
            }
        }
        if asks {
            say(screen::PROMPT)?;
        }
    }
    // A file of choices need not say that it is done; who closes a terminal leaves.
    Ok(if asks { End::Left } else { End::Done })
}

/// What is wrong with a line, and the mend.
struct NoChoice {
    why: String,
    help: String,
}

fn carried_out(hand: &mut ByHand, line: &str, asks: bool) -> Result<Said, NoChoice> {
    match read(line, hand, asks)? {
        choices::Line::Nothing => Ok(Said::Nothing),
        choices::Line::Done => Ok(Said::End),
        choices::Line::Quit => Ok(Said::Leave),
        choices::Line::Help => Ok(Said::Tell(help::TEXT.to_owned())),
        choices::Line::Show => Ok(Said::Tell(screen::moment(hand))),
        choices::Line::Undo => match hand.undo() {
            Ok(true) => Ok(Said::Tell(screen::moment(hand))),
            Ok(false) => Err(NoChoice {
                why: "nothing was chosen yet".to_owned(),
                help: "`help` tells what there is to choose".to_owned(),
            }),
            Err(error) => Err(none(&error)),
        },
        choices::Line::Choices(choices) => {
            let before = hand.clone();
            let mut happened = Vec::new();
            for choice in choices {
                happened.extend(screen::settled(hand, &choice));
                if let Err(error) = hand.choose(choice) {
                    *hand = before;
                    return Err(none(&error));
                }
                happened.extend(screen::happened(hand));
            }
            Ok(Said::Tell(screen::after(&happened) + &screen::moment(hand)))
        }
    }
}

fn none(error: &ChoiceError) -> NoChoice {
    let help = match error {
        ChoiceError::Behind { .. } => {
            "choose that one first, or lose it; a scenario may let messages overtake each other"
        }
        ChoiceError::NotWaiting => "what waits stands in the list; `show` shows it again",
        ChoiceError::Over(_) => "`done` heals everything and judges the run; `undo` goes back",
        ChoiceError::NoStep => "`put`, `get` and `crash` are steps of your own",
        ChoiceError::DoesNothing(_) | ChoiceError::Run(_) => "`help` tells what there is to choose",
    };
    NoChoice { why: error.to_string(), help: help.to_owned() }
}

/// Has the plan that was made by hand, and writes what came of it.
fn finish(
    args: &StepArgs,
    Finished { plan, left_out }: Finished,
    chosen: &Chosen,
    target: &std::path::Path,
) -> Result<ExitCode, Failure> {
    let text = plan.to_toml();
    let file = target.join("plan.toml").display().to_string();
    let of_hand = Chosen::new(file.clone(), plan, chosen.system, chosen.seed);
    let run = of_hand.run(Detail::Full)?;
    let told = StoryOptions {
        width: output::width(),
        colour: output::stdout_has_colour(),
        folder: Some(target.display().to_string()),
        scenario: Some(file.clone()),
        proofs: sim::prove(&run),
        ..StoryOptions::default()
    };
    {
        let _whole_or_not_at_all = interrupt::while_writing();
        reports::write_all(&run, &text, &told, target)?;
    }
    if !args.quiet {
        let again = format!("The same by itself: {} run {file}\n", program());
        let idle = screen::idle(&left_out);
        output::print(&format!("{idle}\n{}\n{again}", reports::story(&run, &told)))?;
    }
    if args.open {
        run::open(&target.join("report.html"))?;
    }
    Ok(ExitCode::SUCCESS)
}
