//! Containment towards others: connections are cut. A cut is its maker's own: whoever reconnects takes back only that.

use super::{ActionRules, Doing, PLAIN};
use crate::catalogue::action::Target;
use crate::catalogue::kinds::{ConnectionKind, OrgRole};
use crate::estate::{AssetId, Connection, ConnectionId, OrgId};
use crate::sim::core::trace::Cause;
use crate::sim::response::ResponseParams;
use crate::sim::state::jobs::Class;
use crate::units::SimTime;

pub(super) const ORGANISATION: ActionRules = ActionRules {
    class: Class::Containment,
    effect: |response, doing| response.cut(doing, |_, _| true),
    ..PLAIN
};

pub(super) const NATIONAL_NETWORK: ActionRules = ActionRules {
    class: Class::Containment,
    effect: |response, doing| {
        response.cut(doing, |c, other| {
            other.is_none() || c.kind == ConnectionKind::Hosted || c.kind == ConnectionKind::Mail
        });
    },
    ..PLAIN
};

pub(super) const SUPPLIER: ActionRules = ActionRules {
    class: Class::Containment,
    effect: |response, doing| {
        let scenario = response.ctx.setup.scenario.clone();
        let estate = &scenario.estate;
        for &c in &estate.org(doing.org).connections {
            let Some(other) = estate.other_end(c, doing.org) else { continue };
            let state = |a: AssetId| response.infrastructure.assets.get(a);
            let affected = |a: AssetId| state(a).down() > 0 || state(a).held > 0;
            let aimed_at = estate.org(other).kind.role() == OrgRole::Supplier
                && (doing.to == Target::All || estate.assets_of(other).any(affected));
            if aimed_at {
                response.cut_one(doing.now, doing.org, c, doing.cause);
            }
        }
    },
    ..PLAIN
};

impl ResponseParams<'_, '_> {
    /// Cuts those connections with others that are meant.
    fn cut(&mut self, doing: &Doing, which: impl Fn(&Connection, Option<OrgId>) -> bool) {
        let scenario = self.ctx.setup.scenario.clone();
        let estate = &scenario.estate;
        for &c in &estate.org(doing.org).connections {
            let other = estate.other_end(c, doing.org);
            if other != Some(doing.org) && which(&estate.connections[c.ix()], other) {
                self.cut_one(doing.now, doing.org, c, doing.cause);
            }
        }
    }

    fn cut_one(&mut self, now: SimTime, org: OrgId, c: ConnectionId, cause: Cause) {
        let scenario = self.ctx.setup.scenario.clone();
        let estate = &scenario.estate;
        if self.infrastructure.links.cut(estate, c, org) {
            self.care.link_changed(c);
            if estate.org(org).kind.role() == OrgRole::Supplier
                && let Some(customer) = estate.other_end(c, org)
            {
                self.lost_to(now, customer, cause);
            }
        }
    }
}
