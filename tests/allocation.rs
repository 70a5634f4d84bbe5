//! No allocation per event.
