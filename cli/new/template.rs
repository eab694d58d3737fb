//! What a new crate consists of.

use crate::failure::Failure;

/// The files: where each goes, and its text with names to be filled in.
const FILES: &[(&str, &str)] = &[
    ("Cargo.toml", include_str!("template/Cargo.toml.in")),
    ("README.md", include_str!("template/README.md")),
    (".gitignore", "/target\n/out\n"),
    (".github/workflows/seedbed.yml", include_str!("template/ci/seedbed.yml")),
    ("src/lib.rs", include_str!("template/src/lib.rs")),
    ("src/main.rs", include_str!("template/src/main.rs")),
    ("tests/holds.rs", include_str!("template/tests/holds.rs")),
    ("scenarios/calm.toml", include_str!("template/scenarios/calm.toml")),
    ("scenarios/crash.toml", include_str!("template/scenarios/crash.toml")),
    ("scenarios/two-writers.toml", include_str!("template/scenarios/two-writers.toml")),
    ("labs/1/grade.toml", include_str!("template/labs/1/grade.toml")),
    ("labs/1/one-writer.toml", include_str!("template/labs/1/one-writer.toml")),
    ("labs/2/grade.toml", include_str!("template/labs/2/grade.toml")),
    ("labs/2/two-writers.toml", include_str!("template/labs/2/two-writers.toml")),
    ("labs/3/grade.toml", include_str!("template/labs/3/grade.toml")),
    ("labs/3/came-back-empty.toml", include_str!("template/labs/3/came-back-empty.toml")),
    ("labs/3/missed-a-write.toml", include_str!("template/labs/3/missed-a-write.toml")),
    ("labs/4/cut-off.toml", include_str!("template/labs/4/cut-off.toml")),
    ("labs/4/grade.toml", include_str!("template/labs/4/grade.toml")),
    ("labs/4/lost-message.toml", include_str!("template/labs/4/lost-message.toml")),
    ("labs/5/both-sides.toml", include_str!("template/labs/5/both-sides.toml")),
    ("labs/5/grade.toml", include_str!("template/labs/5/grade.toml")),
    ("labs/5/whoever-is-first.toml", include_str!("template/labs/5/whoever-is-first.toml")),
];

/// The files of a crate of this name that finds seedbed so.
pub(super) fn files(name: &str, seedbed: &str) -> impl Iterator<Item = (&'static str, String)> {
    let words = [
        ("{{name}}", name.to_owned()),
        ("{{crate}}", name.replace('-', "_")),
        ("{{Type}}", type_of(name)),
        ("{{seedbed}}", seedbed.to_owned()),
    ];
    FILES.iter().map(move |(path, text)| {
        let fill = |text: String, (word, with): &(&str, String)| text.replace(word, with);
        (*path, words.iter().fold((*text).to_owned(), fill))
    })
}

/// Where cargo is to find seedbed, if that can be a dependency.
pub(super) fn checked(given: &str) -> Result<String, Failure> {
    let is_one_line = !given.contains(['\n', '{', '}']);
    let names_a_place = ["path", "git", "version"].iter().any(|key| given.contains(key));
    match is_one_line && names_a_place && given.contains('=') {
        true => Ok(given.to_owned()),
        false => Err(Failure::input(
            format!("`{given}` does not say where cargo finds seedbed"),
            "write it as in a Cargo.toml, without braces: `path = \"../seedbed\"`, or `git = \"...\"`",
        )),
    }
}

/// `my-store` is `MyStore`.
fn type_of(name: &str) -> String {
    let word = |word: &str| {
        let (first, rest) = word.split_at(1);
        first.to_uppercase() + rest
    };
    name.split('-').map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_filled_in() {
        for (path, text) in files("my-store", "path = \"..\"") {
            assert!(!text.contains("{{"), "{path}: {text}");
        }
        let all: String = files("my-store", "path = \"..\"").map(|(_, text)| text).collect();
        for name in
            ["struct MyStore", "use my_store::MyStore", "[expect.my-store]", "path = \"..\""]
        {
            assert!(all.contains(name), "{name}");
        }
    }
}
