//! Systems and fleets in a run. Dense by stable id, because the profile showed random access by `Query::get` to dominate.

use std::sync::Arc;

use bevy_ecs::prelude::*;
use bevy_ecs::system::SystemParam;

use super::links::Links;
use crate::estate::{Asset, AssetId, Estate, OrgId};
use crate::scenario::campaign::HostImpact;
use crate::sim::core::trace::{Cause, NO_CAUSE};
use crate::strategy::Strategy;

/// Hosts of an asset and how it is cut off. The five counts always add up to its hosts, once the run has touched it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AssetState {
    /// Hosts that a worm could take.
    pub vulnerable: u32,
    /// Hosts that it could not.
    pub protected: u32,
    /// Hosts that an intruder holds.
    pub held: u32,
    /// Hosts encrypted or wiped.
    pub lost: u32,
    /// Hosts that failed with their data whole.
    pub failed: u32,
    /// Of those held or lost, so many were pulled off the network: they spread nothing.
    pub contained: u32,
    /// Lost hosts were wiped: no decryptor helps.
    pub wiped: bool,
    /// Cut off from the network.
    pub isolated: bool,
    /// Switched off.
    pub off: bool,
    /// A recovery job is at work on it.
    pub restoring: bool,
    /// It is being assured, to be joined again.
    pub joining: bool,
    /// What failed mends by itself.
    pub mends: bool,
    /// Share of capacity taken by a flood.
    pub flooded: f32,
    /// What it gives to those who need it, in [0, 1], with what it needs itself taken into account.
    pub health: f32,
    /// Why it is not whole.
    pub cause: Cause,
    /// The run has touched it, so its counts are made up.
    touched: bool,
}

impl AssetState {
    /// Nothing has happened to it, and nobody has counted its hosts.
    const UNTOUCHED: Self = Self {
        vulnerable: 0,
        protected: 0,
        held: 0,
        lost: 0,
        failed: 0,
        contained: 0,
        wiped: false,
        isolated: false,
        off: false,
        restoring: false,
        joining: false,
        mends: false,
        flooded: 0.0,
        health: 1.0,
        cause: NO_CAUSE,
        touched: false,
    };
    /// Hosts down.
    pub const fn down(&self) -> u32 {
        self.lost + self.failed
    }
    /// Hosts in all.
    pub const fn hosts(&self) -> u32 {
        self.vulnerable + self.protected + self.held + self.lost + self.failed
    }
    /// Whether it is off the network, isolated or switched off.
    pub const fn is_cut(&self) -> bool {
        self.isolated || self.off
    }
    /// Whether assurance finds no host held or lost but those that were pulled off. What merely failed spreads nothing.
    pub const fn is_fit(&self) -> bool {
        self.held + self.lost <= self.contained
    }
    /// On the network again, and on.
    pub const fn join(&mut self) {
        (self.isolated, self.off) = (false, false);
    }
    /// Hosts that work, held by an intruder, and were pulled off the network: they give nothing until he is out.
    fn pulled_off(&self) -> u32 {
        self.contained.saturating_sub(self.lost).min(self.held)
    }
    fn own_health(&self, asset: &Asset) -> f32 {
        if self.is_cut() {
            return 0.0;
        }
        let down = f64::from(self.down() + self.pulled_off()) / f64::from(asset.hosts) / asset.stops_at;
        (1.0 - down).max(0.0) as f32 * (1.0 - self.flooded)
    }
    /// Takes `n` hosts down; held and vulnerable ones first.
    pub fn lose(&mut self, n: u32, loss: HostImpact) {
        let n = n.min(self.vulnerable + self.protected + self.held);
        let held = n.min(self.held);
        let vulnerable = (n - held).min(self.vulnerable);
        self.held -= held;
        self.vulnerable -= vulnerable;
        self.protected -= n - held - vulnerable;
        match loss {
            HostImpact::Failed => self.failed += n,
            HostImpact::Encrypted => self.lost += n,
            HostImpact::Wiped => {
                self.lost += n;
                self.wiped = true;
            }
        }
    }
    /// Brings `n` hosts back, clean and patched.
    pub fn restore(&mut self, n: u32) {
        let lost = n.min(self.lost);
        let failed = (n - lost).min(self.failed);
        self.lost -= lost;
        self.failed -= failed;
        self.protected += lost + failed;
        self.contained = self.contained.min(self.held + self.lost);
        if self.lost == 0 {
            self.wiped = false;
        }
    }
}

/// What is known of an organisation's assets together.
#[derive(Clone, Copy, Debug)]
struct Owner {
    touched: bool,
    left_open: f64,
}

const QUIET: Owner = Owner { touched: false, left_open: 1.0 };

/// All assets. What a run does not touch costs it nothing: hosts are counted when an asset is first touched, and only the touched
/// are reset.
#[derive(Resource, Debug)]
pub struct Assets {
    estate: Arc<Estate>,
    strategy: Arc<Strategy>,
    unpatched_open: f64,
    /// Share of open hosts that full endpoint detection protects.
    blocks: f64,
    states: Vec<AssetState>,
    touched: Vec<AssetId>,
    /// By organisation: whether any of its assets is touched, and the share of open hosts that patching left in those that are not.
    owners: Vec<Owner>,
    patched: Vec<OrgId>,
    stack: Vec<AssetId>,
}

impl Assets {
    /// All whole.
    pub fn new(estate: &Arc<Estate>, strategy: &Arc<Strategy>) -> Self {
        Self {
            estate: estate.clone(),
            strategy: strategy.clone(),
            unpatched_open: 0.0,
            blocks: 0.0,
            states: vec![AssetState::UNTOUCHED; estate.assets.len()],
            touched: vec![],
            owners: vec![QUIET; estate.organisations.len()],
            patched: vec![],
            stack: vec![],
        }
    }
    /// One asset. Of one that the run has not touched, hosts are not counted: [`vulnerable`](Self::vulnerable) and
    /// [`whole`](Self::whole) count them.
    pub fn get(&self, id: AssetId) -> &AssetState {
        &self.states[id.ix()]
    }
    /// One asset, to change; call [`Infrastructure::refresh`] afterwards.
    pub fn get_mut(&mut self, id: AssetId) -> &mut AssetState {
        if !self.states[id.ix()].touched {
            self.states[id.ix()] = AssetState { touched: true, ..self.whole(id) };
            self.owners[self.estate.asset(id).owner.ix()].touched = true;
            self.touched.push(id);
        }
        &mut self.states[id.ix()]
    }
    /// One asset with its hosts counted.
    pub fn whole(&self, id: AssetId) -> AssetState {
        let state = self.states[id.ix()];
        if state.touched {
            return state;
        }
        let vulnerable = self.open(id);
        AssetState { vulnerable, protected: self.estate.asset(id).hosts - vulnerable, ..state }
    }
    /// Hosts of an asset that a worm could take.
    pub fn vulnerable(&self, id: AssetId) -> u32 {
        let state = &self.states[id.ix()];
        if state.touched { state.vulnerable } else { self.open(id) }
    }
    /// Hosts of an untouched asset that are open to a worm: the share follows posture, less what was patched meanwhile.
    fn open(&self, id: AssetId) -> u32 {
        let asset = self.estate.asset(id);
        let p = &self.strategy.postures[asset.owner.ix()];
        let share = (p.unsupported + (1.0 - p.patching) * self.unpatched_open).clamp(0.0, 1.0);
        // Endpoint detection is on a host or it is not: however often the worm tries, these stay shut to it.
        let share = share * (1.0 - self.blocks * p.endpoint_detection);
        let open = (f64::from(asset.hosts) * share).round();
        (open * self.owners[asset.owner.ix()].left_open).ceil() as u32
    }
    /// An organisation patches this share of its open hosts.
    pub fn patch(&mut self, org: OrgId, share: f64) {
        let owner = &mut self.owners[org.ix()];
        if owner.touched {
            for id in self.estate.assets_of(org) {
                let state = &mut self.states[id.ix()];
                let fixed = (f64::from(state.vulnerable) * share) as u32;
                state.vulnerable -= fixed;
                state.protected += fixed;
            }
        }
        if owner.left_open >= 1.0 {
            self.patched.push(org);
        }
        owner.left_open *= 1.0 - share;
    }
    /// All hosts whole, under another strategy and another replicate's share of missing updates that open the weakness used.
    pub fn reset(&mut self, strategy: &Arc<Strategy>, unpatched_open: f64, blocks: f64) {
        for id in self.touched.drain(..) {
            self.states[id.ix()] = AssetState::UNTOUCHED;
            self.owners[self.estate.asset(id).owner.ix()] = QUIET;
        }
        for org in self.patched.drain(..) {
            self.owners[org.ix()] = QUIET;
        }
        self.strategy.clone_from(strategy);
        (self.unpatched_open, self.blocks) = (unpatched_open, blocks);
    }
    /// Recomputes the health of an asset and of all that need it; the cause is handed on.
    fn refresh(&mut self, estate: &Estate, id: AssetId, changed: &mut MessageWriter<AssetChanged>) {
        self.stack.push(id);
        while let Some(id) = self.stack.pop() {
            let asset = estate.asset(id);
            let mut health = self.states[id.ix()].own_health(asset);
            let mut cause = NO_CAUSE;
            for (needed, loss) in &asset.needs {
                let there = &self.states[needed.ix()];
                if there.health < 1.0 {
                    health *= 1.0 - *loss as f32 * (1.0 - there.health);
                    cause = there.cause;
                }
            }
            let state = &self.states[id.ix()];
            let whole = state.down() + state.pulled_off() == 0
                && !state.isolated
                && !state.off
                && state.flooded <= 0.0;
            if whole && health < 1.0 {
                self.get_mut(id).cause = cause;
            }
            #[allow(clippy::float_cmp)] // the same inputs give the same bits; anything else is a change
            if health != self.states[id.ix()].health {
                self.get_mut(id).health = health;
                changed.write(AssetChanged(id));
                self.stack.extend_from_slice(&asset.needed_by);
            }
        }
    }
}

/// The health of an asset has changed.
#[derive(Message, Clone, Copy, Debug)]
pub struct AssetChanged(pub AssetId);

/// What an estate's IT is made of, in a run.
#[derive(SystemParam)]
pub struct Infrastructure<'w> {
    /// Assets.
    pub assets: ResMut<'w, Assets>,
    /// Connections.
    pub links: ResMut<'w, Links>,
    changed: MessageWriter<'w, AssetChanged>,
}

impl Infrastructure<'_> {
    /// Recomputes the health of an asset and of all that need it; the cause is handed on, and care is told.
    pub fn refresh(&mut self, estate: &Estate, id: AssetId) {
        self.assets.refresh(estate, id, &mut self.changed);
    }
}
