//! Makes the authored form of a care system for a population from the templates. It invents names and places;
//! the numbers are the templates'.

use crate::catalogue::kinds::{AssetKind, ConnectionKind, OrgKind, OrgRole};
use crate::estate::spec::{
    ConnectionSpec, GenerateSpec, InlineSpec, JoinsSpec, KindSpec, OrganisationSpec, SupplierSpec,
    TemplateSpec,
};
use crate::random::{Resolve, Resolver};
use crate::source::{Diagnostic, Diagnostics, Located, suggest};
use crate::streams::{StreamName, Streams};
use crate::units::Share;

const POPULATIONS: std::ops::RangeInclusive<u32> = 50_000..=3_000_000;

/// The care system of so many people that `spec` asks for, and the template with its suppliers.
///
/// # Errors
/// When the population is out of range or the template lacks what is needed.
pub fn generate(
    spec: &GenerateSpec,
    population: &Located<u32>,
    mut template: TemplateSpec,
) -> Result<(InlineSpec, TemplateSpec), Diagnostics> {
    if let Some(only) = spec.only.first() {
        let what = "`only` cuts the nation, and this estate is one care system";
        let mistake = Diagnostic::new(only.at.clone(), what).help("leave out `population`, or `only`");
        return Err(mistake.into());
    }
    let at = population.at.clone();
    let population = population.get().copied().unwrap_or(1_200_000);
    if !POPULATIONS.contains(&population) {
        let what = format!("a population lies between {} and {}", POPULATIONS.start(), POPULATIONS.end());
        return Err(Diagnostic::new(at, what).into());
    }
    markets(spec, &mut template.suppliers)?;
    let mut g = Generator { template: &template, streams: Streams::new(spec.seed, 0), used: vec![], next: 0 };
    let region = g.place_name();
    let mut organisations = suppliers(&template.suppliers, &region, (52.4, -1.9));
    // Of what serves more people than any care system has, none is its own.
    let rare = |k: &&KindSpec| k.people_each.is_some_and(|each| each > f64::from(*POPULATIONS.end()));
    let providers = template.kinds.iter().filter_map(Located::get).filter(|k| !rare(k));
    for kind in providers.filter(|k| k.kind.role() != OrgRole::Supplier) {
        g.kind(kind, population, &region, &mut organisations);
    }
    let connections = joins(organisations.iter(), template.joins(), &spec.joined);
    Ok((
        InlineSpec { organisations: organisations.into_iter().map(Into::into).collect(), connections },
        template,
    ))
}

/// Suppliers as organisations, each once.
pub(super) fn suppliers(
    all: &[Located<SupplierSpec>],
    region: &str,
    place: (f64, f64),
) -> Vec<OrganisationSpec> {
    let mut out: Vec<OrganisationSpec> = vec![];
    for s in all.iter().filter_map(Located::get) {
        let hosts = f64::from(s.hosts);
        match out.iter_mut().find(|o| o.id.get() == Some(&s.id)) {
            Some(o) => o.size = o.size.take().and_then(|size| size.value).map(|size| (size + hosts).into()),
            None => out.push(OrganisationSpec {
                size: Some(hosts.into()),
                ..blank(&s.id, &s.name, OrgKind::Supplier, region, place)
            }),
        }
    }
    out
}

/// Puts the suppliers that `spec` asks for before those of the template, and takes away those that there are not.
pub(super) fn markets(spec: &GenerateSpec, all: &mut Vec<Located<SupplierSpec>>) -> Result<(), Diagnostics> {
    let mut diagnostics = Diagnostics::default();
    for id in &spec.without {
        let Some(text) = id.get() else { continue };
        let known: Vec<&str> = all.iter().filter_map(Located::get).map(|s| s.id.as_str()).collect();
        if !known.contains(&text.as_str()) {
            diagnostics.wrong(&id.at, format!("the template has no supplier '{text}'")).help =
                Some(suggest(text, "there are: ", known));
        }
    }
    all.retain(|s| s.get().is_some_and(|s| spec.without.iter().all(|id| id.get() != Some(&s.id))));
    all.splice(0..0, spec.suppliers.iter().cloned());
    if diagnostics.list.is_empty() { Ok(()) } else { Err(diagnostics) }
}

pub(super) fn blank(
    id: &str,
    name: &str,
    kind: OrgKind,
    region: &str,
    place: (f64, f64),
) -> OrganisationSpec {
    OrganisationSpec {
        id: id.to_owned().into(),
        name: name.to_owned(),
        kind,
        region: Some(region.to_owned()),
        size: None,
        place: Some(place),
        posture: None,
        assets: None,
        services: None,
        suppliers: vec![],
    }
}

struct Generator<'a> {
    template: &'a TemplateSpec,
    streams: Streams,
    used: Vec<String>,
    next: u64,
}

impl Generator<'_> {
    fn uniform(&mut self) -> f64 {
        self.next += 1;
        self.streams.stream(StreamName::RegionalEstate { n: self.next }).uniform()
    }

    fn pick<'b>(&mut self, list: &'b [String]) -> &'b str {
        let at = (self.uniform() * list.len() as f64) as usize;
        list.get(at).map_or("", String::as_str)
    }

    /// A place name that was not used before.
    fn place_name(&mut self) -> String {
        let names = &self.template.names;
        for _ in 0..200 {
            let name = format!("{}{}", self.pick(&names.first), self.pick(&names.last));
            if !self.used.contains(&name) {
                self.used.push(name.clone());
                return name;
            }
        }
        let name = format!("Place{}", self.used.len());
        self.used.push(name.clone());
        name
    }

    fn kind(&mut self, kind: &KindSpec, population: u32, region: &str, out: &mut Vec<OrganisationSpec>) {
        let count = kind
            .people_each
            .map_or(1, |each| (f64::from(population) / each.max(1.0)).round().max(1.0) as usize);
        let first = out.len();
        let mut total = 0.0;
        let mut sizes = Vec::with_capacity(count);
        let size = kind.size.resolve(&mut Resolver::new(self.streams));
        for _ in 0..count {
            let drawn = size.at(self.uniform()).max(1.0);
            total += drawn;
            sizes.push(drawn);
        }
        // The mean size stays the template's, so that totals follow the population and not the luck of a few draws; where the people are
        // fewer than one such organisation serves, it is as much smaller.
        let fewer = kind.people_each.map_or(1.0, |each| (f64::from(population) / each.max(1.0)).min(1.0));
        let mean = size_mean(&size) * fewer;
        for drawn in sizes {
            let scaled = (drawn * mean * count as f64 / total).round().max(1.0);
            let town = if count == 1 { region.to_owned() } else { self.place_name() };
            let ending = if kind.names.is_empty() { "" } else { self.pick(&kind.names) };
            let name = format!("{town} {ending}");
            let mut id: String = name
                .to_lowercase()
                .chars()
                .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
                .collect();
            while out.iter().any(|o| o.id.get() == Some(&id)) {
                id.push('x');
            }
            // Towns spread over a county of about 60 by 60 km.
            let place = (52.2 + 0.55 * self.uniform(), -2.2 + 0.9 * self.uniform());
            let suppliers = self.suppliers(kind.kind);
            out.push(OrganisationSpec {
                size: Some(scaled.into()),
                suppliers,
                ..blank(&id, &name, kind.kind, region, place)
            });
        }
        debug_assert_eq!(out.len() - first, count);
    }

    /// One supplier for each platform on offer to the kind, by market share; the rest of the market runs its own.
    fn suppliers(&mut self, kind: OrgKind) -> Vec<(AssetKind, Located<String>)> {
        let mut chosen: Vec<(AssetKind, Located<String>)> = vec![];
        let mut markets: Vec<AssetKind> = vec![];
        let offers: Vec<_> = self
            .template
            .suppliers
            .iter()
            .filter_map(Located::get)
            .filter_map(|s| {
                s.customers
                    .iter()
                    .find(|(k, _)| *k == kind)
                    .map(|(_, share)| (s.platform, share.get(), s.id.clone()))
            })
            .collect();
        for (platform, ..) in &offers {
            if markets.contains(platform) {
                continue;
            }
            markets.push(*platform);
            let u = self.uniform();
            let mut upto = 0.0;
            for (_, share, id) in offers.iter().filter(|(p, ..)| p == platform) {
                upto += share;
                if u < upto {
                    chosen.push((*platform, id.clone().into()));
                    break;
                }
            }
        }
        chosen
    }
}

/// Mean of a distribution by the midpoint rule over its quantiles.
pub(super) fn size_mean(size: &crate::random::Quantile) -> f64 {
    (0..200).map(|i| size.at((f64::from(i) + 0.5) / 200.0)).sum::<f64>() / 200.0
}

/// Kinds of organisation that accept each other's sign-in.
const TRUSTS: [OrgKind; 4] =
    [OrgKind::AcuteTrust, OrgKind::MentalHealthTrust, OrgKind::CommunityTrust, OrgKind::SpecialistTrust];

/// Whether organisations of this kind accept each other's sign-in.
pub(super) fn is_trust(kind: OrgKind) -> bool {
    TRUSTS.contains(&kind)
}

/// Trusts of a care system trust each other's sign-in and are joined to their care board and laboratory.
pub(super) fn joins<'o>(
    organisations: impl Iterator<Item = &'o OrganisationSpec>,
    usual: &JoinsSpec,
    joined: &[(OrgKind, ConnectionKind, Share)],
) -> Vec<Located<ConnectionSpec>> {
    let organisations: Vec<_> = organisations.collect();
    let of = |kind: OrgKind| organisations.iter().copied().filter(move |o| o.kind == kind);
    let trusts: Vec<_> = TRUSTS.into_iter().flat_map(of).collect();
    let mut out = Vec::new();
    let mut join = |a: &OrganisationSpec, b: &OrganisationSpec, kind, pass| {
        out.push(ConnectionSpec { from: a.id.clone(), to: b.id.clone(), kind, pass }.into());
    };
    for (i, a) in trusts.iter().enumerate() {
        for b in &trusts[i + 1..] {
            join(a, b, ConnectionKind::FederatedIdentity, usual.trusts);
        }
        for lab in of(OrgKind::PathologyNetwork) {
            join(a, lab, ConnectionKind::Vpn, usual.laboratory);
        }
    }
    let mail = (OrgKind::GpPractice, ConnectionKind::Mail, usual.practice);
    let mail = [mail].into_iter().filter(|u| joined.iter().all(|j| j.0 != u.0));
    for (kind, via, pass) in mail.chain(joined.iter().copied()) {
        for board in of(OrgKind::CareBoard) {
            of(kind).for_each(|o| join(board, o, via, pass));
        }
    }
    out
}
