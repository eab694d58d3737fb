//! A matrix as a picture: a row a scenario, a column a system, a tile a property.
//!
//! Verdicts differ in lightness and in sign, so that the picture reads well without colour.

use super::{
    ChartError, WIDTH,
    canvas::{Align, Canvas, DARK, FAINT, Failure, Font, GRID, INK, LABEL, MIDDLE, Point, Shape},
    frame::{LEGEND_Y, Sample, fit, heading, legend},
    picture::{self, Drawing},
};
use crate::matrix::{Cell, Content, Finding, Leaves, Matrix, Row, Standing};
use plotters::{
    backend::DrawingBackend,
    style::{RGBColor, WHITE},
};

const LEFT: f64 = 20.0;
const RIGHT: f64 = WIDTH as f64 - 28.0;
/// The second row of the legend: what the letters stand for.
const KEY_Y: f64 = LEGEND_Y + 27.0;
const TOP: f64 = KEY_Y;
const HEADS: f64 = 62.0;
const GROUP: f64 = 38.0;
const ROW: f64 = 26.0;
const FOOT: f64 = 24.0;
/// No scenario's name is wider than this.
const NAME: f64 = 300.0;
/// No column is wider than this.
const COLUMN: f64 = 170.0;
/// The blank between two cells, and between two tiles.
const GAP: f64 = 10.0;
const SEAM: f64 = 1.0;

const HEAD: Font = Font { size: 15.0, bold: true };
const GROUP_NAME: Font = Font { size: 13.0, bold: true };
const LETTER: Font = Font { size: 12.0, bold: false };
const SIGN: Font = Font { size: 15.0, bold: true };
/// Light enough for every other colour to be told from it in grey.
const PALE: RGBColor = RGBColor(0xc4, 0xe2, 0xf4);

/// How a tile looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Tile {
    fill: RGBColor,
    mark: Mark,
    ink: RGBColor,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Mark {
    None,
    Cross,
    Text(&'static str),
}

const HOLDS: Tile = Tile { fill: PALE, mark: Mark::None, ink: INK };
const VIOLATED: Tile = Tile { fill: MIDDLE, mark: Mark::Cross, ink: WHITE };
const NOT_APPLICABLE: Tile = Tile { fill: WHITE, mark: Mark::None, ink: INK };
const UNKNOWN: Tile = Tile { fill: GRID, mark: Mark::Text("?"), ink: INK };
const NOT_HELD: Tile = Tile { fill: DARK, mark: Mark::Text("!"), ink: WHITE };
const NOT_SHOWN: Tile = Tile { fill: PALE, mark: Mark::Text("!"), ink: INK };
const NOT_KNOWN: Tile = Tile { fill: GRID, mark: Mark::Text("!?"), ink: INK };

/// Draws a matrix as PNG.
pub(crate) fn png(matrix: &Matrix) -> Result<Vec<u8>, ChartError> {
    picture::png(&HeatMap::of(matrix))
}

/// Draws a matrix as SVG.
pub(crate) fn svg(matrix: &Matrix) -> Result<String, ChartError> {
    picture::svg(&HeatMap::of(matrix))
}

struct HeatMap<'a> {
    matrix: &'a Matrix,
    letters: Vec<char>,
    /// The rows by what the faults leave of the cluster; no group is empty.
    groups: Vec<(Option<Leaves>, Vec<&'a Row>)>,
}

/// Where the columns are.
struct Grid {
    names_right: f64,
    column: f64,
    tile: f64,
}

impl Grid {
    /// The left edge of a column's first tile.
    fn x(&self, column: usize) -> f64 {
        self.names_right + GAP + self.column * column as f64
    }

    /// The left and right edges of a tile.
    fn tile(&self, column: usize, position: usize) -> (f64, f64) {
        let left = self.x(column) + self.tile * position as f64;
        (left, left + self.tile - SEAM)
    }

    /// The left and right edges of a column's cells.
    fn cell(&self, column: usize) -> (f64, f64) {
        (self.x(column), self.x(column) + self.column - GAP)
    }
}

impl Drawing for HeatMap<'_> {
    fn name(&self) -> &'static str {
        "matrix"
    }

    fn size(&self) -> (u32, u32) {
        let rows: usize = self.groups.iter().map(|(_, rows)| rows.len()).sum();
        let groups = GROUP * self.groups.len() as f64;
        let height = TOP + HEADS + groups + ROW * rows as f64 + FOOT;
        (WIDTH, height.ceil() as u32)
    }

    fn draw<B: DrawingBackend>(&self, canvas: &Canvas<'_, B>) -> Result<(), Failure> {
        heading(canvas, &self.matrix.finding(), &self.matrix.scope())?;
        legend(canvas, &self.entries())?;
        let key = self.matrix.key().join("   ") + "   -   no tiles: no expectation is stated";
        let key = fit(canvas, &key, LABEL, RIGHT - LEFT);
        canvas.text(&key, (LEFT, KEY_Y), LABEL, INK, Align::Left)?;
        let grid = self.grid(canvas);
        self.draw_heads(canvas, &grid)?;
        let mut y = TOP + HEADS;
        for (group, rows) in &self.groups {
            self.draw_group(canvas, &grid, *group, y)?;
            y += GROUP;
            for row in rows {
                self.draw_row(canvas, &grid, row, y)?;
                y += ROW;
            }
        }
        Ok(())
    }
}

impl<'a> HeatMap<'a> {
    fn of(matrix: &'a Matrix) -> Self {
        let group = |group: Option<Leaves>| {
            let belongs = |row: &&Row| row.leaves() == group;
            (group, matrix.rows.iter().filter(belongs).collect())
        };
        let known = Leaves::ALL.into_iter().map(Some);
        let groups = known.chain([None]).map(group);
        let groups = groups.filter(|(_, rows): &(_, Vec<&Row>)| !rows.is_empty()).collect();
        Self { matrix, letters: matrix.letters(), groups }
    }

    fn grid<B: DrawingBackend>(&self, canvas: &Canvas<'_, B>) -> Grid {
        let names = self.matrix.rows.iter().map(|row| canvas.width(&row.scenario, LABEL));
        let groups = self.groups.iter().map(|(group, _)| canvas.width(words(*group), GROUP_NAME));
        let names_right = LEFT + names.chain(groups).fold(0.0, f64::max).min(NAME);
        let columns = self.matrix.systems.len().max(1) as f64;
        let column = ((RIGHT - names_right - GAP) / columns).min(COLUMN);
        let tile = (column - GAP + SEAM) / self.letters.len().max(1) as f64;
        Grid { names_right, column, tile }
    }

    fn draw_heads<B: DrawingBackend>(
        &self,
        canvas: &Canvas<'_, B>,
        grid: &Grid,
    ) -> Result<(), Failure> {
        for (column, system) in self.matrix.systems.iter().enumerate() {
            let (left, right) = grid.cell(column);
            let lines = broken(canvas, system, right - left);
            let middle = (left + right) / 2.0;
            let first = TOP + HEADS - 6.0 - 18.0 * (lines.len() - 1) as f64;
            for (number, line) in lines.iter().enumerate() {
                let line = fit(canvas, line, HEAD, grid.column - 4.0);
                let at = (middle, first + 18.0 * number as f64);
                canvas.text(&line, at, HEAD, INK, Align::Middle)?;
            }
        }
        Ok(())
    }

    fn draw_group<B: DrawingBackend>(
        &self,
        canvas: &Canvas<'_, B>,
        grid: &Grid,
        group: Option<Leaves>,
        top: f64,
    ) -> Result<(), Failure> {
        let y = top + GROUP - 12.0;
        let end = grid.cell(self.matrix.systems.len().saturating_sub(1)).1;
        canvas.line(&[(LEFT, top + GROUP - 1.0), (end, top + GROUP - 1.0)], FAINT, 1.0, &[])?;
        let name = fit(canvas, words(group), GROUP_NAME, NAME);
        canvas.text(&name, (LEFT, y), GROUP_NAME, FAINT, Align::Left)?;
        for column in 0..self.matrix.systems.len() {
            for (position, letter) in self.letters.iter().enumerate() {
                let (left, right) = grid.tile(column, position);
                let at = ((left + right) / 2.0, y);
                canvas.text(&letter.to_string(), at, LETTER, FAINT, Align::Middle)?;
            }
        }
        Ok(())
    }

    fn draw_row<B: DrawingBackend>(
        &self,
        canvas: &Canvas<'_, B>,
        grid: &Grid,
        row: &Row,
        top: f64,
    ) -> Result<(), Failure> {
        let name = fit(canvas, &row.scenario, LABEL, NAME);
        canvas.text(&name, (LEFT, top + ROW / 2.0 + 1.0), LABEL, INK, Align::Left)?;
        let end = grid.cell(self.matrix.systems.len().saturating_sub(1)).1;
        canvas.line(&[(LEFT, top + ROW), (end, top + ROW)], GRID, 1.0, &[])?;
        for (column, cell) in row.cells.iter().enumerate() {
            if let Some(cell) = cell {
                draw_cell(canvas, grid, cell, column, (top + 3.0, top + ROW - 2.0))?;
            }
        }
        Ok(())
    }

    /// The entries of the legend: the usual ones, and those unusual ones that occur.
    fn entries(&self) -> Vec<(Sample, String)> {
        let findings = || self.matrix.cells().flat_map(|(_, _, cell)| findings(cell));
        let shown = |wanted: Tile| findings().any(|finding| tile(finding) == wanted);
        let entries = [
            (true, HOLDS, "holds"),
            (true, VIOLATED, "violated"),
            (shown(NOT_APPLICABLE), NOT_APPLICABLE, "no such thing"),
            (shown(UNKNOWN), UNKNOWN, "unknown"),
            (shown(NOT_HELD), NOT_HELD, "violated, should hold"),
            (shown(NOT_SHOWN), NOT_SHOWN, "holds, should not"),
            (shown(NOT_KNOWN), NOT_KNOWN, "unknown, should not be"),
        ];
        let tiles = entries.into_iter().filter(|(is_shown, ..)| *is_shown);
        let mut entries: Vec<_> =
            tiles.map(|(_, tile, words)| (Sample::Tile(tile), words.to_owned())).collect();
        if !self.matrix.as_expected() {
            entries.push((Sample::Frame, "not as expected".to_owned()));
        }
        entries
    }
}

/// What happens in a group of scenarios.
fn words(group: Option<Leaves>) -> &'static str {
    group.map_or("what fails is not known", Leaves::words)
}

fn findings(cell: &Cell) -> &[Finding] {
    match &cell.content {
        Content::Judged { findings, .. } => findings,
        Content::Panicked(_) => &[],
    }
}

fn tile(finding: &Finding) -> Tile {
    match (finding.standing, finding.as_expected()) {
        (Standing::NotApplicable, true) => NOT_APPLICABLE,
        (Standing::NotApplicable, false) => NOT_KNOWN,
        (Standing::Holds, true) => HOLDS,
        (Standing::Violated, true) => VIOLATED,
        (Standing::Unknown, true) => UNKNOWN,
        (Standing::Violated, false) => NOT_HELD,
        (Standing::Holds, false) => NOT_SHOWN,
        (Standing::Unknown, false) => NOT_KNOWN,
    }
}

fn draw_cell<B: DrawingBackend>(
    canvas: &Canvas<'_, B>,
    grid: &Grid,
    cell: &Cell,
    column: usize,
    (top, bottom): (f64, f64),
) -> Result<(), Failure> {
    let (left, right) = grid.cell(column);
    let around = [(left - 4.0, top - 2.0), (right + 4.0, bottom + 2.0)];
    if !cell.as_expected() {
        frame(canvas, around)?;
    }
    match &cell.content {
        Content::Panicked(_) => {
            canvas.rectangle(around, DARK, 1.0)?;
            let middle = ((left + right) / 2.0, (top + bottom) / 2.0);
            let word = fit(canvas, "panicked", HEAD, right - left);
            canvas.text(&word, middle, HEAD, WHITE, Align::Middle)?;
        }
        Content::Judged { findings, .. } => {
            for (position, finding) in findings.iter().enumerate() {
                let (left, right) = grid.tile(column, position);
                tile(finding).draw(canvas, [(left, top), (right, bottom)])?;
            }
        }
    }
    Ok(())
}

/// A thick frame, for what is not as expected.
pub(super) fn frame<B: DrawingBackend>(
    canvas: &Canvas<'_, B>,
    corners: [Point; 2],
) -> Result<(), Failure> {
    const THICK: f64 = 2.5;
    let [(left, top), (right, bottom)] = corners;
    canvas.rectangle(corners, DARK, 1.0)?;
    let inner = [(left + THICK, top + THICK), (right - THICK, bottom - THICK)];
    canvas.rectangle(inner, WHITE, 1.0)
}

impl Tile {
    /// Draws it into a rectangle.
    pub(super) fn draw<B: DrawingBackend>(
        self,
        canvas: &Canvas<'_, B>,
        corners: [Point; 2],
    ) -> Result<(), Failure> {
        canvas.rectangle(corners, self.fill, 1.0)?;
        let [(left, top), (right, bottom)] = corners;
        let middle = ((left + right) / 2.0, (top + bottom) / 2.0);
        match self.mark {
            Mark::None => Ok(()),
            Mark::Cross => canvas.marker(Shape::Cross, middle, 9.0, self.ink),
            Mark::Text(text) => canvas.text(text, middle, SIGN, self.ink, Align::Middle),
        }
    }
}

/// A system's name in as many lines as it needs, broken at its hyphens.
fn broken<B: DrawingBackend>(canvas: &Canvas<'_, B>, name: &str, room: f64) -> Vec<String> {
    let mut lines = vec![String::new()];
    for piece in name.split_inclusive('-') {
        let last = lines.last_mut().expect("never empty");
        if last.is_empty() || canvas.width(&format!("{last}{piece}"), HEAD) <= room {
            last.push_str(piece);
        } else {
            lines.push(piece.to_owned());
        }
    }
    lines
}
