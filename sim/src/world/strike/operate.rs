//! The script's own operations.

use super::{Among, World};
use node::ClientId;
use scenarios::{Action, Target};

impl World {
    /// Carries out an operation of the script at the node that its target means now.
    pub(super) fn operate_step(&mut self, action: &Action, client: Option<ClientId>) {
        self.random = false;
        let (operation, target) = action.operation().expect("the caller passes operations alone");
        for node in self.resolve(target, Among::Everyone) {
            let there = Action::of_operation(operation.clone(), Target::Node(node));
            self.carried(there);
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
