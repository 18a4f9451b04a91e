//! Custom numeric format strings of .NET: `000`, `#,##0.00`, `0.0%`, sections for negative numbers and zero.
//!
//! Source: .NET documentation, "Custom numeric format strings".

use super::number::{Decimal, Number};

/// What a section of the format asks for.
#[derive(Default)]
struct Section {
    /// How many digit places it has, and how many of them stand before the decimal point.
    places: i32,
    point: Option<i32>,
    /// The first and the last place that is a `0`.
    first_zero: Option<i32>,
    last_zero: i32,
    /// Where the last comma stands among the digits, and how many stand there.
    comma: Option<(i32, i32)>,
    grouped: bool,
    scientific: bool,
    /// Powers of ten by which `%`, `‰` and trailing commas multiply.
    scale: i32,
}

/// `number` as the custom `format` writes it.
pub(super) fn format(number: Number, format: &str) -> String {
    let chars: Vec<char> = format.chars().collect();
    let mut decimal = match number {
        Number::Int(_) => Decimal::exact(number),
        Number::Float(float) => Decimal::shortest(float),
    };
    // .NET gives a custom format fifteen digits of a double.
    if matches!(number, Number::Float(_)) {
        decimal.round(15);
    }
    let wanted = if decimal.is_zero() { 2 } else { usize::from(decimal.negative) };
    let mut start = section_start(&chars, wanted);
    loop {
        let section = read(&chars[start..]);
        let point = section.point.unwrap_or(section.places);
        if decimal.is_zero() {
            if matches!(number, Number::Int(_)) {
                decimal.negative = false;
            }
            return write(&chars[start..], &section, &decimal, start == 0);
        }
        let mut scaled =
            Decimal { negative: decimal.negative, digits: decimal.digits.clone(), point: decimal.point + section.scale };
        scaled.round(if section.scientific { section.places } else { scaled.point + section.places - point });
        if scaled.is_zero() {
            let zero = section_start(&chars, 2);
            decimal = scaled;
            start = zero;
            continue;
        }
        return write(&chars[start..], &section, &scaled, start == 0);
    }
}

/// Where the section `wanted` starts; the first one stands in for one that is missing or empty.
fn section_start(chars: &[char], wanted: usize) -> usize {
    let mut left = wanted;
    let mut at = 0;
    while left > 0 {
        match chars.get(at) {
            None => return 0,
            Some('\\') => at += 1,
            Some(quote @ ('\'' | '"')) => at = closing(chars, at, *quote),
            Some(';') => {
                left -= 1;
                if left == 0 {
                    return if matches!(chars.get(at + 1), None | Some(';')) { 0 } else { at + 1 };
                }
            }
            Some(_) => {}
        }
        at += 1;
    }
    0
}

/// The place of the quote that closes the one at `open`, or the end.
fn closing(chars: &[char], open: usize, quote: char) -> usize {
    chars[open + 1..].iter().position(|&c| c == quote).map_or(chars.len(), |n| open + 1 + n)
}

/// Whether an exponent (`E0`, `E+0`, `E-0`) starts at the `E` at `at`.
fn is_exponent(chars: &[char], at: usize) -> bool {
    match chars.get(at + 1) {
        Some('0') => true,
        Some('+' | '-') => chars.get(at + 2) == Some(&'0'),
        _ => false,
    }
}

fn read(chars: &[char]) -> Section {
    let mut section = Section::default();
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        match c {
            ';' => break,
            '#' => section.places += 1,
            '0' => {
                section.first_zero.get_or_insert(section.places);
                section.places += 1;
                section.last_zero = section.places;
            }
            '.' => {
                section.point.get_or_insert(section.places);
            }
            ',' if section.places > 0 && section.point.is_none() => match &mut section.comma {
                Some((place, count)) if *place == section.places => *count += 1,
                comma => {
                    section.grouped |= comma.is_some();
                    *comma = Some((section.places, 1));
                }
            },
            '%' => section.scale += 2,
            '\u{2030}' => section.scale += 3,
            '\'' | '"' => at = closing(chars, at, c),
            '\\' => at += 1,
            'E' | 'e' if is_exponent(chars, at) => {
                section.scientific = true;
                at += 1;
                while chars.get(at + 1) == Some(&'0') {
                    at += 1;
                }
            }
            _ => {}
        }
        at += 1;
    }
    if let Some((place, count)) = section.comma {
        if place == section.point.unwrap_or(section.places) {
            section.scale -= count * 3;
        } else {
            section.grouped = true;
        }
    }
    section
}

/// The digits that are left to write, and the place before the decimal point of the next one.
struct Digits<'a> {
    left: std::slice::Iter<'a, u8>,
    place: i32,
    grouped: bool,
    out: String,
}

impl Digits<'_> {
    /// Writes one digit, and the group separator behind it where one is due.
    fn push(&mut self, digit: char) {
        self.out.push(digit);
        if self.grouped && self.place > 1 && (self.place - 1) % 3 == 0 {
            self.out.push(',');
        }
    }

    fn next(&mut self) -> Option<char> {
        self.left.next().map(|digit| char::from(b'0' + digit))
    }
}

/// Writes `E+05` for the exponent that starts at `at`, and gives its last character.
fn push_exponent(chars: &[char], at: usize, exponent: i32, out: &mut String) -> usize {
    let sign = chars.get(at + 1).copied().filter(|&sign| sign != '0');
    let start = at + 1 + usize::from(sign.is_some());
    let zeros = chars[start..].iter().take_while(|&&c| c == '0').count();
    let shown = match (exponent < 0, sign) {
        (true, _) => "-",
        (false, Some('+')) => "+",
        (false, _) => "",
    };
    out.push(chars[at]);
    out.push_str(&format!("{shown}{:0>1$}", exponent.unsigned_abs(), zeros.min(10)));
    start + zeros - 1
}

/// Writes the digits of `decimal` as `section` asks; `only` if no section of its own shows the sign.
fn write(chars: &[char], section: &Section, decimal: &Decimal, only: bool) -> String {
    let point = section.point.unwrap_or(section.places);
    let first = section.first_zero.filter(|&zero| zero < point).map_or(0, |zero| point - zero);
    let last = if section.last_zero > point { point - section.last_zero } else { 0 };
    let (start, mut extra) = if section.scientific { (point, 0) } else { (decimal.point.max(point), decimal.point - point) };
    let mut digits = Digits { left: decimal.digits.iter(), place: start, grouped: section.grouped, out: String::new() };
    if decimal.negative && only && !decimal.is_zero() {
        digits.out.push('-');
    }
    let mut pointed = false;
    let mut exponent_due = section.scientific;
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        if c == ';' {
            break;
        }
        if matches!(c, '#' | '0' | '.') {
            while extra > 0 {
                let digit = digits.next().unwrap_or('0');
                digits.push(digit);
                digits.place -= 1;
                extra -= 1;
            }
        }
        match c {
            '#' | '0' => {
                let digit = if extra < 0 {
                    extra += 1;
                    (digits.place <= first).then_some('0')
                } else {
                    digits.next().or_else(|| (digits.place > last).then_some('0'))
                };
                if let Some(digit) = digit {
                    digits.push(digit);
                }
                digits.place -= 1;
            }
            '.' if digits.place == 0 && !pointed => {
                if last < 0 || point < section.places && digits.left.len() > 0 {
                    digits.out.push('.');
                    pointed = true;
                }
            }
            '.' | ',' => {}
            '\'' | '"' => {
                let end = closing(chars, at, c);
                digits.out.extend(&chars[at + 1..end]);
                at = end;
            }
            '\\' => {
                at += 1;
                digits.out.extend(chars.get(at));
            }
            'E' | 'e' if exponent_due && is_exponent(chars, at) => {
                let exponent = if decimal.is_zero() { 0 } else { decimal.point - point };
                at = push_exponent(chars, at, exponent, &mut digits.out);
                exponent_due = false;
            }
            _ => digits.out.push(c),
        }
        at += 1;
    }
    digits.out
}

#[cfg(test)]
mod tests {
    use super::super::number::{Number, format};

    #[test]
    fn custom_formats_write_what_the_dotnet_page_shows() {
        use Number::{Float, Int};
        for (number, spec, expected) in [
            (Int(7), "000", "007"),
            (Int(123), "00000", "00123"),
            (Float(1.2), "0.00", "1.20"),
            (Float(0.56), "#.##", ".56"),
            (Int(1_234_567_890), "#,#", "1,234,567,890"),
            (Int(1_234_567_890), "#,##0,,", "1,235"),
            (Float(1234.5), "#,##0.00", "1,234.50"),
            (Int(7), "0,000", "0,007"),
            (Float(0.086), "#0.##%", "8.6%"),
            (Int(86000), "0.###E+0", "8.6E+4"),
            (Int(86000), "0.###E+000", "8.6E+004"),
            (Int(1234), "#;(#);zero", "1234"),
            (Int(-1234), "#;(#);zero", "(1234)"),
            (Int(0), "#;(#);zero", "zero"),
            (Int(-5), "0 units", "-5 units"),
            (Int(5), "'#'0", "#5"),
            (Int(5), "\\#0", "#5"),
            (Int(0), "#", ""),
            (Int(1234), "(0)-000", "(1)-234"),
        ] {
            assert_eq!(format(number, spec).as_deref(), Some(expected), "{number:?} in {spec}");
        }
    }
}
