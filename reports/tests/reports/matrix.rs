use crate::{
    charts::assert_legible,
    folder::content,
    matrices::{expected, finding, judged, large, small, wrong},
};
use judge::record::Expected;
use reports::{
    Matrix, ReportError, StoryOptions,
    matrix::{self, Content, Leaves, Standing, Surprise},
};
use std::fs;

fn shown(matrix: &Matrix, width: usize) -> String {
    let folder = Some("out/matrix".to_owned());
    matrix::text(matrix, &StoryOptions { width, folder, ..StoryOptions::default() })
}

#[test]
fn the_table_and_what_is_not_as_expected() {
    insta::assert_snapshot!("matrix-small", shown(&small(), 100));
    insta::assert_snapshot!("matrix-wrong", shown(&wrong(), 100));
    insta::assert_snapshot!("matrix-large", shown(&large(true), 100));
}

#[test]
fn the_tables_for_machines_and_for_pages() {
    insta::assert_snapshot!("matrix-wrong-csv", wrong().csv());
    insta::assert_snapshot!("matrix-wrong-markdown", wrong().markdown());
    let json = wrong().to_json().replace(env!("CARGO_PKG_VERSION"), "(version)");
    insta::assert_snapshot!("matrix-wrong-json", json);
}

#[test]
fn colour_marks_what_is_not_as_expected_and_changes_no_letter() {
    let told = |colour| matrix::text(&wrong(), &StoryOptions { colour, ..StoryOptions::default() });
    let coloured = told(true);
    assert!(coloured.contains("\u{1b}[1;31m·C!D!?S!\u{1b}[0m"), "{coloured}");
    let mut plain = String::new();
    for (position, piece) in coloured.split('\u{1b}').enumerate() {
        plain += if position == 0 { piece } else { piece.split_once('m').unwrap().1 };
    }
    assert_eq!(plain, told(false));
}

#[test]
fn every_line_fits_the_width() {
    for width in [60, 80, 100, 120] {
        // A command is not broken, so that it can be copied, and a name without blanks neither.
        let text = shown(&large(true), width);
        for line in text.lines().filter(|line| !line.contains("seedbed run")) {
            assert!(line.chars().count() <= width, "{width}: {line}");
        }
    }
}

#[test]
fn the_finding_follows_the_cells() {
    let all = "raft holds everything in 1 of 1 scenario that leaves a majority; \
        without one it is unavailable rather than wrong in 1 of 1";
    assert_eq!(small().finding(), all);
    assert_eq!(small().scope(), "2 scenarios on 2 systems: 3 cells, 3 seeds each, all as expected");

    let mut lost = small();
    let properties = lost.properties.clone();
    lost.rows[0].cells[1] = Some(expected(&properties, &[1], Leaves::Everything));
    lost.rows[1].cells[1] = Some(expected(&properties, &[1], Leaves::NoMajority));
    let worse = "raft holds everything in 0 of 1 scenario that leaves a majority; \
        without one it is unavailable rather than wrong in 0 of 1";
    assert_eq!(lost.finding(), worse);
    lost.rows.remove(0);
    let only = "Without a majority raft is unavailable rather than wrong in 0 of 1";
    assert_eq!(lost.finding(), only);

    assert!(wrong().finding().starts_with("3 of 3 cells are not as expected"));
    let mut once = small();
    let missed = finding("durability", Expected::Holds, Standing::Violated);
    once.rows[1].cells[1] = Some(judged(vec![missed], Leaves::NoMajority));
    assert_eq!(once.finding(), "1 of 3 cells is not as expected: majority-lost on raft");
    assert_eq!(Matrix::new(Vec::new(), 1).finding(), "No scenario was run");

    // What a system holds with a flaw switched on says nothing of it.
    let mut flawed = small();
    flawed.rows.remove(0);
    flawed.rows[0].cells[1].as_mut().unwrap().flaws.push("no-fsync".to_owned());
    assert_eq!(flawed.finding(), "The system was run with a flaw switched on");
    assert_eq!(flawed.scope(), "1 scenario on 2 systems: 1 cell, 3 seeds each, all as expected");
}

#[test]
fn each_surprise_has_the_command_that_shows_it() {
    let wrong = wrong();
    let commands: Vec<_> = wrong.surprises().iter().map(Surprise::command).collect();
    let expected = [
        "seedbed run ghost-data --system async-leader --seed 0",
        "seedbed run ghost-data --system async-leader --seed 2",
        "seedbed run ghost-data --system async-leader --seed 2",
        "seedbed run ghost-data --system raft --seed 1",
        "seedbed run majority-lost --system raft --seed 2",
    ];
    assert_eq!(commands, expected);
    assert!(small().surprises().is_empty());
    assert!(small().as_expected() && !wrong.as_expected());
}

#[test]
fn no_text_of_a_heat_map_overlaps_another() {
    let matrices =
        [("small", small()), ("wrong", wrong()), ("large", large(false)), ("bad", large(true))];
    for (name, matrix) in matrices {
        let svg = matrix.svg().unwrap();
        assert_legible(&svg, name);
        assert!(svg.contains(&matrix.finding()), "{name}");
        assert!(!svg.contains(" more\n"), "the legend of {name} is cut");
        assert_eq!(svg.contains("panicked"), name == "wrong" || name == "bad");
    }
}

#[test]
fn a_heat_map_grows_with_its_rows() {
    let height = |matrix: &Matrix| {
        let bytes = matrix.png().unwrap();
        let reader = png::Decoder::new(bytes.as_slice()).read_info().unwrap();
        assert_eq!(reader.info().width, reports::chart::WIDTH);
        reader.info().height
    };
    let large = large(false);
    let mut shorter = large.clone();
    assert_eq!(shorter.rows.pop().unwrap().leaves(), Some(Leaves::Majority));
    assert_eq!(height(&large) - height(&shorter), 26);
    assert_eq!(small().png().unwrap(), small().png().unwrap());
}

#[test]
fn an_empty_matrix_can_be_drawn() {
    let empty = Matrix::new(Vec::new(), 1);
    assert!(empty.svg().unwrap().contains("No scenario was run"));
    assert!(!empty.png().unwrap().is_empty());
}

#[test]
fn tiles_differ_without_colour() {
    let svg = large(true).svg().unwrap();
    let grey = |colour: &str| {
        assert!(svg.contains(&format!("fill=\"#{colour}\"")), "{colour} is not used");
        let channel = |at| f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap());
        0.299 * channel(0) + 0.587 * channel(2) + 0.114 * channel(4)
    };
    let (holds, violated, missed) = (grey("C4E2F4"), grey("C04800"), grey("101030"));
    assert!(holds - violated > 100.0 && violated - missed > 60.0);
}

#[test]
fn the_folder_is_whole_and_is_replaced_by_a_matrix_alone() {
    let place = tempfile::tempdir().unwrap();
    let target = place.path().join("out/matrix");
    let files = matrix::write(&wrong(), &target).unwrap();
    let names: Vec<_> =
        files.iter().map(|file| file.file_name().unwrap().to_str().unwrap()).collect();
    assert_eq!(names, ["matrix.csv", "matrix.md", "matrix.json", "matrix.png", "matrix.svg"]);
    let first = content(&target);
    assert_eq!(first.len(), 5);
    matrix::write(&small(), &target).unwrap();
    assert_ne!(content(&target), first);
    matrix::write(&wrong(), &target).unwrap();
    assert_eq!(content(&target), first);

    let refused = reports::check_target(&target).unwrap_err();
    assert!(matches!(refused, ReportError::Foreign { .. }), "a run's report takes no matrix away");
    fs::write(target.join("notes.txt"), "mine").unwrap();
    let refused = matrix::write(&small(), &target).unwrap_err();
    assert!(matches!(&refused, ReportError::Foreign { found, .. } if found == "notes.txt"));
    assert_eq!(content(&target)[&target.join("matrix.csv")], first[&target.join("matrix.csv")]);
    assert_eq!(fs::read_dir(place.path().join("out")).unwrap().count(), 1);
}

#[test]
fn a_panicked_cell_is_a_row_of_its_own_in_the_table() {
    let matrix = wrong();
    let panicked =
        matrix.cells().filter(|(_, _, cell)| matches!(cell.content, Content::Panicked(_)));
    assert_eq!(panicked.count(), 1);
    let csv = matrix.csv();
    assert_eq!(csv.matches("\nmajority-lost,raft,,,panicked,,false,,2,").count(), 1, "{csv}");
    assert_eq!(csv.lines().next().unwrap(), matrix::COLUMNS.join(","));
}
