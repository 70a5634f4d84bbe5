//! What several domains tell people: what becomes known to an organisation, and when it has recovered.

use bevy_ecs::prelude::*;
use bevy_ecs::system::SystemParam;

use super::assets::Assets;
use super::intrusions::Intrusions;
use crate::catalogue::event::Suspicion;
use crate::estate::{AssetId, Estate, OrgId};
use crate::sim::core::events::CommandEvent;
use crate::sim::core::queue::EventQueue;
use crate::sim::core::run::RunContext;
use crate::sim::core::trace::Cause;
use crate::strategy::playbook::{Rule, Trigger};
use crate::units::SimTime;

/// Whether anything points to an attack on `org`; what merely failed does not.
pub(in crate::sim) fn attacked(
    estate: &Estate,
    assets: &Assets,
    intrusions: &Intrusions,
    org: OrgId,
) -> bool {
    let struck = |a| assets.get(a).lost > 0 || assets.get(a).held > 0;
    estate.assets_of(org).any(struck) || intrusions.inside(org).next().is_some()
}

/// Whether nothing of the organisation is down.
pub(in crate::sim) fn whole(estate: &Estate, assets: &Assets, org: OrgId) -> bool {
    estate.assets_of(org).all(|a| assets.get(a).down() == 0)
}

/// What people get to know.
#[derive(SystemParam)]
pub(in crate::sim) struct News<'w> {
    pub events: ResMut<'w, EventQueue<CommandEvent>>,
}

impl News<'_> {
    /// An organisation learns something.
    pub fn learn(&mut self, at: SimTime, org: OrgId, trigger: Trigger, cause: Cause) {
        self.events.add(at, org.0, CommandEvent::Learn(org, trigger, cause));
    }

    /// An organisation suspects an incident.
    pub fn suspect(&mut self, at: SimTime, org: OrgId, how: Suspicion, cause: Cause) {
        self.events.add(at, org.0, CommandEvent::Suspect(org, how, cause));
    }

    /// Everybody learns something at once.
    pub fn learn_everywhere(&mut self, ctx: &RunContext, now: SimTime, trigger: Trigger, cause: Cause) {
        let rules = &ctx.setup.strategy.playbook.rules;
        for (n, org) in (0u32..).zip(&ctx.estate().organisations) {
            let moves = |r: &Rule| r.when == trigger && r.concerns(org.kind);
            if rules.iter().any(moves) {
                self.learn(now, OrgId(n), trigger, cause);
            }
        }
    }

    /// When nothing of the organisation is down any more, it has recovered.
    pub fn recovered(&mut self, ctx: &RunContext, assets: &Assets, now: SimTime, org: OrgId, cause: Cause) {
        if whole(ctx.estate(), assets, org) {
            self.learn(now, org, Trigger::Recovered, cause);
        }
    }

    /// An asset is whole again: when nothing of its owner is down any more, those who use it over a connection learn that their
    /// supplier is back.
    pub fn supplier_back(
        &mut self,
        ctx: &RunContext,
        assets: &Assets,
        now: SimTime,
        asset: AssetId,
        cause: Cause,
    ) {
        let a = ctx.estate().asset(asset);
        // Customers with an instance of their own learn it when theirs is back.
        if a.customers.is_empty() || !a.instances.is_empty() || !whole(ctx.estate(), assets, a.owner) {
            return;
        }
        for &customer in &a.customers {
            self.learn(now, customer, Trigger::SupplierBack, cause);
        }
    }

    /// Failed hosts mended by themselves.
    pub fn mended(&mut self, ctx: &RunContext, assets: &Assets, now: SimTime, asset: AssetId) {
        let org = ctx.estate().asset(asset).owner;
        let cause = assets.get(asset).cause;
        self.recovered(ctx, assets, now, org, cause);
        self.supplier_back(ctx, assets, now, asset, cause);
    }
}
