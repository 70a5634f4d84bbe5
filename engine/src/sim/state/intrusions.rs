//! Intrusions: one for each campaign inside an organisation.

use bevy_ecs::prelude::*;

use crate::catalogue::technique::Stage;
use crate::estate::{AssetId, OrgId};
use crate::sim::core::events::ThreatEvent;
use crate::sim::core::queue::EventQueue;
use crate::sim::core::trace::Cause;
use crate::units::SimTime;

/// One campaign inside one organisation.
#[derive(Clone, Copy, Debug)]
pub struct Intrusion {
    /// Campaign.
    pub campaign: u32,
    /// Organisation.
    pub org: OrgId,
    /// How far.
    pub stage: Stage,
    /// When it began.
    pub since: SimTime,
    /// When its stage began.
    pub stage_since: SimTime,
    /// Where its foothold is.
    pub foothold: AssetId,
    /// When the stage ends.
    pub due: SimTime,
    /// Minutes left when it was cut off; absent while it works.
    pub frozen: Option<u32>,
    /// Counts reschedulings.
    pub generation: u32,
    /// It is out.
    pub evicted: bool,
    /// It came by phishing: staff may report it.
    pub phished: bool,
    /// Its last entry in the trace.
    pub cause: Cause,
    /// Detection: threshold, what is integrated so far, since when, at which rate a minute.
    pub threshold: f64,
    /// Integrated hazard.
    pub integrated: f64,
    /// Integrated up to here.
    pub integrated_to: SimTime,
    /// It was noticed.
    pub noticed: bool,
}

/// All intrusions of the run, in the order in which they began.
#[derive(Resource, Debug, Default)]
pub struct Intrusions {
    /// The intrusions.
    pub all: Vec<Intrusion>,
    /// Successes of each (campaign, entry).
    successes: Vec<u32>,
    /// By campaign: when it detonates everywhere, once that is planned.
    pub(in crate::sim) detonation: Vec<Option<SimTime>>,
    /// By campaign: when it began to try its ways in.
    pub(in crate::sim) began: Vec<Option<SimTime>>,
    /// Organisations that an entry means, while it is planned; kept for its memory.
    pub(in crate::sim) meant: Vec<(u64, OrgId)>,
}

impl Intrusions {
    /// Back to none.
    pub fn reset(&mut self, campaigns: usize) {
        self.all.clear();
        self.successes.clear();
        self.successes.resize(campaigns * MOST_ENTRIES, 0);
        self.detonation.clear();
        self.detonation.resize(campaigns, None);
        self.began.clear();
        self.began.resize(campaigns, None);
    }
    /// Intrusions that are not out, of an organisation.
    pub fn inside(&self, org: OrgId) -> impl Iterator<Item = u32> + '_ {
        (0u32..).zip(&self.all).filter(move |(_, i)| i.org == org && !i.evicted).map(|(n, _)| n)
    }
    /// Whether an intruder who was noticed is inside an organisation.
    pub fn known(&self, org: OrgId) -> bool {
        self.inside(org).any(|n| self.all[n as usize].noticed)
    }
    /// Whether the campaign was ever in the organisation.
    pub(in crate::sim) fn ever(&self, campaign: u32, org: OrgId) -> bool {
        self.all.iter().any(|i| i.campaign == campaign && i.org == org)
    }
    /// Successes of a campaign's entry so far, to count on.
    pub(in crate::sim) fn successes(&mut self, campaign: u32, entry: u32) -> &mut u32 {
        &mut self.successes[campaign as usize * MOST_ENTRIES + entry as usize]
    }
    /// An organisation that is cut off from outside stops its intruders; one that is joined again lets them go on.
    pub(in crate::sim) fn freeze(
        &mut self,
        events: &mut EventQueue<ThreatEvent>,
        now: SimTime,
        org: OrgId,
        cut_off: bool,
    ) {
        for (n, i) in (0u32..).zip(&mut self.all).filter(|(_, i)| i.org == org && !i.evicted) {
            match (i.frozen, cut_off) {
                (None, true) => {
                    i.frozen = Some(i.due.saturating_sub(now));
                    i.generation += 1;
                }
                (Some(left), false) => {
                    i.frozen = None;
                    i.generation += 1;
                    i.due = now + left;
                    if i.stage < Stage::Ready {
                        let event = ThreatEvent::Advance { intrusion: n, generation: i.generation };
                        events.add(i.due, n, event);
                    } else if i.stage == Stage::Ready {
                        events.add(now + left.max(60), n, ThreatEvent::DetonateEarly(n));
                    }
                }
                (None, false) | (Some(_), true) => {}
            }
        }
    }
}

/// The stage of an intrusion has changed, or its threshold of detection: by its index in [`Intrusions::all`].
#[derive(Message, Clone, Copy, Debug)]
pub struct IntrusionChanged(pub u32);

/// Hosts of an asset were taken down.
#[derive(Message, Clone, Copy, Debug)]
pub struct AssetStruck {
    /// When.
    pub at: SimTime,
    /// Which.
    pub asset: AssetId,
    /// Because of.
    pub cause: Cause,
}

/// The most ways in of a campaign.
pub(in crate::sim) const MOST_ENTRIES: usize = 64;
