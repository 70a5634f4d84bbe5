//! The weights of the harm index, by kind.

use super::HarmParameters;
use crate::catalogue::kinds::{RecordKind, ServiceKind};

/// Weight of a lost contact of each kind of service, in the order of [`ServiceKind::ALL`].
pub type Weights = [f64; ServiceKind::ALL.len()];
/// A number for each kind of record, in the order of [`RecordKind::ALL`].
pub type ByRecord = [f64; RecordKind::ALL.len()];

impl HarmParameters {
    /// Weight of one lost contact by kind of service.
    pub fn weights(&self) -> Weights {
        let mut out = [0.0; ServiceKind::ALL.len()];
        for kind in ServiceKind::ALL {
            out[*kind as usize] = match kind {
                ServiceKind::Emergency => self.emergency,
                ServiceKind::Admissions => self.admissions,
                ServiceKind::Theatres => self.theatres,
                ServiceKind::Outpatients => self.outpatients,
                ServiceKind::ImagingTests => self.imaging,
                ServiceKind::Pathology => self.pathology,
                ServiceKind::Maternity => self.maternity,
                ServiceKind::CriticalCare => self.critical_care,
                ServiceKind::HospitalPharmacy => self.hospital_pharmacy,
                ServiceKind::MentalHealthCrisis => self.mental_health_crisis,
                ServiceKind::CommunityVisits => self.community_visits,
                ServiceKind::Dispatch999 => self.dispatch_999,
                ServiceKind::Calls111 => self.calls_111,
                ServiceKind::GpAppointments => self.gp_appointments,
                ServiceKind::Dispensing => self.dispensing,
                ServiceKind::ResidentialCare => self.residential_care,
                ServiceKind::HomeCareVisits => self.home_care,
                ServiceKind::HospitalDischarge => self.hospital_discharge,
            };
        }
        out
    }

    /// Weight of one person's record that is taken and not published, by kind of record.
    pub fn record_weights(&self) -> ByRecord {
        let mut out = [0.0; RecordKind::ALL.len()];
        for kind in RecordKind::ALL {
            out[*kind as usize] = self.records
                * match kind {
                    RecordKind::Demographic => self.records_demographic,
                    RecordKind::Clinical => self.records_clinical,
                    RecordKind::MentalHealth => self.records_mental_health,
                    RecordKind::Safeguarding => self.records_safeguarding,
                    RecordKind::HomeEntry => self.records_home_entry,
                };
        }
        out
    }

    /// Harm of records that were taken, by kind.
    pub fn of_records(&self, taken: &ByRecord, published: bool) -> f64 {
        let weighed: f64 = taken.iter().zip(self.record_weights()).map(|(n, w)| n * w).sum();
        weighed * if published { self.published } else { 1.0 }
    }
}
