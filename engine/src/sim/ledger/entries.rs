//! What is written into the accounts, and what they tell beside the outcomes.

use crate::estate::OrgId;

/// One hour of one service, in contacts.
#[derive(Clone, Copy, Debug)]
pub struct CareHour {
    /// Own demand, with those who turned up because another kind of service had lost them.
    pub demand: f64,
    /// Of these, the latter.
    pub arrived: f64,
    /// Served of it.
    pub served: f64,
    /// Sent to neighbours.
    pub diverted: f64,
    /// Put off.
    pub deferred: f64,
    /// Lost.
    pub lost: f64,
    /// Lost here, and on the way to another kind of service, where they are counted.
    pub spilled: f64,
    /// Served from the backlog.
    pub drained: f64,
    /// Waiting afterwards.
    pub waiting: f64,
    /// Share of its usual capacity that it had.
    pub capacity_share: f64,
    /// Hours waited on the line by the hour's callers together; 0 where contacts are no calls.
    pub on_hold: f64,
}

impl CareHour {
    /// Below this share of its capacity a service counts as disturbed.
    pub const DISTURBED: f64 = 0.95;
}

/// Hours between the points of [`Detail::capacity`].
pub const CURVE_STEP: usize = 6;

/// What a replicate's outcomes leave out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Detail {
    /// Organisations entered or struck.
    pub hit: Vec<OrgId>,
    /// Share of harm-weighted capacity that is there, every [`CURVE_STEP`] hours from the first impact to the end; empty without an impact.
    pub capacity: Vec<f32>,
    /// Harm-weighted contacts by service.
    pub harm: Vec<f64>,
}

/// One service's account of a run, in contacts; kept on request.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Account {
    /// Harm-weighted contacts.
    pub harm: f64,
    /// The same without the weight: as many contacts as if so many had been lost.
    pub as_lost: f64,
    /// Not served on the day: diverted, deferred, lost or gone elsewhere.
    pub unmet: f64,
    /// Of these, newly put off …
    pub deferred: f64,
    /// … and sent to neighbours.
    pub diverted: f64,
    /// Served from the backlog.
    pub drained: f64,
    /// Those whom neighbours sent, and those who turned up because another kind of service had lost them.
    pub received: f64,
    /// Hours of its full capacity that were lost.
    pub hours_lost: f64,
    /// Calls that came while it was disturbed …
    pub calls: f64,
    /// … and hours that they waited together.
    pub on_hold: f64,
}

impl Account {
    /// Contacts given beyond the usual; below zero when care was lost.
    pub fn change(&self) -> f64 {
        self.drained + self.received - self.unmet
    }
    /// Contacts that turned up beyond the usual: those who came from elsewhere, less those sent away.
    pub fn arrivals(&self) -> f64 {
        self.received - self.diverted
    }
    /// What came since an earlier account of the same run.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Self {
        Self {
            harm: self.harm - earlier.harm,
            as_lost: self.as_lost - earlier.as_lost,
            unmet: self.unmet - earlier.unmet,
            deferred: self.deferred - earlier.deferred,
            diverted: self.diverted - earlier.diverted,
            drained: self.drained - earlier.drained,
            received: self.received - earlier.received,
            hours_lost: self.hours_lost - earlier.hours_lost,
            calls: self.calls - earlier.calls,
            on_hold: self.on_hold - earlier.on_hold,
        }
    }
}

/// What became of those whom a quiet service could not serve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Short {
    /// Contacts sent to neighbours.
    pub diverted: f64,
    /// Contacts put into the backlog.
    pub deferred: f64,
    /// Contacts lost.
    pub lost: f64,
    /// Contacts lost here that turn up elsewhere.
    pub spilled: f64,
    /// Contact-hours of waiting.
    pub waited: f64,
}

/// What is entered when the accounts are closed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LastEntries {
    /// Ransom paid, in pounds.
    pub ransom: f64,
    /// Person-hours that were worked since they were counted.
    pub in_hand: f64,
    /// Whether an intruder or a worm is still inside anybody.
    pub held: bool,
}

/// What an undisturbed drain came to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drain {
    /// Contacts served from the backlog.
    pub drained: f64,
    /// Contact-hours of waiting.
    pub waited: f64,
    /// The backlog afterwards.
    pub backlog: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn care_given_to_others_counts_and_care_not_given_counts_against() {
        let account = Account { unmet: 30.0, drained: 12.0, received: 5.0, ..Account::default() };
        assert!((account.change() + 13.0).abs() < 1e-12, "{}", account.change());
    }
}
