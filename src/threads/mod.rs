//! Work for several cores: each takes the next piece until there is none, and the results are in the order of the pieces.
//!
//! A crew of threads stays until the program ends, and stays awake for a moment when it has done its part: a core that has gone to
//! sleep is woken late, on a virtual machine by as much as the scheduler takes from one look to the next (4 ms), and every thread that
//! starts anew has to find its way about the memory that the last one left.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use rayon_core::{ThreadPool, ThreadPoolBuilder};

/// The threads that stay, for whoever is first to want some.
static CREW: Mutex<Option<ThreadPool>> = Mutex::new(None);
/// How often they were given work.
static CALLS: AtomicUsize = AtomicUsize::new(0);
/// How long they stay awake for more of it.
const AWAKE: Duration = Duration::from_micros(1500);

/// Does `work` on this thread and on one or more others at a time, each of which does all that it can.
///
/// # Panics
/// Where `work` does.
fn together(helpers: usize, work: &(dyn Fn() + Sync)) {
    // NOTE: whoever wants help while the crew is at work gets threads of its own. In one crew two could wait for each other: a thread
    // for what another one is making, and that one for its helper, which is the first.
    let Ok(mut crew) = CREW.try_lock() else { return anew(helpers, work) };
    if crew.as_ref().map_or(0, ThreadPool::current_num_threads) < helpers {
        *crew = ThreadPoolBuilder::new().num_threads(helpers).build().ok();
    }
    let Some(crew) = &*crew else { return work() };
    let call = CALLS.fetch_add(1, Ordering::Relaxed) + 1;
    crew.in_place_scope(|scope| {
        (0..helpers).for_each(|_| scope.spawn(|_| work()));
        work();
    });
    (0..helpers).for_each(|_| crew.spawn(move || stay_awake(call)));
}

/// The same with threads that end.
fn anew(helpers: usize, work: &(dyn Fn() + Sync)) {
    std::thread::scope(|scope| {
        (0..helpers).for_each(|_| drop(scope.spawn(work)));
        work();
    });
}

/// Waits for the call after this one, for a moment.
fn stay_awake(call: usize) {
    let since = Instant::now();
    while CALLS.load(Ordering::Relaxed) == call && since.elapsed() < AWAKE {
        std::hint::spin_loop();
    }
}

/// How many threads can run at a time.
fn cores() -> usize {
    static CORES: OnceLock<usize> = OnceLock::new();
    *CORES.get_or_init(|| std::thread::available_parallelism().map_or(1, usize::from))
}

/// Does `work` for each of `items`: on all cores where it is `worth` starting threads, which cost about as much as judging a
/// small template.
///
/// # Panics
/// Where `work` does.
pub(crate) fn share<T: Sync, R: Send + Sync>(items: &[T], worth: bool, work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let cores = if worth { cores() } else { 1 };
    let helpers = (cores - 1).min(items.len().saturating_sub(1));
    if helpers == 0 {
        return items.iter().map(work).collect();
    }
    let slots: Vec<OnceLock<R>> = items.iter().map(|_| OnceLock::new()).collect();
    let next = AtomicUsize::new(0);
    let take = || {
        while let Some((item, slot)) = take_one(&next, items, &slots) {
            let _ = slot.set(work(item));
        }
    };
    together(helpers, &take);
    slots.into_iter().filter_map(OnceLock::into_inner).collect()
}

/// Does `work` with each of `items`, which it is given for good.
///
/// # Panics
/// Where `work` does.
pub(crate) fn hand_out<T: Send, R: Send + Sync>(items: Vec<T>, worth: bool, work: impl Fn(T) -> R + Sync) -> Vec<R> {
    let items: Vec<Mutex<Option<T>>> = items.into_iter().map(|item| Mutex::new(Some(item))).collect();
    let taken = |item: &Mutex<Option<T>>| item.lock().unwrap_or_else(PoisonError::into_inner).take();
    share(&items, worth, |item| taken(item).map(&work)).into_iter().flatten().collect()
}

fn take_one<'p, T, R>(next: &AtomicUsize, items: &'p [T], slots: &'p [OnceLock<R>]) -> Option<(&'p T, &'p OnceLock<R>)> {
    let n = next.fetch_add(1, Ordering::Relaxed);
    Some((items.get(n)?, slots.get(n)?))
}

#[cfg(test)]
mod tests {
    use super::{hand_out, share};

    #[test]
    fn results_come_in_the_order_of_the_pieces_whoever_did_them() {
        let items: Vec<u64> = (0..1_000).collect();
        let squares: Vec<u64> = items.iter().map(|n| n * n).collect();
        for worth in [false, true] {
            assert_eq!(share(&items, worth, |n| n * n), squares);
            assert_eq!(hand_out(items.clone(), worth, |n| n * n), squares);
        }
    }

    #[test]
    fn help_is_there_for_those_who_help_and_for_several_at_once() {
        let items: Vec<u64> = (0..20).collect();
        let sums = || share(&items, true, |n| share(&items, true, |m| n * m).iter().sum::<u64>());
        let expected: Vec<u64> = items.iter().map(|n| n * 190).collect();
        std::thread::scope(|scope| {
            let several: Vec<_> = (0..4).map(|_| scope.spawn(sums)).collect();
            several.into_iter().for_each(|one| assert_eq!(one.join().unwrap(), expected));
        });
    }
}
