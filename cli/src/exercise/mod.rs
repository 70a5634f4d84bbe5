//! A live exercise at the command line: the words that people type, and what they get to read.

pub mod console;
pub mod script;
pub mod words;
