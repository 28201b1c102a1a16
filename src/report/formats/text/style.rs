//! How text looks: its width, and colours by what they mean.

use console::Style;

/// How the text is to look; who asks knows the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextStyle {
    /// Whether escape codes for colour may be written.
    pub colour: bool,
    /// Columns to fit values into; [`TextStyle::UNLIMITED`] where lines may be as long as they like.
    pub width: usize,
    /// Whether long lists are shown whole.
    pub full: bool,
}

/// What a piece of text means. Each tone comes with a mark or a word, so that nothing is said by colour alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// A user gets access, or something is as it should be.
    Good,
    /// Something changes.
    Change,
    /// A user loses access, or something failed.
    Danger,
    /// Worth a look.
    Warning,
    /// Of lesser interest.
    Faint,
    /// A heading.
    Strong,
}

impl TextStyle {
    /// For a file or a pipe.
    pub const UNLIMITED: usize = usize::MAX;

    /// The text in the tone's colour.
    pub(super) fn paint(self, tone: Tone, text: &str) -> String {
        if !self.colour || text.is_empty() {
            return text.to_owned();
        }
        let style = Style::new().force_styling(true);
        let style = match tone {
            Tone::Good => style.green(),
            Tone::Change => style.cyan(),
            Tone::Danger => style.red(),
            Tone::Warning => style.yellow(),
            Tone::Faint => style.dim(),
            Tone::Strong => style.bold(),
        };
        style.apply_to(text).to_string()
    }
}
