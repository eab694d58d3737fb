//! What two sentences of witnesses have in common.

/// A sentence without the names and numbers of one run: `n2 lacks 3 of 17 keys` and `n1 lacks 1 of
/// 4 keys` have one shape.
pub(crate) fn shape(sentence: &str) -> String {
    let mut shape = String::with_capacity(sentence.len());
    let mut quote = None;
    for word in sentence.split_inclusive(' ') {
        let text = word.trim_end();
        let bare = text.trim_matches(|letter: char| ",;:.()\"'`".contains(letter));
        // What stands in quotes is a key or a value of the run, however many words it has.
        let quotes = text.matches(['"', '`']).count();
        if quote.is_some() || quotes > 0 {
            let closes = quotes % 2 == 1 && quote.is_some() || quotes % 2 == 0 && quotes > 0;
            if quote.is_none() {
                push(&mut shape, "_");
            }
            quote = if closes && quote.is_none() || quote.is_some() && quotes % 2 == 1 {
                None
            } else {
                Some(())
            };
            continue;
        }
        let is_of_run = bare.chars().any(|letter| letter.is_ascii_digit()) || is_of_number(bare);
        push(
            &mut shape,
            match bare {
                _ if is_of_run => "_",
                "holds" => "hold",
                bare => bare,
            },
        );
    }
    once(&shape)
}

/// Without the second of two phrases of the same words, as where each node is said to hold something.
fn once(shape: &str) -> String {
    let mut words: Vec<&str> = Vec::new();
    for word in shape.split(' ') {
        words.push(word);
        for length in 2..=3 {
            let (end, start) = (words.len(), words.len().saturating_sub(2 * length));
            if end - start == 2 * length && words[start..start + length] == words[start + length..]
            {
                words.truncate(start + length);
            }
        }
    }
    words.join(" ")
}

/// Words that say how many there are, and whether there is one.
fn is_of_number(word: &str) -> bool {
    matches!(word, "nothing" | "and" | "or")
}

fn push(shape: &mut String, word: &str) {
    // Several names in a row, as in a list, are as good as one.
    if word == "_" && shape.ends_with('_') || word.is_empty() {
        return;
    }
    if !shape.is_empty() {
        shape.push(' ');
    }
    shape.push_str(word);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_are_of_the_run() {
        let one = shape("n2 lacks 3 of 1,024 keys, the first \"key 7\" since 1.203 s");
        assert_eq!(one, "_ lacks _ of _ keys the first _ since _ s");
        assert_eq!(one, shape("n1 lacks 1 of 4 keys, the first \"x\" since 0.5 s"));
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
}
