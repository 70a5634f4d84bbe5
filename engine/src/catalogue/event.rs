//! What a trace says of an event beside whom it concerns: by what, how, and why not.

use std::fmt;

use super::technique::EntryKind;

macro_rules! labelled {
    ($($(#[$doc:meta])* $name:ident { $($(#[$each:meta])* $variant:ident = $label:literal),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$each])* $variant),* }
        impl $name {
            /// The words used in reports.
            pub const fn label(self) -> &'static str { match self { $(Self::$variant => $label),* } }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(self.label()) }
        }
    )*};
}

labelled! {
    /// How hosts are down.
    Damage {
        /// Encrypted for ransom.
        Encrypted = "encrypted",
        /// Wiped.
        Wiped = "wiped",
        /// Failed: the data are whole.
        Failed = "failed",
        /// Swamped with requests.
        Flooded = "flooded",
    }
    /// How an owner takes a system off the network.
    Cut {
        /// Cut off, and running.
        Isolated = "isolated",
        /// Off.
        SwitchedOff = "switched off",
    }
    /// Why an organisation suspects an incident.
    Suspicion {
        /// Its systems are down.
        SystemsDown = "systems are down",
        /// An alert was looked into.
        AlertFollowedUp = "an alert was followed up",
        /// A service had to close.
        ServiceClosed = "a service had to close",
    }
    /// Why an order cannot be carried out.
    Refusal {
        /// It is aimed at what is affected, and nothing is known to be.
        NothingAffected = "nothing known to be affected",
        /// There is no remote access to disable.
        NoRemoteAccess = "has no remote access of its own",
        /// No kill switch has been found.
        NoKillSwitch = "no kill switch is known",
        /// The intruder has been evicted.
        IntruderOut = "the intruder is out already",
        /// Systems may have failed by themselves.
        NoIntruder = "nothing points to an intruder",
        /// Nothing is down.
        NothingToRestore = "nothing to restore",
        /// Nobody has a decryptor.
        NoDecryptor = "no decryptor is to be had",
        /// An intruder that was noticed has not been evicted.
        IntruderInside = "the intruder is still inside: hunt and evict first",
        /// There is no cut of its own to take back.
        NothingCutOff = "nothing is cut off",
        /// The national team was called before.
        CalledAlready = "called already",
        /// Neighbours were asked before.
        AskedAlready = "asked already",
        /// The national level has no report.
        NationUnaware = "the national level does not know yet",
        /// A national incident is declared.
        DeclaredAlready = "declared already",
        /// Nothing is diverted, put off or sent away.
        CareAsUsual = "care is as usual already",
        /// It has no services.
        NoCare = "gives no care itself",
    }
}

/// By what an organisation is entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WayIn {
    /// A way in of a campaign.
    Entry(EntryKind),
    /// A worm's exploit (T1210).
    Worm,
}

impl fmt::Display for WayIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Entry(kind) => kind.label(),
            Self::Worm => "the worm (T1210)",
        })
    }
}
