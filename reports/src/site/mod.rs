//! A folder of pages for a web server: every run as a page of its own, and an index that is their matrix.

use crate::{
    ReportError, StoryOptions,
    folder::{self, File, Inner, Kind},
    page,
    page::{escaped, filled},
};
use judge::{Run, text::count};
use node::systems;
use scenarios::Topic;
use serde::Serialize;
use std::{
    collections::BTreeMap,
    fmt::Write as _,
    path::{Path, PathBuf},
};

const TEMPLATE: &str = include_str!("assets/index.html");
const STYLE: &str = include_str!("assets/index.css");

/// The mark of a site's folder.
const SCHEMA: &str = "seedbed-site-1";

const SITE: Kind = Kind {
    marked: "site.json",
    schema: SCHEMA,
    holds: |name| ["index.html", "site.json"].contains(&name),
    inner: Some(Inner { name: "runs", holds: |name| name.ends_with(".html") }),
};

/// One run of a site: its page, and what the index says of it.
#[derive(Serialize)]
pub struct Entry {
    scenario: String,
    system: &'static str,
    seed: u64,
    digest: String,
    as_expected: bool,
    violated: Vec<&'static str>,
    #[serde(skip)]
    title: String,
    #[serde(skip)]
    topic: Option<Topic>,
    #[serde(skip)]
    page: String,
}

impl Entry {
    /// The entry of a run, which should have a trace. `told` says how its story is told.
    pub fn of(run: &Run, told: &StoryOptions) -> Self {
        let violated = run.judgements.iter().filter(|it| it.verdict.witness().is_some());
        Self {
            scenario: run.scenario.name.clone(),
            system: run.system.name,
            seed: run.seed,
            digest: run.digest.to_string(),
            as_expected: run.as_expected() || run.expects_nothing(),
            violated: violated.map(|judgement| judgement.property.name()).collect(),
            title: run.scenario.title.clone(),
            // On the system that it runs on where none is named, so that a scenario has one topic.
            topic: run.scenario.default_system().and_then(|it| run.scenario.topic_on(it)),
            page: page(run, told),
        }
    }

    /// Whether the run is as its scenario expects, or nothing is expected of it.
    pub const fn as_expected(&self) -> bool {
        self.as_expected
    }

    fn file(&self) -> String {
        format!("runs/{}-{}.html", self.scenario, self.system)
    }

    /// The cell of the index.
    fn cell(&self) -> String {
        let (mark, class, words) = match self.violated.len() {
            0 => ("✓".to_owned(), "good", "nothing violated".to_owned()),
            number => {
                (format!("✗ {number}"), "bad", format!("violated: {}", self.violated.join(", ")))
            }
        };
        let surprise = if self.as_expected { "" } else { " surprise" };
        let file = self.file();
        format!(
            "<td><a class=\"{class}{surprise}\" href=\"{file}\" title=\"{words}\">{mark}</a></td>"
        )
    }
}

/// Whether a folder for a site is there already.
///
/// # Errors
///
/// [`ReportError`] if the target is anything but an empty folder or an earlier site.
pub fn check_target(target: &Path) -> Result<bool, ReportError> {
    folder::check(target, &SITE)
}

/// Writes a site into the folder `target`, whole or not at all, and names its files.
///
/// # Errors
///
/// [`ReportError`] if the target holds anything but an earlier site, or the file system refuses.
pub fn write(entries: Vec<Entry>, target: &Path) -> Result<Vec<PathBuf>, ReportError> {
    folder::write(target, &SITE, || {
        let listed = serde_json::json!({ "schema": SCHEMA, "runs": entries });
        let mut files = vec![
            File { name: "index.html".into(), content: index(&entries).into_bytes() },
            File { name: "site.json".into(), content: format!("{listed:#}\n").into_bytes() },
        ];
        let pages = entries.into_iter();
        files.extend(pages.map(|it| File { name: it.file(), content: it.page.into_bytes() }));
        Ok(files)
    })
}

/// The index: a table for each topic, a row for each scenario, a column for each system.
fn index(entries: &[Entry]) -> String {
    let columns: Vec<&str> = systems::all()
        .iter()
        .map(|system| system.name)
        .filter(|name| entries.iter().any(|entry| entry.system == *name))
        .collect();
    // In the order of lists, which is that of the topics and within one that of the library.
    let place = |topic: Option<Topic>| Topic::ALL.iter().position(|it| Some(*it) == topic);
    let mut topics: BTreeMap<Option<usize>, Vec<&str>> = BTreeMap::new();
    let mut cells: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
    for entry in entries {
        let of_scenario = cells.entry(&entry.scenario).or_default();
        if of_scenario.is_empty() {
            topics.entry(place(entry.topic)).or_default().push(&entry.scenario);
        }
        of_scenario.push(entry);
    }
    let mut tables = String::new();
    for (topic, scenarios) in topics {
        let caption = topic.map_or("nothing expected", |place| Topic::ALL[place].summary());
        let heads: String = columns
            .iter()
            .map(|name| format!("<th scope=\"col\">{}</th>", escaped(name)))
            .collect();
        let _ = writeln!(
            tables,
            "<table><caption>{}</caption>\n<thead><tr><th class=\"what\"></th>{heads}</tr></thead><tbody>",
            escaped(caption)
        );
        for scenario in scenarios {
            let row = &cells[scenario];
            let (name, title) = (escaped(scenario), escaped(&row[0].title));
            let _ = write!(tables, "<tr><th scope=\"row\">{title}<small>{name}</small></th>");
            for column in &columns {
                let found = row.iter().find(|entry| entry.system == *column);
                tables += &found.map_or_else(|| "<td></td>".to_owned(), |entry| entry.cell());
            }
            tables += "</tr>\n";
        }
        tables += "</tbody></table>\n";
    }
    let surprises = entries.iter().filter(|entry| !entry.as_expected).count();
    let summary = format!(
        "{}, {} not as expected.",
        count(entries.len() as u64, "run", "runs"),
        count(surprises as u64, "run", "runs")
    );
    filled(
        TEMPLATE,
        &[
            ("NONCE", "seedbed"),
            ("/*CSS*/", STYLE),
            ("<!--TABLE-->", &tables),
            ("SUMMARY", &summary),
        ],
    )
}
