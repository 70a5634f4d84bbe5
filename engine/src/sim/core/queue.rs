//! Queues of events: time jumps to the next step in which anything is due.

use bevy_ecs::prelude::*;

use crate::units::SimTime;

const NONE: u32 = u32::MAX;

/// What is due: minute, stable id, sequence, event.
type Entry<E> = (SimTime, u32, u32, E);

/// Entries of one bucket that lie together in memory.
const TOGETHER: usize = 8;

/// A piece of a bucket's list.
#[derive(Clone, Copy, Debug)]
struct Chunk<E> {
    entries: [Entry<E>; TOGETHER],
    len: u32,
    next: u32,
}

/// What is due of one type, in buckets of one step. Entries live in one pool, so that a warm queue allocates nothing.
#[derive(Resource, Debug)]
pub struct EventQueue<E: Copy + Send + Sync + 'static> {
    heads: Vec<u32>,
    occupied: Vec<u64>,
    pool: Vec<Chunk<E>>,
    free: u32,
    seq: u32,
    step: u32,
    /// First bucket that is still to be processed.
    open: usize,
    due: Vec<Entry<E>>,
    processed: u64,
}

/// Where an entry stands among those of its bucket.
fn place<E>(e: &Entry<E>) -> (u64, u32) {
    (u64::from(e.0) << 32 | u64::from(e.1), e.2)
}

impl<E: Copy + Send + Sync + 'static> EventQueue<E> {
    /// An empty queue up to `end`.
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
            processed: 0,
        }
    }
    /// Back to empty.
    pub fn clear(&mut self) {
        self.heads.fill(NONE);
        self.occupied.fill(0);
        self.pool.clear();
        (self.free, self.seq, self.open, self.processed) = (NONE, 0, 0, 0);
        self.due.clear();
    }
    /// Adds `event` at `minute`; `order` is the stable id that breaks ties. What would fall into a step that this
    /// queue's phase has already run is due at the start of the next one. Past the end it is dropped.
    pub fn add(&mut self, minute: SimTime, order: u32, event: E) {
        let bucket = ((minute / self.step) as usize).max(self.open);
        if bucket >= self.heads.len() {
            return;
        }
        let minute = minute.max(bucket as u32 * self.step);
        self.seq += 1;
        let entry = (minute, order, self.seq, event);
        let head = self.heads[bucket];
        if let Some(chunk) = self.pool.get_mut(head as usize)
            && (chunk.len as usize) < TOGETHER
        {
            chunk.entries[chunk.len as usize] = entry;
            chunk.len += 1;
            return;
        }
        if self.free == NONE {
            self.heads[bucket] = self.pool.len() as u32;
            self.pool.push(Chunk { entries: [entry; TOGETHER], len: 1, next: head });
        } else {
            let at = self.free;
            let chunk = &mut self.pool[at as usize];
            self.free = chunk.next;
            (chunk.entries[0], chunk.len, chunk.next) = (entry, 1, head);
            self.heads[bucket] = at;
        }
        self.occupied[bucket / 64] |= 1 << (bucket % 64);
    }
    /// Gives everything that is pending another minute where `redraw` says so, in the order (minute, stable id, sequence).
    pub fn redraw(&mut self, mut redraw: impl FnMut(SimTime, &E) -> Option<SimTime>) {
        let mut pending = vec![];
        for head in &mut self.heads {
            let mut at = std::mem::replace(head, NONE);
            while at != NONE {
                let chunk = &self.pool[at as usize];
                pending.extend_from_slice(&chunk.entries[..chunk.len as usize]);
                at = chunk.next;
            }
        }
        pending.sort_unstable_by_key(place);
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
    pub fn take(&mut self, now: SimTime) -> Vec<Entry<E>> {
        let bucket = (now / self.step) as usize;
        self.open = bucket + 1;
        let mut due = std::mem::take(&mut self.due);
        due.clear();
        let Some(head) = self.heads.get_mut(bucket) else { return due };
        let mut at = std::mem::replace(head, NONE);
        self.occupied[bucket / 64] &= !(1 << (bucket % 64));
        while at != NONE {
            let chunk = &mut self.pool[at as usize];
            due.extend_from_slice(&chunk.entries[..chunk.len as usize]);
            let next = std::mem::replace(&mut chunk.next, self.free);
            self.free = at;
            at = next;
        }
        due.sort_unstable_by_key(place);
        self.processed += due.len() as u64;
        due
    }
    /// Events taken since the queue was last empty by [`clear`](Self::clear).
    pub const fn processed(&self) -> u64 {
        self.processed
    }
    /// Gives the list of [`take`](Self::take) back.
    pub fn done(&mut self, due: Vec<Entry<E>>) {
        self.due = due;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_keeps_order_and_never_looks_back() {
        let mut a: EventQueue<u32> = EventQueue::new(15, 1000);
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
