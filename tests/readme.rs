//! The README's tables are those of the registries.
//!
//! `UPDATE=1 cargo test --test readme` writes them anew.

use std::{fmt::Write as _, fs, path::Path};

#[test]
fn the_readme_has_the_tables_of_the_registries() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(&path).unwrap();
    let fresh =
        with_section(&with_section(&readme, "scenarios", &scenarios()), "systems", &systems());
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, fresh).unwrap();
        return;
    }
    assert!(
        fresh == readme,
        "the tables in README.md are stale: run `UPDATE=1 cargo test --test readme`"
    );
}

#[test]
fn a_section_is_replaced_and_all_else_is_kept() {
    let text = "a\n<!-- x: generated -->\nold\n<!-- /x -->\nb\n";
    let fresh = "a\n<!-- x: generated -->\nnew\n<!-- /x -->\nb\n";
    assert_eq!(with_section(text, "x", "new\n"), fresh);
}

/// The text with what stands between a section's marks replaced.
#[track_caller]
fn with_section(text: &str, name: &str, content: &str) -> String {
    let (opening, closing) =
        (format!("<!-- {name}: generated -->\n"), format!("<!-- /{name} -->\n"));
    let (before, rest) = text.split_once(&opening).expect("the section's first mark");
    let (_old, after) = rest.split_once(&closing).expect("the section's last mark");
    [before, &opening, content, &closing, after].concat()
}

fn scenarios() -> String {
    let mut table =
        "| scenario | what it shows | must hold | must be violated |\n|---|---|---|---|\n"
            .to_owned();
    for embedded in scenarios::library() {
        let scenario = embedded.scenario();
        let of = |list: fn(&scenarios::Expectation) -> &[scenarios::Property]| {
            let mut cells: Vec<(Vec<&str>, String)> = Vec::new();
            // Systems of which the same is expected share a line.
            for (system, expectation) in &scenario.expect {
                let names: Vec<_> =
                    list(expectation).iter().map(|property| property.name()).collect();
                let names = if names.is_empty() { "-".to_owned() } else { names.join(", ") };
                match cells.iter_mut().find(|(_, same)| *same == names) {
                    Some((systems, _)) => systems.push(system),
                    None => cells.push((vec![system], names)),
                }
            }
            let cells =
                cells.iter().map(|(systems, names)| format!("{}: {names}", systems.join(", ")));
            cells.collect::<Vec<_>>().join("<br>")
        };
        let holds = of(|expectation| &expectation.holds);
        let violated = of(|expectation| &expectation.violated);
        writeln!(table, "| `{}` | {} | {holds} | {violated} |", scenario.name, scenario.title)
            .unwrap();
    }
    table
}

fn systems() -> String {
    let mut table =
        "| system | what it is | from | operations | flaws |\n|---|---|---|---|---|\n".to_owned();
    for system in node::systems::ALL {
        let operations: Vec<_> = system.operations.iter().map(ToString::to_string).collect();
        let flaws: Vec<_> = system.flaws.iter().map(|flaw| format!("`{}`", flaw.name)).collect();
        let flaws = if flaws.is_empty() { "none".to_owned() } else { flaws.join(", ") };
        writeln!(
            table,
            "| `{}` | {} | {} | {} | {flaws} |",
            system.name,
            system.summary,
            system.source,
            operations.join(", ")
        )
        .unwrap();
    }
    table
}
