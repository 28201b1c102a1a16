//! The state of the tenant, and what each call does with it.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use axum::http::{StatusCode, header};
use jiff::Timestamp;
use tokio::sync::{Notify, watch};
use tokio::time::Instant;

use super::get;
use super::list::ListQuery;
use super::login::{self, Tokens};
use super::rate_limit::{RateLimiter, Refusal};
use super::save::{self, SaveRules};
use super::subscribers;
use crate::sandbox::faults::edit::Edit;
use crate::sandbox::faults::kind::FaultKind;
use crate::sandbox::faults::schedule::{Schedule, Turn};
use crate::sandbox::server::request::ApiRequest;
use crate::sandbox::server::response::{ApiError, ApiResponse};
use crate::sandbox::server::traffic::{CallId, CallKind, Traffic};
use crate::sandbox::settings::SandboxSettings;
use crate::sandbox::storage::store::Store;

/// Everything that calls share.
#[derive(Debug)]
pub(crate) struct Tenant {
    pub(crate) settings: SandboxSettings,
    /// Notified when objects may have changed.
    pub(crate) changed: Notify,
    /// True once the server is asked to end.
    pub(crate) stopping: watch::Sender<bool>,
    started: Instant,
    state: Mutex<State>,
}

/// What calls change.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) objects: Store,
    pub(crate) traffic: Traffic,
    pub(crate) tokens: Tokens,
    pub(crate) schedule: Schedule,
    rate_limiter: RateLimiter,
}

/// A call that is being carried out, and what goes wrong with it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Handling {
    pub(crate) id: CallId,
    pub(crate) fault: Option<FaultKind>,
}

impl Tenant {
    pub(crate) fn new(settings: SandboxSettings, objects: Store) -> Self {
        let schedule = Schedule::new(settings.faults.clone(), settings.edits.clone());
        let (traffic, tokens, rate_limiter) = Default::default();
        Self {
            settings,
            changed: Notify::new(),
            stopping: watch::Sender::new(false),
            started: Instant::now(),
            state: Mutex::new(State { objects, traffic, tokens, schedule, rate_limiter }),
        }
    }

    /// Never held over an await.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The time by the tenant's clock.
    pub(crate) fn now(&self) -> Timestamp {
        self.settings.fixed_time.unwrap_or_else(crate::clock::now)
    }

    pub(crate) fn since_start(&self, moment: Instant) -> Duration {
        moment.duration_since(self.started)
    }

    /// Lets a call pass the rate limit, or refuses it.
    pub(crate) fn admit(&self, arrived: Instant) -> Result<(), ApiResponse> {
        let Some(limit) = self.settings.rate_limit else { return Ok(()) };
        let Err(wait) = self.state().rate_limiter.admit(limit, arrived) else { return Ok(()) };
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        Err(match limit.refusal {
            Refusal::Seconds => too_many().with_header(header::RETRY_AFTER, seconds.to_string()),
            Refusal::Date => too_many().with_header(header::RETRY_AFTER, self.date_in(seconds)),
            Refusal::Silent => too_many(),
            Refusal::BadRequest => rate_limit_exceeded(),
        })
    }

    /// An HTTP date at least so many seconds ahead; such a date has no fractions, hence one more.
    pub(crate) fn date_in(&self, seconds: u64) -> String {
        let now = u64::try_from(self.now().as_second()).unwrap_or_default();
        httpdate::fmt_http_date(SystemTime::UNIX_EPOCH + Duration::from_secs(now + seconds + 1))
    }

    /// Does what a call asks for.
    pub(crate) fn perform(
        &self,
        state: &mut State,
        call: &ApiRequest,
        turn: Handling,
    ) -> Result<ApiResponse, ApiError> {
        if call.kind == CallKind::Token {
            return login::grant(&mut state.tokens, &state.objects, call, &self.settings);
        }
        login::check(&state.tokens, call, &self.settings)?;
        call.check_parameters()?;
        match (call.kind, turn.fault.and_then(FaultKind::stale_saves)) {
            (CallKind::SaveCreate | CallKind::SaveUpdate, _) => self.save(state, call, turn),
            (CallKind::FeedSave, _) => self.save_members(state, call, turn),
            (_, None) => self.read(call, &state.objects),
            (_, Some(saves)) => self.read(call, &state.objects.before(saves)),
        }
    }

    fn read(&self, call: &ApiRequest, objects: &Store) -> Result<ApiResponse, ApiError> {
        match call.kind {
            CallKind::FeedGet => get::feed(call, objects),
            CallKind::Get => get::user(call, objects),
            _ => Ok(ApiResponse::json(self.list_query(call)?.answer(objects))),
        }
    }

    pub(crate) fn list_query(&self, call: &ApiRequest) -> Result<ListQuery, ApiError> {
        ListQuery::parse(call.kind, &call.query, self.settings.page_cap, self.now())
    }

    fn save(&self, state: &mut State, call: &ApiRequest, turn: Handling) -> Result<ApiResponse, ApiError> {
        let fields = call.query.field_mask()?;
        let rules = SaveRules {
            now: self.now(),
            organization_id: &self.settings.organization_id,
            allows_twins: self.settings.twins,
            ignored_field: turn.fault.and_then(FaultKind::ignored_field),
        };
        let position = save::save(&mut state.objects, call.object()?.clone(), rules)?;
        let user = state.objects.at(position).ok_or_else(|| ApiError::internal(&"the saved user is gone"))?;
        // Noted at once, since the response may never arrive.
        state.traffic.note(turn.id, |call| {
            call.written = true;
            call.uid = Some(user.uid.to_string());
        });
        let response = ApiResponse::json(fields.project(&user.line));
        state.revert_later(turn.fault);
        Ok(response)
    }

    fn save_members(&self, state: &mut State, call: &ApiRequest, turn: Handling) -> Result<ApiResponse, ApiError> {
        let version = state.objects.version();
        let done = subscribers::save(&mut state.objects, call.object()?, self.settings.subscribers_cap);
        if state.objects.version() > version {
            state.traffic.note(turn.id, |call| call.written = true);
            state.revert_later(turn.fault);
        }
        done.map(|()| ApiResponse::json("").with_status(204))
    }
}

impl State {
    /// What happens to a call; its fault is recorded.
    pub(crate) fn begin_turn(&mut self, kind: CallKind, id: CallId) -> Turn {
        let turn = self.schedule.next(kind);
        self.traffic.note(id, |call| call.fault = turn.fault.map(|fault| fault.to_string()));
        turn
    }

    /// Has the last save taken back, where the fault says so.
    fn revert_later(&mut self, fault: Option<FaultKind>) {
        if let (Some(calls), Some(before)) =
            (fault.and_then(FaultKind::reverted_after), self.objects.before_last_save())
        {
            self.schedule.revert_after(calls, before);
        }
    }

    /// Makes the changes that are due once the work of a call is done.
    pub(crate) fn make_changes(&mut self, edits: &[Edit]) {
        for before in self.schedule.due_reversals() {
            self.objects.restore(before);
        }
        for edit in edits {
            edit.apply(&mut self.objects);
        }
    }
}

/// 429 without a word on how long to wait.
pub(crate) fn too_many() -> ApiResponse {
    ApiError::new(StatusCode::TOO_MANY_REQUESTS, "Too many requests").into()
}

/// The other form of a refusal for too many calls.
pub(crate) fn rate_limit_exceeded() -> ApiResponse {
    ApiError::bad_request("RATE_LIMIT_EXCEEDED: too many requests, try again later").into()
}
