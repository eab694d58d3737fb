//! `pinpoint.json`.

use super::{Course, Pinpoint, Point, Tip};
use serde_json::{Value, json};

/// Marks the file as one of ours.
pub(super) const SCHEMA: &str = "seedbed-pinpoint";
/// The version of its shape. It grows when a field changes its meaning or goes.
const SCHEMA_VERSION: u32 = 1;

pub(super) fn json(pinpoint: &Pinpoint<'_>) -> String {
    let run = pinpoint.run;
    let value = json!({
        "schema": SCHEMA,
        "schema_version": SCHEMA_VERSION,
        "tool_version": env!("CARGO_PKG_VERSION"),
        "scenario": run.scenario.name,
        "system": run.system.name,
        "seed": run.seed,
        "digest": run.digest.to_string(),
        "property": pinpoint.property.name(),
        "witness": pinpoint.sentence,
        "command": pinpoint.command,
        "courses": pinpoint.courses.iter().map(course).collect::<Vec<_>>(),
    });
    format!("{value:#}\n")
}

fn course(course: &Course) -> Value {
    json!({
        "later": course.later.name(),
        "done": course.is_done,
        "from_the_beginning": course.is_from_the_beginning(),
        "inevitable": course.inevitable.as_ref().map(tip),
        "greatest_rise": course.rise.as_ref().map(tip),
        "points": course.points.iter().map(point).collect::<Vec<_>>(),
    })
}

fn tip(tip: &Tip) -> Value {
    json!({
        "at_ns": tip.at.as_nanos(),
        "events": tip.events,
        "before": point(&tip.before),
        "after": point(&tip.after),
    })
}

fn point(point: &Point) -> Value {
    json!({
        "from_ns": point.from.as_nanos(),
        "came": point.came,
        "futures": point.futures,
        "low": point.bounds.0,
        "high": point.bounds.1,
    })
}
