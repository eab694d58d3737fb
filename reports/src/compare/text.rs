//! A comparison on the terminal.

use super::{Comparison, LETTERS};
use crate::paper::{Paper, Tone};
use judge::{record::Verdict, text::count};

impl Comparison<'_> {
    /// The two runs, their faults, their verdicts side by side, and where they first differ.
    pub fn text(&self, width: usize, colour: bool) -> String {
        let mut paper = Paper::new(width.max(60), colour);
        for (run, letter) in self.runs().iter().zip(LETTERS) {
            let (scenario, system) = (&run.scenario.name, run.system.name);
            let line = format!("{scenario} on {system}, seed {}", run.seed);
            paper.line("", &[(letter, Tone::Heading), ("  ", Tone::Plain), (&line, Tone::Plain)]);
        }
        paper.part("FAULTS");
        paper.line("  ", &[(&self.faults(), Tone::Plain)]);
        self.verdicts(&mut paper);
        paper.part("WHERE THEY FIRST DIFFER");
        for difference in self.differences() {
            paper.line("  - ", &[(&difference.sentence, Tone::Notable)]);
        }
        for same in self.same() {
            paper.line("  - ", &[(same, Tone::Plain)]);
        }
        paper.finish()
    }

    fn verdicts(&self, paper: &mut Paper) {
        let rows = self.rows();
        let differing = rows.iter().filter(|row| row.differs()).count() as u64;
        paper.part("VERDICTS");
        let names = self.names();
        let wide = names[0].chars().count().max("not-applicable".len()) + 4;
        let heads =
            [format!("{:19}", ""), format!("A  {:wide$}", names[0]), format!("B  {}", names[1])];
        paper.line("  ", &[(&heads.concat(), Tone::Faint)]);
        for row in &rows {
            let [one, other] =
                row.verdicts.map(|verdict| verdict.map_or("not judged", Verdict::word));
            let mark = if row.differs() { "≠" } else { " " };
            let text = format!("{:20}{mark} {one:wide$}   {other}", row.property);
            paper.line("  ", &[(&text, if row.differs() { Tone::Notable } else { Tone::Plain })]);
        }
        let told = match differing {
            0 => "No verdict differs.".to_owned(),
            _ => format!(
                "{}, marked with ≠.",
                count(differing, "verdict differs", "verdicts differ")
            ),
        };
        paper.line("  ", &[(&told, Tone::Plain)]);
    }

    /// Every property that was judged in either run.
    pub(super) fn rows(&self) -> Vec<Row<'_>> {
        let [a, b] = self.runs();
        let mut properties: Vec<_> = a.judgements.iter().map(|it| it.property).collect();
        for judgement in &b.judgements {
            if !properties.contains(&judgement.property) {
                properties.push(judgement.property);
            }
        }
        let row = |property: scenarios::Property| Row {
            property: property.name(),
            verdicts: self.runs().map(|run| run.judgement(property).map(|it| &it.verdict)),
        };
        properties.into_iter().map(row).collect()
    }
}

/// A property, and the verdict on it in each run.
pub(super) struct Row<'a> {
    pub(super) property: &'static str,
    pub(super) verdicts: [Option<&'a Verdict>; 2],
}

impl Row<'_> {
    pub(super) fn differs(&self) -> bool {
        let [one, other] = self.verdicts.map(|verdict| verdict.map(Verdict::word));
        one != other
    }
}
