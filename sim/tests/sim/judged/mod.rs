//! Properties on whole runs: each is violated by a store that breaks it, and holds on its twin.

mod alive;
mod answers;
mod levels;
mod store;
mod words;

use judge::Run;
use scenarios::Property;

/// The verdict on one property, in one word.
fn word(run: &Run, property: Property) -> &'static str {
    run.judgement(property).expect("every property is judged").verdict.word()
}
