//! What is asked: which operations, of which keys, and how often.

use node::{Key, Operation, OperationKind, Value};
use rand::Rng;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use std::{fmt, rc::Rc, str::FromStr, time::Duration};

/// What is asked of a store.
#[derive(Clone, Debug)]
pub struct Plan {
    /// How many clients there are, each with one operation under way at most; at least 1.
    pub clients: usize,
    /// How many operations are due a second, in an open loop; without it each client asks as soon as it
    /// was answered.
    pub rate: Option<f64>,
    /// Of which kinds.
    pub mix: Mix,
    /// How many keys there are, at least 1.
    pub keys: usize,
    /// By which exponent the keys fall off with their rank; without one, all are alike.
    pub zipf: Option<f64>,
    /// How long a value is, in bytes.
    pub value_bytes: usize,
    /// How long it is asked before anything counts.
    pub warm_up: Duration,
    /// For how long it counts.
    pub time: Duration,
    /// What is drawn from: keys, kinds and values.
    pub seed: u64,
}

impl Default for Plan {
    /// Fifty clients that put for ten seconds, after one that does not count.
    fn default() -> Self {
        Self {
            clients: 50,
            rate: None,
            mix: Mix::of(OperationKind::Put),
            keys: 10_000,
            zipf: None,
            value_bytes: 64,
            warm_up: Duration::from_secs(1),
            time: Duration::from_secs(10),
            seed: 0,
        }
    }
}

/// How often each kind of operation is asked for: puts, gets and deletes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mix(Vec<(OperationKind, u32)>);

impl Mix {
    /// One kind alone.
    pub fn of(kind: OperationKind) -> Self {
        Self(vec![(kind, 1)])
    }

    /// The kinds that come, in the order in which they were named.
    pub fn kinds(&self) -> impl Iterator<Item = OperationKind> {
        self.0.iter().map(|(kind, _)| *kind)
    }
}

impl fmt::Display for Mix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shares: Vec<_> = self.0.iter().map(|(kind, share)| format!("{kind}={share}")).collect();
        f.write_str(&shares.join(","))
    }
}

impl FromStr for Mix {
    type Err = String;

    /// Reads `put=1,get=3`, or a kind alone.
    fn from_str(text: &str) -> Result<Self, String> {
        const KINDS: [OperationKind; 3] =
            [OperationKind::Put, OperationKind::Get, OperationKind::Delete];
        let mut shares: Vec<(OperationKind, u32)> = Vec::new();
        for part in text.split(',') {
            let (name, share) = part.split_once('=').unwrap_or((part, "1"));
            let kind = KINDS.into_iter().find(|kind| kind.name() == name.trim()).ok_or_else(
                || format!("`{name}` is no kind of operation here; write put, get or delete, as in `put=1,get=3`"),
            )?;
            let share = share.trim().parse().ok().filter(|share| *share <= 1_000_000);
            let share = share.ok_or_else(|| {
                format!("how often `{name}` comes is a number up to 1000000, as in `put=1,get=3`")
            })?;
            if shares.iter().any(|(known, _)| *known == kind) {
                return Err(format!("`{name}` is named twice"));
            }
            shares.push((kind, share));
        }
        shares.retain(|(_, share)| *share > 0);
        if shares.is_empty() {
            return Err("nothing is asked for: give some kind a share above 0".to_owned());
        }
        Ok(Self(shares))
    }
}

/// What the draws of all clients share.
pub(super) struct Shared {
    mix: Mix,
    shares: u32,
    keys: usize,
    /// Of the keys up to each, how much of the whole they have; empty: all are alike.
    sums: Vec<f64>,
    value_bytes: usize,
    /// Values are cut from this.
    text: String,
}

/// The text from which values are cut is so much longer than one.
const SPARE: usize = 4096;

impl Shared {
    pub(super) fn new(plan: &Plan) -> Rc<Self> {
        let mut rng = ChaCha8Rng::seed_from_u64(plan.seed);
        let letter = |_| char::from(rng.gen_range(b'a'..=b'z'));
        let text = (0..plan.value_bytes + SPARE).map(letter).collect();
        let mut sum = 0.0;
        let rank = |exponent: f64| move |rank: usize| (rank as f64).powf(-exponent);
        let weights = plan.zipf.map(|exponent| (1..=plan.keys).map(rank(exponent)));
        let mut sums: Vec<f64> = weights.into_iter().flatten().collect();
        for weight in &mut sums {
            sum += *weight;
            *weight = sum;
        }
        Rc::new(Self {
            shares: plan.mix.0.iter().map(|(_, share)| share).sum(),
            mix: plan.mix.clone(),
            keys: plan.keys,
            sums,
            value_bytes: plan.value_bytes,
            text,
        })
    }

    /// The key of this rank, counted from 0.
    fn key(rank: usize) -> Key {
        Key::from(format!("key{}", rank + 1))
    }
}

/// Draws what one client asks for.
pub(super) struct Draw {
    of: Rc<Shared>,
    rng: ChaCha8Rng,
}

impl Draw {
    /// The draws of a client.
    pub(super) fn new(of: Rc<Shared>, seed: u64, client: usize) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        // The values' own is 0.
        rng.set_stream(client as u64 + 1);
        Self { of, rng }
    }

    /// The next operation.
    pub(super) fn next(&mut self) -> Operation {
        let mut left = self.rng.gen_range(0..self.of.shares);
        let mut kind = OperationKind::Put;
        for (it, share) in &self.of.mix.0 {
            kind = *it;
            match left.checked_sub(*share) {
                Some(rest) => left = rest,
                None => break,
            }
        }
        let key = Shared::key(self.rank());
        match kind {
            OperationKind::Get => Operation::Get { key },
            OperationKind::Delete => Operation::Delete { key },
            _ => Operation::Put { key, value: self.value() },
        }
    }

    /// A put of the key of this rank.
    pub(super) fn put(&mut self, rank: usize) -> Operation {
        Operation::Put { key: Shared::key(rank), value: self.value() }
    }

    fn rank(&mut self) -> usize {
        let Some(whole) = self.of.sums.last() else {
            return self.rng.gen_range(0..self.of.keys);
        };
        let drawn = self.rng.gen_range(0.0..*whole);
        self.of.sums.partition_point(|sum| *sum <= drawn).min(self.of.keys - 1)
    }

    fn value(&mut self) -> Value {
        let at = self.rng.gen_range(0..=SPARE);
        Value::from(&self.of.text[at..at + self.of.value_bytes])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mix_is_read_or_what_is_wrong_is_named() {
        let mix: Mix = "put=1, get=3".parse().unwrap();
        assert_eq!(mix.to_string(), "put=1,get=3");
        assert_eq!("get".parse::<Mix>(), Ok(Mix::of(OperationKind::Get)));
        assert_eq!("put=0,get=2".parse::<Mix>().unwrap().kinds().count(), 1);
        for (wrong, named) in [
            ("", "``"),
            ("take=1", "`take`"),
            ("put=x", "`put`"),
            ("put=-1", "`put`"),
            ("put,put=2", "twice"),
            ("put=0", "share above 0"),
        ] {
            let why = wrong.parse::<Mix>().unwrap_err();
            assert!(why.contains(named), "{wrong}: {why}");
        }
    }

    #[test]
    fn shares_and_keys_are_as_asked() {
        let mut plan = Plan { mix: "put=1,get=3".parse().unwrap(), keys: 100, ..Plan::default() };
        for (zipf, most) in [(None, 300), (Some(1.0), 3000)] {
            plan.zipf = zipf;
            let mut draw = Draw::new(Shared::new(&plan), 7, 0);
            let drawn: Vec<Operation> = (0..10_000).map(|_| draw.next()).collect();
            let puts = drawn.iter().filter(|it| it.kind() == OperationKind::Put).count();
            assert!((2_000..3_000).contains(&puts), "{puts}");
            let first = Key::from("key1");
            let of_first = drawn.iter().filter(|it| it.key() == Some(&first)).count();
            // With exponent 1 the first of 100 keys has 19 of 100, and else 1.
            assert!(of_first < most && of_first * 20 > most, "{of_first} of {most}");
            let stored = drawn.iter().filter_map(Operation::stored);
            assert!(stored.into_iter().all(|value| value.as_str().len() == plan.value_bytes));
        }
    }
}
