//! What two sentences of witnesses have in common.

/// Words that come and go with the number of what a sentence speaks of, and units of time.
const SLIGHT: [&str; 19] = [
    "a", "an", "the", "was", "were", "is", "are", "has", "have", "and", "or", "for", "one", "s",
    "ms", "us", "ns", "m", "h",
];

/// A sentence without the names and numbers of one run, be it of one or of several: `n2 lacks 3 of 17
/// keys` and `n1 lacks 1 of 1 key` have one shape.
pub(crate) fn shape(sentence: &str) -> String {
    let plain = without_quotes(sentence);
    let mut words: Vec<&str> = Vec::new();
    for word in plain.split_whitespace() {
        let word = word.trim_matches(|letter: char| ",;:.()'".contains(letter));
        let is_of_run = word == "nothing" || word.chars().any(|letter| letter.is_ascii_digit());
        if is_of_run {
            words.push("_");
        } else if !word.is_empty() && !SLIGHT.contains(&word) {
            words.push(word.strip_suffix('s').filter(|stem| stem.len() > 2).unwrap_or(word));
        }
        drop_repeated(&mut words);
    }
    words.join(" ")
}

/// What stands in quotes is a key or a value of the run, however many words it has: a number stands for it.
fn without_quotes(sentence: &str) -> String {
    let mut plain = String::with_capacity(sentence.len());
    let mut letters = sentence.chars();
    while let Some(letter) = letters.next() {
        if letter != '"' && letter != '`' {
            plain.push(letter);
            continue;
        }
        plain.push('0');
        while let Some(quoted) = letters.next().filter(|quoted| *quoted != letter) {
            if quoted == '\\' {
                letters.next();
            }
        }
    }
    plain
}

/// Takes the last few words away if they only say again what the words before them say, as in a list
/// of names, or where each node is said to hold something.
fn drop_repeated(words: &mut Vec<&str>) {
    let end = words.len();
    if words.ends_with(&["_", "_"]) {
        words.pop();
        return;
    }
    for length in 2..=3 {
        if end >= 2 * length && words[end - 2 * length..end - length] == words[end - length..] {
            words.truncate(end - length);
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_are_of_the_run() {
        let one = shape("n2 lacks 3 of 1,024 keys, the first \"key 7\" since 1.203 s");
        assert_eq!(one, "_ lack _ of _ key first _ since _");
        assert_eq!(one, shape("n1 lacks 1 of 4 keys, the first \"a \\\"b\" since 5 ms"));
        assert_ne!(one, shape("n1 holds 1 of 4 keys, the first \"x\" since 0.5 s"));
    }

    #[test]
    fn who_holds_what_is_of_the_run() {
        let one = shape("n1 and n2 hold \"a\" under key \"k\"; n3 holds \"b\"");
        assert_eq!(one, shape("n2 holds \"a\" under key \"k\"; n1, n4 and n5 hold nothing"));
        let three = shape("n1 holds \"a\" under key \"k\"; n2 holds \"b\"; n3 holds nothing");
        assert_eq!(one, three);
        assert_ne!(one, shape("n1 and n2 hold \"a\" under key \"k\"; n3 is down"));
    }

    #[test]
    fn a_list_of_names_is_as_long_as_any() {
        assert_eq!(shape("n1, n2 and n3 differ"), shape("n1, n5 and n4 differ"));
        assert_eq!(shape("n1 n2 n3 differ"), shape("n4 differ"));
    }

    #[test]
    fn one_has_the_shape_of_several() {
        let several =
            shape("2 of 4 reads returned overwritten values; the worst was 1.6 s out of date");
        let one =
            shape("1 of 1 read returned an overwritten value; the worst was 20.0 ms out of date");
        assert_eq!(several, one);
        let lost =
            shape("2 of 2 acknowledged writes were lost: no replica holds \"v\" under key \"k\"");
        assert_ne!(several, lost);
        assert_ne!(shape("n2 lacks key \"k\""), shape("n2 holds key \"k\""));
    }
}
