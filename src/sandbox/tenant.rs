//! The tenant's state, and the rules that each call goes through.

use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, SystemTime};

use axum::http::{StatusCode, header};
use jiff::Timestamp;
use tokio::sync::{Notify, watch};
use tokio::time::Instant;

use super::answer::{Answer, ApiError};
use super::faults::Schedule;
use super::incoming::Incoming;
use super::limits::{Gate, RateLimit, Refusal};
use super::list::ListQuery;
use super::login::{self, Tokens};
use super::save::{self, SaveContext};
use super::settings::SandboxSettings;
use super::store::Store;
use super::traffic::{CallKind, Ticket, Traffic};

/// Everything that calls share. No lock is held over an await.
#[derive(Debug)]
pub(super) struct Tenant {
    pub(super) settings: SandboxSettings,
    pub(super) store: RwLock<Store>,
    pub(super) traffic: Traffic,
    /// Told after each write.
    pub(super) written: Notify,
    /// True once the server is to end.
    pub(super) stopping: watch::Sender<bool>,
    started: Instant,
    tokens: Mutex<Tokens>,
    schedule: Mutex<Schedule>,
    gate: Mutex<Gate>,
}

impl Tenant {
    pub(super) fn new(settings: SandboxSettings, store: RwLock<Store>) -> Self {
        let mut schedule = Schedule::default();
        schedule.set(settings.faults.clone());
        Self {
            settings,
            store,
            traffic: Traffic::default(),
            written: Notify::new(),
            stopping: watch::Sender::new(false),
            started: Instant::now(),
            tokens: Mutex::default(),
            schedule: Mutex::new(schedule),
            gate: Mutex::default(),
        }
    }

    /// What the tenant takes for the present.
    pub(super) fn now(&self) -> Timestamp {
        self.settings.fixed_time.unwrap_or_else(crate::clock::now)
    }

    pub(super) fn since_start(&self, moment: Instant) -> Duration {
        moment.duration_since(self.started)
    }

    pub(super) fn users(&self) -> RwLockReadGuard<'_, Store> {
        self.store.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The users, to be changed; the change is saved in a while.
    pub(super) fn users_mut(&self) -> RwLockWriteGuard<'_, Store> {
        self.written.notify_one();
        self.store.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn tokens(&self) -> MutexGuard<'_, Tokens> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn schedule(&self) -> MutexGuard<'_, Schedule> {
        self.schedule.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets a call pass the rate limit, or answers the refusal.
    pub(super) fn admit(&self, arrived: Instant) -> Result<(), Answer> {
        let Some(limit) = self.settings.rate_limit else { return Ok(()) };
        let mut gate = self.gate.lock().unwrap_or_else(PoisonError::into_inner);
        gate.admit(limit, arrived).map_err(|wait| self.refuse(limit, wait))
    }

    fn refuse(&self, limit: RateLimit, wait: Duration) -> Answer {
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        match limit.refusal {
            Refusal::Seconds => too_many().with_header(header::RETRY_AFTER, seconds.to_string()),
            Refusal::Date => too_many().with_header(header::RETRY_AFTER, self.date_in(seconds)),
            Refusal::Silent => too_many(),
            Refusal::BadRequest => rate_limit_exceeded(),
        }
    }

    /// An HTTP date at least so many seconds ahead; such a date has no fractions, hence the one more.
    pub(super) fn date_in(&self, seconds: u64) -> String {
        let now = u64::try_from(self.now().as_second()).unwrap_or_default();
        httpdate::fmt_http_date(SystemTime::UNIX_EPOCH + Duration::from_secs(now + seconds + 1))
    }

    /// Does what a call asks for. A write is noted in the traffic at once: the answer may never arrive.
    pub(super) fn perform(&self, call: &Incoming, ticket: Ticket) -> Result<Answer, ApiError> {
        if call.kind == CallKind::Token {
            return login::grant(&mut self.tokens(), &self.users(), call, &self.settings);
        }
        login::check(&self.tokens(), call, &self.settings)?;
        match call.kind {
            CallKind::List => Ok(Answer::json(self.list_query(call)?.answer(&self.users()))),
            CallKind::Get => self.get(call),
            _ => self.save(call, ticket),
        }
    }

    pub(super) fn list_query(&self, call: &Incoming) -> Result<ListQuery, ApiError> {
        ListQuery::parse(&call.parameters, self.settings.page_cap, self.now())
    }

    /// `GET user/get`: one user of any account type, by identifier or address.
    fn get(&self, call: &Incoming) -> Result<Answer, ApiError> {
        call.parameters.allow_only(&["email", "uid"])?;
        let store = self.users();
        let found = match (call.parameters.one("uid"), call.parameters.one("email")) {
            (Some(uid), _) => store.find_uid(uid),
            (None, Some(email)) => store.find_email(email),
            (None, None) => return Err(ApiError::bad_request("Missing required parameter: email or uid")),
        };
        let user =
            found.and_then(|position| store.at(position)).ok_or_else(|| ApiError::not_found("User not found"))?;
        answer_user(call, &user.line)
    }

    fn save(&self, call: &Incoming, ticket: Ticket) -> Result<Answer, ApiError> {
        call.parameters.allow_only(&[])?;
        call.parameters.selector()?;
        let context = SaveContext { now: self.now(), organization_id: &self.settings.organization_id };
        let body = call.object()?.clone();
        let line = {
            let mut store = self.users_mut();
            let saved = save::save(&mut store, body, context)?;
            let user = store.at(saved.position).ok_or_else(|| ApiError::internal(&"the saved user is gone"))?;
            self.traffic.note(ticket, |call| {
                call.written = true;
                call.uid = Some(user.uid.to_string());
            });
            user.line.clone()
        };
        answer_user(call, &line)
    }
}

fn answer_user(call: &Incoming, line: &str) -> Result<Answer, ApiError> {
    let mut body = Vec::with_capacity(line.len());
    call.parameters.selector()?.project(line, &mut body);
    Ok(Answer::json(body))
}

/// 429 without a word on how long to wait.
pub(super) fn too_many() -> Answer {
    ApiError::new(StatusCode::TOO_MANY_REQUESTS, "rateLimitExceeded", "Too many requests").into()
}

/// The other form of a refusal for too many calls.
pub(super) fn rate_limit_exceeded() -> Answer {
    ApiError::bad_request("RATE_LIMIT_EXCEEDED: too many requests, try again later").into()
}
