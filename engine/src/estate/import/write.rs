//! The estate's file, as `scenario` reads it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::Importer;
use crate::estate::generate::{blank, is_trust, joins};
use crate::estate::spec::{AssetSpec, ConnectionSpec, On, OrganisationSpec, ServiceSpec};
use crate::source::Located;
use crate::units::SimDuration;

/// The most trusts of a care system; what has more is several of them.
const MOST_TRUSTS: usize = 30;

impl Importer<'_> {
    pub(super) fn write(&mut self) -> String {
        let mut out = String::from(
            "// Imported by `resus estate import`. What an organisation leaves out is typical of its kind.\n(\n    organisations: [\n",
        );
        for (id, o) in &self.orgs {
            let _ = write!(
                out,
                "        (id: \"{id}\", name: {:?}, kind: {}, region: {:?}",
                o.name,
                o.kind.name(),
                o.region
            );
            if let Some((lat, lon)) = o.place {
                let _ = write!(out, ", place: ({lat:?}, {lon:?})");
            }
            if !o.posture.is_empty() {
                let list: Vec<String> = o.posture.iter().map(|(name, v)| format!("{name}: {v:?}")).collect();
                let _ = write!(out, ", posture: ({})", list.join(", "));
            }
            if let Some(size) = o.size {
                let _ = write!(out, ", size: {size:?}");
            }
            if !o.suppliers.is_empty() {
                let list: Vec<String> =
                    o.suppliers.iter().map(|(k, s)| format!("({}, \"{s}\")", k.name())).collect();
                let _ = write!(out, ", suppliers: [{}]", list.join(", "));
            }
            if let Some(assets) = &o.assets {
                out += ", assets: [\n";
                for a in assets {
                    write_asset(&mut out, a);
                }
                out += "        ]";
            }
            if let Some(services) = &o.services {
                out += ", services: [\n";
                for s in services {
                    write_service(&mut out, s);
                }
                out += "        ]";
            }
            out += "),\n";
        }
        out += "    ],\n";
        let connections = self.connections();
        if !connections.is_empty() {
            self.notes.push(format!(
                "Added: {} connections as the templates have them, inside each region: trusts that accept each other's sign-in and are joined to their laboratory, practices to their care board.",
                connections.len()
            ));
            out += "    connections: [\n";
            for c in connections.iter().filter_map(Located::get) {
                let id = |id: &Located<String>| id.get().cloned().unwrap_or_default();
                let _ = writeln!(
                    out,
                    "        (from: \"{}\", to: \"{}\", kind: {}, pass: {:?}),",
                    id(&c.from),
                    id(&c.to),
                    c.kind.name(),
                    c.pass.get()
                );
            }
            out += "    ],\n";
        }
        out += ")\n";
        out
    }

    /// What usually joins organisations of one care system.
    fn connections(&mut self) -> Vec<Located<ConnectionSpec>> {
        let mut regions: BTreeMap<&str, Vec<OrganisationSpec>> = BTreeMap::new();
        for (id, o) in &self.orgs {
            let spec = OrganisationSpec { place: None, ..blank(id, &o.name, o.kind, &o.region, (0.0, 0.0)) };
            regions.entry(&o.region).or_default().push(spec);
        }
        let (mut out, mut large) = (vec![], vec![]);
        for (region, members) in &regions {
            if members.iter().filter(|o| is_trust(o.kind)).count() > MOST_TRUSTS {
                large.push((*region).to_owned());
            } else {
                out.extend(joins(members.iter(), self.template.joins(), &[]));
            }
        }
        for region in large {
            self.notes.push(format!(
                "'{region}' has more than {MOST_TRUSTS} trusts, which is no care system: none of its organisations is joined with another. Give each its region."
            ));
        }
        out
    }
}

fn write_asset(out: &mut String, a: &AssetSpec) {
    let _ = write!(
        out,
        "            (kind: {}, hosts: {:?}, hosts_per_size: {:?}, segment: {}, stops_at: {:?}, restore_fixed: {:?}, restore_per_host: {:?}, records_per_size: {:?}",
        a.kind.name(),
        a.hosts,
        a.hosts_per_size,
        a.segment.name(),
        a.stops_at.get(),
        a.restore_fixed.get(),
        a.restore_per_host.get(),
        a.records_per_size
    );
    if !a.holds.is_empty() {
        let holds: Vec<String> =
            a.holds.iter().map(|(k, s)| format!("({}, {:?})", k.name(), s.get())).collect();
        let _ = write!(out, ", holds: [{}]", holds.join(", "));
    }
    if !a.needs.is_empty() {
        let needs: Vec<String> =
            a.needs.iter().map(|(k, s)| format!("({}, {:?})", k.name(), s.get())).collect();
        let _ = write!(out, ", needs: [{}]", needs.join(", "));
    }
    *out += "),\n";
}

fn write_service(out: &mut String, s: &ServiceSpec) {
    let _ = write!(
        out,
        "            (kind: {}, daily_per_size: {:?}, profile: {:?}, headroom: {:?}, deferrable: {:?}, value: {:?}",
        s.kind.name(),
        s.daily_per_size,
        s.profile.get().map_or("", String::as_str),
        s.headroom.get(),
        s.deferrable.get(),
        s.value.get()
    );
    if let Some(harm) = s.harm {
        let _ = write!(out, ", harm: {:?}", harm.get());
    }
    let minutes = |out: &mut String, name: &str, d: Option<SimDuration>| {
        if let Some(d) = d {
            let _ = write!(out, ", {name}: \"{} min\"", d.get());
        }
    };
    minutes(out, "handling", s.handling);
    minutes(out, "patience", s.patience);
    if let Some(d) = s.divertible {
        let _ = write!(out, ", divertible: {:?}", d.get());
    }
    *out += ", needs: [\n";
    for n in s.needs.iter().filter_map(Located::get) {
        let on = match n.on {
            On::Asset(k) => format!("Asset({})", k.name()),
            On::Service(k) => format!("Service({})", k.name()),
            On::Services(k) => format!("Services({})", k.name()),
        };
        let _ = write!(out, "                (on: {on}, loss: {:?}", n.loss.get());
        if let Some(w) = n.workaround {
            let _ = write!(out, ", workaround: {:?}", w.get());
        }
        minutes(out, "onset", n.onset);
        minutes(out, "learns", n.learns);
        minutes(out, "tires", n.tires);
        if n.hard {
            *out += ", hard: true";
        }
        *out += "),\n";
    }
    *out += "            ]),\n";
}
