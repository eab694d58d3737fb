//! The script's own operations.

use super::{Among, World};
use node::{ClientId, Node, Operation};
use scenarios::{Action, Target};

impl<N: Node> World<N> {
    /// Carries out an operation of the script at the node that its target means now.
    pub(super) fn operate_step(&mut self, action: &Action, client: Option<ClientId>) {
        self.random = false;
        let (operation, target) = match action.clone() {
            Action::Put { key, value, to } => (Operation::Put { key, value }, to),
            Action::Get { key, from } => (Operation::Get { key }, from),
            Action::Delete { key, to } => (Operation::Delete { key }, to),
            Action::ListKeys { from } => (Operation::ListKeys, from),
            Action::CompareAndSet { key, expected, new, to } => {
                (Operation::CompareAndSet { key, expected, new }, to)
            }
            _ => unreachable!("the caller passes operations alone"),
        };
        for node in self.resolve(target, Among::Everyone) {
            self.carried(aimed(action, Target::Node(node)));
            self.record.outside();
            match client {
                Some(client) => {
                    self.carried_out.last_mut().expect("it was just carried out").client =
                        Some(client);
                    self.operate_by(client, operation.clone(), node);
                }
                None => self.operate_script(operation.clone(), node),
            }
        }
    }
}

/// The same operation at another target.
fn aimed(action: &Action, target: Target) -> Action {
    let mut action = action.clone();
    match &mut action {
        Action::Put { to, .. }
        | Action::Delete { to, .. }
        | Action::CompareAndSet { to, .. }
        | Action::Get { from: to, .. }
        | Action::ListKeys { from: to } => *to = target,
        _ => unreachable!("the caller passes operations alone"),
    }
    action
}
