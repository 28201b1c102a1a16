//! Names in many languages for generated tenants, and how each is spelt in an address.

use unicode_normalization::UnicodeNormalization;

/// First and last names of people who share a language; `shown|spelt in an address` where the latter does not follow from the letters.
#[derive(Debug)]
pub(crate) struct Language {
    pub(crate) code: &'static str,
    pub(crate) first: [&'static str; 12],
    pub(crate) last: [&'static str; 16],
}

#[rustfmt::skip]
pub(crate) const LANGUAGES: [Language; 18] = [
    Language { code: "de",
        first: ["Jürgen|juergen", "Anneliese", "Björn|bjoern", "Käthe|kaethe", "Hans-Peter", "Friederike", "Günther|guenther", "Sönke|soenke", "Marie-Luise", "Wolfgang", "Jörg|joerg", "Ursula"],
        last: ["Müller|mueller", "Weiß", "Schäfer|schaefer", "Groß", "von der Heide", "Jäger|jaeger", "Schröder|schroeder", "Böhm|boehm", "Krüger|krueger", "Straßer", "Zimmermann", "Hoffmann-Köhler|hoffmann-koehler", "Fuchs", "Lindner", "Vogt", "Öztürk-Braun|oeztuerk-braun"] },
    Language { code: "fr",
        first: ["François", "Hélène", "Jean-Baptiste", "Anaïs", "Zoé", "Gaëtan", "Marie-Ève", "Jérôme", "Noémie", "Cédric", "Aurélie", "Loïc"],
        last: ["Lefèvre", "d'Aubigné", "Beaupré", "L'Hôpital", "Garçon", "de La Tour", "Châtelain", "Müntz-Royer", "Besnard", "Pélissier", "Roux", "Delacroix", "Fontaine", "Maître", "Guérin", "Vaillancourt"] },
    Language { code: "es",
        first: ["José Luis", "María Ángeles", "Iñaki", "Begoña", "Andrés", "Lucía", "Íñigo", "Concepción", "Joaquín", "Inés", "Raúl", "Montserrat"],
        last: ["Núñez", "García Márquez", "Ibáñez", "Peñalver", "Rodríguez", "Muñoz", "de la Cruz", "Gómez-Acebo", "Echeverría", "Sáenz", "Villanueva", "Ordóñez", "Quiñones", "Zubizarreta", "Cañete", "Valdés"] },
    Language { code: "it",
        first: ["Niccolò", "Giuseppe", "Chiara", "Maria Vittoria", "Gianluca", "Fiammetta", "Dario", "Eleonora", "Piero", "Ludovica", "Matteo", "Ilaria"],
        last: ["D'Angelo", "Dell'Acqua", "Pellicanò", "De Luca", "Rossi", "Bianchi", "Cantù", "Fedele", "Lo Presti", "Marchetti", "Sanfilippo", "Zanetti", "Barbieri", "Nardò", "Quattrocchi", "Vitale"] },
    Language { code: "pl",
        first: ["Łukasz", "Małgorzata", "Wojciech", "Święcisława", "Zbigniew", "Agnieszka", "Paweł", "Grażyna", "Stanisław", "Żaneta", "Mieczysław", "Bożena"],
        last: ["Wiśniewski", "Kowalczyk", "Dąbrowska", "Zieliński", "Wójcik", "Jabłoński", "Gołębiewska", "Szymański", "Łęcki", "Brzęczyszczykiewicz", "Mazur", "Piątek", "Król", "Sikora-Żak", "Nowakowska", "Źródłowski"] },
    Language { code: "cs",
        first: ["Jiří", "Květa", "Bořivoj", "Zdeňka", "Ondřej", "Růžena", "Vojtěch", "Žofie", "Přemysl", "Božena", "Tomáš", "Šárka"],
        last: ["Dvořák", "Novotná", "Černý", "Procházka", "Kučerová", "Řezníček", "Šťastný", "Žižka", "Hájek", "Němcová", "Růžička", "Pospíšil", "Bílek", "Ďurica", "Fišer", "Tichý"] },
    Language { code: "tr",
        first: ["İbrahim|ibrahim", "Gülşen", "Çağla", "Ömer", "Işıl|isil", "Doğan", "Şebnem", "Uğur", "Ayşe", "Yiğit", "Özlem", "Barış"],
        last: ["Yılmaz", "Çelik", "Öztürk", "Şahin", "Yıldırım", "Güneş", "Koç", "Arslan", "Kılıç", "Aydın", "Erdoğdu", "Taş", "Bozkurt", "Ünal", "Kaya", "Ilgın"] },
    Language { code: "vi",
        first: ["Thị Hồng", "Văn Đức", "Quỳnh", "Hữu Phước", "Ánh Tuyết", "Minh Khôi", "Thuỳ Dương", "Bảo Ngọc", "Đình Trọng", "Mỹ Linh", "Xuân Trường", "Ngọc Ánh"],
        last: ["Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý", "Đoàn", "Trịnh", "Vũ"] },
    Language { code: "ar",
        first: ["Abd al-Rahman", "Fatimah", "Mu'tasim", "Noor", "Khalid", "Zaynab", "Ṭāriq", "Ḥusayn", "Maryam", "Yūsuf", "Sa'id", "Laylā"],
        last: ["al-Khwārizmī", "El-Sayed", "Ibn Battuta", "al-Fārūqī", "Bin Laith", "Haddad", "Abu Bakr", "al-Ma'arri", "Nasser", "Qabbani", "al-Zahrawi", "Mansour", "Darwīsh", "Shahin-Azmi", "al-Ghazali", "Tahan"] },
    Language { code: "el",
        first: ["Γιώργος|giorgos", "Ελένη|eleni", "Δημήτρης|dimitris", "Σοφία|sofia", "Κώστας|kostas", "Αικατερίνη|aikaterini", "Νίκος|nikos", "Βασιλική|vasiliki", "Παναγιώτης|panagiotis", "Χριστίνα|christina", "Θανάσης|thanasis", "Φωτεινή|foteini"],
        last: ["Παπαδόπουλος|papadopoulos", "Νικολάου|nikolaou", "Γεωργίου|georgiou", "Οικονόμου|oikonomou", "Καραγιάννης|karagiannis", "Βλάχος|vlachos", "Δημητρίου|dimitriou", "Αθανασίου|athanasiou", "Μακρής|makris", "Αλεξίου|alexiou", "Ζαχαρίας|zacharias", "Παππάς|pappas", "Λάμπρου|lamprou", "Ρήγας|rigas", "Σταύρου|stavrou", "Κωνσταντίνου|konstantinou"] },
    Language { code: "ja",
        first: ["太郎|taro", "花子|hanako", "健一|kenichi", "美咲|misaki", "翔太|shota", "さくら|sakura", "大輔|daisuke", "陽子|yoko", "直樹|naoki", "恵|megumi", "拓海|takumi", "あゆみ|ayumi"],
        last: ["佐藤|sato", "鈴木|suzuki", "高橋|takahashi", "田中|tanaka", "渡邊|watanabe", "伊藤|ito", "山本|yamamoto", "中村|nakamura", "小林|kobayashi", "加藤|kato", "吉田|yoshida", "髙島|takashima", "齋藤|saito", "松本|matsumoto", "井上|inoue", "木村|kimura"] },
    Language { code: "da",
        first: ["Søren", "Bodil", "Jørgen", "Åse", "Kåre", "Mette-Marie", "Asbjørn", "Ingrid", "Øystein", "Sigrún", "Håkon", "Dagny"],
        last: ["Ødegård", "Møller", "Kjærgaard", "Sørensen", "Bækgaard", "Åkesson", "Rasmussen", "Nygård", "Ræder", "Lindström", "Jónsdóttir", "Þorsteinsson", "Holm-Nielsen", "Bjerregaard", "Östberg", "Vestergaard"] },
    Language { code: "pt",
        first: ["João", "Conceição", "Antônio", "Lúcia", "Simão", "Inês", "Estêvão", "Verônica", "Gonçalo", "Assunção", "Luís", "Graça"],
        last: ["Gonçalves", "Guimarães", "dos Santos", "Araújo", "Simões", "Magalhães", "Conceição", "Falcão", "Vasconcelos", "da Silva", "Bragança", "Leitão", "Mourão", "Peixoto", "Sá", "Cortês"] },
    Language { code: "hu",
        first: ["György", "Zsófia", "László", "Ágnes", "Gergő", "Tünde", "Ödön", "Réka", "Zoltán", "Csilla", "Jenő", "Ilona"],
        last: ["Szabó", "Kovács", "Hegedűs", "Tóth", "Nagy", "Kőszegi", "Füredi", "Vörös", "Molnár", "Gyöngyösi", "Balogh", "Szűcs", "Erdélyi", "Pásztor", "Sütő", "Lakatos"] },
    Language { code: "ro",
        first: ["Ștefan", "Ioana", "Răzvan", "Ileana", "Mihăiță", "Anișoara", "Cătălin", "Smaranda", "Dragoș", "Lăcrămioara", "Ionuț", "Viorica"],
        last: ["Ionescu", "Brâncoveanu", "Țepeș", "Popa", "Mărășescu", "Bălănescu", "Stănciulescu", "Dumitru", "Vlădescu", "Cârstea", "Enăchescu", "Moisil", "Șerban", "Lupu", "Grigore", "Țurcanu"] },
    Language { code: "uk",
        first: ["Олександр|oleksandr", "Оксана|oksana", "Дмитро|dmytro", "Соломія|solomiia", "Тарас|taras", "Наталія|nataliia", "Ярослав|yaroslav", "Юлія|yuliia", "Євген|yevhen", "Ганна|hanna", "Богдан|bohdan", "Лариса|larysa"],
        last: ["Шевченко|shevchenko", "Коваленко|kovalenko", "Бондаренко|bondarenko", "Ткачук|tkachuk", "Кравець|kravets", "Олійник|oliinyk", "Мельник|melnyk", "Лисенко|lysenko", "Гнатюк|hnatiuk", "Захарчук|zakharchuk", "Їжакевич|yizhakevych", "Савчук|savchuk", "Поліщук|polishchuk", "Руденко|rudenko", "Щербак|shcherbak", "Дем'яненко|demianenko"] },
    Language { code: "en",
        first: ["Siobhán", "Liam", "Mary-Ann", "Seán", "Chloë", "Alasdair", "Niamh", "Rhys", "Beyonka", "Oliver", "Priya", "Deshawn"],
        last: ["O'Connor", "Smith", "MacGillivray", "Taylor-Jones", "O'Neill", "Fitzgerald", "Brontë", "Llywelyn", "Ashworth", "St. John", "Washington", "Nakagawa-Reid", "Okonkwo", "Featherstone", "Hughes", "Kaur"] },
    Language { code: "zh",
        first: ["伟|wei", "秀英|xiuying", "志强|zhiqiang", "丽|li", "建国|jianguo", "静怡|jingyi", "浩然|haoran", "雪梅|xuemei", "子轩|zixuan", "婷婷|tingting", "国栋|guodong", "欣怡|xinyi"],
        last: ["王|wang", "张|zhang", "欧阳|ouyang", "陈|chen", "刘|liu", "杨|yang", "赵|zhao", "黄|huang", "周|zhou", "吴|wu", "徐|xu", "孙|sun", "马|ma", "朱|zhu", "司马|sima", "林|lin"] },
];

/// The name as people write it.
pub(crate) fn shown(name: &'static str) -> &'static str {
    name.split_once('|').map_or(name, |(shown, _)| shown)
}

/// The name as it stands in an address: lower-case letters without marks, and hyphens.
pub(crate) fn in_address(name: &'static str) -> String {
    let name = name.split_once('|').map_or(name, |(_, spelt)| spelt);
    let mut plain = String::new();
    for character in name.to_lowercase().nfd() {
        match character {
            'a'..='z' => plain.push(character),
            ' ' | '-' => plain.push('-'),
            'ß' => plain.push_str("ss"),
            'ø' => plain.push('o'),
            'æ' => plain.push_str("ae"),
            'ł' => plain.push('l'),
            'đ' | 'ð' => plain.push('d'),
            'ı' => plain.push('i'),
            'þ' => plain.push_str("th"),
            _ => {}
        }
    }
    plain.trim_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_name_has_its_own_spelling_in_addresses() {
        let mut pairs = HashSet::new();
        for language in &LANGUAGES {
            for (first, last) in
                language.first.iter().flat_map(|first| language.last.iter().map(move |last| (first, last)))
            {
                let pair = (in_address(first), in_address(last));
                assert!(!pair.0.is_empty() && !pair.1.is_empty(), "{first} {last}");
                assert!(pairs.insert(pair), "{first} {last}");
            }
        }
    }

    #[test]
    fn addresses_are_plain() {
        let spelt =
            ["Święcisława", "Weiß", "D'Angelo", "Müller|mueller", "von der Heide", "Þorsteinsson", "İbrahim|ibrahim"];
        let plain = ["swiecislawa", "weiss", "dangelo", "mueller", "von-der-heide", "thorsteinsson", "ibrahim"];
        assert_eq!(spelt.map(in_address), plain);
    }
}
