//! How attacks are noticed: a hazard for each intrusion, integrated up to a threshold drawn once; losses within minutes.

use bevy_ecs::prelude::*;
use bevy_ecs::system::SystemParam;

use super::core::builder::{Phase, SimBuilder};
use super::core::events::DetectionEvent;
use super::core::queue::EventQueue;
use super::core::run::{RunContext, later};
use super::state::intrusions::{AssetStruck, Intrusion, IntrusionChanged, Intrusions};
use super::state::news::News;
use crate::catalogue::event::Suspicion;
use crate::catalogue::technique::Stage;
use crate::estate::OrgId;
use crate::strategy::playbook::Trigger;
use crate::streams::StreamName;
use crate::units::{DAY, SimTime};

/// Adds the domain.
pub fn plugin(sim: &mut SimBuilder) {
    sim.queue::<DetectionEvent>();
    sim.messages::<IntrusionChanged>();
    sim.messages::<AssetStruck>();
    sim.systems(Phase::Detection, run);
}

/// What the detection systems read and write.
#[derive(SystemParam)]
struct DetectionParams<'w> {
    ctx: RunContext<'w>,
    events: ResMut<'w, EventQueue<DetectionEvent>>,
    intrusions: ResMut<'w, Intrusions>,
    news: News<'w>,
}

/// Detections a minute of an intrusion at `t`.
fn rate(ctx: &RunContext, i: &Intrusion, t: SimTime) -> f64 {
    let (d, p) = (&ctx.parameters.detection, ctx.posture(i.org));
    let watched =
        if ctx.office_hours(t) { 1.0 } else { p.monitoring_hours + (1.0 - p.monitoring_hours) * d.unwatched };
    let noise = d.base
        * d.noise_growth.powi(i.stage as i32)
        * (1.0 + d.endpoint_detection * p.endpoint_detection)
        * (1.0 + d.visibility * p.asset_visibility)
        * (1.0 + d.national_monitoring * ctx.setup.strategy.system.monitoring);
    let reports = d.reports * p.phishing_reporting * if i.phished { 1.0 } else { d.unphished_reports };
    (noise * watched + reports * if ctx.office_hours(t) { 1.0 } else { d.reports_out_of_hours })
        / f64::from(DAY)
}

fn run(
    mut detection: DetectionParams,
    mut changed: ResMut<Messages<IntrusionChanged>>,
    mut struck: ResMut<Messages<AssetStruck>>,
) {
    let now = detection.ctx.clock.now;
    for IntrusionChanged(n) in changed.drain() {
        detection.look(now, n);
    }
    for strike in struck.drain() {
        detection.notice_later(now, strike);
    }
    let due = detection.events.take(now);
    for &(at, _, _, event) in &due {
        match event {
            DetectionEvent::Look(n) => detection.look(at, n),
            DetectionEvent::Notice(org, cause) => {
                for i in detection.intrusions.all.iter_mut().filter(|i| i.org == org) {
                    i.noticed = true;
                }
                detection.news.suspect(at, org, Suspicion::SystemsDown, cause);
                detection.news.learn(at, org, Trigger::Impact, cause);
            }
            DetectionEvent::NoticeSupplier(org, cause) => {
                detection.news.learn(at, org, Trigger::SupplierLost, cause);
            }
        }
    }
    detection.events.done(due);
}

impl DetectionParams<'_> {
    /// The owner of what was struck will notice it, and so will those who use it.
    fn notice_later(&mut self, now: SimTime, AssetStruck { at, asset, cause }: AssetStruck) {
        let ctx = &self.ctx;
        let noticed = &ctx.parameters.detection.encryption_noticed;
        let delay = |org: OrgId| {
            noticed.at(ctx.stream(StreamName::Notice { organisation: ctx.org_key(org) }).uniform())
        };
        let asset = ctx.estate().asset(asset);
        let owner = asset.owner;
        let event = DetectionEvent::Notice(owner, cause);
        self.events.add(later(at, delay(owner)).max(now), owner.0, event);
        for &customer in &asset.customers {
            let event = DetectionEvent::NoticeSupplier(customer, cause);
            self.events.add(
                later(at, ctx.parameters.detection.supplier_noticed * delay(customer)).max(now),
                customer.0,
                event,
            );
        }
    }

    /// Integrates the hazard up to `now`; notices, or plans the next look: at the crossing or at the next change of shift.
    fn look(&mut self, now: SimTime, n: u32) {
        let ctx = &self.ctx;
        let i = self.intrusions.all[n as usize];
        if i.evicted || i.noticed || i.stage == Stage::Detonated {
            return;
        }
        let since = i.integrated_to;
        let done = i.integrated + rate(ctx, &i, since) * f64::from(now.saturating_sub(since));
        let state = &mut self.intrusions.all[n as usize];
        (state.integrated, state.integrated_to) = (done, now.max(since));
        if done >= i.threshold - 1e-9 {
            state.noticed = true;
            self.news.suspect(now, i.org, Suspicion::AlertFollowedUp, i.cause);
            return;
        }
        let r = rate(ctx, &i, now);
        let crossing = if r > 0.0 { (i.threshold - done) / r } else { 4e9 };
        // Rates change at whole hours only.
        let mut change = 60 - (ctx.setup.scenario.calendar.offset() + now) % 60;
        while f64::from(change) < crossing
            && ctx.office_hours(now + change) == ctx.office_hours(now)
            && change < DAY
        {
            change += 60;
        }
        let at = later(now, crossing.ceil().min(f64::from(change)).max(1.0));
        self.events.add(at, n, DetectionEvent::Look(n));
    }
}
