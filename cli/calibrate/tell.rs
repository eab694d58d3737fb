//! How far predictions and measurements agree, as a table, as JSON and as CSV.

use super::{
    fit::Fit,
    verdict::{Compared, Verdict},
};
use judge::text::number;
use node::SystemInfo;
use serde_json::{Value, json};
use std::{fmt::Write, time::Duration};

/// A measure at a load.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) clients: usize,
    pub(crate) measure: &'static str,
    pub(crate) compared: Compared,
}

/// The table.
pub(crate) fn text(system: &SystemInfo, fit: &Fit, rows: &[Row]) -> String {
    let mut table =
        crate::list::table(["clients", "measure", "predicted", "measured", "spread", "verdict"]);
    for Row { clients, measure, compared } in rows {
        let whole = |value: f64| number(value.round() as u64);
        table.add_row([
            clients.to_string(),
            (*measure).to_owned(),
            whole(compared.predicted),
            whole(compared.measured),
            format!("{:.2}x", compared.spread),
            compared.verdict.to_string(),
        ]);
    }
    format!("{}, fitted at 1 client: {fit}\n\n{table}\n\n", system.name)
}

/// The table for programs.
pub(crate) fn json(time: Duration, all: &[(&SystemInfo, Vec<Row>)]) -> Value {
    let row = |Row { clients, measure, compared }: &Row| {
        json!({
            "clients": clients,
            "measure": measure,
            "predicted": compared.predicted,
            "measured": compared.measured,
            "spread": compared.spread,
            "verdict": word(compared.verdict),
        })
    };
    let system = |(system, rows): &(&SystemInfo, Vec<Row>)| json!({ "system": system.name, "rows": rows.iter().map(row).collect::<Vec<_>>() });
    json!({
        "for_s": time.as_secs_f64(),
        "systems": all.iter().map(system).collect::<Vec<_>>(),
    })
}

/// The table as a file.
pub(crate) fn csv(rows: &[Row]) -> String {
    let mut csv = "clients,measure,predicted,measured,spread,verdict\n".to_owned();
    for Row { clients, measure, compared } in rows {
        let Compared { predicted, measured, spread, verdict } = compared;
        let (measure, verdict) = (measure.replace(',', ""), word(*verdict));
        writeln!(csv, "{clients},{measure},{predicted:.1},{measured:.1},{spread:.3},{verdict}")
            .expect("a text takes everything");
    }
    csv
}

const fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Within => "within",
        Verdict::Outside => "outside",
        Verdict::Inconclusive(_) => "inconclusive",
    }
}
