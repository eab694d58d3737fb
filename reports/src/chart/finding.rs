//! What a run shows, in one sentence a chart.
//!
//! A title says what is drawn. What it claims beyond that has a rule that is stated where it is made.

use super::{Charts, peak, wrong};
use crate::{figures, replication::Gap, text, windows::Windows};
use judge::{
    Run,
    property::{Outage, Service},
};
use node::Time;
use std::time::Duration;

/// What is wrong with answers, how long they took, and how many were not given.
pub(super) fn latency(charts: &Charts<'_>) -> String {
    let run = charts.run;
    let begun = run.operations().len() as u64;
    let Some(summary) = figures::latency(run, None) else {
        return if begun == 0 {
            "No operation was begun".to_owned()
        } else {
            format!("Not one of {} was answered", text::count(begun, "operation", "operations"))
        };
    };
    let unanswered = begun - summary.count as u64;
    let (p50, p99) = (text::duration(summary.p50), text::duration(summary.p99));
    let most = text::duration(summary.max);
    let took = match summary.count {
        1 => format!("The one answer took {most}"),
        2..20 if p50 == most => format!("Every answer took about {most}"),
        2..20 => format!("Answers took {p50} at the median, {most} at most"),
        _ if p50 == p99 => format!("99% of answers took about {p99}"),
        _ => format!("Median {p50}, 99% within {p99}"),
    };
    let mut finding = with_wrong(charts, took);
    if unanswered > 0 {
        finding +=
            &format!("; {} of {} not answered", text::number(unanswered), text::number(begun));
    }
    finding
}

/// What the course of latency shows, or else how long answers took.
pub(super) fn quantiles(charts: &Charts<'_>) -> String {
    peak::finding(charts.run).unwrap_or_else(|| latency(charts))
}

/// A sentence after what is wrong with answers, if anything is.
fn with_wrong(charts: &Charts<'_>, sentence: String) -> String {
    let counts = wrong::counts(charts.run, &charts.wrong);
    match (wrong::in_words(counts), sentence.chars().next()) {
        (Some(wrong), Some(first)) => {
            let rest = &sentence[first.len_utf8()..];
            format!("{wrong}; {}{rest}", first.to_lowercase())
        }
        _ => sentence,
    }
}

/// When nothing was answered, and how much was.
pub(super) fn rate(charts: &Charts<'_>) -> String {
    let run = charts.run;
    let begun = run.operations().len() as u64;
    if begun == 0 {
        return "No operation was begun".to_owned();
    }
    let answered = run.operations().iter().filter(|record| record.is_answered()).count() as u64;
    if answered == 0 {
        return latency(charts);
    }
    let all = text::count(begun, "operation", "operations");
    let share = if answered == begun {
        let rate = steady_rate(run).map(|rate| format!(", about {rate} a second"));
        format!("All {all} were answered{}", rate.unwrap_or_default())
    } else {
        format!("{} of {all} answered", text::percent(answered, begun))
    };
    let with = |silences: &str| with_wrong(charts, format!("{silences}; {}", uncapital(&share)));
    if charts.outages.is_empty() {
        return with_wrong(charts, share);
    }
    let number = charts.outages.len() as u64;
    let shortest = format!("{} (marked)", text::count(number, "outage", "outages"));
    let each = each_outage(run, &charts.outages);
    // That something was not answered the legend tells, too; when, it does not.
    let findings =
        [with(&each), with_wrong(charts, each.clone()), with(&all_outages(run, &charts.outages))];
    let fits = |finding: &String| finding.chars().count() <= LONGEST;
    findings.into_iter().find(fits).unwrap_or_else(|| with(&shortest))
}

/// A longer title would be cut.
pub(super) const LONGEST: usize = 110;

fn uncapital(sentence: &str) -> String {
    sentence.replacen("All ", "all ", 1)
}

/// How many operations a second were answered while there was load: said only of four windows or
/// more, of which none is above another by more than a quarter. The first and the last may be below.
fn steady_rate(run: &Run) -> Option<String> {
    let windows = Windows::over(run.ended);
    let by_window = figures::latencies_by_window(run, None, windows);
    let first = by_window.iter().position(|sorted| !sorted.is_empty())?;
    let last = by_window.iter().rposition(|sorted| !sorted.is_empty())?;
    let counts: Vec<usize> = by_window.get(first + 1..last)?.iter().map(Vec::len).collect();
    let ends = by_window[first].len().max(by_window[last].len());
    let (least, most) = (*counts.iter().min()?, *counts.iter().max()?);
    let is_steady = counts.len() >= 4 && least >= 20 && most.max(ends) * 4 <= least * 5;
    let mean = counts.iter().sum::<usize>() as f64 / counts.len() as f64;
    let rate = (mean / windows.width().as_secs_f64()).round() as u64;
    is_steady.then(|| text::number(rate))
}

/// Each outage with its moments.
fn each_outage(run: &Run, outages: &[Outage]) -> String {
    let parts = Service::ALL.into_iter().filter_map(|kind| {
        let of_kind = outages.iter().filter(|outage| outage.of == kind);
        let moments: Vec<String> = of_kind.map(|outage| moments(run, outage)).collect();
        let (last, first) = moments.split_last()?;
        let first = if first.is_empty() { String::new() } else { first.join(", ") + " and " };
        Some(format!("no {} answered from {first}{last}", kind.name()))
    });
    parts.collect::<Vec<_>>().join(", ").replacen("no ", "No ", 1)
}

/// How many outages there were of each kind, and how long they lasted together; the chart marks each.
fn all_outages(run: &Run, outages: &[Outage]) -> String {
    let parts = Service::ALL.into_iter().filter_map(|kind| {
        let of_kind = outages.iter().filter(|outage| outage.of == kind);
        let lengths: Vec<Duration> = of_kind.map(|outage| outage.length(run.run_ended)).collect();
        let times = match lengths.len() {
            0 => return None,
            1 => "once".to_owned(),
            2 => "twice".to_owned(),
            times => format!("{times} times"),
        };
        let total = text::duration(lengths.iter().sum());
        Some(format!("no {} {times} for {total}", kind.name()))
    });
    format!("Outages (marked): {}", parts.collect::<Vec<_>>().join(", "))
}

/// `2.01 to 2.32 s`: short ones would begin and end at the same tenth of a second.
fn moments(run: &Run, outage: &Outage) -> String {
    let (unit, per_second, decimals) = match run.ended.as_secs_f64() {
        ..1.0 => ("ms", 1e3, 0),
        1.0..100.0 => ("s", 1.0, 2),
        _ => ("s", 1.0, 1),
    };
    let moment = |at: Time| format!("{:.decimals$}", at.as_secs_f64() * per_second);
    let from = moment(outage.from);
    match outage.until {
        Some(until) => format!("{from} to {} {unit}", moment(until)),
        None => format!("{from} {unit} to the end"),
    }
}

/// What differs at the end, and who lacks what or was behind most.
pub(super) fn replication(charts: &Charts<'_>) -> String {
    let run = charts.run;
    let rows = figures::replica_rows(run);
    let differing = rows.iter().filter(|row| !row.agree).count() as u64;
    let differing = match differing {
        0 => None,
        keys => {
            let count = text::count(keys, "key differs", "keys differ");
            Some(format!("At the end {count} between nodes"))
        }
    };
    // To agree on nothing is no comfort where there was something.
    let on = if rows.is_empty() { ": they hold nothing" } else { "" };
    let agreement = || format!("at the end all replicas agree{on}");
    let Some(replication) = &charts.replication else {
        return differing.unwrap_or_else(|| format!("At the end all replicas agree{on}"));
    };
    let open = replication.open();
    let lag = match (open.first(), replication.longest()) {
        (Some(first), _) => still_lacking(run, *first, open.len()),
        (None, None) => "No replica ever lacked anything that another had".to_owned(),
        (None, Some(gap)) => {
            let agreed = differing.clone().map_or_else(agreement, |it| uncapital_at(&it));
            return format!("{}; {agreed}", behind(run, gap, &replication.gaps));
        }
    };
    match differing {
        Some(differing) => format!("{differing}; {lag}"),
        None => lag,
    }
}

fn uncapital_at(sentence: &str) -> String {
    sentence.replacen("At ", "at ", 1)
}

/// A lag below this is that of the network.
const NOTABLE_LAG: Duration = Duration::from_millis(10);

/// Who was behind most: a node is named only if it was behind for twice as long as any other, and
/// for longer than the network explains.
fn behind(run: &Run, gap: Gap, gaps: &[Gap]) -> String {
    let others = gaps.iter().filter(|other| other.node != gap.node).map(|other| other.longest);
    let next = others.max().unwrap_or_default();
    let most = text::duration(gap.longest);
    if gap.longest >= next * 2 && gap.longest >= NOTABLE_LAG {
        let at = text::moment(gap.longest_at, run.ended);
        format!("{} was behind most, by {most} at {at}", gap.node)
    } else {
        format!("Nodes were behind by up to {most}")
    }
}

fn still_lacking(run: &Run, gap: Gap, nodes: usize) -> String {
    let keys = text::count(gap.last_keys as u64, "key", "keys");
    let since = text::moment(gap.start, run.ended);
    let is_gone = |node| run.replicas.iter().any(|it| it.node == node && it.entries.is_none());
    let who = match is_gone(gap.node) {
        true => format!("{}, unreadable at the end,", gap.node),
        false => gap.node.to_string(),
    };
    let lacks = if gap.most_keys > gap.last_keys {
        format!("{who} is behind from {since} to the end, where it lacks {keys}")
    } else {
        format!("{who} lacks {keys} from {since} to the end")
    };
    match nodes - 1 {
        0 => lacks,
        1 => lacks + "; one more node lacks some too",
        others => lacks + &format!("; {others} more nodes lack some too"),
    }
}
