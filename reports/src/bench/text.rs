//! What a bench says in the terminal.

use super::{Bench, Latencies, Store};
use crate::text::{count, number};
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use std::{fmt::Write as _, time::Duration};

/// So many reasons of failed operations are named.
const REASONS: usize = 5;

pub(super) fn text(bench: &Bench, width: usize) -> String {
    let mut text = format!("{}\n", bench.load);
    for store in &bench.stores {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  {}: {}", store.name, store.about);
    }
    let mut table = table(bench);
    table.set_width(u16::try_from(width).unwrap_or(u16::MAX));
    let _ = writeln!(text, "\n{table}\n\n{}", bench.finding());
    for store in &bench.stores {
        text += &failures(store);
    }
    for note in &bench.notes {
        let _ = writeln!(text, "note: {note}");
    }
    text
}

fn table(bench: &Bench) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    let head = ["store", "operation", "a second", "answered", "failed"];
    let quantiles = Latencies::default().named();
    let named = quantiles.map(|(name, _)| format!("{name} ms"));
    table.set_header(head.map(str::to_owned).into_iter().chain(named));
    for store in &bench.stores {
        for (kind, of) in &store.kinds {
            let counts = [
                store.name.clone(),
                kind.to_string(),
                number(of.per_second.round() as u64),
                number(of.latency.count),
                number(of.failed()),
            ];
            table.add_row(counts.into_iter().chain(spans(&of.latency)));
            if let Some(uncorrected) = &of.uncorrected {
                let head = ["", "  since asked", "", "", ""].map(str::to_owned);
                table.add_row(head.into_iter().chain(spans(uncorrected)));
            }
        }
    }
    for column in table.column_iter_mut().skip(2) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn spans(latency: &Latencies) -> [String; 5] {
    latency.named().map(|(_, span)| match latency.count {
        0 => "-".to_owned(),
        _ => ms(span),
    })
}

fn ms(span: Duration) -> String {
    let ms = span.as_nanos() as f64 / 1e6;
    if ms < 10.0 {
        format!("{ms:.2}")
    } else if ms < 1000.0 {
        format!("{ms:.1}")
    } else {
        number(ms.round() as u64)
    }
}

fn failures(store: &Store) -> String {
    let mut text = String::new();
    for (kind, of) in &store.kinds {
        let mut reasons: Vec<_> = of.errors.iter().collect();
        reasons.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        for (why, failed) in reasons.iter().take(REASONS) {
            let failed = count(**failed, "time", "times");
            let _ = writeln!(text, "{}: {kind} failed {failed}: {why}", store.name);
        }
        if reasons.len() > REASONS {
            let more = count((reasons.len() - REASONS) as u64, "other reason", "other reasons");
            let _ = writeln!(text, "{}: {kind} failed for {more}", store.name);
        }
    }
    if store.unfinished > 0 {
        let unfinished = count(store.unfinished, "operation was", "operations were");
        let _ = writeln!(
            text,
            "{}: {unfinished} due and had not ended at the end, so that the quantiles are those of the luckier ones",
            store.name
        );
    }
    text
}
