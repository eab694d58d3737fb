//! From text to a validated [`Scenario`].
//!
//! The document is read as a tree of values with spans and not through serde's
//! derived types: those stop at the first mistake, and lose spans inside enums.
//! Each reader notes what is wrong and goes on with a default, so that the
//! author sees every mistake at once; a scenario comes out only if there is none.

mod balancer;
mod cluster;
mod csv;
mod disk;
mod expect;
mod invariant;
mod item;
mod latency;
mod mistakes;
mod nemesis;
mod network;
mod number;
mod operation;
mod plan;
mod scope;
mod section;
mod step;
mod story;
mod system;
mod trace;
mod workload;
mod ycsb;
mod zones;

use crate::{Action, Cluster, InvalidScenario, LoadError, Pins, Scenario, Workload};
use item::Item;
use mistakes::Mistakes;
use node::{ClientId, SystemInfo};
use scope::Scope;
use section::Section;
use std::{
    fs,
    io::{self, Read as _},
    path::{Path, PathBuf},
};
use toml::de::DeTable;

const FIELDS: &[&str] = &[
    "name",
    "title",
    "watch",
    "shows",
    "source",
    "schema",
    "seed",
    "on",
    "fixed-in",
    "cluster",
    "system",
    "disk",
    "zones",
    "network",
    "balancer",
    "workload",
    "nemesis",
    "phases",
    "properties",
    "invariant",
    "pins",
    "step",
    "story",
    "expect",
];

impl Scenario {
    /// Reads a scenario and checks it as a whole.
    ///
    /// The file name is for messages. `systems` are those that the scenario may
    /// name: [`node::systems::all()`], or a list with a system of one's own. The
    /// format is described in [`format`](crate::format).
    ///
    /// # Errors
    ///
    /// Fails with the first mistakes in the text, and how many there are. If it is not TOML at all, these
    /// are the mistakes in its syntax alone.
    pub fn parse(
        file_name: &str,
        text: &str,
        systems: &[SystemInfo],
    ) -> Result<Self, InvalidScenario> {
        let mistakes = Mistakes::default();
        let (document, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            mistakes.add(
                error.span().unwrap_or(text.len()..text.len()),
                format!("this is not TOML: {}", error.message()),
                "the reader stumbles here",
                "text stands in quotes, as in `at = \"2s\"`; a name stands once in a section",
            );
        }
        let scenario = match errors.is_empty() {
            true => scenario(file_name, document.get_ref(), systems, &mistakes),
            false => None,
        };
        match (scenario, mistakes.into_drafts()) {
            (Some(scenario), (_, 0)) => Ok(scenario),
            (_, (drafts, found)) => Err(InvalidScenario::new(file_name, text, drafts, found)),
        }
    }

    /// Reads what a step of this scenario may do, written as `do` takes it: `{ crash = "n2" }`. One that names
    /// several targets is an action for each of them.
    ///
    /// # Errors
    ///
    /// Fails with the mistakes in the text, as in a file.
    pub fn actions(
        &self,
        text: &str,
        systems: &[SystemInfo],
    ) -> Result<Vec<Action>, InvalidScenario> {
        let alone = Self { steps: Vec::new(), pins: Pins::default(), ..self.clone() };
        // On one line, whatever it holds, so that nothing in it begins a section of its own.
        let line = text.replace(['\n', '\r'], " ");
        let whole = format!("{}\n[[step]]\nat = \"0s\"\ndo = {line}\n", alone.to_toml());
        let read = Self::parse(&self.name, &whole, systems)?;
        Ok(read.steps.into_iter().map(|step| step.action).collect())
    }

    /// Reads a scenario from a file; see [`Scenario::parse`].
    ///
    /// # Errors
    ///
    /// Fails if the file is missing, cannot be read, is not UTF-8, or holds mistakes.
    pub fn load(path: impl AsRef<Path>, systems: &[SystemInfo]) -> Result<Self, LoadError> {
        let path = path.as_ref();
        let unreadable = |source: io::Error| match source.kind() {
            io::ErrorKind::NotFound => LoadError::Missing { path: path.into() },
            io::ErrorKind::IsADirectory => {
                LoadError::Folder { path: path.into(), files: scenario_files(path) }
            }
            _ => LoadError::Unreadable { path: path.into(), source },
        };
        let bytes = bytes(path).map_err(unreadable)?;
        if bytes.len() as u64 > LARGEST {
            return Err(LoadError::TooLarge { path: path.into(), most: LARGEST });
        }
        let text = String::from_utf8(bytes).map_err(|error| LoadError::NotText {
            path: path.into(),
            offset: error.utf8_error().valid_up_to(),
        })?;
        Ok(Self::parse(&path.display().to_string(), &text, systems)?)
    }
}

/// What a file holds, up to one byte more than the most that is read.
fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The text of a file that a scenario names; the error says why it cannot be read.
fn text_beside(path: &Path) -> Result<String, String> {
    let bytes = bytes(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => format!("there is no file {}", path.display()),
        _ => format!("{}: {error}", path.display()),
    })?;
    if bytes.len() as u64 > LARGEST {
        return Err(format!("it has more than {LARGEST} bytes"));
    }
    String::from_utf8(bytes).map_err(|_| "it is not text in UTF-8".to_owned())
}

/// So many bytes a scenario's file has at most: a plan with a hundred thousand operations has fifteen million.
const LARGEST: u64 = 32 << 20;

/// The first three files of a folder that can be scenarios, by name; none if it cannot be read.
fn scenario_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path());
    let mut files: Vec<_> =
        paths.filter(|path| path.extension().is_some_and(|it| it == "toml")).collect();
    files.sort();
    files.truncate(3);
    files
}

fn scenario(
    file_name: &str,
    document: &DeTable<'_>,
    systems: &[SystemInfo],
    mistakes: &Mistakes,
) -> Option<Scenario> {
    if plan::is_newer(document, mistakes) {
        return None;
    }
    let root = Section::new("the scenario", FIELDS, Some(document), 0..0, mistakes);
    let name = root.required("name", "\"my-scenario\"").and_then(name);
    let title = root.required("title", "\"What it shows\"").and_then(title);
    let watch = root.get("watch").and_then(|item| item.text("\"What to watch for.\""));
    let shows = mistakes.distinct(expect::properties(&root, "shows", None));
    let source = root.get("source").and_then(|item| item.text("\"ghost-data report\""));

    let (seed, on) = (plan::seed(&root), plan::on(&root, systems));
    let fixed_in = plan::fixed_in(&root, &shows);

    let phases = cluster::phases(&root);
    let (expect, expected) = expect::expectations(&root, systems);
    let stories = story::stories(&root, &expected);
    let cluster_section = cluster::open(&root);
    let nodes = cluster::nodes(&cluster_section, &expected.known);
    let mut scope = Scope {
        nodes,
        run: phases.map(|phases| phases.run),
        systems: expected.known.clone(),
        zones: Vec::new(),
        late: Vec::new(),
        next_version: false,
        folder: Path::new(file_name).parent().unwrap_or(Path::new("")),
        mistakes,
    };
    let (zones, near) = zones::zones(&root, &scope);
    scope.zones = zones;
    scope.late = cluster::late(&cluster_section, &scope);
    let cluster = Cluster {
        nodes: nodes.unwrap_or_default(),
        service_time: cluster::service_time(&cluster_section),
        service: cluster::service(&cluster_section),
        wake_up: cluster::wake_up(&cluster_section),
        cores: cluster::cores(&cluster_section),
        boot: cluster::boot(&cluster_section),
        late: scope.late.clone(),
        clocks: cluster::clocks(&cluster_section, &scope),
    };
    let system = system::settings(&root, &expected.candidates(systems));
    scope.next_version = system.settings.next.is_some();
    if let Some(nodes) = nodes {
        system.check(nodes, cluster::nodes_span(&cluster_section), &expected.known, mistakes);
    }
    let disk = disk::disk(&root);
    let (network, mut zones) = network::network(&root, &scope);
    let balancer = balancer::balancer(&root);
    let workload = workload::workload(&root, &scope);
    let nemesis = nemesis::nemesis(&root, &scope);
    let clients = workload.as_ref().map_or(0, Workload::clients);
    let steps = step::steps(&root, &scope, clients);
    let named = steps.iter().filter_map(|step| step.client).map(ClientId::index).max();
    zones::deal_clients(&mut zones.zones, &near, clients, named.unwrap_or(0), &scope);
    let pins = plan::pins(&root, &scope);
    let properties = cluster::properties(&root);
    let invariants = invariant::invariants(&root, &scope, workload.as_ref());
    Some(Scenario {
        name: name?,
        title: title?,
        watch: watch.map_or_else(String::new, |watch| watch.text.to_owned()),
        shows,
        source: source.map(|source| source.text.to_owned()),
        seed,
        on,
        fixed_in,
        cluster,
        system: system.settings,
        disk,
        network,
        zones,
        balancer,
        workload,
        nemesis,
        steps,
        pins,
        phases: phases?,
        properties,
        invariants,
        stories,
        expected_first: expected.first.filter(|first| Some(first) != expect.keys().next()),
        expect,
    })
}

/// A name serves as part of a file's name and on the command line.
fn name(item: Item<'_>) -> Option<String> {
    let name = item.text("\"my-scenario\"")?.text;
    let is_word = |word: &str| {
        !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    if name.split('-').all(is_word) {
        return Some(name.to_owned());
    }
    let words: Vec<_> = name
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    let mended = match words.as_slice() {
        [] => "my-scenario".to_owned(),
        words => words.join("-"),
    };
    item.mistake(
        "a scenario's name is made of lower-case words joined by hyphens",
        "not such a name",
        format!("write `name = \"{mended}\"`"),
    );
    None
}

fn title(item: Item<'_>) -> Option<String> {
    let title = item.text("\"What it shows\"")?.text;
    if !title.trim().is_empty() && !title.contains(['\n', '\r']) {
        return Some(title.to_owned());
    }
    item.mistake(
        "a title is one line",
        "not one line",
        "say in one line what the scenario shows; `watch` has room for more",
    );
    None
}
