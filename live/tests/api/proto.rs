//! The `.proto` files and what was generated from them say the same.

use std::{collections::BTreeSet, fs, path::Path};

/// What a service or a message says, in one form: `Message.field = 1 string`, `Service.Method In Out`.
type Said = BTreeSet<String>;

const NAMES: [&str; 3] = ["peer_to_peer", "async_leader", "durable_eventual"];

#[test]
fn the_generated_code_is_that_of_the_proto_files() {
    for name in NAMES {
        let (proto, generated) = (file(name, "proto"), file(name, "rs"));
        let said = of_proto(&proto);
        assert!(said.len() > 5, "{name}: {said:?}");
        assert_eq!(said, of_generated(&generated), "{name}");
        for (from, to) in [(" = 1;", " = 7;"), ("string key", "bool key"), ("rpc Put(", "rpc Set(")]
        {
            assert_ne!(of_proto(&proto.replacen(from, to, 1)), said, "{name}: {from}");
        }
    }
}

fn file(name: &str, ending: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("proto");
    fs::read_to_string(folder.join(format!("{name}.{ending}"))).unwrap()
}

fn of_proto(text: &str) -> Said {
    let mut said = Said::new();
    let mut within = "";
    for line in text.lines().map(str::trim).filter(|line| !line.starts_with("//")) {
        let words: Vec<_> =
            line.split([' ', '(', ')', ';']).filter(|word| !word.is_empty()).collect();
        match words[..] {
            ["service" | "message", name, ..] => {
                within = name;
                if line.starts_with("message") {
                    said.insert(format!("message {name}"));
                }
            }
            ["rpc", method, of, "returns", gives] => {
                said.insert(format!("/kvstore.{within}/{method} {of} {gives}"));
            }
            ["repeated", kind, name, "=", number] => {
                said.insert(format!("{within}.{name} = {number} {kind}, repeated"));
            }
            [kind, name, "=", number] if kind != "syntax" => {
                said.insert(format!("{within}.{name} = {number} {kind}"));
            }
            _ => {}
        }
    }
    said
}

fn of_generated(text: &str) -> Said {
    let mut said = Said::new();
    let (mut within, mut tag) = ("", String::new());
    let mut service = String::new();
    let lines: Vec<_> = text.lines().map(str::trim).collect();
    for (at, line) in lines.iter().enumerate() {
        if let Some(attribute) = line.strip_prefix("#[prost(") {
            let words: Vec<_> = attribute.split([',', ' ', '"', '=', ')']).collect();
            let words: Vec<_> = words.into_iter().filter(|word| !word.is_empty()).collect();
            tag = match words[..] {
                [kind, "tag", number, ..] => format!("{number} {kind}"),
                [kind, "repeated", "tag", number, ..] => format!("{number} {kind}, repeated"),
                _ => panic!("{line}"),
            };
        } else if let Some(rest) = line.strip_prefix("pub struct ") {
            let is_message = at > 0 && lines[at - 1].contains("::prost::Message");
            within = rest.split([' ', '{']).next().unwrap();
            if is_message {
                said.insert(format!("message {within}"));
            }
        } else if let (Some(rest), false) = (line.strip_prefix("pub "), tag.is_empty()) {
            said.insert(format!("{within}.{} = {tag}", rest.split(':').next().unwrap()));
            tag.clear();
        } else if line.starts_with("\"/kvstore.") {
            service = line.split('"').nth(1).unwrap().to_owned();
        } else if let Some(rest) = line.split("tonic::server::UnaryService<super::").nth(1) {
            let of = rest.split('>').next().unwrap();
            let gives =
                lines[at..].iter().find_map(|line| line.strip_prefix("type Response = super::"));
            let gives = gives.unwrap().trim_end_matches(';');
            said.insert(format!("{service} {of} {gives}"));
        }
    }
    said
}
