//! The texts that nodes send each other.

use crate::{Key, NodeId, Value, Version, ring::GroupId};

/// The port in announcements; in a cluster of names every node has the same.
const PORT: u16 = 8000;

/// `ANNOUNCE|nodeID|host|port|groupID|isLeader`: who is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Announce {
    /// What the node calls itself.
    pub(super) id: String,
    /// Where it is.
    pub(super) address: NodeId,
    /// Which group it is in.
    pub(super) group: GroupId,
    /// Whether it leads the group.
    pub(super) is_leader: bool,
}

impl Announce {
    pub(super) fn to_text(&self) -> String {
        let Self { id, address, group, is_leader } = self;
        format!("ANNOUNCE|{id}|{address}|{PORT}|{group}|{is_leader}")
    }

    /// Reads an announcement; `None` if the text is not one.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let fields: Vec<_> = text.split('|').collect();
        let ["ANNOUNCE", id, host, port, group, is_leader] = fields[..] else {
            return None;
        };
        port.parse::<u16>().ok()?;
        Some(Self {
            id: id.to_owned(),
            address: host.parse().ok()?,
            group: group.parse().ok()?,
            is_leader: is_leader.parse().ok()?,
        })
    }
}

/// `REPLICATE|key|value|version` or `DELETE|key|version`: one write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Replicate {
    pub(super) key: Key,
    /// The value; `None`: the key is deleted.
    pub(super) value: Option<Value>,
    pub(super) version: Version,
}

/// What becomes of delimiters within keys and values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quoting {
    /// They are escaped, as `%7C` and the like.
    Escaped,
    /// Nothing: they end the field or the message (flaw `delimiter-injection`).
    Naive,
}

impl Replicate {
    pub(super) fn to_text(&self, quoting: Quoting) -> String {
        let key = quoting.write(self.key.as_str());
        let version = self.version.0;
        match &self.value {
            Some(value) => {
                let value = quoting.write(value.as_str());
                format!("REPLICATE|{key}|{value}|{version}")
            }
            None => format!("DELETE|{key}|{version}"),
        }
    }

    /// Reads a text line by line; lines that are no message are passed over.
    pub(super) fn parse_all(text: &str, quoting: Quoting) -> Vec<Self> {
        text.split('\n').filter_map(|line| Self::parse_line(line, quoting)).collect()
    }

    fn parse_line(line: &str, quoting: Quoting) -> Option<Self> {
        let fields: Vec<_> = line.split('|').collect();
        let (key, value, version) = match fields[..] {
            ["REPLICATE", key, value, version] => (key, Some(value), version),
            ["DELETE", key, version] => (key, None, version),
            _ => return None,
        };
        let value = match value {
            Some(value) => Some(quoting.read(value)?.into()),
            None => None,
        };
        Some(Self {
            key: quoting.read(key)?.into(),
            value,
            version: Version(version.parse().ok()?),
        })
    }
}

/// The escapes, the escape character's own first.
const ESCAPES: [(&str, &str); 3] = [("%", "%25"), ("|", "%7C"), ("\n", "%0A")];

impl Quoting {
    fn write(self, text: &str) -> String {
        match self {
            Self::Naive => text.to_owned(),
            Self::Escaped => ESCAPES
                .iter()
                .fold(text.to_owned(), |text, (plain, escaped)| text.replace(plain, escaped)),
        }
    }

    /// Undoes [`write`](Self::write); `None` if there is an escape it does not make.
    fn read(self, text: &str) -> Option<String> {
        if self == Self::Naive {
            return Some(text.to_owned());
        }
        let mut pieces = text.split('%');
        let mut plain = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            let (code, rest) = piece.split_at_checked(2)?;
            let (character, _) = ESCAPES.iter().find(|(_, escaped)| escaped[1..] == *code)?;
            plain.push_str(character);
            plain.push_str(rest);
        }
        Some(plain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn put(key: &str, value: &str, version: u64) -> Replicate {
        Replicate { key: key.into(), value: Some(value.into()), version: Version(version) }
    }

    #[test]
    fn the_texts_are_those_of_the_document() {
        let announce =
            Announce { id: "a1b2c3d4".into(), address: NodeId::new(1), group: 0, is_leader: true };
        assert_eq!(announce.to_text(), "ANNOUNCE|a1b2c3d4|n1|8000|0|true");
        assert_eq!(Announce::parse(&announce.to_text()), Some(announce));
        for quoting in [Quoting::Escaped, Quoting::Naive] {
            let text = put("user1", "Alice", 1).to_text(quoting);
            assert_eq!(text, "REPLICATE|user1|Alice|1");
        }
    }

    #[test]
    fn a_malformed_announcement_is_none() {
        for text in [
            "",
            "ANNOUNCE",
            "ANNOUNCE|a|n1|8000|0",
            "ANNOUNCE|a|n1|8000|0|true|",
            "ANNOUNCE|a|elsewhere|8000|0|true",
            "ANNOUNCE|a|n1|80000|0|true",
            "ANNOUNCE|a|n1|8000|-1|true",
            "ANNOUNCE|a|n1|8000|0|yes",
            "REPLICATE|k|v|1",
        ] {
            assert_eq!(Announce::parse(text), None, "{text}");
        }
    }

    #[test]
    fn naive_texts_break_and_can_be_forged() {
        let over = |value: &str| {
            let text = put("k", value, 7).to_text(Quoting::Naive);
            Replicate::parse_all(&text, Quoting::Naive)
        };
        assert_eq!(over("a|b"), []);
        assert_eq!(over("a\nb"), []);
        assert_eq!(
            over("a|7\nREPLICATE|admin|evil|99\n"),
            [put("k", "a", 7), put("admin", "evil", 99)]
        );
    }

    #[test]
    fn an_unknown_escape_is_no_message() {
        for text in ["REPLICATE|k|50%|1", "REPLICATE|k|%41|1", "REPLICATE|k|%ü|1"] {
            assert_eq!(Replicate::parse_all(text, Quoting::Escaped), [], "{text}");
        }
    }

    proptest! {
        #[test]
        fn escaped_texts_read_back_whatever_is_in_them(
            key in "([a-z%|\n]|7C|25){0,8}",
            value in proptest::option::of("(.|[%|\n\r]|7C|25){0,12}"),
            version: u64,
        ) {
            let write = Replicate {
                key: key.into(),
                value: value.map(Value::from),
                version: Version(version),
            };
            let text = write.to_text(Quoting::Escaped);
            prop_assert!(!text.contains('\n'));
            prop_assert_eq!(Replicate::parse_all(&text, Quoting::Escaped), [write]);
        }

        #[test]
        fn no_text_makes_parsing_panic(text in "(.|REPLICATE|DELETE|ANNOUNCE|[|%\n0-9]){0,40}") {
            Announce::parse(&text);
            Replicate::parse_all(&text, Quoting::Escaped);
            Replicate::parse_all(&text, Quoting::Naive);
        }
    }
}
