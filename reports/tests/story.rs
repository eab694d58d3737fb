//! mod
mod support;
#[test]
fn show() {
    for run in [support::ghost::run(), support::busy::run()] {
        println!(
            "{}",
            reports::story(&run, &reports::StoryOptions::default())
        );
    }
}
