//! What a file says of an estate: templates for each kind of organisation, and authored organisations.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::catalogue::kinds::{AssetKind, ConnectionKind, OrgKind, RecordKind, SegmentKind, ServiceKind};
use crate::estate::posture::PostureSpec;
use crate::random::Random;
use crate::source::Located;
use crate::units::{Date, Number, PersonHours, Pounds, Share, SimDuration};

/// Where a scenario's estate comes from.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub enum EstateSpec {
    /// Generated from the templates, for a population.
    Generate(GenerateSpec),
    /// Written out here.
    Inline(InlineSpec),
    /// In a file of its own, beside the scenario; it holds an `InlineSpec`.
    File(Located<String>),
}

/// Asks for a generated estate.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GenerateSpec {
    /// The family of templates; `"england"` is bundled.
    #[serde(default = "england")]
    pub template: Located<String>,
    /// People whom one care system serves, 50,000 to 3,000,000; without it the whole nation of the template.
    #[serde(default)]
    pub population: Option<Located<u32>>,
    /// Regions or care systems, by name: of the nation only these, with the national bodies and suppliers.
    #[serde(default)]
    pub only: Vec<Located<String>>,
    /// The estate's own seed: which organisation is where, how large, how well protected.
    #[serde(default)]
    pub seed: u64,
    /// Posture that replaces the template's, by kind of organisation.
    #[serde(default)]
    pub posture: Vec<(OrgKind, PostureSpec)>,
    /// How organisations of a kind are joined with their care board, where it is not as the templates have it.
    #[serde(default)]
    pub joined: Vec<(OrgKind, ConnectionKind, Share)>,
    /// Suppliers beside the template's, which come first on their markets; one that hosts several platforms is listed once for each.
    #[serde(default)]
    pub suppliers: Vec<Located<SupplierSpec>>,
    /// Suppliers of the template, by id, that there are not.
    #[serde(default)]
    pub without: Vec<Located<String>>,
}

fn england() -> Located<String> {
    String::from("england").into()
}

/// An authored estate: its organisations and what joins them beyond the usual connections.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InlineSpec {
    /// The organisations.
    pub organisations: Vec<Located<OrganisationSpec>>,
    /// Connections beyond those that every organisation has.
    #[serde(default)]
    pub connections: Vec<Located<ConnectionSpec>>,
}

/// An authored organisation; what it leaves out is typical of its kind: the template's, and the median of what is distributed there.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganisationSpec {
    /// Text id, unique in the estate: lower case, digits, hyphens.
    pub id: Located<String>,
    /// Name as printed.
    pub name: String,
    /// Kind of organisation.
    pub kind: OrgKind,
    /// Region's name.
    #[serde(default)]
    pub region: Option<String>,
    /// Beds, list size, places or clients, as the kind counts them; the typical size of its kind without it.
    #[serde(default)]
    pub size: Option<Located<f64>>,
    /// Latitude and longitude in degrees; without them those of its region are its neighbours.
    #[serde(default)]
    pub place: Option<(f64, f64)>,
    /// Controls that differ from the kind's.
    #[serde(default)]
    pub posture: Option<Box<PostureSpec>>,
    /// Its assets, instead of the template's.
    #[serde(default)]
    pub assets: Option<Vec<Located<AssetSpec>>>,
    /// Its services, instead of the template's.
    #[serde(default)]
    pub services: Option<Vec<Located<ServiceSpec>>>,
    /// Suppliers (by id) whose platforms it uses, with the kind of asset each hosts.
    #[serde(default)]
    pub suppliers: Vec<(AssetKind, Located<String>)>,
}

/// A connection between two organisations.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConnectionSpec {
    /// Id of one organisation.
    pub from: Located<String>,
    /// Id of the other.
    pub to: Located<String>,
    /// Kind of connection.
    pub kind: ConnectionKind,
    /// Share of traffic let through.
    pub pass: Share,
}

/// An asset of an organisation: a system or a fleet.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AssetSpec {
    /// Kind of asset; one of a kind per organisation.
    pub kind: AssetKind,
    /// Hosts whatever the organisation's size.
    #[serde(default)]
    pub hosts: f64,
    /// Hosts for each unit of size (bed, patient, place, client).
    #[serde(default)]
    pub hosts_per_size: f64,
    /// The zone that it stands in.
    pub segment: SegmentKind,
    /// Share of its hosts whose loss stops it altogether: 1 for a fleet, small for a system.
    #[serde(default = "whole")]
    pub stops_at: Share,
    /// Assets of the same organisation that it needs, with the share of it lost without them.
    #[serde(default)]
    pub needs: Vec<(AssetKind, Share)>,
    /// Effort to restore it, whatever its size.
    pub restore_fixed: PersonHours,
    /// Effort to restore each host.
    pub restore_per_host: PersonHours,
    /// People's records in it, for each unit of size.
    #[serde(default)]
    pub records_per_size: f64,
    /// What the records hold: kinds of record, each with the share of these people of whom it is held; who somebody is and what they
    /// have been treated for, of all of them, without it.
    #[serde(default)]
    pub holds: Vec<(RecordKind, Share)>,
    /// Why these numbers.
    #[serde(default)]
    pub source: String,
}

fn whole() -> Share {
    use crate::units::Quantity;
    Share::from_number(1.0).expect("1 is a share")
}

/// A service that an organisation gives.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceSpec {
    /// Kind of service; one of a kind per organisation.
    pub kind: ServiceKind,
    /// Contacts a day for each unit of size, on the week's average.
    pub daily_per_size: f64,
    /// Name of the demand profile over the week.
    pub profile: Located<String>,
    /// Capacity above demand, as a share of demand.
    pub headroom: Share,
    /// Calls: time that one takes. They are simulated one by one while the service is disturbed.
    #[serde(default)]
    pub handling: Option<SimDuration>,
    /// Calls: time that a caller waits at most.
    #[serde(default)]
    pub patience: Option<SimDuration>,
    /// Share of unmet contacts that can wait.
    pub deferrable: Share,
    /// Share of what cannot wait that neighbours can take, if they have room.
    #[serde(default)]
    pub divertible: Option<Share>,
    /// Harm weight of one unmet contact (an emergency attendance is 1), in place of that of its kind, which is a parameter of the group
    /// `harm`.
    #[serde(default)]
    pub harm: Option<Number>,
    /// Value of one contact, in pounds of today.
    pub value: Pounds,
    /// What it depends on.
    pub needs: Vec<Located<DependencySpec>>,
    /// Why these numbers.
    #[serde(default)]
    pub source: String,
}

/// What a service depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum On {
    /// An asset: the organisation's own, else its supplier's.
    Asset(AssetKind),
    /// Another service: the organisation's own, else that of the nearest organisation that gives it.
    Service(ServiceKind),
    /// All services of a kind that it serves, each by its share of their contacts: those to which no other service of its own kind is
    /// nearer.
    Services(ServiceKind),
}

/// A dependency of a service.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DependencySpec {
    /// On what.
    pub on: On,
    /// Share of capacity lost when it is wholly gone and nothing is done.
    pub loss: Share,
    /// Share of that loss which manual working wins back.
    #[serde(default)]
    pub workaround: Option<Share>,
    /// Time until manual working is in full swing.
    #[serde(default)]
    pub onset: Option<SimDuration>,
    /// Time over which it is learned, after its onset: it starts at `care.learned_first` of its worth, and tires only once it is
    /// learned.
    #[serde(default)]
    pub learns: Option<SimDuration>,
    /// Time over which it tires to its floor.
    #[serde(default)]
    pub tires: Option<SimDuration>,
    /// Whether the loss is technical and known: `care.dependence` does not shrink it.
    #[serde(default)]
    pub hard: bool,
}

/// A family of templates.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplateSpec {
    /// Format of the file; 1.
    pub format: u32,
    /// The family from which everything is taken that this one leaves out; of the kinds, those that it does not list.
    #[serde(default)]
    pub based_on: Option<Located<String>>,
    /// Where the numbers come from that the entries do not say themselves.
    pub sources: Vec<String>,
    /// Demand over the week.
    #[serde(default)]
    pub profiles: Vec<ProfileSpec>,
    /// Each kind of organisation.
    #[serde(default)]
    pub kinds: Vec<Located<KindSpec>>,
    /// Kinds that are like another one but for a few things.
    #[serde(default)]
    pub variants: Vec<VariantSpec>,
    /// Suppliers and their market shares.
    #[serde(default)]
    pub suppliers: Vec<Located<SupplierSpec>>,
    /// What a supplier's platform is like.
    #[serde(default)]
    pub platform: Option<PlatformSpec>,
    /// How organisations are joined where no file says it.
    #[serde(default)]
    pub joins: Option<JoinsSpec>,
    /// Words that names are made of.
    #[serde(default)]
    pub names: NamesSpec,
    /// The whole country: how many there are of each kind and where, and how much care they give.
    #[serde(default)]
    pub nation: Option<NationSpec>,
}

/// A country.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NationSpec {
    /// Its name.
    pub name: String,
    /// Regions, in an order in which neighbours follow each other.
    pub regions: Vec<RegionSpec>,
    /// Care systems that became one; which there are follows from the day on which a scenario starts.
    #[serde(default)]
    pub mergers: Vec<MergerSpec>,
    /// From this day on there may be other care systems than these, and why.
    #[serde(default)]
    pub systems_known_until: Option<(Date, String)>,
    /// How many organisations there are of each kind.
    pub counts: Vec<CountSpec>,
    /// How much care is given in a year; the services of the templates are scaled to it.
    pub volumes: Vec<VolumeSpec>,
    /// Suppliers and their shares of the national markets.
    pub suppliers: Vec<Located<SupplierSpec>>,
    /// Markets in which a care system mostly buys from one supplier, with the share of its organisations that do.
    pub clustered: Vec<(AssetKind, Share)>,
    /// National bodies beside those of the templates, with what they run for all.
    pub bodies: Vec<Located<OrganisationSpec>>,
}

/// A region of a country.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RegionSpec {
    /// Name.
    pub name: String,
    /// People.
    pub people: f64,
    /// Lowest and highest latitude, degrees.
    pub lat: (f64, f64),
    /// Lowest and highest longitude, degrees.
    pub lon: (f64, f64),
    /// Names of its care systems, which serve as many people each; invented.
    pub systems: Vec<String>,
    /// Where the numbers come from.
    pub source: String,
}

/// Care systems that became one.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MergerSpec {
    /// The day from which they are one.
    pub from: Date,
    /// Name of the one; invented.
    pub name: String,
    /// Names of those that became it.
    pub of: Vec<String>,
    /// The notice that says so, or what stands for what here.
    pub source: String,
}

/// How many organisations of a kind there are.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CountSpec {
    /// Kind.
    pub kind: OrgKind,
    /// How many; of care boards there is one for each care system, whatever stands here.
    pub count: u32,
    /// People served for each unit of size, where size follows from them; absent: the template's sizes.
    #[serde(default)]
    pub people_per_size: Option<f64>,
    /// Sizes instead of the template's.
    #[serde(default)]
    pub size: Option<Random<Number>>,
    /// Hosts as a multiple of the template's; 1 without it.
    #[serde(default)]
    pub hosts: Option<Number>,
    /// Where the number comes from, with its year.
    pub source: String,
}

/// How much of a kind of care is given in a year.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VolumeSpec {
    /// Kind of care.
    pub care: ServiceKind,
    /// Contacts a year.
    pub yearly: f64,
    /// Where the number comes from, with its year.
    pub source: String,
}

/// Demand over the week: hours of the day × days of the week.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProfileSpec {
    /// Its name.
    pub id: String,
    /// Weight of each of 24 hours.
    pub hours: Vec<f64>,
    /// Weight of each day, Monday first.
    pub days: Vec<f64>,
    /// Where it comes from.
    pub source: String,
}

/// A kind of organisation.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KindSpec {
    /// The kind.
    pub kind: OrgKind,
    /// People served by one such organisation; how many there are follows. Absent: one in each care system.
    #[serde(default)]
    pub people_each: Option<f64>,
    /// What size counts, in words: beds, patients on the list, places.
    pub size_unit: String,
    /// Size; its median is the typical one.
    pub size: Random<Number>,
    /// Staff for each unit of size.
    pub staff_per_size: f64,
    /// Controls.
    pub posture: PostureSpec,
    /// Assets.
    pub assets: Vec<Located<AssetSpec>>,
    /// Services.
    pub services: Vec<Located<ServiceSpec>>,
    /// Share of traffic let through to the national network.
    pub national_pass: Share,
    /// Share of traffic let through between its own zones; 1 without it.
    #[serde(default = "whole")]
    pub inner_pass: Share,
    /// How names end: one is chosen.
    pub names: Vec<String>,
    /// Where the numbers come from.
    pub source: String,
}

/// A kind of organisation that is like another one, but for its size and what care it does not give.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VariantSpec {
    /// The kind.
    pub kind: OrgKind,
    /// The one that it is like.
    pub like: OrgKind,
    /// People served by one such organisation. A generated care system that has fewer has none.
    pub people_each: f64,
    /// Size.
    pub size: Random<Number>,
    /// Care that it does not give.
    pub without: Vec<ServiceKind>,
    /// How names end: one is chosen.
    pub names: Vec<String>,
    /// Where the numbers come from.
    pub source: String,
}

/// A supplier that hosts a platform for others.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SupplierSpec {
    /// Text id.
    pub id: String,
    /// Name, invented.
    pub name: String,
    /// What it hosts.
    pub platform: AssetKind,
    /// For whom, and with which share of each kind.
    pub customers: Vec<(OrgKind, Share)>,
    /// Share of traffic let through between it and a customer.
    pub pass: Share,
    /// Hosts of the platform.
    pub hosts: u32,
    /// Whether customers sign in through it (federated identity), so that an intruder may too.
    #[serde(default)]
    pub federated: bool,
    /// Whether each customer has an instance of its own, which is lost with the platform and restored and assured by itself.
    #[serde(default)]
    pub instances: bool,
    /// Where the share comes from.
    pub source: String,
}

/// What a supplier hosts for others: its hosts are the supplier's, the rest holds for all.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlatformSpec {
    /// Share of its hosts whose loss stops it altogether.
    pub stops_at: Share,
    /// Assets of the supplier that it needs, with the share of it lost without them.
    pub needs: Vec<(AssetKind, Share)>,
    /// Effort to restore it, whatever its size.
    pub restore_fixed: PersonHours,
    /// Effort to restore each host.
    pub restore_per_host: PersonHours,
    /// Why these numbers.
    pub source: String,
}

/// Shares of traffic let through where no file states them.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JoinsSpec {
    /// Between a supplier that is on no market of the templates and a customer.
    pub unlisted_supplier: Share,
    /// Between trusts of one care system, which accept each other's sign-in (federated identity).
    pub trusts: Share,
    /// Between a trust and its laboratory network (VPN).
    pub laboratory: Share,
    /// Between a practice and its care board (mail).
    pub practice: Share,
    /// Why these numbers.
    pub source: String,
}

/// Words that names are made of.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NamesSpec {
    /// Beginnings of place names.
    pub first: Vec<String>,
    /// Ends of place names.
    pub last: Vec<String>,
}
