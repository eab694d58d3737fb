//! What a run is called: by what it showed, and never by what was expected of it.

use judge::{Run, record::Verdict};
use scenarios::{Fit, Heading, Property};

/// The texts that the scenario has for a run that came out so.
pub(crate) fn heading(run: &Run) -> Heading<'_> {
    run.scenario.heading(run.system.name, |property| is_violated(run, property))
}

/// The title of its story, with what stands before it.
pub(crate) fn title(run: &Run) -> String {
    let heading = heading(run);
    before_title(heading.fit).to_owned() + heading.title
}

/// What to watch for; of a run that shows something else, it says so, as its story does.
pub(crate) fn watch(run: &Run) -> String {
    let heading = heading(run);
    let words = heading.watch.split_whitespace().collect::<Vec<_>>().join(" ");
    match heading.fit {
        Fit::Shown => words,
        _ if words.is_empty() => words,
        _ => format!("Elsewhere: {words}"),
    }
}

/// What stands before a title that is about something else than this run shows.
pub(crate) const fn before_title(fit: Fit) -> &'static str {
    match fit {
        Fit::Shown => "",
        Fit::Withstood => "Withstood: ",
        Fit::Unsettled => "About: ",
    }
}

/// Whether the run violates a property; nothing if that is not known.
fn is_violated(run: &Run, property: Property) -> Option<bool> {
    let judgement = run.judgements.iter().find(|judgement| judgement.property == property)?;
    match judgement.verdict {
        Verdict::Holds(_) => Some(false),
        Verdict::Violated(_) => Some(true),
        Verdict::Unknown(_) | Verdict::NotApplicable(_) => None,
    }
}
