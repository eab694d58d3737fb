//! Having a node carry out an operation, and what may come of it, before any protocol puts it into words.

use crate::ask::{About, Ask, NoAnswer};
use node::{Answer, NodeId, Operation, Refusal, systems};
use std::{borrow::Cow, net::SocketAddr};
use tokio::time::timeout;

/// The longest key that is taken of anyone, in bytes; systems may have lower limits.
pub(super) const MAX_KEY: usize = 4 << 10;
/// The longest value that is taken of anyone, in bytes; systems may have lower limits.
pub(super) const MAX_VALUE: usize = 1 << 20;

/// Why an operation has no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// What was sent cannot be meant.
    Invalid(Cow<'static, str>),
    /// A key or value is longer than what is taken.
    TooLong(Cow<'static, str>),
    /// What was announced did not come in time.
    TooSlow,
    /// Only the leader does this; `None`: nobody knows who leads.
    NotLeader(Option<Leader>),
    /// The system has no such operation.
    Unsupported(Cow<'static, str>),
    /// The node cannot serve now; nothing was done.
    Unavailable(Cow<'static, str>),
    /// The node did not say whether it was done, and it may be done yet.
    Unknown(Cow<'static, str>),
}

/// Who leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Leader {
    pub(super) id: NodeId,
    /// Where it listens, if it is a member that is known.
    pub(super) address: Option<SocketAddr>,
}

impl Trouble {
    /// What is said of it, in any protocol.
    pub(super) fn text(&self) -> Cow<'static, str> {
        match self {
            Self::Invalid(why)
            | Self::TooLong(why)
            | Self::Unsupported(why)
            | Self::Unavailable(why)
            | Self::Unknown(why) => why.clone(),
            Self::TooSlow => "the rest of the request did not come in time".into(),
            Self::NotLeader(Some(Leader { id, address: Some(address) })) => {
                format!("not the leader: ask {id} at {address}").into()
            }
            Self::NotLeader(Some(Leader { id, address: None })) => {
                format!("not the leader: ask {id}").into()
            }
            Self::NotLeader(None) => {
                "not the leader, and none is known: ask again, or another node".into()
            }
        }
    }
}

/// Has the node carry out an operation: a result, which is no refusal and not [`Answer::Unknown`].
///
/// # Errors
///
/// [`Trouble`].
pub(super) async fn carry_out(ask: &impl Ask, operation: Operation) -> Result<Answer, Trouble> {
    let about = ask.about();
    check(about, &operation)?;
    let kind = operation.kind();
    let answer = match timeout(about.timeout, ask.ask(operation)).await {
        Ok(answer) => answer,
        Err(_late) => Err(NoAnswer::TooLate),
    };
    Err(match answer {
        Ok(Answer::Refused(refusal)) => refused(about, kind, refusal),
        Ok(Answer::Unknown) if kind.is_write() => {
            Trouble::Unknown("the node cannot tell whether this was done, or will be".into())
        }
        Ok(Answer::Unknown) => Trouble::Unavailable("the node cannot tell".into()),
        Ok(answer) => return Ok(answer),
        Err(NoAnswer::Stopping) if !kind.is_write() => {
            Trouble::Unavailable(NoAnswer::Stopping.to_string().into())
        }
        Err(none @ NoAnswer::TooLate) => Trouble::Unknown(none.to_string().into()),
        Err(none @ NoAnswer::Stopping) => {
            Trouble::Unknown(format!("{none}; this may have been done or not").into())
        }
    })
}

fn refused(about: &About, kind: node::OperationKind, refusal: Refusal) -> Trouble {
    match refusal {
        Refusal::NotLeader { leader } => Trouble::NotLeader(leader.map(|id| Leader {
            id,
            address: about.members.iter().find(|(member, _)| *member == id).map(|&(_, at)| at),
        })),
        Refusal::Unsupported => {
            Trouble::Unsupported(format!("{} has no {kind}", about.system.name).into())
        }
        Refusal::Invalid(why) => Trouble::Invalid(why),
        Refusal::Unavailable(why) => Trouble::Unavailable(why),
    }
}

/// Checks what an operation names against our limits and the system's.
pub(super) fn check(about: &About, operation: &Operation) -> Result<(), Trouble> {
    let system = about.system.name;
    if let Some(key) = operation.key() {
        if key.as_str().len() > MAX_KEY {
            return Err(Trouble::TooLong(format!("a key has at most {MAX_KEY} bytes").into()));
        }
        match systems::check_key(system, key) {
            Some(Err(why)) if key.as_str().is_empty() => return Err(Trouble::Invalid(why.into())),
            Some(Err(why)) => return Err(Trouble::TooLong(why.into())),
            Some(Ok(())) | None => {}
        }
    }
    let expected = match operation {
        Operation::CompareAndSet { expected, .. } => expected.as_ref(),
        _ => None,
    };
    for value in operation.stored().into_iter().chain(expected) {
        if value.as_str().len() > MAX_VALUE {
            return Err(Trouble::TooLong(format!("a value has at most {MAX_VALUE} bytes").into()));
        }
        if let Some(Err(why)) = systems::check_value(system, value) {
            return Err(Trouble::TooLong(why.into()));
        }
    }
    Ok(())
}

/// How the node is, within the time limit.
///
/// # Errors
///
/// A sentence.
pub(super) async fn look(ask: &impl Ask) -> Result<crate::ask::View, Cow<'static, str>> {
    match timeout(ask.about().timeout, ask.look()).await {
        Ok(Ok(view)) => Ok(view),
        Ok(Err(NoAnswer::Stopping)) => Err("the node is stopping".into()),
        Ok(Err(NoAnswer::TooLate)) | Err(_) => Err("the node does not answer".into()),
    }
}

/// Why a node that is so should get no requests; `None` if it is well.
pub(super) fn ailment(view: &crate::ask::View) -> Option<&'static str> {
    if !view.serves {
        Some("the node has found its own disk damaged and serves nothing")
    } else if view.waits.is_stuck() {
        Some("every worker of the node waits for another node")
    } else {
        None
    }
}
