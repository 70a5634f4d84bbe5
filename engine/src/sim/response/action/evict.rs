//! Eradication: credentials are reset, the intruder is hunted and evicted.

use super::{ActionRules, Doing, PLAIN};
use crate::catalogue::action::{Action, ActionKind, Target};
use crate::catalogue::event::Refusal;
use crate::catalogue::technique::Stage;
use crate::estate::OrgId;
use crate::sim::core::events::ThreatEvent;
use crate::sim::core::run::later;
use crate::sim::core::trace::EventKind;
use crate::sim::response::ResponseParams;
use crate::sim::state::jobs::Class;
use crate::sim::state::news::attacked;
use crate::strategy::playbook::Trigger;
use crate::streams::StreamName;

pub(super) const CREDENTIALS: ActionRules = ActionRules {
    class: Class::Eradication,
    refusal: nobody_to_evict,
    effect: |response, doing| {
        let ResponseParams { ctx, intrusions, threats, .. } = response;
        for (n, i) in (0u32..).zip(&mut intrusions.all) {
            let inside = i.org == doing.org && !i.evicted;
            if inside && i.stage >= Stage::Credentials && i.stage < Stage::Detonated {
                // What it knew of accounts is worthless: it starts again from what it knows of the network.
                i.stage = Stage::Discovery;
                i.generation += 1;
                let u = ctx
                    .stream(StreamName::CredentialsAgain {
                        campaign: ctx.campaign_key(i.campaign),
                        organisation: ctx.org_key(i.org),
                        generation: i.generation,
                    })
                    .uniform();
                i.due = later(doing.now, ctx.parameters.threat.credentials.at(u));
                let event = ThreatEvent::Advance { intrusion: n, generation: i.generation };
                threats.add(i.due, n, event);
            }
        }
    },
    ..PLAIN
};

pub(super) const HUNT: ActionRules = ActionRules {
    class: Class::Eradication,
    refusal: nobody_to_evict,
    refused: |response, doing, why| {
        // Systems failed by themselves: people may go on to bring them back. It is news once, until something else happens.
        if why == Refusal::NoIntruder && !response.incidents.get(doing.org).cleared {
            response.incidents.get_mut(doing.org).cleared = true;
            response.news.learn(doing.now, doing.org, Trigger::Evicted, doing.cause);
        }
    },
    effect: hunted,
    ..PLAIN
};

fn nobody_to_evict(response: &ResponseParams, org: OrgId, _: Target) -> Option<Refusal> {
    // Who comes in after the last one was evicted is hunted like the first.
    if response.incidents.get(org).evicted.is_some() && !response.intrusions.known(org) {
        return Some(Refusal::IntruderOut);
    }
    let attacked =
        attacked(response.ctx.estate(), &response.infrastructure.assets, &response.intrusions, org);
    (!attacked).then_some(Refusal::NoIntruder)
}

/// A hunt is over: the intruder is out, or the hunt starts again.
fn hunted(response: &mut ResponseParams, doing: &Doing) {
    let (now, org) = (doing.now, doing.org);
    let r = &response.ctx.parameters.response;
    let chance =
        r.eviction + (r.eviction_with_detection - r.eviction) * response.ctx.posture(org).endpoint_detection;
    let inside = response.intrusions.inside(org).next().is_some();
    let tried = response.incidents.get(org).hunts;
    response.incidents.get_mut(org).hunts += 1;
    let stream =
        response.ctx.stream(StreamName::Eviction { organisation: response.ctx.org_key(org), hunts: tried });
    if inside && stream.uniform() >= chance {
        response.ctx.record(now, EventKind::HuntFailed { org }, doing.cause);
        let again = Action { what: ActionKind::HuntAndEvict, to: doing.to };
        response.order(now, org, again, doing.cause);
        return;
    }
    for i in response.intrusions.all.iter_mut().filter(|i| i.org == org) {
        i.evicted = true;
    }
    let scenario = response.ctx.setup.scenario.clone();
    for a in scenario.estate.assets_of(org) {
        let state = response.infrastructure.assets.get_mut(a);
        state.protected += state.held;
        state.held = 0;
        state.contained = state.contained.min(state.lost);
        // Hosts that were pulled off and are clean work again.
        response.infrastructure.refresh(&scenario.estate, a);
    }
    let cause = response.ctx.record(now, EventKind::Evicted { org }, doing.cause);
    response.incidents.get_mut(org).evicted = Some(now);
    response.ledger.evicted(now);
    response.news.learn(now, org, Trigger::Evicted, cause);
    let ResponseParams { ctx, news, infrastructure, intrusions, .. } = response;
    news.supplier_back(ctx, infrastructure, intrusions, now, org, cause);
}
