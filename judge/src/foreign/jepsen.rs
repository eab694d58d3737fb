//! Operations as maps, as Jepsen, Knossos, Maelstrom and porcupine's `kv` files have them.

use super::{
    Mistake, Place,
    edn::{Datum, Entry, Reader, shortened},
    event::{Event, Function, Kind, listed},
    source::Source,
};
use scenarios::nearest;
use std::io::Read;

/// The keys of an operation that say something here.
const WANTED: [&str; 6] = ["process", "type", "f", "key", "value", "error"];

/// Gives every event of a text in EDN to `take`: maps one after the other, or in a vector.
/// Tells how many events are those of others than clients.
pub(super) fn events<R: Read>(
    source: &mut Source<R>,
    mut take: impl FnMut(Event) -> Result<(), Mistake>,
) -> Result<usize, Mistake> {
    let mut reader = Reader::new(source);
    let mut others = 0;
    // The vector that is open: where it opens, and what closes it.
    let mut open: Option<(Place, u8)> = None;
    loop {
        let next = reader.blanks()?;
        let place = reader.source.place();
        match (next, open) {
            (None, None) => return Ok(others),
            (None, Some((opened, _))) => return Err(reader.ends_within(opened)),
            (Some(b'['), None) => open = Some((place, b']')),
            (Some(b'('), None) => open = Some((place, b')')),
            (Some(byte), Some((_, closing))) if byte == closing => open = None,
            (Some(b'{'), _) => {
                let entries = reader.entries(&WANTED)?;
                match event(place, entries)? {
                    Some(event) => take(event)?,
                    None => others += 1,
                }
                continue;
            }
            (Some(b'#'), _) => {
                tag(&mut reader, place)?;
                continue;
            }
            _ => return Err(no_operation(place)),
        }
        reader.source.next()?;
    }
}

/// Passes over the tag of an operation, or over a form that is left out.
fn tag<R: Read>(reader: &mut Reader<'_, R>, place: Place) -> Result<(), Mistake> {
    reader.source.next()?;
    match reader.source.peek()? {
        Some(b'_') => {
            reader.source.next()?;
            reader.datum()?;
            Ok(())
        }
        Some(byte) if byte.is_ascii_alphabetic() || byte == b':' => {
            while reader.source.peek()?.is_some_and(|byte| !b"{[( \t\r\n".contains(&byte)) {
                reader.source.next()?;
            }
            Ok(())
        }
        _ => Err(no_operation(place)),
    }
}

fn no_operation(place: Place) -> Mistake {
    Mistake::new(
        place,
        "this is no operation",
        "an operation, which is a map, would stand here",
        "write {:process 0, :type :invoke, :f :read, :value nil}, one after the other or in [ ]",
    )
}

/// The fields of one operation.
struct Fields {
    place: Place,
    entries: Vec<Entry>,
}

impl Fields {
    fn take(&mut self, name: &str) -> Option<Entry> {
        let at = self.entries.iter().position(|entry| entry.name == name)?;
        Some(self.entries.swap_remove(at))
    }

    fn required(&mut self, name: &str) -> Result<Entry, Mistake> {
        self.take(name).ok_or_else(|| {
            Mistake::new(
                self.place,
                format!("an operation has no `:{name}`"),
                "this one",
                "it needs `:process`, `:type` and `:f`",
            )
        })
    }
}

/// The event that a map tells of; `None` if it tells of a nemesis.
fn event(place: Place, entries: Vec<Entry>) -> Result<Option<Event>, Mistake> {
    let mut fields = Fields { place, entries };
    let Some(process) = process(&fields.required("process")?)? else { return Ok(None) };
    let kind = kind(&fields.required("type")?)?;
    let f = fields.required("f")?;
    let name = f.value.name().ok_or_else(|| {
        let message = format!("`:f` is {}, which is no name", shortened(&f.value.to_string()));
        Mistake::new(f.place, message, "what it does", "write `:f :read`")
    })?;
    let function = Function::named(name).ok_or_else(|| Function::unknown(name, f.place))?;
    let is_of_store = is_of_store(name);
    let key = fields.take("key").map(|entry| entry.value).filter(|key| *key != Datum::Nil);
    let value = fields.take("value").map_or(Datum::Nil, |entry| entry.value);
    let error = fields.take("error").map(|entry| entry.value).filter(|e| *e != Datum::Nil);
    Ok(Some(Event { place, process, kind, function, key, value, error, is_of_store }))
}

/// Whether a name is one that key-value stores use, and registers do not.
pub(super) fn is_of_store(name: &str) -> bool {
    matches!(name, "get" | "put" | "append")
}

/// The number of a client; `None` for a nemesis, which has a name.
fn process(entry: &Entry) -> Result<Option<u64>, Mistake> {
    match &entry.value {
        Datum::Word(word) if word.starts_with(':') => return Ok(None),
        Datum::Number(number) => {
            if let Ok(number) = number.parse() {
                return Ok(Some(number));
            }
        }
        _ => {}
    }
    let said = shortened(&entry.value.to_string());
    Err(Mistake::new(
        entry.place,
        format!("`:process` is {said}, which names no client"),
        "who does it",
        "a client is a whole number from 0 up, and a nemesis a keyword such as `:nemesis`",
    ))
}

fn kind(entry: &Entry) -> Result<Kind, Mistake> {
    let said = entry.value.to_string();
    let name = entry.value.name().unwrap_or(&said);
    Kind::named(name).ok_or_else(|| {
        let help = match nearest(name, &Kind::NAMES) {
            Some(nearest) => format!("did you mean `:{nearest}`?"),
            None => format!("it is one of {}", listed(&Kind::NAMES)),
        };
        let message = format!("`:type` is {}, which is unknown", shortened(&said));
        Mistake::new(entry.place, message, "an invocation, or what came of it", help)
    })
}
