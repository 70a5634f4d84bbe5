//! Checks strategies against the levers and playbooks that there are, the scenario's own before the bundled ones.

use std::sync::Arc;

use super::Check;
use crate::estate::Estate;
use crate::scenario::spec::{ScenarioSpec, StrategyBook, StrategyEntry};
use crate::source::Located;
use crate::strategy::lever::Lever;
use crate::strategy::playbook::{MOST_RULES, Playbook, PlaybookSpec, Rule};
use crate::strategy::{Strategy, StrategySpec};

impl Check {
    pub(super) fn strategies(
        &mut self,
        spec: &ScenarioSpec,
        book: &StrategyBook,
        estate: &Estate,
    ) -> Vec<Arc<Strategy>> {
        // One's own come first: a scenario may replace what is bundled.
        let levers: Vec<&Lever> = spec.levers.iter().chain(&book.levers).filter_map(Located::get).collect();
        let playbooks: Vec<&PlaybookSpec> =
            spec.playbooks.iter().chain(&book.playbooks).filter_map(Located::get).collect();
        for rule in spec.playbooks.iter().filter_map(Located::get).flat_map(|p| &p.rules) {
            if let Some(mistake) = rule.get().and_then(Rule::mistake) {
                self.diagnostics.wrong(&rule.at, mistake);
            }
        }
        let standard: Vec<&StrategySpec> = book.strategies.iter().filter_map(Located::get).collect();
        let mut out: Vec<Arc<Strategy>> = vec![];
        for entry in &spec.strategies {
            let chosen = match entry.get() {
                None => continue,
                Some(StrategyEntry::Own(s)) => s,
                Some(StrategyEntry::Standard(id)) => {
                    let found = standard.iter().find(|s| s.id.get() == id.get());
                    let Some(s) = found else {
                        self.diagnostics.unknown(
                            id,
                            "bundled strategy",
                            standard.iter().filter_map(|s| s.id.get()).map(String::as_str),
                        );
                        continue;
                    };
                    s
                }
            };
            if out.iter().any(|s| Some(&s.id) == chosen.id.get()) {
                self.diagnostics.wrong(&entry.at, "this strategy is listed twice");
                continue;
            }
            if let Some(s) = self.strategy(chosen, &levers, &playbooks, estate) {
                out.push(Arc::new(s));
            }
        }
        if spec.strategies.is_empty() {
            self.diagnostics.wrong(&spec.baseline.at, "a scenario needs a strategy").help =
                Some("add `strategies: [Standard(\"as-things-stand\")]`".into());
        }
        out
    }

    fn strategy(
        &mut self,
        s: &StrategySpec,
        levers: &[&Lever],
        playbooks: &[&PlaybookSpec],
        estate: &Estate,
    ) -> Option<Strategy> {
        let mut pulled = vec![];
        for (id, uptake) in &s.levers {
            match levers.iter().find(|l| l.id.get() == id.get()) {
                Some(lever) => pulled.push((*lever, uptake.get())),
                None => {
                    self.diagnostics.unknown(
                        id,
                        "lever",
                        levers.iter().filter_map(|l| l.id.get()).map(String::as_str),
                    );
                }
            }
        }
        let Some(playbook) = playbooks.iter().find(|p| p.id.get() == s.playbook.get()) else {
            self.diagnostics.unknown(
                &s.playbook,
                "playbook",
                playbooks.iter().filter_map(|p| p.id.get()).map(String::as_str),
            );
            return None;
        };
        if playbook.rules.len() > MOST_RULES {
            self.diagnostics.wrong(&playbook.id.at, format!("a playbook has at most {MOST_RULES} rules"));
            return None;
        }
        Some(Strategy::new(s, &pulled, Playbook::new(playbook), estate))
    }
}
