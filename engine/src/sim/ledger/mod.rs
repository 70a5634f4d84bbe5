//! Accounts of a replicate: what was hit, when, what care was not given, when it came back, what it cost.

pub mod entries;

use bevy_ecs::prelude::*;

use super::core::record::Record;
use super::core::run::{Clock, RunSetup};
use crate::catalogue::outcome::Outcome;
use crate::estate::{AssetId, OrgId, Service, ServiceId};
use crate::parameters::{CareParameters, Parameters};
use crate::scenario::campaign::HostImpact;
use crate::units::SimTime;
use entries::{Account, CURVE_STEP, CareHour, Detail, Drain, LastEntries, Short};

/// Running totals.
#[derive(Resource, Debug, Default)]
pub struct Ledger {
    begun: Option<SimTime>,
    entered: Option<SimTime>,
    first_impact: Option<SimTime>,
    detected: Option<SimTime>,
    declared: Option<SimTime>,
    contained: Option<SimTime>,
    evicted: Option<SimTime>,
    restored: Option<SimTime>,
    regulator: Vec<OrgId>,
    told: Vec<(OrgId, SimTime)>,
    declared_by: Vec<(OrgId, SimTime)>,
    hit_orgs: Vec<bool>,
    hit_assets: Vec<bool>,
    counts: (u32, u32),
    hosts: f64,
    records: f64,
    diverted: f64,
    deferred: f64,
    lost: f64,
    service_hours: f64,
    harm: f64,
    activity: f64,
    worked: f64,
    backlog_at: Option<SimTime>,
    backlog_open: bool,
    /// By hour of local time from the start: harm-weighted capacity lost and services disturbed, of those looked at …
    seen: Vec<(f64, i32)>,
    /// … and by how much more from that hour on, of those that are steady.
    steady: Vec<(f64, i32)>,
    /// Minutes past the hour at which the run starts.
    offset: u32,
    /// By service; empty unless asked for.
    accounts: Vec<Account>,
    /// Largest error of the balance demand = served + diverted + deferred + lost.
    pub imbalance: f64,
}

impl Ledger {
    /// Back to nothing, for a run of `end` minutes that starts `offset` minutes past the hour.
    pub fn reset(&mut self, orgs: usize, assets: usize, end: SimTime, offset: u32) {
        let mut old = std::mem::take(self);
        let hours = ((end + offset) / 60 + 2) as usize;
        refill(&mut old.hit_orgs, orgs);
        refill(&mut old.hit_assets, assets);
        refill(&mut old.seen, hours);
        refill(&mut old.steady, hours);
        old.accounts.clear();
        for list in [&mut old.told, &mut old.declared_by] {
            list.clear();
        }
        old.regulator.clear();
        *self = Self {
            hit_orgs: old.hit_orgs,
            hit_assets: old.hit_assets,
            seen: old.seen,
            steady: old.steady,
            told: old.told,
            declared_by: old.declared_by,
            regulator: old.regulator,
            accounts: old.accounts,
            offset,
            ..Self::default()
        };
    }
    pub(in crate::sim) fn begun(&mut self, now: SimTime) {
        self.begun.get_or_insert(now);
    }
    pub(in crate::sim) fn entered(&mut self, now: SimTime, org: OrgId) {
        self.entered.get_or_insert(now);
        self.hit(org);
    }
    fn hit(&mut self, org: OrgId) {
        if !std::mem::replace(&mut self.hit_orgs[org.ix()], true) {
            self.counts.0 += 1;
        }
    }
    pub(in crate::sim) fn held(&mut self, _: OrgId, asset: AssetId) {
        if !std::mem::replace(&mut self.hit_assets[asset.ix()], true) {
            self.counts.1 += 1;
        }
    }
    pub(in crate::sim) fn struck(
        &mut self,
        now: SimTime,
        org: OrgId,
        asset: AssetId,
        hosts: u32,
        loss: HostImpact,
    ) {
        self.hit(org);
        self.held(org, asset);
        self.impact(now);
        if loss != HostImpact::Failed {
            self.hosts += f64::from(hosts);
        }
    }
    pub(in crate::sim) fn impact(&mut self, now: SimTime) {
        self.first_impact.get_or_insert(now);
    }
    pub(in crate::sim) fn taken(&mut self, org: OrgId, records: f64) {
        self.records += records;
        self.regulator.push(org);
    }
    pub(in crate::sim) fn detected(&mut self, now: SimTime) {
        self.detected.get_or_insert(now);
    }
    pub(in crate::sim) fn declared(&mut self, now: SimTime, org: OrgId) {
        self.declared.get_or_insert(now);
        self.declared_by.push((org, now));
    }
    pub(in crate::sim) fn contained(&mut self, now: SimTime) {
        self.contained.get_or_insert(now);
    }
    pub(in crate::sim) fn evicted(&mut self, now: SimTime) {
        // The last one counts; whether anybody is still held is known when the accounts are closed.
        self.evicted = Some(now);
    }
    pub(in crate::sim) fn restored_at(&mut self, now: SimTime) {
        self.restored = Some(now);
    }
    /// When an organisation last had all its systems back, or joined them again.
    pub const fn restored(&self) -> Option<SimTime> {
        self.restored
    }
    pub(in crate::sim) fn regulator_told(&mut self, now: SimTime, org: OrgId) {
        self.told.push((org, now));
    }
    pub(in crate::sim) fn worked(&mut self, hours: f64) {
        self.worked += hours;
    }
    fn harm(&mut self, s: ServiceId, harm: f64) {
        self.harm += harm;
        self.note(s, |a| a.harm += harm);
    }
    fn note(&mut self, s: ServiceId, note: impl FnOnce(&mut Account)) {
        if let Some(account) = self.accounts.get_mut(s.ix()) {
            note(account);
        }
    }
    pub(in crate::sim) fn crowded(&mut self, s: ServiceId, harm: f64) {
        self.harm(s, harm);
    }
    pub(in crate::sim) fn care_hour(
        &mut self,
        (service, s): (&Service, ServiceId),
        h: &CareHour,
        c: &CareParameters,
    ) {
        self.diverted += h.diverted;
        self.deferred += h.deferred;
        self.lost += h.lost;
        self.service_hours += 1.0 - h.capacity_share;
        let weighted =
            h.lost * c.lost_harm + h.diverted * c.diverted_harm + h.waiting * c.waiting_harm / 24.0;
        self.harm(s, service.harm * weighted);
        self.activity += service.value * (h.lost + h.diverted + h.deferred - h.drained);
        self.note(s, |a| {
            a.unmet += h.lost + h.diverted + h.deferred;
            a.drained += h.drained;
            a.hours_lost += 1.0 - h.capacity_share;
            if service.calls.is_some() {
                a.calls += h.demand;
                a.on_hold += h.on_hold;
            }
        });
        self.imbalance = self.imbalance.max((h.demand - h.served - h.diverted - h.deferred - h.lost).abs());
    }
    /// What the round over the hour that ended at `tick` saw.
    pub(in crate::sim) fn hour(&mut self, tick: u32, lost: f64, disturbed: u32) {
        self.seen[tick as usize - 1] = (lost, disturbed.cast_signed());
    }
    /// A service had this capacity from the end of hour `since` to that of hour `until`, and served all who came.
    pub(in crate::sim) fn steady(
        &mut self,
        service: &Service,
        s: ServiceId,
        factor: f64,
        since: u32,
        until: u32,
    ) {
        let (lost, disturbed) = ((1.0 - factor), i32::from(factor < CareHour::DISTURBED));
        self.service_hours += lost * f64::from(until - since);
        self.note(s, |a| a.hours_lost += lost * f64::from(until - since));
        for (at, sign) in [(since, 1), (until, -1)] {
            let change = &mut self.steady[at as usize];
            change.0 += f64::from(sign) * lost * service.level * service.harm;
            change.1 += sign * disturbed;
        }
    }
    /// Whether anybody waits anywhere.
    pub(in crate::sim) fn backlog(&mut self, open: bool, now: SimTime) {
        if self.backlog_open && !open {
            self.backlog_at = Some(now);
        }
        self.backlog_open = open;
    }
    /// A quiet service could not serve all.
    pub(in crate::sim) fn short(
        &mut self,
        (service, s): (&Service, ServiceId),
        h: &Short,
        c: &CareParameters,
    ) {
        self.diverted += h.diverted;
        self.deferred += h.deferred;
        self.lost += h.lost;
        let weighted = h.lost * c.lost_harm + h.diverted * c.diverted_harm + h.waited * c.waiting_harm / 24.0;
        self.harm(s, service.harm * weighted);
        self.activity += service.value * (h.lost + h.diverted + h.deferred);
        self.note(s, |a| a.unmet += h.lost + h.diverted + h.deferred);
    }
    /// A service takes so many contacts from a neighbour.
    pub(in crate::sim) fn received(&mut self, s: ServiceId, contacts: f64) {
        self.note(s, |a| a.received += contacts);
    }
    /// A backlog drained undisturbed.
    pub(in crate::sim) fn drained(
        &mut self,
        service: &Service,
        s: ServiceId,
        drain: &Drain,
        c: &CareParameters,
    ) {
        self.harm(s, service.harm * drain.waited * c.waiting_harm / 24.0);
        self.activity -= service.value * drain.drained;
        self.note(s, |a| a.drained += drain.drained);
    }
    /// From now on each service has an account, of which there are so many.
    pub(in crate::sim) fn by_service(&mut self, services: usize) {
        refill(&mut self.accounts, services);
    }
    /// By service; empty unless asked for.
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }
    /// Whether an organisation was entered or struck.
    pub fn hit_by(&self, org: OrgId) -> bool {
        self.hit_orgs[org.ix()]
    }
    /// Whether an asset was held or struck.
    pub fn hit_asset(&self, asset: AssetId) -> bool {
        self.hit_assets[asset.ix()]
    }
    /// When somebody first suspected.
    pub const fn first_suspicion(&self) -> Option<SimTime> {
        self.detected
    }
    /// When care or a system was first touched.
    pub const fn first_impact(&self) -> Option<SimTime> {
        self.first_impact
    }
    /// When the first intruder or worm was in.
    pub const fn first_entry(&self) -> Option<SimTime> {
        self.entered
    }
    /// The parts of the account that are not in its [`Record`].
    pub(in crate::sim) fn detail(&self, weight: f64, end: SimTime) -> Detail {
        let hit = (0u32..).zip(&self.hit_orgs).filter(|(_, hit)| **hit).map(|(n, _)| OrgId(n));
        let hour = |t: SimTime| ((t + self.offset) / 60) as usize;
        let capacity: Vec<f32> = match self.first_impact {
            None => vec![],
            Some(from) => {
                let hours = self.series().take(hour(end)).skip(hour(from));
                hours.map(|(lost, _)| (1.0 - lost / weight) as f32).step_by(CURVE_STEP).collect()
            }
        };
        Detail { hit: hit.collect(), capacity, harm: self.accounts.iter().map(|a| a.harm).collect() }
    }
    /// Share of capacity at `points` moments from `from` on; the last one repeats past the end.
    pub(in crate::sim) fn capacity_from(&self, weight: f64, from: SimTime, points: usize) -> Vec<f32> {
        let first = ((from + self.offset) / 60) as usize;
        let all = self.series().skip(first).step_by(CURVE_STEP).map(|(lost, _)| (1.0 - lost / weight) as f32);
        let mut out: Vec<f32> = all.take(points).collect();
        out.resize(points, out.last().copied().unwrap_or(1.0));
        out
    }
    /// Whether any host was encrypted or wiped.
    pub fn encrypted(&self) -> bool {
        self.hosts > 0.0
    }
    /// Harm-weighted capacity lost and services disturbed, by hour of local time from the start.
    pub fn series(&self) -> impl Iterator<Item = (f64, u32)> + '_ {
        let mut steady = (0.0, 0);
        self.seen.iter().zip(&self.steady).map(move |(seen, change)| {
            steady = (steady.0 + change.0, steady.1 + change.1);
            (seen.0 + steady.0, (seen.1 + steady.1).max(0) as u32)
        })
    }

    /// Closes the accounts.
    pub fn close(
        &self,
        setup: &RunSetup,
        parameters: &Parameters,
        clock: &Clock,
        last: &LastEntries,
    ) -> Record {
        let estate = &setup.scenario.estate;
        let mut r = Record::default();
        let hours = |t: SimTime, from: SimTime| f64::from(t.saturating_sub(from)) / 60.0;
        // What has not come by the end is censored there, and never dropped: only the quick runs would be left.
        let time = |from: Option<SimTime>, to: Option<SimTime>| {
            from.map(|from| to.map_or((hours(clock.end, from), true), |to| (hours(to, from), false)))
        };
        let evicted = self.evicted.filter(|_| !last.held);
        let somebody_in = self.entered.filter(|_| last.held || evicted.is_some());
        r.set(Outcome::OrganisationsHit, f64::from(self.counts.0));
        r.set(Outcome::AssetsHit, f64::from(self.counts.1));
        r.set(Outcome::HostsEncrypted, self.hosts);
        r.set_maybe(Outcome::HoursToDetect, time(self.entered.or(self.first_impact), self.detected));
        r.set_maybe(Outcome::HoursToDeclare, time(self.detected, self.declared));
        r.set_maybe(Outcome::HoursToContain, time(self.detected, self.contained));
        r.set_maybe(Outcome::HoursToEvict, somebody_in.and_then(|_| time(self.detected, evicted)));
        r.set(Outcome::ContactsNotServed, self.diverted + self.deferred + self.lost);
        r.set(Outcome::ContactsDiverted, self.diverted);
        r.set(Outcome::ContactsDeferred, self.deferred);
        r.set(Outcome::ContactsLost, self.lost);
        r.set(Outcome::ServiceHoursLost, self.service_hours);
        r.set(Outcome::Harm, self.harm);
        r.set(
            Outcome::PeakDisrupted,
            f64::from(self.series().map(|h| h.1).max().unwrap_or(0)) / estate.services.len().max(1) as f64,
        );
        let from = self.first_impact.unwrap_or(0);
        let backlog = match (self.backlog_open, self.backlog_at) {
            (true, _) => (hours(clock.end, from) / 24.0, true),
            (false, Some(t)) => (hours(t, from) / 24.0, false),
            (false, None) => (0.0, false),
        };
        r.set_time(Outcome::BacklogDays, backlog);
        let weight = estate.weight;
        for (outcome, level) in [
            (Outcome::Recovery50, 0.5),
            (Outcome::Recovery80, 0.8),
            (Outcome::Recovery95, 0.95),
            (Outcome::Recovery100, 1.0),
        ] {
            r.set_time(outcome, self.recovery(level, weight, clock.end));
        }
        let money = &parameters.money;
        let late = |org: &OrgId| {
            let declared = self.declared_by.iter().find(|d| d.0 == *org).map_or(0, |d| d.1);
            !self.told.iter().any(|t| t.0 == *org && t.1 <= declared + 72 * 60)
        };
        let notice = self.regulator.iter().filter(|o| late(o)).count() as f64 * money.late_notice;
        let response =
            (self.worked + last.in_hand) * parameters.response.hourly_cost + self.hosts * money.host;
        r.set(Outcome::RecordsExposed, self.records);
        r.set(Outcome::CostActivity, self.activity);
        r.set(Outcome::CostResponse, response);
        r.set(Outcome::CostRansom, last.ransom);
        r.set(Outcome::CostLevers, setup.strategy.cost);
        r.set(
            Outcome::CostTotal,
            self.activity
                + response
                + last.ransom
                + notice
                + self.records * money.record
                + setup.strategy.cost,
        );
        r
    }

    /// Hours from first impact until capacity is back at `level` and stays there for 24 hours; censored when that is past the end.
    fn recovery(&self, level: f64, weight: f64, end: SimTime) -> (f64, bool) {
        let Some(from) = self.first_impact else { return (0.0, false) };
        let hour = |t: SimTime| ((t + self.offset) / 60) as usize;
        let (first, last) = (hour(from), hour(end));
        // What steady services add and take back leaves a rounding error of this order at most.
        let allowed = ((1.0 - level) * weight).max(1e-9 * weight);
        let mut back = None;
        for (h, (lost, _)) in self.series().enumerate().take(last).skip(first) {
            if lost > allowed {
                back = Some(h + 1);
            } else if back.is_some_and(|b| h >= b + 24) {
                break;
            }
        }
        let Some(back) = back else { return (0.0, false) };
        if back + 24 > last {
            return (f64::from(end - from) / 60.0, true);
        }
        (back as f64 - f64::from(from + self.offset) / 60.0, false)
    }
}

fn refill<T: Clone + Default>(list: &mut Vec<T>, n: usize) {
    list.clear();
    list.resize(n, T::default());
}
