//! Builds the estate that a scenario asks for: generated, written out, or in a file of its own.

use std::path::Path;

use super::{Check, own};
use crate::estate::spec::{EstateSpec, InlineSpec, KindSpec, TemplateSpec};
use crate::estate::{Estate, build, build_stated, generate, nation};
use crate::scenario::bundled;
use crate::source::{Diagnostic, Diagnostics, LARGEST_ESTATE, Located, read_within};
use crate::units::Date;

/// A bundled family of templates, with what it takes from the one that it is based on.
pub(super) fn template(family: &str) -> Option<TemplateSpec> {
    let mut own: TemplateSpec = own(bundled::template(family)?);
    let Some(base) = own.based_on.take().and_then(|b| template(b.get()?)) else {
        add_variants(&mut own);
        return Some(own);
    };
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

/// Puts the kinds that are like others behind those.
fn add_variants(template: &mut TemplateSpec) {
    for v in std::mem::take(&mut template.variants) {
        let like = template.kinds.iter().filter_map(Located::get).find(|k| k.kind == v.like);
        let Some(mut kind) = like.cloned() else { continue };
        kind.services.retain(|s| s.get().is_some_and(|s| !v.without.contains(&s.kind)));
        let people_each = Some(v.people_each);
        let (kind_of, size, names, source) = (v.kind, v.size, v.names, v.source);
        template.kinds.push(KindSpec { kind: kind_of, people_each, size, names, source, ..kind }.into());
    }
}

/// The templates that authored estates lean on.
pub fn england() -> TemplateSpec {
    template("england").expect("the bundled family")
}

impl Check {
    /// `on` is the day on which the scenario starts.
    pub(super) fn estate(
        &mut self,
        spec: &Located<EstateSpec>,
        on: Date,
        folder: Option<&Path>,
    ) -> Option<Estate> {
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
                let made = if let Some(people) = &g.population {
                    generate(g, people, t)
                } else {
                    self.later_systems(spec, on, &t);
                    nation(g, on, t)
                };
                made.and_then(|(inline, t)| build(&inline, &t, &g.posture, &self.posture, g.seed))
            }
            EstateSpec::Inline(inline) => build_stated(inline, &england(), &self.posture),
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
                build_stated(&inline?, &england(), &self.posture)
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

    /// Says when a scenario starts after the last day for which the care systems are known.
    fn later_systems(&mut self, spec: &Located<EstateSpec>, on: Date, template: &TemplateSpec) {
        let until = template.nation.as_ref().and_then(|n| n.systems_known_until.as_ref());
        if let Some((_, why)) = until.filter(|(until, _)| on >= *until) {
            let what = format!("which care systems there are on that day is not known: {why}");
            self.diagnostics.warn(&spec.at, what);
        }
    }
}
