//! Failures for programs: an object with `error`, in place of what was asked for.

use miette::{Diagnostic, SourceCode};
use serde_json::{Value, json};

/// A failure that ends a command.
pub(super) fn document(diagnostic: &dyn Diagnostic, code: u8) -> String {
    format!("{:#}\n", json!({ "error": error(diagnostic), "exit_code": code }))
}

/// What is wrong, where and how it is mended, and every mistake of which it is made.
pub(super) fn error(diagnostic: &dyn Diagnostic) -> Value {
    let mut error = object(diagnostic, None);
    let mistakes: Vec<_> = diagnostic
        .related()
        .into_iter()
        .flatten()
        .map(|mistake| object(mistake, diagnostic.source_code()))
        .collect();
    // What is made of mistakes has its first place, and the mend of that.
    if let Some(first) = mistakes.first() {
        for field in ["place", "help"] {
            if error[field].is_null() {
                error[field] = first[field].clone();
            }
        }
    }
    error["mistakes"] = mistakes.into();
    error
}

/// What is wrong with a command line.
pub(super) fn of_usage(error: &clap::Error) -> String {
    let text = error.render().to_string();
    let mut parts = text.trim().splitn(2, "\n\n");
    let message = parts.next().unwrap_or_default();
    let message = message.strip_prefix("error: ").unwrap_or(message);
    let help = parts.next().map(str::trim);
    let error = json!({ "message": message, "place": null, "help": help, "mistakes": [] });
    format!("{:#}\n", json!({ "error": error, "exit_code": 2 }))
}

fn object(diagnostic: &dyn Diagnostic, outer: Option<&dyn SourceCode>) -> Value {
    json!({
        "message": diagnostic.to_string(),
        "place": place(diagnostic, outer),
        "help": diagnostic.help().map(|help| help.to_string()),
    })
}

/// The first place that is marked: file, line and column, both counted from 1.
fn place(diagnostic: &dyn Diagnostic, outer: Option<&dyn SourceCode>) -> Option<Value> {
    let label = diagnostic.labels()?.next()?;
    let text = diagnostic.source_code().or(outer)?;
    let contents = text.read_span(label.inner(), 0, 0).ok()?;
    Some(json!({
        "file": contents.name(),
        "line": contents.line() + 1,
        "column": contents.column() + 1,
        "label": label.label(),
    }))
}
