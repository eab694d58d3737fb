//! What a line says.

use super::NoChoice;
use hunt::by_hand::{ByHand, Choice};
use node::{NodeId, systems};
use std::time::Duration;

/// How long `go` goes where nothing is said.
const USUAL: Duration = Duration::from_millis(100);

/// Where a client asks where nothing is said.
const FIRST: &str = "n1";

/// The words that begin a line, for suggestions.
const WORDS: &[&str] = &[
    "next",
    "arrive",
    "lose",
    "double",
    "all",
    "wait",
    "go",
    "put",
    "get",
    "delete",
    "crash",
    "restart",
    "power-loss",
    "pause",
    "resume",
    "isolate",
    "bridge",
    "bit-rot",
    "join",
    "leave",
    "partition",
    "heal-network",
    "do",
    "skip",
    "undo",
    "show",
    "help",
    "done",
    "quit",
];

/// What a line says.
pub(super) enum Line {
    Nothing,
    Choices(Vec<Choice>),
    Undo,
    Show,
    Help,
    Done,
    Quit,
}

/// What is to be told of a line.
pub(super) enum Said {
    Nothing,
    Tell(String),
    End,
    Leave,
}

fn no_choice(why: impl Into<String>, help: impl Into<String>) -> NoChoice {
    NoChoice { why: why.into(), help: help.into() }
}

/// Reads a line. An empty one is a choice on a terminal only, and what follows `#` is none.
pub(super) fn read(line: &str, hand: &ByHand, asks: bool) -> Result<Line, NoChoice> {
    let line = line.trim();
    if line.starts_with('#') {
        return Ok(Line::Nothing);
    }
    let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let rest = rest.trim();
    let one = |choice| Ok(Line::Choices(vec![choice]));
    match word {
        "" if asks => one(Choice::Next),
        "" => Ok(Line::Nothing),
        "next" | "n" => one(Choice::Next),
        "arrive" => numbered(rest, hand, Choice::Arrive),
        number if number.starts_with(|it: char| it.is_ascii_digit()) => {
            numbered(line, hand, Choice::Arrive)
        }
        "lose" | "l" => numbered(rest, hand, Choice::Lose),
        "double" => numbered(rest, hand, Choice::Double),
        "all" | "a" if rest.is_empty() => one(Choice::All(None)),
        "all" | "a" => one(Choice::All(Some(node(rest, hand)?))),
        "wait" | "w" => one(Choice::Wait(span(rest)?)),
        "go" | "g" if rest.is_empty() => one(Choice::Go(USUAL)),
        "go" | "g" => one(Choice::Go(span(rest)?)),
        "skip" => one(Choice::Skip),
        "undo" | "u" => Ok(Line::Undo),
        "show" | "s" => Ok(Line::Show),
        "help" | "h" | "?" => Ok(Line::Help),
        "done" | "d" => Ok(Line::Done),
        "quit" | "q" => Ok(Line::Quit),
        _ => action(word, rest, hand),
    }
}

/// Messages by their numbers in the list.
fn numbered(
    numbers: &str,
    hand: &ByHand,
    choice: fn(judge::record::MessageId) -> Choice,
) -> Result<Line, NoChoice> {
    let waiting = hand.waiting();
    let choices = numbers.split_whitespace().map(|number| {
        let place = number.parse::<usize>().ok().and_then(|it| it.checked_sub(1));
        let found = place.and_then(|place| waiting.get(place));
        found.map(|it| choice(it.id)).ok_or_else(|| match waiting.len() {
            0 => no_choice(format!("`{number}`: nothing waits"), "an empty line lets time pass"),
            most => no_choice(
                format!("`{number}` is no number of a message that waits"),
                format!("there are 1 to {most}; `show` shows them again"),
            ),
        })
    });
    let choices = choices.collect::<Result<Vec<_>, _>>()?;
    match choices.is_empty() {
        true => Err(no_choice("which message?", "name it by its number, as in `lose 2`")),
        false => Ok(Line::Choices(choices)),
    }
}

fn node(name: &str, hand: &ByHand) -> Result<NodeId, NoChoice> {
    let nodes = hand.run().replicas.len();
    let named = name.parse::<NodeId>().ok().filter(|node| node.index() < nodes);
    named.ok_or_else(|| {
        no_choice(format!("there is no node `{name}`"), format!("the nodes are n1 to n{nodes}"))
    })
}

fn span(text: &str) -> Result<Duration, NoChoice> {
    let time = humantime::parse_duration(text).ok().filter(|time| !time.is_zero());
    time.ok_or_else(|| no_choice(format!("`{text}` is no time"), "write it as `wait 200ms`"))
}

/// Something that a step of a scenario can do, in plain words or as it stands in a file.
fn action(word: &str, rest: &str, hand: &ByHand) -> Result<Line, NoChoice> {
    let as_in_a_file = match word {
        "do" => rest.to_owned(),
        "heal-network" | "heal" => "\"heal-network\"".to_owned(),
        "partition" => {
            let side = |side: &str| {
                let names: Vec<_> = side.split_whitespace().map(quoted).collect();
                format!("[{}]", names.join(", "))
            };
            let sides: Vec<_> = rest.split('|').map(side).collect();
            format!("{{ partition = [{}] }}", sides.join(", "))
        }
        "put" | "get" | "delete" => operation(word, rest)?,
        known if WORDS.contains(&known) => format!("{{ {known} = {} }}", quoted(rest)),
        _ => {
            let help = match scenarios::nearest(word, WORDS) {
                Some(nearest) => format!("did you mean `{nearest}`? `help` tells every choice"),
                None => "`help` tells every choice".to_owned(),
            };
            return Err(no_choice(format!("there is no choice `{word}`"), help));
        }
    };
    let actions = hand.plan().actions(&as_in_a_file, systems::all()).map_err(|error| {
        let mistake = error.mistakes().first();
        let (why, help) = mistake.map_or(("", ""), |it| (it.message(), it.help()));
        no_choice(why, help)
    })?;
    Ok(Line::Choices(actions.into_iter().map(Choice::Do).collect()))
}

/// `put k v at n1` and so on. A key or a value with blanks stands in quotes, as in a file, after `do`.
fn operation(word: &str, rest: &str) -> Result<String, NoChoice> {
    let words: Vec<_> = rest.split_whitespace().collect();
    let (content, at) = match words[..] {
        [ref content @ .., "at", node] => (content, node),
        ref content => (content, FIRST),
    };
    match (word, content) {
        ("put", [key, value]) => Ok(format!(
            "{{ put = {{ key = {}, value = {}, to = {} }} }}",
            quoted(key),
            quoted(value),
            quoted(at)
        )),
        ("get", [key]) => {
            Ok(format!("{{ get = {{ key = {}, from = {} }} }}", quoted(key), quoted(at)))
        }
        ("delete", [key]) => {
            Ok(format!("{{ delete = {{ key = {}, to = {} }} }}", quoted(key), quoted(at)))
        }
        _ => Err(no_choice(
            format!("`{word} {rest}` is not whole"),
            "write `put KEY VALUE at n1`, `get KEY at n2`, `delete KEY at n1`; with blanks within: \
             do { put = { key = \"a b\", value = \"c d\", to = \"n1\" } }",
        )),
    }
}

/// As text stands in a file.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
