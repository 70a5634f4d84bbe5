//! What can be due in the phase Response.

use crate::catalogue::action::Action;
use crate::estate::OrgId;
use crate::sim::core::trace::Cause;

/// What is due in the phase Response.
#[derive(Clone, Copy, Debug)]
pub enum ResponseEvent {
    /// An order is given, by a rule or by a person.
    Order(OrgId, Action, Cause),
    /// A team's work is to be counted: a job is done or the shift changes.
    Count(OrgId, u32),
    /// People arrive at a team, from another one.
    Arrive(OrgId, OrgId, u32),
}
