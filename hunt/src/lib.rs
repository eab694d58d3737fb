//! From "it broke once" to a file that shows it for ever.
//!
//! What flows in: a system, and what may be drawn. What flows out: runs that break, grouped by what
//! they show, small, and with what was covered on the way.

pub mod explore;
