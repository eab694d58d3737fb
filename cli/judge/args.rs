//! What can be said after `seedbed judge`.

use crate::args::{Format, Timeout};
use clap::{
    Args as ClapArgs, ValueHint,
    builder::{PossibleValue, PossibleValuesParser, TypedValueParser},
};
use judge::foreign::{self, Asked, Fail, Model, NilRead};
use std::path::PathBuf;

#[derive(ClapArgs)]
#[command(
    arg_required_else_help = true,
    after_help = "Examples:\n  \
    seedbed judge history.edn                              is it linearizable, and if not why?\n  \
    seedbed judge store/latest/history.edn --property all  which levels of consistency it keeps\n  \
    seedbed judge histories/ --expect expected.csv         compare with verdicts that are known\n  \
    seedbed judge etcd.log --fail dropped --initial 0      take other things for granted\n  \
    seedbed judge history.edn --format json | jq '.histories[].verdicts'\n\n\
    Known are maps in EDN (Jepsen, Knossos, Maelstrom, porcupine's kv), and columns in a log or in \
    history.txt (Jepsen, etcd). What a history does not say itself is taken for granted by its \
    format and by what occurs in it, and the output says what. docs/histories.md tells the \
    formats, their meaning and the limits.\n\n\
    Exit codes: 0 every property holds (with --expect: every verdict is the known one), 1 some are \
    violated or unknown, 2 bad input, 3 the harness failed."
)]
pub(crate) struct JudgeArgs {
    /// Histories; of a folder, all in it that end in .edn, .log, .txt or .jsonl; `-` is
    /// standard input.
    #[arg(value_name = "FILE", value_hint = ValueHint::AnyPath, required_unless_present = "expect")]
    pub(crate) files: Vec<PathBuf>,
    /// What must hold, with commas between; `all` is every level there is.
    #[arg(long, value_name = "NAME,..", value_delimiter = ',', value_parser = PropertyName,
        default_value = super::levels::LINEARIZABILITY)]
    pub(crate) property: Vec<String>,
    /// What the operations are carried out on; by default what occurs in the history.
    #[arg(long, value_name = "NAME", value_parser = names(Model::ALL.map(Model::name)))]
    model: Option<String>,
    /// The format; by default what the text looks like.
    #[arg(long, value_name = "NAME", value_parser = names(foreign::Format::ALL.map(foreign::Format::name)))]
    input: Option<String>,
    /// Whether a failed compare-and-set did not match, or merely did not happen; by default
    /// the first in a log, and the second in EDN.
    #[arg(long, value_name = "MEANING",
        value_parser = names([Fail::Constrains, Fail::Dropped].map(Fail::name)))]
    fail: Option<String>,
    /// Whether a read of nil found nothing, or found something unknown; by default the first
    /// in a log and in a store of texts, and the second elsewhere.
    #[arg(long, value_name = "MEANING",
        value_parser = names([NilRead::Absent, NilRead::Unknown].map(NilRead::name)))]
    nil_read: Option<String>,
    /// What every key holds at first: `nil`, or a value as it stands in the history.
    #[arg(long, value_name = "VALUE", allow_hyphen_values = true)]
    initial: Option<String>,
    /// Verdicts that are known: a table with the columns file, format and linearizable. Without
    /// files, those in the table are judged.
    #[arg(long, value_name = "CSV", value_hint = ValueHint::FilePath)]
    pub(crate) expect: Option<PathBuf>,
    /// How many steps to spend on a property of a history before it is unknown.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) steps: Option<u64>,
    /// How to print the verdicts.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
    /// Print nothing; the exit code tells.
    #[arg(long, short)]
    pub(crate) quiet: bool,
    #[command(flatten)]
    pub(crate) timeout: Timeout,
}

impl JudgeArgs {
    /// What is asked of the histories' meaning.
    pub(super) fn asked(&self) -> Asked {
        let by_name = |name: &Option<String>| name.clone().unwrap_or_default();
        let (model, input) = (by_name(&self.model), by_name(&self.input));
        let (fail, nil_read) = (by_name(&self.fail), by_name(&self.nil_read));
        Asked {
            format: foreign::Format::ALL.into_iter().find(|format| format.name() == input),
            model: Model::ALL.into_iter().find(|known| known.name() == model),
            fail: [Fail::Constrains, Fail::Dropped].into_iter().find(|f| f.name() == fail),
            nil_read: [NilRead::Absent, NilRead::Unknown]
                .into_iter()
                .find(|known| known.name() == nil_read),
            initial: self.initial.clone(),
        }
    }
}

fn names<const N: usize>(names: [&'static str; N]) -> PossibleValuesParser {
    PossibleValuesParser::new(names)
}

/// Takes any text, and offers the levels of consistency to completions.
#[derive(Clone)]
struct PropertyName;

impl TypedValueParser for PropertyName {
    type Value = String;

    fn parse_ref(
        &self,
        command: &clap::Command,
        arg: Option<&clap::Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<String, clap::Error> {
        clap::builder::StringValueParser::new().parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let all = super::levels::all();
        let levels = all.map(|(name, summary)| PossibleValue::new(name).help(summary));
        let every = PossibleValue::new(super::levels::ALL).help("every level there is");
        Some(Box::new(levels.chain([every])))
    }
}
