//! How decisions are made: suspicion, declaration, alerts, and the rules of the playbook that turn them into orders.

mod alerts;

use bevy_ecs::prelude::*;

use super::SimBuilder;
use super::chronicle::{Cause, NO_CAUSE, What};
use super::clock::{Agenda, Phase};
use super::response;
use super::state::{Assets, Commanded, Ctx, Incident, Nation, Roster, later};
use super::threat::{self, Intrusions, Stage};
use crate::draws::{Purpose, pair};
use crate::estate::kinds::AssetKind;
use crate::estate::{AssetId, Estate, OrgId};
use crate::strategy::playbook::{Condition, Rule, Trigger};
use crate::units::SimTime;
use alerts::Alerts;

/// What is due in the phase Command.
#[derive(Clone, Copy, Debug)]
pub enum Due {
    /// An organisation suspects an incident.
    Suspect(OrgId, &'static str, Cause),
    /// It declares.
    Declare(OrgId),
    /// It learns something.
    Learn(OrgId, Trigger, Cause),
    /// It reads an alert that it acts on by itself.
    Read(OrgId, Cause),
    /// It follows a rule, if the rule's conditions hold by then.
    Follow(OrgId, u32, Cause),
    /// The national level learns of its incident.
    NationKnows(OrgId),
    /// Shared indicators are in place everywhere.
    Indicators,
}

/// Whether an organisation is among those that follow a rule, the r-th of the playbook.
fn follows(ctx: &Ctx, r: u32, rule: &Rule, org: OrgId) -> bool {
    let luck = ctx.draw(Purpose::Alert, pair(1_000_000 + r, org.0)).uniform();
    rule.followed.is_none_or(|f| luck < f.get())
}

/// A rule's orders, for `at`.
fn order(orders: &mut Agenda<response::Due>, at: SimTime, org: OrgId, rule: &Rule, cause: Cause) {
    for (k, action) in (0u32..).zip(&rule.act) {
        orders.add(at, org.0 << 6 | k, response::Due::Order(org, *action, cause));
    }
}

/// What a rule's conditions ask about.
struct Situation<'s> {
    ctx: &'s Ctx<'s>,
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
        let down = || ctx.estate().assets_of(org).any(|a| assets.get(a).down() > 0);
        match condition {
            Condition::SystemsDown => down(),
            Condition::NoneDown => !down(),
            Condition::Attacked => attacked(ctx.estate(), assets, intrusions, org),
            Condition::OutOfHours => !ctx.office_hours(now),
            Condition::NationalIncident => nation.incident.is_some(),
            Condition::OwnResponders => ctx.posture(org).responders > 0.0,
            Condition::BackupIntact => ctx
                .estate()
                .assets_of(org)
                .filter(|a| ctx.estate().asset(*a).kind == AssetKind::Backup)
                .all(|a| assets.get(a).down() == 0),
            Condition::NotEvicted => incident.evicted.is_none(),
        }
    }
}

/// Adds the domain.
pub fn plugin(sim: &mut SimBuilder) {
    sim.agenda::<Due>();
    sim.resource(Alerts::default());
    sim.on_reset(|world| {
        world.resource_mut::<Alerts>().reset();
        world.run_system_cached(timed).expect("the reset reads what the run reads");
    });
    sim.systems(Phase::Command, run);
    sim.on_fork(|world| world.run_system_cached(fork).expect("the fork reads what the run reads"));
}

/// Draws afresh the decisions that are under way, given how long they have been.
fn fork(ctx: Ctx, mut agenda: ResMut<Agenda<Due>>, roster: Res<Roster>, incidents: Query<&Incident>) {
    let now = ctx.clock.now;
    agenda.redraw(|_, due| match *due {
        Due::Declare(org) => {
            let suspected = incidents.get(roster.0[org.ix()]).ok()?.suspected?;
            let factor = decision_factor(&ctx, suspected, org);
            let elapsed = f64::from(now.saturating_sub(suspected)) / factor.max(1e-9);
            let u = ctx.draw(Purpose::Decision, u64::from(org.0)).uniform();
            let delay = ctx.numbers().command.decision_delay.beyond(elapsed, u) * factor;
            Some(later(suspected, delay).max(now))
        }
        _ => None,
    });
}

/// Decisions whose time is on record.
fn timed(mut ctx: Ctx, mut agenda: ResMut<Agenda<Due>>) {
    let strategy = ctx.case.strategy.clone();
    let rules = &strategy.playbook.rules;
    for (n, rule) in rules.iter().enumerate() {
        if let Trigger::At(time) = rule.when
            && rules[..n].iter().all(|r| r.when != rule.when)
        {
            learn_everywhere(&mut ctx, &mut agenda, time.get(), rule.when, NO_CAUSE);
        }
    }
}

/// Everybody learns something at once.
pub(crate) fn learn_everywhere(
    ctx: &mut Ctx,
    agenda: &mut Agenda<Due>,
    now: SimTime,
    trigger: Trigger,
    cause: Cause,
) {
    let rules = &ctx.case.strategy.playbook.rules;
    for (n, org) in (0u32..).zip(&ctx.case.scenario.estate.organisations) {
        let moves = |r: &Rule| r.when == trigger && r.concerns(org.kind);
        if rules.iter().any(moves) {
            agenda.add(now, n, Due::Learn(OrgId(n), trigger, cause));
        }
    }
}

/// Whether anything points to an attack on `org`; what merely failed does not.
pub(crate) fn attacked(estate: &Estate, assets: &Assets, intrusions: &Intrusions, org: OrgId) -> bool {
    let struck = |a| assets.get(a).lost > 0 || assets.get(a).held > 0;
    estate.assets_of(org).any(struck) || intrusions.inside(org).next().is_some()
}

/// An asset is whole again: when nothing of its owner is down any more, those who use it over a connection learn that their supplier
/// is back.
pub(crate) fn supplier_back(
    ctx: &Ctx,
    agenda: &mut Agenda<Due>,
    assets: &Assets,
    now: SimTime,
    asset: AssetId,
    cause: Cause,
) {
    let a = ctx.estate().asset(asset);
    // Customers with an instance of their own learn it when theirs is back.
    if a.customers.is_empty()
        || !a.instances.is_empty()
        || ctx.estate().assets_of(a.owner).any(|a| assets.get(a).down() > 0)
    {
        return;
    }
    for &customer in &a.customers {
        agenda.add(now, customer.0, Due::Learn(customer, Trigger::SupplierBack, cause));
    }
}

/// When nothing of the organisation is down any more, it has recovered.
pub(crate) fn whole(
    ctx: &mut Ctx,
    agenda: &mut Agenda<Due>,
    assets: &Assets,
    now: SimTime,
    org: OrgId,
    cause: Cause,
) {
    if ctx.estate().assets_of(org).all(|a| assets.get(a).down() == 0) {
        agenda.add(now, org.0, Due::Learn(org, Trigger::Recovered, cause));
    }
}

/// Failed hosts mended by themselves.
pub(crate) fn mended(ctx: &mut Ctx, agenda: &mut Agenda<Due>, assets: &Assets, now: SimTime, asset: AssetId) {
    let org = ctx.estate().asset(asset).owner;
    whole(ctx, agenda, assets, now, org, assets.get(asset).cause);
    supplier_back(ctx, agenda, assets, now, asset, assets.get(asset).cause);
}

#[allow(clippy::too_many_lines)] // one arm for each event
fn run(
    mut ctx: Ctx,
    mut agenda: ResMut<Agenda<Due>>,
    mut orders: ResMut<Agenda<response::Due>>,
    mut threats: ResMut<Agenda<threat::Due>>,
    mut nation: ResMut<Nation>,
    mut ledger: ResMut<super::Ledger>,
    intrusions: Res<Intrusions>,
    assets: Res<Assets>,
    roster: Res<Roster>,
    commanded: Res<Commanded>,
    mut alerts: ResMut<Alerts>,
    mut incidents: Query<&mut Incident>,
) {
    let due = agenda.take(ctx.clock.now);
    for &(now, _, _, event) in &due {
        let of = |org: OrgId| roster.0[org.ix()];
        match event {
            Due::Suspect(org, how, cause) => {
                let mut incident = incidents.get_mut(of(org)).expect("every organisation has an incident");
                if incident.suspected.is_some() {
                    continue;
                }
                incident.suspected = Some(now);
                incident.cause = ctx.note(now, What::Suspected { org, how }, cause);
                ledger.detected(now, org);
                agenda.add(now, org.0, Due::Learn(org, Trigger::Suspected, incident.cause));
                agenda.add(later(now, decision_delay(&ctx, now, org)), org.0, Due::Declare(org));
                // A crew that sees itself noticed may not wait.
                for n in intrusions.inside(org) {
                    let i = &intrusions.all[n as usize];
                    let key = ctx.draw(Purpose::EarlyDetonation, pair(i.campaign, org.0));
                    if i.stage < Stage::Detonated && key.uniform() < ctx.numbers().threat.early_detonation {
                        let at = later(now, ctx.numbers().threat.early_delay.at(key.nth(1).uniform()));
                        threats.add(at, n, threat::Due::DetonateEarly(n));
                    }
                }
            }
            Due::Declare(org) => {
                let mut incident = incidents.get_mut(of(org)).expect("every organisation has an incident");
                incident.declared = Some(now);
                incident.cause = ctx.note(now, What::Declared { org }, incident.cause);
                ledger.declared(now, org);
                agenda.add(now, org.0, Due::Learn(org, Trigger::Declared, incident.cause));
                let delay = ctx
                    .numbers()
                    .command
                    .report_delay
                    .at(ctx.draw(Purpose::Report, u64::from(org.0)).uniform());
                agenda.add(later(now, delay), org.0, Due::NationKnows(org));
            }
            Due::NationKnows(org) => {
                let mut incident = incidents.get_mut(of(org)).expect("every organisation has an incident");
                incident.reported = true;
                let mut cause = incident.cause;
                if nation.knows.is_none() {
                    nation.knows = Some(now);
                    cause = ctx.note(now, What::NationKnows { org }, cause);
                    if ctx.case.strategy.system.shared_indicators {
                        let delay = ctx.draw(Purpose::Indicators, 0).uniform();
                        let delay = ctx.numbers().command.indicators_delay.at(delay);
                        agenda.add(later(now, delay), 0, Due::Indicators);
                    }
                }
                alerts.sound(&ctx, &commanded, &mut agenda, &mut orders, now, (org, cause));
            }
            Due::Indicators => {
                nation.indicators.get_or_insert(now);
            }
            Due::Learn(org, trigger, cause) => {
                let strategy = ctx.case.strategy.clone();
                let kind = ctx.estate().org(org).kind;
                if trigger == Trigger::Alert {
                    ctx.note(now, What::AlertRead { org }, cause);
                }
                if commanded.is(org) {
                    continue;
                }
                let mut incident = incidents.get_mut(of(org)).expect("every organisation has an incident");
                for (r, rule) in (0u32..).zip(&strategy.playbook.rules) {
                    let again =
                        matches!(trigger, Trigger::Evicted | Trigger::Recovered | Trigger::SupplierBack);
                    let fired = incident.fired & (1 << r) != 0 && !again;
                    if rule.when != trigger || fired || !rule.concerns(kind) {
                        continue;
                    }
                    if !follows(&ctx, r, rule, org) {
                        continue;
                    }
                    incident.fired |= 1 << r;
                    let at = now + rule.after.map_or(0, crate::units::SimDuration::get);
                    if at > now && !rule.conditions.is_empty() {
                        agenda.add(at, org.0, Due::Follow(org, r, cause));
                        continue;
                    }
                    let (nation, incident) = (&*nation, &*incident);
                    let situation = Situation {
                        ctx: &ctx,
                        assets: &assets,
                        intrusions: &intrusions,
                        nation,
                        incident,
                        org,
                        now,
                    };
                    if situation.allows(rule) {
                        order(&mut orders, at, org, rule, cause);
                    }
                }
            }
            Due::Read(org, cause) => {
                ctx.note(now, What::AlertRead { org }, cause);
            }
            Due::Follow(org, r, cause) => {
                let strategy = ctx.case.strategy.clone();
                let rule = &strategy.playbook.rules[r as usize];
                let incident = incidents.get(of(org)).expect("every organisation has an incident");
                let nation = &*nation;
                let situation = Situation {
                    ctx: &ctx,
                    assets: &assets,
                    intrusions: &intrusions,
                    nation,
                    incident,
                    org,
                    now,
                };
                if situation.allows(rule) {
                    order(&mut orders, now, org, rule, cause);
                }
            }
        }
    }
    agenda.done(due);
}

/// Time from suspicion to declaration.
fn decision_delay(ctx: &Ctx, now: SimTime, org: OrgId) -> f64 {
    let u = ctx.draw(Purpose::Decision, u64::from(org.0)).uniform();
    ctx.numbers().command.decision_delay.at(u) * decision_factor(ctx, now, org)
}

/// What people, plans and the hour make of a decision's delay.
fn decision_factor(ctx: &Ctx, now: SimTime, org: OrgId) -> f64 {
    let (c, p) = (&ctx.numbers().command, ctx.posture(org));
    let night = if ctx.office_hours(now) {
        1.0
    } else {
        1.0 + (c.out_of_hours - 1.0).max(0.0) * (1.0 - p.leadership)
    };
    (1.0 - c.leadership * p.leadership) * (1.0 - c.exercised_plans * p.exercised_plans) * night
}
