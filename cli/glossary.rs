//! `seedbed glossary`: what words mean.

use crate::{
    args::{Format, GlossaryArgs},
    failure::Failure,
    output,
};
use reports::glossary::{self, Term};
use serde_json::json;
use std::process::ExitCode;
use textwrap::Options;

/// Prints one term, or all.
pub(crate) fn glossary(args: &GlossaryArgs) -> Result<ExitCode, Failure> {
    let asked = args.words.join(" ");
    let terms: Vec<&Term> =
        if asked.is_empty() { glossary::ALL.iter().collect() } else { vec![named(&asked)?] };
    output::print(&match args.format {
        Format::Text => terms.iter().map(|term| text(term)).collect(),
        Format::Json => format!(
            "{:#}\n",
            json!({ "terms": terms.iter().map(|term| json!({
            "name": term.name, "also": term.also, "meaning": term.meaning,
        })).collect::<Vec<_>>() })
        ),
    })?;
    Ok(ExitCode::SUCCESS)
}

fn named(asked: &str) -> Result<&'static Term, Failure> {
    glossary::find(asked).ok_or_else(|| {
        let forms = glossary::ALL
            .iter()
            .flat_map(|term| std::iter::once(term.name).chain(term.also.iter().copied()));
        let near = scenarios::nearest_few(asked, &forms.collect::<Vec<_>>(), 3).join("`, `");
        Failure::input(
            format!("the glossary has no word `{asked}`"),
            format!("the nearest are `{near}`; `seedbed glossary` shows them all"),
        )
    })
}

fn text(term: &Term) -> String {
    let also = match term.also {
        [] => String::new(),
        also => format!(" (also: {})", also.join(", ")),
    };
    let line = format!("{}: {}{also}", term.name, term.meaning);
    textwrap::fill(&line, Options::new(output::width()).subsequent_indent("    ")) + "\n"
}
