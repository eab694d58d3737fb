use super::*;
use crate::{Canonical, Encoder};
use proptest::prelude::*;
use rand::{RngCore, rngs::mock::StepRng};

fn canonical(client: ClientId) -> Vec<u8> {
    let mut out = Encoder::default();
    client.encode(&mut out);
    out.bytes().to_vec()
}

fn over_a_wire(client: ClientId) -> ClientId {
    let bytes = postcard::to_stdvec(&client).unwrap();
    postcard::from_bytes(&bytes).unwrap()
}

#[test]
fn sessions_that_are_counted_have_the_bytes_that_digests_are_made_of() {
    assert_eq!(canonical(ClientId::SCRIPT), [0; 4]);
    assert_eq!(canonical(ClientId::new(0x0102_0304)), [4, 3, 2, 1]);
    assert_eq!(canonical(ClientId::new(u32::MAX - 1)), [0xfe, 0xff, 0xff, 0xff]);
    let long = [[0xff; 4].as_slice(), &[7, 0, 0, 0, 1, 0, 0, 0]].concat();
    assert_eq!(canonical(ClientId::from_number(0x1_0000_0007)), long);
    assert_eq!(canonical(ClientId::ANONYMOUS), [0xff; 12]);
    assert_eq!(postcard::to_stdvec(&ClientId::new(3)).unwrap(), [3]);
}

#[test]
fn at_the_border_of_the_escape_each_comes_back() {
    for number in [0, 1, u64::from(u32::MAX) - 1, u64::from(u32::MAX), 1 << 32, u64::MAX] {
        let client = ClientId::from_number(number);
        assert_eq!(over_a_wire(client), client);
        assert_eq!(client.to_string().parse(), Ok(client));
    }
}

#[test]
fn a_name_that_is_written_longer_than_it_is_or_cut_short_is_refused() {
    let padded = postcard::to_stdvec(&(u32::MAX, 7_u64)).unwrap();
    assert!(postcard::from_bytes::<ClientId>(&padded).is_err());
    let whole = postcard::to_stdvec(&ClientId::ANONYMOUS).unwrap();
    assert_eq!(postcard::from_bytes::<ClientId>(&whole), Ok(ClientId::ANONYMOUS));
    for length in 0..whole.len() {
        assert!(postcard::from_bytes::<ClientId>(&whole[..length]).is_err());
    }
}

#[test]
fn nobody_draws_a_name_that_is_somebody_elses() {
    let low = &mut StepRng::new(u64::from(u32::MAX), 1);
    assert_eq!(ClientId::random(low), ClientId::from_number(1 << 32));
    let high = &mut StepRng::new(u64::MAX, 1 << 40);
    assert_eq!(ClientId::random(high), ClientId::from_number((1 << 40) - 1));
    let any: &mut dyn RngCore = &mut StepRng::new(u64::MAX - 1, 1);
    assert_eq!(ClientId::random(any), ClientId::from_number(u64::MAX - 1));
}

#[test]
fn two_lives_do_not_number_alike() {
    let life = |drawn| {
        let mut numbers = Anonymous::new(&mut StepRng::new(drawn, 0));
        [numbers.next_request(), numbers.next_request()]
    };
    let [first, second] = life(u64::MAX);
    assert!(first.client.is_anonymous());
    assert_eq!((first.sequence, second.sequence), (u64::MAX, 0));
    assert!(!life(1 << 40).contains(&first));
}

#[test]
fn text_is_read_in_one_form_only() {
    for text in ["", "c", "1", "c01", "c+1", "c-1", "c18446744073709551616", "C1"] {
        assert!(text.parse::<ClientId>().is_err(), "{text}");
    }
}

proptest! {
    #[test]
    fn every_name_comes_back(number: u64, small: u32, behind: u8) {
        for client in [ClientId::from_number(number), ClientId::new(small)] {
            prop_assert_eq!(over_a_wire(client), client);
            prop_assert_eq!(client.to_string().parse(), Ok(client));
            // What follows is left for others.
            let bytes = postcard::to_stdvec(&(client, behind)).unwrap();
            prop_assert_eq!(postcard::from_bytes(&bytes), Ok((client, behind)));
        }
    }

    /// What is written in a row can be told apart.
    #[test]
    fn no_name_begins_another(one: u64, other: u64, small: u32) {
        for other in [other, u64::from(small), one ^ 1 << 32] {
            let (first, second) = (canonical(ClientId::from_number(one)), canonical(ClientId::from_number(other)));
            prop_assert_eq!(one == other, first == second);
            prop_assert!(one == other || !first.starts_with(&second));
        }
    }
}
