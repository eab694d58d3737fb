//! What was reached of what is to be reached: the table at the end, as text, CSV and picture.

use crate::tables::{grouped, print};
use reports::chart::{Reached, reached};
use std::{fs, io, path::Path};

/// One figure of the table.
pub(crate) struct Figure {
    /// What was measured.
    pub(crate) name: String,
    /// How much it is.
    pub(crate) is: f64,
    /// How much it is to be.
    pub(crate) to_be: f64,
    /// Whether less is better.
    pub(crate) less: bool,
    /// What is counted, as a word after the number; empty for ratios.
    pub(crate) unit: &'static str,
}

impl Figure {
    /// A ratio that is to be at least so large.
    pub(crate) fn ratio(name: impl Into<String>, is: f64, to_be: f64) -> Self {
        Self { name: name.into(), is, to_be, less: false, unit: "" }
    }

    /// How much of what is to be reached is reached; 1 or more: it is.
    fn share(&self) -> f64 {
        if self.less { self.to_be / self.is } else { self.is / self.to_be }
    }

    fn text(&self, number: f64) -> String {
        let digits = if number < 100.0 { format!("{number:.2}") } else { grouped(number) };
        let digits = digits.strip_suffix(".00").map_or(digits.clone(), str::to_owned);
        format!("{digits} {}", self.unit).trim_end().to_owned()
    }

    fn met(&self) -> &'static str {
        if self.share() >= 1.0 { "yes" } else { "no" }
    }
}

/// Prints the table.
pub(crate) fn show(figures: &[Figure]) {
    let rows = figures.iter().map(|figure| {
        let bound = if figure.less { "at most" } else { "at least" };
        vec![
            figure.name.clone(),
            figure.text(figure.is),
            format!("{bound} {}", figure.text(figure.to_be)),
            format!("{:.2}", figure.share()),
            figure.met().to_owned(),
        ]
    });
    print("What is to be reached", &["", "is", "to be", "share", "met"], rows.collect());
}

/// Writes the table as `speed.csv` and as `speed.png`.
///
/// # Errors
///
/// Fails if a file cannot be written.
pub(crate) fn write(figures: &[Figure], folder: &Path) -> io::Result<()> {
    let mut table = String::from("measure,is,to_be,unit,less_is_better,share,met\n");
    for figure in figures {
        let Figure { name, is, to_be, less, unit } = figure;
        let (share, met) = (figure.share(), figure.met());
        table += &format!("\"{name}\",{is:.4},{to_be},{unit},{less},{share:.4},{met}\n");
    }
    fs::write(folder.join("speed.csv"), table)?;
    let bars: Vec<Reached> = figures
        .iter()
        .map(|figure| Reached {
            name: figure.name.clone(),
            share: figure.share(),
            text: format!("{} of {}", figure.text(figure.is), figure.text(figure.to_be)),
        })
        .collect();
    let met = figures.iter().filter(|figure| figure.share() >= 1.0).count();
    let title = format!("{met} of {} figures are what they are to be", figures.len());
    let picture = reached(&title, "cargo bench: each bar is the share of its aim", &bars);
    fs::write(folder.join("speed.png"), picture.map_err(io::Error::other)?)
}
