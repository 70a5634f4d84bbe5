//! What can be due in the phase Care.

use crate::estate::ServiceId;

/// What is due in the phase Care.
#[derive(Clone, Copy, Debug)]
pub enum CareEvent {
    /// The next whole hour.
    Hour,
    /// The backlog of a service is gone, if it has been steady since that hour.
    Drained(ServiceId, u32),
    /// A service that has been steady since that hour is to be looked at again.
    Look(ServiceId, u32),
}
