//! What a node that is down would find on its disk.

use super::{folder::files_in, shim};
use crate::now;
use node::{
    Config, Disk, Key, Time, Versioned,
    resident::{Boot, Booted, Lent},
};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use std::{io, path::Path};

/// Everything that a node would come to hold by what is in its folder, in key order; `None` if it would refuse
/// to serve. A copy of it boots on a copy of the files, and all that it does there is forgotten. The folder of a
/// node that has never been started holds nothing.
///
/// # Errors
///
/// If the folder cannot be read.
///
/// # Panics
///
/// Panics if the node does, upon what it finds.
pub fn peek(
    boot: Boot,
    folder: &Path,
    config: &Config,
) -> io::Result<Option<Vec<(Key, Versioned)>>> {
    let disk = Disk::in_memory();
    let files = files_in(folder);
    let names = if files.exists() { shim::names(&files)? } else { Vec::new() };
    for name in names {
        if let Some(content) = shim::visible(&files, &name)? {
            let copied = disk.truncate(&name, 0).and_then(|()| disk.write(&name, 0, &content));
            copied.map_err(io::Error::other)?;
        }
    }
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let shows = Time::from_nanos(now::wall_ns());
    let Booted { node, .. } = boot(Lent { config, shows, rng: &mut rng, disk: &disk }, false);
    Ok(node.serves().then(|| node.recoverable()))
}
