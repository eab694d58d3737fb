//! The text format of Prometheus, version 0.0.4.

use crate::ask::{Metric, MetricKind, View};
use node::Role;
use std::fmt::Write;

/// What the format calls itself.
pub(super) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What every host can be asked.
pub(super) fn of_view(view: &View) -> Vec<Metric> {
    let gauge = |name, help, value| Metric {
        name,
        help,
        kind: MetricKind::Gauge,
        samples: vec![(Vec::new(), value)],
    };
    let one_if = |it| if it { 1.0 } else { 0.0 };
    // Counts beyond 2^53 are shown rounded.
    vec![
        gauge("seedbed_keys", "How many keys a client could read here.", view.entries as f64),
        gauge("seedbed_version", "The highest version of a key.", view.version.0 as f64),
        gauge("seedbed_group", "Which group of replicas the node is of.", f64::from(view.group)),
        gauge("seedbed_leads", "1 if the node leads.", one_if(view.role == Role::Leader)),
        gauge("seedbed_serves", "1 if the node serves at all.", one_if(view.serves)),
        gauge(
            "seedbed_waiting_workers",
            "Workers that wait for another node without a deadline.",
            view.waits.waiting() as f64,
        ),
    ]
}

/// Metrics as text.
pub(super) fn text(metrics: &[Metric]) -> String {
    let mut text = String::new();
    for Metric { name, help, kind, samples } in metrics {
        let kind = match kind {
            MetricKind::Counter => "counter",
            MetricKind::Gauge => "gauge",
        };
        let help = help.replace('\\', r"\\").replace('\n', r"\n");
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
        for (labels, value) in samples {
            let labels: Vec<_> = labels.iter().map(|(name, is)| label(name, is)).collect();
            let labels = match labels.join(",") {
                none if none.is_empty() => none,
                some => format!("{{{some}}}"),
            };
            let _ = writeln!(text, "{name}{labels} {value}");
        }
    }
    text
}

fn label(name: &str, is: &str) -> String {
    let is = is.replace('\\', r"\\").replace('"', "\\\"").replace('\n', r"\n");
    format!("{name}=\"{is}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_that_of_the_format() {
        let metric = Metric {
            name: "frames_total",
            help: "Frames, a \\ and\na line.",
            kind: MetricKind::Counter,
            samples: vec![
                (vec![("to", "n2".to_owned()), ("why", "a \"b\"\n\\".to_owned())], 3.0),
                (vec![], 0.5),
            ],
        };
        let expected = "# HELP frames_total Frames, a \\\\ and\\na line.\n\
            # TYPE frames_total counter\n\
            frames_total{to=\"n2\",why=\"a \\\"b\\\"\\n\\\\\"} 3\n\
            frames_total 0.5\n";
        assert_eq!(text(&[metric]), expected);
    }
}
