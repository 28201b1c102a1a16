//! The state of the tenant, and what each call does with it.

use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, SystemTime};

use axum::http::{StatusCode, header};
use jiff::Timestamp;
use tokio::sync::{Notify, watch};
use tokio::time::Instant;

use super::list::ListQuery;
use super::login::{self, Tokens};
use super::rate_limit::{RateLimit, RateLimiter, Refusal};
use super::save::{self, SaveRules};
use crate::sandbox::faults::edit::Edit;
use crate::sandbox::faults::kind::FaultKind;
use crate::sandbox::faults::schedule::Schedule;
use crate::sandbox::server::request::ApiRequest;
use crate::sandbox::server::response::{ApiError, ApiResponse};
use crate::sandbox::server::traffic::{CallId, CallKind, Traffic};
use crate::sandbox::settings::SandboxSettings;
use crate::sandbox::storage::store::Store;

/// Everything that calls share. No lock is held over an await.
#[derive(Debug)]
pub(crate) struct Tenant {
    pub(crate) settings: SandboxSettings,
    pub(crate) store: RwLock<Store>,
    pub(crate) traffic: Traffic,
    /// Notified after each write.
    pub(crate) written: Notify,
    /// True once the server is asked to end.
    pub(crate) stopping: watch::Sender<bool>,
    started: Instant,
    tokens: Mutex<Tokens>,
    schedule: Mutex<Schedule>,
    rate_limiter: Mutex<RateLimiter>,
}

impl Tenant {
    pub(crate) fn new(settings: SandboxSettings, store: RwLock<Store>) -> Self {
        let schedule = Schedule::new(settings.faults.clone(), settings.edits.clone());
        Self {
            settings,
            store,
            traffic: Traffic::default(),
            written: Notify::new(),
            stopping: watch::Sender::new(false),
            started: Instant::now(),
            tokens: Mutex::default(),
            schedule: Mutex::new(schedule),
            rate_limiter: Mutex::default(),
        }
    }

    /// The time by the tenant's clock.
    pub(crate) fn now(&self) -> Timestamp {
        self.settings.fixed_time.unwrap_or_else(crate::clock::now)
    }

    pub(crate) fn since_start(&self, moment: Instant) -> Duration {
        moment.duration_since(self.started)
    }

    pub(crate) fn users(&self) -> RwLockReadGuard<'_, Store> {
        self.store.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The users, to be changed; the change is saved soon.
    pub(crate) fn users_mut(&self) -> RwLockWriteGuard<'_, Store> {
        self.written.notify_one();
        self.store.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn tokens(&self) -> MutexGuard<'_, Tokens> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn schedule(&self) -> MutexGuard<'_, Schedule> {
        self.schedule.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets a call pass the rate limit, or refuses it.
    pub(crate) fn admit(&self, arrived: Instant) -> Result<(), ApiResponse> {
        let Some(limit) = self.settings.rate_limit else { return Ok(()) };
        let mut limiter = self.rate_limiter.lock().unwrap_or_else(PoisonError::into_inner);
        limiter.admit(limit, arrived).map_err(|wait| self.refuse(limit, wait))
    }

    fn refuse(&self, limit: RateLimit, wait: Duration) -> ApiResponse {
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        match limit.refusal {
            Refusal::Seconds => too_many().with_header(header::RETRY_AFTER, seconds.to_string()),
            Refusal::Date => too_many().with_header(header::RETRY_AFTER, self.date_in(seconds)),
            Refusal::Silent => too_many(),
            Refusal::BadRequest => rate_limit_exceeded(),
        }
    }

    /// An HTTP date at least so many seconds ahead; such a date has no fractions, hence one more.
    pub(crate) fn date_in(&self, seconds: u64) -> String {
        let now = u64::try_from(self.now().as_second()).unwrap_or_default();
        httpdate::fmt_http_date(SystemTime::UNIX_EPOCH + Duration::from_secs(now + seconds + 1))
    }

    /// Does what a call asks for. A write is noted in the traffic at once: the response may never arrive.
    pub(crate) fn perform(
        &self,
        call: &ApiRequest,
        id: CallId,
        fault: Option<FaultKind>,
    ) -> Result<ApiResponse, ApiError> {
        if call.kind == CallKind::Token {
            return login::grant(&mut self.tokens(), &self.users(), call, &self.settings);
        }
        login::check(&self.tokens(), call, &self.settings)?;
        match (call.kind, fault.and_then(FaultKind::stale_saves)) {
            (CallKind::SaveCreate | CallKind::SaveUpdate, _) => self.save(call, id, fault),
            (_, None) => self.read(call, &self.users()),
            (_, Some(saves)) => self.read(call, &self.users().before(saves)),
        }
    }

    fn read(&self, call: &ApiRequest, store: &Store) -> Result<ApiResponse, ApiError> {
        match call.kind {
            CallKind::List => Ok(ApiResponse::json(self.list_query(call)?.answer(store))),
            _ => get(call, store),
        }
    }

    pub(crate) fn list_query(&self, call: &ApiRequest) -> Result<ListQuery, ApiError> {
        ListQuery::parse(&call.query, self.settings.page_cap, self.now())
    }

    fn save(&self, call: &ApiRequest, id: CallId, fault: Option<FaultKind>) -> Result<ApiResponse, ApiError> {
        call.query.allow_only(&[])?;
        let fields = call.query.field_mask()?;
        let rules = SaveRules {
            now: self.now(),
            organization_id: &self.settings.organization_id,
            allows_twins: self.settings.twins,
            ignored_field: fault.and_then(FaultKind::ignored_field),
        };
        let body = call.object()?.clone();
        let mut store = self.users_mut();
        let position = save::save(&mut store, body, rules)?;
        let user = store.at(position).ok_or_else(|| ApiError::internal(&"the saved user is gone"))?;
        self.traffic.note(id, |call| {
            call.written = true;
            call.uid = Some(user.uid.to_string());
        });
        if let (Some(calls), Some(before)) = (fault.and_then(FaultKind::reverted_after), store.before_last_save()) {
            self.schedule().revert_after(calls, before);
        }
        Ok(ApiResponse::json(fields.project(&user.line)))
    }

    /// Makes the changes that are due once the work of a call is done.
    pub(crate) fn make_changes(&self, edits: &[Edit]) {
        let reversals = self.schedule().due_reversals();
        if edits.is_empty() && reversals.is_empty() {
            return;
        }
        let mut store = self.users_mut();
        for before in reversals {
            store.restore(before);
        }
        for edit in edits {
            edit.apply(&mut store);
        }
    }
}

/// `GET user/get`: one user of any account type, by identifier or address.
fn get(call: &ApiRequest, store: &Store) -> Result<ApiResponse, ApiError> {
    call.query.allow_only(&["email", "uid"])?;
    let found = match (call.query.one("uid"), call.query.one("email")) {
        (Some(uid), _) => store.find_uid(uid),
        (None, Some(email)) => store.find_email(email),
        (None, None) => return Err(ApiError::bad_request("Missing required parameter: email or uid")),
    };
    let user = found.and_then(|position| store.at(position)).ok_or_else(|| ApiError::not_found("User not found"))?;
    Ok(ApiResponse::json(call.query.field_mask()?.project(&user.line)))
}

/// 429 without a word on how long to wait.
pub(crate) fn too_many() -> ApiResponse {
    ApiError::new(StatusCode::TOO_MANY_REQUESTS, "rateLimitExceeded", "Too many requests").into()
}

/// The other form of a refusal for too many calls.
pub(crate) fn rate_limit_exceeded() -> ApiResponse {
    ApiError::bad_request("RATE_LIMIT_EXCEEDED: too many requests, try again later").into()
}
