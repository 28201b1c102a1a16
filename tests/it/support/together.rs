//! Many cases at once: most of them wait, for a pause or for an answer that never comes.

use std::sync::Mutex;

/// Cases that are tried at once; each has a tenant and a process of its own.
const AT_ONCE: usize = 16;

/// Tries all cases; panics when one does, once the others have ended.
pub fn each<T: Send>(cases: impl IntoIterator<Item = T>, check: impl Fn(T) + Sync) {
    let waiting = Mutex::new(cases.into_iter().collect::<Vec<_>>().into_iter());
    let next = || waiting.lock().unwrap().next();
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(case) = next() {
                    check(case);
                }
            });
        }
    });
}
