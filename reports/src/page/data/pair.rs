//! Two runs as the page's scripts read them: the nodes of both, then the clients of both, on one time axis.
//!
//! Each list of the one page is that of both runs in order of time, so that whatever draws one run draws two; `runs`
//! says which lanes, verdicts and reasons are whose.

use super::{Data, LeftOut, Operation, Passage, SCHEMA, Struck, Told, Why};
use crate::{
    compare::{Comparison, Difference, Kind, LETTERS},
    page::states::Change,
};
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

/// The lists of one run.
struct Lists {
    lanes: Vec<String>,
    nodes: usize,
    window: [u64; 2],
    verdicts: Vec<Told>,
    reasons: Vec<Why>,
    faults: Vec<Struck>,
    ops: Vec<Operation>,
    messages: Vec<Passage>,
    changes: Vec<Change>,
    said: Vec<(u64, usize, usize)>,
    leads: Vec<(usize, i64, u64, u64)>,
    left_out: LeftOut,
    texts: Vec<String>,
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
        let faults = faults(&mut a, &mut b, both);
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
        left_out,
        texts,
    };
    (side, lists)
}

impl Lists {
    /// Names lanes and texts by their places in the lists of both.
    fn renumber(&mut self, lanes: &[usize], texts: usize) {
        let lane = |place: &mut usize| *place = lanes[*place];
        let text = |place: &mut usize| *place += texts;
        for row in &mut self.ops {
            lane(&mut row.0);
            text(&mut row.1);
            if row.2 >= 0 {
                row.2 += texts as i64;
            }
            text(&mut row.6);
            lane(&mut row.7);
        }
        for row in &mut self.messages {
            lane(&mut row.0);
            lane(&mut row.1);
            text(&mut row.3);
        }
        for change in &mut self.changes {
            match change {
                Change::Boots(_, node, _, holds, _) => {
                    lane(node);
                    for (key, value, _) in holds {
                        text(key);
                        text(value);
                    }
                }
                Change::Gone(_, node, _) => lane(node),
                Change::Holds(_, node, _, key, value, _) => {
                    lane(node);
                    text(key);
                    text(value);
                }
                Change::Removes(_, node, _, key) => {
                    lane(node);
                    text(key);
                }
            }
        }
        for row in &mut self.said {
            lane(&mut row.1);
            text(&mut row.2);
        }
        self.leads.iter_mut().for_each(|row| lane(&mut row.0));
        self.faults.iter_mut().flat_map(|fault| &mut fault.nodes).for_each(lane);
    }
}

/// The faults of both, one that struck both alike but once, and one of a single run under its letter. The messages
/// name them by their new places.
fn faults(a: &mut Lists, b: &mut Lists, both: &Comparison<'_>) -> Vec<Struck> {
    let shared = both.shared_faults();
    for (place, fault) in a.faults.iter_mut().enumerate() {
        match shared.iter().find(|pair| pair.0 == place) {
            Some((_, other)) => {
                fault.nodes.extend(&b.faults[*other].nodes);
                fault.touched += b.faults[*other].touched;
            }
            None => fault.label = format!("{}: {}", LETTERS[0], fault.label),
        }
    }
    for fault in &mut b.faults {
        fault.label = format!("{}: {}", LETTERS[1], fault.label);
    }
    let (mut all, mut places) =
        in_time([std::mem::take(&mut a.faults), std::mem::take(&mut b.faults)], |it| it.start);
    // Of a pair the second goes, and who named it names the first.
    for (one, other) in shared {
        places[1][*other] = places[0][*one];
    }
    let mut kept = vec![false; all.len()];
    places.iter().flatten().for_each(|place| kept[*place] = true);
    let mut keep = kept.iter();
    all.retain(|_| keep.next().is_some_and(|kept| *kept));
    let now = |place: usize| kept[..place].iter().filter(|kept| **kept).count() as i64;
    for (lists, places) in [(a, &places[0]), (b, &places[1])] {
        for row in lists.messages.iter_mut().filter(|row| row.8 >= 0) {
            row.8 = now(places[row.8 as usize]);
        }
    }
    all
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

/// Two lists as one in order of time, and the place of each row in it.
fn in_time<T>(lists: [Vec<T>; 2], at: impl Fn(&T) -> u64) -> (Vec<T>, [Vec<usize>; 2]) {
    let mut places = lists.each_ref().map(|list| vec![0; list.len()]);
    let mut rows: Vec<(usize, usize, T)> = Vec::new();
    for (run, list) in lists.into_iter().enumerate() {
        rows.extend(list.into_iter().enumerate().map(|(place, row)| (run, place, row)));
    }
    rows.sort_by_key(|(_, _, row)| at(row));
    let sorted = rows.into_iter().enumerate().map(|(now, (run, place, row))| {
        places[run][place] = now;
        row
    });
    (sorted.collect(), places)
}

/// When something changed.
const fn at(change: &Change) -> u64 {
    match change {
        Change::Boots(at, ..)
        | Change::Gone(at, ..)
        | Change::Holds(at, ..)
        | Change::Removes(at, ..) => *at,
    }
}
