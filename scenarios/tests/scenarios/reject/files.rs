//! Texts and files as such, and how mistakes are told.

use super::mistakes;
use crate::common::{around, parse};
use scenarios::{LoadError, Scenario};
use std::path::Path;

#[test]
fn all_mistakes_are_told_in_the_order_of_the_text() {
    let text = around(
        "[[step]]\nat = \"99s\"\ndo = { crsh = \"n1\" }\n\
         [[step]]\nat = \"1s\"\ndo = { crash = \"n7\" }\n\
         [cluster]\nnodes = 3\nnode = 1\n",
    );
    let messages: Vec<_> = mistakes(&text).into_iter().map(|(message, _)| message).collect();
    let expected = [
        "`at` lies after the end of the run",
        "no action is called `crsh`",
        "the cluster has no node `n7`",
        "[cluster] has no field `node`",
    ];
    assert_eq!(messages, expected);
}

#[test]
fn the_label_is_at_the_mistake() {
    let text = around("[[step]]\nat = \"1s\"\ndo = { crash = \"n9\" }\n");
    let error = parse(&text).unwrap_err();
    let mistake = &error.mistakes()[0];
    assert_eq!(&text[mistake.span()], "\"n9\"");
    assert_eq!(mistake.label(), "the nodes are n1 to n3");
    assert_eq!(error.to_string(), "1 mistake in the scenario test.toml");
}

#[test]
fn text_that_is_not_toml() {
    let found = mistakes("name = \"a\"\nname = \"b\"\n[[step]\n");
    assert!(found.iter().all(|(message, _)| message.starts_with("this is not TOML: ")));
    assert!(found[0].0.contains("duplicate key"), "{found:?}");
    assert!(found.len() > 1, "{found:?}");
}

#[test]
fn files_that_cannot_be_read() {
    let load = |path: &Path| Scenario::load(path, node::systems::all()).unwrap_err();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let missing = load(&folder.join("no-such.toml"));
    assert!(matches!(missing, LoadError::Missing { .. }), "{missing}");
    let is_folder = load(folder);
    assert!(matches!(is_folder, LoadError::Folder { .. }), "{is_folder}");
    let below_a_file = load(&folder.join("Cargo.toml/x.toml"));
    assert!(matches!(below_a_file, LoadError::Unreadable { .. }), "{below_a_file}");

    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("not-text.toml");
    std::fs::write(&path, b"name = \"\xff\"").unwrap();
    let not_text = load(&path);
    assert!(matches!(not_text, LoadError::NotText { offset: 8, .. }), "{not_text}");
    std::fs::write(&path, "name = 1").unwrap();
    let invalid = load(&path);
    assert!(matches!(invalid, LoadError::Invalid(_)), "{invalid}");
    std::fs::write(&path, around("")).unwrap();
    assert_eq!(Scenario::load(&path, node::systems::all()).unwrap().name, "test");
}
