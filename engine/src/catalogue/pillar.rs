//! The five pillars of the cyber security strategy for health and adult social care to 2030.

use schemars::JsonSchema;
use serde::Deserialize;

/// The five pillars of the cyber security strategy for health and adult social care to 2030.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
pub enum Pillar {
    /// Focus on the greatest risks and harms.
    RisksAndHarms,
    /// Defend as one.
    DefendAsOne,
    /// People and culture.
    PeopleAndCulture,
    /// Build secure for the future.
    BuildSecure,
    /// Exemplary response and recovery.
    ResponseAndRecovery,
}

impl Pillar {
    /// All five, in the order of the strategy.
    pub const ALL: [Self; 5] = [
        Self::RisksAndHarms,
        Self::DefendAsOne,
        Self::PeopleAndCulture,
        Self::BuildSecure,
        Self::ResponseAndRecovery,
    ];
    /// The words used in reports.
    pub const fn label(self) -> &'static str {
        match self {
            Self::RisksAndHarms => "Greatest risks and harms",
            Self::DefendAsOne => "Defend as one",
            Self::PeopleAndCulture => "People and culture",
            Self::BuildSecure => "Build secure",
            Self::ResponseAndRecovery => "Response and recovery",
        }
    }
    /// Its name in options, JSON and CSV.
    pub const fn id(self) -> &'static str {
        match self {
            Self::RisksAndHarms => "risks-and-harms",
            Self::DefendAsOne => "defend-as-one",
            Self::PeopleAndCulture => "people-and-culture",
            Self::BuildSecure => "build-secure",
            Self::ResponseAndRecovery => "response-and-recovery",
        }
    }
}
