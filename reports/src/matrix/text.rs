//! The matrix as a table in the terminal.

use super::{Cell, Content, Finding, Level, Matrix, Standing, beside, is_level};
use crate::{
    StoryOptions,
    paper::{Paper, Tone},
};
use comfy_table::{ContentArrangement, Table, TableComponent, presets};
use judge::record::Expected;

/// What stands for a property that holds.
const HOLDS: char = '·';

/// Shows a matrix: the table, what its signs mean, what is not as expected and how to see it,
/// and a line that sums it up.
pub fn text(matrix: &Matrix, options: &StoryOptions) -> String {
    let width = options.width.max(60);
    let mut paper = Paper::new(width, options.colour);
    paper.laid_out(
        &table(matrix, width),
        |word| {
            if word.contains('!') { Tone::Bad } else { Tone::Plain }
        },
    );
    paper.gap();
    for line in legend(matrix) {
        paper.line("", &[(&line, Tone::Faint)]);
    }
    surprises(matrix, &mut paper);
    beside::tell(matrix, &mut paper);
    paper.gap();
    if let Some(folder) = &options.folder {
        let where_to = "Table, Markdown, JSON and heat-map are in ";
        paper.line("", &[(where_to, Tone::Plain), (folder, Tone::Notable)]);
    }
    let tone = if matrix.as_expected() { Tone::Good } else { Tone::Bad };
    paper.line("", &[(&(matrix.finding() + "."), tone)]);
    paper.line("", &[(&(matrix.scope() + "."), Tone::Plain)]);
    paper.finish()
}

fn table(matrix: &Matrix, width: usize) -> String {
    let mut table = Table::new();
    // Names may break at their hyphens, so that many columns fit.
    let heads = matrix.systems.iter().map(|system| system.replace('-', "-\n"));
    table
        .load_preset(presets::UTF8_HORIZONTAL_ONLY)
        // Rows are many and one line high.
        .remove_style(TableComponent::HorizontalLines)
        .remove_style(TableComponent::MiddleIntersections)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(u16::try_from(width).unwrap_or(u16::MAX))
        .set_header(std::iter::once("scenario".to_owned()).chain(heads));
    let letters = matrix.letters();
    for row in &matrix.rows {
        let cells = row.cells.iter().map(|cell| cell.as_ref().map(|cell| signs(cell, &letters)));
        let cells = cells.map(Option::unwrap_or_default);
        table.add_row(std::iter::once(row.scenario.clone()).chain(cells));
    }
    table.to_string()
}

/// A cell in a few signs: the strongest level of consistency that it keeps, and a letter for
/// whatever else is not simply well.
pub(super) fn signs(cell: &Cell, letters: &[char]) -> String {
    let Content::Judged { findings, defects } = &cell.content else {
        return "PANIC!".to_owned();
    };
    let others = findings.iter().zip(letters).filter(|(finding, _)| !is_level(finding.property));
    let others: String = others.map(|(finding, letter)| sign(finding, *letter)).collect();
    let others = if others.is_empty() { HOLDS.to_string() } else { others };
    let mut signs = match Level::of(findings) {
        Some(level) => format!("{level}{} {others}", if level.is_surprise { "!" } else { "" }),
        None => others,
    };
    if !defects.is_empty() {
        signs.push_str(if cell.expects_nothing() { " defect" } else { " defect!" });
    }
    signs
}

/// Nothing for what holds, as it should or unasked, and for what the system does not have.
fn sign(finding: &Finding, letter: char) -> String {
    let sign = match (finding.standing, finding.as_expected()) {
        (Standing::Violated, _) => letter.to_string(),
        // What nobody asked about and nobody looked at says nothing.
        (Standing::Unknown, _) if finding.expected == Expected::Unstated => String::new(),
        (Standing::Unknown, _) => format!("?{letter}"),
        (Standing::Holds | Standing::NotApplicable, true) => String::new(),
        (Standing::Holds, false) => format!("{HOLDS}{letter}"),
        (Standing::NotApplicable, false) => format!("-{letter}"),
    };
    if finding.as_expected() { sign } else { format!("{sign}!") }
}

/// What the signs mean, a line or two for each kind of them.
pub(super) fn legend(matrix: &Matrix) -> Vec<String> {
    let level = matrix
        .level_key()
        .map(|key| format!("word: the strongest consistency that shows with every seed ({key})"));
    let letters = format!("letter: violated with at least one seed ({})", matrix.key().join(", "));
    let signs = format!("{HOLDS} all else that was judged holds   ? unknown   ! not as expected");
    level.into_iter().chain([letters, signs]).collect()
}

fn surprises(matrix: &Matrix, paper: &mut Paper) {
    let surprises = matrix.surprises();
    if surprises.is_empty() {
        return;
    }
    paper.part("NOT AS EXPECTED");
    for surprise in surprises {
        let place = format!("{} on {}: ", surprise.scenario, surprise.system);
        paper.line("  ", &[(&place, Tone::Plain), (&surprise.what, Tone::Bad)]);
        // A panic may speak in several lines.
        let why: Vec<&str> = surprise.why.split_whitespace().collect();
        paper.line("      ", &[(&why.join(" "), Tone::Faint)]);
        paper.line("      ", &[(&surprise.command(), Tone::Notable)]);
    }
}
