//! How fast the loader is beside the plain `csv` crate on the same clean file.
//!
//! `cargo bench --bench loader [-- ROWS]` prints the times and the ratios of speed, with plain cells and with quoted ones,
//! and fails when the loader is slower than 0.15 of the `csv` crate, which finds the cells and checks nothing. 1.0 is as
//! fast as one of its loops:
//! - `records`: the plain one over rows of text, `for record in reader.records()`; this is the one that is held.
//! - `text`: the same rows, read into one record again and again.
//! - `bytes`: the same without a look at whether they are text.

mod data;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use data::Cells;
use lumsync::source::{SourceSettings, load, open};

/// Measurements of each; the best one counts.
const REPEATS: usize = 7;
const DEFAULT_ROWS: u64 = 1_000_000;
/// Of the speed of the `csv` crate's plain loop.
const LEAST: f64 = 0.15;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let rows = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(DEFAULT_ROWS);
    let plain = compare(rows, Cells::Plain)?;
    let quoted = compare(rows, Cells::Quoted)?;
    if plain.min(quoted) < LEAST {
        return Err(format!("the loader must reach {LEAST} of the speed of records()").into());
    }
    Ok(())
}

/// Prints the times, and returns the ratio to `records`.
fn compare(rows: u64, cells: Cells) -> Result<f64, Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("users.csv");
    data::write_users(BufWriter::new(File::create(&path)?), rows, cells)?;
    // All are measured in turns, so that a busy machine slows all.
    let mut best = [Duration::MAX; 4];
    for _ in 0..REPEATS {
        let taken = [
            time(|| read_records(&path))?,
            time(|| read_text(&path))?,
            time(|| read_bytes(&path))?,
            time(|| read_ours(&path, rows))?,
        ];
        best = std::array::from_fn(|index| best[index].min(taken[index]));
    }
    let [records, text, bytes, ours] = best.map(|duration| duration.as_secs_f64());
    writeln!(
        std::io::stdout(),
        "{cells:?} cells, {rows} rows: load {ours:.3} s; csv crate: records {records:.3} s, text {text:.3} s, \
         bytes {bytes:.3} s; speed ratio: records {:.2}, text {:.2}, bytes {:.2}",
        records / ours,
        text / ours,
        bytes / ours
    )?;
    Ok(records / ours)
}

fn time(work: impl FnOnce() -> Result<(), Box<dyn std::error::Error>>) -> Result<Duration, Box<dyn std::error::Error>> {
    let start = Instant::now();
    work()?;
    Ok(start.elapsed())
}

fn read_bytes(path: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let mut reader = csv::Reader::from_path(path)?;
    let mut record = csv::ByteRecord::new();
    let mut bytes = 0;
    while reader.read_byte_record(&mut record)? {
        bytes += record.as_slice().len();
    }
    assert!(bytes > 0, "the file was read");
    Ok(())
}

fn read_text(path: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let mut reader = csv::Reader::from_path(path)?;
    let mut record = csv::StringRecord::new();
    let mut bytes = 0;
    while reader.read_record(&mut record)? {
        bytes += record.as_slice().len();
    }
    assert!(bytes > 0, "the file was read");
    Ok(())
}

fn read_records(path: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let mut bytes = 0;
    for record in csv::Reader::from_path(path)?.records() {
        bytes += record?.as_slice().len();
    }
    assert!(bytes > 0, "the file was read");
    Ok(())
}

fn read_ours(path: &Path, rows: u64) -> Result<(), Box<dyn std::error::Error>> {
    let settings = SourceSettings::default();
    let raw = futures::executor::block_on(open(&path.to_string_lossy(), &settings))?;
    let loaded = load(raw, &settings)?;
    assert_eq!(loaded.facts.valid_rows, rows, "the file is clean");
    Ok(())
}
