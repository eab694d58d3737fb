//! How tables are laid out.

use comfy_table::{Cell, CellAlignment, Table, presets::ASCII_MARKDOWN};

/// Prints a table under a title. The first column holds names, the others numbers.
pub(crate) fn print(title: &str, head: &[&str], rows: Vec<Vec<String>>) {
    let mut table = Table::new();
    table.load_preset(ASCII_MARKDOWN).set_header(head);
    for row in rows {
        let cells = row.into_iter().enumerate().map(|(column, text)| {
            let alignment = if column == 0 { CellAlignment::Left } else { CellAlignment::Right };
            Cell::new(text).set_alignment(alignment)
        });
        table.add_row(cells);
    }
    println!("\n{title}\n\n{table}");
}

/// A whole number with its thousands set apart.
pub(crate) fn grouped(number: f64) -> String {
    let digits = format!("{number:.0}");
    let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect();
    groups.join(",")
}
