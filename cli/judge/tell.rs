//! Verdicts on histories as a table with reasons, and as JSON.

use super::{Compared, Findings, Judged, levels::Verdict};
use crate::list;
use comfy_table::{Table, presets};
use judge::foreign::{Fail, History, Lines, Meaning, NilRead};
use serde_json::{Value, json};
use std::{collections::BTreeMap, fmt::Write as _};

/// The version of the document, which changes when a field changes its meaning.
const SCHEMA: u32 = 2;

/// A table, what was taken for granted, and why what does not hold does not.
pub(super) fn text(findings: &Findings) -> String {
    let mut text = format!("{}\n\n", table(&findings.judged));
    // Writing to a string cannot fail.
    let _ = writeln!(text, "Taken for granted:");
    for (assumed, files) in assumed(&findings.judged) {
        let files = if files == 1 { "1 history".to_owned() } else { format!("{files} histories") };
        let _ = writeln!(text, "  {assumed} ({files})");
    }
    for judged in &findings.judged {
        for verdict in judged.verdicts.iter().filter(|verdict| verdict.word != "holds") {
            reason(&mut text, judged, verdict);
        }
    }
    if let Some(Compared { agree, disagree }) = &findings.compared {
        let of = findings.judged.len();
        let _ = writeln!(text, "\n{agree} of {of} verdicts are those that are known");
        for line in disagree {
            let _ = writeln!(text, "  {line}");
        }
    }
    text
}

fn table(judged: &[Judged]) -> Table {
    let mut table = list::table(["history", "operations", "property", "verdict"]);
    // Of many histories, a line each is enough.
    table.load_preset(presets::NOTHING);
    for Judged { file, history, verdicts } in judged {
        for (number, verdict) in verdicts.iter().enumerate() {
            let (name, operations) = match number {
                0 => (file.display().to_string(), history.operations.to_string()),
                _ => Default::default(),
            };
            table.add_row([&name, &operations, verdict.property, verdict.shown()]);
        }
    }
    table
}

/// What was taken for granted, and in how many histories.
fn assumed(judged: &[Judged]) -> BTreeMap<String, usize> {
    let mut assumed = BTreeMap::new();
    for judged in judged {
        *assumed.entry(meaning(&judged.history)).or_default() += 1;
    }
    assumed
}

fn meaning(history: &History) -> String {
    let Meaning { model, fail, nil_read, initial } = &history.meaning;
    let initial = match initial {
        None => "nothing".to_owned(),
        Some(value) => format!("{:?}", value.as_str()),
    };
    let fail = match fail {
        Fail::Constrains => "a failed compare-and-set did not match",
        Fail::Dropped => "what failed did not happen and tells nothing",
    };
    let nil_read = match nil_read {
        NilRead::Absent => "a read of nil found nothing",
        NilRead::Unknown => "a read of nil may have found anything",
    };
    let (format, model) = (history.format.name(), model.name());
    format!("{format}, {model}: every key holds {initial} at first; {fail}; {nil_read}")
}

fn reason(text: &mut String, judged: &Judged, verdict: &Verdict) {
    let (file, property) = (judged.file.display(), verdict.property);
    let said = verdict.shown();
    let _ = writeln!(text, "\n{file}: {property} {said}\n  {}", verdict.summary);
    for fact in &verdict.facts {
        let _ = writeln!(text, "  {fact}");
    }
}

/// Everything, for programs.
pub(super) fn json(findings: &Findings) -> String {
    let compared = findings
        .compared
        .as_ref()
        .map(|Compared { agree, disagree }| json!({ "agree": agree, "disagree": disagree }));
    let refused = findings.refused.iter().map(|refusal| {
        json!({
            "file": refusal.file.display().to_string(),
            "line": refusal.place.map(|place| place.line),
            "column": refusal.place.map(|place| place.column),
            "message": refusal.message,
            "help": refusal.help,
        })
    });
    // As every command tells what is wrong.
    let error = findings.refused.first().map(|first| {
        let place = first.place.map(|place| {
            json!({
                "file": first.file.display().to_string(),
                "line": place.line,
                "column": place.column,
            })
        });
        json!({ "message": first.message, "place": place, "help": first.help })
    });
    let document = json!({
        "schema": SCHEMA,
        "error": error,
        "histories": findings.judged.iter().map(history).collect::<Vec<_>>(),
        "refused": refused.collect::<Vec<_>>(),
        "expected": compared,
    });
    format!("{document:#}\n")
}

fn history(judged: &Judged) -> Value {
    let History { format, meaning, operations, silent, .. } = &judged.history;
    json!({
        "file": judged.file.display().to_string(),
        "format": format.name(),
        "operations": operations,
        "silent": silent,
        "assumed": {
            "model": meaning.model.name(),
            "fail": meaning.fail.name(),
            "nil_read": meaning.nil_read.name(),
            "initial": meaning.initial,
        },
        "verdicts": judged.verdicts.iter().map(|v| verdict(&judged.history, v)).collect::<Vec<_>>(),
    })
}

fn verdict(history: &History, verdict: &Verdict) -> Value {
    let operation = |position: &usize| {
        let Lines { invoked, returned } = history.lines.get(*position)?;
        Some(json!({ "invoked_line": invoked, "returned_line": returned }))
    };
    json!({
        "property": verdict.property,
        "verdict": verdict.word,
        "summary": verdict.summary,
        "facts": verdict.facts,
        "operations": verdict.operations.iter().filter_map(operation).collect::<Vec<_>>(),
    })
}
