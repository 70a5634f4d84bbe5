//! Others are told and called: people from neighbours and the national team, the national level, the public, the regulator.

use super::{ActionRules, Doing, PLAIN};
use crate::catalogue::event::Refusal;
use crate::catalogue::kinds::OrgRole;
use crate::estate::OrgId;
use crate::sim::core::events::{CommandEvent, Loan, ResponseEvent};
use crate::sim::core::run::later;
use crate::sim::core::trace::EventKind;
use crate::sim::response::ResponseParams;
use crate::streams::StreamName;

pub(super) const MUTUAL_AID: ActionRules = ActionRules {
    refusal: |response, org, _| response.incidents.get(org).aided.then_some(Refusal::AskedAlready),
    effect: |response, doing| {
        response.incidents.get_mut(doing.org).aided = true;
        let ctx = &response.ctx;
        let estate = ctx.estate();
        // The largest team of another trust in the region.
        let people = |o: &OrgId| ctx.posture(*o).responders;
        let region = &estate.by_region[estate.org(doing.org).region as usize];
        let from = region
            .iter()
            .filter(|o| **o != doing.org && estate.org(**o).kind.role() == OrgRole::Provider)
            .max_by(|a, b| people(a).total_cmp(&people(b)));
        if let Some(from) = from.copied() {
            send_people(response, doing, from, response.ctx.parameters.response.mutual_aid, false);
        }
    },
    ..PLAIN
};

pub(super) const NATIONAL_TEAM: ActionRules = ActionRules {
    refusal: |response, org, _| response.incidents.get(org).called.then_some(Refusal::CalledAlready),
    effect: |response, doing| {
        response.incidents.get_mut(doing.org).called = true;
        let ctx = &response.ctx;
        let national = |o: &crate::estate::Organisation| o.kind.role() == OrgRole::National;
        let from = ctx.estate().organisations.iter().position(national);
        let people = ctx.parameters.response.national_team * ctx.setup.strategy.system.teams;
        if let Some(from) = from {
            send_people(response, doing, OrgId(from as u32), people, true);
        }
    },
    ..PLAIN
};

pub(super) const NATIONAL_INCIDENT: ActionRules = ActionRules {
    refusal: |response, org, _| {
        if !response.incidents.get(org).reported {
            return Some(Refusal::NationUnaware);
        }
        response.nation.incident.is_some().then_some(Refusal::DeclaredAlready)
    },
    effect: |response, doing| {
        response.nation.incident = Some(doing.now);
        response.ctx.record(doing.now, EventKind::NationalIncident, doing.cause);
    },
    ..PLAIN
};

pub(super) const INDICATORS: ActionRules = ActionRules {
    effect: |response, doing| {
        let u = response.ctx.stream(StreamName::Indicators {}).uniform();
        let delay = response.ctx.parameters.command.indicators_delay.at(u);
        response.news.events.add(later(doing.now, delay), 0, CommandEvent::Indicators);
    },
    ..PLAIN
};

pub(super) const PUBLIC: ActionRules =
    ActionRules { effect: |response, doing| response.incidents.get_mut(doing.org).public = true, ..PLAIN };

pub(super) const REGULATOR: ActionRules =
    ActionRules { effect: |response, doing| response.ledger.regulator_told(doing.now, doing.org), ..PLAIN };

/// Responders of another organisation set out to help.
fn send_people(response: &mut ResponseParams, doing: &Doing, from: OrgId, people: f64, national: bool) {
    let ctx = &response.ctx;
    let u = ctx.stream(StreamName::Travel { organisation: ctx.org_key(doing.org), national }).uniform();
    let at = later(doing.now, ctx.parameters.response.travel.at(u));
    let own = ctx.posture(doing.org).responders > 0.0;
    let to = if own { doing.org } else { ctx.estate().org(doing.org).helped_by.unwrap_or(doing.org) };
    if to != from {
        let loan = Loan { to, from, asked: doing.org, national, people: people.round() };
        response.events.add(at, doing.org.0, ResponseEvent::Arrive(loan));
    }
}
