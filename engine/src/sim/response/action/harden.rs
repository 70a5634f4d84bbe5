//! What makes the next infection harder: indicators, the kill switch, urgent patching.

use super::{ActionRules, PLAIN};
use crate::catalogue::event::Refusal;
use crate::sim::core::trace::EventKind;
use crate::sim::state::jobs::Class;

pub(super) const INDICATORS: ActionRules = ActionRules {
    class: Class::Containment,
    effect: |response, doing| response.incidents.get_mut(doing.org).block(),
    ..PLAIN
};

pub(super) const KILL_SWITCH: ActionRules = ActionRules {
    class: Class::Containment,
    refusal: |response, _, _| response.nation.kill_switch_known.is_none().then_some(Refusal::NoKillSwitch),
    effect: |response, doing| {
        // The worm has already leapt in this step: from the next one on it does not.
        let at = response.ctx.clock.now + response.ctx.clock.step;
        response.nation.kill_switch.get_or_insert(at);
        response.ctx.record(at, EventKind::KillSwitchRegistered, doing.cause);
    },
    ..PLAIN
};

pub(super) const PATCHING: ActionRules = ActionRules {
    class: Class::Eradication,
    effect: |response, doing| {
        let posture = response.ctx.posture(doing.org);
        let share = posture.asset_visibility * (1.0 - posture.unsupported);
        response.infrastructure.assets.patch(doing.org, share);
    },
    ..PLAIN
};
