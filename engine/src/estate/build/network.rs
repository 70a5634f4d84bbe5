//! What joins organisations: segments with one another and with the national network, customers with suppliers, and authored connections.

use super::Builder;
use crate::catalogue::kinds::ConnectionKind;
use crate::estate::spec::{InlineSpec, OrganisationSpec};
use crate::estate::{Connection, ConnectionId, OrgId, SegmentId};
use crate::source::{Located, did_you_mean};

impl Builder<'_> {
    pub(super) fn join(
        &mut self,
        a: SegmentId,
        b: SegmentId,
        kind: ConnectionKind,
        pass: f64,
    ) -> ConnectionId {
        let id = ConnectionId(self.estate.connections.len() as u32);
        self.estate.connections.push(Connection { a, b, kind, pass });
        for end in [a, b] {
            self.estate.segments[end.ix()].connections.push(id);
            if let Some(owner) = self.estate.segments[end.ix()].owner {
                let list = &mut self.estate.organisations[owner.ix()].connections;
                if list.last() != Some(&id) {
                    list.push(id);
                }
            }
        }
        id
    }

    fn find(&mut self, id: &Located<String>) -> Option<OrgId> {
        let text = id.get()?;
        let found = self.estate.find_org(text);
        if found.is_none() {
            let known = self.estate.organisations.iter().map(|o| o.id.as_str());
            self.diagnostics.wrong(&id.at, format!("no organisation '{text}'")).help =
                did_you_mean(text, known);
        }
        found
    }

    fn lan(&self, org: OrgId) -> SegmentId {
        SegmentId(self.estate.org(org).segments.start)
    }

    pub(super) fn connect(&mut self, spec: &InlineSpec, specs: &[&OrganisationSpec]) {
        if self.estate.organisations.len() != specs.len() {
            return;
        }
        for (i, o) in specs.iter().enumerate() {
            let org = OrgId(i as u32);
            for (kind, supplier) in &o.suppliers {
                let Some(at) = self.find(supplier) else { continue };
                if !self.by_kind[at.ix()].contains_key(kind) {
                    let what = format!("supplier '{}' hosts no {}", self.estate.org(at).id, kind.label());
                    self.diagnostics.wrong(&supplier.at, what);
                    continue;
                }
                let market = self
                    .template
                    .suppliers
                    .iter()
                    .filter_map(Located::get)
                    .find(|s| s.id == self.estate.org(at).id && s.platform == *kind);
                let unlisted = self.template.joins().unlisted_supplier.get();
                let (pass, federated) = market.map_or((unlisted, false), |m| (m.pass.get(), m.federated));
                let instance = market.is_some_and(|m| m.instances);
                let link = if federated { ConnectionKind::FederatedIdentity } else { ConnectionKind::Hosted };
                let connection = self.join(self.lan(org), self.lan(at), link, pass);
                // Its people's records lie with the supplier.
                let usual = &self.kinds[&o.kind].assets;
                let own = usual.iter().filter_map(Located::get).find(|a| a.kind == *kind);
                let platform = self.by_kind[at.ix()][kind];
                if let Some(a) = own {
                    let size = self.estate.org(org).size;
                    let asset = &mut self.estate.assets[platform.ix()];
                    asset.records += a.records_per_size.max(0.0) * size;
                    asset.holds.iter_mut().zip(a.held(size)).for_each(|(all, more)| *all += more);
                }
                self.hosted[i].push((*kind, at, connection));
                if instance {
                    self.estate.assets[platform.ix()].instances.push(connection);
                }
            }
        }
        for c in &spec.connections {
            let Some(c) = c.get() else { continue };
            if let (Some(a), Some(b)) = (self.find(&c.from), self.find(&c.to)) {
                if a == b {
                    self.diagnostics.wrong(&c.to.at, "a connection joins two organisations");
                } else {
                    self.join(self.lan(a), self.lan(b), c.kind, c.pass.get());
                }
            }
        }
    }
}
