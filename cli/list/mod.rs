//! `seedbed list`: the scenarios and the systems, from their registries.

mod json;
mod text;

pub(crate) use text::table;

use crate::{
    args::{Format, ListArgs},
    choose,
    failure::Failure,
    output,
};
use node::{SystemInfo, systems};
use scenarios::Scenario;
use std::process::ExitCode;

/// Prints a summary, or what the arguments choose.
pub(crate) fn list(args: &ListArgs) -> Result<ExitCode, Failure> {
    let chosen = Chosen::by(args)?;
    output::print(&match args.format {
        Format::Json => json::json(&chosen),
        Format::Text if args.chooses() => text::chosen(&chosen),
        Format::Text => text::summary(&chosen),
    })?;
    Ok(ExitCode::SUCCESS)
}

/// What is to be listed.
struct Chosen {
    scenarios: Vec<Scenario>,
    systems: Vec<&'static SystemInfo>,
    /// The system that the scenarios are looked at on, if one was named.
    on: Option<&'static SystemInfo>,
}

impl Chosen {
    fn by(args: &ListArgs) -> Result<Self, Failure> {
        let on = args.system.as_deref().map(choose::system_named).transpose()?;
        let tag = args.tag.as_deref().map(tag).transpose()?;
        let words: Vec<_> = args.words.iter().map(|word| word.to_lowercase()).collect();
        let scenarios = scenarios::library().map(scenarios::Embedded::scenario);
        let fits = |scenario: &Scenario| {
            let systems = on.map_or_else(|| systems::all().iter().collect(), |system| vec![system]);
            let on_it = on.is_none_or(|system| {
                scenario.expect.contains_key(system.name)
                    || choose::is_own(system) && scenario.obstacles(system).is_empty()
            });
            let tagged = tag.is_none_or(|tag| scenario.tags(&systems).contains(tag));
            on_it && tagged && speak_of(&words, &words_of(scenario))
        };
        let scenarios: Vec<_> = scenarios.filter(fits).collect();
        let systems = systems::all().iter().filter(|system| {
            on.is_none_or(|on| on.name == system.name)
                && tag.is_none()
                && speak_of(&words, &words_of_system(system))
        });
        let systems: Vec<_> = systems.collect();
        if scenarios.is_empty() && (systems.is_empty() || on.is_some()) {
            return Err(nothing(args));
        }
        Ok(Self { scenarios, systems, on })
    }
}

/// Whether a text has each of these words somewhere, be it within a word of its own.
fn speak_of(words: &[String], text: &str) -> bool {
    words.iter().all(|word| text.contains(word.as_str()))
}

fn words_of(scenario: &Scenario) -> String {
    let Scenario { name, title, watch, source, .. } = scenario;
    let systems: Vec<_> = systems::all().iter().collect();
    let tags: Vec<_> = scenario.tags(&systems).into_iter().collect();
    let flaws: Vec<_> =
        systems.iter().flat_map(|system| scenario.for_system(system).all_flaws()).collect();
    let source = source.as_deref().unwrap_or_default();
    [name, title, watch, source, &tags.join(" "), &flaws.join(" ")].join("\n").to_lowercase()
}

fn words_of_system(system: &SystemInfo) -> String {
    let flaws: Vec<_> = system.flaws.iter().flat_map(|flaw| [flaw.name, flaw.summary]).collect();
    [system.name, system.summary, system.source, &flaws.join("\n")].join("\n").to_lowercase()
}

fn tag(name: &str) -> Result<&'static str, Failure> {
    let tags = scenarios::tags();
    tags.iter().find(|tag| **tag == name).copied().ok_or_else(|| {
        let near = scenarios::nearest_few(name, &tags, 3).join("`, `");
        Failure::input(
            format!("there is no tag `{name}`"),
            format!(
                "the nearest are `{near}`; a tag is a line of `seedbed list`, a fault such as \
                 `crash`, a property such as `durability`, or `flaw`"
            ),
        )
    })
}

fn nothing(args: &ListArgs) -> Failure {
    let asked = args.words.join(" ");
    let tag = args.tag.as_ref().map(|tag| format!(" with the tag `{tag}`"));
    let system = args.system.as_ref().map(|system| format!(" on `{system}`"));
    let narrowed = [tag, system].into_iter().flatten().collect::<String>();
    if asked.is_empty() {
        let help = "leave out one of the two: a tag says what is so on the system that is named";
        return Failure::input(format!("there is no scenario{narrowed}"), help);
    }
    let names: Vec<_> = scenarios::library().map(|embedded| embedded.name).collect();
    let near = scenarios::nearest_few(&asked, &names, 3).join("`, `");
    Failure::input(
        format!("no scenario{narrowed} speaks of \"{asked}\""),
        format!("try a shorter word; the names nearest to it are `{near}`"),
    )
}
