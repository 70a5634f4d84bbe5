//! What can be due in the phase Response.

use crate::catalogue::action::Action;
use crate::estate::OrgId;
use crate::sim::core::trace::Cause;

/// People of one team who work for another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loan {
    /// Whose team they help.
    pub to: OrgId,
    /// Whose they are.
    pub from: OrgId,
    /// Who asked for them.
    pub asked: OrgId,
    /// Whether they are the national team.
    pub national: bool,
    /// How many.
    pub people: f64,
}

/// What is due in the phase Response.
#[derive(Clone, Copy, Debug)]
pub enum ResponseEvent {
    /// An order is given, by a rule or by a person.
    Order(OrgId, Action, Cause),
    /// A team's work is to be counted: a job is done or the shift changes.
    Count(OrgId, u32),
    /// An organisation takes stock of what is left to be done.
    TakeStock(OrgId),
    /// People arrive at a team, from another one, because an organisation asked for them.
    Arrive(Loan),
    /// Those who came from a team go home to it.
    GoHome(OrgId),
    /// A team that was lent people has had nothing to do for a day, if nothing has rescheduled it since: they go home.
    Idle(OrgId, u32),
}
