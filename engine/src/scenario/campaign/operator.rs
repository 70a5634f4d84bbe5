//! People at keyboards: stage by stage, then detonation everywhere that identity reaches.

use std::ops::Range;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{CampaignKind, sound};
use crate::random::Random;
use crate::source::Diagnostics;
use crate::units::SimDuration;

/// People at keyboards.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OperatorSpec {
    /// Organisations that the crew works in at once.
    pub crew: u32,
    /// How long its first foothold lies still before it goes on; absent: not at all.
    #[serde(default)]
    pub sleeps: Option<Random<SimDuration>>,
}

impl OperatorSpec {
    /// Held against itself; mistakes are noted at `at`.
    pub(super) fn resolve(&self, at: &Range<usize>, diagnostics: &mut Diagnostics) -> CampaignKind {
        if let Some(sleeps) = &self.sleeps {
            sound(sleeps, at, diagnostics);
        }
        if self.crew == 0 || self.crew > 1000 {
            diagnostics.wrong(at, "a crew works in 1 to 1,000 organisations at once");
        }
        CampaignKind::Operator { crew: self.crew, sleeps: self.sleeps.clone() }
    }
}
