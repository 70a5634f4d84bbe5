//! The kinds of organisations, assets, services and connections that there are, with the words that reports use.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! kinds {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $label:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        #[repr(u8)]
        #[allow(missing_docs)] // each variant's words are its label
        pub enum $name { $($variant),* }
        impl $name {
            /// All of them, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];
            /// The words used in reports.
            pub const fn label(self) -> &'static str { match self { $(Self::$variant => $label),* } }
            /// Its name in a path: words joined by underscores.
            pub fn path_name(self) -> String { self.label().to_lowercase().replace([' ', '-'], "_") }
            /// Its name in a scenario file.
            pub const fn name(self) -> &'static str { match self { $(Self::$variant => stringify!($variant)),* } }
        }
    };
}

kinds!(
    /// Kind of an organisation.
    OrgKind {
        AcuteTrust = "acute trust", MentalHealthTrust = "mental-health trust", CommunityTrust = "community trust",
        AmbulanceTrust = "ambulance trust", GpPractice = "GP practice", Pharmacy = "pharmacy", CareHome = "care home",
        HomeCare = "home-care provider", SocialCare = "local-authority social care", Hospice = "hospice",
        Provider111 = "111 provider", PathologyNetwork = "pathology network", Supplier = "supplier",
        CareBoard = "integrated care board", NationalBody = "national body", SpecialistTrust = "specialist trust",
    }
);
kinds!(
    /// Kind of an asset: a system or a fleet of hosts.
    AssetKind {
        Identity = "identity", Endpoints = "endpoints", Servers = "servers", PatientRecord = "patient record",
        PatientAdministration = "patient administration", Imaging = "imaging system", Laboratory = "laboratory system",
        EPrescribing = "e-prescribing", GpRecord = "GP record", CareRecord = "care record",
        AmbulanceDispatch = "ambulance dispatch", Telephony = "telephony", Email = "e-mail",
        IntegrationEngine = "integration engine", MedicalDevices = "medical devices",
        BuildingManagement = "building management", Backup = "backup", RemoteAccess = "remote access", WebPortal = "web portal",
        NationalNetwork = "national network", Spine = "national spine", NationalMail = "national mail",
        Referrals = "referral service", Prescriptions = "prescription service",
    }
);
kinds!(
    /// Kind of a care service.
    ServiceKind {
        Emergency = "emergency", Admissions = "admissions", Theatres = "theatres", Outpatients = "outpatients",
        ImagingTests = "imaging", Pathology = "pathology", Maternity = "maternity", CriticalCare = "critical care",
        HospitalPharmacy = "pharmacy", MentalHealthCrisis = "mental-health crisis", CommunityVisits = "community visits",
        Dispatch999 = "999 dispatch", Calls111 = "111 calls", GpAppointments = "GP appointments", Dispensing = "dispensing",
        ResidentialCare = "residential care", HomeCareVisits = "home care", HospitalDischarge = "hospital discharge",
    }
);
kinds!(
    /// Kind of a connection between two segments.
    ConnectionKind { Routed = "routed", Vpn = "VPN", Hosted = "hosted", FederatedIdentity = "federated identity", Mail = "mail" }
);
kinds!(
    /// Kind of a network segment.
    SegmentKind { Lan = "LAN", Data = "data centre", Clinical = "clinical zone", Devices = "device zone", Dmz = "DMZ", Cloud = "cloud", National = "national health network" }
);

kinds!(
    /// Kind of sensitive information that a record holds of a person.
    RecordKind {
        Demographic = "demographic", Clinical = "clinical", MentalHealth = "mental health", Safeguarding = "safeguarding",
        HomeEntry = "how to enter a home",
    }
);

impl AssetKind {
    /// Whether everybody uses the one that a national body runs, over the national network.
    pub const fn is_national(self) -> bool {
        matches!(
            self,
            Self::NationalNetwork | Self::Spine | Self::NationalMail | Self::Referrals | Self::Prescriptions
        )
    }
}

/// What an organisation is to the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrgRole {
    /// It gives care, or helps those who do with laboratories and calls.
    Provider,
    /// It runs systems for others.
    Supplier,
    /// It commands and helps a region.
    Regional,
    /// It commands and helps the country, and runs what everybody uses.
    National,
}

impl OrgKind {
    /// The kind as which it counts where a list of kinds names that one and not its own.
    pub const fn counts_as(self) -> Self {
        match self {
            Self::SpecialistTrust => Self::AcuteTrust,
            Self::AcuteTrust
            | Self::MentalHealthTrust
            | Self::CommunityTrust
            | Self::AmbulanceTrust
            | Self::GpPractice
            | Self::Pharmacy
            | Self::CareHome
            | Self::HomeCare
            | Self::SocialCare
            | Self::Hospice
            | Self::Provider111
            | Self::PathologyNetwork
            | Self::Supplier
            | Self::CareBoard
            | Self::NationalBody => self,
        }
    }
    /// What organisations of this kind are to the others.
    pub const fn role(self) -> OrgRole {
        match self {
            Self::AcuteTrust
            | Self::MentalHealthTrust
            | Self::CommunityTrust
            | Self::AmbulanceTrust
            | Self::GpPractice
            | Self::Pharmacy
            | Self::CareHome
            | Self::HomeCare
            | Self::SocialCare
            | Self::Hospice
            | Self::Provider111
            | Self::PathologyNetwork
            | Self::SpecialistTrust => OrgRole::Provider,
            Self::Supplier => OrgRole::Supplier,
            Self::CareBoard => OrgRole::Regional,
            Self::NationalBody => OrgRole::National,
        }
    }
}
