//! A window in words.

use super::window::{Blocked, Contents, Placed, Why, Window};
use crate::{
    consistency::{Action, State, Swap},
    text,
};
use node::Key;
use std::fmt::{self, Display};

/// Longer texts than this many characters are cut.
const LONGEST_QUOTE: usize = 40;

/// So many operations of unknown outcome are told that are of no help.
const TOLD: usize = 3;

/// More keys than this are not listed one by one.
const LONGEST_LIST: usize = 8;

impl Window {
    /// The window in lines: how far the order goes, and why nothing can come next.
    ///
    /// `name` says how an operation is called by its position.
    pub fn lines<N: Display>(&self, name: impl Fn(usize) -> N) -> Vec<String> {
        let whose = match &self.key {
            Some(key) => format!("the operations on {}", quote(key.as_str())),
            None => "the operations on all keys together".to_owned(),
        };
        let mut lines = vec![format!("no order of {whose} explains every answer")];
        let placed = self.prefix.len() as u64;
        lines.push(match placed {
            0 => "none of them can come first".to_owned(),
            _ => format!(
                "{} can be put in a legal order, which ends with",
                text::count(placed, "operation", "operations")
            ),
        });
        for Placed { position, action, after } in &self.tail {
            let after = match after {
                Contents::Holds(state) => format!("the key holds {}", holds(state)),
                Contents::Keys(keys) => hold_something(keys),
            };
            lines.push(format!("  {action} ({}); then {after}", name(*position)));
        }
        let (no_help, others): (Vec<_>, Vec<_>) =
            self.blocked.iter().partition(|blocked| blocked.why == Why::NoHelp);
        let told = others.into_iter().chain(no_help.iter().take(TOLD).copied());
        lines.extend(told.map(|blocked| format!("  {}", blocked.because(&name))));
        if let Some(more) = no_help.len().checked_sub(TOLD).filter(|more| *more > 0) {
            let more = text::count(more as u64, "operation", "operations");
            lines.push(format!("  and no more help are {more} whose outcome is unknown too"));
        }
        lines
    }
}

impl Blocked {
    /// Why it cannot come next. `name` says how an operation is called by its position.
    pub fn because<N: Display>(&self, name: impl Fn(usize) -> N) -> String {
        let Self { position, action, why } = self;
        let who = format!("{action} ({})", name(*position));
        match why {
            Why::Unfit(Contents::Holds(state)) => {
                format!("{who} cannot come next: the key holds {}", holds(state))
            }
            Why::Unfit(Contents::Keys(keys)) => {
                format!("{who} cannot come next: {}", hold_something(keys))
            }
            Why::Follows(earlier) => {
                format!("{who} must come after {}, which returned before it began", name(*earlier))
            }
            Why::NoHelp => {
                format!(
                    "{who} may come next, as its outcome is unknown, but nothing could follow it"
                )
            }
        }
    }
}

fn hold_something(keys: &[Key]) -> String {
    match keys {
        [] => "no key holds anything".to_owned(),
        [key] => format!("only {} holds something", quote(key.as_str())),
        keys => format!("{} hold something", listed(keys)),
    }
}

fn listed(keys: &[Key]) -> String {
    let mut names: Vec<String> = keys.iter().map(|key| quote(key.as_str())).collect();
    if names.len() > LONGEST_LIST {
        let more = names.len() - LONGEST_LIST + 1;
        names.truncate(LONGEST_LIST - 1);
        names.push(format!("{more} more"));
    }
    match names.split_last() {
        None => "nothing".to_owned(),
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
    }
}

fn holds(state: &State) -> String {
    state.as_ref().map_or_else(|| "nothing".to_owned(), |value| quote(value.as_str()))
}

/// A text in quotes, on one line whatever it holds. Of a long one both ends are shown, since
/// texts that were appended to differ at their ends.
fn quote(text: &str) -> String {
    let count = text.chars().count();
    if count <= LONGEST_QUOTE {
        return format!("{text:?}");
    }
    let start: String = text.chars().take(LONGEST_QUOTE / 2).collect();
    let end: String = text.chars().skip(count - LONGEST_QUOTE / 2).collect();
    format!("{start:?}...{end:?}")
}

impl Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read { key, found } => {
                write!(f, "get {}", quote(key.as_str()))?;
                found.as_ref().map_or(Ok(()), |state| write!(f, " -> {}", holds(state)))
            }
            Self::Write { key, value, previous } => {
                write!(f, "put {} {}", quote(key.as_str()), quote(value.as_str()))?;
                let told = previous.as_ref();
                told.map_or(Ok(()), |state| write!(f, " -> it held {}", holds(state)))
            }
            Self::Delete { key, existed } => {
                write!(f, "delete {}", quote(key.as_str()))?;
                match existed {
                    Some(true) => write!(f, " -> it existed"),
                    Some(false) => write!(f, " -> it did not exist"),
                    None => Ok(()),
                }
            }
            Self::CompareAndSet { key, expected, new, outcome } => {
                let (key, new) = (quote(key.as_str()), quote(new.as_str()));
                write!(f, "compare-and-set {key} from {} to {new}", holds(expected))?;
                match outcome {
                    Some(Swap::Swapped) => write!(f, " -> swapped"),
                    Some(Swap::Mismatch { actual: Some(actual) }) => {
                        write!(f, " -> mismatch, it held {}", holds(actual))
                    }
                    Some(Swap::Mismatch { actual: None }) => write!(f, " -> mismatch"),
                    None => Ok(()),
                }
            }
            Self::Append { key, value } => {
                write!(f, "append {} {}", quote(key.as_str()), quote(value.as_str()))
            }
            Self::List { keys } => {
                write!(f, "list-keys")?;
                keys.as_ref().map_or(Ok(()), |keys| write!(f, " -> {}", listed(keys)))
            }
        }
    }
}
