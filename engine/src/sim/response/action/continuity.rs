//! Care goes on without what is lost: paper, diversion, putting planned care off, neighbours, extra sessions.

use super::{ActionRules, PLAIN};
use crate::catalogue::action::Target;
use crate::catalogue::event::Refusal;
use crate::estate::OrgId;
use crate::sim::response::ResponseParams;

pub(super) const PAPER: ActionRules = ActionRules {
    effect: |response, doing| {
        let since = *response.incidents.get_mut(doing.org).paper.get_or_insert(doing.now);
        let ResponseParams { ctx, care, .. } = response;
        care.paper(ctx.estate(), doing.org, since);
    },
    ..PLAIN
};

pub(super) const DIVERT: ActionRules = ActionRules {
    refusal: no_care,
    effect: |response, doing| response.incidents.get_mut(doing.org).diverting = true,
    ..PLAIN
};

pub(super) const POSTPONE: ActionRules = ActionRules {
    refusal: no_care,
    effect: |response, doing| response.incidents.get_mut(doing.org).postponing = true,
    ..PLAIN
};

pub(super) const SEND_WORK: ActionRules = ActionRules {
    refusal: no_care,
    effect: |response, doing| response.incidents.get_mut(doing.org).sending = true,
    ..PLAIN
};

pub(super) const EXTRA_SESSIONS: ActionRules = ActionRules {
    refusal: no_care,
    effect: |response, doing| response.incidents.get_mut(doing.org).extra = true,
    ..PLAIN
};

pub(super) const USUAL_CARE: ActionRules = ActionRules {
    refusal: |response, org, _| {
        let as_usual = !response.incidents.get(org).rearranged();
        as_usual.then_some(Refusal::CareAsUsual)
    },
    effect: |response, doing| {
        let mut i = response.incidents.get_mut(doing.org);
        (i.diverting, i.postponing, i.sending) = (false, false, false);
    },
    ..PLAIN
};

fn no_care(response: &ResponseParams, org: OrgId, _: Target) -> Option<Refusal> {
    response.ctx.estate().org(org).services.is_empty().then_some(Refusal::NoCare)
}
