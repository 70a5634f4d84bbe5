//! Accounts of a replicate: what was hit, when, what care was not given, when it came back, what it cost.

pub mod entries;

use bevy_ecs::prelude::*;

use super::core::record::Record;
use super::core::run::{Clock, RunSetup};
use crate::catalogue::outcome::Outcome;
use crate::estate::{AssetId, Estate, OrgId, Organisation, Service, ServiceId};
use crate::parameters::{CareParameters, Parameters, Weights};
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
    published: f64,
    record_harm: f64,
    /// By theft: whose records, and what they weigh.
    taken_from: Vec<(OrgId, f64)>,
    diverted: f64,
    deferred: f64,
    lost: f64,
    spilled: f64,
    /// What of that has turned up where it went.
    arrived: f64,
    /// What contacts weigh in this run, by kind of service …
    weights: Weights,
    /// … and all care of an hour together.
    weight: f64,
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
    /// By service: the hour after the last one in which it was disturbed; 0 where it never was.
    disturbed_until: Vec<u32>,
    /// The first hour in which one was.
    first_disturbed: Option<u32>,
    /// Minutes past the hour at which the run starts.
    offset: u32,
    /// By service; empty unless asked for.
    accounts: Vec<Account>,
    /// Largest error of the balance demand = served + diverted + deferred + lost.
    pub imbalance: f64,
}

impl Ledger {
    /// Back to nothing, for a run of `end` minutes that starts `offset` minutes past the hour, in which contacts weigh so much.
    pub fn reset(&mut self, estate: &Estate, weights: Weights, end: SimTime, offset: u32) {
        let mut old = std::mem::take(self);
        let hours = ((end + offset) / 60 + 2) as usize;
        refill(&mut old.hit_orgs, estate.organisations.len());
        refill(&mut old.hit_assets, estate.assets.len());
        refill(&mut old.disturbed_until, estate.services.len());
        refill(&mut old.seen, hours);
        refill(&mut old.steady, hours);
        old.accounts.clear();
        for list in [&mut old.told, &mut old.declared_by] {
            list.clear();
        }
        old.regulator.clear();
        old.taken_from.clear();
        *self = Self {
            hit_orgs: old.hit_orgs,
            hit_assets: old.hit_assets,
            seen: old.seen,
            steady: old.steady,
            disturbed_until: old.disturbed_until,
            told: old.told,
            declared_by: old.declared_by,
            regulator: old.regulator,
            taken_from: old.taken_from,
            accounts: old.accounts,
            offset,
            weight: estate.weight_under(&weights),
            weights,
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
    /// People's records were taken, and published or not; they weigh so much.
    pub(in crate::sim) fn taken(&mut self, org: OrgId, records: f64, published: bool, harm: f64) {
        self.records += records;
        self.record_harm += harm;
        self.taken_from.push((org, harm));
        if published {
            self.published += records;
        }
        self.regulator.push(org);
    }
    /// Harm of records taken: from whom, and how much, by theft.
    pub fn taken_from(&self) -> &[(OrgId, f64)] {
        &self.taken_from
    }
    /// What a lost contact of a service weighs in this run.
    pub(in crate::sim) fn weight_of(&self, service: &Service) -> f64 {
        if service.own_harm { service.harm } else { self.weights[service.kind as usize] }
    }
    /// Harm-weighted demand of all services in an hour of the week's average, by the weights of this run.
    pub const fn weight(&self) -> f64 {
        self.weight
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
    /// So many contacts of a service count as lost, or as much as those.
    fn harm(&mut self, service: &Service, s: ServiceId, contacts: f64) {
        let harm = self.weight_of(service) * contacts;
        self.harm += harm;
        self.note(s, |a| {
            a.harm += harm;
            a.as_lost += contacts;
        });
    }
    fn note(&mut self, s: ServiceId, note: impl FnOnce(&mut Account)) {
        if let Some(account) = self.accounts.get_mut(s.ix()) {
            note(account);
        }
    }
    /// A service is so crowded that it counts as so many contacts lost.
    pub(in crate::sim) fn crowded(&mut self, service: &Service, s: ServiceId, contacts: f64) {
        self.harm(service, s, contacts);
    }
    fn disturbed(&mut self, s: ServiceId, since: u32, until: u32) {
        self.first_disturbed = Some(self.first_disturbed.map_or(since, |f| f.min(since)));
        let last = &mut self.disturbed_until[s.ix()];
        *last = (*last).max(until);
    }
    /// The hour of a service that ended at `tick`.
    pub(in crate::sim) fn care_hour(
        &mut self,
        (service, s): (&Service, ServiceId),
        tick: u32,
        h: &CareHour,
        c: &CareParameters,
    ) {
        self.diverted += h.diverted;
        self.deferred += h.deferred;
        self.lost += h.lost;
        self.spilled += h.spilled;
        self.arrived += h.arrived;
        self.service_hours += 1.0 - h.capacity_share;
        if h.capacity_share < CareHour::DISTURBED {
            self.disturbed(s, tick - 1, tick);
        }
        let weighted = h.lost * c.lost_harm
            + (h.diverted + h.spilled) * c.diverted_harm
            + h.waiting * c.waiting_harm / 24.0;
        self.harm(service, s, weighted);
        let unmet = h.lost + h.diverted + h.deferred + h.spilled;
        // Whose place was elsewhere is missing there, and not here.
        self.activity += service.value * (unmet - h.arrived.min(unmet) - h.drained);
        self.note(s, |a| {
            a.unmet += unmet;
            a.deferred += h.deferred;
            a.diverted += h.diverted;
            a.received += h.arrived;
            a.drained += h.drained;
            a.hours_lost += 1.0 - h.capacity_share;
            if service.calls.is_some() {
                a.calls += h.demand;
                a.on_hold += h.on_hold;
            }
        });
        self.imbalance =
            self.imbalance.max((h.demand - h.served - h.diverted - h.deferred - h.lost - h.spilled).abs());
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
        if disturbed > 0 {
            self.disturbed(s, since, until);
        }
        let weight = self.weight_of(service);
        self.service_hours += lost * f64::from(until - since);
        self.note(s, |a| a.hours_lost += lost * f64::from(until - since));
        for (at, sign) in [(since, 1), (until, -1)] {
            let change = &mut self.steady[at as usize];
            change.0 += f64::from(sign) * lost * service.level * weight;
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
        self.spilled += h.spilled;
        let weighted = h.lost * c.lost_harm
            + (h.diverted + h.spilled) * c.diverted_harm
            + h.waited * c.waiting_harm / 24.0;
        self.harm(service, s, weighted);
        let unmet = h.lost + h.diverted + h.deferred + h.spilled;
        self.activity += service.value * unmet;
        self.note(s, |a| {
            a.unmet += unmet;
            a.deferred += h.deferred;
            a.diverted += h.diverted;
        });
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
        self.harm(service, s, drain.waited * c.waiting_harm / 24.0);
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
    pub(in crate::sim) fn detail(&self, end: SimTime) -> Detail {
        let weight = self.weight.max(1e-9);
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
    pub(in crate::sim) fn capacity_from(&self, from: SimTime, points: usize) -> Vec<f32> {
        let weight = self.weight.max(1e-9);
        let first = ((from + self.offset) / 60) as usize;
        let all = self.series().skip(first).step_by(CURVE_STEP).map(|(lost, _)| (1.0 - lost / weight) as f32);
        let mut out: Vec<f32> = all.take(points).collect();
        out.resize(points, out.last().copied().unwrap_or(1.0));
        out
    }
    /// Contacts that a service lost and that turned up elsewhere, and those of them who have arrived there.
    pub const fn spilled(&self) -> (f64, f64) {
        (self.spilled, self.arrived)
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
        r.set(Outcome::Harm, self.harm + self.record_harm);
        r.set(Outcome::HarmCare, self.harm);
        r.set(Outcome::HarmRecords, self.record_harm);
        r.set(Outcome::RecordsPublished, self.published);
        r.set(Outcome::ContactsSpilled, self.spilled);
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
        let care = Returns::of(self.affected(estate).map(|(s, until)| (until, estate.service(s).level)));
        for (outcome, level) in [
            (Outcome::Recovery50, 0.5),
            (Outcome::Recovery80, 0.8),
            (Outcome::Recovery95, 0.95),
            (Outcome::Recovery100, 1.0),
        ] {
            r.set_time(outcome, self.time_to(care.back(level), clock.end));
        }
        let organisations = self.affected_organisations(estate);
        r.set(Outcome::OrganisationsAffected, organisations.count() as f64);
        for (outcome, level) in [(Outcome::OrganisationsBack50, 0.5), (Outcome::OrganisationsBack95, 0.95)] {
            r.set_time(outcome, self.time_to(organisations.back(level), clock.end));
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

    /// The services that were disturbed, each with the hour from which on it was no more.
    fn affected<'a>(&'a self, estate: &'a Estate) -> impl Iterator<Item = (ServiceId, u32)> + 'a {
        let services = (0..estate.services.len() as u32).map(ServiceId).zip(&self.disturbed_until);
        services.filter(|(_, until)| **until > 0).map(|(s, until)| (s, *until))
    }
    /// The organisations that had such a service, each back with its last one.
    fn affected_organisations(&self, estate: &Estate) -> Returns {
        let last = |o: &Organisation| {
            o.services.clone().map(|s| self.disturbed_until[s as usize]).max().filter(|until| *until > 0)
        };
        Returns::of(estate.organisations.iter().filter_map(last).map(|until| (until, 1.0)))
    }
    /// The hour of local time from the start up to which a service was last disturbed; 0 where it never was.
    pub fn disturbed_until(&self, s: ServiceId) -> u32 {
        self.disturbed_until[s.ix()]
    }
    /// From when recovery counts: the first impact, or the first service that was disturbed.
    pub fn recovery_from(&self) -> SimTime {
        // Who switches off for fear of an attack is without services before there is an impact, or without one.
        let disturbed = self.first_disturbed.map(|hour| (hour * 60).saturating_sub(self.offset));
        self.first_impact.into_iter().chain(disturbed).min().unwrap_or(0)
    }
    /// Hours from first impact until `back`, from which hour on something is there again; censored when it is not known to stay for a
    /// day. 0 where nothing was away.
    fn time_to(&self, back: Option<u32>, end: SimTime) -> (f64, bool) {
        let Some(back) = back else { return (0.0, false) };
        let from = self.recovery_from();
        if back + 24 > (end + self.offset) / 60 {
            return (f64::from(end - from) / 60.0, true);
        }
        (f64::from(back) - f64::from(from + self.offset) / 60.0, false)
    }
}

/// When what was affected came back: hours from the start with the weight of what came back then, sorted.
struct Returns(Vec<(u32, f64)>);

impl Returns {
    fn of(each: impl Iterator<Item = (u32, f64)>) -> Self {
        let mut all: Vec<(u32, f64)> = each.collect();
        all.sort_unstable_by_key(|(until, _)| *until);
        Self(all)
    }
    const fn count(&self) -> usize {
        self.0.len()
    }
    /// From which hour on a share `level` of the weight is back; none where nothing was affected.
    fn back(&self, level: f64) -> Option<u32> {
        let all: f64 = self.0.iter().map(|r| r.1).sum();
        let mut sum = 0.0;
        let enough = |r: &&(u32, f64)| {
            sum += r.1;
            sum >= level * all * (1.0 - 1e-12)
        };
        self.0.iter().find(enough).map(|r| r.0)
    }
}

fn refill<T: Clone + Default>(list: &mut Vec<T>, n: usize) {
    list.clear();
    list.resize(n, T::default());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_affected_is_back_by_its_weight() {
        let back = |level| Returns::of([(5, 10.0), (20, 30.0), (10, 60.0)].into_iter()).back(level);
        assert_eq!([0.1, 0.11, 0.7, 0.71, 1.0].map(back), [5, 10, 10, 20, 20].map(Some));
        assert_eq!(Returns::of(std::iter::empty()).back(0.5), None);
    }

    #[test]
    fn recovery_counts_from_the_first_impact_and_only_what_stays_counts() {
        let mut ledger = Ledger { first_impact: Some(90), ..Ledger::default() };
        assert_eq!(ledger.time_to(None, 6000), (0.0, false));
        // Back at ten o'clock, struck at half past one.
        assert_eq!(ledger.time_to(Some(10), 6000), (8.5, false));
        // The run ends at half past nine the next day, an hour too soon to know.
        assert_eq!(ledger.time_to(Some(10), 33 * 60 + 30), (32.0, true));
        // Switched off at one o'clock for fear of it; the run began at a quarter past midnight.
        (ledger.first_disturbed, ledger.offset) = (Some(1), 15);
        assert_eq!(ledger.time_to(Some(10), 6000), (9.0, false));
    }
}
