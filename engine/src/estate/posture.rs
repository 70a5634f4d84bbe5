//! An organisation's controls, each named as in the field; what the levers of a strategy change.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::random::{Random, Resolve, Resolver};
use crate::units::{Number, Share};

macro_rules! posture {
    ($($(#[doc = $doc:literal])* $field:ident $control:ident: $unit:ident;)*) => {
        /// Controls as a file states them: each a value, or a distribution over organisations of the kind.
        #[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields, default)]
        pub struct PostureSpec { $($(#[doc = $doc])* pub $field: Option<Random<$unit>>,)* }

        /// One organisation's controls: shares in [0, 1]; responders are people.
        #[derive(Clone, Copy, Debug, Default, PartialEq)]
        pub struct Posture { $($(#[doc = $doc])* pub $field: f64,)* }

        /// Names one control, for a lever to change.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
        pub enum Control { $($(#[doc = $doc])* $control,)* }

        impl PostureSpec {
            /// What this one states, else what `base` states.
            pub fn with_fallback(&self, base: &Self) -> Self {
                Self { $($field: self.$field.clone().or_else(|| base.$field.clone()),)* }
            }
            /// Whether it states every control.
            pub fn is_whole(&self) -> bool {
                true $(&& self.$field.is_some())*
            }
            /// One organisation's controls, with `uniform` giving a number for a control, by its name.
            pub fn draw(&self, uniform: impl Fn(&str) -> f64, with: &mut Resolver) -> Posture {
                $(let $field = posture!(@draw $unit, self.$field, uniform(stringify!($field)), with);)*
                Posture { $($field,)* }
            }
            /// The first thing wrong with a stated distribution.
            pub fn validate(&self) -> Option<String> {
                None$(.or_else(|| self.$field.as_ref().and_then(Resolve::validate).map(|f| format!("{}: {f}", stringify!($field)))))*
            }
        }
        impl Control {
            /// All of them, in order.
            pub const ALL: &'static [Self] = &[$(Self::$control),*];
            /// Its name in files and paths of values.
            pub const fn name(self) -> &'static str { match self { $(Self::$control => stringify!($field)),* } }
            /// Its name in words.
            pub fn label(self) -> String { self.name().replace('_', " ") }
            /// What it is, in a line.
            pub const fn about(self) -> &'static str { match self { $(Self::$control => concat!($($doc),*).trim_ascii()),* } }
            /// Whether it is a share from 0 to 1; the others count people.
            pub const fn is_share(self) -> bool { match self { $(Self::$control => posture!(@share $unit)),* } }
        }
        impl Posture {
            /// The control's value.
            pub fn control(&mut self, control: Control) -> &mut f64 {
                match control { $(Control::$control => &mut self.$field,)* }
            }
        }
    };
    (@share Share) => { true };
    (@share Number) => { false };
    (@draw Share, $field:expr, $uniform:expr, $with:ident) => {
        $field.as_ref().map_or(0.0, |s| s.resolve($with).at($uniform).clamp(0.0, 1.0))
    };
    (@draw Number, $field:expr, $uniform:expr, $with:ident) => {
        $field.as_ref().map_or(0.0, |s| s.resolve($with).at($uniform).round())
    };
}

posture! {
    /// Share of systems with this month's security updates (CAF B4).
    patching Patching: Share;
    /// Share of hosts on operating systems that no longer get updates.
    unsupported Unsupported: Share;
    /// Share of accounts and remote access behind a second factor (CAF B2).
    multi_factor MultiFactor: Share;
    /// Share of hosts with endpoint detection and response in blocking mode (CAF C1).
    endpoint_detection EndpointDetection: Share;
    /// How far the network is divided, 0 = flat (CAF B4).
    segmentation Segmentation: Share;
    /// Share of systems with a backup that an intruder cannot reach (CAF B5).
    isolated_backups IsolatedBackups: Share;
    /// Share of systems whose restore was rehearsed in the last year.
    tested_restores TestedRestores: Share;
    /// Share of the hours outside office hours that somebody watches the alerts (CAF C1).
    monitoring_hours MonitoringHours: Share;
    /// Share of people who would not fall for a good phishing e-mail (CAF B6).
    phishing_resistance PhishingResistance: Share;
    /// Share of people who would report one.
    phishing_reporting PhishingReporting: Share;
    /// How well the incident plan is exercised, 0 = on paper only (CAF D1).
    exercised_plans ExercisedPlans: Share;
    /// How able and ready leaders are to decide, also at night (CAF A1).
    leadership Leadership: Share;
    /// Readiness to work on paper (CAF D1).
    continuity Continuity: Share;
    /// Share of suppliers whose security is assured and whose access is limited (CAF A4).
    supplier_assurance SupplierAssurance: Share;
    /// Share of assets that are known and in the inventory (CAF A3).
    asset_visibility AssetVisibility: Share;
    /// Share of devices and systems bought secure by design (CAF B4).
    secure_design SecureDesign: Share;
    /// Responders of one's own, in people.
    responders Responders: Number;
}
