//! Who feels an incident and until when: by kind of care, by place, by organisation, under each strategy of a study.
//!
//! A country has fifty thousand organisations and a study thousands of runs, so that what each feels in each run is not kept: sums are,
//! taken in the order of the replicates, and of harm those of the differences from the baseline, for their intervals.

use std::collections::BTreeMap;

use crate::catalogue::kinds::{OrgKind, ServiceKind};
use crate::estate::{Estate, OrgId, ServiceId};
use crate::sim::Simulation;
use crate::stats::intervals::{Interval, t_quantile};
use crate::stats::{quantile, sorted};

/// By what it is told who feels it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Kind of care.
    Care,
    /// Place: an estate's region, which in a country is a care system.
    Place,
    /// Organisation.
    Organisation,
}

/// One of those who may feel it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// All services of a kind.
    Care(ServiceKind),
    /// All services of a place, by its position in [`Estate::regions`].
    Place(u32),
    /// All services of an organisation.
    Organisation(OrgId),
}

impl Subject {
    /// Its name as printed.
    pub fn name(self, estate: &Estate) -> String {
        match self {
            Self::Care(kind) => kind.label().to_owned(),
            Self::Place(place) => estate.regions[place as usize].clone(),
            Self::Organisation(o) => estate.org(o).name.clone(),
        }
    }
    /// Its name in JSON: of an organisation the author's id.
    pub fn id(self, estate: &Estate) -> String {
        match self {
            Self::Care(kind) => kind.name().to_owned(),
            Self::Place(_) => self.name(estate),
            Self::Organisation(o) => estate.org(o).id.clone(),
        }
    }
}

/// What one of them felt in one run.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tally {
    /// Harm: of care, and of records where it is not of a kind of care.
    harm: f64,
    /// Contacts not served on the day, those among them that turned up elsewhere.
    unmet: f64,
    /// Hours of full service lost, over its services.
    hours: f64,
    /// Days from the first impact until none of its services is disturbed any more; at most to the end.
    days: f64,
    /// Whether one still was at the end.
    late: bool,
}

/// Sums over runs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Sums {
    harm: f64,
    unmet: f64,
    hours: f64,
    days: f64,
    disturbed: f64,
    late: f64,
    /// Of harm minus that under the baseline, and of its square.
    difference: (f64, f64),
}

/// Where each of them stands in the sums: kinds of care, then places, then organisations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Places {
    places: u32,
    organisations: u32,
}

const KINDS: u32 = ServiceKind::ALL.len() as u32;

impl Places {
    fn of(estate: &Estate) -> Self {
        Self { places: estate.regions.len() as u32, organisations: estate.organisations.len() as u32 }
    }
    const fn all(self) -> usize {
        (KINDS + self.places + self.organisations) as usize
    }
    /// Who stands in the sums where, of one way of telling.
    fn subjects(self, by: By) -> impl Iterator<Item = (usize, Subject)> {
        let (from, count) = match by {
            By::Care => (0, KINDS),
            By::Place => (KINDS, self.places),
            By::Organisation => (KINDS + self.places, self.organisations),
        };
        (0..count).map(move |n| {
            let subject = match by {
                By::Care => Subject::Care(ServiceKind::ALL[n as usize]),
                By::Place => Subject::Place(n),
                By::Organisation => Subject::Organisation(OrgId(n)),
            };
            ((from + n) as usize, subject)
        })
    }
}

/// Those who felt a run and what, in the order of the sums.
pub(crate) type Tallies = Vec<(u32, Tally)>;

/// What those who felt it felt in the run that was played last, whose accounts were kept by service.
pub(crate) fn tallies(sim: &Simulation) -> Tallies {
    let scenario = sim.scenario();
    let estate = &scenario.estate;
    let at = Places::of(estate);
    let offset = scenario.calendar.offset();
    let from = sim.ledger().recovery_from();
    let last = (scenario.horizon + offset) / 60;
    let mut out: BTreeMap<u32, Tally> = BTreeMap::new();
    for ((n, service), account) in (0u32..).zip(&estate.services).zip(sim.ledger().accounts()) {
        if account.harm <= 0.0 && account.unmet <= 0.0 && account.hours_lost <= 0.0 {
            continue;
        }
        let place = estate.org(service.owner).region;
        let until = sim.ledger().disturbed_until(ServiceId(n));
        let minutes = (until * 60).saturating_sub(offset + from);
        for n in [service.kind as u32, KINDS + place, KINDS + at.places + service.owner.0] {
            let tally = out.entry(n).or_default();
            tally.harm += account.harm;
            tally.unmet += account.unmet;
            tally.hours += account.hours_lost;
            tally.days = tally.days.max(f64::from(minutes) / 1440.0);
            tally.late |= until >= last;
        }
    }
    // Records are no kind of care: their harm is of organisations and places.
    for (org, harm) in sim.ledger().taken_from().iter().filter(|t| t.1 > 0.0) {
        for n in [KINDS + estate.org(*org).region, KINDS + at.places + org.0] {
            out.entry(n).or_default().harm += harm;
        }
    }
    out.into_iter().collect()
}

/// Who felt a study's runs: sums by strategy, then by those who may feel it.
#[derive(Clone, Debug, PartialEq)]
pub struct Felt {
    at: Places,
    /// Position of the baseline among the strategies.
    base: usize,
    runs: u64,
    sums: Vec<Vec<Sums>>,
}

/// Sums under way: what finished ahead of its turn waits, so that the same is added in the same order on any number of threads.
#[derive(Debug)]
pub(crate) struct Folding {
    pub(crate) felt: Felt,
    next: u64,
    waiting: BTreeMap<u64, Vec<Tallies>>,
}

impl Folding {
    pub(crate) fn new(felt: Felt, first: u64) -> Self {
        Self { felt, next: first, waiting: BTreeMap::new() }
    }
    /// A replicate's, by strategy.
    pub(crate) fn add(&mut self, replicate: u64, who: Vec<Tallies>) {
        self.waiting.insert(replicate, who);
        while let Some(who) = self.waiting.remove(&self.next) {
            self.felt.add(&who);
            self.next += 1;
        }
    }
}

/// What one of them feels under one strategy, means over all runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mean {
    /// Harm: of care, and of records where it is not of a kind of care.
    pub harm: f64,
    /// Contacts not served on the day, those among them that turned up elsewhere.
    pub unmet: f64,
    /// Days of full service lost, over its services.
    pub service_days: f64,
    /// Days from the first impact until none of its services is disturbed any more, cut at the end of the run; 0 in runs in which none was.
    pub days: f64,
    /// Share of runs in which a service of its was disturbed.
    pub disturbed: f64,
    /// Share of runs in which one still was at the end, so that `days` says too little.
    pub late: f64,
    /// Harm minus that under the baseline, with Student's 95 % interval; none for the baseline itself.
    pub difference: Option<Interval>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Who.
    pub subject: Subject,
    /// Under each strategy, in the order of the study.
    pub means: Vec<Mean>,
}

/// One organisation among those of its kind, under one strategy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AmongPeers {
    /// Share of the contacts due to it over the whole time that it does not serve on the day, mean.
    pub share: f64,
    /// The 10 % quantile, the median and the 90 % quantile of that share over the organisations of its kind, itself among them.
    pub peers: (f64, f64, f64),
    /// How many of them lose a larger share.
    pub worse_off: usize,
    /// How many there are.
    pub of: usize,
}

impl Felt {
    pub(crate) fn new(estate: &Estate, strategies: usize, base: usize) -> Self {
        let at = Places::of(estate);
        Self { at, base, runs: 0, sums: vec![vec![Sums::default(); at.all()]; strategies] }
    }

    fn add(&mut self, who: &[Tallies]) {
        self.runs += 1;
        for (sums, tallies) in self.sums.iter_mut().zip(who) {
            for (n, t) in tallies {
                let s = &mut sums[*n as usize];
                s.harm += t.harm;
                s.unmet += t.unmet;
                s.hours += t.hours;
                s.days += t.days;
                s.disturbed += f64::from(u8::from(t.days > 0.0));
                s.late += f64::from(u8::from(t.late));
            }
        }
        for (k, tallies) in who.iter().enumerate().filter(|(k, _)| *k != self.base) {
            for (n, difference) in differences(tallies, &who[self.base]) {
                let sum = &mut self.sums[k][n as usize].difference;
                sum.0 += difference;
                sum.1 += difference * difference;
            }
        }
    }

    /// Adds the runs that follow.
    pub(crate) fn append(&mut self, next: &Self) {
        self.runs += next.runs;
        for (a, b) in self.sums.iter_mut().flatten().zip(next.sums.iter().flatten()) {
            a.harm += b.harm;
            a.unmet += b.unmet;
            a.hours += b.hours;
            a.days += b.days;
            a.disturbed += b.disturbed;
            a.late += b.late;
            a.difference.0 += b.difference.0;
            a.difference.1 += b.difference.1;
        }
    }

    fn mean(&self, strategy: usize, n: usize) -> Mean {
        let (s, runs) = (&self.sums[strategy][n], self.runs.max(1) as f64);
        let (sum, squares) = s.difference;
        let difference = (strategy != self.base).then(|| {
            let estimate = sum / runs;
            let variance = (squares - sum * estimate).max(0.0) / (runs - 1.0);
            let half = t_quantile(0.975, (runs - 1.0).max(f64::MIN_POSITIVE)) * (variance / runs).sqrt();
            Interval { estimate, low: estimate - half, high: estimate + half }
        });
        Mean {
            harm: s.harm / runs,
            unmet: s.unmet / runs,
            service_days: s.hours / 24.0 / runs,
            days: s.days / runs,
            disturbed: s.disturbed / runs,
            late: s.late / runs,
            difference,
        }
    }

    /// Those who felt anything under any strategy, the most harmed under the baseline first.
    pub fn lines(&self, by: By) -> Vec<Line> {
        let strategies = 0..self.sums.len();
        let felt = |n: usize| strategies.clone().any(|k| self.sums[k][n] != Sums::default());
        let mut out: Vec<Line> = self
            .at
            .subjects(by)
            .filter(|(n, _)| felt(*n))
            .map(|(n, subject)| Line {
                subject,
                means: strategies.clone().map(|k| self.mean(k, n)).collect(),
            })
            .collect();
        out.sort_by(|a, b| {
            b.means[self.base].harm.total_cmp(&a.means[self.base].harm).then(a.subject.cmp(&b.subject))
        });
        out
    }

    /// What one of them feels under each strategy, whether it feels anything or not; nothing for what is not in the estate.
    pub fn line(&self, subject: Subject) -> Option<Line> {
        let by = match subject {
            Subject::Care(_) => By::Care,
            Subject::Place(_) => By::Place,
            Subject::Organisation(_) => By::Organisation,
        };
        let (n, _) = self.at.subjects(by).find(|(_, s)| *s == subject)?;
        Some(Line { subject, means: (0..self.sums.len()).map(|k| self.mean(k, n)).collect() })
    }

    /// An organisation among those of its kind under each strategy, in a run of so many hours; nothing where it gives no care.
    pub fn among_peers(&self, estate: &Estate, org: OrgId, hours: f64) -> Option<Vec<AmongPeers>> {
        let kind: OrgKind = estate.org(org).kind;
        let due = |o: OrgId| -> f64 {
            let services = &estate.services;
            estate.org(o).services.clone().map(|s| services[s as usize].level * hours).sum()
        };
        let peers: Vec<OrgId> = (0..estate.organisations.len() as u32)
            .map(OrgId)
            .filter(|o| estate.org(*o).kind == kind && due(*o) > 0.0)
            .collect();
        if !peers.contains(&org) {
            return None;
        }
        let first = (KINDS + self.at.places) as usize;
        let of = |k: usize| {
            let share = |o: OrgId| self.sums[k][first + o.ix()].unmet / self.runs.max(1) as f64 / due(o);
            let (mine, all) = (share(org), sorted(&peers.iter().map(|o| share(*o)).collect::<Vec<_>>()));
            AmongPeers {
                share: mine,
                peers: (quantile(&all, 0.1), quantile(&all, 0.5), quantile(&all, 0.9)),
                worse_off: all.iter().filter(|s| **s > mine).count(),
                of: all.len(),
            }
        };
        Some((0..self.sums.len()).map(of).collect())
    }
}

/// Harm under one strategy minus that under another, for those who felt either.
fn differences(one: &[(u32, Tally)], other: &[(u32, Tally)]) -> Vec<(u32, f64)> {
    let mut out: BTreeMap<u32, f64> = one.iter().map(|(n, t)| (*n, t.harm)).collect();
    for (n, t) in other {
        *out.entry(*n).or_default() -= t.harm;
    }
    out.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::catalogue::outcome::Outcome;
    use crate::scenario::{bundled, load};
    use crate::stats::intervals::of_mean;
    use crate::study::replicates::{Progress, ReplicationPlan, Study, run};

    fn study(threads: usize, first: u64, replicates: u64) -> (Arc<crate::scenario::Scenario>, Study) {
        let text = bundled::STARTER.replace("payloads: [Encrypt]", "payloads: [Encrypt, StealRecords]");
        let scenario = Arc::new(load(&text, None).unwrap());
        let plan = ReplicationPlan { threads, first, replicates, detail: true, ..ReplicationPlan::default() };
        let study = run(&scenario, &[0, 1], plan, &Progress::default()).unwrap();
        (scenario, study)
    }

    #[test]
    fn what_all_feel_is_what_the_run_comes_to() {
        let (scenario, study) = study(2, 0, 40);
        let felt = study.felt.as_ref().unwrap();
        for k in 0..2 {
            let total = |o| study.records[k].iter().map(|r| r.get(o).unwrap()).sum::<f64>() / 40.0;
            assert!(k > 0 || total(Outcome::HarmCare) > 0.0 && total(Outcome::HarmRecords) > 0.0);
            for (by, harm) in
                [(By::Care, Outcome::HarmCare), (By::Place, Outcome::Harm), (By::Organisation, Outcome::Harm)]
            {
                let lines = felt.lines(by);
                let sum = |of: fn(&Mean) -> f64| lines.iter().map(|l| of(&l.means[k])).sum::<f64>();
                for (got, expected) in [
                    (sum(|m| m.harm), total(harm)),
                    (sum(|m| m.unmet), total(Outcome::ContactsNotServed) + total(Outcome::ContactsSpilled)),
                    (sum(|m| m.service_days), total(Outcome::ServiceHoursLost) / 24.0),
                ] {
                    assert!((got - expected).abs() < 1e-6 * expected.max(1.0), "{by:?}: {got} {expected}");
                }
                // Nobody is disturbed for longer than the run lasts, and not at all in runs without an impact.
                let horizon = f64::from(scenario.horizon) / 1440.0;
                assert!(lines.iter().all(|l| l.means[k].days <= horizon + 1.0 / 24.0));
            }
        }
    }

    #[test]
    fn differences_have_students_interval() {
        let (_, study) = study(1, 0, 12);
        let felt = study.felt.unwrap();
        // The starter has one place, so that its harm is the run's.
        let of = |k: usize, n: usize| study.records[k][n].get(Outcome::Harm).unwrap();
        let expected = of_mean(&(0..12).map(|n| of(1, n) - of(0, n)).collect::<Vec<_>>(), 0.95);
        let sum: f64 = felt.lines(By::Place).iter().map(|l| l.means[1].difference.unwrap().estimate).sum();
        assert!((sum - expected.estimate).abs() < 1e-6 * expected.estimate.abs());
        if let [only] = &felt.lines(By::Place)[..] {
            let got = only.means[1].difference.unwrap();
            assert!((got.low - expected.low).abs() < 1e-6 * expected.low.abs(), "{got:?} {expected:?}");
        }
        assert!(felt.lines(By::Care).iter().all(|l| l.means[0].difference.is_none()));
    }

    #[test]
    fn the_same_sums_on_any_number_of_threads_and_in_parts() {
        let (_, one) = study(1, 0, 10);
        assert_eq!(one.felt, study(3, 0, 10).1.felt);
        let (_, mut parts) = study(2, 0, 6);
        parts.append(study(2, 6, 4).1);
        let (a, b) = (one.felt.unwrap().lines(By::Care), parts.felt.unwrap().lines(By::Care));
        assert_eq!(a.len(), b.len());
        assert!(
            a.iter()
                .zip(&b)
                .all(|(a, b)| (a.means[1].harm - b.means[1].harm).abs() < 1e-9 * a.means[1].harm.max(1.0))
        );
    }

    #[test]
    fn an_organisation_stands_among_its_peers() {
        let (scenario, study) = study(1, 0, 10);
        let (e, felt) = (&scenario.estate, study.felt.unwrap());
        let worst = felt.lines(By::Organisation)[0].subject;
        let Subject::Organisation(worst) = worst else { panic!("by organisation") };
        let peers = felt.among_peers(e, worst, f64::from(scenario.horizon) / 60.0).unwrap();
        let kind = e.org(worst).kind;
        assert!(peers[0].of <= e.organisations.iter().filter(|o| o.kind == kind).count());
        assert!(peers[0].share > 0.0 && peers[0].share < 1.0 && peers[0].worse_off < peers[0].of);
        let supplier = e.organisations.iter().position(|o| o.kind == OrgKind::Supplier).unwrap();
        assert!(felt.among_peers(e, OrgId(supplier as u32), 100.0).is_none());
    }
}
