//! Headers in seven languages that say who is in and who has left, in words of any order: `Employee Status Code`,
//! `Fecha de baja`, `isArchived`.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::source::columns::Field;
use crate::source::columns::vocabulary::without_remarks;

/// What a column that speaks of leaving is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    /// Yes, or a word for it, is who is in.
    Status,
    /// Yes is who has left.
    Disabled,
    /// The last day.
    EndDate,
    /// Nothing that a header can tell for certain.
    Unclear,
}

impl Reading {
    /// The field that reads it.
    pub(crate) fn field(self) -> Option<Field> {
        match self {
            Self::Status => Some(Field::Status),
            Self::Disabled => Some(Field::Disabled),
            Self::EndDate => Some(Field::EndDate),
            Self::Unclear => None,
        }
    }
}

/// Whether a header speaks of who is in and who has left. `has_dates` when the first cells of its column are dates.
pub(crate) fn speaks_of_leaving(header: &str, has_dates: bool) -> Option<Reading> {
    // A remark in brackets, such as `[accountEnabled]`, may say the opposite of what the cells say.
    let in_remark = || reading_of(&words_of(header), has_dates).map(|_| Reading::Unclear);
    reading_of(&words_of(&without_remarks(header)), has_dates).or_else(in_remark)
}

/// Whether a header may name a last day, which is so when its cells are dates: `Term Date`, `Data final`, `Valid to`.
pub(crate) fn may_be_a_last_day(header: &str) -> bool {
    let words = words_of(header);
    let has = |patterns: &str| patterns.split_whitespace().any(|pattern| is_in(pattern, &words));
    has(AN_END) && !has(OTHER_ENDS)
}

fn reading_of(words: &[String], has_dates: bool) -> Option<Reading> {
    let has = |patterns: &str| patterns.split_whitespace().any(|pattern| is_in(pattern, words));
    let [has_left, is_in, is_state, is_end] = [HAS_LEFT, IS_IN, STATE, LAST_DAY].map(has);
    let is_other_state = is_state && !has_left && !is_in && has(OTHER_STATES);
    if !(has_left || is_in || is_state || is_end) || is_other_state {
        return None;
    }
    let is_date = has_dates || has(DATE) || is_end;
    Some(match (has_left, is_in, is_state, is_end) {
        _ if has(NOT) || has(BIT_FIELD) => Reading::Unclear,
        // Until when somebody is suspended is the day on which they come back.
        (true, _, _, true) if has(UNTIL) => Reading::Unclear,
        (true, _, false, _) if is_date => Reading::EndDate,
        (true, _, false, _) => Reading::Disabled,
        (false, _, _, true) => Reading::EndDate,
        (false, true, _, false) | (false, false, true, false) if !is_date => Reading::Status,
        _ => Reading::Unclear,
    })
}

/// The words of a header in lower case without accents; those that have nothing to do with leaving are left out, however
/// much they look like it.
fn words_of(header: &str) -> Vec<String> {
    let mut words: Vec<String> = vec![String::new()];
    let mut was_lower = false;
    for character in header.nfd().filter(|&character| !is_combining_mark(character)) {
        if !character.is_alphanumeric() || (was_lower && character.is_uppercase()) {
            words.push(String::new());
        }
        was_lower = character.is_lowercase();
        if character.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(character.to_lowercase());
        }
    }
    let is_harmless = |word: &String| HARMLESS.split_whitespace().any(|part| word.contains(part));
    words.retain(|word| !word.is_empty() && !is_harmless(word));
    words
}

/// `=word` is a whole word, `^word` the beginning of one, and anything else may stand anywhere, across words too.
fn is_in(pattern: &str, words: &[String]) -> bool {
    match (pattern.strip_prefix('='), pattern.strip_prefix('^')) {
        (Some(whole), _) => words.iter().any(|word| word == whole),
        (_, Some(start)) => words.iter().any(|word| word.starts_with(start)),
        _ => words.concat().contains(pattern),
    }
}

// Without accents, in lower case: en de fr es it pt nl.
const HAS_LEFT: &str = "
    terminat suspend deactivat inactiv notactiv nonactiv disabled =disable disabling unenabl notenabl deprovision
    offboard ^separation resign ^retire dismiss layoff laidoff ^archiv ^isarchiv ^delet ^isdelet ^block ^isblock ^lock
    ^islock lockedout ^former leaver =leaving =leave onleave leavedate ^departed =departure =departures departuredate =exit
    =exited exitdate ^quit =fired =ended =gone =left hasleft =cancelled =canceled revoked ^ban ^isban ^removed ^isremoved
    withdrawn ^deceased =closed isclosed ^discharg severance furlough =loa ^absent absence purged decommission ^reliev
    ^separated ^withdraw revocation =death dateofdeath closedate nologin exemploy =alumni =alumnus ^graduat =dropped
    unlock unblock =dol =lwd redundan ^churn attrition deregister unsubscrib nolonger
    ausgeschied ausscheid austritt austret ausgetret kundig ^sperr gesperrt deaktiv inaktiv geloscht loschdatum
    loschung loschkenn loschvor
    entlass verlassen beurlaub freigestellt elternzeit mutterschutz pensioniert ruhestand ehemalig =abgang abgemeldet
    beendet beendigung weggang verstorben ruhend
    ^sorti datesortie =depart datedepart =parti =quitte demission licencie suspendu desactiv inactif bloque verrouill
    ^radie radiation resili =retraite =retraitee supprim clotur =ancien =ancienne cessation =cesse rupture decede conge
    =baja fechabaja debaja =cese =cesado =cesada despid despedid salida egreso bloquead suspendid jubila renuncia eliminad retiro
    ^retirad desvincul excedencia fallecid extincion
    cessat cessaz uscita chiusura =uscito licenziat licenziam dimission dimess sospes disattiv inattiv disabilit bloccat
    pensionat aspettativa decedut eliminat
    desligam desligad =baixa debaixa demiss demitid rescis =saida datasaida desativ inativ suspens encerra afasta
    aposenta =excluido
    falecid
    uitdienst ontslag ontslagen vertrek vertrok beeindig inactief gedeactiv geblokk blokkering geschorst opgezegd ^opzeg
    opzegging gepensioneerd verwijderd afgemeld overleden exwerknemer uitgeschakeld";
const IS_IN: &str = "
    activ enabl canlogin loginallowed maylogin iscurrent isworking employed provisioned reactivat currentemploy stillemploy
    aktiv beschaftigt angestellt freigeschaltet
    =actif =active actif enposte
    vigente habilitad dealta
    attiv abilitat inservizio inforza
    ^ativ contaativa contaativo isativo
    actief actiev ingeschakeld indienst geactiveerd";
const STATE: &str = "
    status statut lifecycle userstate accountstate employeestate workerstate employmentstate useraccountcontrol
    accountcontrol =uac kontozustand benutzerzustand =etat etatducompte estadode situacao =situacion =situation =stato
    =estado situazione";
const LAST_DAY: &str = "
    lastday lastwork lastemployment enddate dateend contractend endofcontract employmentend endofemployment endsat endson
    =end expir ^expiry validto validuntil
    letztertag letzterat letzterarbeit letzterbeschaftigung enddatum vertragsende =ende gultigbis befrist ablaufdatum
    dernierjour datefin datedefin fincontrat findecontrat findecontrato findelcontrato finrapport echeance
    ultimodia ultimogiorno fechafin fechadefin vencimiento vencimento caducidad caduca
    datafine datadifine finecontratto finerapporto scadenza
    datafim datadefim fimdecontrato fimdocontrato datatermino terminodo datadetermino validoate
    laatstewerk laatstedag einddatum eindecontract eindedienst geldigtot verloopdatum
    =until =till =bis =jusqu =hasta =fino";
/// Words of an end, which in a column of dates is hardly another one than that of the work.
const AN_END: &str = "
    =term ^termed ^end ^last ^final ^finish ^stop ^thru ^through =to =effectiveto effectiveto effectivethru valid ^expir
    ^out =off ^close ^left ^leav =eod =eoe =eoc
    ^ende =bis ^letzt ^schluss ^abgang ^abgeh gultig ^ablauf ^befrist ^frist
    ^fin =finale ^dernier =au valab ^termine ^terme
    ^ultim =al ^vigen ^vencim ^termin ^cese ^hasta
    ^fine ^valid ^scad =ate ^fim ^validade
    ^eind ^laatst =tot ^geldig ^verval ^afloop ^vertrek";
/// Ends of something else.
const OTHER_ENDS: &str = "
    login logon logged signin seen access activity modif chang updat sync password passw promo review raise salar contact
    vaccin train apprais visit payroll pay meeting check audit licen certif passport visa insur proba notice trial birth
    anmeld geander aktualis kennwort passwort gehalt beforder schulung probezeit
    connexion modifica acces conexion acceso accesso acesso inlog gewijzigd wachtwoord proef essai prueba prova
    misea anderung aggiorn actualiz atualiz wijzig";
const UNTIL: &str = "=until =till =bis =jusqu =hasta =fino suspendedtill suspendeduntil blockeduntil lockeduntil";
const DATE: &str = "
    =date =dates =day =at =on =datum =tag =am =jour =le =fecha =dia =data =giorno =dag ^date timestamp datum";
const NOT: &str = "
    =not =non =never =no =un unsuspend unlock unblock unarchiv undelet =nicht =kein =nie =pas =jamais =nunca =mai =nao
    =niet =geen";
/// Numbers in which one bit of many is the account's state.
const BIT_FIELD: &str = "useraccountcontrol accountcontrol =uac";
/// States of something else.
const OTHER_STATES: &str = "
    marital civil famil matrimon visa immigra residen citizen tax fiscal vaccin militar veteran mfa 2fa sso sync ethnic
    flsa exempt disability handicap verifi burgerlijk";
const HARMLESS: &str = "
    activity activities aktivitat activite actividad attivita atividade activiteit interactiv proactiv department
    departement departamento dipartimento afdeling blockchain locker lockheed disability";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_of_every_language_speak_of_leaving_and_are_read_as_what_they_mean() {
        use Reading::{Disabled, EndDate, Status, Unclear};
        for (reading, headers) in [
            (
                Status,
                &[
                    "Employee Status Code", "Is Active", "isEnabled?", "Activated", "HR status", "Statut du salarié",
                    "Aktiver Benutzer", "Cuenta activa", "Utente attivo", "Usuário ativo", "Actieve medewerker",
                    "Reactivated", "Account State",
                ][..],
            ),
            (
                Disabled,
                &[
                    "Account Suspended?", "isArchived", "Terminated", "Left", "deleted", "Unenabled", "Ausgeschieden",
                    "Konto gesperrt", "Sorti", "Dado de baja", "Dipendente cessato", "Funcionário desligado",
                    "Medewerker uitdienst", "Block sign in (Yes/No)", "Former employee", "LockedOut",
                ],
            ),
            (
                EndDate,
                &[
                    "Last Day at Work", "Kündigungsdatum", "Fecha de la baja", "date_de_la_sortie", "Deprovisioned on",
                    "End of employment", "Data di uscita", "Data do desligamento", "Laatste dag", "Employed until",
                    "Austritt zum Datum",
                ],
            ),
            (
                Unclear,
                &["suspended_till", "Not active", "Unlocked", "userAccountControl", "Active since date", "Status date"],
            ),
        ] {
            for header in headers {
                assert_eq!(speaks_of_leaving(header, false), Some(reading), "{header}");
            }
        }
        assert_eq!(speaks_of_leaving("Left", true), Some(EndDate));
    }

    #[test]
    fn a_column_of_dates_may_be_one_of_last_days() {
        for header in [
            "Term Date", "TermDate", "term_dt", "Last Date Worked", "Effective To", "Valid Through", "Thru Date",
            "EOD", "Final date", "Abgangsdatum", "Gültigkeitsende", "Gültig bis", "Date de fin d'accès", "Fin",
            "Fecha de término", "Vigencia", "Data final", "Data de término", "Datum einde", "Einde", "Vervaldatum",
            "Data fine",
        ] {
            assert!(may_be_a_last_day(header) || speaks_of_leaving(header, true).is_some(), "{header}");
        }
        for header in [
            "Date of birth", "Created at", "Last login", "Last password change", "Last review", "Dernière mise à jour",
            "Letzte Änderung", "Ultimo aggiornamento", "Laatste wijziging", "Dernière connexion", "Letzte Anmeldung",
            "Último acceso", "Hire date", "Visa expiry date", "Passport valid until", "Probation end",
        ] {
            assert!(!may_be_a_last_day(header), "{header}");
        }
    }

    #[test]
    fn ordinary_columns_do_not_speak_of_leaving() {
        for header in [
            "Department", "Département", "Last Activity", "lastactivity", "Location", "State", "Marital Status",
            "État civil", "Estado civil", "Vaccination status", "Manager", "Job Title", "Locker", "Blockchain team",
            "Gender", "Vendor", "Native language", "Private e-mail", "Administrativo", "Created at", "Last login",
            "Date of birth", "Visible", "Email Verified", "DistinguishedName", "isEnrolledIn2Sv", "Design",
            "Disability", "Quota", "external_id",
        ] {
            assert_eq!(speaks_of_leaving(header, false), None, "{header}");
        }
    }
}
