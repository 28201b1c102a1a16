//! The words of seven languages for yes and no, enabled and disabled.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::model::Status;

/// What a status cell with something in it means, if it means anything to us.
pub(crate) fn status(cell: &str) -> Option<Status> {
    let is_enabled = match cell {
        "enabled" | "active" | "Active" => true,
        "disabled" | "inactive" | "Inactive" => false,
        _ => judge(cell, &[(ENABLED, DISABLED), (YES, NO)])?,
    };
    Some(if is_enabled { Status::Enabled } else { Status::Disabled })
}

/// What a yes-or-no cell with something in it means, if it means anything to us.
pub(crate) fn flag(cell: &str) -> Option<bool> {
    match cell {
        "true" | "TRUE" => Some(true),
        "false" | "FALSE" => Some(false),
        _ => judge(cell, &[(YES, NO)]),
    }
}

/// A word as words are compared: in lower case, without accents.
pub(crate) fn fold(word: &str) -> String {
    word.nfd().filter(|&character| !is_combining_mark(character)).flat_map(char::to_lowercase).collect()
}

fn judge(cell: &str, pairs: &[(&[&str], &[&str])]) -> Option<bool> {
    let word = fold(cell);
    pairs.iter().find_map(|(positive, negative)| {
        let is_positive = positive.contains(&word.as_str());
        (is_positive || negative.contains(&word.as_str())).then_some(is_positive)
    })
}

// Without accents, in lower case: en fr de es it pt nl.
const YES: &[&str] =
    &["true", "yes", "1", "y", "vrai", "oui", "wahr", "ja", "verdadero", "si", "vero", "verdadeiro", "sim", "waar"];
const NO: &[&str] = &["false", "no", "0", "n", "faux", "non", "falsch", "nein", "falso", "nao", "onwaar", "nee"];
const ENABLED: &[&str] = &[
    "enabled", "active", "actif", "aktiv", "aktiviert", "activo", "activa", "activado", "activada", "activee",
    "habilitado", "habilitada", "attivo", "attiva", "attivato", "abilitato", "abilitata", "ativo", "ativa", "ativado",
    "actief", "ingeschakeld", "geactiveerd",
];
const DISABLED: &[&str] = &[
    "disabled", "inactive", "inactif", "desactive", "desactivee", "inaktiv", "deaktiviert", "inactivo", "inactiva",
    "desactivado", "desactivada", "deshabilitado", "deshabilitada", "inattivo", "inattiva", "disattivo", "disattivato",
    "disattivata", "disabilitato", "disabilitata", "inativo", "inativa", "desativado", "desativada", "desabilitado",
    "desabilitada", "inactief", "uitgeschakeld", "gedeactiveerd",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_says_enabled_and_disabled_in_any_case() {
        for word in [
            "enabled", "Active", "TRUE", "1", "yes", "VRAI", "Oui", "actif", "Activé", "ACTIVÉE", "activée", "WAHR",
            "ja", "aktiv", "verdadero", "sí", "SI", "vero", "attivo", "sim", "ativo", "waar", "actief",
        ] {
            assert_eq!(status(word), Some(Status::Enabled), "{word}");
        }
        for word in [
            "disabled", "INACTIVE", "false", "0", "No", "FAUX", "non", "inactif", "Désactivé", "FALSCH", "nein",
            "inaktiv", "deaktiviert", "falso", "inactivo", "inattivo", "não", "inativo", "onwaar", "nee", "inactief",
        ] {
            assert_eq!(status(word), Some(Status::Disabled), "{word}");
        }
    }

    #[test]
    fn an_unknown_word_is_not_guessed() {
        assert_eq!(status("terminated"), None);
        assert_eq!(flag("enabled"), None);
        assert_eq!(flag("Oui"), Some(true));
        assert_eq!(flag("nee"), Some(false));
    }

    #[test]
    fn no_word_means_both() {
        for word in YES.iter().chain(ENABLED) {
            assert!(!NO.contains(word) && !DISABLED.contains(word), "{word}");
        }
    }
}
