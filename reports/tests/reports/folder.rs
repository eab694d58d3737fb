use crate::support::{ghost, odd};
use reports::{ReportError, StoryOptions, write_all};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

const PLAN: &str = "name = \"ghost-data\"\n";

/// Every file beneath a folder with its bytes.
pub(crate) fn content(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("it can be read") {
        let path = entry.expect("it can be read").path();
        if path.is_dir() {
            files.extend(content(&path));
        } else {
            files.insert(path.clone(), fs::read(&path).expect("it can be read"));
        }
    }
    files
}

#[test]
fn a_report_is_whole_and_says_what_it_wrote() {
    let place = tempfile::tempdir().unwrap();
    let target = place.path().join("out/ghost-data");
    let files = write_all(&ghost::run(), PLAN, &StoryOptions::default(), &target).unwrap();
    let names: Vec<_> = files
        .iter()
        .map(|file| file.strip_prefix(&target).unwrap().to_str().unwrap().to_owned())
        .collect();
    insta::assert_snapshot!(names.join("\n"));
    assert_eq!(content(place.path()).keys().len(), files.len());
    assert_eq!(fs::read_to_string(target.join("plan.toml")).unwrap(), PLAN);
    assert!(files.iter().all(|file| fs::metadata(file).unwrap().len() > 0));
}

#[test]
fn an_earlier_report_is_replaced_and_the_bytes_are_the_same() {
    let place = tempfile::tempdir().unwrap();
    let target = place.path().join("report");
    write_all(&ghost::run(), PLAN, &StoryOptions::default(), &target).unwrap();
    let first = content(&target);
    write_all(&odd::without_trace(), PLAN, &StoryOptions::default(), &target).unwrap();
    assert!(!target.join("messages.csv").exists());
    write_all(&ghost::run(), PLAN, &StoryOptions::default(), &target).unwrap();
    assert_eq!(content(&target), first);
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 1);
}

#[test]
fn an_empty_folder_is_taken() {
    let place = tempfile::tempdir().unwrap();
    let target = place.path().join("report");
    fs::create_dir(&target).unwrap();
    write_all(&ghost::run(), PLAN, &StoryOptions::default(), &target).unwrap();
    assert!(target.join("summary.json").exists());
}

#[test]
fn a_foreign_folder_is_refused_and_left_as_it_is() {
    let cases: [(&str, &str); 4] = [
        ("notes.txt", "mine"),
        ("summary.json", "{}"),
        ("summary.json", "not json"),
        ("operations.csv", "mine too"),
    ];
    for (name, text) in cases {
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join(name), text).unwrap();
        let before = content(place.path());
        let error =
            write_all(&ghost::run(), PLAN, &StoryOptions::default(), place.path()).unwrap_err();
        assert!(matches!(&error, ReportError::Foreign { found, .. } if found == name), "{error}");
        let message = error.to_string();
        assert!(message.contains(name) && message.contains("--out"), "{message}");
        assert!(message.contains(place.path().to_str().unwrap()), "{message}");
        assert_eq!(content(place.path()), before);
    }
}

#[test]
fn a_report_to_which_something_was_added_is_not_thrown_away() {
    for added in ["notes.txt", "charts/mine.png"] {
        let place = tempfile::tempdir().unwrap();
        let target = place.path().join("report");
        write_all(&ghost::run(), PLAN, &StoryOptions::default(), &target).unwrap();
        fs::write(target.join(added), "mine").unwrap();
        let error = write_all(&ghost::run(), PLAN, &StoryOptions::default(), &target).unwrap_err();
        assert!(matches!(&error, ReportError::Foreign { found, .. } if found == added), "{error}");
        assert_eq!(fs::read_to_string(target.join(added)).unwrap(), "mine");
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 1);
    }
}

#[test]
fn a_file_in_the_way_is_named_and_nothing_is_left_behind() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("file");
    fs::write(&file, "mine").unwrap();
    let error = write_all(&ghost::run(), PLAN, &StoryOptions::default(), &file).unwrap_err();
    assert!(matches!(error, ReportError::NotAFolder { .. }), "{error}");
    let beneath = file.join("a/b");
    let error = write_all(&ghost::run(), PLAN, &StoryOptions::default(), &beneath).unwrap_err();
    assert!(matches!(error, ReportError::Io { .. }), "{error}");
    assert!(error.to_string().contains("file"), "{error}");
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 1);
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
}
