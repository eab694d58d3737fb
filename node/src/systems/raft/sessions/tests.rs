use super::*;
use crate::Version;

fn written(index: Index) -> Answer {
    Answer::Written { version: Version(index), previous: None }
}

/// Sessions that have been used by clients of these numbers, one after the other, each with its write
/// 0; a client that is named again tries it again.
fn used_by(clients: impl IntoIterator<Item = u64>) -> Sessions {
    let mut sessions = Sessions::default();
    for (index, client) in (1..).zip(clients) {
        uses(&mut sessions, index, client, 0);
    }
    sessions
}

fn uses(sessions: &mut Sessions, index: Index, client: u64, sequence: u64) {
    let client = ClientId::from_number(client);
    let answer = written(index);
    let is_new = sessions.known(client, sequence) == Known::New;
    sessions.note(index, client, is_new.then_some((sequence, &answer)));
}

fn known(sessions: &Sessions, client: u64, sequence: u64) -> Known {
    sessions.known(ClientId::from_number(client), sequence)
}

const ALL: u64 = (ANSWERS + EXPIRED) as u64;
const HALF: u64 = ORDERED_FROM as u64;

#[test]
fn who_asked_longest_ago_expires_and_is_then_forgotten() {
    // Client 7 asks first, then as many others as have an answer, and then as many again.
    let others = 100..;
    let with = |others: std::ops::RangeFrom<u64>, count| {
        used_by([7].into_iter().chain(others).take(count))
    };
    let full = with(others.clone(), ANSWERS);
    assert_eq!(known(&full, 7, 0), Known::Answered(written(1)));
    let one_more = with(others.clone(), ANSWERS + 1);
    assert_eq!(known(&one_more, 7, 0), Known::Expired);
    assert_eq!(known(&one_more, 100, 0), Known::Answered(written(2)));
    let most = with(others.clone(), ANSWERS + EXPIRED);
    assert_eq!((known(&most, 7, 0), most.len()), (Known::Expired, ANSWERS + EXPIRED));
    let forgotten = with(others, ANSWERS + EXPIRED + 50);
    assert_eq!((known(&forgotten, 7, 0), forgotten.len()), (Known::New, ANSWERS + EXPIRED));
}

#[test]
fn who_keeps_asking_stays() {
    let others = || (100..).take(ANSWERS);
    let stays = |again: &[u64]| {
        let mut sessions = used_by([7].into_iter().chain((100..).take(ANSWERS / 2)));
        let rest = again.iter().copied().chain(others().skip(ANSWERS / 2));
        let first = HALF + 2;
        (first..).zip(rest).for_each(|(index, client)| uses(&mut sessions, index, client, 0));
        known(&sessions, 7, 0)
    };
    assert_eq!(stays(&[7]), Known::Answered(written(1)));
    assert_eq!(stays(&[100]), Known::Expired);
}

#[test]
fn whose_session_has_expired_goes_on_with_a_later_write_only() {
    let mut sessions = Sessions::default();
    uses(&mut sessions, 1, 7, 5);
    for (index, client) in (2..).zip(100..).take(ANSWERS) {
        uses(&mut sessions, index, client, 0);
    }
    let of_7 = |sessions: &Sessions| [4, 5, 6].map(|sequence| known(sessions, 7, sequence));
    assert_eq!(of_7(&sessions), [Known::GivenUp, Known::Expired, Known::New]);
    // Trying the old one again does not give the answer back.
    uses(&mut sessions, 20_000, 7, 5);
    assert_eq!(of_7(&sessions), [Known::GivenUp, Known::Expired, Known::New]);
    uses(&mut sessions, 20_001, 7, 6);
    let answer = Known::Answered(written(20_001));
    assert_eq!(of_7(&sessions), [Known::GivenUp, Known::GivenUp, answer]);
    // Another has had to make room.
    assert_eq!(known(&sessions, 100, 0), Known::Expired);
    assert_eq!(known(&sessions, 101, 0), Known::Answered(written(3)));
}

#[test]
fn the_script_has_several_answers_until_it_expires() {
    let mut sessions = Sessions::default();
    for sequence in 0..3 {
        uses(&mut sessions, sequence + 1, 0, sequence);
    }
    assert_eq!(known(&sessions, 0, 1), Known::Answered(written(2)));
    for (index, client) in (4..).zip(100..).take(ANSWERS) {
        uses(&mut sessions, index, client, 0);
    }
    let of_script = [1, 2, 3].map(|sequence| known(&sessions, 0, sequence));
    assert_eq!(of_script, [Known::GivenUp, Known::Expired, Known::New]);
    // What was carried out before it expired stays so, and what was not, does not.
    uses(&mut sessions, 20_000, 0, 4);
    let of_script = [1, 2, 3, 4].map(|sequence| known(&sessions, 0, sequence));
    let answer = Known::Answered(written(20_000));
    assert_eq!(of_script, [Known::GivenUp, Known::Expired, Known::New, answer]);
}

/// A replica that was sent a snapshot at any moment goes on as one that has applied every entry does.
#[test]
fn a_snapshot_carries_the_order() {
    // Names in no order, each used now and then.
    let client = |index: u64| {
        let drawn = index.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 16;
        if index.is_multiple_of(3) { drawn % (HALF / 2) } else { (1 << 40) + drawn }
    };
    let last = 2 * ALL;
    for cut in [HALF / 2, HALF, HALF + 1, HALF + HALF / 2, ALL / 2, ALL, ALL + HALF] {
        let mut whole = Sessions::default();
        let mut restored = Sessions::default();
        for index in 1..=last {
            let sequence = index / HALF;
            uses(&mut whole, index, client(index), sequence);
            if index == cut {
                let bytes = postcard::to_stdvec(&whole).unwrap();
                restored = postcard::from_bytes(&bytes).unwrap();
                assert_eq!(restored, whole);
            } else if index > cut {
                uses(&mut restored, index, client(index), sequence);
            }
        }
        assert!(restored == whole, "cut at {cut}");
        assert_eq!(whole.len(), ANSWERS + EXPIRED);
        assert_eq!(whole.answering.len(), ANSWERS);
    }
}

#[test]
fn two_orders_of_one_thing_are_different_and_few_have_none() {
    assert!(used_by([3, 1, 2]).iter().map(|(client, _)| client.number()).eq([1, 2, 3]));
    let many =
        |first: [u64; 2]| used_by((100..100 + HALF).chain(first)).iter().last().map(|it| it.0);
    assert_eq!(many([5, 6]), Some(ClientId::new(6)));
    assert_eq!(many([6, 5]), Some(ClientId::new(5)));
}

#[test]
fn what_is_said_twice_counts_once() {
    let answers = |sequence| BTreeMap::from([(sequence, written(1))]);
    let all = [(ClientId::new(2), answers(0)), (ClientId::new(2), answers(1))];
    let sessions = Sessions::from_iter(all);
    assert_eq!((sessions.len(), sessions.iter().count()), (1, 1));
}
