//! How the rules of a playbook are followed: who follows them, whether their conditions hold, and the orders that come of them.

use super::CommandParams;
use crate::catalogue::kinds::AssetKind;
use crate::estate::OrgId;
use crate::sim::core::events::{CommandEvent, ResponseEvent};
use crate::sim::core::queue::EventQueue;
use crate::sim::core::run::RunContext;
use crate::sim::core::trace::{Cause, EventKind, NO_CAUSE};
use crate::sim::state::assets::Assets;
use crate::sim::state::incident::{Incident, Nation};
use crate::sim::state::intrusions::Intrusions;
use crate::sim::state::news::{News, attacked, whole};
use crate::strategy::playbook::{Condition, Rule, Trigger};
use crate::streams::StreamName;
use crate::units::{SimDuration, SimTime};

/// Whether an organisation is among those that follow a rule, the r-th of the playbook.
pub(super) fn follows(ctx: &RunContext, r: u32, rule: &Rule, org: OrgId) -> bool {
    let u = ctx
        .stream(StreamName::RuleFollowed {
            rule: ctx.setup.strategy.playbook.keys[r as usize],
            organisation: org.0,
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
    nation: &'s Nation,
    incident: &'s Incident,
    org: OrgId,
    now: SimTime,
}

impl Situation<'_> {
    fn allows(&self, rule: &Rule) -> bool {
        rule.conditions.iter().all(|c| self.holds(*c))
    }
    fn holds(&self, condition: Condition) -> bool {
        let Self { ctx, assets, intrusions, nation, incident, org, now } = *self;
        let estate = ctx.estate();
        match condition {
            Condition::SystemsDown => !whole(estate, assets, org),
            Condition::NoneDown => whole(estate, assets, org),
            Condition::Attacked => attacked(estate, assets, intrusions, org),
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
            self.incidents.get_mut(org).cleared = false;
        }
        let again = matches!(trigger, Trigger::Evicted | Trigger::Recovered | Trigger::SupplierBack);
        for (r, rule) in (0u32..).zip(&strategy.playbook.rules) {
            if rule.when != trigger || !rule.concerns(kind) {
                continue;
            }
            let fired = self.incidents.get(org).fired & (1 << r) != 0 && !again;
            if fired || !follows(&self.ctx, r, rule, org) {
                continue;
            }
            self.incidents.get_mut(org).fired |= 1 << r;
            let at = now + rule.after.map_or(0, SimDuration::get);
            self.planned.add(org, at);
            if at > now && !rule.conditions.is_empty() {
                self.news.events.add(at, org.0, CommandEvent::Follow(org, r, cause));
            } else if self.allows(now, org, rule) {
                order(&mut self.orders, at, org, rule, cause);
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
    pub(super) fn follow(&mut self, now: SimTime, org: OrgId, rule: u32, cause: Cause) {
        let strategy = self.ctx.setup.strategy.clone();
        let rule = &strategy.playbook.rules[rule as usize];
        if self.allows(now, org, rule) {
            order(&mut self.orders, now, org, rule, cause);
        }
    }
}
