//! The journal: one JSON line for each thing that people did, each chained to the one before by its hash. It is written to disk
//! before its effect is shown; the session is its replay.

use std::fmt::Write as _;
use std::io::{self, Write};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::catalogue::action::{ActionKind, Target};
use crate::units::SimTime;

/// What people do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Command {
    /// The session begins, on this very scenario: a snapshot, so that later changes of the file do not matter.
    Launch {
        /// Version of resus.
        version: String,
        /// Where the scenario came from.
        source: String,
        /// Its text.
        text: String,
        /// What was asked for beside it, as `path=value`.
        #[serde(rename = "what_if")]
        overrides: Vec<String>,
        /// Seed.
        seed: u64,
        /// The computer plays: organisations of the teams follow the strategy's playbook too.
        #[serde(default)]
        practice: bool,
        /// Strategy by id: how prepared the organisations are, and whose playbook those without a team follow.
        strategy: String,
    },
    /// The simulated world goes on to a minute.
    Advance {
        /// Minute of the scenario.
        to: SimTime,
    },
    /// An inject is given now, by hand.
    Release {
        /// Its number.
        number: u32,
    },
    /// An inject is not given by itself until it is released.
    Hold {
        /// Its number.
        number: u32,
    },
    /// A team answers a question.
    Decide {
        /// Question.
        question: String,
        /// Option.
        option: String,
        /// Why, in the team's words.
        #[serde(default)]
        reason: String,
    },
    /// A team orders something that nobody asked about.
    Order {
        /// Team.
        team: String,
        /// Organisation.
        organisation: String,
        /// What to do.
        action: ActionKind,
        /// To what.
        #[serde(default)]
        to: Target,
    },
    /// Somebody notes something.
    Note {
        /// A function such as `evaluator`; no names are asked for.
        by: String,
        /// What.
        text: String,
    },
    /// An evaluator rates an objective (HSEEP).
    Rate {
        /// Objective.
        objective: String,
        /// How it was performed.
        rating: Rating,
        /// What was seen.
        evidence: String,
    },
    /// Back to just after an entry: another branch goes on from there, and nothing is lost.
    Branch {
        /// Name of the new branch.
        name: String,
        /// The entry.
        from: u64,
    },
    /// Another branch is looked at.
    Switch {
        /// Its name.
        name: String,
    },
}

/// How an objective was performed (HSEEP).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rating {
    /// Performed without challenges.
    Performed,
    /// Performed with some challenges.
    Some,
    /// Performed with major challenges.
    Major,
    /// Unable to be performed.
    Unable,
}

impl Rating {
    /// The words of HSEEP.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Performed => "performed without challenges",
            Self::Some => "performed with some challenges",
            Self::Major => "performed with major challenges",
            Self::Unable => "unable to be performed",
        }
    }
}

/// One line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Counts from 0.
    pub seq: u64,
    /// Hash of the entry before; empty for the first.
    pub prev: String,
    /// What was done.
    pub command: Command,
    /// SHA-256 of the three above, as hexadecimal digits.
    pub hash: String,
}

impl Entry {
    /// The entry that follows `last`.
    pub fn after(last: Option<&Self>, command: Command) -> Self {
        let (seq, prev) = last.map_or((0, String::new()), |l| (l.seq + 1, l.hash.clone()));
        let hash = hash(seq, &prev, &command);
        Self { seq, prev, command, hash }
    }
    /// As a line without its end.
    ///
    /// # Panics
    /// Never: an entry is plain data.
    pub fn line(&self) -> String {
        serde_json::to_string(self).expect("plain data")
    }
}

fn hash(seq: u64, prev: &str, command: &Command) -> String {
    let mut sha = Sha256::new();
    sha.update(format!("{seq}\n{prev}\n"));
    sha.update(serde_json::to_vec(command).unwrap_or_default());
    sha.finalize().iter().fold(String::new(), |mut hex, b| {
        let _ = write!(hex, "{b:02x}");
        hex
    })
}

/// What is wrong with a journal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// Nothing to begin from.
    #[error("the journal is empty")]
    Empty,
    /// A line that is none, before the last.
    #[error("line {line} is no entry: {why}")]
    NoEntry {
        /// Line, from 1.
        line: usize,
        /// Why.
        why: String,
    },
    /// A line was changed, left out or put in.
    #[error("line {line} was tampered with: {why}")]
    Tampered {
        /// Line, from 1.
        line: usize,
        /// Why.
        why: &'static str,
    },
}

/// What a journal's text holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Read {
    /// Its entries.
    pub entries: Vec<Entry>,
    /// Bytes that are whole lines; what is behind them was torn off while it was written, and never acknowledged.
    pub whole: usize,
}

/// Reads a journal. A torn last line is passed over; whatever else is wrong is named.
///
/// # Errors
/// [`Broken`].
pub fn read(text: &[u8]) -> Result<Read, Broken> {
    let whole = text.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
    let mut entries: Vec<Entry> = vec![];
    for (n, line) in text[..whole].split(|b| *b == b'\n').enumerate() {
        if line.is_empty() {
            continue;
        }
        let entry: Entry =
            serde_json::from_slice(line).map_err(|e| Broken::NoEntry { line: n + 1, why: e.to_string() })?;
        let tampered = |why| Broken::Tampered { line: n + 1, why };
        let expected = entries.last().map_or("", |l| l.hash.as_str());
        if entry.seq != entries.len() as u64 {
            return Err(tampered("its number does not follow"));
        }
        if entry.prev != expected {
            return Err(tampered("it does not follow from the line before"));
        }
        if entry.hash != hash(entry.seq, &entry.prev, &entry.command) {
            return Err(tampered("its content does not match its hash"));
        }
        entries.push(entry);
    }
    if entries.is_empty() { Err(Broken::Empty) } else { Ok(Read { entries, whole }) }
}

/// Where entries go; each is safe when `append` returns.
pub trait Sink: Send {
    /// Writes an entry.
    ///
    /// # Errors
    /// When it could not be written; then it has no effect.
    fn append(&mut self, entry: &Entry) -> io::Result<()>;
}

/// A file of lines.
#[derive(Debug)]
pub struct FileSink(std::fs::File);

impl FileSink {
    /// A new journal; an existing one is never overwritten.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn create(path: &std::path::Path) -> io::Result<Self> {
        std::fs::OpenOptions::new().append(true).create_new(true).open(path).map(Self)
    }
    /// Goes on behind the first `whole` bytes; a torn rest is cut off.
    ///
    /// # Errors
    /// When it cannot be opened or cut.
    pub fn resume(path: &std::path::Path, whole: usize) -> io::Result<Self> {
        let file = std::fs::OpenOptions::new().append(true).open(path)?;
        if file.metadata()?.len() > whole as u64 {
            file.set_len(whole as u64)?;
            file.sync_all()?;
        }
        Ok(Self(file))
    }
}

impl Sink for FileSink {
    fn append(&mut self, entry: &Entry) -> io::Result<()> {
        self.0.write_all(format!("{}\n", entry.line()).as_bytes())?;
        self.0.sync_data()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines() -> String {
        let mut entries: Vec<Entry> = vec![];
        for n in 0..4 {
            let note = Command::Note { by: "evaluator".into(), text: format!("note {n}") };
            entries.push(Entry::after(entries.last(), note));
        }
        entries.iter().map(|e| e.line() + "\n").collect()
    }

    #[test]
    fn a_torn_last_line_is_passed_over_at_every_byte() {
        let text = lines();
        let ends: Vec<usize> = text.match_indices('\n').map(|m| m.0 + 1).collect();
        for cut in ends[0]..=text.len() {
            let read = read(&text.as_bytes()[..cut]).unwrap();
            assert_eq!(read.entries.len(), ends.iter().filter(|e| **e <= cut).count());
        }
        assert_eq!(read(b""), Err(Broken::Empty));
    }

    #[test]
    fn tampering_is_named() {
        let text = lines();
        assert!(text.contains("note 2"));
        let changed = text.replace("note 2", "note X");
        assert!(matches!(read(changed.as_bytes()), Err(Broken::Tampered { line: 3, .. })));
        let list: Vec<&str> = text.lines().collect();
        let without = format!("{}\n{}\n{}\n", list[0], list[1], list[3]);
        assert!(matches!(read(without.as_bytes()), Err(Broken::Tampered { line: 3, .. })));
        let swapped = format!("{}\n{}\n{}\n", list[0], list[2], list[1]);
        assert!(matches!(read(swapped.as_bytes()), Err(Broken::Tampered { line: 2, .. })));
        assert!(matches!(read(text.replacen('{', "[", 1).as_bytes()), Err(Broken::NoEntry { line: 1, .. })));
    }
}
