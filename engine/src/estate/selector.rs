//! Which organisations of an estate are meant.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::catalogue::kinds::OrgKind;
use crate::estate::{Estate, OrgId};
use crate::source::{Diagnostics, Located};

/// Which organisations.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub enum Selector {
    /// Any.
    Any,
    /// All of a kind.
    Kind(OrgKind),
    /// One, by id.
    Organisation(Located<String>),
}

/// The organisations that are meant; what the estate lacks is a mistake at its place.
pub fn select(selector: &Located<Selector>, estate: &Estate, diagnostics: &mut Diagnostics) -> Vec<OrgId> {
    let all = (0..estate.organisations.len() as u32).map(OrgId);
    match selector.get() {
        None => vec![],
        Some(Selector::Any) => all.collect(),
        Some(Selector::Kind(kind)) => {
            let found: Vec<OrgId> = all.filter(|o| estate.org(*o).kind == *kind).collect();
            if found.is_empty() {
                diagnostics.wrong(&selector.at, format!("the estate has no {}", kind.label()));
            }
            found
        }
        Some(Selector::Organisation(id)) => organisation(id, estate, diagnostics).into_iter().collect(),
    }
}

/// The organisation of this id; that there is none is a mistake at its place.
pub fn organisation(id: &Located<String>, estate: &Estate, diagnostics: &mut Diagnostics) -> Option<OrgId> {
    let found = estate.find_org(id.get()?);
    if found.is_none() {
        diagnostics.unknown(id, "organisation", estate.organisations.iter().map(|o| o.id.as_str()));
    }
    found
}
