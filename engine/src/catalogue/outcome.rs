//! The outcomes of one replicate.

macro_rules! outcomes {
    ($($(#[doc = $doc:literal])* $name:ident = ($id:literal, $label:literal, $unit:literal),)*) => {
        /// What is measured of a replicate; of all of them less is better.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Outcome { $($(#[doc = $doc])* $name),* }
        impl Outcome {
            /// All of them, in order.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
            /// Stable name in JSON and CSV.
            pub const fn id(self) -> &'static str { match self { $(Self::$name => $id),* } }
            /// The one with this name.
            pub fn by_id(id: &str) -> Option<Self> { Self::ALL.iter().copied().find(|o| o.id() == id) }
            /// Words in tables.
            pub const fn label(self) -> &'static str { match self { $(Self::$name => $label),* } }
            /// What it is, in a sentence.
            pub const fn about(self) -> &'static str { match self { $(Self::$name => concat!($($doc),*).trim_ascii()),* } }
            /// Unit.
            pub const fn unit(self) -> &'static str { match self { $(Self::$name => $unit),* } }
        }
    };
}

outcomes! {
    /// Organisations entered or struck.
    OrganisationsHit = ("organisations_hit", "organisations hit", "organisations"),
    /// Assets held or struck.
    AssetsHit = ("assets_hit", "assets hit", "assets"),
    /// Hosts encrypted or wiped, in all.
    HostsEncrypted = ("hosts_encrypted", "hosts encrypted", "hosts"),
    /// From the first entry until somebody suspects; missing where nothing was entered or struck.
    HoursToDetect = ("hours_to_detect", "hours to detect", "hours"),
    /// From suspicion to declaration; missing, as the next two, where nobody suspected.
    HoursToDeclare = ("hours_to_declare", "hours to declare", "hours"),
    /// From suspicion until an organisation's containment orders were done.
    HoursToContain = ("hours_to_contain", "hours to contain", "hours"),
    /// From suspicion until the intruder was out of the last organisation and none was held any more; missing also where nobody was entered.
    HoursToEvict = ("hours_to_evict", "hours to evict", "hours"),
    /// Contacts not served on the day: diverted, deferred or lost.
    ContactsNotServed = ("contacts_not_served", "contacts not served on the day", "contacts"),
    /// Of the contacts not served on the day, those sent to neighbours.
    ContactsDiverted = ("contacts_diverted", "contacts diverted", "contacts"),
    /// Of the contacts not served on the day, those put off.
    ContactsDeferred = ("contacts_deferred", "contacts deferred", "contacts"),
    /// Of the contacts not served on the day, those lost.
    ContactsLost = ("contacts_lost", "contacts lost", "contacts"),
    /// Hours of full service lost, over all services.
    ServiceHoursLost = ("service_hours_lost", "service-hours lost", "hours"),
    /// Harm-weighted contacts, care and records together: an index for comparison, no count of injured people.
    Harm = ("harm", "harm (index)", "index"),
    /// Largest share of services below 95 % of their capacity at once.
    PeakDisrupted = ("peak_disrupted", "peak share of services disrupted", "share"),
    /// Days from first impact until no backlog is left.
    BacklogDays = ("backlog_days", "days until the backlog is cleared", "days"),
    /// Organisations of which a service was below 95 % of its capacity at some time, struck themselves or through others.
    OrganisationsAffected = ("organisations_affected", "organisations affected", "organisations"),
    /// Hours from first impact until half of the affected organisations have all their services back for good.
    OrganisationsBack50 = ("organisations_back_50", "hours to 50 % of organisations", "hours"),
    /// Hours from first impact until 95 % of the affected organisations have all their services back for good.
    OrganisationsBack95 = ("organisations_back_95", "hours to 95 % of organisations", "hours"),
    /// Hours from first impact until services for half of the patients affected are back for good.
    Recovery50 = ("recovery_50", "hours to 50 % of affected care", "hours"),
    /// Hours from first impact until services for 80 % of the patients affected are back for good.
    Recovery80 = ("recovery_80", "hours to 80 % of affected care", "hours"),
    /// Hours from first impact until services for 95 % of the patients affected are back for good.
    Recovery95 = ("recovery_95", "hours to 95 % of affected care", "hours"),
    /// Hours from first impact until services for all of the patients affected are back for good.
    Recovery100 = ("recovery_100", "hours to all affected care", "hours"),
    /// People whose records were taken.
    RecordsExposed = ("records_exposed", "records exposed", "records"),
    /// Value of activity not given.
    CostActivity = ("cost_activity", "value of lost activity", "£"),
    /// People's time in response and recovery.
    CostResponse = ("cost_response", "cost of response", "£"),
    /// Ransom.
    CostRansom = ("cost_ransom", "ransom", "£"),
    /// Levers, set-up and a year.
    CostLevers = ("cost_levers", "cost of levers", "£"),
    /// Lost activity, response, ransom and levers, with notification of people and penalties.
    CostTotal = ("cost_total", "total cost", "£"),
    /// The part of harm that comes of care: contacts lost, diverted, crowded or waiting.
    HarmCare = ("harm_care", "harm from care", "index"),
    /// The part of harm that comes of people's records that were taken, by kind of record and whether they were published.
    HarmRecords = ("harm_records", "harm from records", "index"),
    /// Of the records exposed, those that were published.
    RecordsPublished = ("records_published", "records published", "records"),
    /// Contacts that a service could not serve and that turned up at another kind of service, where they are counted from then on.
    ContactsSpilled = ("contacts_spilled", "contacts that turned up elsewhere", "contacts"),
}

impl Outcome {
    /// Whether it is a time that may be censored by the horizon: what had not come by the end of the run counts as longer than was watched.
    pub const fn is_time(self) -> bool {
        matches!(
            self,
            Self::HoursToDetect
                | Self::HoursToDeclare
                | Self::HoursToContain
                | Self::HoursToEvict
                | Self::BacklogDays
                | Self::OrganisationsBack50
                | Self::OrganisationsBack95
                | Self::Recovery50
                | Self::Recovery80
                | Self::Recovery95
                | Self::Recovery100
        )
    }
}
