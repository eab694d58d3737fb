//! The matrix as a table in the terminal.

use super::{Cell, Content, Finding, Matrix, Standing};
use crate::{
    StoryOptions,
    paper::{Paper, Tone},
};
use comfy_table::{ContentArrangement, Table, TableComponent, presets};

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

/// A cell in a few signs.
pub(super) fn signs(cell: &Cell, letters: &[char]) -> String {
    match &cell.content {
        Content::Panicked(_) => "PANIC!".to_owned(),
        Content::Judged { findings, defects } => {
            let signs =
                findings.iter().zip(letters).map(|(finding, letter)| sign(finding, *letter));
            let signs: String = signs.collect();
            if defects.is_empty() { signs } else { signs + " defect!" }
        }
    }
}

fn sign(finding: &Finding, letter: char) -> String {
    let sign = match finding.standing {
        // What the system does not have takes no room, unless it was expected.
        Standing::NotApplicable if finding.as_expected() => return String::new(),
        Standing::NotApplicable => '-',
        Standing::Holds => HOLDS,
        Standing::Unknown => '?',
        Standing::Violated => letter,
    };
    if finding.as_expected() { sign.to_string() } else { format!("{sign}!") }
}

/// What the signs mean, in two lines.
pub(super) fn legend(matrix: &Matrix) -> [String; 2] {
    let letters = format!("letter: violated with at least one seed ({})", matrix.key().join(", "));
    let signs = format!("{HOLDS} holds with every seed   ? unknown   ! not as expected");
    [letters, signs]
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
