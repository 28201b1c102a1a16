//! OpenSSH's patterns: `*` is any text, `?` one character, `!` in front of a pattern of a list excludes.

/// A list of patterns with commas between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PatternList(Vec<String>);

impl PatternList {
    pub(super) fn new(text: &str) -> Self {
        Self(text.split(',').map(str::trim).filter(|pattern| !pattern.is_empty()).map(str::to_owned).collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a pattern matches and none excludes.
    pub(super) fn matches(&self, text: &str) -> bool {
        let excludes = |pattern: &String| pattern.strip_prefix('!').is_some_and(|pattern| matches(pattern, text));
        self.0.iter().any(|pattern| matches(pattern, text)) && !self.0.iter().any(excludes)
    }

    /// The patterns that do not exclude.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str).filter(|pattern| !pattern.starts_with('!'))
    }
}

/// Whether two patterns may mean the same person.
pub(super) fn may_be_same(left: &str, right: &str) -> bool {
    let is_open = |pattern: &str| pattern.contains(['*', '?']);
    (is_open(left) && is_open(right)) || matches(left, right) || matches(right, left)
}

fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut at, mut position) = (0, 0);
    // The last `*`, and how far the text has come that it stands for.
    let mut star: Option<(usize, usize)> = None;
    while position < text.len() {
        match (pattern.get(at), star) {
            (Some('*'), _) => {
                star = Some((at, position));
                at += 1;
            }
            (Some(&wanted), _) if wanted == '?' || wanted == text[position] => {
                at += 1;
                position += 1;
            }
            (_, Some((place, covered))) => {
                star = Some((place, covered + 1));
                at = place + 1;
                position = covered + 1;
            }
            (_, None) => return false,
        }
    }
    pattern[at..].iter().all(|rest| *rest == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_openssh_does() {
        let is_match = |list: &str, text: &str| PatternList::new(list).matches(text);
        for (list, text, expected) in [
            ("ann@example.com", "ann@example.com", true),
            ("ann@example.com", "ANN@example.com", false),
            ("*@example.com", "ann@example.com", true),
            ("*@example.com", "ann@example.com.test", false),
            ("a?n@*", "ann@example.com", true),
            ("a*n*m", "ann@example.com", true),
            ("*", "", true),
            ("bob,ann", "ann", true),
            ("*@example.com,!eve@*", "eve@example.com", false),
            ("!eve@*", "ann@example.com", false),
            ("**b", "aab", true),
            ("a*?", "a", false),
        ] {
            assert_eq!(is_match(list, text), expected, "{list} {text}");
        }
    }

    #[test]
    fn patterns_that_may_mean_one_person_are_taken_for_one() {
        assert!(may_be_same("*@example.com", "ann@example.com"));
        assert!(may_be_same("a*", "*n"));
        assert!(!may_be_same("ann@example.com", "bob@example.com"));
        assert!(!may_be_same("*@example.org", "ann@example.com"));
    }
}
