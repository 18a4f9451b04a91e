//! Documents to model: the many forms of a template become one.
