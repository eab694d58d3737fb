//! "Did you mean": the nearest of the names that exist.

use strsim::{damerau_levenshtein, jaro_winkler};

/// Finds the candidate that a mistyped name most likely stands for.
///
/// Case, and whether words are joined by `-` or `_`, do not count. `None` if
/// no candidate is near: about one letter in three may be wrong, or the two
/// may share most of their letters in the same order.
pub fn nearest<'a>(name: &str, candidates: &[&'a str]) -> Option<&'a str> {
    let name = plain(name);
    let within = (name.chars().count() / 3).max(1);
    let by_distance = candidates
        .iter()
        .map(|&candidate| (damerau_levenshtein(&name, &plain(candidate)), candidate))
        .min_by_key(|&(distance, _)| distance)
        .filter(|&(distance, candidate)| distance <= within && distance < candidate.len())
        .map(|(_, candidate)| candidate);
    // A word in another form, as in "durable" for "durability", is many letters away.
    by_distance.or_else(|| {
        candidates
            .iter()
            .map(|&candidate| (jaro_winkler(&name, &plain(candidate)), candidate))
            .filter(|&(likeness, _)| name.len() >= 3 && likeness >= 0.85)
            .max_by(|(one, _), (other, _)| one.total_cmp(other))
            .map(|(_, candidate)| candidate)
    })
}

/// The candidates that are most like a name, best first, however unlike: those that share a word
/// with it, then those that share most letters in the same order.
pub fn nearest_few<'a>(name: &str, candidates: &[&'a str], few: usize) -> Vec<&'a str> {
    let name = plain(name);
    let first = nearest(&name, candidates);
    let score = |candidate: &str| {
        let shared = plain(candidate)
            .split('-')
            .filter(|word| word.len() > 2 && name.split('-').any(|own| own == *word))
            .count();
        shared as f64 + jaro_winkler(&name, &plain(candidate))
    };
    let mut scored: Vec<_> = candidates.iter().map(|&it| (score(it), it)).collect();
    // Stable, so that of equals the first on the list comes first.
    scored.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    let others = scored.into_iter().map(|(_, it)| it).filter(|it| Some(*it) != first);
    first.into_iter().chain(others).take(few).collect()
}

/// The help line for a name that does not exist.
pub(crate) fn mend(name: &str, candidates: &[&str]) -> String {
    match nearest(name, candidates) {
        Some(candidate) => format!("did you mean `{candidate}`?"),
        None if candidates.is_empty() => "there is none to choose from: leave it out".to_owned(),
        None => format!("choose from {}", listed(candidates)),
    }
}

/// Writes names as "`a`, `b` and `c`".
pub(crate) fn listed(names: &[&str]) -> String {
    let quoted: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        None => "nothing".to_owned(),
        Some((only, [])) => only.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
    }
}

/// The name without what people get wrong most often. A very long one is cut:
/// no candidate is as long, and the distance takes time by the square.
fn plain(name: &str) -> String {
    let joined = |letter: char| if letter == '_' { '-' } else { letter };
    name.chars().take(64).flat_map(char::to_lowercase).map(joined).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: &[&str] = &["crash", "restart", "heal-network", "one-way"];

    #[test]
    fn slips_are_mended_and_strangers_are_not() {
        assert_eq!(nearest("crsh", NAMES), Some("crash"));
        assert_eq!(nearest("Restart", NAMES), Some("restart"));
        assert_eq!(nearest("one_way", NAMES), Some("one-way"));
        assert_eq!(nearest("heal", NAMES), Some("heal-network"));
        assert_eq!(nearest("restarting", NAMES), Some("restart"));
        assert_eq!(nearest("durable", &["durability"]), Some("durability"));
        assert_eq!(nearest("explode", NAMES), None);
        assert_eq!(nearest("", NAMES), None);
        assert_eq!(nearest("x", &["n1"]), None);
        assert_eq!(nearest(&"a".repeat(1_000_000), NAMES), None);
    }

    #[test]
    fn the_nearest_few_begin_with_the_nearest_and_go_on_with_shared_words() {
        let names = ["ghost-data", "clock-jumps", "split-brain", "lost-updates-under-clock-skew"];
        assert_eq!(nearest_few("ghst-data", &names, 1), ["ghost-data"]);
        let clocks = ["clock-jumps", "lost-updates-under-clock-skew"];
        assert_eq!(nearest_few("clock", &names, 2), clocks);
        assert_eq!(nearest_few("clock", &["a", "b"], 3), ["a", "b"]);
        assert_eq!(nearest_few("", &names, 3).len(), 3);
    }

    #[test]
    fn a_name_with_nothing_near_gets_the_whole_list() {
        assert_eq!(mend("explode", &["crash", "pause"]), "choose from `crash` and `pause`");
        assert_eq!(mend("crsh", NAMES), "did you mean `crash`?");
        assert_eq!(listed(&["a"]), "`a`");
        assert_eq!(listed(&["a", "b", "c"]), "`a`, `b` and `c`");
    }
}
