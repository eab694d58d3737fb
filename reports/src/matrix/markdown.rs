//! `matrix.md`

use super::{
    Matrix,
    text::{legend, signs},
};
use std::fmt::Write as _;

impl Matrix {
    /// The matrix as a Markdown table, with its legend and what is not as expected beneath.
    pub fn markdown(&self) -> String {
        let mut page = format!("**{}.** {}.\n\n", self.finding(), self.scope());
        let heads: String = self.systems.iter().map(|system| format!(" {system} |")).collect();
        let lines = ":-- |".repeat(self.systems.len());
        // Writing to a string cannot fail.
        let _ = writeln!(page, "| scenario |{heads}\n| :-- |{lines}");
        let letters = self.letters();
        for row in &self.rows {
            let _ = write!(page, "| {} |", escaped(&row.scenario));
            for cell in &row.cells {
                let _ = match cell {
                    None => write!(page, " |"),
                    Some(cell) if cell.as_expected() => {
                        write!(page, " `{}` |", signs(cell, &letters))
                    }
                    Some(cell) => write!(page, " **`{}`** |", signs(cell, &letters)),
                };
            }
            page.push('\n');
        }
        let _ = writeln!(page, "\n{}", legend(self).join("  \n"));
        let surprises = self.surprises();
        if !surprises.is_empty() {
            page.push_str("\nNot as expected:\n\n");
        }
        for surprise in surprises {
            let (place, command) = (surprise.scenario, surprise.command());
            let _ = writeln!(
                page,
                "- {} on {}: {}: {} (`{command}`)",
                escaped(place),
                surprise.system,
                surprise.what,
                escaped(surprise.why)
            );
        }
        page
    }
}

/// The text with what Markdown would take for its own made plain, and in one line.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\n' | '\r' => escaped.push(' '),
            '|' | '*' | '_' | '`' | '<' | '\\' | '[' => escaped.extend(['\\', letter]),
            _ => escaped.push(letter),
        }
    }
    escaped
}
