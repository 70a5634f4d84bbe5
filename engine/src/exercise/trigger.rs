//! Whether something that an exercise waits for holds in the simulated world.

use crate::estate::{AssetId, OrgId};
use crate::scenario::exercise::Happened;
use crate::sim::Simulation;

/// Whether it holds now.
pub(super) fn holds(what: &Happened, sim: &Simulation) -> bool {
    let e = &sim.scenario().estate;
    let organisations = || (0..e.organisations.len() as u32).map(OrgId);
    let enough =
        |n: u32, list: &dyn Fn(OrgId) -> bool| organisations().filter(|o| list(*o)).count() >= n as usize;
    match what {
        Happened::CareBelow { care, share, organisations } => {
            let low = e
                .services
                .iter()
                .zip(sim.capacity())
                .filter(|(s, c)| s.kind == *care && c.capacity_share < *share);
            low.count() >= *organisations as usize
        }
        Happened::SystemsDown { system, organisations } => {
            let down = (0..e.assets.len() as u32)
                .map(AssetId)
                .filter(|a| e.asset(*a).kind == *system && sim.asset(*a).down() > 0);
            down.count() >= *organisations as usize
        }
        Happened::Suspected(n) => enough(*n, &|o| sim.incident(o).suspected.is_some()),
        Happened::Declared(n) => enough(*n, &|o| sim.incident(o).declared.is_some()),
        Happened::Evicted(n) => enough(*n, &|o| sim.incident(o).evicted.is_some()),
        Happened::Detonated => sim.detonated(),
        Happened::NationKnows => sim.nation().knows.is_some(),
        Happened::NationalIncident => sim.nation().incident.is_some(),
        Happened::Recovered(o) => {
            let hit = |a: AssetId| sim.asset(a).cause != crate::sim::core::trace::NO_CAUSE;
            e.assets_of(*o).any(hit) && e.assets_of(*o).all(|a| sim.asset(a).down() == 0)
        }
    }
}
