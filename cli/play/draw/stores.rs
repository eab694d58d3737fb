//! The stores of the nodes side by side, as far as there is room.

use super::pen::{Pen, Tone, columns};
use crate::play::stage::Stage;
use judge::text::one_line;
use node::{Key, NodeId};
use ratatui_core::layout::Rect;

/// A key has at most so many columns.
const KEY: u16 = 16;

/// What a node holds under a key, or that it is down.
fn cell(stage: &Stage<'_>, node: NodeId, key: &Key) -> String {
    let state = stage.replay().and_then(|replay| replay.node(node));
    match state {
        Some(state) if !state.is_up() => "(down)".to_owned(),
        Some(state) => state.get(key).map_or_else(
            || "-".to_owned(),
            |entry| format!("{} {}", one_line(entry.value.as_str()), entry.version),
        ),
        None => "-".to_owned(),
    }
}

/// A head and a row for each of at most so many keys, told of by name first.
pub(in crate::play) fn table(stage: &Stage<'_>, most: usize) -> Vec<Vec<String>> {
    let nodes: Vec<NodeId> = stage.beats.run().replicas.iter().map(|it| it.node).collect();
    let names = nodes.iter().map(NodeId::to_string);
    let mut rows = vec![["key".to_owned()].into_iter().chain(names).collect::<Vec<_>>()];
    for key in stage.keys(most) {
        let cells = nodes.iter().map(|node| cell(stage, *node, key));
        let name = one_line(key.as_str()).into_owned();
        rows.push([name].into_iter().chain(cells).collect());
    }
    rows
}

pub(super) fn draw(pen: &mut Pen<'_>, room: Rect, stage: &Stage<'_>) {
    let most = usize::from(room.height.saturating_sub(1));
    let keys = stage.keys(most);
    let rows = table(stage, most);
    let nodes: Vec<NodeId> = stage.beats.run().replicas.iter().map(|it| it.node).collect();
    let first = rows.iter().map(|row| columns(&row[0])).max().unwrap_or(0).clamp(4, KEY);
    let each = room.width.saturating_sub(first + 1) / nodes.len().max(1) as u16;
    if each < 4 {
        let words = format!("{} nodes are more than there is room for", nodes.len());
        pen.text(room.x, room.y, room.width, &words, Tone::Faint);
        return;
    }
    for (row, y) in rows.iter().zip(room.y..room.bottom()) {
        let is_head = y == room.y;
        pen.text(room.x, y, first, &row[0], if is_head { Tone::Faint } else { Tone::Heading });
        for (place, held) in row[1..].iter().enumerate() {
            let x = room.x + first + 1 + each * place as u16;
            let key = keys.get(usize::from(y - room.y).wrapping_sub(1));
            let is_new = key.is_some_and(|key| stage.has_changed(nodes[place], key));
            let tone = match held.as_str() {
                _ if is_head => Tone::Heading,
                _ if is_new => Tone::Changed,
                "-" | "(down)" => Tone::Faint,
                _ => Tone::Plain,
            };
            let held = if is_new { format!("*{held}") } else { held.clone() };
            pen.text(x, y, each - 1, &held, tone);
        }
    }
    if rows.len() == 1 {
        pen.text(room.x, room.y + 1, room.width, "nothing is held yet", Tone::Faint);
    }
}
