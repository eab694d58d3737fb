//! What is no history is refused, with its line and a mend.

use super::*;
use crate::foreign::{Place, edn::Reader, source::Source};
use std::io::{self, Read};

/// Asserts that a text is refused on a line, with these words.
#[track_caller]
fn wrong(text: impl AsRef<[u8]>, line: u64, words: &str) {
    let mistake = refused(text);
    let said = mistake.to_string();
    assert!(said.contains(words), "{words:?} is not in {said:?}");
    assert_eq!(mistake.place().line, line, "{said}");
    assert!(!mistake.help().is_empty() && !mistake.label().is_empty(), "{said}");
}

/// Two lines of EDN that are right; what follows them stands on line 3.
const RIGHT: &str = "{:process 0, :type :invoke, :f :write, :value 1}
{:process 0, :type :ok, :f :write, :value 1}\n";

/// The same in columns.
const COLUMNS: &str = "0\t:invoke\t:write\t1\n0\t:ok\t:write\t1\n";

#[track_caller]
fn wrong_third(third: &str, words: &str) {
    of(RIGHT);
    wrong(format!("{RIGHT}{third}"), 3, words);
}

#[track_caller]
fn wrong_column(third: &str, words: &str) {
    of(COLUMNS);
    wrong(format!("{COLUMNS}{third}"), 3, words);
}

#[test]
fn events_that_do_not_follow_each_other() {
    wrong_third("{:process 0, :type :ok, :f :read, :value 1}", "that it did not begin");
    wrong_third("{:process 3, :type :info, :f :read, :value 1}", "process 3 completes");
    let open = "{:process 1, :type :invoke, :f :read, :value nil}";
    let twice = format!("{RIGHT}{open}\n{open}");
    wrong(twice, 4, "two open operations, the other since line 3");
    let other = |fields: &str| format!("{RIGHT}{open}\n{{:process 1, :type :ok, {fields}}}");
    wrong(other(":f :write, :value 1"), 4, "a `:write` where a `:read` is open");
    let cas = "{:process 1, :type :invoke, :f :cas, :value [1 2]}";
    let ok = "{:process 1, :type :ok, :f :cas, :value [1 3]}";
    wrong(format!("{RIGHT}{cas}\n{ok}"), 4, "of [1 3] where [1 2] was given");
    let of_key = |kind: &str, key: u8, value: &str| {
        format!("{{:process 1, :type {kind}, :f :read, :value [{key} {value}]}}\n")
    };
    let keyed = of_key(":invoke", 1, "nil");
    of(&format!("{keyed}{}", of_key(":ok", 1, "5")));
    wrong(format!("{keyed}{}", of_key(":ok", 2, "5")), 2, "of the key 2 where 1 was asked");
}

#[test]
fn operations_that_are_not_known() {
    wrong_third("{:process 0, :type :invoke, :f :txn, :value nil}", "`:txn` is not known");
    wrong_third("{:process 0, :type :begin, :f :read}", "`:type` is :begin");
    wrong_third("{:process -1, :type :invoke, :f :read}", "`:process` is -1");
    wrong_third("{:process 1.5, :type :invoke, :f :read}", "names no client");
    wrong_third("{:process nil, :type :invoke, :f :read}", "names no client");
    wrong_third("{:type :invoke, :f :read}", "no `:process`");
    wrong_third("{:process 0, :f :read}", "no `:type`");
    wrong_third("{:process 0, :type :invoke}", "no `:f`");
    wrong_third("{:process 0, :type :invoke, :f 3}", "which is no name");
    wrong_third("{:process 0, :type :invoke, :type :ok, :f :read}", "stands twice");
    wrong_third("{:process 0, :type :invoke, :f :cas, :value 3}", "without what it expects");
    wrong_third("{:process 0, :type :invoke, :f :cas, :value [1 nil]}", "to nil");
    wrong_third("{:process 0, :type :invoke, :f :append, :value 3}", "no text");
    let near = refused("{:process 0, :type :invoke, :f :raed, :value nil}");
    assert_eq!(near.help(), "did you mean `:read`?");
    assert_eq!(near.place(), Place { line: 1, column: 31, offset: 30 });
}

#[test]
fn what_a_model_does_not_have() {
    let text = "{:process 0, :type :invoke, :f :cas, :value [1 2]}";
    let model = |model| Asked { model: Some(model), ..Asked::default() };
    asked(text, &model(Model::CasRegister));
    let refused = |of| read(text.as_bytes(), &model(of), Limits::default()).unwrap_err();
    assert!(refused(Model::Register).message().contains("`register` has no operation `:cas`"));
    assert!(refused(Model::Map).message().contains("without what it expects"));
    let keyed = "{:process 0, :type :invoke, :f :get, :key 1, :value nil}";
    asked(keyed, &model(Model::Kv));
    let mistake = read(keyed.as_bytes(), &model(Model::Register), Limits::default());
    assert!(mistake.unwrap_err().message().contains("there is one register"));
}

#[test]
fn keys_that_are_there_and_not_there() {
    let keyed = "{:process 0, :type :invoke, :f :write, :value [1 2]}\n";
    let not = "{:process 1, :type :invoke, :f :write, :value 2}";
    wrong(format!("{keyed}{not}"), 2, "names no key, and others do");
    let field = "{:process 0, :type :invoke, :f :write, :key 1, :value 2}\n";
    wrong(format!("{field}{not}"), 2, "names no key, and others do");
}

#[test]
fn truncated_texts() {
    let whole = format!("[{RIGHT}{{:process 0, :type :invoke, :f :write, :value \"a b\"}}]");
    of(&whole);
    let first = whole.find("invoke").unwrap();
    for end in first..whole.len() {
        let mistake = refused(&whole[..end]);
        assert!(mistake.message().contains("is not closed"), "{end}: {mistake}");
        let last = whole[..end].matches('\n').count() as u64 + 1;
        assert_eq!(mistake.place().line, last, "{end}: {mistake}");
    }
    wrong_third("{:process 0, :type :inv", "is not closed");
    let columns = "INFO  jepsen.util - 0\t:invoke\t:cas\t[1 2]";
    of(columns);
    for end in columns.find('0').unwrap() + 1..columns.len() {
        let line = format!("{COLUMNS}{}", &columns[..end]);
        assert_eq!(refused(line).place().line, 3, "{}", &columns[..end]);
    }
}

#[test]
fn lines_that_look_like_operations() {
    wrong_column("0\t:invoke\t:raed\tnil", "`:raed` is not known");
    wrong_column("0\t:invok\t:read\tnil", "`:invok` is no type");
    wrong_column("INFO jepsen.util - x7 :invoke :read nil", "`x7` names no client");
    wrong_column("INFO jepsen.util - 7 invoke :read nil", "`invoke` is no type");
    wrong_column("0\t:invoke\t:read", "no value");
    wrong_column("0\t:invoke\t:cas\t[1", "is not closed");
    wrong_column("0\t:invoke\t:write\t1 2", "something follows the value");
    wrong_column("0\t:ok\t:write\t1", "that it did not begin");
    let near = refused(format!("{COLUMNS}0\t:invok\t:read\tnil"));
    assert_eq!((near.help(), near.place().column), ("did you mean `:invoke`?", 3));
}

#[test]
fn texts_that_are_no_histories() {
    wrong("", 1, "no operation of a client");
    wrong("  \n\n", 3, "no operation of a client");
    wrong("[]", 1, "no operation of a client");
    wrong("; nothing\n", 2, "no operation of a client");
    wrong(b"; caf\xe9", 1, "not UTF-8");
    of(&format!("; {}\n{RIGHT}", "long ".repeat(20_000)));
    wrong("Dear all,\nsee below.\n", 1, "no history of a known format");
    wrong("# A title\n", 1, "no history of a known format");
    wrong("{\"process\": 0}\n", 1, "no history of a known format");
    wrong("file,format\na.log,etcd\n", 1, "no history of a known format");
    wrong(b"\x00\x01", 1, "there is a byte 0x00");
    wrong(b"\x7fELF\x02", 1, "there is a byte 0x7f");
    wrong(b"\x1f\x8b\x08\x00", 1, "a compressed file");
    wrong(b"\xff\xfe[\x00", 1, "UTF-16");
    wrong(format!("{RIGHT}\u{7}").as_bytes(), 3, "there is a byte 0x07");
    let mut broken = RIGHT.as_bytes().to_vec();
    broken.extend(b"; caf\xe9 \n");
    wrong(broken, 3, "not UTF-8");
    wrong([RIGHT.as_bytes(), b"\xe2\x82"].concat(), 3, "not UTF-8");
    wrong_third("0 :invoke :read nil", "this is no operation");
    wrong_third("]", "this is no operation");
    wrong_third("{:process 0, :type}", "has no value");
    wrong_third("{:process 12a}", "`12a` is no number");
    wrong_third("{:process \"\\q\"}", "unknown escape");
    wrong_third("{:process @x}", "has no meaning here");
    wrong_third("{:a ]}", "closes what was not opened");
}

/// A text without end, which says how much of it was read.
struct Endless<'a> {
    text: &'a [u8],
    at: usize,
    read: u64,
}

impl<'a> Endless<'a> {
    fn new(text: &'a [u8]) -> Self {
        Self { text, at: 0, read: 0 }
    }
}

impl Read for Endless<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        for byte in buffer.iter_mut() {
            *byte = self.text[self.at];
            self.at = (self.at + 1) % self.text.len();
        }
        self.read += buffer.len() as u64;
        Ok(buffer.len())
    }
}

/// What stops a text without end under small limits; it stops soon.
#[track_caller]
fn stopped(text: &[u8], words: &str) {
    let limits = Limits {
        bytes: 1 << 20,
        operations: 100,
        line_bytes: 1000,
        operation_bytes: 1000,
        value_bytes: 100_000,
        ..Limits::default()
    };
    let mut endless = Endless::new(text);
    let mistake = read(&mut endless, &Asked::default(), limits).unwrap_err();
    assert!(mistake.message().contains(words), "{mistake}");
    assert!(endless.read <= (1 << 20) + (64 << 10), "{} bytes", endless.read);
}

#[test]
fn texts_without_end() {
    stopped(b"\x00", "there is a byte 0x00");
    stopped(b"\n", "longer than 1 MiB");
    stopped(b"; nothing\n{:process :nemesis, :type :info, :f :kill}\n", "longer than 1 MiB");
    stopped(b"{", "more than 64 brackets");
    stopped(b"[", "no history of a known format");
    stopped(b"[{:a [", "more than 64 brackets");
    stopped(b"#_ ", "more than 64 brackets");
    stopped(b"{:process 0, :value \"aaaa", "more than 1000 bytes");
    stopped(b"{:process 0, :value aaaa", "more than 1000 bytes");
    stopped(b"0 :invoke :write 1\n0 :info :write 1\n", "more than 100 operations");
    let long = format!("0 :invoke :write 1\n0 :info :write 1\n{}", "x".repeat(3000));
    stopped(long.as_bytes(), "a line is longer than 1000 bytes");
    let value = "x".repeat(900);
    let op = |kind| format!("{{:process 0, :type {kind}, :f :write, :value \"{value}\"}}");
    let values = op(":invoke") + &op(":info");
    let limits = Limits { value_bytes: 10_000, ..Limits::default() };
    let mistake = read(Endless::new(values.as_bytes()), &Asked::default(), limits).unwrap_err();
    assert!(mistake.message().contains("keys and values"), "{mistake}");
}

#[test]
fn a_hundred_megabytes_on_one_line_are_read_if_they_are_operations() {
    let pair = RIGHT.replace('\n', " ");
    let many = 5_000;
    let history = of(&format!("[{}]", pair.repeat(many)));
    assert_eq!(history.operations, many);
}

#[test]
fn an_error_of_the_file_is_told_with_its_place() {
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk is gone"))
        }
    }
    let input = RIGHT.as_bytes().chain(Failing);
    let mistake = read(input, &Asked::default(), Limits::default()).unwrap_err();
    assert_eq!(mistake.place().line, 3);
    assert!(mistake.message().contains("the disk is gone"), "{mistake}");
}

#[test]
fn places_count_characters() {
    let mut source = Source::within("\"né\" ]", Place::START, Limits::default());
    let mut reader = Reader::new(&mut source);
    reader.datum().unwrap();
    let mistake = reader.datum().unwrap_err();
    assert_eq!(mistake.place(), Place { line: 1, column: 6, offset: 6 });
}
