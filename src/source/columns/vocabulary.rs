//! The words by which seven languages, and the HR systems that speak them, call the fields.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::field::Field;

/// Least likeness, from 0 to 1, at which a header is worth a "did you mean".
const LIKENESS: f64 = 0.8;

/// A header as it is compared: letters and digits alone, in lower case, without accents.
pub(crate) fn normalize(header: &str) -> String {
    let letters = header.nfd().filter(|&character| !is_combining_mark(character)).filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

/// The field that a header means, in any of the languages.
pub(crate) fn field_named(header: &str) -> Option<Field> {
    let word = normalize(header);
    WORDS.iter().find(|(_, words)| words.contains(&word.as_str())).map(|&(field, _)| field)
}

/// The field whose words come closest to a header that means none.
pub(crate) fn likely_field(header: &str) -> Option<Field> {
    let header = normalize(header);
    let candidates = WORDS.iter().flat_map(|(field, words)| words.iter().map(move |word| (*field, *word)));
    candidates
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
    (Field::Groups, &["groups", "gruppen", "groupes", "grupos", "gruppi", "groepen"]),
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
            "firstname",
            "first",
            "givenname",
            "forename",
            "legalnamefirstname",
            "legalfirstname",
            "prenom",
            "prenoms",
            "vorname",
            "rufname",
            "nombre",
            "nombres",
            "nombredepila",
            "primernombre",
            "nome",
            "primeironome",
            "nomeproprio",
            "voornaam",
            "roepnaam",
        ],
    ),
    (
        Field::LastName,
        &[
            "lastname",
            "last",
            "surname",
            "familyname",
            "legalnamelastname",
            "legallastname",
            "nom",
            "nomdefamille",
            "nomusuel",
            "nomdusage",
            "nachname",
            "familienname",
            "zuname",
            "apellido",
            "apellidos",
            "primerapellido",
            "cognome",
            "apelido",
            "apelidos",
            "sobrenome",
            "ultimonome",
            "nomedefamilia",
            "achternaam",
            "familienaam",
        ],
    ),
    (
        Field::Status,
        &[
            "status",
            "active",
            "isactive",
            "enabled",
            "isenabled",
            "accountstatus",
            "accountenabled",
            "userstatus",
            "activestatus",
            "statut",
            "etat",
            "actif",
            "estactif",
            "compteactif",
            "statutducompte",
            "aktiv",
            "kontostatus",
            "estado",
            "activo",
            "habilitado",
            "stato",
            "attivo",
            "abilitato",
            "ativo",
            "situacao",
            "actief",
            "accountactief",
        ],
    ),
    (
        Field::IsHidden,
        &[
            "ishidden",
            "hidden",
            "userhidden",
            "masque",
            "estmasque",
            "cache",
            "estcache",
            "versteckt",
            "verborgen",
            "ausgeblendet",
            "oculto",
            "estaoculto",
            "escondido",
            "nascosto",
            "isverborgen",
        ],
    ),
    (Field::Uid, &["uid", "lumappsuid", "lumappsid", "lumappsuserid"]),
    (
        Field::Password,
        &[
            "password",
            "passwd",
            "pwd",
            "motdepasse",
            "passwort",
            "kennwort",
            "contrasena",
            "parolachiave",
            "senha",
            "palavrapasse",
            "wachtwoord",
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
        assert_eq!(likely_field("id"), None);
    }
}
