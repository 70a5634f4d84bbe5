//! How the rules of a playbook are followed: who follows them, whether their conditions hold, and the orders that come of them.

use super::CommandParams;
use crate::catalogue::kinds::{AssetKind, OrgRole};
use crate::estate::{Dependency, Estate, Need, OrgId, ServiceId};
use crate::sim::care::Care;
use crate::sim::core::events::{CommandEvent, ResponseEvent};
use crate::sim::core::queue::EventQueue;
use crate::sim::core::run::RunContext;
use crate::sim::core::trace::{Cause, EventKind, NO_CAUSE};
use crate::sim::state::assets::Assets;
use crate::sim::state::incident::{Incident, Nation};
use crate::sim::state::intrusions::Intrusions;
use crate::sim::state::news::{News, sees_attack, whole};
use crate::strategy::playbook::{Condition, Rule, Trigger};
use crate::streams::StreamName;
use crate::units::{SimDuration, SimTime};

/// Whether an organisation is among those that follow a rule, the r-th of the playbook.
pub(super) fn follows(ctx: &RunContext, r: u32, rule: &Rule, org: OrgId) -> bool {
    let u = ctx
        .stream(StreamName::RuleFollowed {
            rule: ctx.setup.strategy.playbook.keys[r as usize],
            organisation: ctx.org_key(org),
        })
        .uniform();
    rule.followed.is_none_or(|f| u < f.get())
}

/// A rule's orders, for `at`.
pub(super) fn order(
    orders: &mut EventQueue<ResponseEvent>,
    at: SimTime,
    org: OrgId,
    rule: &Rule,
    cause: Cause,
) {
    for (k, action) in (0u32..).zip(&rule.act) {
        orders.add(at, org.0 << 6 | k, ResponseEvent::Order(org, *action, cause));
    }
}

/// What a rule's conditions ask about.
struct Situation<'s> {
    ctx: &'s RunContext<'s>,
    assets: &'s Assets,
    intrusions: &'s Intrusions,
    care: &'s Care,
    nation: &'s Nation,
    incident: &'s Incident,
    org: OrgId,
    now: SimTime,
}

impl Situation<'_> {
    fn allows(&self, rule: &Rule) -> bool {
        rule.conditions.iter().all(|c| self.holds(*c)) && !rule.unless.iter().any(|c| self.holds(*c))
    }
    fn holds(&self, condition: Condition) -> bool {
        let Self { ctx, assets, intrusions, care, nation, incident, org, now } = *self;
        let estate = ctx.estate();
        match condition {
            Condition::SystemsDown => !whole(estate, assets, org),
            Condition::NoneDown => whole(estate, assets, org),
            Condition::Attacked => sees_attack(estate, assets, intrusions, org),
            Condition::IntruderKnown => intrusions.known(org),
            Condition::HostsDown(share) => {
                let down: u32 = estate.assets_of(org).map(|a| assets.get(a).down()).sum();
                down > 0 && f64::from(down) >= share.get() * f64::from(estate.org(org).hosts)
            }
            Condition::KindDown(kind) => {
                estate.assets_of(org).any(|a| estate.asset(a).kind == kind && assets.get(a).down() > 0)
            }
            Condition::CareBelow(share) => care_now(estate, care, org) < share.get(),
            Condition::CareRearranged => incident.rearranged(),
            Condition::CareCutOff(share) => care_cut_off(ctx, org) >= share.get(),
            Condition::SupplierAttacked => {
                let other = estate.org(org).connections.iter().filter_map(|c| estate.other_end(*c, org));
                let supplier = |o: &OrgId| estate.org(*o).kind.role() == OrgRole::Supplier;
                other.filter(supplier).any(|o| sees_attack(estate, assets, intrusions, o))
            }
            Condition::Reported(organisations) => nation.attacks >= organisations,
            Condition::QuietFor(time) => incident.last_sign.is_none_or(|at| at + time.get() <= now),
            Condition::AssetsKnown(share) => ctx.posture(org).asset_visibility >= share.get(),
            Condition::OutOfHours => !ctx.office_hours(now),
            Condition::NationalIncident => nation.incident.is_some(),
            Condition::OwnResponders => ctx.posture(org).responders > 0.0,
            Condition::BackupIntact => estate
                .assets_of(org)
                .filter(|a| estate.asset(*a).kind == AssetKind::Backup)
                .all(|a| assets.get(a).down() == 0),
            Condition::NotEvicted => incident.evicted.is_none() || intrusions.known(org),
        }
    }
}

/// The share of its usual capacity that an organisation's care has, weighed by the harm of losing it; 1 where it gives none.
fn care_now(estate: &Estate, care: &Care, org: OrgId) -> f64 {
    let (mut now, mut usual) = (0.0, 0.0);
    for s in estate.org(org).services.clone().map(ServiceId) {
        let weight = estate.service(s).level * estate.service(s).harm;
        now += weight * care.services[s.ix()].capacity_share;
        usual += weight;
    }
    if usual > 0.0 { now / usual } else { 1.0 }
}

/// The share of its own care, and of that which others give with its systems, that would go on if an organisation cut all connections
/// with others: weighed by harm, with paper and other workarounds fresh.
fn care_cut_off(ctx: &RunContext, org: OrgId) -> f64 {
    let (estate, c) = (ctx.estate(), &ctx.parameters.care);
    let left = |d: &Dependency| {
        let continuity = ctx.posture(estate.service(d.service).owner).continuity;
        let ready = c.unready + (1.0 - c.unready) * continuity;
        1.0 - d.lost(c.dependence) * (1.0 - d.workaround * ready)
    };
    let (mut kept, mut usual) = (0.0, 0.0);
    let mut count = |s: ServiceId, share: f64| {
        let weight = estate.service(s).level * estate.service(s).harm;
        kept += weight * share;
        usual += weight;
    };
    for s in estate.org(org).services.clone().map(ServiceId) {
        let outside = |d: &&Dependency| matches!(d.on, Need::Asset(_, Some(connection)) if estate.other_end(connection, org) != Some(org));
        let range = estate.service(s).dependencies.clone();
        let needs = &estate.dependencies[range.start as usize..range.end as usize];
        count(s, needs.iter().filter(outside).map(left).product());
    }
    for a in estate.assets_of(org) {
        for &(s, d) in estate.asset(a).dependents.iter().filter(|d| estate.service(d.0).owner != org) {
            count(s, left(&estate.dependencies[d as usize]));
        }
    }
    if usual > 0.0 { kept / usual } else { 1.0 }
}

/// Decisions whose time is on record.
pub(super) fn timed(ctx: RunContext, mut news: News) {
    let strategy = ctx.setup.strategy.clone();
    let rules = &strategy.playbook.rules;
    for (n, rule) in rules.iter().enumerate() {
        if let Trigger::At(time) = rule.when
            && rules[..n].iter().all(|r| r.when != rule.when)
        {
            news.learn_everywhere(&ctx, time.get(), rule.when, NO_CAUSE);
        }
    }
}

impl CommandParams<'_, '_> {
    /// Whether a rule's conditions hold at an organisation.
    fn allows(&self, now: SimTime, org: OrgId, rule: &Rule) -> bool {
        let situation = Situation {
            ctx: &self.ctx,
            assets: &self.assets,
            intrusions: &self.intrusions,
            care: &self.care,
            nation: &self.nation,
            incident: self.incidents.get(org),
            org,
            now,
        };
        situation.allows(rule)
    }

    /// An organisation learns something: each rule that it sets off is followed, at once or later.
    pub(super) fn learn(&mut self, now: SimTime, org: OrgId, trigger: Trigger, cause: Cause) {
        let strategy = self.ctx.setup.strategy.clone();
        let kind = self.ctx.estate().org(org).kind;
        if trigger == Trigger::Alert {
            self.ctx.record(now, EventKind::AlertRead { org }, cause);
        }
        if self.commanded.is(org) {
            return;
        }
        if matches!(trigger, Trigger::Suspected | Trigger::Impact) {
            let mut incident = self.incidents.get_mut(org);
            incident.cleared = false;
            incident.last_sign = Some(now);
            // What was reported as a fault turns out to be an attack.
            let told = incident.reported && !incident.reported_attack;
            if told && sees_attack(self.ctx.estate(), &self.assets, &self.intrusions, org) {
                self.report(now, org);
            }
        }
        let each_time = matches!(trigger, Trigger::Evicted | Trigger::Recovered | Trigger::SupplierBack);
        for (r, rule) in (0u32..).zip(&strategy.playbook.rules) {
            if rule.when != trigger || !rule.concerns(kind) {
                continue;
            }
            let fired = self.incidents.get(org).fired & (1 << r) != 0 && !each_time;
            if fired || !follows(&self.ctx, r, rule, org) {
                continue;
            }
            let at = now + rule.after.map_or(0, SimDuration::get);
            self.planned.add(org, at);
            if at > now && rule.is_conditional() {
                self.incidents.get_mut(org).fired |= 1 << r;
                self.news.events.add(at, org.0, CommandEvent::Follow(org, r, cause));
            } else if self.allows(now, org, rule) {
                self.incidents.get_mut(org).fired |= 1 << r;
                order(&mut self.orders, at, org, rule, cause);
            } else {
                self.look_again(now, org, r, rule, cause);
            }
        }
        if matches!(
            trigger,
            Trigger::Suspected | Trigger::Impact | Trigger::Recovered | Trigger::SupplierBack
        ) {
            self.incidents.take_stock_later(&mut self.orders, now, org);
        }
    }

    /// An organisation follows a rule, if the rule's conditions hold by now.
    pub(super) fn follow(&mut self, now: SimTime, org: OrgId, r: u32, cause: Cause) {
        let strategy = self.ctx.setup.strategy.clone();
        let rule = &strategy.playbook.rules[r as usize];
        self.incidents.get_mut(org).waiting &= !(1 << r);
        if self.allows(now, org, rule) {
            order(&mut self.orders, now, org, rule, cause);
        } else {
            self.look_again(now, org, r, rule, cause);
        }
    }

    /// A rule's conditions do not hold: they are looked at later, if it says so. What may never come is not planned, so that nobody who
    /// takes stock waits for it.
    fn look_again(&mut self, now: SimTime, org: OrgId, r: u32, rule: &Rule, cause: Cause) {
        let Some(again) = rule.again else { return };
        let mut incident = self.incidents.get_mut(org);
        let at = now + again.get();
        if at < self.ctx.clock.end && incident.waiting & (1 << r) == 0 && !self.commanded.is(org) {
            incident.waiting |= 1 << r;
            incident.fired |= 1 << r;
            self.news.events.add(at, org.0, CommandEvent::Follow(org, r, cause));
        }
    }
}
