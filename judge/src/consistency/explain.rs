//! Judges a rule where some observations have several explanations.
//!
//! First only what is certain is used: observations that one write alone explains. What
//! breaks the rule then breaks it whatever the others saw. If nothing does, and there are
//! observations of several explanations, explanations are chosen and tried together: if
//! one choice keeps the rule, it holds. In a small history all choices are tried. What has
//! one order of all calls keeps every rule, so that such an order is looked for before all that.

use super::{
    Budget, Calls, Finding, Known, Proof, Subject,
    assumption::{Assumption, Observed},
    causal::conflict,
    index::{self, INITIAL, Index, Told},
    past::{Choice, Trouble},
    phrases,
    rules::{Offence, Rule, View},
    words,
};

/// More choices than this are not tried one by one.
const MOST_CHOICES: usize = 1024;

/// Nor are so many that calls times choices are more than this.
const MOST_CHOSEN_CALLS: usize = 60_000;

/// Whether the observations of a history keep a rule.
struct Question<'i, 'a> {
    rule: Rule,
    subject: &'i Subject<'a>,
    index: &'i Index<'a>,
    observed: &'i Observed,
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
    let (index, observed, words) = (subject.index(), subject.observed(), subject.words());
    let question = Question { rule, subject, index, observed };
    if subject.has_plain_order(budget) {
        return question.holds();
    }
    if let (Rule::Causal, Some(number)) = (rule, observed.unwritten.first()) {
        return Finding::Violated(words.prove(|| phrases::unwritten(index, *number)));
    }
    match question.assume(subject.certain(), &mut budget) {
        Outcome::Kept if observed.open.is_empty() => question.holds(),
        Outcome::Kept => question.try_choices(&mut budget),
        Outcome::Broken(broken) => {
            Finding::Violated(words.prove(|| phrases::proof(index, rule, &broken)))
        }
        Outcome::NoOrder(Trouble::Circle(circle)) if rule == Rule::Causal => {
            let circle = Broken::Circle(circle);
            Finding::Violated(words.prove(|| phrases::proof(index, rule, &circle)))
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
    /// Looks at everything that an assumption explains, and at what it leaves open.
    fn assume(&self, assumption: &Assumption, budget: &mut Budget) -> Outcome {
        let Assumption { sources, past, suspects, looks } = assumption;
        let past = match past {
            Ok(past) => past,
            Err(trouble) => return Outcome::NoOrder(trouble.clone()),
        };
        let view = View { index: self.index, sources, past };
        let mut looked = 0;
        for suspect in suspects {
            let mut steps = suspect.looks - looked;
            looked = suspect.looks;
            let number = suspect.number;
            let found = match sources[number] {
                Some(source) => view
                    .offence(self.rule, number, source, &mut steps)
                    .map(|offence| Broken::Offence { number, source, offence }),
                None => self.every_source(&view, number, &mut steps, budget.steps),
            };
            if !budget.spend(steps) {
                return Outcome::Spent;
            }
            if let Some(broken) = found {
                return Outcome::Broken(broken);
            }
        }
        if !budget.spend(looks - looked) {
            return Outcome::Spent;
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
        let mut newest = None;
        for source in self.index.sources(&self.index.seen[number]).rev() {
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
            let Some(assumption) = self.subject.chosen(choice) else { continue };
            if matches!(self.assume(assumption, budget), Outcome::Kept) {
                return self.holds();
            }
        }
        match self.try_all(budget) {
            Some(Finding::Holds(_)) => self.holds(),
            Some(found) => found,
            None => Finding::Unknown(format!(
                "{} of {} observations fit several writes, and too many choices are possible to \
                 try them all",
                self.observed.open.len(),
                self.index.seen.len()
            )),
        }
    }

    /// Tries all choices of explanations, if they are few. `None`: they are not, or some
    /// lead nowhere.
    fn try_all(&self, budget: &mut Budget) -> Option<Finding> {
        let sources: Vec<Vec<u32>> = self
            .observed
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
            let mut assumed = self.observed.certain.clone();
            for (number, of_one) in self.observed.open.iter().zip(&sources) {
                assumed[*number] = Some(of_one[choice % of_one.len()]);
                choice /= of_one.len();
            }
            match self.assume(&Assumption::new(self.index, assumed), budget) {
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
        if self.observed.unclear > 0 {
            return Finding::Unknown(format!(
                "{} of {} observations are of keys to whose values something was added, so that \
                 it is not known what was written",
                self.observed.unclear,
                self.index.seen.len()
            ));
        }
        if self.index.lists_left_out {
            return Finding::Unknown("there are too many lists of too many keys".to_owned());
        }
        let text = || phrases::holds(self.index, self.rule, self.observed.open.len());
        Finding::Holds(self.subject.words().put(text))
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
