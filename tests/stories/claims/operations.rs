//! What is said of clients and their operations.

use super::{Checked, Facts, moment, shown};

impl Facts<'_> {
    pub(super) fn answered(&self, at: &str, who: &str, what: &str) -> Checked {
        let known = self.run.history.operations.iter().any(|it| {
            let yes = format!("{} that `{}` had taken effect.", it.client, it.operation);
            let told = format!("{}'s `{}`: ", it.client, it.operation);
            shown(it.completed) == at
                && it.node.to_string() == who
                && ((what == yes && it.is_ok()) || what.starts_with(&told))
        });
        known.then_some(()).ok_or("no such answer")
    }

    /// `20 reads and 3 writes at n1 got no answer: ...`
    pub(super) fn unanswered(&self, sentence: &str) -> Checked {
        let (what, _) = sentence.split_once(" got no answer: ").ok_or("unknown")?;
        let (counts, node) = what.rsplit_once(" at ").ok_or("nowhere")?;
        for part in counts.split(" and ") {
            let (count, sort) = part.split_once(' ').ok_or("no count")?;
            let count: usize = count.replace(',', "").parse().map_err(|_| "no count")?;
            let silent = self.run.history.operations.iter().filter(|it| {
                !it.is_answered()
                    && it.node.to_string() == node
                    && it.operation.kind().is_write() == sort.starts_with("write")
            });
            if silent.count() < count {
                return Err("they were fewer");
            }
        }
        Ok(())
    }

    /// `write was 2.0 s, from 1.500s to 3.500s.`
    pub(super) fn silence(&self, rest: &str) -> Checked {
        let (sort, rest) = rest.split_once(" was ").ok_or("unknown")?;
        let (_, span) = rest.split_once(", from ").ok_or("no time")?;
        let (from, to) = span.trim_end_matches('.').split_once(" to ").ok_or("no time")?;
        // Moments are shown to the millisecond.
        let after = moment(from) + std::time::Duration::from_millis(1);
        let meanwhile = self.run.operations().iter().any(|it| {
            it.is_answered()
                && it.operation.kind().is_write() == (sort == "write")
                && it.completed > after
                && it.completed + std::time::Duration::from_millis(1) < moment(to)
        });
        if meanwhile { Err("one was answered meanwhile") } else { Ok(()) }
    }

    /// `1.000s to 2.000s 19 of 20 operations that were begun were answered, 4 of them at n1; ...`
    pub(super) fn went_on(&self, rest: &str) -> Checked {
        let (what, rest) = rest.split_once(" operations that were begun ").ok_or("unknown")?;
        let mut words = what.split(' ');
        let (from, to) = (words.next().ok_or("no time")?, words.nth(1).ok_or("no time")?);
        let count: usize = words.next().and_then(|it| it.parse().ok()).ok_or("no count")?;
        let (_, rest) = rest.split_once("were answered, ").ok_or("no count")?;
        let (here, rest) = rest.split_once(" of them at ").ok_or("no count")?;
        let here: usize = here.parse().map_err(|_| "no count")?;
        let node = rest.split(';').next().unwrap_or(rest);
        // Moments are shown to the millisecond.
        let (from, to) = (moment(from), moment(to));
        let begun = self.run.operations().iter().filter(|it| {
            let at = moment(&shown(it.invoked));
            at >= from && at <= to && it.is_answered()
        });
        let begun: Vec<_> = begun.collect();
        let there = begun.iter().filter(|it| it.node.to_string() == node).count();
        (begun.len() >= count && there >= here).then_some(()).ok_or("they were fewer")
    }
}
