//! Containment inside an organisation: assets, hosts, segments, remote access or everything are taken off the network. What is isolated
//! or off gives nothing to care.

use super::{ActionRules, Doing, PLAIN};
use crate::catalogue::action::Target;
use crate::catalogue::event::{Cut, Refusal};
use crate::catalogue::kinds::AssetKind;
use crate::estate::{AssetId, OrgId};
use crate::sim::core::trace::{Cause, EventKind};
use crate::sim::response::ResponseParams;
use crate::sim::state::jobs::Class;
use crate::units::SimTime;

pub(super) const ASSETS: ActionRules = ActionRules {
    class: Class::Containment,
    refusal: nothing_affected,
    reach: |response, org, to| {
        let hosts = |a: AssetId| f64::from(response.ctx.estate().asset(a).hosts);
        response.targets(org, to).map(hosts).sum()
    },
    effect: |response, doing| response.isolate_where(doing, |a, targets, _| targets.contains(&a)),
    ..PLAIN
};

pub(super) const HOSTS: ActionRules = ActionRules {
    class: Class::Containment,
    refusal: nothing_affected,
    reach: |response, org, to| {
        let assets = &response.infrastructure.assets;
        let known = |a| f64::from(assets.get(a).held + assets.get(a).lost);
        response.targets(org, to).map(known).sum()
    },
    effect: |response, doing| {
        let mut targets = response.take_targets(doing.org, doing.to);
        let scenario = response.ctx.setup.scenario.clone();
        for a in targets.drain(..) {
            let state = response.infrastructure.assets.get_mut(a);
            state.contained = state.held + state.lost;
            if state.held > 0 {
                state.cause = doing.cause;
                response.ledger.impact(doing.now);
            }
            response.infrastructure.refresh(&scenario.estate, a);
        }
        response.jobs.targets = targets;
    },
    ..PLAIN
};

pub(super) const SEGMENTS: ActionRules = ActionRules {
    class: Class::Containment,
    refusal: nothing_affected,
    effect: |response, doing| {
        response.isolate_where(doing, |a, targets, estate| {
            let segment = estate.asset(a).segment;
            targets.iter().any(|t| estate.asset(*t).segment == segment)
        });
    },
    ..PLAIN
};

pub(super) const ALL_OFF: ActionRules = ActionRules {
    class: Class::Containment,
    effect: |response, doing| {
        for a in response.ctx.estate().assets_of(doing.org) {
            response.isolate(doing.now, a, true, doing.cause);
        }
    },
    ..PLAIN
};

pub(super) const REMOTE_ACCESS: ActionRules = ActionRules {
    class: Class::Containment,
    refusal: |response, org, _| {
        let none = remote_access(response, org).next().is_none();
        none.then_some(Refusal::NoRemoteAccess)
    },
    effect: |response, doing| {
        let scenario = response.ctx.setup.scenario.clone();
        let remote = |a: &AssetId| scenario.estate.asset(*a).kind == AssetKind::RemoteAccess;
        for a in scenario.estate.assets_of(doing.org).filter(remote) {
            response.isolate(doing.now, a, false, doing.cause);
        }
    },
    ..PLAIN
};

fn remote_access<'r>(response: &'r ResponseParams, org: OrgId) -> impl Iterator<Item = AssetId> + use<'r> {
    let estate = response.ctx.estate();
    estate.assets_of(org).filter(|a| estate.asset(*a).kind == AssetKind::RemoteAccess)
}

fn nothing_affected(response: &ResponseParams, org: OrgId, to: Target) -> Option<Refusal> {
    response.targets(org, to).next().is_none().then_some(Refusal::NothingAffected)
}

impl ResponseParams<'_, '_> {
    /// Isolates those of an organisation's assets that are meant, given what the action is aimed at.
    fn isolate_where(
        &mut self,
        doing: &Doing,
        meant: impl Fn(AssetId, &[AssetId], &crate::estate::Estate) -> bool,
    ) {
        let scenario = self.ctx.setup.scenario.clone();
        let estate = &scenario.estate;
        let mut targets = self.take_targets(doing.org, doing.to);
        for a in estate.assets_of(doing.org).filter(|a| meant(*a, &targets, estate)) {
            self.isolate(doing.now, a, false, doing.cause);
        }
        targets.clear();
        self.jobs.targets = targets;
    }

    /// What an action is aimed at, in a list that is given back to `jobs.targets`.
    fn take_targets(&mut self, org: OrgId, to: Target) -> Vec<AssetId> {
        let mut targets = std::mem::take(&mut self.jobs.targets);
        targets.extend(self.targets(org, to));
        targets
    }

    /// Takes an asset off the network, or switches it off.
    fn isolate(&mut self, now: SimTime, asset: AssetId, off: bool, cause: Cause) {
        let state = self.infrastructure.assets.get_mut(asset);
        let cut = if off { &mut state.off } else { &mut state.isolated };
        if std::mem::replace(cut, true) {
            return;
        }
        let how = if off { Cut::SwitchedOff } else { Cut::Isolated };
        let cause = self.ctx.record(now, EventKind::AssetCut { asset, how }, cause);
        self.infrastructure.assets.get_mut(asset).cause = cause;
        self.ledger.impact(now);
        let scenario = self.ctx.setup.scenario.clone();
        for &customer in &scenario.estate.asset(asset).customers {
            self.lost_to(now, customer, cause);
        }
        self.infrastructure.refresh(&scenario.estate, asset);
    }
}
