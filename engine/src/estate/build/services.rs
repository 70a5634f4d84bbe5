//! Services, what each depends on, and where its contacts can go instead.

use super::Builder;
use crate::catalogue::kinds::ServiceKind;
use crate::estate::nearest::NearestIndex;
use crate::estate::spec::{DependencySpec, On, OrganisationSpec, ServiceSpec};
use crate::estate::{Dependency, Handling, NEIGHBOURS, Need, Neighbours, OrgId, Service, ServiceId, Spill};
use crate::source::{Located, did_you_mean};
use crate::units::{Number, Quantity, Share};

impl Builder<'_> {
    pub(super) fn services(&mut self, specs: &[&OrganisationSpec]) {
        if self.estate.organisations.len() != specs.len() {
            return;
        }
        let mut wanted: Vec<(ServiceId, &Located<ServiceSpec>)> = Vec::new();
        for (i, o) in specs.iter().enumerate() {
            let org = OrgId(i as u32);
            let first = self.estate.services.len() as u32;
            let kind = self.kinds[&o.kind];
            for located in o.services.as_ref().unwrap_or(&kind.services) {
                let Some(s) = located.get() else { continue };
                let name = s.profile.get().cloned().unwrap_or_default();
                let Some(profile) = self.template.profiles.iter().position(|p| p.id == name) else {
                    let known = self.template.profiles.iter().map(|p| p.id.as_str());
                    self.diagnostics.wrong(&s.profile.at, format!("no profile '{name}'")).help =
                        did_you_mean(&name, known);
                    continue;
                };
                let level = s.daily_per_size * self.estate.org(org).size / 24.0;
                if !level.is_finite() || !(0.0..=1e7).contains(&level) {
                    self.diagnostics.wrong(&located.at, "contacts must be numbers from 0");
                    continue;
                }
                let id = ServiceId(self.estate.services.len() as u32);
                wanted.push((id, located));
                self.estate.services.push(Service {
                    kind: s.kind,
                    owner: org,
                    level,
                    profile: profile as u32,
                    headroom: s.headroom.get(),
                    calls: s.handling.filter(|h| h.number() > 0.0).map(|h| Handling {
                        mean: h.number() / 60.0,
                        patience: s.patience.map_or(f64::INFINITY, |p| p.number() / 60.0),
                    }),
                    deferrable: s.deferrable.get(),
                    divertible: s.divertible.map_or(0.0, Share::get),
                    harm: s.harm.map_or(0.0, Number::get),
                    own_harm: s.harm.is_some(),
                    value: s.value.get(),
                    dependencies: 0..0,
                    neighbours: Neighbours::new(&[]),
                    senders: 0..0,
                    dependents: 0..0,
                    needed: 0.0,
                });
            }
            self.estate.organisations[i].services = first..self.estate.services.len() as u32;
        }
        let near = NearestIndex::new(&self.estate);
        for (id, spec) in wanted {
            self.dependencies(&near, id, spec.get().expect("only readable services are wanted"));
        }
        self.spills(&near);
        self.lists();
    }

    fn dependencies(&mut self, near: &NearestIndex, id: ServiceId, spec: &ServiceSpec) {
        let owner = self.estate.service(id).owner;
        let first = self.estate.dependencies.len() as u32;
        for d in &spec.needs {
            let Some(d) = d.get() else { continue };
            if let On::Services(kind) = d.on {
                // Each by its share, so that together they cost what is stated: (1 - loss) = product of (1 - loss)^share.
                for (on, part) in self.served(near, id, kind) {
                    let loss = 1.0 - (1.0 - d.loss.get()).powf(part);
                    self.depend(id, Need::Service(on), loss, d);
                }
                continue;
            }
            let on = match d.on {
                On::Services(_) => None,
                On::Asset(kind) => {
                    let own = self.by_kind[owner.ix()].get(&kind).map(|a| Need::Asset(*a, None));
                    let supplied = || {
                        let (_, at, c) = self.hosted[owner.ix()].iter().find(|(k, ..)| *k == kind)?;
                        Some(Need::Asset(self.by_kind[at.ix()][&kind], Some(*c)))
                    };
                    let national = || {
                        let asset = self.national.get(&kind)?;
                        Some(Need::Asset(*asset, Some(self.joined[owner.ix()])))
                    };
                    own.or_else(supplied).or_else(national)
                }
                On::Service(kind) => self
                    .estate
                    .org(owner)
                    .services
                    .clone()
                    .map(ServiceId)
                    .find(|s| self.estate.service(*s).kind == kind && *s != id)
                    .or_else(|| near.services(&self.estate, owner, kind, 1).first().copied())
                    .map(Need::Service),
            };
            // An estate without such an asset or service works without it: nothing to depend on.
            if let Some(on) = on {
                self.depend(id, on, d.loss.get(), d);
            }
        }
        self.estate.services[id.ix()].dependencies = first..self.estate.dependencies.len() as u32;
        let service = self.estate.service(id);
        if service.divertible > 0.0 {
            let neighbours = near.services(&self.estate, owner, service.kind, NEIGHBOURS);
            self.estate.services[id.ix()].neighbours = Neighbours::new(&neighbours);
        }
    }

    fn depend(&mut self, id: ServiceId, on: Need, loss: f64, d: &DependencySpec) {
        let index = self.estate.dependencies.len() as u32;
        match on {
            Need::Asset(a, _) => self.estate.assets[a.ix()].dependents.push((id, index)),
            Need::Service(s) => {
                let needed = &mut self.estate.services[s.ix()].needed;
                *needed = needed.max(loss);
            }
        }
        self.estate.dependencies.push(Dependency {
            service: id,
            on,
            loss,
            workaround: d.workaround.map_or(0.0, Share::get),
            onset: d.onset.map_or(120.0, Quantity::number),
            learns: d.learns.map_or(0.0, Quantity::number),
            tires: d.tires.map(Quantity::number),
            hard: d.hard,
        });
    }

    /// The services of a kind that one serves, with their shares of the contacts of all of them: its organisation's own, and those to
    /// which it is the nearest of its kind; the nearest one, if there are none.
    fn served(&self, near: &NearestIndex, id: ServiceId, kind: ServiceKind) -> Vec<(ServiceId, f64)> {
        let e = &self.estate;
        let me = e.service(id);
        let serves = |s: &ServiceId| {
            let there = e.service(*s).owner;
            let own = |s: u32| e.services[s as usize].kind == me.kind;
            there == me.owner
                || !e.org(there).services.clone().any(own)
                    && near.services(e, there, me.kind, 1).first() == Some(&id)
        };
        let mut all: Vec<ServiceId> = near.all(kind).filter(serves).collect();
        if all.is_empty() {
            all = near.services(e, me.owner, kind, 1);
        }
        all.sort_unstable();
        let level: f64 = all.iter().map(|s| e.service(*s).level).sum();
        all.into_iter().map(|s| (s, e.service(s).level / level.max(1e-12))).collect()
    }

    /// Where contacts turn up that general practice and 111 have lost.
    fn spills(&mut self, near: &NearestIndex) {
        for id in (0..self.estate.services.len() as u32).map(ServiceId) {
            let (kind, owner) = (self.estate.service(id).kind, self.estate.service(id).owner);
            let nearest = |kind: ServiceKind| {
                let own = self.estate.org(owner).services.clone().map(ServiceId);
                let mut own = own.filter(|s| self.estate.service(*s).kind == kind);
                own.next().or_else(|| near.services(&self.estate, owner, kind, 1).first().copied())
            };
            let to: Vec<(ServiceId, f64)> = match kind {
                ServiceKind::GpAppointments => [ServiceKind::Calls111, ServiceKind::Emergency]
                    .into_iter()
                    .filter_map(nearest)
                    .map(|s| (s, 1.0))
                    .collect(),
                ServiceKind::Calls111 => self.served(near, id, ServiceKind::Emergency),
                ServiceKind::Emergency
                | ServiceKind::Admissions
                | ServiceKind::Theatres
                | ServiceKind::Outpatients
                | ServiceKind::ImagingTests
                | ServiceKind::Pathology
                | ServiceKind::Maternity
                | ServiceKind::CriticalCare
                | ServiceKind::HospitalPharmacy
                | ServiceKind::MentalHealthCrisis
                | ServiceKind::CommunityVisits
                | ServiceKind::Dispatch999
                | ServiceKind::Dispensing
                | ServiceKind::ResidentialCare
                | ServiceKind::HomeCareVisits
                | ServiceKind::HospitalDischarge => vec![],
            };
            self.estate.spills.extend(to.into_iter().map(|(to, part)| Spill { from: id, to, part }));
        }
    }

    /// Who sends to each service and who depends on it.
    fn lists(&mut self) {
        let e = &mut self.estate;
        let n = e.services.len();
        let (mut senders, mut dependents) = (vec![vec![]; n], vec![vec![]; n]);
        for (id, s) in (0u32..).zip(&e.services) {
            s.neighbours.iter().for_each(|n| senders[n.ix()].push(ServiceId(id)));
        }
        for (index, d) in (0u32..).zip(&e.dependencies) {
            if let Need::Service(s) = d.on {
                dependents[s.ix()].push((d.service, index));
            }
        }
        for ((s, senders), dependents) in e.services.iter_mut().zip(&senders).zip(&dependents) {
            let (from, depend) = (e.senders.len() as u32, e.dependents.len() as u32);
            e.senders.extend(senders);
            e.dependents.extend(dependents);
            (s.senders, s.dependents) = (from..e.senders.len() as u32, depend..e.dependents.len() as u32);
        }
    }
}
