//! What two runs are called: by their systems, and by what else tells one from the other.

use judge::Run;
use scenarios::SystemSettings;

/// The name of each.
pub(super) fn of(a: &Run, b: &Run) -> [String; 2] {
    let mut names = [a, b].map(|run| run.system.name.to_owned());
    let set = [a, b].map(|run| run.scenario.for_system(&run.system));
    let flaws = set.each_ref().map(SystemSettings::all_flaws);
    if flaws[0] != flaws[1] {
        add(&mut names, flaws.map(|flaws| format!(" with {}", list(&flaws, "no flaw"))));
    }
    let settings = set.each_ref().map(SystemSettings::settings_in_words);
    if a.system.name == b.system.name && settings[0] != settings[1] {
        add(&mut names, settings.map(|set| format!(", {}", list(&set, "usual settings"))));
    }
    if a.scenario.name != b.scenario.name {
        add(&mut names, [a, b].map(|run| format!(", {}", run.scenario.name)));
    }
    if a.seed != b.seed {
        add(&mut names, [a, b].map(|run| format!(", seed {}", run.seed)));
    }
    names
}

fn add(names: &mut [String; 2], words: [String; 2]) {
    for (name, word) in names.iter_mut().zip(words) {
        name.push_str(&word);
    }
}

fn list(words: &[String], none: &str) -> String {
    if words.is_empty() { none.to_owned() } else { words.join(" and ") }
}
