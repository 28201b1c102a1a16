//! Many cases at once, since most of them wait for a pause or a timeout.

use std::sync::Mutex;

/// Cases that run at once; each has a tenant and a process of its own.
const AT_ONCE: usize = 16;

/// Checks every case; panics when one does, once the others have ended.
pub fn for_each<T: Send>(cases: impl IntoIterator<Item = T>, check: impl Fn(T) + Sync) {
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
