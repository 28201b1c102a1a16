//! The tenant's groups (`feed/list`).

use super::page::RawUser;
use super::walk::{ListError, ListName, PagedCall, SeenUsers, Step, walk};
use crate::api::call::Transport;
use crate::api::pace::Purpose;
use crate::model::{GroupKeeper, Scalar, TenantGroup, UserRecord};

/// As many as others ask for at most (`docs/lumapps-api.md`).
const GROUPS_OF_A_PAGE: &str = "100";
/// Groups that stand for everybody.
const EVERYBODY: [&str; 2] = ["LUMAPPS_ALL", "LUMAPPS_PUBLIC"];

/// All groups of the tenant. Whole objects are asked for: a selector that a tenant reads otherwise would hide what makes
/// a group none of ours.
pub(in crate::api) async fn groups(transport: &Transport) -> Result<Vec<TenantGroup>, ListError> {
    let call = PagedCall {
        list: ListName::Groups,
        parameters: vec![("maxResults", GROUPS_OF_A_PAGE.to_owned())],
        purpose: Purpose::NewWork,
    };
    let collect = |groups: &mut Vec<TenantGroup>, group: RawUser<'_>| {
        groups.push(read_group(group)?);
        Ok(())
    };
    let (mut groups, mut seen) = (Vec::new(), SeenUsers::default());
    walk(transport, &call, collect, |page, mut more: Vec<TenantGroup>| {
        more.iter().try_for_each(|group| seen.add(&group.id, page))?;
        groups.append(&mut more);
        Ok(Step::GoOn)
    })
    .await?;
    Ok(groups)
}

fn read_group(group: RawUser<'_>) -> Result<TenantGroup, String> {
    let record: UserRecord =
        serde_json::from_str(group.json).map_err(|error| format!("an entry of the list is no group: {error}"))?;
    let id = record.uid().ok_or("a group has no id")?;
    let names = names(record.raw("name"));
    let is_lossy = group.is_lossy && group.json.contains('\u{fffd}');
    let kept_by = if is_lossy || names.is_none() { Some(GroupKeeper::Unreadable) } else { keeper(&record) };
    Ok(TenantGroup { id: id.as_str().into(), names: names.unwrap_or_default(), kept_by })
}

/// A text, or one for each language; English first. `None` where it is neither.
fn names(raw: Option<&str>) -> Option<Vec<String>> {
    let mut names: Vec<(String, String)> = match raw.map_or(Scalar::Missing, Scalar::parse) {
        Scalar::Missing => Vec::new(),
        Scalar::Text(name) => vec![(String::new(), name.into_owned())],
        Scalar::Flag(_) => return None,
        Scalar::Unusable => {
            let by_language: UserRecord = serde_json::from_str(raw?).ok()?;
            let name = |(language, name): (&str, &str)| match Scalar::parse(name) {
                Scalar::Text(name) => Some(Some((language.to_owned(), name.into_owned()))),
                Scalar::Missing => Some(None),
                Scalar::Flag(_) | Scalar::Unusable => None,
            };
            by_language.attributes().map(name).collect::<Option<Vec<_>>>()?.into_iter().flatten().collect()
        }
    };
    names.retain(|(_, name)| !name.trim().is_empty());
    names.sort_by_key(|(language, _)| language != "en");
    Some(names.into_iter().map(|(_, name)| name).collect())
}

/// Who keeps the members where we must not. An attribute in a form that nobody documents counts as set.
fn keeper(group: &UserRecord) -> Option<GroupKeeper> {
    let inner_id = group.scalar("functionalInnerId").as_text().trim().to_uppercase();
    let is_tied = ["group", "groups"].into_iter().any(|name| has_content(group.raw(name)));
    if EVERYBODY.contains(&inner_id.as_str()) {
        Some(GroupKeeper::Everybody)
    } else if group.scalar("synchronized").is_set() || is_tied {
        Some(GroupKeeper::IdentityProvider)
    } else if has_content(group.raw("userDynamicGroupRules")) {
        Some(GroupKeeper::Rules)
    } else {
        match group.scalar("provisioningMode") {
            Scalar::Missing => None,
            Scalar::Text(mode) if mode == "manual" => None,
            Scalar::Text(mode) => Some(GroupKeeper::Provisioning(mode.into_owned())),
            Scalar::Flag(_) | Scalar::Unusable => Some(GroupKeeper::Unreadable),
        }
    }
}

/// Neither absent nor null, an empty text or an empty list.
fn has_content(raw: Option<&str>) -> bool {
    let Some(raw) = raw else { return false };
    let is_empty_list =
        raw.strip_prefix('[').and_then(|raw| raw.strip_suffix(']')).is_some_and(|in_it| in_it.trim().is_empty());
    match Scalar::parse(raw) {
        Scalar::Missing => false,
        Scalar::Text(text) => !text.trim().is_empty(),
        Scalar::Flag(_) => true,
        Scalar::Unusable => !is_empty_list,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> TenantGroup {
        read_group(RawUser { json, is_lossy: false }).unwrap()
    }

    #[test]
    fn a_group_has_an_identifier_and_names_in_all_languages() {
        let names = |json: &str| read(json).names;
        assert_eq!(&*read(r#"{"uid":7}"#).id, "7");
        assert_eq!(names(r#"{"id":"7","name":"Sales"}"#), ["Sales"]);
        assert_eq!(names(r#"{"id":"7","name":{"fr":"Ventes","en":"Sales","de":null,"it":" "}}"#), ["Sales", "Ventes"]);
        assert!(names(r#"{"id":"7","name":{}}"#).is_empty());
        assert_eq!(read(r#"{"id":"7","name":["Sales"]}"#).kept_by, Some(GroupKeeper::Unreadable));
        assert!(read_group(RawUser { json: r#"{"name":"Sales"}"#, is_lossy: false }).is_err());
    }

    #[test]
    fn only_a_group_that_nothing_else_keeps_is_ours_to_write() {
        let kept = |attribute: &str| read(&format!(r#"{{"id":"7","name":"Sales",{attribute}}}"#)).kept_by;
        for ours in [
            r#""type":"1""#,
            r#""synchronized":false,"group":"","groups":[],"userDynamicGroupRules":[ ],"provisioningMode":"manual""#,
            r#""synchronized":null,"group":null,"groups":null,"userDynamicGroupRules":null,"provisioningMode":null"#,
            r#""functionalInnerId":"SALES","provisioningMode":"manual""#,
        ] {
            assert_eq!(kept(ours), None, "{ours}");
        }
        for not_ours in [
            r#""synchronized":true"#,
            r#""synchronized":"true""#,
            r#""synchronized":{}"#,
            r#""group":"sales@example.com""#,
            r#""groups":[{"group":"1"}]"#,
            r#""groups":{}"#,
            r#""userDynamicGroupRules":[{}]"#,
            r#""userDynamicGroupRules":"x""#,
            r#""provisioningMode":"scim""#,
            r#""provisioningMode":"""#,
            r#""provisioningMode":[]"#,
            r#""functionalInnerId":"LUMAPPS_ALL""#,
            r#""functionalInnerId":" lumapps_public""#,
        ] {
            assert!(kept(not_ours).is_some(), "{not_ours}");
        }
    }
}
