//! Incidents: what each organisation knows and has ordered, and what the system as a whole knows and does.

use bevy_ecs::prelude::*;
use bevy_ecs::system::SystemParam;

use crate::estate::OrgId;
use crate::sim::core::events::ResponseEvent;
use crate::sim::core::queue::EventQueue;
use crate::sim::core::trace::{Cause, NO_CAUSE};
use crate::units::{DAY, SimTime};

/// An organisation's incident and what it has ordered; a component of its entity.
#[derive(Component, Clone, Debug, PartialEq)]
pub struct Incident {
    /// When it was suspected.
    pub suspected: Option<SimTime>,
    /// When it was declared.
    pub declared: Option<SimTime>,
    /// When all containment orders were done.
    pub contained: Option<SimTime>,
    /// When the intruder was out.
    pub evicted: Option<SimTime>,
    /// It was found that there is no intruder to hunt, and nothing has happened to it since.
    pub cleared: bool,
    /// When it last suspected something, or found something struck.
    pub last_sign: Option<SimTime>,
    /// Rules that have been followed or are going to be, a bit each.
    pub fired: u64,
    /// Rules whose conditions are looked at again, a bit each.
    pub waiting: u64,
    /// Hunts that are over.
    pub hunts: u32,
    /// Containment jobs that are not done.
    pub containing: u32,
    /// Paper working since.
    pub paper: Option<SimTime>,
    /// Emergencies are diverted.
    pub diverting: bool,
    /// Planned care is put off.
    pub postponing: bool,
    /// Work is sent to neighbours.
    pub sending: bool,
    /// The public is informed.
    pub public: bool,
    /// When the regulator was told.
    pub regulator: Option<SimTime>,
    /// Extra sessions run.
    pub extra: bool,
    /// Indicators are blocked here by its own order.
    blocking: bool,
    /// The national team was called.
    pub called: bool,
    /// Neighbours were asked for people.
    pub aided: bool,
    /// The nation knows.
    pub reported: bool,
    /// The nation knows that it is attacked.
    pub reported_attack: bool,
    /// It is going to take stock.
    takes_stock: bool,
    /// Why there is an incident.
    pub cause: Cause,
}

impl Default for Incident {
    fn default() -> Self {
        Self {
            suspected: None,
            declared: None,
            contained: None,
            evicted: None,
            cleared: false,
            last_sign: None,
            fired: 0,
            waiting: 0,
            hunts: 0,
            containing: 0,
            paper: None,
            diverting: false,
            postponing: false,
            sending: false,
            public: false,
            regulator: None,
            extra: false,
            blocking: false,
            called: false,
            aided: false,
            reported: false,
            reported_attack: false,
            takes_stock: false,
            cause: NO_CAUSE,
        }
    }
}

impl Incident {
    /// Whether emergencies are diverted, planned care is put off or work is sent to neighbours.
    pub const fn rearranged(&self) -> bool {
        self.diverting || self.postponing || self.sending
    }
    /// Puts indicators in place here.
    pub fn block(&mut self) {
        self.blocking = true;
    }
    /// Whether indicators are in place here, by its own order or everybody's.
    pub fn blocks(&self, nation: &Nation) -> bool {
        self.blocking || nation.indicators.is_some()
    }
}

/// The entity of each organisation, by its id.
#[derive(Resource, Debug, Default)]
pub struct OrganisationEntities(pub Vec<Entity>);

/// The incidents of all organisations.
#[derive(SystemParam)]
pub struct Incidents<'w, 's> {
    entities: Res<'w, OrganisationEntities>,
    incidents: Query<'w, 's, &'static mut Incident>,
}

impl Incidents<'_, '_> {
    /// An organisation's incident.
    pub fn get(&self, org: OrgId) -> &Incident {
        self.incidents.get(self.entities.0[org.ix()]).expect("every organisation has an incident")
    }
    /// An organisation's incident, to change.
    pub fn get_mut(&mut self, org: OrgId) -> Mut<'_, Incident> {
        self.incidents.get_mut(self.entities.0[org.ix()]).expect("every organisation has an incident")
    }
    /// In a day an organisation takes stock of what is left to be done, unless it is going to already.
    pub(in crate::sim) fn take_stock_later(
        &mut self,
        events: &mut EventQueue<ResponseEvent>,
        now: SimTime,
        org: OrgId,
    ) {
        if !std::mem::replace(&mut self.get_mut(org).takes_stock, true) {
            events.add(now + DAY, org.0, ResponseEvent::TakeStock(org));
        }
    }
    /// It takes stock now.
    pub(in crate::sim) fn takes_stock(&mut self, org: OrgId) {
        self.get_mut(org).takes_stock = false;
    }
}

/// By organisation, until when something that it has decided is still to come: rules of its playbook that wait, and its declaration.
#[derive(Resource, Debug, Default)]
pub struct Planned(Vec<SimTime>);

impl Planned {
    /// Back to nothing.
    pub fn reset(&mut self, organisations: usize) {
        self.0.clear();
        self.0.resize(organisations, 0);
    }
    /// Something of an organisation is due at a minute.
    pub fn add(&mut self, org: OrgId, at: SimTime) {
        let until = &mut self.0[org.ix()];
        *until = at.max(*until);
    }
    /// The last minute at which something of an organisation is due.
    pub fn until(&self, org: OrgId) -> SimTime {
        self.0[org.ix()]
    }
}

/// What the system as a whole knows and does.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq)]
pub struct Nation {
    /// Since when it knows of an attack.
    pub knows: Option<SimTime>,
    /// Organisations that have reported an attack.
    pub attacks: u32,
    /// Since when a national incident is declared.
    pub incident: Option<SimTime>,
    /// Since when indicators are shared with all.
    pub indicators: Option<SimTime>,
    /// Since when the kill switch is known.
    pub kill_switch_known: Option<SimTime>,
    /// Since when it is registered.
    pub kill_switch: Option<SimTime>,
}

/// Organisations that people command: they follow orders, not the playbook.
#[derive(Resource, Clone, Debug, Default)]
pub struct Commanded(pub Vec<bool>);

impl Commanded {
    /// Whether people command it.
    pub fn is(&self, org: OrgId) -> bool {
        self.0.get(org.ix()).copied().unwrap_or(false)
    }
}
