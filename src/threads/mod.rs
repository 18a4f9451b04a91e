//! Work for several cores: each takes the next piece until there is none, and the results are in the order of the pieces.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

/// Does `work` for each of `items`: on all cores where it is `worth` starting threads, which cost about as much as judging a
/// small template.
///
/// # Panics
/// Where `work` does.
pub(crate) fn share<T: Sync, R: Send + Sync>(items: &[T], worth: bool, work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let cores = if worth { std::thread::available_parallelism().map_or(1, usize::from) } else { 1 };
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
    std::thread::scope(|scope| {
        for _ in 0..helpers {
            scope.spawn(take);
        }
        take();
    });
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
}
