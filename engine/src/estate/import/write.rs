//! The estate's file, as `scenario` reads it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::Importer;
use crate::estate::spec::{AssetSpec, On, ServiceSpec};
use crate::source::Located;
use crate::streams::text_id;
use crate::units::SimDuration;

impl Importer<'_> {
    pub(super) fn write(&mut self, places: &BTreeMap<String, (f64, f64)>) -> String {
        let regions: Vec<&String> =
            self.orgs.values().map(|o| &o.region).collect::<BTreeSet<_>>().into_iter().collect();
        let mut out = String::from("// Imported by `resus estate import`.\n(\n    organisations: [\n");
        let mut unplaced = 0;
        for (id, o) in &self.orgs {
            let at = regions.binary_search(&&o.region).unwrap_or(0);
            let (lat, lon) = places.get(&o.postcode).copied().unwrap_or_else(|| {
                unplaced += usize::from(!o.postcode.is_empty());
                made_up(at, &o.postcode)
            });
            let _ = write!(
                out,
                "        (id: \"{id}\", name: {:?}, kind: {}, region: {:?}, place: ({lat:.4}, {lon:.4})",
                o.name,
                o.kind.name(),
                o.region
            );
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
        out += "    ],\n)\n";
        if unplaced > 0 {
            self.notes.push(format!(
                "{unplaced} postcodes have no place: neighbours are those of the same region. Give places with --places."
            ));
        }
        out
    }
}

/// A place that nobody stated: regions lie side by side, and organisations of one region together.
fn made_up(region: usize, postcode: &str) -> (f64, f64) {
    let aside = |salt: u64| (text_id(postcode).rotate_left(salt as u32) % 1000) as f64 / 1000.0 * 0.2;
    (50.5 + 0.8 * (region / 8 % 10) as f64 + aside(0), -4.5 + 0.9 * (region % 8) as f64 + aside(17))
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
        "            (kind: {}, daily_per_size: {:?}, profile: {:?}, headroom: {:?}, deferrable: {:?}, harm: {:?}, value: {:?}",
        s.kind.name(),
        s.daily_per_size,
        s.profile.get().map_or("", String::as_str),
        s.headroom.get(),
        s.deferrable.get(),
        s.harm.get(),
        s.value.get()
    );
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
        };
        let _ = write!(out, "                (on: {on}, loss: {:?}", n.loss.get());
        if let Some(w) = n.workaround {
            let _ = write!(out, ", workaround: {:?}", w.get());
        }
        minutes(out, "onset", n.onset);
        minutes(out, "tires", n.tires);
        *out += "),\n";
    }
    *out += "            ]),\n";
}
