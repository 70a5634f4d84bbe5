//! What several domains tell people: what becomes known to an organisation, and when it has recovered.

use bevy_ecs::prelude::*;
use bevy_ecs::system::SystemParam;

use super::assets::{Assets, Infrastructure};
use super::intrusions::Intrusions;
use crate::catalogue::event::Suspicion;
use crate::catalogue::kinds::OrgRole;
use crate::estate::{AssetId, ConnectionId, Estate, OrgId};
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

/// Whether what `org` sees is an attack: systems encrypted or wiped, or an intruder whom it has noticed.
pub(in crate::sim) fn sees_attack(
    estate: &Estate,
    assets: &Assets,
    intrusions: &Intrusions,
    org: OrgId,
) -> bool {
    estate.assets_of(org).any(|a| assets.get(a).lost > 0) || intrusions.known(org)
}

/// Whether nothing of the organisation is down.
pub(in crate::sim) fn whole(estate: &Estate, assets: &Assets, org: OrgId) -> bool {
    estate.assets_of(org).all(|a| assets.get(a).down() == 0)
}

/// Whether a supplier can assure the organisation at the other end of a connection that it is safe again: nothing of it is down, nobody
/// is known to be inside, what the customer uses there is back, and its own cuts are taken back. It hangs on the supplier alone, never
/// on what the customer has cut; and suppliers of each other do not wait for each other's cuts.
pub(in crate::sim) fn assured(
    estate: &Estate,
    infrastructure: &Infrastructure,
    intrusions: &Intrusions,
    supplier: OrgId,
    connection: ConnectionId,
) -> bool {
    let Infrastructure { assets, links, .. } = infrastructure;
    let uncut = || {
        let cut = |a| assets.get(a).is_cut();
        !links.cut_by(estate, connection, supplier) && !estate.assets_of(supplier).any(cut)
    };
    let mutual = || {
        let other = estate.other_end(connection, supplier);
        other.is_some_and(|o| estate.org(o).kind.role() == OrgRole::Supplier)
    };
    !links.instance_lost(connection)
        && whole(estate, assets, supplier)
        && !intrusions.known(supplier)
        && (uncut() || mutual())
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

    /// A supplier's state has changed for the better: those of its customers whom it can [assure](assured) that it is safe learn that it
    /// is back, each once, however many connections they have.
    pub fn supplier_back(
        &mut self,
        ctx: &RunContext,
        infrastructure: &Infrastructure,
        intrusions: &Intrusions,
        now: SimTime,
        supplier: OrgId,
        cause: Cause,
    ) {
        let estate = ctx.estate();
        let org = estate.org(supplier);
        if org.kind.role() != OrgRole::Supplier || !whole(estate, &infrastructure.assets, supplier) {
            return;
        }
        let assured = |c| assured(estate, infrastructure, intrusions, supplier, c);
        for &c in &org.connections {
            let Some(customer) = estate.other_end(c, supplier).filter(|o| *o != supplier) else { continue };
            let mut all = estate.org(customer).connections.iter();
            if all.find(|d| estate.other_end(**d, customer) == Some(supplier) && assured(**d)) == Some(&c) {
                self.learn(now, customer, Trigger::SupplierBack, cause);
            }
        }
    }

    /// An asset is whole again: when nothing of its owner is down any more, those who use it over a connection learn that it is back.
    pub fn asset_back(
        &mut self,
        ctx: &RunContext,
        infrastructure: &Infrastructure,
        intrusions: &Intrusions,
        now: SimTime,
        asset: AssetId,
        cause: Cause,
    ) {
        let a = ctx.estate().asset(asset);
        if ctx.estate().org(a.owner).kind.role() == OrgRole::Supplier {
            self.supplier_back(ctx, infrastructure, intrusions, now, a.owner, cause);
        } else if a.instances.is_empty() && whole(ctx.estate(), &infrastructure.assets, a.owner) {
            // Customers with an instance of their own learn it when theirs is back.
            for &customer in &a.customers {
                self.learn(now, customer, Trigger::SupplierBack, cause);
            }
        }
    }

    /// Failed hosts mended by themselves.
    pub fn mended(
        &mut self,
        ctx: &RunContext,
        infrastructure: &Infrastructure,
        intrusions: &Intrusions,
        now: SimTime,
        asset: AssetId,
    ) {
        let org = ctx.estate().asset(asset).owner;
        let cause = infrastructure.assets.get(asset).cause;
        self.recovered(ctx, &infrastructure.assets, now, org, cause);
        self.asset_back(ctx, infrastructure, intrusions, now, asset, cause);
    }
}
