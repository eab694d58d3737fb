//! What one node does at a moment, in a sentence.

use crate::text;
use judge::text::one_line;
use node::NodeId;
use std::collections::BTreeMap;

/// A message's text is cut after so many characters.
pub(super) const LONGEST: usize = 60;
/// So many of each sort are named.
const MOST: usize = 3;

/// What nodes do at a moment.
#[derive(Default)]
pub(super) struct Parts(BTreeMap<NodeId, Part>);

/// What one does.
#[derive(Default)]
pub(super) struct Part {
    /// Whether any of it is worth a sentence.
    pub(super) is_told: bool,
    pub(super) is_near: bool,
    gets: Vec<String>,
    holds: Vec<String>,
    says: Vec<String>,
    sends: Vec<(String, Vec<String>)>,
}

impl Parts {
    pub(super) fn of(&mut self, node: NodeId) -> &mut Part {
        self.0.entry(node).or_default()
    }

    /// Whether it is near, and a sentence, for each node of which there is something to tell.
    pub(super) fn sentences(self) -> impl Iterator<Item = (bool, String)> {
        let told = self.0.into_iter().filter(|(_, part)| part.is_told);
        told.map(|(node, part)| (part.is_near, part.sentence(node)))
    }
}

impl Part {
    pub(super) fn gets(&mut self, from: &str, said: &str) {
        self.gets.push(format!("gets `{}` from {from}", text::shorten(said, LONGEST)));
    }

    pub(super) fn holds(&mut self, change: &node::Change) {
        let key = text::shorten(change.key.as_str(), LONGEST);
        self.holds.push(match &change.after {
            Some(entry) => {
                let value = text::shorten(entry.value.as_str(), LONGEST);
                format!("now holds {key}={value} {}", entry.version)
            }
            None => format!("no longer holds {key}"),
        });
    }

    pub(super) fn says(&mut self, what: &str) {
        self.says.push(one_line(what).into_owned());
    }

    pub(super) fn sends(&mut self, to: &str, said: &str) {
        let said = format!("`{}`", text::shorten(said, LONGEST));
        match self.sends.iter_mut().find(|(known, _)| *known == said) {
            Some((_, receivers)) => receivers.push(to.to_owned()),
            None => self.sends.push((said, vec![to.to_owned()])),
        }
    }

    fn sentence(self, node: NodeId) -> String {
        let sends = self.sends.iter();
        let sends = sends.map(|(said, to)| format!("sends {} {said}", text::list(to))).collect();
        let mut all = Vec::new();
        for mut sort in [self.gets, self.holds, self.says, sends] {
            let more = sort.len().saturating_sub(MOST);
            sort.truncate(MOST);
            all.append(&mut sort);
            if more > 0 {
                all.push(format!("{more} more of that"));
            }
        }
        format!("{node} {}", all.join(", "))
    }
}
