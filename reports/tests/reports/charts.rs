use crate::support::{busy, ghost, odd, us, waits};
use judge::{Run, record::OperationRecord};
use node::client::{Failure, Outcome};
use reports::{Chart, chart};

fn every_run() -> Vec<(&'static str, Run)> {
    vec![
        ("ghost", ghost::run()),
        ("busy", busy::run()),
        ("idle", odd::idle()),
        ("without-trace", odd::without_trace()),
        ("thirty-nodes", odd::thirty_nodes()),
        ("forty-faults", odd::forty_faults()),
        ("short-and-silent", odd::short_and_silent()),
    ]
}

/// The same run, of which no read was found to be stale.
fn never_stale(run: Run) -> Run {
    Run { staleness: judge::property::StalenessReport::default(), ..run }
}

#[test]
fn the_titles_state_what_the_run_shows() {
    let mut findings = String::new();
    for (name, run) in every_run() {
        for chart in Chart::ALL {
            findings += &format!("{name:<16} {:<11} {}\n", chart.name(), chart.finding(&run));
        }
    }
    insta::assert_snapshot!(findings);
}

#[test]
fn latency_is_not_called_level_when_all_answers_came_at_once() {
    let finding = Chart::Quantiles.finding(&never_stale(waits::hang()));
    assert_eq!(finding, "The one answer took 2.0 ms; 2 of 3 not answered");
}

#[test]
fn a_rate_is_named_where_it_is_steady() {
    let mut run = never_stale(waits::hands_full());
    let answered = run.history.operations[0].clone();
    let at = |tick: u64| OperationRecord {
        invoked: us(tick * 10_000),
        completed: us(tick * 10_000 + 1_000),
        ..answered.clone()
    };
    // Three seconds of silence do not count, and then there are a hundred operations a second.
    run.history.operations = (300..=600).map(at).collect();
    let finding = Chart::Rate.finding(&run);
    assert_eq!(finding, "All 301 operations were answered, about 100 a second");
    // Half as many in the last two seconds.
    run.history
        .operations
        .retain(|it| it.invoked < us(4_000_000) || it.invoked.as_nanos() % 20_000_000 == 0);
    assert!(!Chart::Rate.finding(&run).contains("a second"));
}

#[test]
fn a_share_in_a_title_is_that_of_the_verdict() {
    let run = never_stale(waits::hands_full());
    assert_eq!(Chart::Rate.finding(&run), "66.6% of 3 operations answered");
}

#[test]
fn an_svg_says_its_finding_its_units_and_its_faults() {
    let run = busy::run();
    for chart in Chart::ALL {
        let svg = chart.svg(&run).unwrap();
        assert!(svg.contains(&chart.finding(&run)), "{}", chart.name());
        assert!(svg.contains("simulated time (s)"), "{}", chart.name());
        assert!(svg.contains("seed 42"), "{}", chart.name());
        for label in ["n2 paused", "n1 crashed", "n1 n2 | n3"] {
            assert!(svg.contains(label), "{} lacks {label}", chart.name());
        }
        assert!(svg.starts_with("<svg width=\"1200\" height=\"700\" viewBox=\"0 0 2400 1400\""));
    }
}

/// The label at the right end of the axis of time.
fn last_moment(svg: &str) -> String {
    let texts = texts(svg);
    let name = texts.iter().position(|text| text.text.starts_with("simulated time"));
    texts[name.expect("the axis has its name after its labels") - 1].text.clone()
}

#[test]
fn all_charts_of_a_run_have_one_axis_of_time() {
    let ends = |run: &Run| -> Vec<String> {
        Chart::ALL.iter().map(|chart| last_moment(&chart.svg(run).unwrap())).collect()
    };
    let run = ghost::run();
    assert_eq!((run.run_ended, run.ended), (us(5_000_000), us(10_000_000)));
    // n2 lacks a key to the end.
    assert_eq!(ends(&run), ["10"; 4]);
    // Of which nothing is known without a trace.
    assert_eq!(ends(&odd::without_trace()), ["5.0"; 4]);
    // And a fault that nobody heals lasts as long.
    let mut faulty = odd::without_trace();
    faulty.faults[0].end = None;
    assert_eq!(ends(&faulty), ["10"; 4]);
}

#[test]
fn lag_is_in_the_unit_that_suits_it() {
    let svg = |run| Chart::Replication.svg(&run).unwrap();
    assert!(svg(ghost::run()).contains("lag: age of the oldest change a node lacks (s)"));
    assert!(svg(odd::two_groups()).contains("lag: age of the oldest change a node lacks (ms)"));
}

#[test]
fn a_failure_shows_beneath_an_unknown_outcome() {
    let mut run = waits::hands_full();
    let unknown = run.history.operations[1].clone();
    let outcome = Outcome::Fail(Failure::Timeout);
    run.history.operations = vec![OperationRecord { outcome, ..unknown.clone() }, unknown];
    let bytes = Chart::Latency.png(&run).unwrap();
    let mut reader = png::Decoder::new(bytes.as_slice()).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size()];
    reader.next_frame(&mut pixels).unwrap();
    // Beneath the legend.
    let plot = pixels.chunks(3).skip(140 * chart::WIDTH as usize);
    let orange = plot.filter(|pixel| *pixel == [0xc0, 0x48, 0x00]).count();
    assert!(orange > 30, "{orange} pixels");
}

#[test]
fn faults_without_room_for_their_labels_are_counted() {
    let svg = Chart::Rate.svg(&odd::forty_faults()).unwrap();
    let shown = svg.matches("for a good while").count();
    assert!((5..40).contains(&shown), "{shown}");
    assert!(svg.contains(&format!("+{} more faults, see faults.csv", 40 - shown)));
}

#[test]
fn no_text_of_any_chart_overlaps_another() {
    for (name, run) in every_run() {
        for chart in Chart::ALL {
            assert_legible(&chart.svg(&run).unwrap(), &format!("{name} {}", chart.name()));
        }
    }
}

/// Asserts that there are texts in a picture of the usual width, and that no two overlap.
pub(crate) fn assert_legible(svg: &str, name: &str) {
    let texts = texts(svg);
    assert!(texts.len() > 4, "{name}");
    for (index, one) in texts.iter().enumerate() {
        for other in &texts[index + 1..] {
            let apart = one.right <= other.left
                || other.right <= one.left
                || one.bottom <= other.top
                || other.bottom <= one.top;
            assert!(apart, "{name}: `{}` and `{}`", one.text, other.text);
        }
        assert!(one.left >= 0.0 && one.right <= 2400.0, "{name}: `{}`", one.text);
    }
}

/// A text and the rectangle that it needs at least, on the fine grid.
struct Text {
    text: String,
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

fn texts(svg: &str) -> Vec<Text> {
    let attribute = |head: &str, name: &str| -> String {
        let start = head.find(&format!(" {name}=\"")).expect("the SVG is as the library writes it")
            + name.len()
            + 3;
        head[start..].split('"').next().expect("the SVG is as the library writes it").to_owned()
    };
    svg.split("<text")
        .skip(1)
        .map(|piece| {
            let (head, rest) =
                piece.split_once(">\n").expect("the SVG is as the library writes it");
            let text = rest
                .split_once("\n</text>")
                .expect("the SVG is as the library writes it")
                .0
                .replace("&gt;", ">");
            let number = |name| {
                attribute(head, name).parse::<f64>().expect("the SVG is as the library writes it")
            };
            let (x, y, size) = (number("x"), number("y"), number("font-size"));
            // Letters of the font are about 0.5 of its size wide, if not the bold ones.
            let width = text.chars().count() as f64 * size * 0.5;
            let left = match attribute(head, "text-anchor").as_str() {
                "start" => x,
                "middle" => x - width / 2.0,
                _ => x - width,
            };
            let (top, bottom) = (y - size * 0.45, y + size * 0.45);
            Text { text, left, right: left + width, top, bottom }
        })
        .collect()
}

#[test]
fn the_same_run_gives_the_same_bytes() {
    for chart in Chart::ALL {
        assert_eq!(chart.png(&busy::run()).unwrap(), chart.png(&busy::run()).unwrap());
        assert_eq!(chart.svg(&busy::run()).unwrap(), chart.svg(&busy::run()).unwrap());
    }
}

#[test]
fn a_png_has_its_size_and_is_not_blank() {
    for (name, run) in every_run() {
        for chart in Chart::ALL {
            let bytes = chart.png(&run).unwrap();
            let mut reader = png::Decoder::new(bytes.as_slice()).read_info().unwrap();
            let mut pixels = vec![0; reader.output_buffer_size()];
            let info = reader.next_frame(&mut pixels).unwrap();
            assert_eq!((info.width, info.height), (chart::WIDTH, chart::HEIGHT));
            let dark = pixels.chunks(3).filter(|pixel| pixel.iter().all(|c| *c < 100)).count();
            assert!(dark > 1000, "{name} {}: {dark} dark pixels", chart.name());
        }
    }
}

#[test]
fn outcomes_differ_without_colour() {
    // The legend of the rate chart has a swatch for each outcome, drawn in this order.
    let svg = Chart::Rate.svg(&busy::run()).unwrap();
    let mut greys: Vec<f64> = Vec::new();
    for colour in svg.split("fill=\"#").skip(1).map(|rest| &rest[..6]) {
        let channel = |at| f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap());
        let grey = 0.299 * channel(0) + 0.587 * channel(2) + 0.114 * channel(4);
        let is_data = ["3FA0DC", "C04800", "101030"].contains(&colour);
        if is_data && !greys.contains(&grey) {
            greys.push(grey);
        }
    }
    greys.sort_by(f64::total_cmp);
    assert_eq!(greys.len(), 3);
    assert!(greys.windows(2).all(|pair| pair[1] - pair[0] > 35.0), "{greys:?}");
}
