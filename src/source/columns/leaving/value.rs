//! Cells in seven languages that say of their row that somebody has left: `Terminated`, `On leave`, `Ausgeschieden`.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A longer text is a remark, and what it says of leaving may be about anything.
const MOST_WORDS: usize = 6;

/// Whether the cell says that somebody has left or is away.
pub(crate) fn says_left(cell: &str) -> bool {
    // Nearly every cell ends here.
    if cell.is_ascii() && PARTS.as_ref().is_some_and(|parts| !parts.is_match(cell)) {
        return false;
    }
    let folded: String =
        cell.nfd().filter(|&character| !is_combining_mark(character)).flat_map(char::to_lowercase).collect();
    if folded.contains('@') {
        return false;
    }
    let words: Vec<&str> = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let whole = words.join(" ");
    let begins = || BEGINNINGS.iter().any(|start| begins_with(&whole, start));
    let is_word = |word: &&str| WORDS.split_whitespace().any(|start| word.starts_with(start));
    // A directory keeps who has left in a unit of their own: `OU=Disabled Users`.
    let mut units = folded.split(',').filter_map(|part| part.trim().strip_prefix("ou="));
    WHOLE.contains(&whole.as_str())
        || (words.len() <= MOST_WORDS && (begins() || words.iter().any(is_word)))
        || units.any(|unit| !unit.starts_with("ou=") && says_left(unit))
}

fn begins_with(whole: &str, start: &str) -> bool {
    whole.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

/// Some part of each that a cell must have, so that nearly all cells are done with after one look.
static PARTS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let longest = |phrase: &'static str| phrase.split_whitespace().max_by_key(|word| word.len());
    let phrases = WHOLE.iter().chain(BEGINNINGS).copied().filter_map(longest);
    let parts: Vec<&str> = WORDS.split_whitespace().chain(phrases).collect();
    AhoCorasickBuilder::new().ascii_case_insensitive(true).build(parts).ok()
});

// Without accents, in lower case: en de fr es it pt nl. The beginnings of words that no name or department begins with.
const WORDS: &str = "
    terminated termination separated graduated nologin suspended deactivat inactiv disabled deprovision offboard resigned
    dismissed furlough
    discharged nonactive exemployee
    ausgeschied ausgetret gekundigt inaktiv deaktiviert gesperrt geloscht ehemalig entlassen pensioniert beurlaubt
    freigestellt verstorben abgemeldet
    demissionn licencie suspendu desactiv inactif bloque radie retraite decede supprime
    despedid cesado cesada inactivo inactiva desactivad bloquead suspendid jubilad eliminad desvinculad fallecid exempleado
    cessato cessata licenziat dimess dimissionar sospes disattivat inattiv disabilitat bloccat pensionat decedut
    desligad demitid inativ desativad suspenso suspensa afastad aposentad rescindid falecid
    ontslagen vertrokken inactief gedeactiveerd geblokkeerd geschorst gepensioneerd opgezegd verwijderd overleden
    uitgeschakeld";
// What a cell begins with.
const BEGINNINGS: &[&str] = &[
    "invol term", "vol term", "voluntary term", "contract ended", "vertrag beendet", "on leave", "on long term leave",
    "leave of absence", "laid off", "left company", "left the", "left on", "left in", "left organisation",
    "left organization", "no longer", "not active", "not employed", "not enabled", "non active", "ex employee",
    "former employee", "former worker", "former staff", "retired", "deceased", "archived", "locked out",
    "in elternzeit", "in mutterschutz", "in rente", "im ruhestand", "nicht aktiv", "nicht mehr", "archiviert",
    "en conge", "fin de contrat", "ancien salarie", "ancien employe", "pas actif", "non actif", "contrat termine",
    "de baja", "no activo", "no activa", "ex empleado", "fin de contrato", "en excedencia", "in aspettativa",
    "ex dipendente", "non attivo", "fine rapporto", "de licenca", "em licenca", "ex funcionario", "nao ativo",
    "fora da empresa", "uit dienst", "met verlof", "met pensioen", "niet actief", "oud medewerker", "ex werknemer",
];
// A whole cell; in a longer one they are names or mean something else.
const WHOLE: &[&str] = &[
    "term", "termed", "left", "former", "leaver", "leave", "gone", "quit", "fired", "exited", "departed", "deleted",
    "blocked", "locked", "expired", "ended", "closed", "cancelled", "canceled", "banned", "removed", "withdrawn",
    "loa", "sabbatical", "elternzeit", "mutterschutz", "beendet", "verlassen", "rentner", "rentnerin", "ruhend",
    "austritt", "sorti", "sortie", "parti", "partie", "quitte", "expire", "baja", "cese", "egresado", "retirado",
    "retirada", "finalizado", "finalizada", "excedencia", "uscito", "uscita", "scaduto", "aspettativa", "encerrado",
    "encerrada", "excluido", "excluida", "uitdienst", "verlopen", "beeindigd", "afgemeld",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_of_every_language_say_that_somebody_has_left() {
        for cell in [
            "Terminated",
            "TERMINATED - voluntary",
            "On leave",
            "on_leave until May",
            "Former",
            "Inactive (LOA)",
            "Left company 2026",
            "No longer employed",
            "Retired",
            "Ausgeschieden",
            "gekündigt",
            "in Elternzeit",
            "Démissionnaire",
            "En congé",
            "Licenciée",
            "Baja",
            "De baja",
            "Jubilado",
            "Cessato",
            "Licenziato",
            "Desligado",
            "Inativo",
            "De licença",
            "Uit dienst",
            "TERM",
            "Invol Term",
            "Vertrag beendet",
            "/sbin/nologin",
            "CN=Ann Lee,OU=Disabled Users,OU=Staff,DC=corp,DC=example,DC=com",
            "Beëindigd",
            "Met verlof",
        ] {
            assert!(says_left(cell), "{cell}");
        }
    }

    #[test]
    fn names_departments_and_remarks_do_not() {
        for cell in [
            "",
            "Active",
            "enabled",
            "Left Bank",
            "Former Glory Ltd",
            "Archives",
            "Baja California",
            "Jane Leaver",
            "Sales",
            "terminal 2",
            "gone@example.com",
            "ann.inactive@example.com",
            "Expert",
            "Sortiment",
            "Partielle",
            "asked in May whether the account of somebody who resigned could be kept",
        ] {
            assert!(!says_left(cell), "{cell}");
        }
    }
}
