//! What lumsync is measured against, as one program with a verb for each peer.

use std::error::Error;
use std::fs::File;
use std::io::{Read, Seek};

use csv_diff::csv::Csv;
use csv_diff::csv_diff::CsvByteDiffLocal;
use csv_diff::diff_row::DiffByteRecord;
use serde::Deserialize;
use serde_json::value::RawValue;

type Outcome = Result<(), Box<dyn Error>>;

fn main() -> Outcome {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["read-csv", left, right] => read_both(left, right),
        ["csv-diff", left, right] => diff(left, right),
        ["list", url, token, page_size] => list(url, token, page_size),
        _ => Err("read-csv LEFT RIGHT, csv-diff LEFT RIGHT, or list URL TOKEN PAGE_SIZE".into()),
    }
}

/// Finds every cell of two files, one thread for each, and keeps nothing.
fn read_both(left: &str, right: &str) -> Outcome {
    let bytes = std::thread::scope(|scope| {
        let other = scope.spawn(|| read(right).map_err(|error| error.to_string()));
        Ok::<_, Box<dyn Error>>(read(left)? + other.join().map_err(|_| "a thread broke down")??)
    })?;
    println!("{bytes}");
    Ok(())
}

fn read(path: &str) -> Result<usize, Box<dyn Error>> {
    let mut reader = csv::Reader::from_path(path)?;
    let mut record = csv::ByteRecord::new();
    let mut bytes = 0;
    while reader.read_byte_record(&mut record)? {
        bytes += record.as_slice().len();
    }
    Ok(bytes)
}

/// The engine of `qsv diff`: the first column is the key, compared byte by byte.
fn diff(left: &str, right: &str) -> Outcome {
    let open = |path: &str| Ok::<_, std::io::Error>(Csv::with_reader_seek(Seekable(File::open(path)?)));
    let differences = CsvByteDiffLocal::new()?.diff(open(left)?, open(right)?)?;
    let (mut added, mut changed, mut removed) = (0, 0, 0);
    for difference in differences.as_slice() {
        match difference {
            DiffByteRecord::Add(_) => added += 1,
            DiffByteRecord::Modify { .. } => changed += 1,
            DiffByteRecord::Delete(_) => removed += 1,
        }
    }
    println!(r#"{{"added":{added},"changed":{changed},"removed":{removed}}}"#);
    Ok(())
}

/// A file as the comparison wants it: something that can be read and sought.
struct Seekable(File);

impl Read for Seekable {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Seek for Seekable {
    fn seek(&mut self, position: std::io::SeekFrom) -> std::io::Result<u64> {
        self.0.seek(position)
    }
}

#[derive(Deserialize)]
struct Page<'a> {
    #[serde(borrow, default)]
    _items: Option<&'a RawValue>,
    #[serde(default)]
    cursor: Option<String>,
    #[serde(default)]
    more: bool,
}

/// Reads every page of a list and throws it away but for the cursor.
#[tokio::main]
async fn list(url: &str, token: &str, page_size: &str) -> Outcome {
    const FIELDS: &str =
        "cursor,more,items(uid,id,email,firstName,lastName,status,isHidden,accountType,isSuperAdmin,isGod)";
    let client = reqwest::Client::new();
    let address = format!("{url}/_ah/api/lumsites/v1/user/list");
    let (mut cursor, mut bytes) = (None::<String>, 0);
    loop {
        let mut query =
            vec![("maxResults", page_size), ("fields", FIELDS), ("types", "external"), ("showHidden", "true")];
        query.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
        let answer = client.get(&address).bearer_auth(token).query(&query).send().await?.error_for_status()?;
        let body = answer.bytes().await?;
        bytes += body.len();
        let page: Page<'_> = serde_json::from_slice(&body)?;
        cursor = page.cursor;
        if !page.more {
            break;
        }
    }
    println!("{bytes}");
    Ok(())
}
