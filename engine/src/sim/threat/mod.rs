//! Attacks and failures: ways in, the operator's stages, the worm, lost suppliers, outages, floods.

pub(crate) mod operator;
mod outage;
mod worm;

use bevy_ecs::prelude::*;

use super::chronicle::{Cause, NO_CAUSE, What};
use super::clock::{Agenda, Phase};
use super::state::{Assets, Ctx, Incident, Links, Nation, Roster, later};
use super::{Ledger, SimBuilder};
use crate::draws::{Draws, Purpose, pair};
use crate::estate::kinds::AssetKind;
use crate::estate::{AssetId, OrgId, ServiceId};
use crate::scenario::random::{Quantile, Resolve, Resolver};
use crate::scenario::spec::EntryKind;
use crate::scenario::{Campaign, Spread};
use crate::strategy::posture::Posture;
use crate::units::SimTime;

/// What is due in the phase Threat.
#[derive(Clone, Copy, Debug)]
pub enum Due {
    /// A campaign begins.
    Begin(u32),
    /// An entry succeeds, unless it was stopped.
    Enter {
        /// Campaign.
        campaign: u32,
        /// Entry.
        entry: u32,
        /// Organisation.
        org: OrgId,
    },
    /// An intruder finishes a stage.
    Advance {
        /// Intrusion.
        intrusion: u32,
        /// It counts only if nothing has rescheduled since.
        generation: u32,
    },
    /// The intruder reaches another organisation over a connection.
    Carry {
        /// From this intrusion.
        intrusion: u32,
        /// Over this connection.
        connection: u32,
    },
    /// The campaign detonates everywhere.
    Detonate(u32),
    /// A crew that was noticed detonates in one organisation.
    DetonateEarly(u32),
    /// An asset is struck.
    Strike {
        /// Campaign.
        campaign: u32,
        /// Asset.
        asset: AssetId,
        /// Hosts.
        hosts: u32,
        /// Because of.
        cause: Cause,
    },
    /// A restored asset is taken again.
    Reinfect {
        /// Intrusion.
        intrusion: u32,
        /// Asset.
        asset: AssetId,
        /// Hosts.
        hosts: u32,
    },
    /// The worm leaps.
    Leap(u32),
    /// The worm's kill switch is found.
    KillSwitch,
    /// Failed hosts mend by themselves.
    Mend(AssetId),
    /// A flood ends.
    FloodEnds(AssetId),
    /// All of an asset fails, by no campaign, and mends after so many minutes.
    Fail(AssetId, u32),
    /// A service closes, by no campaign, for so many minutes.
    Close(ServiceId, u32),
    /// It opens again.
    Open(ServiceId),
}

/// How far an intruder is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Stage {
    /// A first host.
    Foothold,
    /// Knows the network.
    Discovery,
    /// Has credentials.
    Credentials,
    /// Has moved over many hosts.
    Lateral,
    /// Controls identity.
    Identity,
    /// Has taken data.
    Theft,
    /// Has reached the backups, and is ready.
    Ready,
    /// Has detonated.
    Detonated,
}

impl Stage {
    const fn next(self) -> Self {
        match self {
            Self::Foothold => Self::Discovery,
            Self::Discovery => Self::Credentials,
            Self::Credentials => Self::Lateral,
            Self::Lateral => Self::Identity,
            Self::Identity => Self::Theft,
            Self::Theft => Self::Ready,
            Self::Ready | Self::Detonated => Self::Detonated,
        }
    }
    const fn label(self) -> &'static str {
        match self {
            Self::Foothold => "has a foothold",
            Self::Discovery => "knows the network (T1018)",
            Self::Credentials => "has credentials (T1003)",
            Self::Lateral => "has moved over many hosts (T1021)",
            Self::Identity => "controls identity (T1484)",
            Self::Theft => "has taken data out (T1567)",
            Self::Ready => "has reached the backups (T1490)",
            Self::Detonated => "has detonated (T1486)",
        }
    }
}

/// One campaign inside one organisation.
#[derive(Clone, Copy, Debug)]
pub struct Intrusion {
    /// Campaign.
    pub campaign: u32,
    /// Organisation.
    pub org: OrgId,
    /// How far.
    pub stage: Stage,
    /// When it began.
    pub since: SimTime,
    /// When its stage began.
    pub stage_since: SimTime,
    /// Where its foothold is.
    pub foothold: AssetId,
    /// When the stage ends.
    pub due: SimTime,
    /// Minutes left when it was cut off; absent while it works.
    pub frozen: Option<u32>,
    /// Counts reschedulings.
    pub generation: u32,
    /// It is out.
    pub evicted: bool,
    /// It came by phishing: staff may report it.
    pub phished: bool,
    /// Its last entry in the chronicle.
    pub cause: Cause,
    /// Detection: threshold, what is integrated so far, since when, at which rate a minute.
    pub threshold: f64,
    /// Integrated hazard.
    pub integrated: f64,
    /// Integrated up to here.
    pub integrated_to: SimTime,
    /// It was noticed.
    pub noticed: bool,
}

/// All intrusions of the run, in the order in which they began.
#[derive(Resource, Debug, Default)]
pub struct Intrusions {
    /// The intrusions.
    pub all: Vec<Intrusion>,
    /// Successes of each (campaign, entry), and by campaign the time of detonation.
    successes: Vec<u32>,
    detonation: Vec<Option<SimTime>>,
    /// By campaign.
    worms: Vec<worm::Worm>,
    /// Intrusions whose stage changed in this step: detection reads and clears it.
    pub changed: Vec<u32>,
    /// Assets struck in this step, with the cause: detection reads and clears it.
    pub struck: Vec<(SimTime, AssetId, Cause)>,
}

impl Intrusions {
    /// Back to none.
    pub fn reset(&mut self, campaigns: usize) {
        self.all.clear();
        self.successes.clear();
        self.successes.resize(campaigns * MOST_ENTRIES, 0);
        self.detonation.clear();
        self.detonation.resize(campaigns, None);
        self.worms.resize_with(campaigns, worm::Worm::default);
        self.worms.iter_mut().for_each(worm::Worm::reset);
        self.changed.clear();
        self.struck.clear();
    }
    /// Intrusions that are not out, of an organisation.
    pub fn inside(&self, org: OrgId) -> impl Iterator<Item = u32> + '_ {
        (0u32..).zip(&self.all).filter(move |(_, i)| i.org == org && !i.evicted).map(|(n, _)| n)
    }
    /// Whether the campaign was ever in the organisation.
    fn ever(&self, campaign: u32, org: OrgId) -> bool {
        self.all.iter().any(|i| i.campaign == campaign && i.org == org)
    }
}

const MOST_ENTRIES: usize = 64;

/// What the threat systems write.
#[derive(bevy_ecs::system::SystemParam)]
pub(crate) struct Field<'w> {
    agenda: ResMut<'w, Agenda<Due>>,
    intrusions: ResMut<'w, Intrusions>,
    assets: ResMut<'w, Assets>,
    links: ResMut<'w, Links>,
    nation: ResMut<'w, Nation>,
    ledger: ResMut<'w, Ledger>,
    command: ResMut<'w, Agenda<super::command::Due>>,
    care: ResMut<'w, super::care::Care>,
}

/// Adds the domain.
pub fn plugin(sim: &mut SimBuilder) {
    sim.agenda::<Due>();
    sim.resource(Intrusions::default());
    sim.systems(Phase::Threat, run);
    sim.on_fork(|world| world.run_system_cached(fork).expect("the fork reads what the run reads"));
    sim.on_reset(|world| {
        let case = world.resource::<super::state::Case>().scenario.clone();
        world.resource_mut::<Intrusions>().reset(case.campaigns.len());
        let draws = world.resource::<super::state::Luck>().draws;
        for (n, campaign) in (0u32..).zip(&case.campaigns) {
            let begins = begins(campaign, draws).at(draws.key(Purpose::EntryDelay, u64::from(n)).uniform());
            world.resource_mut::<Agenda<Due>>().add(begins as SimTime, n, Due::Begin(n));
        }
    });
}

/// Draws afresh what is under way: thresholds of detection, entries, stages, the kill switch.
fn fork(mut ctx: Ctx, mut field: Field) {
    let now = ctx.clock.now;
    for n in 0..field.intrusions.all.len() {
        let key = ctx.draw(Purpose::Detection, pair(1_000_000, n as u32));
        let i = &mut field.intrusions.all[n];
        i.threshold = i.integrated.max(0.0) + key.exponential();
        if !i.noticed {
            field.intrusions.changed.push(n as u32);
        }
    }
    let scenario = ctx.case.scenario.clone();
    let intrusions = &field.intrusions;
    let ctx = &mut ctx;
    field.agenda.redraw(|_, due| match *due {
        Due::Enter { campaign, entry, org } => {
            let spec = &scenario.campaigns[campaign as usize];
            let rate = entry_rate(ctx, spec, entry as usize, org);
            let threshold = ctx.draw(Purpose::Entry, pair(campaign << 8 | entry, org.0)).exponential();
            Some(later(now, threshold / rate))
        }
        Due::Advance { intrusion, generation } => {
            let i = &intrusions.all[intrusion as usize];
            if i.generation != generation || i.frozen.is_some() {
                return None;
            }
            let (wait, factor) = operator::stage_wait(ctx, i)?;
            let u = ctx.draw(Purpose::Stage, pair(i.campaign, i.org.0)).nth(i.stage as u64).uniform();
            let elapsed = f64::from(now.saturating_sub(i.stage_since)) / factor;
            Some(later(i.stage_since, wait.beyond(elapsed, u) * factor).max(now))
        }
        Due::Begin(n) => {
            let begins = begins(&scenario.campaigns[n as usize], ctx.luck.of_replicate);
            let u = ctx.draw(Purpose::EntryDelay, u64::from(n)).uniform();
            Some(later(0, begins.beyond(f64::from(now), u)).max(now))
        }
        _ => None,
    });
    // A detection that was planned for the old threshold does no harm: it looks, and plans anew.
}

fn run(mut ctx: Ctx, mut field: Field, incidents: Query<&Incident>, roster: Res<Roster>) {
    let due = field.agenda.take(ctx.clock.now);
    for &(now, _, _, event) in &due {
        match event {
            Due::Begin(campaign) => begin(&mut ctx, &mut field, now, campaign),
            Due::Enter { campaign, entry, org } => {
                enter(&mut ctx, &mut field, now, campaign, entry, org, &incidents, &roster);
            }
            Due::Advance { intrusion, generation } => {
                operator::advance(&mut ctx, &mut field, now, intrusion, generation);
            }
            Due::Carry { intrusion, connection } => {
                operator::carry(&mut ctx, &mut field, now, intrusion, connection, &incidents, &roster);
            }
            Due::Detonate(campaign) => operator::detonate(&mut ctx, &mut field, now, campaign),
            Due::DetonateEarly(intrusion) => operator::detonate_early(&mut ctx, &mut field, now, intrusion),
            Due::Strike { campaign, asset, hosts, cause } => {
                strike(&mut ctx, &mut field, now, campaign, asset, hosts, cause);
            }
            Due::Reinfect { intrusion, asset, hosts } => {
                operator::reinfect(&mut ctx, &mut field, now, intrusion, asset, hosts);
            }
            Due::Leap(campaign) => worm::leaps(&mut ctx, &mut field, now, campaign, &incidents, &roster),
            Due::KillSwitch => {
                field.nation.kill_switch_known = Some(now);
                let cause = ctx.note(now, What::KillSwitchFound, NO_CAUSE);
                super::command::learn_everywhere(
                    &mut ctx,
                    &mut field.command,
                    now,
                    crate::strategy::playbook::Trigger::KillSwitchFound,
                    cause,
                );
            }
            Due::Mend(asset) => outage::mend(&mut ctx, &mut field, now, asset),
            Due::FloodEnds(asset) => outage::flood_ends(&mut ctx, &mut field, now, asset),
            Due::Fail(asset, lasts) => outage::fail(&mut ctx, &mut field, now, asset, lasts),
            Due::Close(service, lasts) => outage::close(&mut ctx, &mut field, now, service, lasts),
            Due::Open(service) => {
                field.care.close(service, false);
                let org = ctx.estate().service(service).owner;
                super::command::whole(&mut ctx, &mut field.command, &field.assets, now, org, NO_CAUSE);
            }
        }
    }
    field.agenda.done(due);
}

/// The control against a way in, in [0, 1].
fn control(via: EntryKind, p: &Posture) -> f64 {
    match via {
        EntryKind::Phishing => p.phishing_resistance,
        EntryKind::ExposedService => (p.patching * (1.0 - p.unsupported)).max(p.secure_design * 0.5),
        EntryKind::StolenCredential => p.multi_factor,
        EntryKind::SupplierCompromise => p.supplier_assurance,
        EntryKind::RemovableMedia => p.endpoint_detection,
        EntryKind::Insider => p.leadership * 0.5,
        EntryKind::Update => p.supplier_assurance * 0.5,
    }
}

fn begin(ctx: &mut Ctx, field: &mut Field, now: SimTime, n: u32) {
    let scenario = ctx.case.scenario.clone();
    let campaign = &scenario.campaigns[n as usize];
    field.ledger.begun(now);
    let mut with = Resolver::new(ctx.luck.of_replicate);
    match &campaign.spread {
        Spread::Operator { .. } | Spread::Worm { .. } => {
            enter_later(ctx, field, now, n, campaign);
            if let Spread::Worm { kill_switch: Some(found), .. } = &campaign.spread {
                let after = found
                    .resolve(with.on(&campaign.id).and("kill switch"))
                    .at(ctx.draw(Purpose::KillSwitch, u64::from(n)).uniform());
                field.agenda.add(later(now, after), n, Due::KillSwitch);
            }
        }
        Spread::Supplier { supplier, carries_on } => {
            let cause = ctx.note(now, What::Began { campaign: n }, NO_CAUSE);
            let carries = carries_on.resolve(with.on(&campaign.id).and("carries on"));
            operator::lose_supplier(ctx, field, now, n, *supplier, carries, cause);
        }
        Spread::Outage { at, spec } => outage::begin(ctx, field, now, n, at, spec),
        Spread::Flood { at, assets, intensity, lasts } => {
            outage::flood(ctx, field, now, n, at, assets, intensity, lasts);
        }
    }
}

/// When a campaign begins.
fn begins(campaign: &Campaign, of_replicate: Draws) -> Quantile {
    campaign.begins.resolve(Resolver::new(of_replicate).on(&campaign.id))
}

/// Entries a minute at an organisation.
fn entry_rate(ctx: &Ctx, campaign: &Campaign, entry: usize, org: OrgId) -> f64 {
    let entry = &campaign.entries[entry];
    let mut with = Resolver::new(ctx.luck.of_replicate);
    let per_day = entry.per_day.resolve(with.on(&campaign.id).and(entry.via.label()));
    per_day * (1.0 - ctx.numbers().threat.control_effect * control(entry.via, ctx.posture(org))) / 1440.0
}

/// Ways in: at each organisation a threshold is drawn once and the hazard, lowered by the control, runs up to it.
fn enter_later(ctx: &Ctx, field: &mut Field, now: SimTime, n: u32, campaign: &Campaign) {
    for (e, entry) in (0u32..).zip(&campaign.entries).take(MOST_ENTRIES) {
        for &org in &entry.at {
            let threshold = ctx.draw(Purpose::Entry, pair(n << 8 | e, org.0)).exponential();
            let rate = entry_rate(ctx, campaign, e as usize, org);
            if rate > 0.0 {
                field.agenda.add(
                    later(now, threshold / rate),
                    org.0,
                    Due::Enter { campaign: n, entry: e, org },
                );
            }
        }
    }
}

fn enter(
    ctx: &mut Ctx,
    field: &mut Field,
    now: SimTime,
    campaign: u32,
    entry: u32,
    org: OrgId,
    incidents: &Query<&Incident>,
    roster: &Roster,
) {
    let scenario = ctx.case.scenario.clone();
    let spec = &scenario.campaigns[campaign as usize].entries[entry as usize];
    let worm = matches!(scenario.campaigns[campaign as usize].spread, Spread::Worm { .. });
    // A registered kill switch stops the worm at the door too.
    if worm && field.nation.kill_switch.is_some() {
        return;
    }
    let slot = campaign as usize * MOST_ENTRIES + entry as usize;
    // One luck for the whole campaign: an entry of any kind counts towards each entry's own limit only.
    if field.intrusions.successes[slot] >= spec.most || field.intrusions.ever(campaign, org) {
        return;
    }
    let incident = incidents.get(roster.0[org.ix()]).expect("every organisation has an incident");
    let blocked = incident.blocks(&field.nation)
        && ctx.draw(Purpose::Entry, pair(org.0, 7 + campaign)).uniform()
            < ctx.numbers().command.indicators_effect;
    let door = door(ctx, spec.via, org);
    let Some(door) = door.filter(|d| !blocked && !field.assets.get(*d).off && !field.assets.get(*d).isolated)
    else {
        return;
    };
    field.intrusions.successes[slot] += 1;
    let cause = ctx.note(now, What::Entered { org, via: spec.via.label() }, NO_CAUSE);
    if matches!(scenario.campaigns[campaign as usize].spread, Spread::Worm { .. }) {
        worm::seed(ctx, field, now, campaign, door, cause);
    } else {
        let phished = spec.via == EntryKind::Phishing;
        operator::foothold(ctx, field, now, campaign, org, door, phished, cause, Stage::Foothold);
    }
}

/// The asset through which an entry comes.
fn door(ctx: &Ctx, via: EntryKind, org: OrgId) -> Option<AssetId> {
    let kinds: &[AssetKind] = match via {
        EntryKind::StolenCredential => &[AssetKind::RemoteAccess, AssetKind::Servers],
        EntryKind::ExposedService => {
            &[AssetKind::WebPortal, AssetKind::RemoteAccess, AssetKind::Servers, AssetKind::MedicalDevices]
        }
        EntryKind::SupplierCompromise | EntryKind::Update => {
            &[AssetKind::Servers, AssetKind::IntegrationEngine]
        }
        EntryKind::Phishing | EntryKind::RemovableMedia | EntryKind::Insider => &[AssetKind::Endpoints],
    };
    let estate = ctx.estate();
    let find = |kind: &AssetKind| estate.assets_of(org).find(|a| estate.asset(*a).kind == *kind);
    kinds
        .iter()
        .find_map(find)
        .or_else(|| find(&AssetKind::Endpoints))
        .or_else(|| estate.assets_of(org).next())
}

/// Takes hosts of an asset down, if it can be reached, and tells those who watch.
fn strike(
    ctx: &mut Ctx,
    field: &mut Field,
    now: SimTime,
    campaign: u32,
    asset: AssetId,
    hosts: u32,
    cause: Cause,
) {
    let Some(loss) = ctx.case.scenario.campaigns[campaign as usize].payload.loss else { return };
    let state = field.assets.get_mut(asset);
    if state.isolated || state.off {
        return;
    }
    let before = state.down();
    state.lose(hosts, loss);
    let lost = state.down() - before;
    if lost == 0 {
        return;
    }
    let how = match loss {
        crate::scenario::Loss::Encrypted => "encrypted",
        crate::scenario::Loss::Wiped => "wiped",
        crate::scenario::Loss::Failed => "failed",
    };
    let cause = ctx.note(now, What::AssetLost { asset, how, hosts: lost }, cause);
    account(ctx, field, now, (asset, lost), loss, cause);
}

/// What follows from lost hosts: accounts, health, and that somebody will notice.
fn account(
    ctx: &mut Ctx,
    field: &mut Field,
    now: SimTime,
    (asset, lost): (AssetId, u32),
    loss: crate::scenario::Loss,
    cause: Cause,
) {
    let a = ctx.estate().asset(asset);
    let gone = f64::from(field.assets.get(asset).lost) >= f64::from(a.hosts) * a.stops_at;
    for &c in a.instances.iter().filter(|_| gone && loss != crate::scenario::Loss::Failed) {
        if field.links.lose_instance(c) {
            field.care.link_changed(c);
        }
    }
    field.assets.get_mut(asset).cause = cause;
    field.ledger.struck(now, ctx.estate().asset(asset).owner, asset, lost, loss);
    field.assets.refresh(&ctx.case.scenario.estate, asset);
    field.intrusions.struck.push((now, asset, cause));
}
