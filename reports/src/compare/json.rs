//! A comparison for programs.

use super::{Comparison, LETTERS};
use judge::record::Verdict;
use serde_json::{Value, json};

/// The mark of a comparison's file, and of its folder.
pub const SCHEMA: &str = "seedbed-compare-1";

impl Comparison<'_> {
    /// The runs, their faults, their verdicts, and where they first differ; moments are whole nanoseconds.
    pub fn json(&self) -> String {
        let runs = self.runs().into_iter().zip(LETTERS).zip(self.names());
        let runs = runs.map(|((run, letter), name)| {
            json!({
                "letter": letter,
                "name": name,
                "scenario": run.scenario.name,
                "system": run.system.name,
                "seed": run.seed,
                "digest": run.digest.to_string(),
            })
        });
        let rows = self.rows();
        let verdicts = rows.iter().map(|row| {
            json!({
                "property": row.property,
                "verdicts": row.verdicts.map(|verdict| verdict.map(Verdict::word)),
                "sentences": row.verdicts.map(|verdict| verdict.map(Verdict::sentence)),
                "differs": row.differs(),
            })
        });
        let document = json!({
            "schema": SCHEMA,
            "runs": runs.collect::<Vec<Value>>(),
            "faults": { "same": self.faults.is_all_shared(), "sentence": self.faults() },
            "verdicts": verdicts.collect::<Vec<Value>>(),
            "differences": self.differences().collect::<Vec<_>>(),
            "same": self.same().collect::<Vec<_>>(),
        });
        format!("{document:#}\n")
    }
}
