//! The words by which seven languages, and the HR systems that speak them, call the fields.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::field::Field;

/// Least likeness, from 0 to 1, at which a header is worth a "did you mean".
const LIKENESS: f64 = 0.8;

/// A header as it is compared: letters and digits alone, in lower case, without accents and remarks in brackets.
pub(crate) fn normalize(header: &str) -> String {
    match letters_of(&without_remarks(header)) {
        letters if letters.is_empty() => letters_of(header),
        letters => letters,
    }
}

/// `First Name [Required]` is `First Name`.
pub(super) fn without_remarks(header: &str) -> String {
    let mut kept = header.to_owned();
    for (open, close) in [('(', ')'), ('[', ']'), ('{', '}')] {
        while let Some(start) = kept.find(open)
            && let Some(length) = kept[start..].find(close)
        {
            kept.replace_range(start..=start + length, " ");
        }
    }
    kept
}

fn letters_of(text: &str) -> String {
    let letters = text.nfd().filter(|&character| !is_combining_mark(character)).filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

/// The field that a header means, in any of the languages.
pub(crate) fn field_named(header: &str) -> Option<Field> {
    let word = normalize(header);
    WORDS.iter().find(|(_, words)| words.contains(&word.as_str())).map(|&(field, _)| field)
}

/// Whether a header may as well mean the full name: it is one of the two names only where the other has a column too.
pub(crate) fn may_be_full_name(header: &str) -> bool {
    matches!(normalize(header).as_str(), "nom" | "nombre" | "nome")
}

/// Whether a header means a full name, which no column of first or last names holds.
pub(crate) fn means_full_name(header: &str) -> bool {
    const WORDS: &[&str] = &[
        "name", "names", "fullname", "displayname", "employeename", "username", "preferredname", "nomcomplet",
        "nometprenom", "vollername", "vollstandigername", "nombrecompleto", "nombreyapellidos", "nomecompleto",
        "nomeecognome", "naam", "volledigenaam",
    ];
    WORDS.contains(&normalize(header).as_str())
}

/// The field of whose words a header that means none is a slip of the pen. A word with something before or behind it is
/// no slip: `Unhidden` is not `Hidden`.
pub(crate) fn likely_field(header: &str) -> Option<Field> {
    let header = normalize(header);
    // Words of their own, near a field's by chance.
    if matches!(header.as_str(), "state" | "states" | "stat" | "static" | "start" | "man" | "male") {
        return None;
    }
    let candidates = WORDS.iter().flat_map(|(field, words)| words.iter().map(move |word| (*field, *word)));
    candidates
        .filter(|(_, word)| header.len().abs_diff(word.len()) <= 1)
        .map(|(field, word)| (likeness(&header, word), field))
        .filter(|&(score, _)| score >= LIKENESS)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, field)| field)
}

/// The header out of `headers` that comes closest to what the operator wrote.
pub(crate) fn likely_header<'a>(wanted: &str, headers: &'a [String]) -> Option<&'a str> {
    let wanted = normalize(wanted);
    headers
        .iter()
        .map(|header| (likeness(&wanted, &normalize(header)), header.as_str()))
        .filter(|&(score, _)| score >= LIKENESS)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, header)| header)
}

/// Short words are alike by chance, so they only count with one slip at most.
fn likeness(left: &str, right: &str) -> f64 {
    let shorter = left.chars().count().min(right.chars().count());
    match shorter {
        0..=2 => 0.0,
        3..=5 if strsim::osa_distance(left, right) > 1 => 0.0,
        _ => strsim::normalized_damerau_levenshtein(left, right).max(if shorter <= 5 { LIKENESS } else { 0.0 }),
    }
}

/// Whether a header means the opposite of `isHidden`, which no column may be taken for.
pub(crate) fn means_visible(header: &str) -> bool {
    matches!(normalize(header).as_str(), "visible" | "isvisible" | "sichtbar" | "visibile" | "visivel" | "zichtbaar")
}

const WORDS: &[(Field, &[&str])] = &[
    (
        Field::Email,
        &[
            // English, and the names of Workday, SuccessFactors and BambooHR
            "email",
            "mail",
            "emailaddress",
            "mailaddress",
            "workemail",
            "emailwork",
            "workemailaddress",
            "primaryemail",
            "primaryemailaddress",
            "primaryworkemail",
            "emailprimarywork",
            "emailprimary",
            "businessemail",
            "businessemailaddress",
            "businessemailinformationemailaddress",
            "companyemail",
            "corporateemail",
            "professionalemail",
            "useremail",
            // French
            "courriel",
            "adresseemail",
            "adressemail",
            "adressecourriel",
            "adresseelectronique",
            "adressedemessagerie",
            "emailprofessionnel",
            "mailprofessionnel",
            "courrielprofessionnel",
            "emailpro",
            "mailpro",
            "adresseemailprofessionnelle",
            "adressemailprofessionnelle",
            // German
            "emailadresse",
            "mailadresse",
            "dienstlicheemail",
            "dienstlicheemailadresse",
            "geschaftlicheemail",
            "geschaftlicheemailadresse",
            // Spanish
            "correo",
            "correoelectronico",
            "correocorporativo",
            "correoelectronicocorporativo",
            "direcciondecorreo",
            "direcciondecorreoelectronico",
            "emailcorporativo",
            // Italian
            "indirizzoemail",
            "indirizzomail",
            "postaelettronica",
            "indirizzodipostaelettronica",
            "emailaziendale",
            // Portuguese
            "correioeletronico",
            "correioelectronico",
            "enderecodeemail",
            "enderecoemail",
            // Dutch
            "emailadres",
            "mailadres",
            "werkemail",
            "zakelijkemail",
            "zakelijkemailadres",
        ],
    ),
    (
        Field::FirstName,
        &[
            "firstname", "first", "givenname", "namegivenname", "forename", "legalnamefirstname", "legalfirstname",
            "prenom", "prenoms", "vorname", "rufname", "nombre", "nombres", "nombredepila", "primernombre", "nome",
            "primeironome", "nomeproprio", "voornaam", "roepnaam",
        ],
    ),
    (
        Field::LastName,
        &[
            "lastname", "last", "surname", "familyname", "namefamilyname", "legalnamelastname", "legallastname", "nom",
            "nomdefamille", "nomusuel", "nomdusage", "nachname", "familienname", "zuname", "apellido", "apellidos",
            "primerapellido", "cognome", "apelido", "apelidos", "sobrenome", "ultimonome", "nomedefamilia",
            "achternaam", "familienaam",
        ],
    ),
    (
        Field::Status,
        &[
            "status", "active", "isactive", "enabled", "isenabled", "accountstatus", "accountenabled", "userstatus",
            "activestatus", "employmentstatus", "employeestatus", "workerstatus", "workstatus", "statut", "etat",
            "actif", "estactif", "compteactif", "statutducompte", "statutdelemploye", "aktiv", "kontostatus",
            "mitarbeiterstatus", "beschaftigungsstatus", "estado", "activo", "habilitado", "estadodelempleado",
            "estadodelacuenta", "stato", "statoaccount", "attivo", "abilitato", "ativo", "situacao", "actief",
            "accountactief",
        ],
    ),
    (
        Field::Disabled,
        &[
            "disabled", "isdisabled", "accountdisabled", "userdisabled", "suspended", "issuspended",
            "accountsuspended", "usersuspended", "locked", "islocked", "accountlocked", "deactivated", "isdeactivated",
            "accountdeactivated", "inactive", "isinactive", "accountinactive", "desactive", "estdesactive",
            "comptedesactive", "inactif", "suspendu", "comptesuspendu", "bloque", "verrouille", "deaktiviert",
            "kontodeaktiviert", "inaktiv", "gesperrt", "kontogesperrt", "desactivado", "deshabilitado", "inhabilitado",
            "inactivo", "suspendido", "bloqueado", "disattivato", "disabilitato", "inattivo", "sospeso", "bloccato",
            "desativado", "desabilitado", "inativo", "suspenso", "gedeactiveerd", "uitgeschakeld", "inactief",
            "geblokkeerd", "geschorst",
        ],
    ),
    (
        Field::StartDate,
        &[
            "startdate", "hiredate", "dateofhire", "hiringdate", "joiningdate", "dateofjoining", "joindate",
            "employmentstartdate", "contractstartdate", "firstdayofwork", "firstworkingday", "dateentree",
            "datedentree", "datedebut", "datededebut", "datedembauche", "datedarrivee", "startdatum", "eintritt",
            "eintrittsdatum", "eintrittam", "einstellungsdatum", "vertragsbeginn", "fechadeinicio", "fechainicio",
            "fechadeingreso", "fechadealta", "fechadecontratacion", "datadinizio", "datainizio", "datadiassunzione",
            "dataassunzione", "datadeinicio", "datainicio", "datadeadmissao", "dataadmissao", "ingangsdatum",
            "indienst", "datumindienst", "datumindiensttreding", "indienstdatum",
        ],
    ),
    (
        Field::EndDate,
        &[
            "enddate", "dateend", "employmentenddate", "contractenddate", "endofcontract", "terminationdate",
            "termdate", "lastdateworked", "lastdayofemployment", "fechadetermino", "fechatermino", "abgangsdatum",
            "datumeinde", "effectiveenddate", "dateoftermination", "terminatedat", "terminatedon", "separationdate",
            "exitdate", "dateofexit", "leavingdate", "dateofleaving", "leavedate", "departuredate", "offboardingdate",
            "relievingdate", "lastday", "lastdayofwork", "lastworkday", "lastworkingday", "lastworkingdate",
            "lastdayworked", "lastemploymentday", "deactivationdate", "deactivatedat", "disabledat", "suspendedat",
            "deprovisionedat", "archivedat", "datesortie", "datedesortie", "datefin", "datedefin", "datefincontrat",
            "datedefindecontrat", "findecontrat", "datedepart", "datededepart", "dernierjour", "dernierjourtravaille",
            "dernierjourdetravail", "austritt", "austrittsdatum", "austrittam", "enddatum", "vertragsende",
            "letzterarbeitstag", "letztertag", "ausscheidedatum", "beschaftigungsende", "fechadebaja", "fechabaja",
            "fechadesalida", "fechafin", "fechadefin", "fechafincontrato", "fechadefindecontrato", "fechadecese",
            "fechadeterminacion", "ultimodia", "ultimodiadetrabajo", "ultimodialaborable", "datafine", "datadifine",
            "datafinerapporto", "datacessazione", "datadicessazione", "datauscita", "ultimogiorno",
            "ultimogiornodilavoro", "finecontratto", "datafinecontratto", "datafim", "datadefim", "datadesaida",
            "datasaida", "datadedesligamento", "datadesligamento", "datadedemissao", "datademissao", "datadetermino",
            "datatermino", "ultimodiadetrabalho", "fimdecontrato", "einddatum", "uitdienst", "datumuitdienst",
            "uitdienstdatum", "datumuitdiensttreding", "laatstewerkdag", "vertrekdatum", "eindecontract",
            "einddatumcontract",
        ],
    ),
    (
        Field::IsHidden,
        &[
            "ishidden", "hidden", "userhidden", "masque", "estmasque", "cache", "estcache", "versteckt", "verborgen",
            "ausgeblendet", "oculto", "estaoculto", "escondido", "nascosto", "isverborgen",
        ],
    ),
    (Field::Uid, &["uid", "lumappsuid", "lumappsid", "lumappsuserid"]),
    (
        Field::Groups,
        &["groups", "group", "usergroups", "groupes", "groupe", "gruppen", "gruppe", "grupos", "gruppi", "groepen"],
    ),
    (
        Field::Password,
        &[
            "password", "passwd", "pwd", "motdepasse", "passwort", "kennwort", "contrasena", "parolachiave", "senha",
            "palavrapasse", "wachtwoord",
        ],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_match_without_case_accents_blanks_and_marks() {
        for (header, field) in [
            ("First Name", Field::FirstName),
            ("first_name", Field::FirstName),
            ("firstName", Field::FirstName),
            ("PRÉNOM", Field::FirstName),
            ("Pre\u{301}nom", Field::FirstName),
            ("E-Mail", Field::Email),
            ("e.mail", Field::Email),
            ("E-Mail-Adresse", Field::Email),
            ("Correo electrónico", Field::Email),
            ("Nom", Field::LastName),
            ("Contraseña", Field::Password),
            ("Situação", Field::Status),
            ("is hidden", Field::IsHidden),
            ("First Name [Required]", Field::FirstName),
            ("Status (Active/Inactive)", Field::Status),
            ("Status [READ ONLY]", Field::Status),
            ("Date de sortie", Field::EndDate),
            ("Austritt am", Field::EndDate),
        ] {
            assert_eq!(field_named(header), Some(field), "{header}");
        }
        for stranger in ["Name", "User ID", "Visible", "Department", ""] {
            assert_eq!(field_named(stranger), None, "{stranger}");
        }
    }

    #[test]
    fn every_word_is_in_its_compared_form_and_means_one_field() {
        for (field, words) in WORDS {
            for word in *words {
                assert_eq!(normalize(word), *word);
                assert_eq!(field_named(word), Some(*field), "{word}");
            }
        }
    }

    #[test]
    fn a_slip_is_guessed_and_a_stranger_is_not() {
        assert_eq!(likely_field("E-mial"), Some(Field::Email));
        assert_eq!(likely_field("fristname"), Some(Field::FirstName));
        assert_eq!(likely_field("statsu"), Some(Field::Status));
        assert_eq!(likely_field("Department"), None);
        for opposite in ["Unhidden", "Not hidden", "Unlocked", "Non disabled", "Nicht versteckt"] {
            assert_eq!(likely_field(opposite), None, "{opposite}");
        }
        assert_eq!(likely_field("id"), None);
    }
}
