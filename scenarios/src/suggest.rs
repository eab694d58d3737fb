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
    fn a_name_with_nothing_near_gets_the_whole_list() {
        assert_eq!(mend("explode", &["crash", "pause"]), "choose from `crash` and `pause`");
        assert_eq!(mend("crsh", NAMES), "did you mean `crash`?");
        assert_eq!(listed(&["a"]), "`a`");
        assert_eq!(listed(&["a", "b", "c"]), "`a`, `b` and `c`");
    }
}
