//! Services to which nothing happens: until somebody stirs them their share of capacity stays what it is, and all that they do
//! is proportional to demand, so whole days are counted in closed form. Some serve all who come, and their backlog drains; some are
//! short, and what they put off, send on and lose stands in proportion to those who come. A neighbour feels what is sent to it as
//! a standing inflow, in proportion to the same demand.

use crate::estate::{Estate, ServiceId};
use crate::parameters::CareParameters;
use crate::sim::care::hourly::{sent_on, usual_capacity};
use crate::sim::care::{Cadence, Care, capacity, hourly};
use crate::sim::core::events::CareEvent;
use crate::sim::core::run::RunContext;
use crate::sim::ledger::Ledger;
use crate::sim::ledger::entries::Short;
use crate::units::SimTime;

/// Neighbours to whom a service sends at most.
pub(super) const NEIGHBOURS: usize = crate::estate::NEIGHBOURS;
/// A change of what is sent to a neighbour, as a share of its usual demand, that nobody follows up.
const FLOW_TOLERANCE: f64 = 1e-3;

/// What a service sends to its neighbours while it is quiet: contacts an hour of average demand.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Flows {
    /// To each neighbour …
    to: [f64; NEIGHBOURS],
    /// … as the neighbour reckons with: changes too small to matter it is not.
    logged: [f64; NEIGHBOURS],
    /// Of these, beyond what it has room for without a surge.
    over: [f64; NEIGHBOURS],
}

impl Flows {
    fn sum(&self) -> f64 {
        self.to.iter().sum()
    }
}

/// Whether a service may be quiet while it is short: what it sends on follows the same demand at its neighbours, and its contacts
/// are no calls, which are met one by one.
pub(super) fn even(estate: &Estate, s: ServiceId) -> bool {
    let service = estate.service(s);
    let alike = |n: &ServiceId| {
        let there = estate.service(*n);
        there.profile == service.profile && there.calls.is_none()
    };
    service.calls.is_none() && service.neighbours.iter().all(alike)
}

impl Care {
    /// A service leaves the hourly round at the end of hour `tick`.
    pub(super) fn enter_steady(&mut self, s: ServiceId, tick: u32) {
        self.services[s.ix()].cadence = Cadence::Steady { began: tick, settled: tick };
        self.replan.push(s);
    }

    /// Accounts for a quiet service up to the end of hour `until`.
    pub(super) fn settle(
        &mut self,
        estate: &Estate,
        ledger: &mut Ledger,
        c: &CareParameters,
        s: ServiceId,
        until: u32,
    ) {
        let Cadence::Steady { began, settled } = self.services[s.ix()].cadence else { return };
        if until <= settled {
            return;
        }
        self.services[s.ix()].cadence = Cadence::Steady { began, settled: until };
        self.account(estate, ledger, c, s, settled, until);
    }

    /// Accounts for a service that was quiet from the end of hour `since` to that of hour `until`.
    pub(super) fn account(
        &mut self,
        estate: &Estate,
        ledger: &mut Ledger,
        c: &CareParameters,
        s: ServiceId,
        since: u32,
        until: u32,
    ) {
        if until <= since {
            return;
        }
        let service = estate.service(s);
        let sums = &self.cumulated[service.profile as usize];
        let state = self.services[s.ix()];
        if state.share < 1.0 {
            let (people, waits) = sums.gathered(since, until);
            let unmet = service.level * (1.0 - state.share);
            let deferred = unmet * service.deferrable;
            let flows = if state.sends { self.flows[s.ix()] } else { Flows::default() };
            let diverted = flows.sum();
            let hours = f64::from(until - since);
            // Of what it was planned to lose, so that who is counted out here is who is counted in elsewhere.
            let standing = self.spills.standing(s);
            let spilled = if standing > 0.0 { standing * self.spills.share(estate, c, s) } else { 0.0 };
            ledger.short(
                (service, s),
                &Short {
                    diverted: diverted * people,
                    deferred: deferred * people,
                    lost: (unmet - deferred - diverted - spilled) * people,
                    spilled: spilled * people,
                    waited: hours * state.backlog + deferred * waits,
                },
                c,
            );
            for (k, n) in service.neighbours.iter().enumerate().filter(|(k, _)| flows.to[*k] > 0.0) {
                ledger.received(*n, flows.to[k] * people);
                ledger.crowded(estate.service(*n), *n, flows.over[k] * people * c.crowding_harm);
            }
            self.set_backlog(s, state.backlog + deferred * people);
        } else if state.backlog > 0.0 {
            let drain = sums.drain(since, until, state.backlog, service.level * (state.share - 1.0));
            ledger.drained(service, s, &drain, c);
            self.set_backlog(s, drain.backlog);
        }
        if state.capacity_share < 1.0 {
            ledger.steady(service, s, state.capacity_share, since, until);
        }
    }

    /// Looks again at what a quiet service can do, at the end of hour `tick`; one whose workarounds are still beginning is looked
    /// at every hour. True when it stays quiet.
    pub(super) fn look(
        &mut self,
        ctx: &RunContext,
        ledger: &mut Ledger,
        estate: &Estate,
        s: ServiceId,
        (now, tick): (SimTime, u32),
    ) -> bool {
        if self.services[s.ix()].cadence == Cadence::Hourly {
            return false;
        }
        let (capacity_share, again) = capacity::capacity_share(ctx, self, estate, s, now);
        if again <= 1 || !self.even[s.ix()] {
            self.activate_and_recompute(s);
            return false;
        }
        let state = &mut self.services[s.ix()];
        state.looked = now + 1;
        if state.cadence == Cadence::Undisturbed {
            state.cadence = Cadence::Steady { began: tick, settled: tick };
        }
        self.settle(estate, ledger, &ctx.parameters.care, s, tick);
        self.services[s.ix()].again = tick.saturating_add(again);
        hourly::changed(self, estate, s, capacity_share, now);
        self.replan.push(s);
        true
    }

    /// What a service sent on while it was quiet is sent no more.
    pub(super) fn withdraw(
        &mut self,
        estate: &Estate,
        ledger: &mut Ledger,
        c: &CareParameters,
        s: ServiceId,
        tick: u32,
    ) {
        self.spill(estate, c, s, 0.0);
        if !std::mem::take(&mut self.services[s.ix()].sends) {
            return;
        }
        let flows = std::mem::take(&mut self.flows[s.ix()]);
        for (n, sent) in estate.service(s).neighbours.iter().zip(flows.logged).filter(|f| f.1 > 0.0) {
            self.inflow(estate, ledger, c, *n, -sent, tick);
        }
    }

    /// What is sent to a service changes by so much.
    fn inflow(
        &mut self,
        estate: &Estate,
        ledger: &mut Ledger,
        c: &CareParameters,
        s: ServiceId,
        more: f64,
        tick: u32,
    ) {
        self.settle(estate, ledger, c, s, tick);
        self.touch(s);
        let state = &mut self.services[s.ix()];
        state.inflow += more;
        // What was added and taken back again leaves a rounding error of this order at most.
        if state.inflow < 1e-9 * estate.service(s).level {
            state.inflow = 0.0;
        }
        self.replan.push(s);
    }

    /// Those who send to a service are to look for room again.
    pub(super) fn mark_senders_dirty(&mut self, estate: &Estate, s: ServiceId) {
        if self.services[s.ix()].inflow <= 0.0 {
            return;
        }
        for t in estate.senders(estate.service(s)) {
            let sends = |(n, sent): (&ServiceId, f64)| *n == s && sent > 0.0;
            if estate.service(*t).neighbours.iter().zip(self.flows[t.ix()].logged).any(sends) {
                self.replan.push(*t);
            }
        }
    }

    /// Works off all that is to be planned afresh at the end of hour `tick`. What one sends on changes what another has room for:
    /// changes too small to matter are not followed up, so this ends.
    pub(super) fn plan_all(&mut self, ctx: &RunContext, ledger: &mut Ledger, estate: &Estate, tick: u32) {
        let mut k = 0;
        while let Some(&s) = self.replan.get(k) {
            k += 1;
            match self.services[s.ix()].cadence {
                // It meets what is sent to it in the hourly round.
                Cadence::Hourly => {}
                Cadence::Undisturbed => {
                    if self.own_share(ctx, estate, s) < 1.0 {
                        self.touch(s);
                        // Nothing of its own is the matter, so there is nothing to look at again.
                        self.services[s.ix()].again = u32::MAX;
                        self.services[s.ix()].cadence = Cadence::Steady { began: tick, settled: tick };
                        self.plan(ctx, ledger, estate, s, tick);
                    }
                }
                Cadence::Steady { .. } => self.plan(ctx, ledger, estate, s, tick),
            }
        }
        self.replan.clear();
    }

    /// Capacity for its own, in units of its demand, beside what is sent to it.
    fn own_share(&self, ctx: &RunContext, estate: &Estate, s: ServiceId) -> f64 {
        let (service, state) = (estate.service(s), &self.services[s.ix()]);
        let usual = usual_capacity(
            service,
            self.modes[service.owner.ix()],
            state.capacity_share,
            &ctx.parameters.care,
        );
        if state.inflow > 0.0 { (usual - state.inflow / service.level.max(1e-12)).max(0.0) } else { usual }
    }

    /// A quiet service loses so many contacts in an hour of average demand from now on; some of them turn up elsewhere.
    fn spill(&mut self, estate: &Estate, c: &CareParameters, s: ServiceId, lost: f64) {
        let change = self.spills.set_standing(s, lost);
        if change == 0.0 {
            return;
        }
        let profile = estate.service(s).profile;
        for (to, share) in self.spills.ways(estate, c, s).filter(|w| w.1 > 0.0) {
            self.spills.more_standing(to, profile, change * share);
            if change > 0.0 {
                self.activate(to);
            }
        }
    }

    fn plan(&mut self, ctx: &RunContext, ledger: &mut Ledger, estate: &Estate, s: ServiceId, tick: u32) {
        self.settle(estate, ledger, &ctx.parameters.care, s, tick);
        let service = estate.service(s);
        let share = self.own_share(ctx, estate, s);
        if share < 1.0 || self.services[s.ix()].sends {
            self.send_on(ctx, ledger, estate, s, share, tick);
        }
        let lost = if share < 1.0 {
            let flows = if self.services[s.ix()].sends { self.flows[s.ix()].sum() } else { 0.0 };
            (service.level * (1.0 - share) * (1.0 - service.deferrable) - flows).max(0.0)
        } else {
            0.0
        };
        self.spill(estate, &ctx.parameters.care, s, lost);
        let state = &mut self.services[s.ix()];
        state.share = share;
        if share >= 1.0 && state.backlog <= 0.0 && state.capacity_share >= 1.0 {
            state.cadence = Cadence::Undisturbed;
            return;
        }
        state.cadence = Cadence::Steady { began: tick, settled: tick };
        let (backlog, again) = (state.backlog, state.again);
        if again != u32::MAX {
            self.planned.push((again, CareEvent::Look(s, tick)));
        }
        if share >= 1.0
            && backlog > 0.0
            && let Some(end) =
                self.cumulated[service.profile as usize].clears(tick, backlog, service.level * (share - 1.0))
        {
            self.planned.push((end, CareEvent::Drained(s, tick)));
        }
    }

    /// What a service that has this share of what it needs sends to its neighbours from now on.
    fn send_on(
        &mut self,
        ctx: &RunContext,
        ledger: &mut Ledger,
        estate: &Estate,
        s: ServiceId,
        share: f64,
        tick: u32,
    ) {
        let c = &ctx.parameters.care;
        let service = estate.service(s);
        let before = self.flows[s.ix()];
        let mut left = if share < 1.0 {
            let urgent = service.level * (1.0 - share) * (1.0 - service.deferrable);
            urgent * sent_on(service, self.modes[service.owner.ix()], c)
        } else {
            0.0
        };
        for (k, n) in service.neighbours.iter().enumerate() {
            let (there, state) = (estate.service(*n), self.services[n.ix()]);
            let others = (state.inflow - before.logged[k]).max(0.0);
            let room = (there.level * (state.capacity_share * (1.0 + there.headroom + c.surge) - 1.0)
                - others)
                .max(0.0);
            let sent = left.min(room);
            let change = sent - before.logged[k];
            let flows = &mut self.flows[s.ix()];
            flows.to[k] = sent;
            flows.over[k] = (others + sent - there.level * there.headroom).clamp(0.0, sent);
            if change.abs() > FLOW_TOLERANCE * there.level || (sent <= 0.0 && before.logged[k] > 0.0) {
                flows.logged[k] = sent;
                self.inflow(estate, ledger, c, *n, change, tick);
            }
            left -= sent;
        }
        let flows = &self.flows[s.ix()];
        self.services[s.ix()].sends = flows.to.iter().chain(&flows.logged).any(|f| *f > 0.0);
    }
}
