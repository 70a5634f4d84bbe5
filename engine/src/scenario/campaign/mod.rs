//! What happens: attacks and failures, as a file states them and as the engine runs them.

mod flood;
mod operator;
mod outage;
mod supplier;
mod worm;

use std::ops::Range;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::catalogue::kinds::AssetKind;
use crate::catalogue::technique::{EntryKind, Payload};
use crate::estate::selector::{Selector, select};
use crate::estate::{Estate, OrgId};
use crate::random::{Param, Random, Resolve, Resolver};
use crate::source::{Diagnostics, Located};
use crate::streams::Streams;
use crate::units::{Number, Share, SimDuration, SimTime};
pub use flood::FloodSpec;
pub use operator::OperatorSpec;
pub use outage::OutageSpec;
pub use supplier::SupplierLossSpec;
pub use worm::WormSpec;

/// Something that happens: an attack or a failure.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CampaignSpec {
    /// Text id.
    pub id: Located<String>,
    /// Name as printed.
    #[serde(default)]
    pub name: String,
    /// When it begins, after the start.
    #[serde(default)]
    pub begins: Option<Random<SimDuration>>,
    /// Ways in.
    #[serde(default)]
    pub entries: Vec<Located<EntrySpec>>,
    /// How it spreads.
    pub spread: SpreadSpec,
    /// What it does in the end.
    #[serde(default)]
    pub payloads: Vec<Payload>,
}

/// One way in, at some organisations.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EntrySpec {
    /// Way.
    pub via: EntryKind,
    /// Where it is tried.
    pub at: Located<Selector>,
    /// Tries a day at an organisation. Each succeeds where there is no control against it.
    pub per_day: Param<Number>,
    /// It stops after this many successes.
    #[serde(default = "one")]
    pub most: u32,
    /// For how long it is tried, from when the campaign begins; absent: to the end of the scenario.
    #[serde(default)]
    pub lasts: Option<Random<SimDuration>>,
    /// Tries at an organisation in all; absent: as many as there is time for.
    #[serde(default)]
    pub attempts: Option<Param<Number>>,
    /// Organisations at which it is tried, drawn for each run from those that are meant; absent: all of them.
    #[serde(default)]
    pub targets: Option<u32>,
    /// The campaign has found this way open as things stand: only what a strategy adds to the control can shut it.
    #[serde(default)]
    pub found: bool,
}

const fn one() -> u32 {
    1
}

/// How a campaign spreads.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub enum SpreadSpec {
    /// People at keyboards: stage by stage, then detonation everywhere that identity reaches.
    Operator(OperatorSpec),
    /// Self-spreading code.
    Worm(WormSpec),
    /// A shared platform is lost at once; its connections may carry the intruder on.
    Supplier(SupplierLossSpec),
    /// Nobody's attack: a bad update or a failed data centre.
    Outage(OutageSpec),
    /// Denial of service.
    Flood(FloodSpec),
}

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
    /// Tries a day, each of which succeeds without a control.
    pub per_day: Param<Number>,
    /// Most successes.
    pub most: u32,
    /// For how long it is tried.
    pub lasts: Option<Random<SimDuration>>,
    /// Most tries at an organisation.
    pub attempts: Option<Param<Number>>,
    /// Most organisations at which it is tried.
    pub targets: Option<u32>,
    /// It is open as things stand.
    pub found: bool,
}

impl Campaign {
    /// By entry: its name in paths of values, with a number where several are of one kind: `exposed_service`, `exposed_service_2`.
    pub fn entry_names(&self) -> Vec<String> {
        entry_names(&self.entries.iter().map(|e| e.via).collect::<Vec<_>>())
    }
}

/// Names of ways in, by kind, with a number from the second of a kind on.
pub(super) fn entry_names(via: &[EntryKind]) -> Vec<String> {
    let name = |(n, kind): (usize, &EntryKind)| match via[..n].iter().filter(|k| *k == kind).count() {
        0 => kind.path_name().to_owned(),
        before => format!("{}_{}", kind.path_name(), before + 1),
    };
    via.iter().enumerate().map(name).collect()
}

/// How a campaign spreads.
#[derive(Clone, Debug)]
#[allow(missing_docs)] // as in `SpreadSpec`
pub enum CampaignKind {
    Operator { crew: u32, sleeps: Option<Random<SimDuration>> },
    Worm { kill_switch: Option<Random<SimDuration>>, takes: Vec<AssetKind> },
    Supplier { supplier: OrgId, carries_on: Param<Share> },
    Outage { at: Vec<OrgId>, spec: OutageSpec },
    Flood { at: Vec<OrgId>, assets: Vec<AssetKind>, intensity: Param<Share>, lasts: Random<SimDuration> },
}

impl CampaignSpec {
    /// Held against the estate, its organisations found; none when it cannot be run at all.
    pub(super) fn resolve(
        &self,
        estate: &Estate,
        horizon: SimTime,
        diagnostics: &mut Diagnostics,
    ) -> Option<Campaign> {
        if let Some(begins) = &self.begins
            && sound(begins, &self.id.at, diagnostics)
            && earliest(begins) >= f64::from(horizon)
        {
            diagnostics.warn(&self.id.at, "this campaign begins when the scenario is over").help =
                Some("let it begin earlier, or give a longer `horizon`".into());
        }
        let spread = match &self.spread {
            SpreadSpec::Operator(o) => o.resolve(&self.id.at, diagnostics),
            SpreadSpec::Worm(w) => w.resolve(&self.id.at, diagnostics),
            SpreadSpec::Supplier(s) => s.resolve(estate, diagnostics)?,
            SpreadSpec::Outage(o) => o.resolve(estate, diagnostics),
            SpreadSpec::Flood(f) => f.resolve(estate, diagnostics),
        };
        let payload = Payloads::new(&self.payloads);
        if matches!(spread, CampaignKind::Outage { .. }) && payload.loss.is_none() {
            diagnostics
                .warn(&self.id.at, "nothing fails in this outage: it has no payload that fells hosts")
                .help = Some("add `payloads: [Disrupt]`".into());
        }
        let needs_entry = matches!(spread, CampaignKind::Operator { .. } | CampaignKind::Worm { .. });
        if needs_entry && self.entries.is_empty() {
            diagnostics.wrong(&self.id.at, "this campaign has no way in").help =
                Some("add `entries: [(via: Phishing, at: Any, per_day: 0.5)]`".into());
        }
        let entries = self.entries.iter().filter_map(Located::get);
        let entries = entries.map(|e| e.resolve(estate, diagnostics)).collect();
        let id = self.id.get()?.clone();
        Some(Campaign {
            name: if self.name.is_empty() { id.clone() } else { self.name.clone() },
            id,
            begins: self.begins.clone().unwrap_or_else(|| Random::fixed(SimDuration::minutes(0))),
            entries,
            spread,
            payload,
        })
    }
}

/// Whether an uncertain value may be drawn from; what is wrong with it is noted at `at`.
fn sound(value: &impl Resolve, at: &Range<usize>, diagnostics: &mut Diagnostics) -> bool {
    let flaw = value.validate();
    let sound = flaw.is_none();
    if let Some(flaw) = flaw {
        diagnostics.wrong(at, flaw);
    }
    sound
}

/// Notes when nobody who is meant has an asset of these kinds: then nothing would happen.
fn has_any(
    kinds: &[AssetKind],
    meant: &[OrgId],
    at: &Range<usize>,
    estate: &Estate,
    diagnostics: &mut Diagnostics,
) {
    let hit = |o: &OrgId| estate.assets_of(*o).any(|a| kinds.contains(&estate.asset(a).kind));
    if !meant.is_empty() && !meant.iter().any(hit) {
        let names: Vec<&str> = kinds.iter().map(|k| k.name()).collect();
        diagnostics.warn(at, format!("none of these organisations has {}", names.join(" or "))).help =
            Some("name kinds of assets that they have: `resus estate` lists them".into());
    }
}

/// About the earliest moment that can be drawn, in minutes.
fn earliest(begins: &Random<SimDuration>) -> f64 {
    begins.resolve(&mut Resolver::new(Streams::new(0, 0))).at(1e-3)
}

impl EntrySpec {
    fn resolve(&self, estate: &Estate, diagnostics: &mut Diagnostics) -> Entry {
        sound(&self.per_day, &self.at.at, diagnostics);
        if self.most == 0 {
            diagnostics.wrong(&self.at.at, "`most: 0` lets nobody in").help = Some("give 1 or more".into());
        }
        if let Some(lasts) = &self.lasts {
            sound(lasts, &self.at.at, diagnostics);
        }
        if let Some(attempts) = &self.attempts
            && sound(attempts, &self.at.at, diagnostics)
            && attempts.known().is_some_and(|n| n.get() < 1.0)
        {
            diagnostics.warn(&self.at.at, "with less than one try nobody ever gets in this way").help =
                Some("give `attempts` of 1 or more, or leave the entry out".into());
        }
        if self.targets == Some(0) {
            diagnostics.wrong(&self.at.at, "`targets: 0` tries nobody").help = Some("give 1 or more".into());
        }
        let at = select(&self.at, estate, diagnostics);
        Entry {
            via: self.via,
            at,
            per_day: self.per_day.clone(),
            most: self.most,
            lasts: self.lasts.clone(),
            attempts: self.attempts.clone(),
            targets: self.targets,
            found: self.found,
        }
    }
}

impl Payloads {
    fn new(all: &[Payload]) -> Self {
        let loss = all.iter().find_map(|p| match p {
            Payload::Encrypt => Some(HostImpact::Encrypted),
            Payload::Wipe => Some(HostImpact::Wiped),
            Payload::Disrupt => Some(HostImpact::Failed),
            Payload::StealRecords | Payload::None => None,
        });
        Self { loss, steals: all.contains(&Payload::StealRecords) }
    }
}
