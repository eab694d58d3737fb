//! The list keeps its own rules, and words are found where they stand.

use super::*;
use scenarios::Property;

fn names(text: &str) -> Vec<&'static str> {
    find_first_uses(text).iter().map(|term| term.name).collect()
}

/// What is wrong with a list of terms.
fn wrong(terms: &[Term]) -> Vec<String> {
    let mut wrong = Vec::new();
    let sorted = terms.windows(2).all(|two| two[0].name < two[1].name);
    wrong.extend((!sorted).then(|| "not in order, or a name twice".to_owned()));
    let all =
        || terms.iter().flat_map(|it| std::iter::once(it.name).chain(it.also.iter().copied()));
    for name in all() {
        if all().filter(|other| *other == name).count() > 1 {
            wrong.push(format!("{name} stands twice"));
        }
        if name.is_empty() || name != name.to_lowercase() {
            wrong.push(format!("{name} is not in small letters"));
        }
    }
    for Term { name, meaning, .. } in terms {
        let length = meaning.chars().count();
        if meaning.contains('\n') || !(10..=120).contains(&length) || meaning.ends_with('.') {
            wrong.push(format!("{name}: {length} letters: {meaning}"));
        }
    }
    wrong
}

#[test]
fn each_term_is_unique_sorted_and_of_one_line() {
    assert_eq!(wrong(ALL), Vec::<String>::new());
}

#[test]
fn a_list_that_breaks_a_rule_is_noticed() {
    let term = |name, also, meaning| Term { name, also, meaning };
    let fine = "what it means, in a line";
    let lists: [&[Term]; 5] = [
        &[term("b", &[], fine), term("a", &[], fine)],
        &[term("a", &[], fine), term("a", &[], fine)],
        &[term("a", &["b"], fine), term("b", &[], fine)],
        &[term("A", &[], fine)],
        &[term("a", &[], "two\nlines of meaning")],
    ];
    for list in lists {
        assert!(!wrong(list).is_empty(), "{list:?}");
    }
    assert!(wrong(&[term("a", &["c"], fine), term("b", &[], fine)]).is_empty());
}

#[test]
fn every_property_has_an_entry() {
    let missing: Vec<_> =
        Property::ALL.iter().filter(|property| find(property.name()).is_none()).collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert!(find("no-such-property").is_none());
}

#[test]
fn every_name_finds_its_own_term() {
    for term in ALL {
        for name in std::iter::once(&term.name).chain(term.also) {
            assert_eq!(find(name).map(|found| found.name), Some(term.name), "{name}");
        }
    }
    assert_eq!(find("Read-Your-Writes").unwrap().name, "read your writes");
    assert_eq!(find("Quorums").unwrap().name, "quorum");
    assert!(find("").is_none() && find("quorum leader").is_none() && find("quor").is_none());
}

#[test]
fn terms_come_in_the_order_of_their_first_use_and_once() {
    let text = "The leader was cut off; the followers voted, and a new Leader won the election.";
    assert_eq!(names(text), ["leader", "cut", "follower", "vote", "election"]);
    assert_eq!(names("nothing to see here"), Vec::<&str>::new());
    assert_eq!(names(""), Vec::<&str>::new());
}

#[test]
fn whole_words_count_and_plurals() {
    assert_eq!(names("entries, replicas and crashes"), ["entry", "replica", "crash"]);
    assert_eq!(names("dialogue, terminal, loge and leadership"), Vec::<&str>::new());
    assert_eq!(names("Tërm and ring"), ["ring"]);
}

#[test]
fn several_words_are_one_term_however_they_are_joined() {
    for text in ["power loss", "power-loss", "a power\n    loss.", "Power losses"] {
        assert_eq!(names(text), ["power loss"], "{text}");
    }
    assert_eq!(names("power, loss"), Vec::<&str>::new());
    // The longer one is meant, and its parts are not counted beside it.
    assert_eq!(names("a hinted hand-off"), ["hinted hand-off"]);
    assert_eq!(names("the vector clock's state machine"), ["vector clock", "state machine"]);
}

#[test]
fn a_name_made_of_a_term_is_no_use_of_it() {
    assert_eq!(names("async-leader, stale-leader-reads"), Vec::<&str>::new());
    assert_eq!(names("on async-leader the leader died"), ["leader"]);
    // A dash between blanks joins nothing.
    assert_eq!(names("the log - a term"), ["log", "term"]);
}
