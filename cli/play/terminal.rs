//! The terminal: it is taken over, asked for keys, drawn on, and given back whatever happens.

use super::{
    draw,
    state::{Key, Left, State},
};
use crate::interrupt;
use ratatui_core::terminal::Terminal;
use ratatui_crossterm::{
    CrosstermBackend,
    crossterm::{
        cursor,
        event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers},
        execute,
        terminal::{self, EnterAlternateScreen, LeaveAlternateScreen},
    },
};
use std::{
    io, panic,
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

/// Whether the terminal is taken over.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// Where nothing moves, this long is waited for a key.
const LONG: Duration = Duration::from_secs(3_600);

/// A step of time is never longer: somebody may have put the command to sleep.
const LONGEST_STEP: Duration = Duration::from_millis(250);

/// So many keys are taken before it is drawn again.
const MOST_KEYS: usize = 16;

/// Gives the terminal back when it is dropped.
struct Taken;

impl Taken {
    fn take() -> io::Result<Self> {
        interrupt::undo_first(give_back);
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            give_back();
            before(info);
        }));
        TAKEN.store(true, Ordering::SeqCst);
        let taken = Self;
        terminal::enable_raw_mode()?;
        execute!(io::stdout(), EnterAlternateScreen, cursor::Hide)?;
        Ok(taken)
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        give_back();
    }
}

/// Gives the terminal back, if it is taken. Where that fails there is nobody to be told.
fn give_back() {
    if TAKEN.swap(false, Ordering::SeqCst) {
        let _ = execute!(io::stdout(), LeaveAlternateScreen, cursor::Show);
        let _ = terminal::disable_raw_mode();
    }
}

/// Shows a state until somebody leaves it.
#[allow(
    clippy::disallowed_methods,
    reason = "somebody watches: this is real time, and nothing simulated"
)]
pub(super) fn show(state: &mut State<'_>) -> io::Result<Left> {
    let _taken = Taken::take()?;
    let mut terminal = Terminal::new(CrosstermBackend::new(io::stdout()))?;
    let mut last = Instant::now();
    loop {
        terminal.draw(|frame| draw::draw(frame, state))?;
        if event::poll(state.wait().unwrap_or(LONG))? {
            // A key that is held down may come faster than it is drawn.
            for _ in 0..MOST_KEYS {
                if !event::poll(Duration::ZERO)? {
                    break;
                }
                if let Event::Key(pressed) = event::read()?
                    && let Some(key) = meant(pressed)
                {
                    state.press(key);
                }
            }
        }
        // An interrupt from outside has given it back already, and ends the command.
        let left = state.left.or((!TAKEN.load(Ordering::SeqCst)).then_some(Left::Interrupted));
        if let Some(left) = left {
            return Ok(left);
        }
        let now = Instant::now();
        state.pass(now.duration_since(last).min(LONGEST_STEP));
        last = now;
    }
}

/// What a key means here, if anything.
fn meant(pressed: KeyEvent) -> Option<Key> {
    if pressed.kind == KeyEventKind::Release {
        return None;
    }
    if pressed.modifiers.contains(KeyModifiers::CONTROL) {
        return (pressed.code == KeyCode::Char('c')).then_some(Key::Interrupt);
    }
    Some(match pressed.code {
        KeyCode::Char(' ') => Key::Pause,
        KeyCode::Right | KeyCode::Char('l') => Key::Forth,
        KeyCode::Left | KeyCode::Char('h') => Key::Back,
        KeyCode::Char('n') => Key::Next,
        KeyCode::Char('p') => Key::Previous,
        KeyCode::Char('+' | '=') => Key::Faster,
        KeyCode::Char('-') => Key::Slower,
        KeyCode::Home => Key::Home,
        KeyCode::End => Key::End,
        KeyCode::Char('v') => Key::Verdict,
        KeyCode::Char('?') => Key::Help,
        KeyCode::Up | KeyCode::Char('k') => Key::Up,
        KeyCode::Down | KeyCode::Char('j') => Key::Down,
        KeyCode::Esc => Key::Close,
        KeyCode::Char('q') => Key::Quit,
        _ => return None,
    })
}
