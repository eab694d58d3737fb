//! The matrix as a table in the terminal.

use super::{Cell, Content, Finding, Matrix, Standing};
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

/// The levels of consistency from the strongest on, each as a word and as what must hold for it.
const LEVELS: [(&str, &[&str]); 4] = [
    ("lin", &["linearizability"]),
    ("seq", &["sequential"]),
    ("cau", &["causal"]),
    ("ses", &["read-your-writes", "monotonic-reads", "monotonic-writes", "writes-follow-reads"]),
];

/// Stands for a cell that reaches none of the levels.
const NO_LEVEL: &str = "-";

/// A cell in a few signs: the strongest level of consistency that it keeps, and a letter for
/// whatever else is not simply well.
pub(super) fn signs(cell: &Cell, letters: &[char]) -> String {
    let Content::Judged { findings, defects } = &cell.content else {
        return "PANIC!".to_owned();
    };
    let others = findings.iter().zip(letters).filter(|(finding, _)| !is_level(finding));
    let others: String = others.map(|(finding, letter)| sign(finding, *letter)).collect();
    let others = if others.is_empty() { HOLDS.to_string() } else { others };
    let mut signs = match level(findings) {
        Some(level) => format!("{level} {others}"),
        None => others,
    };
    if !defects.is_empty() {
        signs.push_str(" defect!");
    }
    signs
}

fn is_level(finding: &Finding) -> bool {
    LEVELS.iter().any(|(_, names)| names.contains(&finding.property))
}

/// The strongest level that holds, in a word; `None` if no level was judged at all. A question
/// mark says that a stronger one is undecided.
fn level(findings: &[Finding]) -> Option<String> {
    let of = |name: &str| findings.iter().find(|finding| finding.property == name);
    let mut is_undecided = false;
    let mut reached = None;
    for (word, names) in LEVELS {
        let standings: Vec<Standing> =
            names.iter().filter_map(|name| of(name)).map(|finding| finding.standing).collect();
        if standings.is_empty() {
            continue;
        }
        reached.get_or_insert(NO_LEVEL);
        if standings.iter().all(|standing| *standing == Standing::Holds) {
            reached = Some(word);
            break;
        }
        is_undecided |= !standings.contains(&Standing::Violated);
    }
    let surprise = findings.iter().filter(|it| is_level(it)).any(|finding| !finding.as_expected());
    let doubt = if is_undecided { "?" } else { "" };
    reached.map(|word| format!("{word}{doubt}{}", if surprise { "!" } else { "" }))
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

/// What the signs mean, in two lines.
pub(super) fn legend(matrix: &Matrix) -> [String; 2] {
    let levels = matrix.properties.iter().any(|name| LEVELS[0].1.contains(name));
    let keys: Vec<String> = matrix
        .letters()
        .into_iter()
        .zip(&matrix.properties)
        .filter(|(_, name)| !LEVELS.iter().any(|(_, names)| names.contains(name)))
        .map(|(letter, name)| format!("{letter} {name}"))
        .collect();
    let letters = format!("letter: violated with at least one seed ({})", keys.join(", "));
    let words = if levels {
        "; lin, seq, cau, ses: linearizable, sequential, causal, or the four session guarantees \
         with every seed, - none of them"
    } else {
        ""
    };
    let signs = format!("{HOLDS} all else holds   ? unknown   ! not as expected{words}");
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
