//! Two runs as the page's scripts read them: the nodes of both, then the clients of both, on one time axis.
//!
//! Each list of the one page is that of both runs in order of time, so that whatever draws one run draws two; `runs`
//! says which lanes, verdicts and reasons are whose.

mod faults;
mod lists;

use super::{Data, LeftOut, Operation, Passage, SCHEMA, Struck, Told, Why};
use crate::{
    compare::{Comparison, Difference, Kind, LETTERS},
    page::{figures::Figures, inside::Inside, states::Change},
};
use judge::Stage;
use lists::{Lists, at, in_time};
use node::Time;
use serde::Serialize;

#[derive(Serialize)]
pub(in crate::page) struct Pair<'a> {
    schema: &'static str,
    pub(in crate::page) title: String,
    end: u64,
    read: u64,
    healed: Option<u64>,
    window: [u64; 2],
    lanes: Vec<String>,
    nodes: usize,
    verdicts: Vec<Told>,
    reasons: Vec<Why>,
    faults: Vec<Struck>,
    ops: Vec<Operation>,
    messages: Vec<Passage>,
    changes: Vec<Change>,
    said: Vec<(u64, usize, usize)>,
    leads: Vec<(usize, i64, u64, u64)>,
    /// None: in which order the operations of each run explain its answers is on its own page.
    orders: [(); 0],
    /// None: the windows of two runs are not of one width.
    figures: Figures,
    inside: Inside,
    left_out: LeftOut,
    texts: Vec<String>,
    runs: [Side; 2],
    together: Together<'a>,
}

/// What is of one run alone.
#[derive(Serialize)]
struct Side {
    letter: &'static str,
    name: String,
    title: String,
    watch: String,
    scenario: String,
    system: &'static str,
    about: &'static str,
    seed: String,
    stage: Stage,
    digest: String,
    command: String,
    flaws: Vec<String>,
    settings: Vec<String>,
    #[serde(rename = "asExpected")]
    as_expected: bool,
    #[serde(rename = "expectsNothing")]
    expects_nothing: bool,
    defects: Vec<String>,
    story: String,
    end: u64,
    read: u64,
    healed: Option<u64>,
    /// Its lanes in the order in which they are shown.
    lanes: Vec<usize>,
    nodes: Vec<usize>,
    /// Places in the lists of both.
    verdicts: Vec<usize>,
    reasons: Vec<usize>,
    /// How many it has.
    ops: usize,
    messages: usize,
    changes: usize,
}

/// What is said of both.
#[derive(Serialize)]
struct Together<'a> {
    faults: String,
    differences: Vec<&'a Difference>,
    same: Vec<&'a str>,
}

impl<'a> Pair<'a> {
    pub(in crate::page) fn of(data: [Data; 2], both: &'a Comparison<'_>) -> Self {
        let [a, b] = data;
        let (mut one, mut a) = parted(a, 0, both);
        let (mut other, mut b) = parted(b, 1, both);
        let window = window([a.window, b.window], one.end.max(other.end), both);
        // Nodes of the first, nodes of the second, clients of the first, clients of the second.
        let (of_a, of_b, all_of_a) = (a.nodes, b.nodes, a.lanes.len());
        one.lanes = (0..all_of_a).map(|it| if it < of_a { it } else { it + of_b }).collect();
        other.lanes = (0..b.lanes.len())
            .map(|it| if it < of_b { of_a + it } else { all_of_a + it })
            .collect();
        one.nodes = one.lanes[..of_a].to_vec();
        other.nodes = other.lanes[..of_b].to_vec();
        let mut lanes = vec![String::new(); one.lanes.len() + other.lanes.len()];
        for (lists, side) in [(&mut a, &one), (&mut b, &other)] {
            for (name, lane) in lists.lanes.drain(..).zip(&side.lanes) {
                lanes[*lane] = name;
            }
        }
        a.renumber(&one.lanes, 0);
        b.renumber(&other.lanes, a.texts.len());
        let faults = faults::together(&mut a, &mut b, both);
        let (ops, places) = in_time([a.ops, b.ops], |row| row.3);
        for (told, places) in [(&mut a.verdicts, &places[0]), (&mut b.verdicts, &places[1])] {
            for place in told.iter_mut().flat_map(|told| &mut told.operations) {
                *place = places[*place];
            }
        }
        let (verdicts, places) = in_time([a.verdicts, b.verdicts], |_| 0);
        [one.verdicts, other.verdicts] = places;
        let (reasons, places) = in_time([a.reasons, b.reasons], |_| 0);
        [one.reasons, other.reasons] = places;
        let (x, y) = (a.left_out, b.left_out);
        let left_out = LeftOut {
            ops: x.ops + y.ops,
            messages: x.messages + y.messages,
            changes: x.changes + y.changes,
            said: x.said + y.said,
            inside: x.inside + y.inside,
        };
        a.texts.append(&mut b.texts);
        Self {
            schema: SCHEMA,
            title: format!("{} beside {}", one.called(), other.called()),
            end: one.end.max(other.end),
            read: one.read.max(other.read),
            healed: one.healed.filter(|healed| other.healed == Some(*healed)),
            window,
            lanes,
            nodes: of_a + of_b,
            verdicts,
            reasons,
            faults,
            ops,
            messages: in_time([a.messages, b.messages], |row| row.4).0,
            changes: in_time([a.changes, b.changes], at).0,
            said: in_time([a.said, b.said], |row| row.0).0,
            leads: in_time([a.leads, b.leads], |row| row.2).0,
            orders: [],
            figures: Figures::none(),
            inside: a.inside.and(b.inside),
            left_out,
            texts: a.texts,
            runs: [one, other],
            together: Together {
                faults: both.faults(),
                differences: both.differences().collect(),
                same: both.same().collect(),
            },
        }
    }
}

impl Side {
    fn called(&self) -> String {
        format!("{} on {}, seed {}", self.scenario, self.name, self.seed)
    }
}

/// What of a run is its own, and what goes into the lists of both.
fn parted(data: Data, place: usize, both: &Comparison<'_>) -> (Side, Lists) {
    // Taken apart whole: whatever a page comes to show, somebody is to say how two of it are one.
    let Data {
        schema: _,
        title,
        watch,
        scenario,
        system,
        about,
        seed,
        stage,
        digest,
        command,
        flaws,
        settings,
        as_expected,
        expects_nothing,
        defects,
        story,
        end,
        read,
        healed,
        window,
        lanes,
        nodes,
        verdicts,
        reasons,
        faults,
        ops,
        messages,
        changes,
        said,
        leads,
        orders: _,
        figures: _,
        inside,
        left_out,
        texts,
    } = data;
    let side = Side {
        letter: LETTERS[place],
        name: both.names()[place].clone(),
        title,
        watch,
        scenario,
        system,
        about,
        seed,
        stage,
        digest,
        command: both.sides()[place].again.clone().unwrap_or(command),
        flaws,
        settings,
        as_expected,
        expects_nothing,
        defects,
        story,
        end,
        read,
        healed,
        lanes: Vec::new(),
        nodes: Vec::new(),
        verdicts: Vec::new(),
        reasons: Vec::new(),
        ops: ops.len(),
        messages: messages.len(),
        changes: changes.len(),
    };
    let lists = Lists {
        lanes,
        nodes,
        window,
        verdicts,
        reasons,
        faults,
        ops,
        messages,
        changes,
        said,
        leads,
        inside,
        left_out,
        texts,
    };
    (side, lists)
}

/// Where to look first: at what each page would show first, and at the first difference of answers and the first that
/// lasts, where these are not far away.
fn window(windows: [[u64; 2]; 2], end: u64, both: &Comparison<'_>) -> [u64; 2] {
    let [a, b] = windows;
    let [from, to] = [a[0].min(b[0]), a[1].max(b[1])];
    let mut shown = [from, to];
    let mut is_wider = false;
    for difference in both.differences() {
        if matches!(difference.kind, Kind::Answer | Kind::Lasting) {
            let at = difference.at.map(Time::as_nanos);
            let wider = [shown[0].min(at[0]).min(at[1]), shown[1].max(at[0]).max(at[1])];
            if wider[1] - wider[0] <= 2 * (to - from) {
                is_wider |= wider != shown;
                shown = wider;
            }
        }
    }
    if is_wider {
        // With room for the words that stand there.
        let room = (shown[1] - shown[0]) / 5;
        shown = [shown[0], (shown[1] + room).min(end)];
    }
    shown
}
