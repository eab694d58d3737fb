//! Lets the engines have turns, with more and more steps, until one has decided.

use super::{
    frontier::{Frontier, Progress},
    problem::Problem,
    search::Search,
    ways::Width,
};

/// The steps of the first turn, beside some for each event: enough for nearly all histories.
const FIRST_TURN: u64 = 20_000;
const FIRST_TURN_PER_EVENT: u64 = 32;

/// So many ways of each state are kept at first where not all are.
const FIRST_WIDTH: u32 = 4;

/// So many times as long is the turn of a frontier that keeps a part of the ways: it comes to
/// its end or it is of no use.
const NARROW_TURNS: u64 = 8;

/// Which engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Engine {
    Frontier(Width),
    Search,
}

/// What came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    Fits(Engine),
    Refuted(Engine),
    Undecided,
}

/// Decides with all engines, which together take no more than about these many steps.
/// Returns the steps that were taken, too.
pub(super) fn decide(problem: &mut Problem<'_>, budget: u64) -> (Decision, u64) {
    let mut turn = FIRST_TURN + FIRST_TURN_PER_EVENT * problem.events.len() as u64;
    let mut engines = Engines {
        problem,
        frontier: None,
        search: None,
        narrow: [Width::Best(FIRST_WIDTH), Width::Joined(FIRST_WIDTH)],
        is_hard: false,
        spent: 0,
    };
    while engines.spent < budget {
        if let Some(decision) = engines.turn(turn, budget) {
            return (decision, engines.spent);
        }
        engines.is_hard = true;
        turn = turn.saturating_mul(4);
    }
    (Decision::Undecided, engines.spent)
}

/// The engines, each with what it has done.
struct Engines<'p, 'c> {
    problem: &'p mut Problem<'c>,
    frontier: Option<(Frontier, Progress)>,
    search: Option<Search>,
    /// How wide the frontiers are that keep a part of the ways. They begin anew in each turn.
    narrow: [Width; 2],
    /// Whether a turn has passed in which neither of the others decided.
    is_hard: bool,
    /// How many steps were taken.
    spent: u64,
}

impl Engines<'_, '_> {
    /// Gives each a turn.
    fn turn(&mut self, turn: u64, budget: u64) -> Option<Decision> {
        let left = |turn: u64, spent: u64| turn.min(budget.saturating_sub(spent));
        let long = turn.saturating_mul(NARROW_TURNS);
        self.whole(left(turn, self.spent))
            .or_else(|| self.search(left(turn, self.spent)))
            .or_else(|| self.narrow(0, left(long, self.spent)))
            .or_else(|| self.narrow(1, left(long, self.spent)))
    }

    /// The frontier of all ways.
    fn whole(&mut self, steps: u64) -> Option<Decision> {
        let start = || (Frontier::new(self.problem, Width::All, false), Progress::Paused);
        let (frontier, progress) = self.frontier.get_or_insert_with(start);
        if *progress == Progress::Paused && steps > 0 {
            let before = frontier.steps();
            *progress = frontier.advance(self.problem, before + steps);
            self.spent += frontier.steps() - before;
        }
        decision(*progress, Engine::Frontier(Width::All))
    }

    fn search(&mut self, steps: u64) -> Option<Decision> {
        if steps == 0 {
            return None;
        }
        let search = self.search.get_or_insert_with(|| Search::new(self.problem, false));
        let before = search.steps();
        let progress = search.advance(self.problem, before + steps);
        self.spent += search.steps() - before;
        decision(progress, Engine::Search)
    }

    /// A frontier of some ways, wider and wider for as long as that says nothing.
    fn narrow(&mut self, which: usize, steps: u64) -> Option<Decision> {
        let mut left = if self.is_hard { steps } else { 0 };
        while left > 0 {
            let width = self.narrow[which];
            let mut frontier = Frontier::new(self.problem, width, false);
            let progress = frontier.advance(self.problem, left);
            self.spent += frontier.steps();
            left = left.saturating_sub(frontier.steps().max(1));
            let decision = decision(progress, Engine::Frontier(width));
            if decision.is_some() || matches!(progress, Progress::Paused | Progress::Stuck) {
                return decision;
            }
            self.narrow[which] = width.wider(2);
        }
        None
    }
}

/// What an engine's progress proves.
fn decision(progress: Progress, engine: Engine) -> Option<Decision> {
    match (progress, engine) {
        (Progress::Fits, Engine::Frontier(Width::Joined(_))) => None,
        (Progress::Refuted, Engine::Frontier(Width::Best(_))) => None,
        (Progress::Fits, _) => Some(Decision::Fits(engine)),
        (Progress::Refuted, _) => Some(Decision::Refuted(engine)),
        (Progress::Paused | Progress::Stuck, _) => None,
    }
}

/// The order that an engine found when it decided, or a long one if it refuted: as it takes
/// the same steps as before, it comes to the same end.
pub(super) fn order(problem: &mut Problem<'_>, engine: Engine) -> Vec<u32> {
    match engine {
        Engine::Frontier(width) => {
            // Ways that stand for several have no order. What they refute no way comes through.
            let width = match width {
                Width::Joined(most) => Width::Best(most),
                width => width,
            };
            let mut frontier = Frontier::new(problem, width, true);
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
