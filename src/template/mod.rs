//! What kind of document this is, and its sections.
