//! What can be due in the phase Detection.

use crate::estate::OrgId;
use crate::sim::core::trace::Cause;

/// What is due in the phase Detection.
#[derive(Clone, Copy, Debug)]
pub enum DetectionEvent {
    /// The hazard of an intrusion crosses its threshold, or its rate changes with the shift.
    Look(u32),
    /// An organisation notices a loss.
    Notice(OrgId, Cause),
    /// An organisation notices that a supplier's system is gone.
    NoticeSupplier(OrgId, Cause),
}
