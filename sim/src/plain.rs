//! The pump of runs in which nothing lives but the world: it needs no runtime.

use crate::world::{Control, Order, Remains, World};
use node::{Node, NodeId};

/// Boots the nodes of a timed world in order of their names, and runs it to its end.
pub(crate) fn run<N: Node>(mut world: World<N>, nodes: usize) -> Remains {
    (0..nodes).map(NodeId::from_index).for_each(|node| world.boot(node));
    loop {
        let Some(Order { control, .. }) = world.step() else { continue };
        match control {
            Control::Kill(nodes) => nodes.into_iter().for_each(|node| world.drop_node(node)),
            Control::Boot(nodes) => nodes.into_iter().for_each(|node| world.boot(node)),
            Control::End => return world.finish(),
        }
    }
}
