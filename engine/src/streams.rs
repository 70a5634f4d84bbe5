//! Keyed random numbers: a draw is a pure function of (seed, replicate, purpose, subject, n), so it does
//! not matter when, in which order or on which thread it is asked for.
//!
//! The mixing step is that of wyhash (Wang Yi, public domain): a 64 × 64 → 128 bit product, folded.

use rand::TryRng;

/// What a draw decides. Two purposes never share a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u16)]
#[allow(missing_docs)] // the names say what is decided
pub enum StreamName {
    Parameter = 1,
    Estate,
    Uptake,
    Entry,
    EntryDelay,
    Stage,
    NextOrganisation,
    SpreadDelay,
    NightWait,
    Coverage,
    AssetHit,
    AssetMoment,
    BackupReached,
    EarlyDetonation,
    EarlyDelay,
    WormLocal,
    WormSeed,
    Rollout,
    Detection,
    Notice,
    Decision,
    Report,
    Alert,
    Indicators,
    Effort,
    Eviction,
    RestoreWorks,
    Reinfection,
    Decryptor,
    Travel,
    KillSwitch,
    Ransom,
    CarryOn,
    Theft,
    Bootstrap,
    Calls,
    LossMoment,
    WormNational,
    Transmission,
    Infectious,
    Sleep,
    Candidate,
    Truth,
    Restoring,
    Instance,
    Joint,
}

/// The source of all draws of one replicate.
#[derive(Clone, Copy, Debug)]
pub struct Streams {
    base: u64,
}

const fn mix(a: u64, b: u64) -> u64 {
    let product = (a ^ 0xa076_1d64_78bd_642f) as u128 * (b ^ 0xe703_7ed1_a0b4_28db) as u128;
    (product as u64) ^ ((product >> 64) as u64)
}

impl Streams {
    /// All draws of `replicate` in the study with `seed`.
    pub const fn new(seed: u64, replicate: u64) -> Self {
        Self { base: mix(mix(seed, 0x8ebc_6af0_9c88_c6e3), replicate.wrapping_add(0x5899_65cc_7537_4cc3)) }
    }
    /// Other draws for what is still to come: those of the n-th fork.
    #[must_use]
    pub const fn forked(&self, n: u64) -> Self {
        Self { base: mix(self.base ^ 0x9e37_79b9_7f4a_7c15, n.wrapping_add(0x71c9_4d5e_2b60_8a13)) }
    }
    /// The stream of one question about one subject.
    pub const fn stream(&self, name: StreamName, subject: u64) -> Stream {
        Stream(mix(self.base, mix((name as u64) << 48 | 0x1d8e, subject.wrapping_add(0x4cf5_ad43_2745_937f))))
    }
}

/// Names one question; each draw from it is a fixed number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Stream(u64);

impl Stream {
    /// The same question, asked for the n-th time.
    pub const fn nth(self, n: u64) -> Self {
        Self(mix(self.0, n.wrapping_add(0x2d35_8dcc_aa6c_78a5)))
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

/// Subject id of a pair.
pub const fn pair(a: u32, b: u32) -> u64 {
    (a as u64) << 32 | b as u64
}

/// A stable 64-bit hash of a text (FNV-1a), for subjects that are named.
pub fn text_id(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn keys_do_not_collide() {
        let mut seen = HashSet::new();
        let mut asked = 0;
        for seed in 0..4 {
            for replicate in 0..50 {
                let streams = Streams::new(seed, replicate);
                for purpose in
                    [StreamName::Parameter, StreamName::Entry, StreamName::Stage, StreamName::Bootstrap]
                {
                    for subject in 0..50 {
                        for n in 0..10 {
                            asked += 1;
                            seen.insert(streams.stream(purpose, subject).nth(n).bits());
                        }
                    }
                }
            }
        }
        assert_eq!(seen.len(), asked, "400,000 keys of 64 bits collide with a chance of 4e-9");
    }

    #[test]
    fn uniforms_fill_the_interval_evenly() {
        // Chi-squared over 100 cells, 100,000 draws: the 99.99 % point at 99 degrees of freedom is 161.
        let mut cells = [0u32; 100];
        for subject in 0..100_000 {
            cells[(Streams::new(7, 0).stream(StreamName::Entry, subject).uniform() * 100.0) as usize] += 1;
        }
        let chi2: f64 = cells.iter().map(|&c| (f64::from(c) - 1000.0).powi(2) / 1000.0).sum();
        assert!(chi2 < 161.0, "{chi2}");
    }
}
