//! Contacts that one kind of service has lost and that turn up at another after a time: lost appointments in general practice at 111
//! and at emergency departments, calls that nobody took at emergency departments. From then on they are counted where they turn up,
//! so everybody is counted once.

use crate::catalogue::kinds::ServiceKind;
use crate::estate::{Estate, ServiceId};
use crate::parameters::CareParameters;

/// Hours that somebody may be on the way, at most: a week.
const LONGEST: usize = 168;
const ON_THE_WAY: usize = LONGEST + 1;
const NOWHERE: u32 = u32::MAX;
/// Contacts below which nobody is on the way: rounding.
const NOBODY: f64 = 1e-9;

/// A service at which contacts turn up that others have lost.
#[derive(Clone, Debug)]
struct Place {
    /// Contacts an hour that quiet services lose to it, in units of the demand of each profile.
    standing: Vec<f64>,
    /// Who turns up at the end of which hour, modulo the length.
    due: Vec<f64>,
    /// All who are on the way.
    coming: f64,
    /// Somebody was on the way in this run.
    used: bool,
}

/// Who is on the way from where to where.
#[derive(Clone, Debug, Default)]
pub(super) struct Spills {
    places: Vec<Place>,
    /// By service: its position in `places`.
    place_of: Vec<u32>,
    /// By service: where its part of the estate's list begins.
    from: Vec<u32>,
    /// By service: contacts an hour of its profile's demand that it loses to others while it is quiet.
    standing: Vec<f64>,
}

impl Spills {
    pub fn new(estate: &Estate) -> Self {
        let mut place_of = vec![NOWHERE; estate.services.len()];
        let mut places = vec![];
        for spill in estate.spills() {
            let place = &mut place_of[spill.to.ix()];
            if *place == NOWHERE {
                *place = places.len() as u32;
                let standing = vec![0.0; estate.profiles.len()];
                places.push(Place { standing, due: vec![0.0; ON_THE_WAY], coming: 0.0, used: false });
            }
        }
        let mut from = vec![0; estate.services.len() + 1];
        for spill in estate.spills() {
            from[spill.from.ix() + 1] += 1;
        }
        for k in 1..from.len() {
            from[k] += from[k - 1];
        }
        Self { places, place_of, from, standing: vec![0.0; estate.services.len()] }
    }

    /// Nobody is on the way.
    pub fn reset(&mut self) {
        for place in &mut self.places {
            if std::mem::take(&mut place.used) {
                place.standing.fill(0.0);
                place.due.fill(0.0);
                place.coming = 0.0;
            }
        }
    }

    /// A service is as it was.
    pub fn forget(&mut self, s: ServiceId) {
        self.standing[s.ix()] = 0.0;
    }

    fn of<'e>(&self, estate: &'e Estate, s: ServiceId) -> &'e [crate::estate::Spill] {
        &estate.spills()[self.from[s.ix()] as usize..self.from[s.ix() + 1] as usize]
    }

    /// Where contacts that a service has lost turn up, with the share of them that goes there.
    pub fn ways<'e>(
        &self,
        estate: &'e Estate,
        c: &CareParameters,
        s: ServiceId,
    ) -> impl Iterator<Item = (ServiceId, f64)> + use<'e> {
        let from = estate.service(s).kind;
        // More than all cannot turn up elsewhere.
        let gp = (c.gp_to_111 + c.gp_to_emergency).max(1.0);
        let (calls, emergency, unanswered) = (c.gp_to_111 / gp, c.gp_to_emergency / gp, c.calls_to_emergency);
        self.of(estate, s).iter().map(move |spill| {
            let share = if from != ServiceKind::GpAppointments {
                unanswered
            } else if estate.service(spill.to).kind == ServiceKind::Calls111 {
                calls
            } else {
                emergency
            };
            (spill.to, share * spill.part)
        })
    }

    /// Share of the contacts lost at a service that turn up elsewhere.
    pub fn share(&self, estate: &Estate, c: &CareParameters, s: ServiceId) -> f64 {
        self.ways(estate, c, s).map(|w| w.1).sum::<f64>().min(1.0)
    }

    /// Hours until they do.
    fn after(c: &CareParameters) -> u32 {
        ((c.turns_up_after / 60.0).round() as u32).clamp(1, LONGEST as u32)
    }

    fn place(&mut self, s: ServiceId) -> Option<&mut Place> {
        let at = *self.place_of.get(s.ix())?;
        self.places.get_mut(at as usize)
    }

    /// In the hour that ends at `tick` so many contacts were lost that turn up at `to`.
    pub fn lost(&mut self, c: &CareParameters, to: ServiceId, tick: u32, contacts: f64) {
        let after = Self::after(c);
        if let Some(place) = self.place(to) {
            place.due[(tick + after) as usize % ON_THE_WAY] += contacts;
            place.coming += contacts;
            place.used = true;
        }
    }

    /// What a quiet service loses in an hour of average demand.
    pub fn standing(&self, s: ServiceId) -> f64 {
        self.standing[s.ix()]
    }

    /// What a quiet service loses in an hour of average demand is so much from now on; gives the change.
    pub fn set_standing(&mut self, s: ServiceId, contacts: f64) -> f64 {
        contacts - std::mem::replace(&mut self.standing[s.ix()], contacts)
    }

    /// Quiet services of a profile lose by so much more to `to` in an hour of average demand.
    pub fn more_standing(&mut self, to: ServiceId, profile: u32, more: f64) {
        if let Some(place) = self.place(to) {
            place.used = true;
            let standing = &mut place.standing[profile as usize];
            *standing += more;
            // What was added and taken back again leaves a rounding error of this order at most.
            if *standing < NOBODY {
                *standing = 0.0;
            }
        }
    }

    /// Who turns up at a service in the hour that ends at `tick`; and who sets out meanwhile because quiet services lose them.
    pub fn arrive(
        &mut self,
        estate: &Estate,
        c: &CareParameters,
        s: ServiceId,
        (tick, hour_of_week): (u32, usize),
    ) -> f64 {
        let after = Self::after(c);
        let Some(place) = self.place(s) else { return 0.0 };
        let usual = |(p, rate): (usize, &f64)| rate * f64::from(estate.profiles[p][hour_of_week]);
        let setting_out: f64 = place.standing.iter().enumerate().map(usual).sum();
        place.due[(tick + after) as usize % ON_THE_WAY] += setting_out;
        let arrived = std::mem::take(&mut place.due[tick as usize % ON_THE_WAY]);
        place.coming += setting_out - arrived;
        if place.coming < NOBODY {
            place.coming = 0.0;
        }
        arrived
    }

    /// Whether anybody is on the way to a service, or will be while others stay as they are.
    pub fn expected(&self, s: ServiceId) -> bool {
        let place = self.place_of.get(s.ix()).and_then(|at| self.places.get(*at as usize));
        place.is_some_and(|p| p.coming > 0.0 || p.standing.iter().any(|r| *r > 0.0))
    }

    /// Everybody who is on the way.
    pub fn on_the_way(&self) -> f64 {
        self.places.iter().map(|p| p.coming).sum()
    }

    /// Whom others may turn to.
    #[cfg(test)]
    pub fn services(&self) -> impl Iterator<Item = ServiceId> + '_ {
        (0u32..).zip(&self.place_of).filter(|(_, at)| **at != NOWHERE).map(|(n, _)| ServiceId(n))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Resolver;
    use crate::scenario::bundled;
    use crate::streams::Streams;

    #[test]
    fn who_is_lost_turns_up_once_and_when_it_is_time() {
        let scenario = bundled::load("friday-night").expect("a bundled scenario is whole");
        let estate = &scenario.estate;
        let parameters = scenario.parameters.resolve(&mut Resolver::new(Streams::new(0, 0)));
        let c = &parameters.care;
        let mut spills = Spills::new(estate);
        let places: Vec<ServiceId> = spills.services().collect();
        assert!(places.len() > 2, "111 and emergency departments");
        let practice = (0u32..)
            .zip(&estate.services)
            .find(|(_, s)| s.kind == ServiceKind::GpAppointments)
            .map(|(n, _)| ServiceId(n))
            .expect("there is general practice");
        let ways: Vec<_> = spills.ways(estate, c, practice).collect();
        assert!((spills.share(estate, c, practice) - c.gp_to_111 - c.gp_to_emergency).abs() < 1e-12);
        for (to, share) in &ways {
            spills.lost(c, *to, 5, 100.0 * share);
        }
        let mut seen = vec![];
        for tick in 6..300 {
            for (to, _) in &ways {
                let arrived = spills.arrive(estate, c, *to, (tick, 0));
                if arrived > 0.0 {
                    seen.push((tick, arrived));
                }
            }
        }
        // Three hours after the fifth, and never again.
        assert_eq!(seen.len(), 2, "{seen:?}");
        assert!(seen.iter().all(|s| s.0 == 8), "{seen:?}");
        assert!((seen.iter().map(|s| s.1).sum::<f64>() - 30.0).abs() < 1e-9, "{seen:?}");
        assert!(spills.on_the_way() <= 0.0 && !spills.expected(ways[0].0));
    }
}
