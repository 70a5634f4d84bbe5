//! Who is told that somebody else is attacked: first the care system of whoever is, and those who are connected with it; all of the
//! country when a second care system reports. Each reads it after a delay of its own.

use bevy_ecs::prelude::*;

use super::playbook::{follows, order};
use crate::estate::OrgId;
use crate::sim::core::events::{CommandEvent, ResponseEvent};
use crate::sim::core::queue::EventQueue;
use crate::sim::core::run::{RunContext, later};
use crate::sim::core::trace::Cause;
use crate::sim::state::incident::{Commanded, Planned};
use crate::strategy::playbook::{Rule, Trigger};
use crate::streams::StreamName;
use crate::units::{SimDuration, SimTime};

/// Who was told.
#[derive(Resource, Debug, Default)]
pub(super) struct Alerts {
    organisations: Vec<bool>,
    /// Regions that reported.
    regions: Vec<u32>,
}

impl Alerts {
    /// Back to nobody.
    pub fn reset(&mut self) {
        self.organisations.fill(false);
        self.regions.clear();
    }

    /// An organisation's incident has become known.
    pub fn sound(
        &mut self,
        (ctx, commanded, planned): (&RunContext, &Commanded, &mut Planned),
        events: &mut EventQueue<CommandEvent>,
        orders: &mut EventQueue<ResponseEvent>,
        now: SimTime,
        (from, cause): (OrgId, Cause),
    ) {
        let rules = &ctx.setup.strategy.playbook.rules;
        if !rules.iter().any(|r| r.when == Trigger::Alert) {
            return;
        }
        let estate = ctx.estate();
        self.organisations.resize(estate.organisations.len(), false);
        self.organisations[from.ix()] = true;
        let region = estate.org(from).region;
        let new = !self.regions.contains(&region);
        if new {
            self.regions.push(region);
        }
        let mut tell = |org: OrgId| {
            if std::mem::replace(&mut self.organisations[org.ix()], true) {
                return;
            }
            let kind = estate.org(org).kind;
            let concerns = |rule: &Rule| rule.when == Trigger::Alert && rule.concerns(kind);
            let mut read = None;
            let mut at = || {
                *read.get_or_insert_with(|| {
                    let u = ctx.stream(StreamName::Alert { organisation: ctx.org_key(org) }).uniform();
                    let delay = ctx.parameters.command.alert_delay.at(u);
                    later(now, delay * ctx.setup.strategy.system.alert_time)
                })
            };
            // An alert comes once, and most of those who read it have nothing to ask before they act: so all that follows from it is
            // put on the queues here, unless people may decide by then.
            let people_decide = commanded.is(org);
            let mut reads = false;
            for (r, rule) in (0u32..).zip(rules).filter(|r| concerns(r.1)) {
                reads = true;
                if people_decide || !follows(ctx, r, rule, org) {
                    continue;
                }
                let then = at() + rule.after.map_or(0, SimDuration::get);
                planned.add(org, then);
                if rule.is_conditional() {
                    events.add(then, org.0, CommandEvent::Follow(org, r, cause));
                } else {
                    order(orders, then, org, rule, cause);
                }
            }
            if reads && people_decide {
                events.add(at(), org.0, CommandEvent::Learn(org, Trigger::Alert, cause));
            } else if reads && ctx.trace.kept {
                events.add(at(), org.0, CommandEvent::Read(org, cause));
            }
        };
        let (reported, needed) = (self.regions.len(), ctx.parameters.command.alert_regions.ceil() as usize);
        if new && reported == needed.max(1) {
            (0..estate.organisations.len() as u32).map(OrgId).for_each(&mut tell);
        } else if new && reported < needed {
            estate.by_region[region as usize].iter().copied().for_each(&mut tell);
        }
        if reported < needed {
            estate
                .org(from)
                .connections
                .iter()
                .filter_map(|c| estate.other_end(*c, from))
                .for_each(&mut tell);
        }
    }
}
