//! What everything costs at least: a program that does nothing, and one that reads every JSON file of a tree on two threads.
//!
//! usage: floor            prints a line
//!        floor FOLDER     reads its `.json` files, prints how many bytes they have

use std::io::Read as _;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

fn main() {
    let Some(folder) = std::env::args_os().nth(1) else { return println!("hello") };
    let mut folders = vec![PathBuf::from(folder)];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(path),
                Ok(_) if path.extension().is_some_and(|extension| extension == "json") => files.push(path),
                _ => {}
            }
        }
    }
    let (files, bytes) = (Mutex::new(files), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let mut buffer = Vec::new();
                loop {
                    let next = files.lock().ok().and_then(|mut files| files.pop());
                    let Some(mut file) = next.map(std::fs::File::open).and_then(Result::ok) else { break };
                    buffer.clear();
                    bytes.fetch_add(file.read_to_end(&mut buffer).unwrap_or(0), Ordering::Relaxed);
                }
            });
        }
    });
    println!("{}", bytes.into_inner());
}
