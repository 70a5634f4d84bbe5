//! Which organisations of an estate are meant.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::catalogue::kinds::OrgKind;
use crate::source::Located;

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
