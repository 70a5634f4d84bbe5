//! Taking stock: an organisation that has nothing in hand and nothing planned, and is not as it was, looks a day later at what is left,
//! and orders it though no rule says so. Playbooks say what is done first and how; that an intruder who is known is hunted, that what is
//! down is restored and what was cut off is joined again, nobody forgets for good. Without it whoever was refused once, was told before
//! they could act, or was struck again later would stay as they are for the rest of the run.

use super::ResponseParams;
use crate::catalogue::action::{Action, ActionKind, Target};
use crate::catalogue::kinds::OrgRole;
use crate::estate::OrgId;
use crate::sim::core::trace::NO_CAUSE;
use crate::sim::state::news::assured;
use crate::strategy::playbook::{Rule, Trigger};
use crate::units::{DAY, SimTime};

/// For so long after it suspects an intruder an organisation leaves the hunt to a rule that is still to come. Judgement: intruders rarely
/// stay for longer before they strike.
const PATIENCE: u32 = 60 * DAY;

impl ResponseParams<'_, '_> {
    /// The next thing that is left to be done at an organisation, as far as it knows and can.
    pub(super) fn unfinished(&self, org: OrgId) -> Option<ActionKind> {
        let estate = self.ctx.estate();
        if self.intrusions.known(org) {
            return Some(ActionKind::HuntAndEvict);
        }
        let (mut whole, mut cut) = (true, false);
        for a in estate.assets_of(org) {
            let state = self.infrastructure.assets.get(a);
            // What failed and mends by itself is waited for.
            if state.lost > 0 || state.failed > 0 && !state.mends {
                return Some(ActionKind::RestoreFromBackup);
            }
            whole &= state.down() == 0;
            cut |= state.is_cut();
        }
        if !whole {
            return None;
        }
        for &c in &estate.org(org).connections {
            if !self.infrastructure.links.cut_by(estate, c, org) {
                continue;
            }
            cut = true;
            // Nobody joins a supplier who cannot say that it is safe.
            let supplier = |o: &OrgId| estate.org(*o).kind.role() == OrgRole::Supplier;
            if let Some(supplier) = estate.other_end(c, org).filter(supplier)
                && !assured(estate, &self.infrastructure, &self.intrusions, supplier, c)
            {
                return None;
            }
        }
        cut.then_some(ActionKind::AssureAndReconnect)
    }

    /// Whether a rule that nothing has set off yet may still order the first hunt: of what was planned for the day of the blow, nobody
    /// makes an earlier hunt while that day may come.
    fn hunts_later(&self, now: SimTime, org: OrgId) -> bool {
        let incident = self.incidents.get(org);
        let kind = self.ctx.estate().org(org).kind;
        let hunts = |(n, rule): (usize, &Rule)| {
            let unheard = incident.fired & (1 << n) == 0;
            unheard && rule.concerns(kind) && rule.act.iter().any(|a| a.what == ActionKind::HuntAndEvict)
        };
        incident.hunts == 0
            && incident.suspected.is_none_or(|at| now < at + PATIENCE)
            && self.ctx.setup.strategy.playbook.rules.iter().enumerate().any(hunts)
    }

    /// An organisation takes stock.
    pub(super) fn take_stock(&mut self, now: SimTime, org: OrgId) {
        self.incidents.takes_stock(org);
        let strategy = self.ctx.setup.strategy.clone();
        let kind = self.ctx.estate().org(org).kind;
        // Where people command they decide; who only keeps care going leaves systems alone; and with work in hand it is asked again
        // when the last of it is done.
        if self.commanded.is(org) || self.jobs.unfinished(org) > 0 || !strategy.playbook.acts(kind) {
            return;
        }
        let decided = |r: &Rule| matches!(r.when, Trigger::At(at) if at.get() > now) && r.concerns(kind);
        let planned = self.planned.until(org);
        if planned > now || strategy.playbook.rules.iter().any(decided) {
            return self.incidents.take_stock_later(&mut self.events, planned.max(now), org);
        }
        // Nothing is being contained, nor was there anything to contain: whoever waits for that knows it now.
        let waits = |r: &Rule| r.when == Trigger::Contained && r.concerns(kind);
        let waits = strategy.playbook.rules.iter().any(waits);
        let mut incident = self.incidents.get_mut(org);
        if waits && incident.suspected.is_some() && incident.contained.is_none() && incident.containing == 0 {
            incident.contained = Some(now);
            self.news.learn(now, org, Trigger::Contained, NO_CAUSE);
            return self.incidents.take_stock_later(&mut self.events, now, org);
        }
        if let Some(what) = self.unfinished(org) {
            if what == ActionKind::HuntAndEvict && self.hunts_later(now, org) {
                return self.incidents.take_stock_later(&mut self.events, now, org);
            }
            self.order(now, org, Action { what, to: Target::Affected }, NO_CAUSE);
        }
    }
}
