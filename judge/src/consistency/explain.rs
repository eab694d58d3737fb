//! Judges a rule where some observations have several explanations.
//!
//! First only what is certain is used: observations that one write alone explains. What
//! breaks the rule then breaks it whatever the others saw. If nothing does, and there are
//! observations of several explanations, explanations are chosen and tried together: if
//! one choice keeps the rule, it holds. In a small history all choices are tried.

use super::{
    Budget, Calls, Finding, Known, Proof, Subject,
    causal::conflict,
    index::{self, INITIAL, Index, Told},
    past::{Choice, Past, Trouble},
    phrases,
    rules::{Offence, Rule, View},
    words,
};

/// More choices than this are not tried one by one.
const MOST_CHOICES: usize = 1024;

/// Nor are so many that calls times choices are more than this.
const MOST_CHOSEN_CALLS: usize = 60_000;

/// The observations of a history, by how they are explained.
struct Question<'i, 'a> {
    rule: Rule,
    index: &'i Index<'a>,
    /// The one write that explains each observation, if it is just one.
    certain: Vec<Option<u32>>,
    /// Observations of several explanations.
    open: Vec<usize>,
    /// Observations that nothing explains.
    unwritten: Vec<usize>,
    /// Observations of keys of which it is not known what was written.
    unclear: usize,
}

/// What one assumption of who saw what leads to.
enum Outcome {
    Kept,
    Broken(Broken),
    /// No order can be had, or the work was too much.
    NoOrder(Trouble),
    Spent,
}

/// What breaks a rule.
pub(super) enum Broken {
    /// An observation that went back.
    Offence { number: usize, source: u32, offence: Offence },
    /// Calls of which each must come before the next, and the last before the first.
    Circle(Vec<u32>),
}

/// Judges a history by a rule.
pub(super) fn judge(
    subject: &Subject<'_>,
    known: Known,
    rule: Rule,
    mut budget: Budget,
) -> Finding {
    if let Some(missing) = missing(subject.calls()) {
        return Finding::Unknown(missing.to_owned());
    }
    if known.linearizable == Some(true) {
        return Finding::Holds("it is linearizable, and so it keeps to this too".to_owned());
    }
    let index = subject.index();
    let question = Question::new(rule, index);
    if let (Rule::Causal, Some(number)) = (rule, question.unwritten.first()) {
        return Finding::Violated(phrases::unwritten(index, *number));
    }
    match question.try_sources(&question.certain, &mut budget) {
        Outcome::Kept if question.open.is_empty() => question.holds(),
        Outcome::Kept => question.try_choices(&mut budget),
        Outcome::Broken(broken) => Finding::Violated(phrases::proof(index, rule, &broken)),
        Outcome::NoOrder(Trouble::Circle(circle)) if rule == Rule::Causal => {
            Finding::Violated(phrases::proof(index, rule, &Broken::Circle(circle)))
        }
        Outcome::NoOrder(trouble) => Finding::Unknown(why(&trouble)),
        Outcome::Spent => Finding::Unknown(SPENT.to_owned()),
    }
}

const SPENT: &str = "it would take more steps than allowed";

/// Why there is nothing to judge.
pub(super) fn missing(calls: &Calls) -> Option<&'static str> {
    if calls.calls.is_empty() {
        Some("no operation was begun")
    } else if !index::tell_something(calls) {
        Some("no answer told what a key holds")
    } else {
        None
    }
}

fn why(trouble: &Trouble) -> String {
    match trouble {
        Trouble::Circle(circle) => {
            format!("{} operations depend on one another in a circle", circle.len())
        }
        Trouble::TooLarge => "there are too many operations and sessions to order them".to_owned(),
    }
}

impl<'i, 'a> Question<'i, 'a> {
    fn new(rule: Rule, index: &'i Index<'a>) -> Self {
        let certain = vec![None; index.seen.len()];
        let (open, unwritten) = (Vec::new(), Vec::new());
        let mut question = Self { rule, index, certain, open, unwritten, unclear: 0 };
        for (number, seen) in index.seen.iter().enumerate() {
            if index.appended[seen.key as usize] {
                question.unclear += 1;
                continue;
            }
            let mut sources = index.sources(seen);
            match (sources.next(), sources.next()) {
                (None, _) => question.unwritten.push(number),
                (one, None) => question.certain[number] = one,
                (Some(_), Some(_)) => question.open.push(number),
            }
        }
        question
    }

    /// Looks at everything that these sources explain, and at what they leave open.
    fn try_sources(&self, sources: &[Option<u32>], budget: &mut Budget) -> Outcome {
        let past = match Past::new(self.index, sources) {
            Ok(past) => past,
            Err(trouble) => return Outcome::NoOrder(trouble),
        };
        let view = View { index: self.index, sources, past: &past };
        for (number, source) in sources.iter().enumerate() {
            let mut steps = 0;
            let found = match source {
                Some(source) => view
                    .offence(self.rule, number, *source, &mut steps)
                    .map(|offence| Broken::Offence { number, source: *source, offence }),
                None => self.every_source(&view, number, &mut steps, budget.steps),
            };
            if !budget.spend(steps) {
                return Outcome::Spent;
            }
            if let Some(broken) = found {
                return Outcome::Broken(broken);
            }
        }
        match self.rule {
            Rule::Causal => match conflict(&view) {
                Some(circle) => Outcome::Broken(Broken::Circle(circle)),
                None => Outcome::Kept,
            },
            _ => Outcome::Kept,
        }
    }

    /// An offence by an observation of several sources, if each of them would be one.
    fn every_source(
        &self,
        view: &View<'_, 'a>,
        number: usize,
        steps: &mut u64,
        most: u64,
    ) -> Option<Broken> {
        let seen = &self.index.seen[number];
        if self.index.appended[seen.key as usize] {
            return None;
        }
        let mut newest = None;
        for source in self.index.sources(seen).rev() {
            let offence = view.offence(self.rule, number, source, steps)?;
            newest.get_or_insert(Broken::Offence { number, source, offence });
            if *steps > most {
                return None;
            }
        }
        newest
    }

    /// Tries explanations for the observations that have several.
    fn try_choices(&self, budget: &mut Budget) -> Finding {
        for choice in [Choice::Least, Choice::Newest] {
            let Ok(sources) = Past::choose(self.index, &self.certain, choice) else { continue };
            let is_complete = self.open.iter().all(|number| sources[*number].is_some());
            if is_complete && matches!(self.try_sources(&sources, budget), Outcome::Kept) {
                return self.holds();
            }
        }
        match self.try_all(budget) {
            Some(Finding::Holds(_)) => self.holds(),
            Some(found) => found,
            None => Finding::Unknown(format!(
                "{} of {} observations fit several writes, and too many choices are possible to \
                 try them all",
                self.open.len(),
                self.index.seen.len()
            )),
        }
    }

    /// Tries all choices of explanations, if they are few. `None`: they are not, or some
    /// lead nowhere.
    fn try_all(&self, budget: &mut Budget) -> Option<Finding> {
        let sources: Vec<Vec<u32>> = self
            .open
            .iter()
            .map(|number| {
                self.index.sources(&self.index.seen[*number]).take(MOST_CHOICES).collect()
            })
            .collect();
        let choices = sources.iter().try_fold(1usize, |product, of_one| {
            product.checked_mul(of_one.len()).filter(|product| *product <= MOST_CHOICES)
        })?;
        if choices.saturating_mul(self.index.all.calls.len()) > MOST_CHOSEN_CALLS {
            return None;
        }
        let mut first = None;
        let mut is_proved = true;
        for mut choice in 0..choices {
            let mut assumed = self.certain.clone();
            for (number, of_one) in self.open.iter().zip(&sources) {
                assumed[*number] = Some(of_one[choice % of_one.len()]);
                choice /= of_one.len();
            }
            match self.try_sources(&assumed, budget) {
                Outcome::Kept => return Some(Finding::Holds(String::new())),
                Outcome::Broken(broken) => {
                    first.get_or_insert(broken);
                }
                Outcome::NoOrder(Trouble::Circle(circle)) if self.rule == Rule::Causal => {
                    first.get_or_insert(Broken::Circle(circle));
                }
                Outcome::NoOrder(_) | Outcome::Spent => is_proved = false,
            }
        }
        let proof = first.filter(|_| is_proved).map(|broken| self.whatever(&broken))?;
        Some(Finding::Violated(proof))
    }

    fn whatever(&self, broken: &Broken) -> Proof {
        let mut proof = phrases::proof(self.index, self.rule, broken);
        proof.summary.push_str("; every other explanation of what was read fails likewise");
        proof
    }

    fn holds(&self) -> Finding {
        if self.unclear > 0 {
            return Finding::Unknown(format!(
                "{} of {} observations are of keys to whose values something was added, so that \
                 it is not known what was written",
                self.unclear,
                self.index.seen.len()
            ));
        }
        if self.index.lists_left_out {
            return Finding::Unknown("there are too many lists of too many keys".to_owned());
        }
        Finding::Holds(phrases::holds(self.index, self.rule, self.open.len()))
    }
}

/// What an observation was told, as the end of "c2 then ...".
pub(super) fn told(index: &Index<'_>, number: usize) -> String {
    match index.seen[number].told {
        Told::Is(state) => format!("read {}", words::state(state)),
        Told::Present => "was told that it is there".to_owned(),
        Told::Not(state) => format!("was told that it is not {}", words::state(state)),
    }
}

/// A write as "had seen ..." names it.
pub(super) fn left(index: &Index<'_>, write: u32) -> String {
    if write == INITIAL {
        return words::state(index.all.initial.as_ref());
    }
    words::state(index.left_by(write).flatten())
}
