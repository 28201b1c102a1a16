//! The known name that a misspelt one is nearest to.

/// `; did you mean ...?`, or nothing where no name is near: one letter apart, or two in a long name.
pub(super) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let distance = |candidate: &str| strsim::osa_distance(name, candidate);
    let near =
        known.min_by_key(|candidate| distance(candidate)).filter(|near| distance(near) <= 2.min(1 + name.len() / 16));
    near.map_or_else(String::new, |near| format!("; did you mean {near}?"))
}
