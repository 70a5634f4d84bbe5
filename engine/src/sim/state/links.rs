//! Connections in a run: which of them are cut, and by whom.

use bevy_ecs::prelude::*;

use crate::estate::{ConnectionId, Estate, OrgId};

/// Why a connection is cut: a bit for each reason, so that one who reconnects does not undo another's cut.
pub mod cut {
    /// By the owner of its first end.
    pub const BY_A: u8 = 1;
    /// By the owner of its second end.
    pub const BY_B: u8 = 2;
    /// The customer's instance at the other end was lost.
    pub const INSTANCE: u8 = 4;
}

/// All connections.
#[derive(Resource, Debug, Default)]
pub struct Links(pub Vec<u8>);

impl Links {
    /// Whether traffic passes.
    pub fn open(&self, id: ConnectionId) -> bool {
        self.0[id.ix()] == 0
    }
    fn bit(estate: &Estate, id: ConnectionId, org: OrgId) -> u8 {
        let c = &estate.connections[id.ix()];
        if estate.segments[c.a.ix()].owner == Some(org) { cut::BY_A } else { cut::BY_B }
    }
    /// The customer's instance is lost; true when the connection was open.
    pub fn lose_instance(&mut self, id: ConnectionId) -> bool {
        let was = self.open(id);
        self.0[id.ix()] |= cut::INSTANCE;
        was
    }
    /// Whether the customer's instance is lost.
    pub fn instance_lost(&self, id: ConnectionId) -> bool {
        self.0[id.ix()] & cut::INSTANCE != 0
    }
    /// The customer's instance is back; true when the connection is open now.
    pub fn regain_instance(&mut self, id: ConnectionId) -> bool {
        self.0[id.ix()] &= !cut::INSTANCE;
        self.open(id)
    }
    /// Whether `org` has cut it.
    pub fn cut_by(&self, estate: &Estate, id: ConnectionId, org: OrgId) -> bool {
        self.0[id.ix()] & Self::bit(estate, id, org) != 0
    }
    /// Cuts; true when it was open.
    pub fn cut(&mut self, estate: &Estate, id: ConnectionId, org: OrgId) -> bool {
        let was = self.open(id);
        self.0[id.ix()] |= Self::bit(estate, id, org);
        was
    }
    /// Takes `org`'s cut back; true when it is open now and was not.
    pub fn rejoin(&mut self, estate: &Estate, id: ConnectionId, org: OrgId) -> bool {
        let was = self.open(id);
        self.0[id.ix()] &= !Self::bit(estate, id, org);
        !was && self.open(id)
    }
}
