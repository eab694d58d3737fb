//! What is said of a member.

use super::MAX_DATAGRAM;
use std::{fmt, net::IpAddr, net::SocketAddr, str::FromStr};

/// The longest name of a node, in bytes.
const MAX_ID: usize = 64;

/// `ANNOUNCE|nodeID|host|port|groupID|isLeader`: a member, as it tells of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announce {
    /// What it calls itself: 1 to 64 bytes, of letters, digits, `-`, `_` and `.`.
    pub id: String,
    /// Its host. Names are not looked up: whoever can announce could have us ask for any.
    pub host: IpAddr,
    /// The port of its host.
    pub port: u16,
    /// Which group it is in.
    pub group: u32,
    /// Whether it leads the group.
    pub is_leader: bool,
}

/// A text is no announcement.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no `ANNOUNCE|nodeID|host|port|groupID|isLeader`: {0}")]
pub struct NotAnAnnounce(&'static str);

impl Announce {
    /// Where the member listens.
    pub fn address(&self) -> SocketAddr {
        SocketAddr::new(self.host, self.port)
    }

    /// Reads a datagram; a line's end after it does no harm.
    ///
    /// # Errors
    ///
    /// [`NotAnAnnounce`], which says what is wrong.
    pub fn read(datagram: &[u8]) -> Result<Self, NotAnAnnounce> {
        if datagram.len() > MAX_DATAGRAM {
            return Err(NotAnAnnounce("it is too long"));
        }
        let text = str::from_utf8(datagram).map_err(|_| NotAnAnnounce("it is not UTF-8"))?;
        text.trim_end_matches(['\r', '\n']).parse()
    }
}

impl FromStr for Announce {
    type Err = NotAnAnnounce;

    fn from_str(text: &str) -> Result<Self, NotAnAnnounce> {
        let fields: Vec<_> = text.split('|').collect();
        let ["ANNOUNCE", id, host, port, group, is_leader] = fields[..] else {
            return Err(NotAnAnnounce("it has other fields"));
        };
        let is_named = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        if !(1..=MAX_ID).contains(&id.len()) || !id.bytes().all(is_named) {
            return Err(NotAnAnnounce("the name is not 1 to 64 letters, digits, -, _ and ."));
        }
        let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if !number(port) || !number(group) {
            return Err(NotAnAnnounce("port and group are numbers"));
        }
        Ok(Self {
            id: id.to_owned(),
            host: host.parse().map_err(|_| NotAnAnnounce("the host is no IP address"))?,
            port: match port.parse() {
                Ok(0) | Err(_) => return Err(NotAnAnnounce("the port is not 1 to 65535")),
                Ok(port) => port,
            },
            group: group.parse().map_err(|_| NotAnAnnounce("the group has more than 32 bits"))?,
            is_leader: match is_leader {
                "true" => true,
                "false" => false,
                _ => return Err(NotAnAnnounce("whether it leads is `true` or `false`")),
            },
        })
    }
}

impl fmt::Display for Announce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, host, port, group, is_leader } = self;
        write!(f, "ANNOUNCE|{id}|{host}|{port}|{group}|{is_leader}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_text_is_that_of_the_document() {
        let text = "ANNOUNCE|a1b2c3d4|127.0.0.1|8000|0|true";
        let announce = Announce::read(text.as_bytes()).unwrap();
        assert_eq!(announce.address(), "127.0.0.1:8000".parse().unwrap());
        assert_eq!((announce.group, announce.is_leader), (0, true));
        assert_eq!(announce.to_string(), text);
        assert_eq!(Announce::read(b"ANNOUNCE|a1b2c3d4|127.0.0.1|8000|0|true\r\n"), Ok(announce));
    }

    #[test]
    fn what_is_no_announcement_says_why() {
        for (text, why) in [
            ("", "it has other fields"),
            ("ANNOUNCE|a|127.0.0.1|1|0|true|", "it has other fields"),
            ("ANNOUNCE||127.0.0.1|1|0|true", "the name is not 1 to 64 letters, digits, -, _ and ."),
            (
                "ANNOUNCE|a\n|127.0.0.1|1|0|true",
                "the name is not 1 to 64 letters, digits, -, _ and .",
            ),
            ("ANNOUNCE|a|example.org|1|0|true", "the host is no IP address"),
            ("ANNOUNCE|a|127.0.0.1|65536|0|true", "the port is not 1 to 65535"),
            ("ANNOUNCE|a|127.0.0.1|0|0|true", "the port is not 1 to 65535"),
            ("ANNOUNCE|a|127.0.0.1|+1|0|true", "port and group are numbers"),
            ("ANNOUNCE|a|127.0.0.1|1|-1|true", "port and group are numbers"),
            ("ANNOUNCE|a|127.0.0.1|1|4294967296|true", "the group has more than 32 bits"),
            ("ANNOUNCE|a|127.0.0.1|1|0|yes", "whether it leads is `true` or `false`"),
        ] {
            assert_eq!(Announce::read(text.as_bytes()), Err(NotAnAnnounce(why)), "{text}");
        }
        assert!(Announce::read(b"ANNOUNCE|\xff|127.0.0.1|1|0|true").is_err());
        assert!(Announce::read(&[b'a'; MAX_DATAGRAM + 1]).is_err());
    }

    proptest! {
        #[test]
        fn whatever_comes_is_read_or_refused(bytes: Vec<u8>, text in "ANNOUNCE(\\|[a-z0-9.]{0,4}){0,6}") {
            for bytes in [&bytes[..], text.as_bytes()] {
                if let Ok(announce) = Announce::read(bytes) {
                    prop_assert_eq!(announce.to_string().parse(), Ok(announce));
                }
            }
        }
    }
}
