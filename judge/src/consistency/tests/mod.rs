//! Each level on histories written by hand and on random ones.
