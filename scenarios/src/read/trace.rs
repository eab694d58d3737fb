//! `trace` of a workload: its operations from a table of comma-separated values.

use super::{
    csv::{self, Field, Row},
    item::Item,
    scope::Scope,
};
use crate::{MAX_DURATION, PlannedOperation, suggest, words};
use node::{
    ClientId, Key, Operation, OperationKind, Value,
    systems::{check_key, check_value},
};
use std::{collections::BTreeSet, time::Duration};

/// The columns, of which the first three must be there.
const COLUMNS: [&str; 6] = ["time", "client", "operation", "key", "value", "expected"];

/// Other words for operations, as tables from elsewhere have them.
const SYNONYMS: [(&str, OperationKind); 5] = [
    ("read", OperationKind::Get),
    ("write", OperationKind::Put),
    ("update", OperationKind::Put),
    ("insert", OperationKind::Put),
    ("remove", OperationKind::Delete),
];

/// After so many mistakes, others are only counted.
const MOST_MISTAKES: usize = 10;

/// What is wrong at a place of the table: the line, the column, what it is, and how it is mended.
type Wrong = (usize, usize, String, String);

/// Reads the table that a text names, for so many clients.
pub(super) fn operations(
    item: Item<'_>,
    scope: &Scope<'_>,
    clients: usize,
) -> Option<Vec<PlannedOperation>> {
    let name = item.text("\"operations.csv\"")?.text;
    let text = match scope.read_beside(name) {
        Ok(text) => text,
        Err(why) => {
            item.mistake(
                format!("the trace `{name}` cannot be read: {why}"),
                "no such table",
                "name a file of comma-separated values, by its path from the folder of this file",
            );
            return None;
        }
    };
    match read(&text, scope, clients) {
        Ok(operations) => Some(operations),
        Err(mut wrong) => {
            let count = wrong.len();
            for (line, column, message, help) in wrong.drain(..).take(MOST_MISTAKES) {
                let message = format!("{name}, line {line}, column {column}: {message}");
                item.mistake(message, "in this table", help);
            }
            if count > MOST_MISTAKES {
                let more = count - MOST_MISTAKES;
                item.mistake(
                    format!("{name}: {more} more lines have a mistake"),
                    "in this table",
                    "mend those that are shown first",
                );
            }
            None
        }
    }
}

fn read(
    text: &str,
    scope: &Scope<'_>,
    clients: usize,
) -> Result<Vec<PlannedOperation>, Vec<Wrong>> {
    let rows = csv::rows(text).map_err(|(line, column)| {
        let help = "a quote within a quoted value is written twice".to_owned();
        vec![(line, column, "a quote is not closed".to_owned(), help)]
    })?;
    let Some((head, rows)) = rows.split_first() else {
        let help = format!("begin with a line `{}`", COLUMNS[..5].join(","));
        return Err(vec![(1, 1, "the table is empty".to_owned(), help)]);
    };
    let columns = columns(head)?;
    let table = Table { columns, scope, clients };
    let mut wrong = Vec::new();
    let mut operations = Vec::with_capacity(rows.len());
    for row in rows {
        match table.operation(row) {
            Ok(operation) => operations.push(operation),
            Err(why) => wrong.push(why),
        }
    }
    wrong.extend(table.not_offered(rows, &operations));
    if wrong.is_empty() { Ok(operations) } else { Err(wrong) }
}

/// The place of each column in a row.
fn columns(head: &Row) -> Result<[Option<usize>; COLUMNS.len()], Vec<Wrong>> {
    let mut places = [None; COLUMNS.len()];
    let mut wrong: Vec<Wrong> = Vec::new();
    for (place, field) in head.fields.iter().enumerate() {
        let name = field.text.to_ascii_lowercase();
        match COLUMNS.iter().position(|column| *column == name) {
            None => wrong.push((
                head.line,
                field.column,
                format!("no column is called `{}`", field.text),
                suggest::mend(&name, &COLUMNS),
            )),
            Some(column) if places[column].is_some() => wrong.push((
                head.line,
                field.column,
                format!("the column `{name}` stands twice"),
                "remove one of the two".to_owned(),
            )),
            Some(column) => places[column] = Some(place),
        }
    }
    for (column, name) in COLUMNS.iter().enumerate().take(3) {
        if places[column].is_none() {
            let help = format!("write `{}` in the first line", COLUMNS[..5].join(","));
            wrong.push((head.line, 1, format!("there is no column `{name}`"), help));
        }
    }
    if wrong.is_empty() { Ok(places) } else { Err(wrong) }
}

/// How the rows are read.
struct Table<'a> {
    columns: [Option<usize>; COLUMNS.len()],
    scope: &'a Scope<'a>,
    clients: usize,
}

impl Table<'_> {
    /// A value of a row; nothing where it is empty, or the row ends before it.
    fn field<'r>(&self, row: &'r Row, name: &str) -> Option<&'r Field> {
        let column = COLUMNS.iter().position(|column| *column == name)?;
        row.fields.get(self.columns[column]?).filter(|field| !field.text.is_empty())
    }

    /// The same, which must be there.
    fn required<'r>(&self, row: &'r Row, name: &str) -> Result<&'r Field, Wrong> {
        self.field(row, name).ok_or_else(|| {
            let last = row.fields.last().map_or(1, |field| field.column);
            let message = format!("the `{name}` is missing");
            (row.line, last, message, format!("write a value in the column `{name}`"))
        })
    }

    fn operation(&self, row: &Row) -> Result<PlannedOperation, Wrong> {
        if row.fields.len() > self.columns.iter().flatten().count() {
            let column = row.fields.last().map_or(1, |field| field.column);
            let message = "the line has more values than the first line has columns".to_owned();
            let help = "put a value that holds a comma in quotes".to_owned();
            return Err((row.line, column, message, help));
        }
        let at = self.time(row)?;
        let client = self.client(row)?;
        let operation = self.asked(row)?;
        Ok(PlannedOperation::new(at, client, operation))
    }

    /// A length of time, or a number of seconds.
    fn time(&self, row: &Row) -> Result<Duration, Wrong> {
        let field = self.required(row, "time")?;
        let seconds = field.text.parse::<f64>().ok();
        let at = match seconds {
            Some(seconds) => Duration::try_from_secs_f64(seconds).ok(),
            None => humantime::parse_duration(&field.text).ok(),
        };
        let Some(at) = at.filter(|at| *at <= MAX_DURATION) else {
            let message = format!("`{}` is not a moment", field.text);
            let help = "write seconds, as in 1.5, or a length of time, as in 20ms".to_owned();
            return Err((row.line, field.column, message, help));
        };
        if let Some(run) = self.scope.run.filter(|run| at > *run) {
            let run = humantime::format_duration(run);
            let message = format!("`{}` lies after the end of the run, which is {run}", field.text);
            let help = "raise `run` in [phases]".to_owned();
            return Err((row.line, field.column, message, help));
        }
        Ok(at)
    }

    /// A session, by its name or its number.
    fn client(&self, row: &Row) -> Result<ClientId, Wrong> {
        let field = self.required(row, "client")?;
        let number = field.text.strip_prefix('c').unwrap_or(&field.text).parse::<u32>();
        match number {
            Ok(number) if (1..=self.clients).contains(&(number as usize)) => {
                Ok(ClientId::new(number))
            }
            Ok(number) => {
                let message = format!("the workload has no client c{number}");
                let help = format!("its clients are c1 to c{}: raise `clients`", self.clients);
                Err((row.line, field.column, message, help))
            }
            Err(_) => {
                let message = format!("`{}` is not a client", field.text);
                Err((row.line, field.column, message, "write c1, or 1".to_owned()))
            }
        }
    }

    fn asked(&self, row: &Row) -> Result<Operation, Wrong> {
        let field = self.required(row, "operation")?;
        let name = field.text.to_ascii_lowercase();
        let kinds = words::operations();
        let kind = words::find(&kinds, &name).or_else(|| words::find(&SYNONYMS, &name));
        let Some(kind) = kind else {
            let names = [words::names(&kinds), words::names(&SYNONYMS)].concat();
            let message = format!("no operation is called `{}`", field.text);
            return Err((row.line, field.column, message, suggest::mend(&name, &names)));
        };
        Ok(match kind {
            OperationKind::ListKeys => Operation::ListKeys,
            OperationKind::Get => Operation::Get { key: self.key(row)? },
            OperationKind::Delete => Operation::Delete { key: self.key(row)? },
            OperationKind::Put => {
                Operation::Put { key: self.key(row)?, value: self.value(row, "value")? }
            }
            OperationKind::CompareAndSet => Operation::CompareAndSet {
                key: self.key(row)?,
                expected: self.field(row, "expected").map(|field| field.text.as_str().into()),
                new: self.value(row, "value")?,
            },
        })
    }

    fn key(&self, row: &Row) -> Result<Key, Wrong> {
        let field = self.required(row, "key")?;
        let key: Key = field.text.as_str().into();
        self.accepted(row, field, "key", |system| check_key(system, &key))?;
        Ok(key)
    }

    fn value(&self, row: &Row, name: &str) -> Result<Value, Wrong> {
        let field = self.required(row, name)?;
        let value: Value = field.text.as_str().into();
        self.accepted(row, field, "value", |system| check_value(system, &value))?;
        Ok(value)
    }

    /// Makes sure that every expected system takes a key or a value.
    fn accepted(
        &self,
        row: &Row,
        field: &Field,
        what: &str,
        check: impl Fn(&str) -> Option<Result<(), &'static str>>,
    ) -> Result<(), Wrong> {
        for system in &self.scope.systems {
            if let Some(Err(why)) = check(system.name) {
                let name = system.name;
                let message = format!("`{name}` refuses this {what}: {why}");
                let help = format!("write another {what}, or remove [expect.{name}]");
                return Err((row.line, field.column, message, help));
            }
        }
        Ok(())
    }

    /// The first of each kind of operations that an expected system does not have.
    fn not_offered(&self, rows: &[Row], operations: &[PlannedOperation]) -> Vec<Wrong> {
        let mut wrong = Vec::new();
        // Without mistakes there is an operation for each row.
        let mut seen = BTreeSet::new();
        for (row, planned) in rows.iter().zip(operations) {
            let kind = planned.operation.kind();
            if operations.len() < rows.len() || !seen.insert(kind) {
                continue;
            }
            for system in self.scope.systems.iter().filter(|it| !it.operations.contains(&kind)) {
                let name = system.name;
                let column = self.field(row, "operation").map_or(1, |field| field.column);
                let message = format!("`{name}` has no operation `{kind}`");
                wrong.push((row.line, column, message, format!("remove it, or [expect.{name}]")));
            }
        }
        wrong
    }
}
