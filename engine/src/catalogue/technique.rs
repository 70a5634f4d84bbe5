//! What attackers do, by its ATT&CK technique: ways in, stages of an intrusion, and what is done in the end.

use schemars::JsonSchema;
use serde::Deserialize;

/// A way in, with the ATT&CK technique.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum EntryKind {
    /// Phishing (T1566).
    Phishing,
    /// Exposed service with a known weakness (T1190).
    ExposedService,
    /// Stolen credential on remote access (T1078, T1133).
    StolenCredential,
    /// Compromise of a supplier (T1195, T1199).
    SupplierCompromise,
    /// Removable media (T1091).
    RemovableMedia,
    /// Insider (T1078).
    Insider,
    /// Malicious or faulty update (T1195.002).
    Update,
}

impl EntryKind {
    /// Its name in paths of values, as in `campaigns.crew.stolen_credential.per_day`.
    pub const fn path_name(self) -> &'static str {
        match self {
            Self::Phishing => "phishing",
            Self::ExposedService => "exposed_service",
            Self::StolenCredential => "stolen_credential",
            Self::SupplierCompromise => "supplier_compromise",
            Self::RemovableMedia => "removable_media",
            Self::Insider => "insider",
            Self::Update => "update",
        }
    }
    /// The words used in reports, with the technique's id.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Phishing => "phishing (T1566)",
            Self::ExposedService => "an exposed service (T1190)",
            Self::StolenCredential => "a stolen credential (T1078)",
            Self::SupplierCompromise => "a supplier (T1199)",
            Self::RemovableMedia => "removable media (T1091)",
            Self::Insider => "an insider (T1078)",
            Self::Update => "an update (T1195.002)",
        }
    }
}

/// What an attack does in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum Payload {
    /// Encrypt for ransom (T1486).
    Encrypt,
    /// Wipe (T1485): no decryptor helps.
    Wipe,
    /// Steal records (T1567).
    StealRecords,
    /// Disrupt: hosts fail but lose no data (T1489).
    Disrupt,
    /// Nothing.
    None,
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
    /// The one after it.
    pub const fn next(self) -> Self {
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
    /// The words used in reports, with the technique's id.
    pub const fn label(self) -> &'static str {
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

impl std::fmt::Display for Stage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.label())
    }
}
