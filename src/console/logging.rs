//! Log lines on standard error, for people or as JSON; one line an event, whatever a value holds.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Write};

use jiff::Timestamp;
use serde_json::{Value, json};
use thiserror::Error;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;

use super::Printer;
use crate::model::visible;

/// Fields that could carry a secret by mistake are never written out.
const NEVER_SHOWN: [&str; 5] = ["authorization", "password", "secret", "client_secret", "token"];
const HIDDEN: &str = "(hidden)";

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// What logging needs to know.
#[derive(Debug, Clone)]
pub struct LogSetup {
    /// Text or JSON.
    pub format: LogFormat,
    /// Which events are let through, such as `info` or `lumsync=debug,warn`.
    pub filter: String,
    /// Added to every JSON line.
    pub run_id: String,
    /// Where the time of a line comes from.
    pub clock: fn() -> Timestamp,
}

/// Logging could not be set up.
#[derive(Debug, Error)]
#[expect(missing_docs, reason = "the message of a variant says what its fields hold")]
pub enum LoggingError {
    #[error("the log filter `{filter}` can't be read; try `info` or `lumsync=debug`")]
    Filter { filter: String, source: tracing_subscriber::filter::ParseError },
    #[error("logging was set up twice")]
    Twice(#[from] tracing_subscriber::util::TryInitError),
}

/// Logs through the printer from now on; for the whole process, once.
pub fn install_logging(settings: LogSetup, printer: &Printer) -> Result<(), LoggingError> {
    log_subscriber(settings, printer)?.try_init()?;
    Ok(())
}

/// The subscriber that [`install_logging`] installs.
pub fn log_subscriber(
    settings: LogSetup,
    printer: &Printer,
) -> Result<impl Subscriber + Send + Sync + use<>, LoggingError> {
    let filter = EnvFilter::try_new(&settings.filter)
        .map_err(|source| LoggingError::Filter { filter: settings.filter.clone(), source })?;
    let colour = printer.facts().colours_stderr();
    let printer = printer.clone();
    let lines = tracing_subscriber::fmt::layer()
        .event_format(LineFormat { settings, colour })
        .with_writer(move || LineWriter(printer.clone()))
        // Otherwise the library prints its own errors to standard error, and panics where that fails.
        .log_internal_errors(false);
    Ok(tracing_subscriber::registry().with(filter).with(lines))
}

/// Writes each line through the printer, so that lines and progress bars don't mix.
struct LineWriter(Printer);

impl Write for LineWriter {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.write_stderr(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct LineFormat {
    settings: LogSetup,
    colour: bool,
}

impl<S, N> FormatEvent<S, N> for LineFormat
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, _: &FmtContext<'_, S, N>, mut line: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let mut fields = Fields::default();
        event.record(&mut fields);
        match self.settings.format {
            LogFormat::Text => self.write_text(&mut line, *event.metadata().level(), &fields),
            LogFormat::Json => self.write_json(&mut line, event, fields),
        }
    }
}

impl LineFormat {
    fn write_text(&self, line: &mut Writer<'_>, level: Level, fields: &Fields) -> fmt::Result {
        write!(line, "{:.0} {} {}", (self.settings.clock)(), self.level_words(level), fields.message)?;
        for (name, value) in &fields.rest {
            match value {
                Value::String(text) => write!(line, " {name}={text}")?,
                other => write!(line, " {name}={other}")?,
            }
        }
        writeln!(line)
    }

    fn level_words(&self, level: Level) -> String {
        let style = console::Style::new().force_styling(self.colour);
        let (word, style) = match level {
            Level::ERROR => ("error", style.red()),
            Level::WARN => ("warn ", style.yellow()),
            Level::INFO => ("info ", style.green()),
            Level::DEBUG => ("debug", style.blue()),
            Level::TRACE => ("trace", style.dim()),
        };
        style.apply_to(word).to_string()
    }

    fn write_json(&self, line: &mut Writer<'_>, event: &Event<'_>, fields: Fields) -> fmt::Result {
        let head = json!({
            "time": format!("{:.3}", (self.settings.clock)()),
            "level": event.metadata().level().as_str().to_lowercase(),
            "run_id": self.settings.run_id,
            "message": fields.message,
        });
        let mut object = fields.rest;
        object.extend(head.as_object().into_iter().flatten().map(|(name, value)| (name.clone(), value.clone())));
        writeln!(line, "{}", json!(object))
    }
}

/// The fields of an event, without secrets and control characters.
#[derive(Default)]
struct Fields {
    message: String,
    rest: BTreeMap<String, Value>,
}

impl Fields {
    fn put(&mut self, field: &Field, value: Value) {
        let value = if NEVER_SHOWN.contains(&field.name()) { HIDDEN.into() } else { value };
        self.rest.insert(field.name().to_owned(), value);
    }

    fn put_text(&mut self, field: &Field, text: &str) {
        let shown = visible(text).into_owned();
        if field.name() == "message" { self.message = shown } else { self.put(field, shown.into()) }
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put_text(field, &format!("{value:?}"));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value.into());
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value.into());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put_text(field, value);
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        let causes = std::iter::successors(Some(value), |error| error.source());
        self.put_text(field, &causes.map(ToString::to_string).collect::<Vec<_>>().join(": "));
    }
}

#[cfg(test)]
mod tests {
    use super::super::Verbosity;
    use super::super::printer::tests::captured;
    use super::*;

    fn logged(format: LogFormat, filter: &str, act: impl FnOnce()) -> String {
        let (printer, _, stderr) = captured(Verbosity::Normal);
        let settings = LogSetup {
            format,
            filter: filter.to_owned(),
            run_id: "20260302T053000Z-7f3a".to_owned(),
            clock: || Timestamp::UNIX_EPOCH,
        };
        tracing::subscriber::with_default(log_subscriber(settings, &printer).unwrap(), act);
        stderr.text()
    }

    #[test]
    fn every_json_line_is_one_object_with_the_run_and_its_time() {
        let lines = logged(LogFormat::Json, "info", || {
            tracing::info!(users = 3_u64, uid = %"5000000000237570", "fetched");
            tracing::warn!(email = "a\u{1b}[2J\n@example.com", "odd \u{202e}address");
            tracing::debug!("not let through");
        });
        let objects: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(objects.len(), 2);
        assert!(objects.iter().all(|object| object["run_id"] == "20260302T053000Z-7f3a"));
        assert_eq!(objects[0]["time"], "1970-01-01T00:00:00.000Z");
        assert_eq!(objects[0]["users"], 3);
        assert_eq!(objects[0]["uid"], "5000000000237570", "a text of digits stays a text");
        assert_eq!(objects[1]["email"], "a␛[2J␊@example.com");
        assert_eq!(objects[1]["message"], "odd <U+202E>address");
        assert_eq!(objects[1]["level"], "warn");
    }

    #[test]
    fn a_text_line_stays_one_line_and_holds_no_escape_code() {
        let lines = logged(LogFormat::Text, "info", || {
            tracing::error!(email = "a\n\u{1b}[31m@example.com", attempts = 2, "could not save");
        });
        assert_eq!(lines, "1970-01-01T00:00:00Z error could not save attempts=2 email=a␊␛[31m@example.com\n");
    }

    #[test]
    fn a_field_that_names_a_secret_is_hidden() {
        for format in [LogFormat::Text, LogFormat::Json] {
            let line = logged(format, "info", || tracing::info!(token = "ya29.abc", password = 123_456, "login"));
            assert_eq!(line.matches("(hidden)").count(), 2, "{line}");
            assert!(!line.contains("ya29") && !line.contains("123456"), "{line}");
        }
    }

    #[test]
    fn an_error_is_logged_with_its_causes() {
        let cause = LoggingError::Filter { filter: "x=y=z".into(), source: EnvFilter::try_new("x=y=z").unwrap_err() };
        let error: &(dyn std::error::Error + 'static) = &cause;
        let line = logged(LogFormat::Text, "info", || tracing::error!(error, "no logging"));
        assert!(line.contains("error=the log filter `x=y=z` can't be read; try `info` or `lumsync=debug`: "), "{line}");
    }
}
