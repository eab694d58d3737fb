//! Sessions that wait for each other.
//!
//! A session that cannot go on may have to wait until another has gone on: for the one write
//! that leaves what it read, for a call that comes before its own in every order, or, before it
//! overwrites a state that nothing brings back, for who must still see that. Where sessions
//! wait for each other in a circle, none of them ever goes on, whatever the rest do.

use super::place::Place;

/// What the next call of a session waits for.
enum Wait {
    /// It can be done now, or it is not known what would let it.
    Free,
    /// Nothing will let it.
    Never,
    /// Each of these sessions must go on first.
    For(Vec<usize>),
}

/// Whether some session can never go on from here.
pub(super) fn is_dead_end(place: &Place<'_, '_>) -> bool {
    let mut waits = vec![Vec::new(); place.lines.len()];
    for (session, call) in place.nexts() {
        match wait(place, session, call) {
            Wait::Free => {}
            Wait::Never => return true,
            Wait::For(others) => waits[session] = others,
        }
    }
    has_circle(&waits)
}

fn wait(place: &Place<'_, '_>, session: usize, call: u32) -> Wait {
    let mut others = Vec::new();
    for cause in place.causes.of(call).iter().copied() {
        if !place.is_done(cause) && !is_at_hand(place, cause) {
            others.push(session_of(place, cause));
        }
    }
    if let Some(state) = place.lacks(call) {
        match writer(place, session, state) {
            Wait::Free => {}
            Wait::Never => return Wait::Never,
            Wait::For(writer) => others.extend(writer),
        }
    } else if place.fits(call) {
        others.extend(place.last_readers(call).map(|reader| session_of(place, reader)));
    }
    if others.contains(&session) {
        return Wait::Never;
    }
    if others.is_empty() { Wait::Free } else { Wait::For(others) }
}

/// The session that must go on to bring a state about, if it is just one.
fn writer(place: &Place<'_, '_>, session: usize, state: u32) -> Wait {
    let mut found = None;
    for write in place.coming(state) {
        let writer = session_of(place, write);
        if is_at_hand(place, write) {
            return Wait::Free;
        }
        if writer == session {
            continue;
        }
        if found.is_some_and(|found| found != writer) {
            return Wait::Free;
        }
        found = Some(writer);
    }
    found.map_or(Wait::Never, |writer| Wait::For(vec![writer]))
}

/// Whether a call is a write of unknown outcome for which its session need not go on.
fn is_at_hand(place: &Place<'_, '_>, call: u32) -> bool {
    place.index.call(call).returned.is_none() && place.is_reached(call)
}

fn session_of(place: &Place<'_, '_>, call: u32) -> usize {
    place.index.session[call as usize] as usize
}

/// Whether some session waits, by way of others, for itself.
fn has_circle(waits: &[Vec<usize>]) -> bool {
    // A session of which no circle is found is not looked at again.
    let mut is_clear: Vec<bool> = waits.iter().map(Vec::is_empty).collect();
    let mut is_above = vec![false; waits.len()];
    (0..waits.len()).any(|session| leads_back(session, waits, &mut is_clear, &mut is_above))
}

fn leads_back(
    session: usize,
    waits: &[Vec<usize>],
    is_clear: &mut [bool],
    is_above: &mut [bool],
) -> bool {
    if is_clear[session] || is_above[session] {
        return is_above[session];
    }
    is_above[session] = true;
    let found = waits[session].iter().any(|next| leads_back(*next, waits, is_clear, is_above));
    is_above[session] = false;
    is_clear[session] = !found;
    found
}
