//! How far the operations of single keys can be put in order, for somebody who looks at a key.

use super::{
    Budget,
    decide::{self, Decision},
    problem::Problem,
    values::Values,
    window::{self, Window},
};
use crate::consistency::Calls;
use node::Key;
use std::collections::BTreeMap;

/// What is known of the operations of one key. Calls are named by their positions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OfKey {
    /// In this order they explain every answer. Those that fit everywhere are left out, and those of
    /// unknown outcome that the order does without.
    Ordered(Vec<usize>),
    /// No order does: how far one comes, and why no further.
    Refuted(Box<Window>),
    /// There are so many of them, more than were to be looked at: nothing is known.
    TooMany(usize),
    /// The budget was spent: nothing is known.
    Spent,
}

/// Looks at some keys, each for itself and with a budget of its own. A key of more calls than `most`
/// is not looked at.
pub fn of_keys(calls: &Calls, keys: &[&Key], most: usize, budget: Budget) -> Vec<OfKey> {
    let mut places: BTreeMap<&Key, Vec<u32>> = keys.iter().map(|key| (*key, Vec::new())).collect();
    for (place, call) in calls.calls.iter().enumerate() {
        if let Some(places) = call.action.key().and_then(|key| places.get_mut(key)) {
            places.push(place as u32);
        }
    }
    keys.iter().map(|key| of_key(calls, key, &places[key], most, budget)).collect()
}

fn of_key(calls: &Calls, key: &Key, places: &[u32], most: usize, budget: Budget) -> OfKey {
    if places.len() > most {
        return OfKey::TooMany(places.len());
    }
    let mut values = Values::default();
    let mut problem = Problem::of_key(&calls.calls, places, key, &calls.initial, &mut values);
    match decide::decide(&mut problem, budget.steps).0 {
        Decision::Fits(engine) => {
            let order = decide::order(&mut problem, engine);
            OfKey::Ordered(order.into_iter().map(|op| problem.call(op).position).collect())
        }
        Decision::Refuted(engine) => {
            let order = decide::order(&mut problem, engine);
            OfKey::Refuted(Box::new(window::window(&problem, &order)))
        }
        Decision::Undecided => OfKey::Spent,
    }
}
