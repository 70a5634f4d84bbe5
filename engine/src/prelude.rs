//! What most programs that use resus need: `use resus_engine::prelude::*;`.

pub use std::sync::Arc;

pub use crate::catalogue::action::{Action, ActionKind, Target};
pub use crate::catalogue::outcome::Outcome;
pub use crate::catalogue::pillar::Pillar;
pub use crate::estate::{AssetId, OrgId, ServiceId};
pub use crate::scenario::{Override, Scenario, bundled, load, load_with};
pub use crate::sim::{Record, Simulation};
pub use crate::source::{Diagnostic, Diagnostics};
pub use crate::stats::intervals::Interval;
pub use crate::strategy::Strategy;
pub use crate::study::comparison::{Comparison, Paired, Summary, compare};
pub use crate::study::replicates::{Progress, ReplicationPlan, Study, run};
