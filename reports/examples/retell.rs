//! Tells the stories of recorded runs: `retell OUT FILE...`.
use std::{fs, io::BufReader, path::Path};
fn main() {
    let mut args = std::env::args().skip(1);
    let out = args.next().unwrap();
    fs::create_dir_all(&out).unwrap();
    for file in args {
        let name = Path::new(&file).file_stem().unwrap().to_string_lossy().into_owned();
        let input = BufReader::new(fs::File::open(&file).unwrap());
        let run = match judge::record::lines::read(input, node::systems::ALL) {
            Ok(run) => run,
            Err(error) => { eprintln!("{file}: {error}"); continue; }
        };
        let options = reports::StoryOptions::default();
        fs::write(format!("{out}/{name}.txt"), reports::story(&run, &options)).unwrap();
    }
}
