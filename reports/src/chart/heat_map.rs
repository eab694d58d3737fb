//! A matrix as a picture: a row a scenario, a column a system.
//!
//! A cell begins with the level of consistency that it shows, in a word, and a tile with a
//! letter follows for whatever else is violated or not as expected. What remains of it is shared
//! out among the other properties: those that hold, those that were not judged, and those that do not
//! apply. Not to answer is no wrong answer, and has a tile of its own; so has a cell in which a flaw
//! of the system is switched on. Tiles differ in lightness, so that the picture reads well without colour.

use super::{
    ChartError, WIDTH,
    canvas::{Align, Canvas, DARK, FAINT, Failure, Font, GRID, INK, LABEL, MIDDLE, Point},
    frame::{LEGEND_Y, Sample, fit, heading, legend, legend_at},
    picture::{self, Drawing},
};
use crate::matrix::{Cell, Content, Finding, Leaves, Level, Matrix, Row, Standing, is_level};
use plotters::{
    backend::DrawingBackend,
    style::{RGBColor, WHITE},
};
use scenarios::Property;

const LEFT: f64 = 20.0;
const RIGHT: f64 = WIDTH as f64 - 28.0;
/// What the words and letters stand for, in rows below the legend.
const KEY_Y: f64 = SECOND_LEGEND_Y + 27.0;
const SECOND_LEGEND_Y: f64 = LEGEND_Y + 26.0;
const KEY_ROW: f64 = 21.0;
/// A row of that is broken before it gets longer, in characters.
const KEY_LENGTH: usize = 145;
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
/// A tile is no wider than this, and the tile of the level as wide.
const TILE: f64 = 15.0;
const LEVEL: f64 = 34.0;

const HEAD: Font = Font { size: 15.0, bold: true };
const GROUP_NAME: Font = Font { size: 13.0, bold: true };
const LETTER: Font = Font { size: 12.0, bold: true };
/// Light enough for every other colour to be told from it in grey.
pub(super) const PALE: RGBColor = RGBColor(0xc4, 0xe2, 0xf4);

/// How a tile looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Tile {
    fill: RGBColor,
    ink: RGBColor,
    /// Around it; needed where it is as light as the paper.
    edge: Option<RGBColor>,
    sign: char,
}

const HOLDS: Tile = Tile { fill: PALE, ink: INK, edge: None, sign: ' ' };
const VIOLATED: Tile = Tile { fill: MIDDLE, ink: WHITE, edge: None, sign: 'D' };
/// Nothing was said that is wrong, but nothing was said.
const REFUSED: Tile = Tile {
    fill: RGBColor(0xf4, 0xc9, 0x82),
    ink: INK,
    edge: Some(RGBColor(0x9a, 0x6a, 0x10)),
    sign: 'A',
};
const NOT_HELD: Tile = Tile { fill: DARK, ink: WHITE, edge: None, sign: 'D' };
const NOT_SHOWN: Tile = Tile { fill: WHITE, ink: INK, edge: Some(DARK), sign: 'D' };
/// What was not judged, or is not decided, where nothing is expected.
const UNJUDGED: Tile = Tile { fill: GRID, ink: INK, edge: None, sign: ' ' };
/// What the system does not have.
const INAPPLICABLE: Tile = Tile { fill: WHITE, ink: INK, edge: Some(GRID), sign: ' ' };
/// No narrower is the part of a cell that is left for properties of one standing.
const PART: f64 = 5.0;
const NOT_KNOWN: Tile = Tile { fill: GRID, ink: INK, edge: Some(DARK), sign: 'D' };

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
    key: Vec<String>,
    /// The rows by what the faults leave of the cluster; no group is empty.
    groups: Vec<(Option<Leaves>, Vec<&'a Row>)>,
}

/// Where the columns are.
struct Grid {
    names_right: f64,
    column: f64,
}

impl Grid {
    /// The left and right edges of a column's cells.
    fn cell(&self, column: usize) -> (f64, f64) {
        let left = self.names_right + GAP + self.column * column as f64;
        (left, left + self.column - GAP)
    }
}

impl Drawing for HeatMap<'_> {
    fn name(&self) -> &'static str {
        "matrix"
    }

    fn size(&self) -> (u32, u32) {
        let rows: usize = self.groups.iter().map(|(_, rows)| rows.len()).sum();
        let groups = GROUP * self.groups.len() as f64;
        let height = self.top() + HEADS + groups + ROW * rows as f64 + FOOT;
        (WIDTH, height.ceil() as u32)
    }

    fn draw<B: DrawingBackend>(&self, canvas: &Canvas<'_, B>) -> Result<(), Failure> {
        heading(canvas, &self.matrix.finding(), &self.matrix.scope())?;
        legend(canvas, &self.entries())?;
        legend_at(canvas, SECOND_LEGEND_Y, &self.more_entries())?;
        for (number, line) in self.key.iter().enumerate() {
            let line = fit(canvas, line, LABEL, RIGHT - LEFT);
            let y = KEY_Y + KEY_ROW * number as f64;
            canvas.text(&line, (LEFT, y), LABEL, INK, Align::Left)?;
        }
        let grid = self.grid(canvas);
        self.draw_heads(canvas, &grid)?;
        let mut y = self.top() + HEADS;
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
        Self { matrix, letters: matrix.letters(), key: key(matrix), groups }
    }

    /// Where the heads begin, below the key.
    fn top(&self) -> f64 {
        KEY_Y + KEY_ROW * self.key.len().saturating_sub(1) as f64
    }

    fn grid<B: DrawingBackend>(&self, canvas: &Canvas<'_, B>) -> Grid {
        let names = self.matrix.rows.iter().map(|row| canvas.width(&row.scenario, LABEL));
        let groups = self.groups.iter().map(|(group, _)| canvas.width(words(*group), GROUP_NAME));
        let names_right = LEFT + names.chain(groups).fold(0.0, f64::max).min(NAME);
        let columns = self.matrix.systems.len().max(1) as f64;
        let column = ((RIGHT - names_right - GAP) / columns).min(COLUMN);
        Grid { names_right, column }
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
            let first = self.top() + HEADS - 6.0 - 18.0 * (lines.len() - 1) as f64;
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
        canvas.text(&name, (LEFT, y), GROUP_NAME, FAINT, Align::Left)
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
                let edges = (top + 3.0, top + ROW - 2.0);
                self.draw_cell(canvas, grid.cell(column), cell, edges)?;
            }
        }
        Ok(())
    }

    fn draw_cell<B: DrawingBackend>(
        &self,
        canvas: &Canvas<'_, B>,
        (left, right): (f64, f64),
        cell: &Cell,
        (top, bottom): (f64, f64),
    ) -> Result<(), Failure> {
        let around = [(left - 4.0, top - 2.0), (right + 4.0, bottom + 2.0)];
        if !cell.as_expected() {
            frame(canvas, around)?;
        }
        let Content::Judged { findings, .. } = &cell.content else {
            canvas.rectangle(around, DARK, 1.0)?;
            let middle = ((left + right) / 2.0, (top + bottom) / 2.0);
            let word = fit(canvas, "panicked", HEAD, right - left);
            return canvas.text(&word, middle, HEAD, WHITE, Align::Middle);
        };
        let mut x = left;
        if let Some(level) = Level::of(findings) {
            draw_level(canvas, level, [(x, top), (x + LEVEL, bottom)])?;
            x += LEVEL + SEAM;
        }
        let others = || findings.iter().zip(&self.letters).filter(|(it, _)| !is_level(it.property));
        let tiles: Vec<Tile> =
            others().filter_map(|(finding, letter)| tile(finding, *letter)).collect();
        let rest = others().filter_map(|(finding, _)| part(finding));
        let rest: Vec<Standing> = rest.collect();
        let parts = PARTS.map(|(standing, tile)| {
            (tile, rest.iter().filter(|other| **other == standing).count())
        });
        let present = parts.iter().filter(|(_, count)| *count > 0).count();
        let room = right - x - PART * present as f64;
        let width = ((room + SEAM) / tiles.len().max(1) as f64).min(TILE);
        for tile in tiles {
            tile.draw(canvas, [(x, top), (x + width - SEAM, bottom)])?;
            x += width;
        }
        let room = right - x - PART * present as f64;
        for (tile, count) in parts.into_iter().filter(|(_, count)| *count > 0) {
            let width = PART + room * count as f64 / rest.len() as f64;
            tile.draw(canvas, [(x, top), (x + width, bottom)])?;
            x += width;
        }
        if cell.flaws.is_empty() { Ok(()) } else { corner(canvas, (left, top)) }
    }

    /// The entries of the legend that belong to a matrix as it should be, as far as they occur.
    fn entries(&self) -> Vec<(Sample, String)> {
        let entries = [
            (true, HOLDS, "the others hold"),
            (true, VIOLATED, "violated"),
            (self.has_tile(REFUSED), REFUSED, "not answered, which is no wrong answer"),
            (self.has_part(Standing::Unknown), UNJUDGED, "not judged or not decided"),
            (self.has_part(Standing::NotApplicable), INAPPLICABLE, "does not apply"),
        ];
        let tiles = entries.into_iter().filter(|(is_shown, ..)| *is_shown);
        tiles.map(|(_, tile, words)| (Sample::Tile(tile), words.to_owned())).collect()
    }

    /// The unusual entries, as far as they occur.
    fn more_entries(&self) -> Vec<(Sample, String)> {
        let is_flawed = self.matrix.cells().any(|(_, _, cell)| !cell.flaws.is_empty());
        let tile = |tile, words| (self.has_tile(tile), Sample::Tile(tile), words);
        let entries = [
            (is_flawed, Sample::Corner, "a flaw is switched on: says nothing of the design"),
            tile(NOT_HELD, "violated, should hold"),
            tile(NOT_SHOWN, "holds, should not"),
            tile(NOT_KNOWN, "unknown, should not be"),
            (!self.matrix.as_expected(), Sample::Frame, "not as expected"),
        ];
        let shown = entries.into_iter().filter(|(is_shown, ..)| *is_shown);
        shown.map(|(_, sample, words)| (sample, words.to_owned())).collect()
    }

    fn has_tile(&self, wanted: Tile) -> bool {
        let mut findings = self.matrix.cells().flat_map(|(_, _, cell)| findings(cell));
        findings.any(|it| !is_level(it.property) && tile(it, wanted.sign) == Some(wanted))
    }

    fn has_part(&self, standing: Standing) -> bool {
        let mut findings = self.matrix.cells().flat_map(|(_, _, cell)| findings(cell));
        findings.any(|it| !is_level(it.property) && part(it) == Some(standing))
    }
}

/// What the words and letters stand for, in lines that fit.
fn key(matrix: &Matrix) -> Vec<String> {
    let mut lines: Vec<String> = matrix.level_key().into_iter().collect();
    let mut line = String::new();
    for entry in matrix.key().into_iter().chain(["nothing: no expectation is stated".to_owned()]) {
        if line.chars().count() + entry.chars().count() > KEY_LENGTH {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push_str("   ");
        }
        line.push_str(&entry);
    }
    lines.push(line);
    lines
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

/// The parts into which the rest of a cell is shared out.
const PARTS: [(Standing, Tile); 3] = [
    (Standing::Holds, HOLDS),
    (Standing::Unknown, UNJUDGED),
    (Standing::NotApplicable, INAPPLICABLE),
];

/// To which part of the rest a property belongs; `None`: it has a tile.
fn part(finding: &Finding) -> Option<Standing> {
    tile(finding, ' ').is_none().then_some(finding.standing)
}

/// Whether a violation of a property is that nothing was said, rather than something wrong.
fn is_refusal(property: &str) -> bool {
    [Property::Availability, Property::Liveness].iter().any(|refusal| refusal.name() == property)
}

/// The tile of a property other than a level, if there is anything to be shown: not for what
/// holds, nor for what the system does not have, nor for what nobody asked about or looked at.
fn tile(finding: &Finding, sign: char) -> Option<Tile> {
    let tile = match (finding.standing, finding.as_expected()) {
        (Standing::Violated, true) if is_refusal(finding.property) => REFUSED,
        (Standing::Violated, true) => VIOLATED,
        (Standing::Violated, false) => NOT_HELD,
        (Standing::Holds, false) => NOT_SHOWN,
        (Standing::Unknown | Standing::NotApplicable, false) => NOT_KNOWN,
        (Standing::Holds | Standing::Unknown | Standing::NotApplicable, true) => return None,
    };
    Some(Tile { sign, ..tile })
}

/// The tile of the level: light for the strongest, and for what is not known.
fn draw_level<B: DrawingBackend>(
    canvas: &Canvas<'_, B>,
    level: Level,
    corners: [Point; 2],
) -> Result<(), Failure> {
    let tile = match level {
        Level { is_surprise: true, .. } => NOT_HELD,
        Level { is_undecided: true, .. } => NOT_KNOWN,
        level if level.is_strongest() => HOLDS,
        _ => VIOLATED,
    };
    tile.paint(canvas, corners, &level.to_string())
}

/// A dark corner, for a cell with a flaw.
pub(super) fn corner<B: DrawingBackend>(
    canvas: &Canvas<'_, B>,
    (left, top): Point,
) -> Result<(), Failure> {
    const SIZE: f64 = 9.0;
    canvas.polygon(&[(left, top), (left + SIZE, top), (left, top + SIZE)], DARK)
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
        self.paint(canvas, corners, self.sign.to_string().trim())
    }

    fn paint<B: DrawingBackend>(
        self,
        canvas: &Canvas<'_, B>,
        corners: [Point; 2],
        text: &str,
    ) -> Result<(), Failure> {
        let [(left, top), (right, bottom)] = corners;
        canvas.rectangle(corners, self.edge.unwrap_or(self.fill), 1.0)?;
        if self.edge.is_some() {
            let inner = [(left + 1.5, top + 1.5), (right - 1.5, bottom - 1.5)];
            canvas.rectangle(inner, self.fill, 1.0)?;
        }
        let middle = ((left + right) / 2.0, (top + bottom) / 2.0);
        canvas.text(text, middle, LETTER, self.ink, Align::Middle)
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
