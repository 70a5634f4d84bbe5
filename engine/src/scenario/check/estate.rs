//! Builds the estate that a scenario asks for: generated, written out, or in a file of its own.

use std::path::Path;

use super::{Check, own};
use crate::estate::spec::{EstateSpec, InlineSpec, KindSpec, TemplateSpec};
use crate::estate::{Estate, build, generate, nation};
use crate::scenario::bundled;
use crate::source::{Diagnostic, Diagnostics, LARGEST_ESTATE, Located, read_within};

/// A bundled family of templates, with what it takes from the one that it is based on.
pub(super) fn template(family: &str) -> Option<TemplateSpec> {
    let mut own: TemplateSpec = own(bundled::template(family)?);
    let Some(base) = own.based_on.take().and_then(|b| template(b.get()?)) else { return Some(own) };
    let taken =
        |k: &Located<KindSpec>| own.kinds.iter().any(|o| o.get().map(|o| o.kind) == k.get().map(|k| k.kind));
    let kinds: Vec<_> = base.kinds.into_iter().filter(|k| !taken(k)).collect();
    own.kinds.extend(kinds);
    own.profiles.extend(base.profiles);
    own.suppliers.extend(base.suppliers);
    own.platform = own.platform.or(base.platform);
    own.joins = own.joins.or(base.joins);
    if own.names.first.is_empty() {
        own.names = base.names;
    }
    Some(own)
}

/// The templates that authored estates lean on.
pub fn england() -> TemplateSpec {
    template("england").expect("the bundled family")
}

impl Check {
    pub(super) fn estate(&mut self, spec: &Located<EstateSpec>, folder: Option<&Path>) -> Option<Estate> {
        let built = match spec.get()? {
            EstateSpec::Generate(g) => {
                let family = g.template.get()?;
                let Some(t) = template(family) else {
                    self.diagnostics.unknown(
                        &g.template,
                        "family of templates",
                        bundled::FAMILIES.iter().map(|f| f.0),
                    );
                    return None;
                };
                let made = match &g.population {
                    Some(people) => generate(g, people, t),
                    None => nation(g, t),
                };
                made.and_then(|(inline, t)| build(&inline, &t, &g.posture, &self.posture, g.seed))
            }
            EstateSpec::Inline(inline) => build(inline, &england(), &[], &self.posture, 0),
            EstateSpec::File(path) => {
                let name = path.get()?;
                let plain =
                    Path::new(name).components().all(|c| matches!(c, std::path::Component::Normal(_)));
                let Some(folder) = folder.filter(|_| plain) else {
                    self.diagnostics
                        .wrong(&path.at, "an estate's file lies beside the scenario or in a folder below it");
                    return None;
                };
                let file = folder.join(name);
                let size = std::fs::metadata(&file).map_or(0, |m| m.len());
                let text = match std::fs::read_to_string(&file) {
                    Ok(text) if size <= LARGEST_ESTATE as u64 => text,
                    Ok(_) => {
                        self.diagnostics.wrong(&path.at, "that file is too large");
                        return None;
                    }
                    Err(e) => {
                        self.diagnostics.wrong(&path.at, format!("'{name}' cannot be read: {e}"));
                        return None;
                    }
                };
                let (inline, diagnostics) = read_within::<InlineSpec>(&text, LARGEST_ESTATE);
                // Places in the other file mean nothing in this one: say the line instead.
                let line = |m: &Diagnostic| text[..m.at.start.min(text.len())].matches('\n').count() + 1;
                let there = |m: Diagnostic| Diagnostic {
                    what: format!("{name}, line {}: {}", line(&m), m.what),
                    at: path.at.clone(),
                    ..m
                };
                self.diagnostics.list.extend(diagnostics.into_iter().map(there));
                build(&inline?, &england(), &[], &self.posture, 0)
                    .map_err(|m| Diagnostics { list: m.list.into_iter().map(there).collect() })
            }
        };
        match built {
            Ok(estate) => Some(estate),
            Err(diagnostics) => {
                self.diagnostics.list.extend(diagnostics.list);
                None
            }
        }
    }
}
