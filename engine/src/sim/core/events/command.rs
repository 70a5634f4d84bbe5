//! What can be due in the phase Command.

use crate::catalogue::event::Suspicion;
use crate::estate::OrgId;
use crate::sim::core::trace::Cause;
use crate::strategy::playbook::Trigger;

/// What is due in the phase Command.
#[derive(Clone, Copy, Debug)]
pub enum CommandEvent {
    /// An organisation suspects an incident.
    Suspect(OrgId, Suspicion, Cause),
    /// It declares.
    Declare(OrgId),
    /// It learns something.
    Learn(OrgId, Trigger, Cause),
    /// It reads an alert that it acts on by itself.
    Read(OrgId, Cause),
    /// It follows a rule, if the rule's conditions hold by then.
    Follow(OrgId, u32, Cause),
    /// The national level learns of its incident.
    NationKnows(OrgId),
    /// Shared indicators are in place everywhere.
    Indicators,
}
