//! The plan that does by itself what was done by hand.

use super::{ByHand, ChoiceError};
use judge::record::FaultOrigin;
use scenarios::{Fate, Scenario, Step};
use sim::{Detail, Run};

/// What was made by hand.
#[derive(Clone, Debug, PartialEq)]
pub struct Finished {
    /// The plan that does the same by itself.
    pub plan: Scenario,
    /// The steps, of the scenario or chosen, that touched nothing or found nothing left to do.
    pub left_out: Vec<Step>,
}

impl ByHand {
    /// The plan of everything that was chosen; from the present moment on everything goes by itself, what waits
    /// included. It expects nothing. Steps that have nothing to do, as what they would repair has been
    /// repaired, are left out.
    ///
    /// # Errors
    ///
    /// [`ChoiceError::Run`] if the plan cannot be carried out.
    pub fn finish(&self) -> Result<Finished, ChoiceError> {
        let mut hand = self.clone();
        hand.release()?;
        let mut plan = told(hand.state().plan.clone(), self.choices());
        plan.seed = Some(self.seed);
        plan.on = Some(self.system.name.to_owned());
        let mut run = self.freely(&plan)?;
        // What arrives as it would anyway needs no word.
        let mut fewer = plan.clone();
        fewer.pins.messages.retain(|pin| pin.fate != Fate::Kept || pin.after.is_some());
        if fewer.pins != plan.pins {
            let shorter = self.freely(&fewer)?;
            if shorter.digest == run.digest {
                (plan, run) = (fewer, shorter);
            }
        }
        let mut left_out = Vec::new();
        while !run.defects.is_empty() {
            let Some(fewer) = self.without_idle(&plan, &run)? else { break };
            let is_gone = |step: &&Step| !fewer.0.steps.contains(step);
            left_out.extend(plan.steps.iter().filter(is_gone).cloned());
            (plan, run) = fewer;
        }
        plan.pins.messages.sort_by_key(|pin| (pin.from, pin.to, pin.number));
        Ok(Finished { plan, left_out })
    }

    /// The plan without the steps that touched nothing, or without one that found nobody, and its run.
    fn without_idle(
        &self,
        plan: &Scenario,
        run: &Run,
    ) -> Result<Option<(Scenario, Run)>, ChoiceError> {
        let touched_nothing = |place: usize| {
            let mut own = run.faults.iter().filter(|it| it.origin == FaultOrigin::Step(place));
            let first = own.next();
            first.is_some_and(|it| it.touched == 0) && own.all(|it| it.touched == 0)
        };
        let mut without = plan.clone();
        let mut places = 0..;
        without.steps.retain(|_| !places.next().is_some_and(touched_nothing));
        if without.steps.len() < plan.steps.len() {
            let run = self.freely(&without)?;
            return Ok(Some((without, run)));
        }
        for place in 0..plan.steps.len() {
            let mut without = plan.clone();
            without.steps.remove(place);
            let shorter = self.freely(&without)?;
            // What found nobody leaves no trace: only then it can go and everything else stays.
            if shorter.defects.len() < run.defects.len() && shorter.digest == run.digest {
                return Ok(Some((without, shorter)));
            }
        }
        Ok(None)
    }

    fn freely(&self, plan: &Scenario) -> Result<Run, ChoiceError> {
        Ok(sim::run_held(plan, self.system.name, self.seed, None, Detail::Digest)?)
    }
}

/// The plan under a name of its own, with nothing that the scenario says of its own course.
fn told(plan: Scenario, choices: usize) -> Scenario {
    let choices = judge::text::count(choices as u64, "choice", "choices");
    Scenario {
        title: format!("{}, by hand: {choices}", plan.name),
        name: format!("{}-by-hand", plan.name),
        watch: String::new(),
        shows: Vec::new(),
        source: None,
        fixed_in: None,
        stories: Vec::new(),
        expect: std::collections::BTreeMap::new(),
        expected_first: None,
        ..plan
    }
}
