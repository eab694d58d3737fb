//! A site of pages.

use crate::support::Desk;
use serde_json::Value;

fn read(desk: &Desk, file: &str) -> String {
    std::fs::read_to_string(desk.path(file)).unwrap()
}

#[test]
fn a_site_has_a_page_for_each_cell_and_an_index_that_leads_there() {
    let desk = Desk::new();
    let told =
        desk.seedbed("site pages --scenarios ghost-data,figure-8 --systems raft,async-leader");
    assert!(told.succeeds().starts_with("3 runs, 0 not as expected"));
    let listed: Value = serde_json::from_str(&read(&desk, "pages/site.json")).unwrap();
    let index = read(&desk, "pages/index.html");
    let runs = listed["runs"].as_array().unwrap();
    assert_eq!(runs.len(), 3);
    for run in runs {
        let file = format!(
            "runs/{}-{}.html",
            run["scenario"].as_str().unwrap(),
            run["system"].as_str().unwrap()
        );
        assert!(index.contains(&format!("href=\"{file}\"")), "{file}");
        let page = read(&desk, &format!("pages/{file}"));
        assert!(page.contains(run["digest"].as_str().unwrap()), "{file}");
    }
    assert_eq!(index.matches("href=").count(), 3);
    // Made anew it is the same, and in its place.
    desk.seedbed("site pages --scenarios ghost-data,figure-8 --systems raft,async-leader --jobs 1")
        .succeeds();
    assert_eq!(read(&desk, "pages/index.html"), index);
}

#[test]
fn what_is_no_site_is_left_alone() {
    let desk = Desk::new().with("mine/notes.txt", "mine");
    let told = desk.seedbed("site mine --scenarios ghost-data").refused();
    assert!(told.contains("notes.txt"), "{told}");
    let told = desk.seedbed("site new --scenarios ghost-data --systems sharded-groups").refused();
    assert!(told.contains("list --all"), "{told}");
    let told = desk.seedbed("site new --systems rft").refused();
    assert!(told.contains("did you mean `raft`?"), "{told}");
    assert!(!desk.path("new").exists());
}
