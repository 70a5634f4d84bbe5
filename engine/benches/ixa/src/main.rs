//! SIR on an edge list by ixa: `ixa-sir EDGES.csv TRANSMISSION RECOVERY RUNS` prints the median seconds of an outbreak and its mean size.
//! Event-driven, as the engine's: whoever is infected plans his recovery and the transmissions before it.

use std::time::Instant;

use ixa::prelude::*;
use rand_distr::Exp;

define_entity!(Person);
define_property!(
    enum Status {
        Susceptible,
        Infected,
        Recovered,
    },
    Person,
    default_const = Status::Susceptible
);
define_edge_type!(struct Contact, Person);
define_rng!(Rng);

fn infect(context: &mut Context, person: PersonId, transmission: Exp<f64>, recovery: Exp<f64>) {
    if context.get_property::<_, Status>(person) != Status::Susceptible {
        return;
    }
    context.set_property(person, Status::Infected);
    let now = context.get_current_time();
    let lasts = context.sample_distr(Rng, recovery);
    context.add_plan(now + lasts, move |context| context.set_property(person, Status::Recovered));
    let contacts = context.get_edges::<Person, Contact>(person);
    for edge in contacts {
        let other = edge.neighbor;
        if context.get_property::<_, Status>(other) != Status::Susceptible {
            continue;
        }
        let after = context.sample_distr(Rng, transmission);
        if after < lasts {
            context.add_plan(now + after, move |context| infect(context, other, transmission, recovery));
        }
    }
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let text = std::fs::read_to_string(&args[1]).expect("an edge list");
    let edges: Vec<(usize, usize)> = text
        .lines()
        .map(|l| l.split_once(',').expect("two nodes"))
        .map(|(a, b)| (a.parse().expect("a node"), b.parse().expect("a node")))
        .collect();
    let nodes = 1 + edges.iter().map(|e| e.0.max(e.1)).max().unwrap_or(0);
    let rate = |n: usize| Exp::new(args[n].parse().expect("a rate")).expect("a rate above 0");
    let (transmission, recovery): (Exp<f64>, Exp<f64>) = (rate(2), rate(3));
    let runs: usize = args[4].parse().expect("a number of runs");
    let (mut times, mut sizes) = (vec![], vec![]);
    let mut seed = 0;
    while times.len() < runs {
        seed += 1;
        let mut context = Context::new();
        context.init_random(seed);
        let people: Vec<PersonId> =
            (0..nodes).map(|_| context.add_entity(with!(Person)).expect("a person")).collect();
        for (a, b) in &edges {
            context.add_edge_bidi(people[*a], people[*b], 1.0, Contact).expect("an edge");
        }
        let started = Instant::now();
        for person in people.iter().take(10).copied() {
            context.add_plan(0.0, move |context| infect(context, person, transmission, recovery));
        }
        context.execute();
        let took = started.elapsed().as_secs_f64();
        let size = context.query_entity_count(with!(Person, Status::Recovered));
        if size > nodes / 10 {
            times.push(took);
            sizes.push(size as f64);
        }
    }
    times.sort_by(f64::total_cmp);
    println!("{} {}", times[runs / 2], sizes.iter().sum::<f64>() / runs as f64);
}
