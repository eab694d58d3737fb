//! Lets both engines have a turn, with more and more steps, until one has decided.

use super::{
    frontier::{Frontier, Progress},
    problem::Problem,
    search::Search,
};

/// The steps of the first turn, beside some for each event: enough for nearly all histories.
const FIRST_TURN: u64 = 20_000;
const FIRST_TURN_PER_EVENT: u64 = 32;

/// Which engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Engine {
    Frontier,
    Search,
}

/// What came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    Fits(Engine),
    Refuted(Engine),
    Undecided,
}

/// Decides with both engines, which together take no more than about these many steps.
/// Returns the steps that were taken, too.
pub(super) fn decide(problem: &mut Problem<'_>, budget: u64) -> (Decision, u64) {
    let mut frontier = Frontier::new(problem, false);
    let mut search = None;
    let mut turn = FIRST_TURN + FIRST_TURN_PER_EVENT * problem.events.len() as u64;
    let mut stuck = false;
    loop {
        let searched = search.as_ref().map_or(0, Search::steps);
        let left = budget.saturating_sub(frontier.steps() + searched);
        if left == 0 {
            return (Decision::Undecided, frontier.steps() + searched);
        }
        if !stuck {
            let limit = frontier.steps() + turn.min(left);
            match frontier.advance(problem, limit) {
                Progress::Fits => {
                    return (Decision::Fits(Engine::Frontier), frontier.steps() + searched);
                }
                Progress::Refuted => {
                    return (Decision::Refuted(Engine::Frontier), frontier.steps() + searched);
                }
                Progress::Paused => {}
                Progress::Stuck => stuck = true,
            }
        }
        let left = budget.saturating_sub(frontier.steps() + searched);
        if left > 0 {
            let search = search.get_or_insert_with(|| Search::new(problem, false));
            let progress = search.advance(problem, search.steps() + turn.min(left));
            let steps = frontier.steps() + search.steps();
            match progress {
                Progress::Fits => return (Decision::Fits(Engine::Search), steps),
                Progress::Refuted => return (Decision::Refuted(Engine::Search), steps),
                Progress::Paused | Progress::Stuck => {}
            }
        }
        turn = turn.saturating_mul(4);
    }
}

/// The order that an engine found when it decided, or the longest if it refuted: as it took
/// the same steps before, it comes to the same end.
pub(super) fn order(problem: &mut Problem<'_>, engine: Engine) -> Vec<u32> {
    match engine {
        Engine::Frontier => {
            let mut frontier = Frontier::new(problem, true);
            frontier.advance(problem, u64::MAX);
            frontier.order()
        }
        Engine::Search => {
            let mut search = Search::new(problem, true);
            search.advance(problem, u64::MAX);
            search.order()
        }
    }
}
