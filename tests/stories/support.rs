//! Runs and their stories.

use judge::Run;
use reports::StoryOptions;
use sim::{Detail, Gear};

/// A run of the library with its trace, with the seed that it has by default.
pub(crate) fn run(scenario: &str, system: &str) -> Run {
    let found = scenarios::find(scenario).unwrap();
    let seed = found.seed.unwrap_or(0);
    sim::run(&found, system, seed, Detail::Full, Gear::Advance).unwrap()
}

/// Its story on lines so long that no sentence is broken, everything told.
pub(crate) fn whole(run: &Run) -> String {
    let options = StoryOptions { width: 100_000, verbose: true, ..StoryOptions::default() };
    reports::story(run, &options)
}

/// Its story as `run` prints it, with what was proved, on long lines.
pub(crate) fn proved(run: &Run) -> String {
    let proofs = sim::prove(run);
    let options = StoryOptions { width: 100_000, proofs, ..StoryOptions::default() };
    reports::story(run, &options)
}

/// The parts of a story that say why, each with its head.
pub(crate) fn whys(story: &str) -> Vec<(String, Vec<String>)> {
    let mut parts: Vec<(String, Vec<String>)> = Vec::new();
    let mut inside = false;
    for line in story.lines() {
        if !line.is_empty() && !line.starts_with(' ') {
            inside = line.starts_with("WHY ");
            if inside {
                parts.push((line.to_owned(), Vec::new()));
            }
        } else if let Some((_, lines)) = parts.last_mut().filter(|_| inside) {
            lines.push(line.trim().to_owned());
        }
    }
    parts
}

/// The numbered steps among the lines of a part, without their numbers.
pub(crate) fn steps(lines: &[String]) -> Vec<&str> {
    let numbered = lines.iter().filter_map(|line| {
        let (number, step) = line.split_once(". ")?;
        number.parse::<u32>().ok().map(|_| step)
    });
    numbered.collect()
}
