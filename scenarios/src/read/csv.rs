//! Tables of comma-separated values, with the place of each: RFC 4180.

/// A row that is not empty.
pub(super) struct Row {
    /// Counted from 1.
    pub(super) line: usize,
    pub(super) fields: Vec<Field>,
}

/// A value of a row.
pub(super) struct Field {
    pub(super) text: String,
    /// The character of the line at which it begins, counted from 1.
    pub(super) column: usize,
}

/// Reads all rows.
///
/// # Errors
///
/// A quote that is not closed: the line and the column where it stands.
pub(super) fn rows(text: &str) -> Result<Vec<Row>, (usize, usize)> {
    let mut rows = Vec::new();
    // Spreadsheets put a mark before the first letter.
    for (number, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let line = line.trim_end_matches('\r');
        if line.trim().is_empty() {
            continue;
        }
        let line_number = number + 1;
        let fields = fields(line).map_err(|column| (line_number, column))?;
        rows.push(Row { line: line_number, fields });
    }
    Ok(rows)
}

/// The values of a line; the error is the place of a quote that is not closed.
fn fields(line: &str) -> Result<Vec<Field>, usize> {
    let mut letters = line.chars().enumerate().peekable();
    let mut fields = Vec::new();
    loop {
        while letters.next_if(|(_, letter)| *letter == ' ').is_some() {}
        let start = letters.peek().map_or(line.chars().count(), |(place, _)| *place);
        let mut text = String::new();
        if letters.next_if(|(_, letter)| *letter == '"').is_some() {
            loop {
                match letters.next() {
                    None => return Err(start + 1),
                    Some((_, '"')) => match letters.next_if(|(_, letter)| *letter == '"') {
                        Some(_) => text.push('"'),
                        None => break,
                    },
                    Some((_, letter)) => text.push(letter),
                }
            }
        }
        let quoted = !text.is_empty();
        while let Some((_, letter)) = letters.next_if(|(_, letter)| *letter != ',') {
            text.push(letter);
        }
        if !quoted {
            text.truncate(text.trim_end().len());
        }
        fields.push(Field { text, column: start + 1 });
        if letters.next().is_none() {
            return Ok(fields);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(usize, Vec<(String, usize)>)> {
        let field = |field: Field| (field.text, field.column);
        let row = |row: Row| (row.line, row.fields.into_iter().map(field).collect());
        rows(text).unwrap().into_iter().map(row).collect()
    }

    #[test]
    fn values_stand_between_commas_and_may_be_quoted() {
        let text = "\u{feff}a, b,,\"c,\"\"d\"\"\"\r\n\n1,\n";
        let field = |text: &str, column| (text.to_owned(), column);
        let first = vec![field("a", 1), field("b", 4), field("", 6), field("c,\"d\"", 7)];
        let second = vec![field("1", 1), field("", 3)];
        assert_eq!(read(text), [(1, first), (3, second)]);
    }

    #[test]
    fn a_quote_that_is_not_closed_has_its_place() {
        assert_eq!(rows("a\nb, \"c").err(), Some((2, 4)));
    }
}
