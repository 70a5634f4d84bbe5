//! The clock and the agenda: time jumps to the next step in which anything is due.

use bevy_ecs::prelude::*;

use crate::units::SimTime;

/// The phases of a step, in order.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Attacks proceed.
    Threat,
    /// They are noticed.
    Detection,
    /// People decide.
    Command,
    /// Orders are carried out.
    Response,
    /// Systems come back.
    Recovery,
    /// Care suffers and copes.
    Care,
    /// Accounts are kept.
    Ledger,
}

/// Where the run stands.
#[derive(Resource, Clone, Copy, Debug)]
pub struct Clock {
    /// Start of the current step.
    pub now: SimTime,
    /// Minutes of a step.
    pub step: u32,
    /// End of the run.
    pub end: SimTime,
}

const NONE: u32 = u32::MAX;

#[derive(Clone, Copy, Debug)]
struct Entry<E> {
    minute: SimTime,
    order: u32,
    seq: u32,
    next: u32,
    event: E,
}

/// What is due of one type, in buckets of one step. Entries live in one pool, so that a warm agenda allocates nothing.
#[derive(Resource, Debug)]
pub struct Agenda<E: Copy + Send + Sync + 'static> {
    heads: Vec<u32>,
    occupied: Vec<u64>,
    pool: Vec<Entry<E>>,
    free: u32,
    seq: u32,
    step: u32,
    /// First bucket that is still to be worked off.
    open: usize,
    due: Vec<(SimTime, u32, u32, E)>,
}

impl<E: Copy + Send + Sync + 'static> Agenda<E> {
    /// An empty agenda up to `end`.
    pub fn new(step: u32, end: SimTime) -> Self {
        let buckets = (end / step + 1) as usize;
        Self {
            heads: vec![NONE; buckets],
            occupied: vec![0; buckets.div_ceil(64)],
            pool: vec![],
            free: NONE,
            seq: 0,
            step,
            open: 0,
            due: vec![],
        }
    }
    /// Back to empty.
    pub fn clear(&mut self) {
        self.heads.fill(NONE);
        self.occupied.fill(0);
        self.pool.clear();
        (self.free, self.seq, self.open) = (NONE, 0, 0);
        self.due.clear();
    }
    /// Adds `event` at `minute`; `order` is the stable id that breaks ties. What would fall into a step that this
    /// agenda's phase has already run is due at the start of the next one. Past the end it is dropped.
    pub fn add(&mut self, minute: SimTime, order: u32, event: E) {
        let bucket = ((minute / self.step) as usize).max(self.open);
        if bucket >= self.heads.len() {
            return;
        }
        let minute = minute.max(bucket as u32 * self.step);
        self.seq += 1;
        let entry = Entry { minute, order, seq: self.seq, next: self.heads[bucket], event };
        let at = if self.free == NONE {
            self.pool.push(entry);
            self.pool.len() as u32 - 1
        } else {
            let at = self.free;
            self.free = self.pool[at as usize].next;
            self.pool[at as usize] = entry;
            at
        };
        self.heads[bucket] = at;
        self.occupied[bucket / 64] |= 1 << (bucket % 64);
    }
    /// Gives everything that is pending another minute where `redraw` says so, in the order (minute, stable id, sequence).
    pub fn redraw(&mut self, mut redraw: impl FnMut(SimTime, &E) -> Option<SimTime>) {
        let mut pending = vec![];
        for head in &mut self.heads {
            let mut at = std::mem::replace(head, NONE);
            while at != NONE {
                let e = self.pool[at as usize];
                pending.push((e.minute, e.order, e.seq, e.event));
                at = e.next;
            }
        }
        pending.sort_unstable_by_key(|d| (d.0, d.1, d.2));
        self.occupied.fill(0);
        self.pool.clear();
        self.free = NONE;
        for (minute, order, _, event) in pending {
            self.add(redraw(minute, &event).unwrap_or(minute), order, event);
        }
    }
    /// The next bucket in which anything is due.
    pub fn next(&self) -> Option<usize> {
        let mut word = self.open / 64;
        let mut bits = *self.occupied.get(word)? & (u64::MAX << (self.open % 64));
        loop {
            if bits != 0 {
                return Some(word * 64 + bits.trailing_zeros() as usize);
            }
            word += 1;
            bits = *self.occupied.get(word)?;
        }
    }
    /// Takes what is due in the step that starts at `now`, in the order (minute, stable id, sequence), and closes the step.
    /// Give the list back with [`done`](Self::done), so that its memory is used again.
    pub fn take(&mut self, now: SimTime) -> Vec<(SimTime, u32, u32, E)> {
        let bucket = (now / self.step) as usize;
        self.open = bucket + 1;
        let mut due = std::mem::take(&mut self.due);
        due.clear();
        let Some(head) = self.heads.get_mut(bucket) else { return due };
        let mut at = std::mem::replace(head, NONE);
        self.occupied[bucket / 64] &= !(1 << (bucket % 64));
        while at != NONE {
            let e = self.pool[at as usize];
            due.push((e.minute, e.order, e.seq, e.event));
            self.pool[at as usize].next = self.free;
            self.free = at;
            at = e.next;
        }
        due.sort_unstable_by_key(|d| (d.0, d.1, d.2));
        due
    }
    /// Gives the list of [`take`](Self::take) back.
    pub fn done(&mut self, due: Vec<(SimTime, u32, u32, E)>) {
        self.due = due;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agenda_keeps_order_and_never_looks_back() {
        let mut a: Agenda<u32> = Agenda::new(15, 1000);
        a.add(40, 2, 1);
        a.add(40, 1, 2);
        a.add(31, 9, 3);
        a.add(2000, 0, 4);
        assert_eq!(a.next(), Some(2));
        let due = a.take(30);
        assert_eq!(due.iter().map(|d| d.3).collect::<Vec<_>>(), [3, 2, 1]);
        a.done(due);
        a.add(5, 0, 5);
        assert_eq!(a.next(), Some(3), "what is late is due at the start of the next step");
        assert_eq!(a.take(45)[0].0, 45);
    }
}
