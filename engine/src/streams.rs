//! Keyed random numbers: a draw is a pure function of (seed, replicate, what it decides, n), so it does not matter when, in which order
//! or on which thread it is asked for.
//!
//! What a draw decides is a [`StreamName`] with named parts, and the key is hashed from all of them. Parts are counts, or hashes of stable
//! names ([`text_id`]), never positions in a list: what is inserted into a list moves nobody else's luck.
//!
//! The mixing step is that of wyhash (Wang Yi, public domain): a 64 × 64 → 128 bit product, folded.

use rand::TryRng;

const fn mix(a: u64, b: u64) -> u64 {
    let product = (a ^ 0xa076_1d64_78bd_642f) as u128 * (b ^ 0xe703_7ed1_a0b4_28db) as u128;
    (product as u64) ^ ((product >> 64) as u64)
}

macro_rules! stream_names {
    ($($(#[doc = $doc:literal])* $name:ident = $number:literal { $($part:ident: $kind:ty),* },)*) => {
        /// What a draw decides, with all that it hangs on. No two of them share a stream; each has a number of its own, so that a new one
        /// moves no other.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[allow(missing_docs)] // the parts are named for what they are
        pub enum StreamName { $($(#[doc = $doc])* $name { $($part: $kind),* }),* }

        impl StreamName {
            /// Hashed from the number and all parts, in their order.
            const fn hash(self) -> u64 {
                match self {
                    $(Self::$name { $($part),* } => {
                        let hash = ($number as u64) << 48 | 0x1d8e;
                        $(let hash = mix(hash, ($part as u64).wrapping_add(0x4cf5_ad43_2745_937f));)*
                        hash
                    })*
                }
            }
            /// The numbers, in the order of the list.
            #[cfg(test)]
            const NUMBERS: &'static [u16] = &[$($number),*];
        }
    };
}

stream_names! {
    /// An uncertain parameter, by the hash of its path.
    Parameter = 1 { path: u64 },
    /// Uncertain parameters whose values belong together, by the hash of their name.
    Joint = 46 { name: u64 },

    /// The n-th question of a generated regional estate.
    RegionalEstate = 2 { n: u64 },
    /// A size, where none is stated, by the hash of the organisation's id.
    Size = 47 { organisation: u64 },
    /// A control, by the hashes of the organisation's id and the control's name.
    Posture = 48 { organisation: u64, control: u64 },
    /// Size, place and name of an organisation of a country, by the hash of its kind.
    NationalEstate = 49 { kind: u64, count: u32, organisation: u32 },
    /// Where the invented names of a kind begin.
    NationalNames = 50 { kind: u64, count: u32 },
    /// Where an organisation stands on a market, by the hashes of its kind and of the platform's.
    Market = 51 { kind: u64, count: u32, organisation: u32, platform: u64 },
    /// Where a care system stands on a market.
    MarketOfSystem = 52 { platform: u64, system: u32 },
    /// Whom a lever reaches first, by the hash of its id.
    Uptake = 3 { lever: u64, organisation: u64 },

    /// When a campaign begins. Campaigns are named by the hash of their id.
    CampaignBegins = 5 { campaign: u64 },
    /// When a way in succeeds; ways in are named by the hash of their kind and how many of that kind stand before.
    Entry = 4 { campaign: u64, entry: u64, organisation: u64 },
    /// Whether a control keeps a way in shut for the whole campaign.
    EntryShut = 80 { campaign: u64, entry: u64, organisation: u64 },
    /// At which organisations a way in is tried, where only some are, the lowest first.
    EntryTarget = 81 { campaign: u64, entry: u64, organisation: u64 },
    /// How long a way in is tried.
    EntryLasts = 82 { campaign: u64, entry: u64 },
    /// Whether blocked indicators stop a way in.
    EntryBlocked = 53 { campaign: u64, organisation: u64 },
    /// Whether an attack on a supplier is stopped there.
    SupplierStopped = 54 { campaign: u64, supplier: u64 },
    /// How long the first foothold lies still.
    Sleep = 41 { campaign: u64 },
    /// How long a stage of an intrusion takes.
    Stage = 6 { campaign: u64, organisation: u64, stage: u8 },
    /// How long credentials take again after they were reset, by the intrusion's rescheduling.
    CredentialsAgain = 55 { campaign: u64, organisation: u64, generation: u32 },
    /// When an intruder reaches another organisation over a connection.
    SpreadDelay = 8 { campaign: u64, connection: u64, target: u64 },
    /// Whether blocked indicators stop an intruder who moves on.
    CarryOnBlocked = 56 { campaign: u64, target: u64 },
    /// Whether an intruder's accounts work where sign-in is federated.
    FederatedSignIn = 57 { campaign: u64, target: u64 },
    /// Whether and when a lost supplier's intruder is carried on to a customer.
    SupplierCarriesOn = 33 { campaign: u64, connection: u64, customer: u64 },
    /// How long a ready crew waits, whether it prefers the night, how long it dwells.
    NightWait = 9 { campaign: u64 },
    /// How thorough a crew is.
    Coverage = 10 { campaign: u64 },
    /// Time over which encryption runs through an organisation.
    EncryptionTime = 12 { campaign: u64, organisation: u64 },
    /// Whether an asset is hit, and when.
    AssetHit = 11 { campaign: u64, asset: u64 },
    /// Whether a supplier's backup is beyond reach.
    SupplierBackup = 58 { campaign: u64, asset: u64 },
    /// Share of records taken.
    Theft = 34 { campaign: u64, organisation: u64 },
    /// Whether a noticed crew detonates at once, and when.
    EarlyDetonation = 14 { campaign: u64, organisation: u64 },
    /// A leap of the worm at an asset.
    WormLocal = 16 { campaign: u64, asset: u64, leap: u32 },
    /// When the national network brings the worm over a connection, for the n-th time, and to which asset.
    WormNational = 38 { campaign: u64, connection: u64, n: u32 },
    /// When the kill switch is found.
    KillSwitch = 31 { campaign: u64 },
    /// Whether a failure reaches an organisation.
    RolloutReaches = 18 { campaign: u64, organisation: u64 },
    /// Share of an asset that fails, when, and when it mends.
    Rollout = 59 { campaign: u64, asset: u64 },
    /// How long a flood lasts.
    Flood = 60 { campaign: u64, organisation: u64 },

    /// The threshold at which an intrusion is noticed.
    Detection = 19 { campaign: u64, organisation: u64 },
    /// How long it takes to notice that systems are down.
    Notice = 20 { organisation: u64 },
    /// From suspicion to declaration.
    Decision = 21 { organisation: u64 },
    /// From declaration until the national level knows.
    Report = 22 { organisation: u64 },
    /// Until an alert is read.
    Alert = 23 { organisation: u64 },
    /// Whether a rule of the playbook is followed, by the hash of the rule.
    RuleFollowed = 61 { rule: u64, organisation: u64 },
    /// Until shared indicators are in place.
    Indicators = 24 {},

    /// Whether a quiet hold on an asset is seen.
    HoldSeen = 25 { asset: u64 },
    /// Whether a hunt finds everything, by how many there were before.
    Eviction = 26 { organisation: u64, hunts: u32 },
    /// Until help arrives; from the national team or a neighbour.
    Travel = 30 { organisation: u64, national: bool },
    /// Whether a decryptor is to be had.
    Decryptor = 29 {},
    /// How much effort an organisation's restorations take.
    Restoring = 44 { organisation: u64 },
    /// Whether the intruder reached an asset's backup.
    BackupReached = 13 { asset: u64 },
    /// Whether a restore that nobody rehearsed works.
    RestoreWorks = 27 { asset: u64 },
    /// Whether and when restored hosts are taken again, by how many were back.
    Reinfection = 28 { asset: u64, restored: u32 },
    /// Effort and acceptance of a customer's instance on a platform.
    Instance = 45 { connection: u64 },
    /// Whether a ransom is paid, and how much.
    Ransom = 32 {},
    /// Calls of an hour.
    Calls = 36 { service: u64, hour: u32 },

    /// A bootstrap, by the hashes of what it is of: a strategy, an outcome, a figure.
    Bootstrap = 35 { of: u64, outcome: u64, figure: u64 },
    /// When something fails that a study asks about.
    LossMoment = 37 {},
    /// A candidate of a calibration: which kept one it starts from, and its parameters.
    Candidate = 42 { generation: u64, candidate: u64 },
    /// Where a figure of the evidence lies among equal ones, by the hash of its scenario and name.
    Transform = 95 { figure: u64 },
    /// Where a synthetic truth lies.
    Truth = 43 {},
    /// Of the years of a portfolio: how often a peril comes in one, by the hash of its name.
    YearsRate = 90 { peril: u64, year: u64 },
    /// How many incidents a peril brings in a year.
    YearsCount = 91 { peril: u64, year: u64 },
    /// Which of the known incidents each of them is.
    YearsIncident = 92 { peril: u64, year: u64 },
    /// How often a peril comes, for what is expected of it.
    ExpectedRate = 93 { peril: u64 },
    /// Which of the known incidents make a mean of a peril.
    ExpectedSizes = 94 { peril: u64 },
    /// Edges of a random network.
    Network = 62 { edge: u64 },
    /// Transmission over an edge.
    Transmission = 39 { from: u32, to: u32 },
    /// How long a node is infectious.
    Infectious = 40 { node: u32 },
    /// The n-th number of a plain simulation that the engine's is held against.
    Gillespie = 64 { n: u64 },
    /// What a test needs.
    Test = 63 { n: u64 },
}

/// The source of all draws of one replicate, or of one study.
#[derive(Clone, Copy, Debug)]
pub struct Streams {
    base: u64,
}

impl Streams {
    /// All draws of `replicate` in the study with `seed`.
    pub const fn new(seed: u64, replicate: u64) -> Self {
        Self { base: mix(mix(seed, 0x8ebc_6af0_9c88_c6e3), replicate.wrapping_add(0x5899_65cc_7537_4cc3)) }
    }
    /// What a study draws beside its replicates, by the study's name.
    pub fn of_study(seed: u64, study: &str) -> Self {
        Self { base: mix(mix(seed, 0x2127_599b_f432_5c37), text_id(study)) }
    }
    /// Other draws for what is still to come: those of the n-th fork.
    #[must_use]
    pub const fn forked(&self, n: u64) -> Self {
        Self { base: mix(self.base ^ 0x9e37_79b9_7f4a_7c15, n.wrapping_add(0x71c9_4d5e_2b60_8a13)) }
    }
    /// The stream of one question.
    pub fn stream(&self, name: StreamName) -> Stream {
        let stream = Stream(mix(self.base, name.hash()));
        #[cfg(test)]
        recording::note(stream, recording::Origin::Name(self.base, name));
        stream
    }
}

/// Names one question; each draw from it is a fixed number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Stream(u64);

impl Stream {
    /// The same question, asked for the n-th time.
    pub fn nth(self, n: u64) -> Self {
        let stream = Self(mix(self.0, n.wrapping_add(0x2d35_8dcc_aa6c_78a5)));
        #[cfg(test)]
        recording::note(stream, recording::Origin::Nth(self.0, n));
        stream
    }
    /// The key's bits, equidistributed.
    pub const fn bits(self) -> u64 {
        mix(self.0, 0x8bb8_4b93_962e_acc9)
    }
    /// A uniform number strictly between 0 and 1, of 53 bits.
    pub fn uniform(self) -> f64 {
        ((self.bits() >> 11) as f64 + 0.5) * (1.0 / (1u64 << 53) as f64)
    }
    /// A number from the exponential distribution of mean 1, by its quantile function.
    pub fn exponential(self) -> f64 {
        -self.uniform().ln()
    }
    /// A generator for distributions that take several numbers, on this key alone.
    pub const fn rng(self) -> StreamRng {
        StreamRng { key: self.0, n: 0 }
    }
}

/// Counter-based generator on one key, for use with `rand_distr`.
#[derive(Clone, Debug)]
pub struct StreamRng {
    key: u64,
    n: u64,
}

impl TryRng for StreamRng {
    type Error = core::convert::Infallible;
    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        self.try_next_u64().map(|bits| (bits >> 32) as u32)
    }
    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        self.n += 1;
        Ok(mix(mix(self.key, self.n), 0x8bb8_4b93_962e_acc9))
    }
    fn try_fill_bytes(&mut self, dst: &mut [u8]) -> Result<(), Self::Error> {
        for chunk in dst.chunks_mut(8) {
            let bytes = self.try_next_u64()?.to_le_bytes();
            chunk.copy_from_slice(&bytes[..chunk.len()]);
        }
        Ok(())
    }
}

/// A stable 64-bit hash of a text (FNV-1a), for subjects that are named.
pub fn text_id(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3))
}

/// A stable hash of what belongs to something that is named itself: the `n`-th of this kind.
pub fn part_id(of: u64, kind: &str, n: u32) -> u64 {
    mix(mix(of, text_id(kind)), u64::from(n))
}

/// What was asked on this thread, while it is asked for: the collisions of a whole run are counted so.
#[cfg(test)]
pub(crate) mod recording {
    use std::cell::RefCell;
    use std::collections::HashMap;

    use super::{Stream, StreamName};

    /// Where a stream comes from.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub enum Origin {
        /// A question to a source of draws.
        Name(u64, StreamName),
        /// The same question, asked for the n-th time.
        Nth(u64, u64),
    }

    /// What was asked.
    #[derive(Debug, Default)]
    pub struct Asked {
        pub streams: HashMap<u64, Origin>,
        /// Streams that two different questions share.
        pub collisions: Vec<(Origin, Origin)>,
    }

    thread_local! {
        static ASKED: RefCell<Option<Asked>> = const { RefCell::new(None) };
    }

    pub fn note(stream: Stream, origin: Origin) {
        ASKED.with_borrow_mut(|asked| {
            let Some(Asked { streams, collisions }) = asked else { return };
            let first = *streams.entry(stream.0).or_insert(origin);
            if first != origin {
                collisions.push((first, origin));
            }
        });
    }

    /// What `work` asks on this thread.
    pub fn of(work: impl FnOnce()) -> Asked {
        ASKED.set(Some(Asked::default()));
        work();
        ASKED.take().expect("it was just set")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn numbers_are_given_once() {
        let numbers: HashSet<u16> = StreamName::NUMBERS.iter().copied().collect();
        assert_eq!(numbers.len(), StreamName::NUMBERS.len());
    }

    #[test]
    fn streams_do_not_collide() {
        let asked = recording::of(|| {
            for seed in 0..4 {
                for replicate in 0..25 {
                    let streams = Streams::new(seed, replicate);
                    for a in 0..20u32 {
                        for b in 0..20u64 {
                            let campaign = u64::from(a);
                            streams
                                .stream(StreamName::Entry { campaign, entry: b, organisation: campaign })
                                .nth(1);
                            streams.stream(StreamName::WormLocal { campaign, asset: b, leap: a }).nth(1);
                            streams
                                .stream(StreamName::Travel {
                                    organisation: campaign << 8 | b,
                                    national: true,
                                })
                                .nth(1);
                            streams.forked(campaign).stream(StreamName::Notice { organisation: b }).nth(1);
                            Streams::of_study(seed, "comparison").stream(StreamName::Test { n: campaign });
                        }
                    }
                }
            }
        });
        assert!(asked.streams.len() > 300_000, "{}", asked.streams.len());
        assert_eq!(asked.collisions, [], "such streams of 64 bits collide with a chance of 1e-8");
    }

    #[test]
    fn a_shared_stream_is_found() {
        let asked = recording::of(|| {
            recording::note(Stream(7), recording::Origin::Nth(1, 1));
            recording::note(Stream(7), recording::Origin::Nth(1, 1));
            recording::note(Stream(7), recording::Origin::Nth(1, 2));
        });
        assert_eq!(asked.collisions.len(), 1);
    }

    #[test]
    fn uniforms_fill_the_interval_evenly() {
        // Chi-squared over 100 cells, 100,000 draws: the 99.99 % point at 99 degrees of freedom is 161.
        let mut cells = [0u32; 100];
        for n in 0..100_000 {
            cells[(Streams::new(7, 0).stream(StreamName::Test { n }).uniform() * 100.0) as usize] += 1;
        }
        let chi2: f64 = cells.iter().map(|&c| (f64::from(c) - 1000.0).powi(2) / 1000.0).sum();
        assert!(chi2 < 161.0, "{chi2}");
    }
}
