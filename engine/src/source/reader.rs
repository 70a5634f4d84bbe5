//! Reading a RON file with the place of every mistake. Each [`Located`] piece is read on its own, so one
//! mistake does not hide the next; the mistakes are gathered and reported together.

use std::cell::RefCell;
use std::ops::Range;

use super::diagnostic::Diagnostic;
use super::suggest::suggest;
use ron::error::{Error as RonError, SpannedError};
use ron::extensions::Extensions;
use ron::value::RawValue;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};

/// The largest file that is read, in bytes.
pub const LARGEST_FILE: usize = 4 << 20;
/// The largest file of an estate: a country's, one line an organisation.
pub const LARGEST_ESTATE: usize = 64 << 20;
/// The deepest nesting of brackets that is read.
pub const DEEPEST: usize = 48;
const MOST_MISTAKES: usize = 100;

/// A value with its place in the file. Empty when it could not be read: the mistake is noted then.
#[derive(Clone, Debug)]
pub struct Located<T> {
    /// The value, unless it could not be read.
    pub value: Option<T>,
    /// Its bytes in the file.
    pub at: Range<usize>,
}

impl<T> Located<T> {
    /// The value, unless it could not be read.
    pub fn get(&self) -> Option<&T> {
        self.value.as_ref()
    }
}

impl<T> From<T> for Located<T> {
    fn from(value: T) -> Self {
        Self { value: Some(value), at: 0..0 }
    }
}

impl<T: JsonSchema> JsonSchema for Located<T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        T::schema_name()
    }
    fn inline_schema() -> bool {
        T::inline_schema()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

/// One buffer that is being read: where it lies in memory and what byte of the file it starts at.
struct Frame {
    memory: usize,
    len: usize,
    start: usize,
}

#[derive(Default)]
struct Reading {
    frames: Vec<Frame>,
    diagnostics: Vec<Diagnostic>,
}

thread_local! {
    // serde gives a `Deserialize` no way to carry a context, hence one per thread.
    static READING: RefCell<Reading> = RefCell::default();
}

fn note(mistake: Diagnostic) {
    READING.with_borrow_mut(|r| {
        if r.diagnostics.len() < MOST_MISTAKES && !r.diagnostics.contains(&mistake) {
            r.diagnostics.push(mistake);
        }
    });
}

fn place(text: &str) -> usize {
    READING.with_borrow(|r| {
        let at = text.as_ptr() as usize;
        r.frames
            .iter()
            .rev()
            .find(|f| (f.memory..=f.memory + f.len).contains(&at))
            .map_or(0, |f| f.start + at - f.memory)
    })
}

fn options() -> ron::Options {
    ron::Options::default()
        .with_default_extension(Extensions::IMPLICIT_SOME | Extensions::UNWRAP_VARIANT_NEWTYPES)
        .with_recursion_limit(DEEPEST * 4)
}

fn byte_at(text: &str, line: usize, col: usize) -> usize {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let rest = text.get(start..).unwrap_or("");
    start
        + rest.char_indices().nth(col.saturating_sub(1)).map_or(rest.trim_end_matches('\n').len(), |(i, _)| i)
}

fn diagnostic_of(error: &SpannedError, text: &str, start: usize) -> Diagnostic {
    let from = byte_at(text, error.span.start.line, error.span.start.col);
    let to = byte_at(text, error.span.end.line, error.span.end.col).max(from);
    let mut at = start + from..start + to;
    let (what, help) = match &error.code {
        RonError::NoSuchStructField { expected, found, outer } => (
            format!("no field '{found}' in {}", outer.as_deref().unwrap_or("this record")),
            Some(suggest(found, "one of: ", expected.iter().copied())),
        ),
        RonError::NoSuchEnumVariant { expected, found, outer } => {
            let of = outer.as_deref().map_or(String::new(), |o| format!(" of {o}"));
            (
                format!("'{found}' is not a kind{of} that resus knows"),
                Some(suggest(found, "one of: ", expected.iter().copied())),
            )
        }
        RonError::MissingStructField { field, outer } => {
            at = start..start + text.find(['(', '\n']).map_or(text.len(), |i| i + 1).min(60);
            (
                format!("{} lacks its field '{field}'", outer.as_deref().unwrap_or("this record")),
                Some(format!("add '{field}: …'")),
            )
        }
        RonError::DuplicateStructField { field, .. } => {
            (format!("'{field}' is given twice"), Some("keep one of the two".into()))
        }
        RonError::Message(message) => (message.clone(), None),
        RonError::ExpectedIdentifier
            if text[..from.min(text.len())].trim_end().ends_with('(') && text[from..].starts_with('(') =>
        {
            (
                "one pair of brackets too many".into(),
                Some(
                    "write the fields directly behind the name: Inline(organisations: …), Own(id: …)".into(),
                ),
            )
        }
        RonError::ExceededRecursionLimit => ("brackets are nested too deeply".into(), None),
        other => (format!("this is not what is expected here: {}", other.to_string().to_lowercase()), None),
    };
    // A place between two characters is shown as the one that stands there.
    if at.is_empty() {
        at.end += text[from.min(text.len())..].chars().next().map_or(0, char::len_utf8);
    }
    Diagnostic { help, ..Diagnostic::new(at, what) }
}

/// The end of the value that starts at `from`: the comma or closing bracket at its own depth.
fn end_of_value(text: &str, from: usize) -> usize {
    let (mut depth, mut quoted, mut escaped) = (0usize, false, false);
    for (i, c) in text[from..].char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if quoted => {}
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' if depth == 0 => return from + i,
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => return from + i + 1,
            _ => {}
        }
    }
    text.len()
}

/// Reads `text`, which starts at byte `start` of the file. A field that does not exist is noted, blanked
/// out and passed over, so that the rest of the record is still read.
fn read_piece<T: DeserializeOwned>(text: &str, start: usize) -> Option<T> {
    let mut copy: Option<String> = None;
    for _ in 0..MOST_MISTAKES {
        let current = copy.as_deref().unwrap_or(text);
        READING.with_borrow_mut(|r| {
            r.frames.push(Frame { memory: current.as_ptr() as usize, len: current.len(), start });
        });
        let result = options().from_str::<T>(current);
        READING.with_borrow_mut(|r| r.frames.pop());
        let error = match result {
            Ok(value) => return Some(value),
            Err(error) => error,
        };
        let mistake = diagnostic_of(&error, current, start);
        let from = mistake.at.start - start;
        let unknown = matches!(error.code, RonError::NoSuchStructField { .. });
        note(mistake);
        if !unknown || from >= current.len() {
            return None;
        }
        let to = end_of_value(current, from);
        let blank = " ".repeat(to - from);
        copy = Some(format!("{}{blank}{}", &current[..from], &current[to..]));
    }
    None
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Located<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&'de RawValue>::deserialize(deserializer)?.get_ron();
        let raw = raw.trim();
        let start = place(raw);
        Ok(Self { value: read_piece(raw, start), at: start..start + raw.len() })
    }
}

/// Reads one value whose form is chosen by how its text begins; used by the quantities of [`super::random`].
pub(crate) fn by_beginning<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    read: impl FnOnce(&Beginning<'de>) -> Option<T>,
) -> Result<Option<T>, D::Error> {
    let raw = <&'de RawValue>::deserialize(deserializer)?.get_ron().trim();
    Ok(read(&Beginning { text: raw, start: place(raw) }))
}

/// A piece of text whose form is still to be chosen.
pub(crate) struct Beginning<'a> {
    text: &'a str,
    start: usize,
}

impl Beginning<'_> {
    /// The identifier that it starts with, or its first character.
    pub(crate) fn word(&self) -> &str {
        let end = self.text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(self.text.len());
        if end == 0 { self.text.get(..1).unwrap_or("") } else { &self.text[..end] }
    }
    /// Read it as a `T`; a mistake is noted.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Option<T> {
        read_piece(self.text, self.start)
    }
}

/// Brackets nest no deeper than [`DEEPEST`]; checked first, since every reader of RON recurses.
fn too_deep(text: &str) -> Option<Diagnostic> {
    let (mut depth, mut quoted, mut escaped) = (0usize, false, false);
    for (i, b) in text.bytes().enumerate() {
        match b {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'(' | b'[' | b'{' => {
                depth += 1;
                if depth > DEEPEST {
                    return Some(Diagnostic::new(
                        i..i + 1,
                        format!("brackets are nested deeper than {DEEPEST}"),
                    ));
                }
            }
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

/// Reads a whole file as a `T`.
///
/// The value is absent only when nothing of it could be made out; mistakes may come with a value.
pub fn read<T: DeserializeOwned>(text: &str) -> (Option<T>, Vec<Diagnostic>) {
    read_within(text, LARGEST_FILE)
}

/// The same for a file of another limit, in bytes.
pub fn read_within<T: DeserializeOwned>(text: &str, limit: usize) -> (Option<T>, Vec<Diagnostic>) {
    if text.len() > limit {
        let what = format!("the file is larger than {} MiB", limit >> 20);
        return (None, vec![Diagnostic::new(0..0, what)]);
    }
    if let Some(mistake) = too_deep(text) {
        return (None, vec![mistake]);
    }
    // What some editors put before a text; places still count from the beginning of the file.
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let outer = READING.take();
    let value = read_piece(body, text.len() - body.len());
    let diagnostics = READING.replace(outer).diagnostics;
    (value, diagnostics)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code)]
    struct Inner {
        depth: u32,
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code)]
    struct Outer {
        name: Located<String>,
        inner: Vec<Located<Inner>>,
    }

    #[test]
    fn all_mistakes_come_at_once_with_their_places() {
        let text =
            "(\n  nmae: 3,\n  name: 7,\n  inner: [(depth: 1), (dpeth: 2, depth: 3), (depth: \"x\")],\n)";
        let (value, diagnostics) = read::<Outer>(text);
        assert_eq!(value.unwrap().inner.len(), 3);
        let places: Vec<&str> = diagnostics.iter().map(|m| &text[m.at.clone()]).collect();
        assert_eq!(places.len(), 4, "{diagnostics:?}");
        assert!(places.contains(&"nmae") && places.contains(&"dpeth"), "{places:?}");
        assert!(diagnostics.iter().any(|m| m.help.as_deref() == Some("did you mean 'depth'?")));
    }

    #[test]
    fn a_byte_order_mark_moves_no_place() {
        let text = "\u{feff}(name: \"a\", inner: [(dpeth: 2)])";
        let (value, diagnostics) = read::<Outer>(text);
        assert!(value.is_some());
        assert_eq!(&text[diagnostics[0].at.clone()], "dpeth");
    }

    #[test]
    fn depth_is_bounded_before_anything_recurses() {
        let (value, diagnostics) = read::<Outer>(&"(".repeat(100_000));
        assert!(value.is_none() && diagnostics.len() == 1);
    }
}
