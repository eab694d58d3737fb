//! What the clients of a workload ask, drawn from their streams.

use crate::{
    routine::{Change, Routine},
    seed::{draw_below, draw_unit},
};
use node::{ClientId, Key, Operation, OperationKind, Value};
use rand::RngCore;
use scenarios::{KeyChoice, Keys, Update, Updates, Workload, WriteBack};
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// Draws operations: a kind from the mix, a key from the keys, a value that no other put has.
pub(crate) struct Generator {
    /// The kinds and the running sum of their weights, the last of which is 1.
    kinds: Vec<(Kind, f64)>,
    chooser: KeyChooser,
    updates: Updates,
    /// How numbers are written back.
    by: WriteBack,
    /// How many keys there are, and how many have been put beside them.
    count: u64,
    inserted: u64,
}

/// What is drawn from the mix.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    One(OperationKind),
    Update(Update),
}

impl Generator {
    /// Draws as a workload says, at a system that has compare-and-set or has it not.
    pub(crate) fn new(workload: &Workload, has_compare_and_set: bool) -> Self {
        let Workload { mix, updates, keys, .. } = workload;
        let total: f64 = mix.values().chain(updates.mix.values()).sum();
        let mut sum = 0.0;
        let ones = mix.iter().map(|(&kind, weight)| (Kind::One(kind), weight));
        let made = updates.mix.iter().map(|(&update, weight)| (Kind::Update(update), weight));
        let kinds = ones.chain(made).map(|(kind, weight)| {
            sum += weight / total;
            (kind, sum)
        });
        let usual = if has_compare_and_set { WriteBack::CompareAndSet } else { WriteBack::Put };
        Self {
            kinds: kinds.collect(),
            chooser: KeyChooser::new(keys),
            updates: updates.clone(),
            by: updates.by.unwrap_or(usual),
            count: keys.count,
            inserted: 0,
        }
    }

    /// Draws the client's operation of this sequence number, and what it does afterwards if that is
    /// only the beginning. `seen` is what the client last learned of each key, for compare-and-set.
    pub(crate) fn draw(
        &mut self,
        client: ClientId,
        sequence: u64,
        seen: &BTreeMap<Key, Value>,
        rng: &mut dyn RngCore,
    ) -> (Operation, Option<Routine>) {
        let kind = match self.kind(rng) {
            Kind::One(OperationKind::ListKeys) => return (Operation::ListKeys, None),
            Kind::One(kind) => kind,
            Kind::Update(update) => return self.draw_update(update, client, sequence, rng),
        };
        let key = self.key(rng);
        let value = || Value::from(numbered("c", [client.index() as u64, sequence]));
        let operation = match kind {
            OperationKind::Put => Operation::Put { key, value: value() },
            OperationKind::Get => Operation::Get { key },
            OperationKind::Delete => Operation::Delete { key },
            OperationKind::CompareAndSet => {
                let expected = seen.get(&key).cloned();
                Operation::CompareAndSet { key, expected, new: value() }
            }
            OperationKind::ListKeys => unreachable!("handled above"),
        };
        (operation, None)
    }

    fn draw_update(
        &mut self,
        update: Update,
        client: ClientId,
        sequence: u64,
        rng: &mut dyn RngCore,
    ) -> (Operation, Option<Routine>) {
        let value = || Value::from(numbered("c", [client.index() as u64, sequence]));
        let routine = match update {
            Update::Insert => {
                self.inserted += 1;
                let key = numbered("key", [self.count + self.inserted]).into();
                return (Operation::Put { key, value: value() }, None);
            }
            Update::ReadModifyWrite => Routine::Overwrite { key: self.key(rng), value: value() },
            Update::Add => {
                let key = self.key(rng);
                self.changes(Change::new(key, self.amount(rng), None), None)
            }
            Update::Transfer => {
                let from = self.chooser.draw(rng);
                // Any other; the same if it is the only one, which is no transfer, and harmless.
                let others = (self.count - 1).max(1);
                let to = (from + 1 + draw_below(others, rng)) % self.count;
                let amount = self.amount(rng);
                let name = |key: u64| Key::from(numbered("key", [key + 1]));
                let floor = (!self.updates.overdraft).then_some(0);
                let taken = Change::new(name(from), -amount, floor);
                self.changes(taken, Some(Change::new(name(to), amount, None)))
            }
        };
        (routine.first(), Some(routine))
    }

    fn changes(&self, change: Change, next: Option<Change>) -> Routine {
        Routine::Numbers { change, next, by: self.by, initial: self.updates.initial }
    }

    fn amount(&self, rng: &mut dyn RngCore) -> i64 {
        1 + draw_below(self.updates.amount, rng) as i64
    }

    fn key(&self, rng: &mut dyn RngCore) -> Key {
        let number = match &self.chooser {
            KeyChooser::Latest(ranks) => self.count + self.inserted - ranks.draw(rng),
            chooser => chooser.draw(rng) + 1,
        };
        Key::from(numbered("key", [number]))
    }

    /// Whether the workload needs what clients have seen.
    pub(crate) fn compares(&self) -> bool {
        self.kinds.iter().any(|(kind, _)| *kind == Kind::One(OperationKind::CompareAndSet))
    }

    fn kind(&self, rng: &mut dyn RngCore) -> Kind {
        if let [(only, _)] = self.kinds[..] {
            return only;
        }
        let drawn = draw_unit(rng);
        let found = self.kinds.iter().find(|(_, sum)| drawn < *sum);
        found.or(self.kinds.last()).expect("a mix is not empty").0
    }
}

/// A prefix and numbers with dashes between them, as `format!` would write them, but
/// several times as fast: a run makes a key and a value for every operation.
fn numbered<const COUNT: usize>(prefix: &str, numbers: [u64; COUNT]) -> SmolStr {
    // Written from the end. Two numbers have at most 41 digits and dashes.
    let mut text = [b'-'; 64];
    let mut start = text.len();
    for number in numbers.into_iter().rev() {
        let mut rest = number;
        loop {
            start -= 1;
            text[start] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        // The byte before is a dash already.
        start -= 1;
    }
    start = start + 1 - prefix.len();
    text[start..start + prefix.len()].copy_from_slice(prefix.as_bytes());
    SmolStr::new(std::str::from_utf8(&text[start..]).expect("digits are ASCII"))
}

/// Chooses keys by number, from 0.
enum KeyChooser {
    Uniform {
        count: u64,
    },
    /// The running sum of the keys' shares.
    Zipfian {
        sums: Vec<f64>,
    },
    HotCold {
        hot: u64,
        count: u64,
        share: f64,
    },
    /// By how many others came after them.
    Latest(Box<Self>),
}

impl KeyChooser {
    fn new(keys: &Keys) -> Self {
        let count = keys.count;
        match keys.choice {
            KeyChoice::Uniform => Self::Uniform { count },
            KeyChoice::Zipfian { exponent } => {
                let weights = (1..=count).map(|rank| libm::pow(rank as f64, -exponent));
                let mut sums: Vec<f64> = weights
                    .scan(0.0, |sum, weight| {
                        *sum += weight;
                        Some(*sum)
                    })
                    .collect();
                let total = sums.last().copied().unwrap_or(1.0);
                sums.iter_mut().for_each(|sum| *sum /= total);
                Self::Zipfian { sums }
            }
            KeyChoice::Latest { exponent } => {
                let choice = KeyChoice::Zipfian { exponent };
                Self::Latest(Box::new(Self::new(&Keys { count, choice })))
            }
            KeyChoice::HotCold { hot, share } => {
                let hot = libm::round(hot * count as f64) as u64;
                Self::HotCold { hot: hot.clamp(1, count), count, share }
            }
        }
    }

    fn draw(&self, rng: &mut dyn RngCore) -> u64 {
        match self {
            Self::Uniform { count } => draw_below(*count, rng),
            Self::Zipfian { sums } => {
                let drawn = draw_unit(rng);
                let rank = sums.partition_point(|sum| *sum <= drawn);
                rank.min(sums.len() - 1) as u64
            }
            Self::HotCold { hot, count, share } => {
                if draw_unit(rng) < *share || hot == count {
                    draw_below(*hot, rng)
                } else {
                    hot + draw_below(count - hot, rng)
                }
            }
            Self::Latest(ranks) => ranks.draw(rng),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::Streams;

    fn shares(choice: KeyChoice, count: u64) -> Vec<f64> {
        let chooser = KeyChooser::new(&Keys { count, choice });
        let mut rng = Streams::new(3).named("test");
        let mut hits = vec![0.0; count as usize];
        for _ in 0..20_000 {
            hits[chooser.draw(&mut rng) as usize] += 1.0 / 20_000.0;
        }
        hits
    }

    fn near(actual: f64, expected: f64) {
        assert!((actual - expected).abs() < 0.015, "{actual} is not near {expected}");
    }

    #[test]
    fn names_are_written_as_format_would() {
        for number in [0, 9, 10, 1_234_567, u64::MAX] {
            assert_eq!(numbered("key", [number]), format!("key{number}"));
            assert_eq!(numbered("c", [7, number]), format!("{}-{number}", ClientId::new(7)));
        }
    }

    #[test]
    fn every_system_takes_the_longest_names() {
        let key = numbered("key", [u64::MAX]).into();
        let value = numbered("c", [u64::MAX; 2]).into();
        for system in node::systems::all() {
            assert_eq!(node::systems::check_key(system.name, &key), Some(Ok(())));
            assert_eq!(node::systems::check_value(system.name, &value), Some(Ok(())));
        }
    }

    #[test]
    fn uniform_keys_are_all_alike() {
        shares(KeyChoice::Uniform, 4).into_iter().for_each(|share| near(share, 0.25));
    }

    #[test]
    fn zipfian_keys_fall_off_with_their_rank() {
        let shares = shares(KeyChoice::Zipfian { exponent: 1.0 }, 3);
        // 1 : 1/2 : 1/3, that is 6 : 3 : 2 of 11.
        near(shares[0], 6.0 / 11.0);
        near(shares[1], 3.0 / 11.0);
        near(shares[2], 2.0 / 11.0);
    }

    #[test]
    fn hot_keys_get_their_share() {
        let shares = shares(KeyChoice::HotCold { hot: 0.2, share: 0.9 }, 10);
        near(shares[..2].iter().sum(), 0.9);
        near(shares[5], 0.1 / 8.0);
    }

    /// A workload of so many keys with this mix.
    fn workload(
        mix: &[(OperationKind, f64)],
        updates: &[(Update, f64)],
        choice: KeyChoice,
    ) -> Workload {
        Workload {
            pace: scenarios::Pace::Closed { clients: 1, think: std::time::Duration::ZERO },
            start: std::time::Duration::ZERO,
            stop: std::time::Duration::MAX,
            operations: None,
            mix: mix.iter().copied().collect(),
            updates: Updates { mix: updates.iter().copied().collect(), ..Updates::default() },
            keys: Keys { count: 10, choice },
            reads: node::client::Route::Any,
            writes: node::client::Route::Any,
            retry: node::client::Retry::default(),
            client_time: None,
            planned: None,
        }
    }

    #[test]
    fn a_mix_gives_each_kind_its_weight_and_every_put_a_value_of_its_own() {
        let mix = [(OperationKind::Put, 3.0), (OperationKind::Get, 1.0)];
        let mut generator = Generator::new(&workload(&mix, &[], KeyChoice::Uniform), true);
        let mut rng = Streams::new(3).named("test");
        let (mut puts, mut values) = (0.0, std::collections::BTreeSet::new());
        for sequence in 0..4000 {
            let seen = BTreeMap::new();
            match generator.draw(ClientId::new(1), sequence, &seen, &mut rng) {
                (Operation::Put { value, .. }, None) => {
                    puts += 1.0;
                    assert!(values.insert(value.as_str().to_owned()), "a value came twice");
                }
                (Operation::Get { .. }, None) => {}
                (other, _) => panic!("{other} is not in the mix"),
            }
        }
        near(puts / 4000.0, 0.75);
    }

    #[test]
    fn an_insert_is_of_a_key_that_nobody_has_written_and_the_latest_keys_are_read() {
        let updates = [(Update::Insert, 0.5)];
        let choice = KeyChoice::Latest { exponent: 0.99 };
        let workload = workload(&[(OperationKind::Get, 0.5)], &updates, choice);
        let mut generator = Generator::new(&workload, true);
        let mut rng = Streams::new(3).named("test");
        let (mut latest, mut of_latest, mut reads) = (10, 0.0, 0.0);
        for sequence in 0..4000 {
            let seen = BTreeMap::new();
            let (operation, _) = generator.draw(ClientId::new(1), sequence, &seen, &mut rng);
            let key: u64 = operation.key().unwrap().as_str()[3..].parse().unwrap();
            if operation.kind() == OperationKind::Put {
                latest += 1;
                assert_eq!(key, latest);
            } else {
                reads += 1.0;
                of_latest += f64::from(u8::from(key == latest));
                assert!((latest - 9..=latest).contains(&key), "{key} of {latest}");
            }
        }
        // The sum of 1 / k^0.99 up to 10 is 2.96.
        near(of_latest / reads, 1.0 / 2.96);
    }
}
