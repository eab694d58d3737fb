//! `seedbed judge`: histories from elsewhere, and what they keep of what stores promise.

mod args;
mod expected;
mod files;
mod levels;
mod tell;

pub(crate) use args::JudgeArgs;

use crate::{args::Format, failure::Failure, output, progress};
use expected::{Compared, Expected};
use files::Refusal;
use judge::foreign::History;
use levels::{LINEARIZABILITY, Verdict};
use std::{path::PathBuf, process::ExitCode};

/// A history, and what it keeps.
struct Judged {
    file: PathBuf,
    history: History,
    verdicts: Vec<Verdict>,
}

/// Everything that came of a command.
struct Findings {
    judged: Vec<Judged>,
    refused: Vec<Refusal>,
    compared: Option<Compared>,
}

/// Judges every history and tells of it.
pub(crate) fn judge(args: &JudgeArgs) -> Result<ExitCode, Failure> {
    let mut levels = levels::named(&args.property)?;
    let expected = args.expect.as_deref().map(Expected::load).transpose()?;
    if expected.is_some() && !levels.contains(&LINEARIZABILITY) {
        levels.insert(0, LINEARIZABILITY);
    }
    let files = match &expected {
        Some(expected) if args.files.is_empty() => expected.files.clone(),
        _ => files::all(&args.files)?,
    };
    let mut findings = look(args, &files, &levels);
    findings.compared = expected.map(|expected| expected.compare(&findings.judged));
    let nothing = findings.judged.is_empty() && args.format == Format::Text;
    if !args.quiet && !nothing {
        output::print(&match args.format {
            Format::Text => tell::text(&findings),
            Format::Json => tell::json(&findings),
        })?;
    }
    findings.tell_refused();
    Ok(findings.code())
}

/// Reads and judges every file.
fn look(args: &JudgeArgs, files: &[PathBuf], levels: &[&'static str]) -> Findings {
    let asked = args.asked();
    let mut findings = Findings { judged: Vec::new(), refused: Vec::new(), compared: None };
    let bar = progress::bar(args.quiet || files.len() < 2, files.len());
    for file in files {
        bar.set_message(file.display().to_string());
        match files::read(file, &asked) {
            Err(refusal) => findings.refused.push(refusal),
            Ok(history) => {
                let verdicts = levels::judge(&history, levels, args.steps);
                let history = History { calls: Default::default(), ..history };
                findings.judged.push(Judged { file: file.clone(), history, verdicts });
            }
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    findings
}

/// So many refusals are told; a wrong folder may hold many more files.
const REFUSALS: usize = 10;

impl Findings {
    /// Tells what is wrong with files on standard error.
    fn tell_refused(&self) {
        for refusal in self.refused.iter().take(REFUSALS) {
            refusal.failure().tell();
        }
        if let Some(more @ 1..) = self.refused.len().checked_sub(REFUSALS) {
            output::tell(&format!("  × {more} more files are no histories either"));
        }
    }

    fn code(&self) -> ExitCode {
        if !self.refused.is_empty() {
            return ExitCode::from(2);
        }
        let mut verdicts = self.judged.iter().flat_map(|judged| &judged.verdicts);
        let as_wanted = match &self.compared {
            Some(compared) => compared.disagree.is_empty(),
            // What is unknown was not shown to hold.
            None => verdicts.all(|verdict| verdict.word == "holds"),
        };
        if as_wanted { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}
