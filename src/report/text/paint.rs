//! Colours by what they mean. Each comes with a mark or a word, so that nothing is said by colour alone.

use console::Style;

/// What a piece of text means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    /// Somebody gets in.
    Admit,
    /// Something changes.
    Change,
    /// Somebody loses access, or something failed.
    Danger,
    /// Somebody should look.
    Warning,
    /// Of lesser interest.
    Faint,
    /// A heading.
    Strong,
}

/// Paints, or leaves text as it is.
pub(super) struct Paint {
    colour: bool,
}

impl Paint {
    pub(super) fn new(colour: bool) -> Self {
        Self { colour }
    }

    /// The text in the tone's colour.
    pub(super) fn paint(&self, tone: Tone, text: &str) -> String {
        if !self.colour || text.is_empty() {
            return text.to_owned();
        }
        let style = Style::new().force_styling(true);
        let style = match tone {
            Tone::Admit => style.green(),
            Tone::Change => style.cyan(),
            Tone::Danger => style.red(),
            Tone::Warning => style.yellow(),
            Tone::Faint => style.dim(),
            Tone::Strong => style.bold(),
        };
        style.apply_to(text).to_string()
    }
}
