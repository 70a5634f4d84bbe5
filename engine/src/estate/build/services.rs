//! Services, what each depends on, and where its contacts can go instead.

use super::Builder;
use crate::estate::nearest::NearestIndex;
use crate::estate::spec::{On, OrganisationSpec, ServiceSpec};
use crate::estate::{Dependency, Handling, NEIGHBOURS, Need, Neighbours, OrgId, Service, ServiceId};
use crate::source::{Located, did_you_mean};
use crate::units::{Quantity, Share};

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
                    harm: s.harm.get(),
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
        self.lists();
    }

    fn dependencies(&mut self, near: &NearestIndex, id: ServiceId, spec: &ServiceSpec) {
        let owner = self.estate.service(id).owner;
        let first = self.estate.dependencies.len() as u32;
        for d in &spec.needs {
            let Some(d) = d.get() else { continue };
            let on = match d.on {
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
            let Some(on) = on else { continue };
            let index = self.estate.dependencies.len() as u32;
            match on {
                Need::Asset(a, _) => self.estate.assets[a.ix()].dependents.push((id, index)),
                Need::Service(s) => {
                    let needed = &mut self.estate.services[s.ix()].needed;
                    *needed = needed.max(d.loss.get());
                }
            }
            self.estate.dependencies.push(Dependency {
                service: id,
                on,
                loss: d.loss.get(),
                workaround: d.workaround.map_or(0.0, Share::get),
                onset: d.onset.map_or(120.0, Quantity::number),
                tires: d.tires.map(Quantity::number),
            });
        }
        self.estate.services[id.ix()].dependencies = first..self.estate.dependencies.len() as u32;
        let service = self.estate.service(id);
        if service.divertible > 0.0 {
            let neighbours = near.services(&self.estate, owner, service.kind, NEIGHBOURS);
            self.estate.services[id.ix()].neighbours = Neighbours::new(&neighbours);
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
