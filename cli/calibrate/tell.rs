//! How far predictions and measurements agree, as a table, as JSON and as CSV.

use super::{
    fit::Fit,
    verdict::{Compared, Verdict},
};
use judge::text::number;
use node::SystemInfo;
use reports::CALIBRATION_SCHEMA;
use serde_json::json;
use std::time::Duration;

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
pub(crate) fn json(time: Duration, all: &[(&SystemInfo, Vec<Row>)]) -> String {
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
    let system = |(system, rows): &(&SystemInfo, Vec<Row>)| {
        let rows: Vec<_> = rows.iter().map(row).collect();
        json!({ "system": system.name, "rows": rows })
    };
    let told = json!({
        "schema": CALIBRATION_SCHEMA,
        "for_s": time.as_secs_f64(),
        "systems": all.iter().map(system).collect::<Vec<_>>(),
    });
    format!("{told:#}\n")
}

/// The table as a file.
pub(crate) fn csv(rows: &[Row]) -> String {
    let mut csv = csv::Writer::from_writer(Vec::new());
    let mut write = |row: [&str; 6]| csv.write_record(row).expect("memory takes everything");
    write(["clients", "measure", "predicted", "measured", "spread", "verdict"]);
    for Row { clients, measure, compared } in rows {
        let Compared { predicted, measured, spread, verdict } = compared;
        write([
            &clients.to_string(),
            measure,
            &format!("{predicted:.1}"),
            &format!("{measured:.1}"),
            &format!("{spread:.3}"),
            word(*verdict),
        ]);
    }
    String::from_utf8(csv.into_inner().expect("memory takes everything")).expect("it is UTF-8")
}

const fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Within => "within",
        Verdict::Outside => "outside",
        Verdict::Inconclusive(_) => "inconclusive",
    }
}
