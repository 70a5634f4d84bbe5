//! Who is told that somebody else is attacked: first the care system of whoever is, and those who are connected with it; all of the
//! country when a second care system reports. Each reads it after a delay of its own.

use bevy_ecs::prelude::*;

use super::{Due, follows};
use crate::draws::Purpose;
use crate::estate::OrgId;
use crate::sim::chronicle::Cause;
use crate::sim::clock::Agenda;
use crate::sim::state::{Ctx, later};
use crate::strategy::playbook::Trigger;
use crate::units::SimTime;

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
    pub fn sound(&mut self, ctx: &Ctx, agenda: &mut Agenda<Due>, now: SimTime, from: OrgId, cause: Cause) {
        let rules = &ctx.case.strategy.playbook.rules;
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
            // Where nobody reads the chronicle, an alert that moves nobody need not be read.
            let moves = (0u32..).zip(rules).any(|(r, rule)| {
                rule.when == Trigger::Alert
                    && (rule.who.is_empty() || rule.who.contains(&kind))
                    && (ctx.chronicle.kept || follows(ctx, r, rule, org))
            });
            if moves {
                let luck = ctx.draw(Purpose::Alert, u64::from(org.0)).uniform();
                let delay = ctx.numbers().command.alert_delay.at(luck) * ctx.case.strategy.system.alert_time;
                agenda.add(later(now, delay), org.0, Due::Learn(org, Trigger::Alert, cause));
            }
        };
        if new && self.regions.len() == 2 {
            (0..estate.organisations.len() as u32).map(OrgId).for_each(&mut tell);
        } else if new && self.regions.len() == 1 {
            estate.by_region[region as usize].iter().copied().for_each(&mut tell);
        }
        if self.regions.len() == 1 {
            estate
                .org(from)
                .connections
                .iter()
                .filter_map(|c| estate.other_end(*c, from))
                .for_each(&mut tell);
        }
    }
}
