//! Reporters: they only print.
