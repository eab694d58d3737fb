//! Steps that several nodes went through alike, told once.

use super::{Sentence, words};
use crate::text;
use judge::{
    Run,
    cause::{Back, Step},
};
use node::{NodeId, Time};

/// A node that held something and then went down.
#[derive(Clone, Copy)]
struct Lost {
    node: NodeId,
    took: Time,
    died: Time,
    power: bool,
    back: Option<Back>,
}

/// The steps of a chain as sentences.
pub(super) fn sentences(run: &Run, steps: &[Step<'_>]) -> Vec<Sentence> {
    let mut told = Vec::new();
    let mut left = steps;
    while let Some((step, rest)) = left.split_first() {
        let alike = alike(left);
        if alike.len() > 1 {
            told.extend(together(&alike));
            left = &left[2 * alike.len()..];
        } else {
            told.push(Sentence::of(run, step));
            left = rest;
        }
    }
    told
}

/// The nodes that steps begin with and that went down at one moment with what they held.
fn alike(steps: &[Step<'_>]) -> Vec<Lost> {
    let pairs = steps.chunks_exact(2).map_while(|pair| match pair {
        [Step::Took { node, at, .. }, Step::Died { node: same, at: died, power, back }]
            if node == same =>
        {
            Some(Lost { node: *node, took: *at, died: *died, power: *power, back: *back })
        }
        _ => None,
    });
    let mut lost: Vec<Lost> = Vec::new();
    for next in pairs {
        let first = *lost.first().unwrap_or(&next);
        if (next.died, next.power) != (first.died, first.power) {
            break;
        }
        lost.push(next);
    }
    lost
}

fn together(lost: &[Lost]) -> Vec<Sentence> {
    let nodes: Vec<NodeId> = lost.iter().map(|it| it.node).collect();
    let all = text::list(&nodes);
    let Some(since) = lost.iter().map(|it| it.took).max() else {
        return Vec::new();
    };
    let held = Sentence::at(since, format!("By {since} each of {all} held it."));
    let how = if lost[0].power { "lost its power" } else { "crashed" };
    let died = lost[0].died;
    let mut told = format!("Each of {all} {how} at {died}.");
    let mut ends: Vec<(String, Vec<NodeId>)> = Vec::new();
    for it in lost {
        let end = words::back(it.back);
        match ends.iter_mut().find(|(known, _)| *known == end) {
            Some((_, nodes)) => nodes.push(it.node),
            None => ends.push((end, vec![it.node])),
        }
    }
    for (end, nodes) in ends {
        let each = if nodes.len() > 1 { "each of " } else { "" };
        told += &format!(" {each}{} {end}.", text::list(&nodes));
    }
    vec![held, Sentence::at(died, told)]
}
