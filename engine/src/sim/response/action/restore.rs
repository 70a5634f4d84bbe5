//! Recovery of what is down: from backup, by rebuilding, with a decryptor. Restoration is ordered asset by asset: see
//! [`recovery`](crate::sim::response::recovery).

use super::{ActionRules, PLAIN};
use crate::catalogue::action::Target;
use crate::catalogue::event::Refusal;
use crate::estate::OrgId;
use crate::sim::response::ResponseParams;
use crate::sim::state::jobs::{Class, Jobs};
use crate::streams::StreamName;

pub(super) const FROM_BACKUP: ActionRules =
    ActionRules { class: Class::Recovery, refusal: nothing_to_restore, ..PLAIN };

pub(super) const REBUILD: ActionRules =
    ActionRules { class: Class::Recovery, refusal: nothing_to_restore, ..PLAIN };

pub(super) const DECRYPTOR: ActionRules = ActionRules {
    class: Class::Recovery,
    refusal: |response, _, _| {
        let u = response.ctx.stream(StreamName::Decryptor {}).uniform();
        (u >= response.ctx.parameters.recovery.decryptor_chance).then_some(Refusal::NoDecryptor)
    },
    effect: |response, doing| {
        let factor = response.ctx.parameters.recovery.decryptor_factor;
        let Jobs { all, work, .. } = &mut *response.jobs;
        let assets = &response.infrastructure.assets;
        for (job, work) in all.iter().zip(work) {
            let whole = job.subject.asset().is_some_and(|a| !assets.get(a).wiped);
            if job.org == doing.org && work.class == Class::Recovery && !work.closed && whole {
                work.effort = work.done + (work.effort - work.done) * factor;
            }
        }
    },
    ..PLAIN
};

fn nothing_to_restore(response: &ResponseParams, org: OrgId, to: Target) -> Option<Refusal> {
    response.targets(org, to).next().is_none().then_some(Refusal::NothingToRestore)
}
