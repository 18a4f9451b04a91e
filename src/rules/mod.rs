//! Rules as data: read, checked, selected, judged.
