//! Attacks and failures: ways in, the operator's stages, the worm, lost suppliers, outages, floods.

mod entry;
mod entry_point;
mod operator;
mod outage;
mod strike;
mod worm;

use bevy_ecs::prelude::*;
use bevy_ecs::system::SystemParam;

use super::care::Care;
use super::core::builder::{Phase, SimBuilder};
use super::core::events::ThreatEvent;
use super::core::queue::EventQueue;
use super::core::run::{RunContext, RunSetup, RunStreams, later};
use super::core::trace::{EventKind, NO_CAUSE};
use super::ledger::Ledger;
use super::state::assets::{AssetChanged, Infrastructure};
use super::state::incident::{Incidents, Nation};
use super::state::intrusions::{AssetStruck, IntrusionChanged, Intrusions};
use super::state::news::News;
use crate::strategy::playbook::Trigger;
use crate::streams::{StreamName, text_id};
use crate::units::SimTime;
use strike::strike;
use worm::Worms;

/// What the threat systems read and write.
#[derive(SystemParam)]
struct ThreatParams<'w, 's> {
    events: ResMut<'w, EventQueue<ThreatEvent>>,
    intrusions: ResMut<'w, Intrusions>,
    intrusion_changed: MessageWriter<'w, IntrusionChanged>,
    asset_struck: MessageWriter<'w, AssetStruck>,
    worms: ResMut<'w, Worms>,
    infrastructure: Infrastructure<'w>,
    incidents: Incidents<'w, 's>,
    nation: ResMut<'w, Nation>,
    news: News<'w>,
    ledger: ResMut<'w, Ledger>,
    care: ResMut<'w, Care>,
}

/// Adds the domain.
pub fn plugin(sim: &mut SimBuilder) {
    sim.queue::<ThreatEvent>();
    sim.messages::<AssetChanged>();
    sim.resource(Intrusions::default());
    sim.resource(Worms::default());
    sim.systems(Phase::Threat, run);
    sim.on_fork(|world| world.run_system_cached(fork).expect("the fork reads what the run reads"));
    sim.on_reset(|world| {
        let scenario = world.resource::<RunSetup>().scenario.clone();
        world.resource_mut::<Intrusions>().reset(scenario.campaigns.len());
        world.resource_mut::<Worms>().reset(scenario.campaigns.len());
        let streams = world.resource::<RunStreams>().current;
        for (n, campaign) in (0u32..).zip(&scenario.campaigns) {
            let u = streams.stream(StreamName::CampaignBegins { campaign: text_id(&campaign.id) }).uniform();
            let begins = entry::begins(campaign, streams).at(u);
            world.resource_mut::<EventQueue<ThreatEvent>>().add(begins as SimTime, n, ThreatEvent::Begin(n));
        }
    });
}

/// Draws afresh what is under way: thresholds of detection, entries, stages, the kill switch. A detection that was planned for the old
/// threshold does no harm: it looks, and plans anew.
fn fork(ctx: RunContext, mut threat: ThreatParams) {
    let now = ctx.clock.now;
    for (n, i) in (0u32..).zip(&mut threat.intrusions.all) {
        let stream = ctx.stream(StreamName::Detection {
            campaign: ctx.campaign_key(i.campaign),
            organisation: ctx.org_key(i.org),
        });
        i.threshold = i.integrated.max(0.0) + stream.exponential();
        if !i.noticed {
            threat.intrusion_changed.write(IntrusionChanged(n));
        }
    }
    let scenario = ctx.setup.scenario.clone();
    let mut pending = vec![];
    let intrusions = &threat.intrusions;
    threat.events.redraw(|_, event| match *event {
        ThreatEvent::Enter { campaign, entry, org } => {
            pending.push((campaign, entry, org));
            // Past the end it is dropped; what comes in its place follows.
            Some(SimTime::MAX)
        }
        ThreatEvent::Advance { intrusion, generation } => {
            let i = &intrusions.all[intrusion as usize];
            if i.generation != generation || i.frozen.is_some() {
                return None;
            }
            let (wait, factor) = operator::stage_wait(&ctx, i)?;
            let u = operator::stage_stream(&ctx, i).uniform();
            let elapsed = f64::from(now.saturating_sub(i.stage_since)) / factor;
            Some(later(i.stage_since, wait.beyond(elapsed, u) * factor).max(now))
        }
        ThreatEvent::Begin(n) => {
            let begins = entry::begins(&scenario.campaigns[n as usize], ctx.streams.replicate);
            let u = ctx.stream(StreamName::CampaignBegins { campaign: ctx.campaign_key(n) }).uniform();
            Some(later(0, begins.beyond(f64::from(now), u)).max(now))
        }
        ThreatEvent::Carry { .. }
        | ThreatEvent::Detonate(_)
        | ThreatEvent::DetonateEarly(_)
        | ThreatEvent::Strike { .. }
        | ThreatEvent::Reinfect { .. }
        | ThreatEvent::Leap(_)
        | ThreatEvent::KillSwitch
        | ThreatEvent::Mend(_)
        | ThreatEvent::FloodEnds(_)
        | ThreatEvent::Fail(..)
        | ThreatEvent::Close(..)
        | ThreatEvent::Open(_) => None,
    });
    entry::fork(&ctx, &mut threat, now, &pending);
}

fn run(mut ctx: RunContext, mut threat: ThreatParams) {
    let (ctx, threat) = (&mut ctx, &mut threat);
    let due = threat.events.take(ctx.clock.now);
    for &(now, _, _, event) in &due {
        match event {
            ThreatEvent::Begin(campaign) => entry::begin(ctx, threat, now, campaign),
            ThreatEvent::Enter { campaign, entry, org } => {
                entry::enter(ctx, threat, now, campaign, entry, org);
            }
            ThreatEvent::Advance { intrusion, generation } => {
                operator::advance(ctx, threat, now, intrusion, generation);
            }
            ThreatEvent::Carry { intrusion, connection } => {
                operator::carry(ctx, threat, now, intrusion, connection);
            }
            ThreatEvent::Detonate(campaign) => operator::detonate(ctx, threat, now, campaign),
            ThreatEvent::DetonateEarly(intrusion) => operator::detonate_early(ctx, threat, now, intrusion),
            ThreatEvent::Strike { campaign, asset, hosts, cause } => {
                strike(ctx, threat, now, campaign, asset, hosts, cause);
            }
            ThreatEvent::Reinfect { intrusion, asset, hosts } => {
                operator::reinfect(ctx, threat, now, intrusion, asset, hosts);
            }
            ThreatEvent::Leap(campaign) => worm::leaps(ctx, threat, now, campaign),
            ThreatEvent::KillSwitch => {
                threat.nation.kill_switch_known = Some(now);
                let cause = ctx.record(now, EventKind::KillSwitchFound, NO_CAUSE);
                threat.news.learn_everywhere(ctx, now, Trigger::KillSwitchFound, cause);
            }
            ThreatEvent::Mend(asset) => outage::mend(ctx, threat, now, asset),
            ThreatEvent::FloodEnds(asset) => outage::flood_ends(ctx, threat, now, asset),
            ThreatEvent::Fail(asset, lasts) => outage::fail(ctx, threat, now, asset, lasts),
            ThreatEvent::Close(service, lasts) => outage::close(ctx, threat, now, service, lasts),
            ThreatEvent::Open(service) => outage::open(ctx, threat, now, service),
        }
    }
    threat.events.done(due);
}
