//! The parameters of the model: what a file may state, and the numbers that one replicate computes with.
//! Every value of the default set, with its source, is in `scenarios/parameters/default.ron`.

mod action_cost;
mod harm;

pub use action_cost::ActionCost;
pub use harm::{ByRecord, Weights};

use schemars::JsonSchema;
use serde::Deserialize;

use crate::catalogue::action::ActionKind;
use crate::random::{Description, Param, Quantile, Random, Resolve, Resolver};
use crate::units::{Number, PersonHours, Pounds, Quantity, Share, SimDuration};

macro_rules! parameters {
    ($($(#[doc = $gdoc:literal])* $group:ident $Spec:ident $Values:ident { $($(#[doc = $doc:literal])* $field:ident: $kind:ident<$unit:ident>,)* })*) => {
        $(
            $(#[doc = $gdoc])*
            #[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
            #[serde(deny_unknown_fields, default)]
            pub struct $Spec { $($(#[doc = $doc])* pub $field: Option<$kind<$unit>>,)* }

            $(#[doc = $gdoc])*
            #[derive(Clone, Debug)]
            pub struct $Values { $($(#[doc = $doc])* pub $field: <$kind<$unit> as Resolve>::Out,)* }

            impl $Spec {
                fn with_fallback(&self, base: &Self) -> Self {
                    Self { $($field: match &self.$field {
                        Some(own) => Some(own.with_fallback(base.$field.as_ref())),
                        None => base.$field.clone(),
                    },)* }
                }
                fn validate(&self, out: &mut Vec<String>) {
                    $(if let Some(f) = self.$field.as_ref().and_then(Resolve::validate) {
                        out.push(format!("{}.{}: {f}", stringify!($group), stringify!($field)));
                    })*
                }
                fn rows(&self, out: &mut Vec<Row>) {
                    $(if let Some(p) = &self.$field {
                        let path = concat!(stringify!($group), ".", stringify!($field)).to_owned();
                        let description = p.describe();
                        out.push(Row { path, about: concat!($($doc),*).trim().to_owned(), description });
                    })*
                }
                fn set_value(&mut self, path: &str, value: f64) {
                    $(if path == concat!(stringify!($group), ".", stringify!($field)) {
                        if let Some(p) = &mut self.$field { p.set_value(value); }
                    })*
                }
                fn make_uncertain(&mut self) {
                    $(if let Some(p) = &mut self.$field { p.make_uncertain(); })*
                }
                fn priors(&self, out: &mut Vec<(String, Quantile)>) {
                    $(if let Some(prior) = self.$field.as_ref().and_then(Resolve::prior) {
                        out.push((concat!(stringify!($group), ".", stringify!($field)).to_owned(), prior));
                    })*
                }
                fn missing(&self, out: &mut Vec<String>) {
                    $(if self.$field.is_none() { out.push(format!("{}.{}", stringify!($group), stringify!($field))); })*
                }
                fn resolve(&self, with: &mut Resolver) -> $Values {
                    $Values { $($field: {
                        let path = concat!(stringify!($group), ".", stringify!($field));
                        self.$field.as_ref().expect("completeness is checked when the set is loaded").resolve(with.on(path))
                    },)* }
                }
            }
        )*

        /// The parameters of the model, by the domain that reads them. What is left out keeps its default.
        #[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields, default)]
        pub struct ParametersSpec {
            $($(#[doc = $gdoc])* pub $group: $Spec,)*
            /// Effort and shortest time of each action.
            pub actions: Vec<ActionCost>,
        }

        /// The numbers of one replicate: durations in minutes, shares as fractions, money in pounds.
        #[derive(bevy_ecs::prelude::Resource, Clone, Debug)]
        pub struct Parameters {
            $($(#[doc = $gdoc])* pub $group: $Values,)*
            /// Person-hours, person-hours for each host, shortest minutes; by action.
            pub actions: Vec<(f64, f64, f64)>,
        }

        impl ParametersSpec {
            /// What this set states, else what `base` states.
            pub fn with_fallback(&self, base: &Self) -> Self {
                Self { $($group: self.$group.with_fallback(&base.$group),)* actions: self.actions.iter().chain(&base.actions).cloned().collect() }
            }
            /// Distributions that make no sense.
            pub fn validate(&self) -> Vec<String> {
                let mut out = vec![];
                $(self.$group.validate(&mut out);)*
                out
            }
            /// Every parameter that is stated, in the order of the format, with what a reader is told of it.
            pub fn rows(&self) -> Vec<Row> {
                let mut out = vec![];
                $(self.$group.rows(&mut out);)*
                for a in &self.actions {
                    if out.iter().all(|r| r.path != a.path()) {
                        let description = a.describe();
                        out.push(Row { path: a.path(), about: format!("Effort to {}.", a.action.label()), description });
                    }
                }
                out
            }
            /// These with one parameter fixed at the engine's number; a path that is none changes nothing.
            pub fn with(&self, path: &str, value: f64) -> Self {
                let mut out = self.clone();
                out.set_value(path, value);
                out
            }
            /// Puts this value in place of the parameter's own.
            pub fn set_value(&mut self, path: &str, value: f64) {
                $(self.$group.set_value(path, value);)*
                if let Some(a) = self.action(path) {
                    a.factor = Number::from_number(value).ok().map(Into::into);
                }
            }
            /// These, each drawn once a replicate from its plausible range where one is stated: what may be so, for all that is known.
            pub fn made_uncertain(&self) -> Self {
                let mut out = self.clone();
                $(out.$group.make_uncertain();)*
                // The first of each kind is the one that counts.
                out.actions.iter_mut().for_each(ActionCost::make_uncertain);
                out
            }
            /// The distribution of each parameter's plausible range, by path, in the engine's numbers.
            pub fn priors(&self) -> Vec<(String, Quantile)> {
                let mut out = vec![];
                $(self.$group.priors(&mut out);)*
                for a in &self.actions {
                    let path = a.path();
                    if let Some(prior) = a.prior().filter(|_| out.iter().all(|(p, _)| *p != path)) {
                        out.push((path, prior));
                    }
                }
                out
            }
            fn action(&mut self, path: &str) -> Option<&mut ActionCost> {
                self.actions.iter_mut().find(|a| a.path() == path)
            }
            /// Parameters that are not stated.
            pub fn missing(&self) -> Vec<String> {
                let mut out = vec![];
                $(self.$group.missing(&mut out);)*
                out.extend(ActionKind::ALL.iter().filter(|k| !self.actions.iter().any(|a| a.action == **k)).map(|k| format!("actions: {}", k.name())));
                out
            }
            /// The numbers of one replicate.
            ///
            /// # Panics
            /// When something is [`missing`](Self::missing).
            pub fn resolve(&self, with: &mut Resolver) -> Parameters {
                let cost = |kind: &ActionKind, with: &mut Resolver| {
                    let a = self.actions.iter().find(|a| a.action == *kind).expect("completeness is checked when the set is loaded");
                    with.on(kind.name());
                    let (effort, per_host) = (a.effort.resolve(with), a.per_host.as_ref().map_or(0.0, |p| p.resolve(with)));
                    let shortest = a.shortest.resolve(with);
                    let factor = a.factor.as_ref().map_or(1.0, |f| f.resolve(with));
                    (effort * factor, per_host * factor, shortest * factor)
                };
                Parameters { $($group: self.$group.resolve(with),)* actions: ActionKind::ALL.iter().map(|k| cost(k, with)).collect() }
            }
        }
    };
}

/// One parameter, for a reader.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Its path in the format: `group.parameter`.
    pub path: String,
    /// What it is.
    pub about: String,
    /// Value, range, source.
    pub description: Description,
}

parameters! {
    /// How attacks proceed.
    threat ThreatSpec ThreatParameters {
        /// From foothold to knowing the network (T1087, T1018).
        discovery: Random<SimDuration>,
        /// From there to usable credentials (T1003).
        credentials: Random<SimDuration>,
        /// From there over enough hosts (T1021).
        lateral: Random<SimDuration>,
        /// From there to control of identity (T1484).
        identity: Random<SimDuration>,
        /// Taking data out (T1567).
        theft: Random<SimDuration>,
        /// Reaching and spoiling backups (T1490).
        sabotage: Random<SimDuration>,
        /// A crew does not detonate sooner than this after its first foothold; zero when it goes as soon as it can.
        dwell: Random<SimDuration>,
        /// Longest that a ready crew waits for a good hour.
        patience: Random<SimDuration>,
        /// How much longer lateral movement takes in a fully segmented network, factor on top of 1.
        segmentation_slows: Param<Number>,
        /// How much longer credentials and identity take under full multi-factor authentication.
        multi_factor_slows: Param<Number>,
        /// How much longer every stage takes under full endpoint detection.
        endpoint_detection_slows: Param<Number>,
        /// From control of one organisation to a foothold in the next, where a connection leads.
        next_organisation: Random<SimDuration>,
        /// Chance that detonation waits for the night or weekend.
        prefers_night: Param<Share>,
        /// Time over which encryption runs through an organisation.
        encryption_time: Random<SimDuration>,
        /// Share of an organisation's hosts that detonation reaches.
        coverage: Random<Share>,
        /// Share of reached hosts that full endpoint detection saves.
        endpoint_detection_saves: Param<Share>,
        /// Share of reached assets outside the foothold's zone that full segmentation saves.
        segmentation_saves: Param<Share>,
        /// Share of reached devices that full secure design saves.
        secure_design_saves: Param<Share>,
        /// Chance that a crew that is noticed detonates at once.
        early_detonation: Param<Share>,
        /// Time it needs for that.
        early_delay: Random<SimDuration>,
        /// Share of an organisation's records that theft takes.
        theft_share: Random<Share>,
        /// Chance that what a crew took from an organisation is published.
        published: Param<Share>,
        /// Share of tries that the control against a way in stops at full strength.
        control_effect: Param<Share>,
        /// Share of what a control over accounts and systems stops that it stops for the whole campaign: the account or server that was
        /// found is covered or it is not, however often it is tried.
        shut_for_good: Param<Share>,
        /// The same of a control that hangs on people, or on which of many machines is met: each try meets another.
        shut_for_good_people: Param<Share>,
        /// Chance that full endpoint detection, watched at all hours, stops an attack on a supplier.
        supplier_stopped: Param<Share>,
        /// Chance that full assurance by all customers stops an attack on a supplier, because of what they ask of it.
        supplier_assured: Param<Share>,
        /// Share of hosts that are open to the weakness used, beyond the unpatched.
        unpatched_open: Param<Share>,
        /// Share of hosts that are open to a worm which full endpoint detection protects.
        endpoint_detection_blocks: Param<Share>,
        /// Attempts of an infected host on other addresses, an hour.
        worm_attempts: Param<Number>,
        /// Share of attempts on the networks that a host knows: its own, and those that are routed to it; the others are random.
        worm_local: Param<Share>,
        /// Addresses for each host there: most attempts hit nobody.
        worm_sparsity: Param<Number>,
        /// Addresses among which random ones are drawn.
        worm_addresses: Param<Number>,
        /// Share of what passes between an organisation and the national network that a worm's attempts can use.
        worm_boundary: Param<Share>,
        /// Share of full secure design that counts as control against exposed services where patching counts for less.
        exposed_by_design: Param<Share>,
        /// Share of full leadership that counts as control against insiders.
        insider_deterred: Param<Share>,
        /// Share of full supplier assurance that counts as control against a malicious update.
        update_assured: Param<Share>,
        /// Share of endpoints and servers that an intruder holds once it has moved over many hosts.
        lateral_hold: Param<Share>,
        /// Share of identity hosts, and of backup hosts, that an intruder holds once it has reached them.
        privileged_hold: Param<Share>,
        /// Rate at which an intruder moves on where sign-in is federated, at the reference share of traffic let through; as a factor.
        carry_federated: Param<Number>,
        /// The same over a VPN.
        carry_vpn: Param<Number>,
        /// The same over a routed connection.
        carry_routed: Param<Number>,
        /// The same between a hosted platform and its customers.
        carry_hosted: Param<Number>,
        /// The same by mail.
        carry_mail: Param<Number>,
        /// Share of traffic let through to which these rates refer; more lets intruders move on faster in proportion.
        carry_reference: Param<Share>,
        /// Share of the rate of moving on from a supplier that a customer's full supplier assurance removes.
        supplier_doors: Param<Share>,
        /// Time until an intruder is carried on from a lost supplier, as a factor on that from one organisation to the next.
        supplier_hastens: Param<Number>,
        /// Share of its usual coverage that a crew reaches that detonates before it controls identity.
        early_reach: Param<Share>,
        /// Chance that detonation reaches a medical device or building system, as a share of that for other systems.
        device_reach: Param<Share>,
        /// Share of organisations hit by a bad update that full supplier assurance spares.
        rollout_assured: Param<Share>,
    }
    /// How attacks are noticed.
    detection DetectionSpec DetectionParameters {
        /// Detections a day of a quiet foothold without endpoint detection, in watched hours.
        base: Param<Number>,
        /// Factor of full endpoint detection, on top of 1.
        endpoint_detection: Param<Number>,
        /// Factor when nobody watches.
        unwatched: Param<Share>,
        /// Factor of full asset visibility, on top of 1.
        visibility: Param<Number>,
        /// Noise by stage: foothold, discovery, credentials, lateral movement, identity, theft, sabotage, ready; relative.
        noise_growth: Param<Number>,
        /// Reports a day by staff when all would report.
        reports: Param<Number>,
        /// Until encryption is noticed.
        encryption_noticed: Random<SimDuration>,
        /// Factor of shared national monitoring at full uptake, on top of 1.
        national_monitoring: Param<Number>,
        /// Reports by staff of an intrusion that did not come by phishing, as a share of those of one that did.
        unphished_reports: Param<Share>,
        /// Reports by staff at night and on weekends, as a share of those in office hours.
        reports_out_of_hours: Param<Share>,
        /// Time until a customer notices that a supplier's system is gone, as a factor on that until encryption is noticed.
        supplier_noticed: Param<Number>,
    }
    /// How decisions are made.
    command CommandSpec CommandParameters {
        /// From suspicion to a declared incident, in office hours, with no leadership and no plans.
        decision_delay: Random<SimDuration>,
        /// Share of the delay that full leadership removes.
        leadership: Param<Share>,
        /// Share of the delay that fully exercised plans remove.
        exercised_plans: Param<Share>,
        /// Factor on the delay at night and on weekends; full leadership removes its excess.
        out_of_hours: Param<Number>,
        /// From declaration until the national level knows.
        report_delay: Random<SimDuration>,
        /// From there until others have read the alert.
        alert_delay: Random<SimDuration>,
        /// From there until shared indicators are in place, where sharing is set up.
        indicators_delay: Random<SimDuration>,
        /// Share of entry and spread hazard that blocked indicators remove.
        indicators_effect: Param<Share>,
        /// Care systems that must have reported until all of the country is alerted; before, the care system of whoever reports and those who are connected with it.
        alert_regions: Param<Number>,
    }
    /// Who does the work, and how well.
    response ResponseSpec ResponseParameters {
        /// Share of a team that works at night.
        night_shift: Param<Share>,
        /// Share of a team that works by day at weekends and on bank holidays.
        weekend_shift: Param<Share>,
        /// Share of effort saved by fully exercised plans.
        plans_save: Param<Share>,
        /// Chance that a hunt finds everything, without endpoint detection.
        eviction: Param<Share>,
        /// … with full endpoint detection.
        eviction_with_detection: Param<Share>,
        /// Responders that a national team brings.
        national_team: Param<Number>,
        /// Responders that mutual aid brings.
        mutual_aid: Param<Number>,
        /// Until help arrives.
        travel: Random<SimDuration>,
        /// Cost of a responder's hour.
        hourly_cost: Param<Pounds>,
        /// People on duty in an organisation without responders, who contain and keep care going, but neither evict nor restore.
        on_duty: Param<Number>,
    }
    /// How systems come back.
    recovery RecoverySpec RecoveryParameters {
        /// Factor on effort when a system must be rebuilt because its backup is gone.
        rebuild_factor: Param<Number>,
        /// Factor on effort when a restore that nobody rehearsed fails at first.
        failed_restore_factor: Param<Number>,
        /// Share of effort that remains when a decryptor works.
        decryptor_factor: Param<Share>,
        /// Chance that a decryptor is to be had.
        decryptor_chance: Param<Share>,
        /// Chance that an asset restored before the intruder is out is taken again.
        reinfection: Param<Share>,
        /// Until it is taken again.
        reinfection_delay: Random<SimDuration>,
        /// Effort to restore and assure a customer's own instance of a platform, after the platform itself; drawn for each customer.
        instance: Random<PersonHours>,
        /// Least time for that, until the customer has checked and accepted it; drawn for each customer.
        acceptance: Random<SimDuration>,
        /// Factor on the effort to restore an asset, whatever the asset; drawn for each organisation.
        effort: Random<Number>,
        /// Most people who can work on one asset at once …
        together: Param<Number>,
        /// … and more for each 100 hosts of it.
        crowding: Param<Number>,
        /// Effort to hand-mend a host after a bad update, person-hours.
        mend_per_host: Param<PersonHours>,
        /// Share of the effort to restore or mend that full asset visibility saves: nobody need find out first what there is and what
        /// depends on it.
        visibility_saves: Param<Share>,
    }
    /// How care suffers and copes.
    care CareSpec CareParameters {
        /// Factor on every share of capacity that the templates say is lost without a system or service.
        dependence: Param<Number>,
        /// Share of a workaround that staff improvise when nobody ordered paper working.
        improvised: Param<Share>,
        /// Factor on workarounds between no and full continuity readiness: they win back this share at none.
        unready: Param<Share>,
        /// Share by which fully exercised plans shorten the time until a workaround works.
        plans_hasten: Param<Share>,
        /// Share of a workaround that is won back at first, where it must be learned.
        learned_first: Param<Share>,
        /// Share of a workaround that remains when it has tired.
        tired: Param<Share>,
        /// Harm of a diverted contact, as a share of its weight.
        diverted_harm: Param<Share>,
        /// Harm of a lost contact, as a multiple of its weight.
        lost_harm: Param<Number>,
        /// Harm of a day's wait in the backlog, as a share of the contact's weight.
        waiting_harm: Param<Share>,
        /// Harm to a crowded neighbour's own patients for each contact diverted to it beyond its headroom, share of the weight.
        crowding_harm: Param<Share>,
        /// Share above its own demand that a neighbour takes at most.
        surge: Param<Share>,
        /// Extra capacity against the backlog where extra sessions are ordered.
        extra_sessions: Param<Share>,
        /// Share of planned care that is put off where that is ordered.
        postponed: Param<Share>,
        /// Shortfall of a service from which on its planned care is put off as far as it ever is; less is put off in proportion.
        postponed_fully: Param<Share>,
        /// Share of what putting planned care off frees that helps those who cannot wait.
        freed: Param<Share>,
        /// Share of the emergency shortfall that ordered diversion moves beyond what happens unasked.
        divert_ordered: Param<Share>,
        /// Share of diagnostic work that can be sent to a neighbour.
        sent_away: Param<Share>,
        /// Share of lost contacts that find other help in time once the public is informed.
        informed: Param<Share>,
        /// Time over which a workaround tires, where its template states none.
        tires: Param<SimDuration>,
        /// Share of a service's contacts that can wait from which it is planned care: what putting planned care off puts off, to help the rest.
        planned_from: Param<Share>,
        /// Share of a service's contacts that can wait from which its work can be sent to a neighbour.
        sendable_from: Param<Share>,
        /// Share of the appointments lost in general practice that turn up as calls to 111.
        gp_to_111: Param<Share>,
        /// Share of them that turn up at an emergency department.
        gp_to_emergency: Param<Share>,
        /// Share of the calls lost at 111 that turn up at an emergency department.
        calls_to_emergency: Param<Share>,
        /// How long after they were lost these contacts turn up elsewhere, in whole hours from one to a week.
        turns_up_after: Param<SimDuration>,
    }
    /// What weighs how much in the harm index: a lost contact by kind of service, and a person's record that was taken by kind of record.
    harm HarmSpec HarmParameters {
        /// Weight of a lost attendance at an emergency department: the unit.
        emergency: Param<Number>,
        /// Weight of a lost admission.
        admissions: Param<Number>,
        /// Weight of a lost operation.
        theatres: Param<Number>,
        /// Weight of a lost outpatient appointment.
        outpatients: Param<Number>,
        /// Weight of a lost imaging test.
        imaging: Param<Number>,
        /// Weight of a lost laboratory test.
        pathology: Param<Number>,
        /// Weight of a lost birth in care.
        maternity: Param<Number>,
        /// Weight of a lost admission to critical care.
        critical_care: Param<Number>,
        /// Weight of a lost item from a hospital's pharmacy.
        hospital_pharmacy: Param<Number>,
        /// Weight of a lost contact in a mental-health crisis.
        mental_health_crisis: Param<Number>,
        /// Weight of a lost visit by community health staff.
        community_visits: Param<Number>,
        /// Weight of a lost 999 incident.
        dispatch_999: Param<Number>,
        /// Weight of a lost call to 111 for which no other help was found.
        calls_111: Param<Number>,
        /// Weight of a lost appointment in general practice.
        gp_appointments: Param<Number>,
        /// Weight of a lost item at a community pharmacy.
        dispensing: Param<Number>,
        /// Weight of a resident's day without care.
        residential_care: Param<Number>,
        /// Weight of a lost home-care visit.
        home_care: Param<Number>,
        /// Weight of a discharge that was not arranged.
        hospital_discharge: Param<Number>,
        /// What records that are taken weigh altogether: a factor on the weights of all kinds of record; 0 counts care alone.
        records: Param<Number>,
        /// Weight of who somebody is and where they live: one person's record.
        records_demographic: Param<Number>,
        /// Weight of what somebody has been treated for.
        records_clinical: Param<Number>,
        /// Weight of what somebody has told of their mental health.
        records_mental_health: Param<Number>,
        /// Weight of what is known of abuse and protection.
        records_safeguarding: Param<Number>,
        /// Weight of how to enter somebody's home: key safe codes.
        records_home_entry: Param<Number>,
        /// Factor on the weight of a record that is published.
        published: Param<Number>,
    }
    /// Money.
    money MoneySpec MoneyParameters {
        /// Ransom, where it is paid.
        ransom: Random<Pounds>,
        /// Chance that it is paid, in the hands of the organisations here.
        ransom_paid: Param<Share>,
        /// Cost of each host that was lost, beside people's hours: replacement, licences, contractors.
        host: Param<Pounds>,
        /// Cost of each exposed person's record: notification and support.
        record: Param<Pounds>,
        /// Penalty where records were taken and the regulator was not told within 72 hours of declaring.
        late_notice: Param<Pounds>,
    }
}
