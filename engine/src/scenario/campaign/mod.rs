//! What happens: attacks and failures, as a file states them and as the engine runs them.

use crate::catalogue::kinds::AssetKind;
use crate::catalogue::technique::EntryKind;
use crate::estate::OrgId;
use crate::random::{Param, Random};
use crate::scenario::spec::OutageSpec;
use crate::units::{Number, Share, SimDuration};

/// A campaign with its organisations found.
#[derive(Clone, Debug)]
pub struct Campaign {
    /// Text id.
    pub id: String,
    /// Name as printed.
    pub name: String,
    /// When it begins.
    pub begins: Random<SimDuration>,
    /// Ways in.
    pub entries: Vec<Entry>,
    /// How it spreads.
    pub spread: CampaignKind,
    /// Whether it encrypts, wipes, steals, disrupts.
    pub payload: Payloads,
}

/// What a campaign does in the end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Payloads {
    /// How hosts are lost, if at all.
    pub loss: Option<HostImpact>,
    /// Whether records are taken.
    pub steals: bool,
}

/// How hosts are lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostImpact {
    /// Encrypted.
    Encrypted,
    /// Wiped.
    Wiped,
    /// Failed: the data are whole.
    Failed,
}

/// A way in.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Way.
    pub via: EntryKind,
    /// Where it is tried.
    pub at: Vec<OrgId>,
    /// Successes a day without a control.
    pub per_day: Param<Number>,
    /// Most successes.
    pub most: u32,
}

/// How a campaign spreads.
#[derive(Clone, Debug)]
#[allow(missing_docs)] // as in `spec::SpreadSpec`
pub enum CampaignKind {
    Operator { crew: u32, sleeps: Option<Random<SimDuration>> },
    Worm { kill_switch: Option<Random<SimDuration>>, takes: Vec<AssetKind> },
    Supplier { supplier: OrgId, carries_on: Param<Share> },
    Outage { at: Vec<OrgId>, spec: OutageSpec },
    Flood { at: Vec<OrgId>, assets: Vec<AssetKind>, intensity: Param<Share>, lasts: Random<SimDuration> },
}
