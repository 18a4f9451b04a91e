//! Regular expressions, asked of strings that are known in part.
//!
//! A known string is searched. Of a partly known one every possible string is: the automaton of the expression is walked with
//! the known characters, and with all characters where there is a hole. If every way ends in a match it matches, if none
//! does it does not.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use regex_automata::Input;
use regex_automata::dfa::{Automaton as _, dense};
use regex_automata::nfa::thompson;
use regex_automata::util::primitives::StateID;
use regex_automata::util::syntax;
use regex_lite::{Regex, RegexBuilder};
use smallvec::{SmallVec, smallvec};

use super::packed::{Packed, Printer, Reader};
use crate::value::{Piece, Text, Truth};

/// How large an automaton may be, in bytes; one is only built where a partly known string is asked about.
const MAX_AUTOMATON: usize = 1 << 20;
/// How many characters of a hole are counted one by one.
const MAX_COUNTED: usize = 512;
/// Stands for every character beyond ASCII: an expression without such characters does not tell them apart.
const BEYOND_ASCII: u8 = 0x80;

/// A regular expression.
#[derive(Debug)]
pub(super) struct Pattern {
    text: Arc<str>,
    case_insensitive: bool,
    /// Compiled when it is first asked; nothing where it is no regular expression, which built-in rules do not have.
    known: OnceLock<Option<Regex>>,
    automaton: OnceLock<Option<dense::DFA<Vec<u32>>>>,
    /// Where the holes that were met lead.
    holes: Mutex<BTreeMap<Hole, Behind>>,
}

/// A hole: the one state before it, the least and the greatest number of characters.
type Hole = (StateID, usize, Option<usize>);

/// What is behind a hole: the states, and whether something is found on a way.
type Behind = (States, bool);

/// Of how many holes is kept where they lead. Most are names of any length, met in each template again.
const MAX_HOLES: usize = 64;

impl Pattern {
    /// Reads and checks an expression.
    pub(super) fn new(text: &str, case_insensitive: bool) -> Result<Self, regex_lite::Error> {
        let known = compile(text, case_insensitive)?;
        Ok(Self { known: OnceLock::from(Some(known)), ..Self::checked(text.into(), case_insensitive) })
    }

    /// An expression that was checked before.
    fn checked(text: Arc<str>, case_insensitive: bool) -> Self {
        Self { text, case_insensitive, known: OnceLock::new(), automaton: OnceLock::new(), holes: Mutex::default() }
    }

    fn known(&self) -> Option<&Regex> {
        self.known.get_or_init(|| compile(&self.text, self.case_insensitive).ok()).as_ref()
    }

    /// Where it finds something in a string: its first group where it has one, else all of what it finds.
    pub(super) fn find(&self, text: &str) -> Option<std::ops::Range<usize>> {
        let found = self.known()?.captures(text)?;
        found.get(1).or_else(|| found.get(0)).map(|part| part.range())
    }

    /// Whether it finds something in a string.
    pub(super) fn is_match(&self, text: &str) -> bool {
        self.known().is_some_and(|known| known.is_match(text))
    }

    /// Whether it finds something in whatever the string turns out to be.
    pub(super) fn matches(&self, text: &Text) -> Truth {
        let start =
            self.automaton().and_then(|automaton| Some((automaton, automaton.start_state_forward(&Input::new("")).ok()?)));
        let Some((automaton, start)) = start else { return Truth::Unknown };
        let mut walk = Walk { automaton, open: States::of(smallvec![start]), found: false };
        for piece in text.pieces() {
            match piece {
                Piece::Known(known) => walk.known(known),
                Piece::Hole { least, most, .. } => self.pass(&mut walk, least, most),
            }
        }
        walk.end()
    }

    /// Goes through a hole, by what is known of an equal one.
    fn pass(&self, walk: &mut Walk<'_>, least: usize, most: Option<usize>) {
        let [start] = walk.open.all[..] else { return walk.hole(least, most) };
        let holes = || self.holes.lock().unwrap_or_else(PoisonError::into_inner);
        let known = holes().get(&(start, least, most)).cloned();
        let (behind, found) = known.unwrap_or_else(|| {
            let mut alone = Walk { automaton: walk.automaton, open: walk.open.clone(), found: false };
            alone.hole(least, most);
            let behind = (alone.open, alone.found);
            let mut holes = holes();
            if holes.len() < MAX_HOLES {
                holes.insert((start, least, most), behind.clone());
            }
            behind
        });
        walk.open = behind;
        walk.found |= found;
    }

    fn automaton(&self) -> Option<&dense::DFA<Vec<u32>>> {
        let build = || {
            let source = &*self.text;
            let tells_apart = !source.is_ascii() || ["\\x", "\\u", "\\U"].iter().any(|escape| source.contains(escape));
            if tells_apart {
                return None;
            }
            dense::Builder::new()
                .syntax(syntax::Config::new().unicode(false).utf8(false).case_insensitive(self.case_insensitive))
                .thompson(thompson::Config::new().utf8(false))
                .configure(
                    dense::Config::new().dfa_size_limit(Some(MAX_AUTOMATON)).determinize_size_limit(Some(4 * MAX_AUTOMATON)),
                )
                .build(source)
                .ok()
        };
        self.automaton.get_or_init(build).as_ref()
    }
}

fn compile(text: &str, case_insensitive: bool) -> Result<Regex, regex_lite::Error> {
    RegexBuilder::new(text).case_insensitive(case_insensitive).build()
}

impl Packed for Pattern {
    fn pack(&self, to: &mut Printer) {
        self.text.pack(to);
        self.case_insensitive.pack(to);
    }

    fn unpack(from: &mut Reader) -> Option<Self> {
        Some(Self::checked(Packed::unpack(from)?, Packed::unpack(from)?))
    }
}

/// Every way through an automaton at once.
struct Walk<'a> {
    automaton: &'a dense::DFA<Vec<u32>>,
    /// The states of the ways on which nothing was found so far.
    open: States,
    /// Whether something was found on another way.
    found: bool,
}

/// A set of states.
#[derive(Debug, Clone)]
struct States {
    all: SmallVec<[StateID; 8]>,
    /// A bit for each state; none before there are two, for most texts have one way.
    known: Vec<u64>,
}

impl States {
    fn of(all: SmallVec<[StateID; 8]>) -> Self {
        Self { all, known: Vec::new() }
    }

    /// Adds a state; whether it is a new one.
    fn insert(&mut self, state: StateID) -> bool {
        if self.known.is_empty() && !self.all.is_empty() {
            if self.all.contains(&state) {
                return false;
            }
            std::mem::take(&mut self.all).into_iter().for_each(|known| _ = self.mark(known));
        }
        if self.known.is_empty() {
            self.all.push(state);
            return true;
        }
        self.mark(state)
    }

    fn mark(&mut self, state: StateID) -> bool {
        let (word, bit) = (state.as_usize() / 64, 1 << (state.as_usize() % 64));
        if word >= self.known.len() {
            self.known.resize(word + 1, 0);
        }
        let is_new = self.known[word] & bit == 0;
        if is_new {
            self.known[word] |= bit;
            self.all.push(state);
        }
        is_new
    }
}

impl Walk<'_> {
    /// These characters further.
    fn known(&mut self, text: &str) {
        for c in text.chars() {
            let unit = u8::try_from(c).map_or(BEYOND_ASCII, |byte| byte.min(BEYOND_ASCII));
            self.step(&[unit]);
        }
    }

    /// One character further, which may be any of `units`.
    fn step(&mut self, units: &[u8]) {
        let mut next = States::of(SmallVec::new());
        for &state in &self.open.all {
            self.found |= self.leave(state, units, |state| _ = next.insert(state));
        }
        self.open = next;
    }

    /// Calls `reach` with each state in which nothing is found yet; whether something is found in another.
    fn leave(&self, state: StateID, units: &[u8], mut reach: impl FnMut(StateID)) -> bool {
        let mut found = false;
        for &unit in units {
            let next = self.automaton.next_state(state, unit);
            // All matches are special states.
            if self.automaton.is_special_state(next) && self.automaton.is_match_state(next) {
                found = true;
            } else {
                reach(next);
            }
        }
        found
    }

    /// A number of characters that may be any, counted in UTF-16 units, of which a character has one or two.
    fn hole(&mut self, least: usize, most: Option<usize>) {
        let classes = self.automaton.byte_classes();
        let units: SmallVec<[u8; 32]> = classes.representatives(0..=BEYOND_ASCII).filter_map(|unit| unit.as_u8()).collect();
        let least = least.div_ceil(2).min(MAX_COUNTED);
        (0..least).for_each(|_| self.step(&units));
        // Whatever is reached is left once, for all that comes behind it.
        let (mut seen, mut from) = (self.open.clone(), 0);
        for _ in 0..most.map_or(usize::MAX, |most| most.saturating_sub(least)) {
            let until = seen.all.len();
            for n in from..until {
                self.found |= self.leave(seen.all[n], &units, |state| _ = seen.insert(state));
            }
            from = until;
            if from == seen.all.len() {
                break;
            }
        }
        self.open = seen;
    }

    fn end(mut self) -> Truth {
        let mut missed = false;
        for state in &self.open.all {
            let found = self.automaton.is_match_state(self.automaton.next_eoi_state(*state));
            self.found |= found;
            missed |= !found;
        }
        match (self.found, missed) {
            (true, false) => Truth::True,
            (false, true) => Truth::False,
            (true, true) | (false, false) => Truth::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Pattern;
    use crate::value::{Symbol, Text, Truth};

    /// `?` is any text, `!` one of one to three characters.
    fn text(sketch: &str) -> Text {
        let mut text = Text::new();
        for c in sketch.chars() {
            match c {
                '?' => text.push_hole(Symbol::new("p"), 0, None),
                '!' => text.push_hole(Symbol::new("q"), 1, Some(3)),
                known => text.push_known(known.encode_utf8(&mut [0; 4])),
            }
        }
        text
    }

    #[test]
    fn the_known_pieces_decide_where_they_can() {
        let name = "^[a-z]([a-z0-9-]{0,48}[a-z0-9])?$";
        let table = [
            (name, "apim-?", Truth::Unknown, "the rest may be right or wrong"),
            (name, "apim_?", Truth::False, "an underscore is wrong wherever it stands"),
            (name, "?-", Truth::False, "a hyphen is wrong at the end"),
            (name, "1?", Truth::False, "a digit is wrong at the start"),
            (name, "?.?", Truth::False, "a full stop is wrong between holes"),
            ("(?s)^.{6}", "abcde!", Truth::True, "the hole has a character at least"),
            ("(?s)^.{9}", "abcde!", Truth::False, "five and three are eight"),
            ("(?s)^.{7}", "abcde!", Truth::Unknown, "the hole may have one or two"),
            ("HTTP:", "http://?", Truth::True, "found in what is known, without case"),
            ("http:", "ftp://?", Truth::Unknown, "the hole may hold it"),
            ("^é", "e?", Truth::Unknown, "such an expression is not walked"),
            ("^[^/]{3}$", "éüö", Truth::True, "a character beyond ASCII is one character"),
        ];
        for (pattern, sketch, truth, why) in table {
            assert_eq!(Pattern::new(pattern, true).unwrap().matches(&text(sketch)), truth, "{pattern} on {sketch}: {why}");
        }
    }

    proptest::proptest! {
        /// Whatever fills the holes, an answer that was given before holds.
        #[test]
        fn filling_a_hole_never_turns_an_answer(sketch in "[a-b1?!-]{0,6}", any in "[a-b1é-]{0,5}", few in "[a-b1é-]{1,3}", pattern in proptest::sample::select(vec!["^[a-z]([a-z0-9-]{0,3}[a-z0-9])?$", "a.?b", "^.{4}", "b$", "[^a]1", "^$"])) {
            let pattern = Pattern::new(pattern, true).unwrap();
            let filled = sketch.replace('?', &any).replace('!', &few);
            let told = pattern.matches(&text(&sketch));
            proptest::prop_assert!(told == Truth::Unknown || told == Truth::from(pattern.is_match(&filled)), "{told:?} for {sketch}, {filled}");
        }
    }
}
