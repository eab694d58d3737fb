//! Matrices made by hand.

use judge::record::Expected;
use reports::{
    Matrix,
    matrix::{Cell, Content, Defect, Finding, Leaves, Row, Standing},
};

/// Six properties, as there may be.
const SIX: [&str; 6] =
    ["convergence", "durability", "staleness", "availability", "order", "invariants"];

pub(crate) fn finding(property: &'static str, expected: Expected, standing: Standing) -> Finding {
    Finding {
        property,
        expected,
        standing,
        seeds: if standing == Standing::Holds { Vec::new() } else { vec![2] },
        summary: format!("what was seen of {property}, with | and *"),
    }
}

pub(crate) fn judged(findings: Vec<Finding>, leaves: Leaves) -> Cell {
    Cell {
        content: Content::Judged { findings, defects: Vec::new() },
        leaves: Some(leaves),
        flaws: Vec::new(),
    }
}

/// A cell in which all is as expected; the properties at these positions are violated.
pub(crate) fn expected(properties: &[&'static str], violated: &[usize], leaves: Leaves) -> Cell {
    let findings = properties.iter().enumerate().map(|(position, property)| {
        if violated.contains(&position) {
            finding(property, Expected::Violated, Standing::Violated)
        } else {
            finding(property, Expected::Holds, Standing::Holds)
        }
    });
    judged(findings.collect(), leaves)
}

/// Two scenarios on two systems, with something wrong of each kind.
pub(crate) fn small() -> Matrix {
    let properties: Vec<&str> = SIX[..4].to_vec();
    let systems = vec!["async-leader".to_owned(), "raft".to_owned()];
    let mut matrix = Matrix { properties, ..Matrix::new(systems, 3) };
    let four = &SIX[..4];
    matrix.rows = vec![
        Row {
            scenario: "ghost-data".to_owned(),
            cells: vec![
                Some(expected(four, &[0, 2], Leaves::Majority)),
                Some(expected(four, &[], Leaves::Majority)),
            ],
        },
        Row {
            scenario: "majority-lost".to_owned(),
            cells: vec![None, Some(expected(four, &[3], Leaves::NoMajority))],
        },
    ];
    matrix
}

/// The small one with a surprise of each kind.
pub(crate) fn wrong() -> Matrix {
    let mut matrix = small();
    let missed = vec![
        finding("convergence", Expected::Violated, Standing::Holds),
        finding("durability", Expected::Holds, Standing::Violated),
        finding("staleness", Expected::Holds, Standing::Unknown),
        finding("availability", Expected::Unstated, Standing::Unknown),
    ];
    matrix.rows[0].cells[0] = Some(judged(missed, Leaves::Majority));
    if let Some(Cell { content: Content::Judged { defects, .. }, .. }) =
        &mut matrix.rows[0].cells[1]
    {
        let text = "the fault \"n2 crashed\" at 1 s touched nothing".to_owned();
        defects.push(Defect { seeds: vec![1, 2], text });
    }
    let text = "assertion failed: a term has one leader\n  left: n1".to_owned();
    let content = Content::Panicked(Defect { seeds: vec![2], text });
    matrix.rows[1].cells[1] = Some(Cell { content, leaves: None, flaws: Vec::new() });
    matrix
}

/// Forty scenarios, among them some with long names, on eight systems.
pub(crate) fn large(is_wrong: bool) -> Matrix {
    let systems = node::systems::all().iter().map(|system| system.name.to_owned()).collect();
    let mut matrix = Matrix { properties: SIX.to_vec(), ..Matrix::new(systems, 3) };
    let last = matrix.systems.len() - 1;
    for row in 0..40usize {
        let leaves = match row % 7 {
            0 => Leaves::Everything,
            6 => Leaves::NoMajority,
            _ => Leaves::Majority,
        };
        let cells = (0..=last).map(|column| match (row, column) {
            _ if (row * 3 + column) % 5 == 0 && column != last => None,
            _ if column == last && leaves == Leaves::NoMajority => {
                Some(expected(&SIX, &[3], leaves))
            }
            _ if column == last || leaves == Leaves::Everything => {
                Some(expected(&SIX, &[], leaves))
            }
            _ => Some(expected(&SIX, &[(row + column) % 6, (row * column) % 6], leaves)),
        });
        let scenario = match row {
            3 => "scenarios/of/somebody/else/with-a-path-that-has-no-room.toml".to_owned(),
            _ => format!("{}-{row}", ["ghost-data", "split-brain", "rolling-restart"][row % 3]),
        };
        matrix.rows.push(Row { scenario, cells: cells.collect() });
    }
    if is_wrong {
        let wrong = wrong();
        let mut cell = wrong.rows[0].cells[0].clone();
        if let Some(Cell { content: Content::Judged { findings, .. }, .. }) = &mut cell {
            findings.push(finding("order", Expected::Holds, Standing::Violated));
            findings.push(finding("invariants", Expected::Holds, Standing::Holds));
        }
        matrix.rows[4].cells[4] = cell;
        matrix.rows[12].cells[last].clone_from(&wrong.rows[1].cells[1]);
    }
    matrix
}
