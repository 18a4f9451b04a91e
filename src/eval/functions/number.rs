//! Numbers as .NET writes them: standard (`N2`, `D5`, `X`) and custom (`#,##0.00`) numeric format strings, invariant culture.
//!
//! Source: .NET documentation, "Standard numeric format strings" and "Custom numeric format strings".

/// A number to write.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Number {
    /// A 64-bit integer.
    Int(i64),
    /// A double.
    Float(f64),
}

/// The greatest precision that is written out.
const MAX_PRECISION: usize = 100_000;

/// `number` in the `format`; `None` if the format is malformed or does not suit the number.
pub(super) fn format(number: Number, format: &str) -> Option<String> {
    let mut chars = format.chars();
    let Some(letter) = chars.next() else { return Some(general(number, None)) };
    let digits = chars.as_str();
    if let Number::Float(float) = number
        && !float.is_finite()
    {
        return Some(shortest(float));
    }
    if !letter.is_ascii_alphabetic() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(super::number_custom::format(number, format));
    }
    let precision = if digits.is_empty() { None } else { Some(digits.parse().ok().filter(|&n| n <= MAX_PRECISION)?) };
    match (letter.to_ascii_uppercase(), number) {
        ('D', Number::Int(int)) => Some(signed(int < 0, &format!("{:0>1$}", int.unsigned_abs(), precision.unwrap_or(0)))),
        ('X', Number::Int(int)) if letter == 'X' => Some(format!("{int:0>0$X}", precision.unwrap_or(0))),
        ('X', Number::Int(int)) => Some(format!("{int:0>0$x}", precision.unwrap_or(0))),
        ('B', Number::Int(int)) => Some(format!("{int:0>0$b}", precision.unwrap_or(0))),
        ('R', Number::Float(float)) => Some(shortest(float)),
        ('G', _) => Some(general_case(number, precision, letter)),
        ('F', _) => Some(fixed(number, precision.unwrap_or(2), false)),
        ('N', _) => Some(fixed(number, precision.unwrap_or(2), true)),
        ('E', _) => Some(scientific(number, precision.unwrap_or(6), letter, 3)),
        ('C', _) => Some(currency(number, precision.unwrap_or(2))),
        ('P', _) => Some(percent(number, precision.unwrap_or(2))),
        _ => None,
    }
}

/// A double as .NET writes it without a format: the shortest digits that read back as the same number.
pub(super) fn shortest(float: f64) -> String {
    if float.is_nan() {
        return "NaN".to_owned();
    }
    if float.is_infinite() {
        return if float > 0.0 { "Infinity".to_owned() } else { "-Infinity".to_owned() };
    }
    if float == 0.0 {
        return signed(float.is_sign_negative(), "0");
    }
    let Decimal { negative, digits, point } = Decimal::shortest(float);
    // Doubles turn to an exponent from 1E+15 upwards and below 0.0001.
    let text = if !(-3..=15).contains(&point) { with_exponent(&digits, point, 'E', 2) } else { plain(&digits, point) };
    signed(negative, &text)
}

/// The decimal digits of a number: 0.d₁d₂d₃… × 10^point, without leading or trailing zeros.
pub(super) struct Decimal {
    pub(super) negative: bool,
    pub(super) digits: Vec<u8>,
    pub(super) point: i32,
}

impl Decimal {
    /// All digits of the number's exact value.
    pub(super) fn exact(number: Number) -> Self {
        match number {
            // No double has more than 767 significant digits.
            Number::Float(float) => Self::parse(&format!("{float:.767e}")),
            Number::Int(int) => Self::parse(&format!("{int}e0")),
        }
    }

    /// The fewest digits that read back as the same double.
    pub(super) fn shortest(float: f64) -> Self {
        Self::parse(&format!("{float:e}"))
    }

    /// Reads `-d.ddde±n`, as Rust writes a number.
    fn parse(text: &str) -> Self {
        let negative = text.starts_with('-');
        let (mantissa, exponent) = text.trim_start_matches('-').split_once('e').unwrap_or((text, "0"));
        let whole = mantissa.find('.').unwrap_or(mantissa.len());
        let mut digits: Vec<u8> = mantissa.bytes().filter(u8::is_ascii_digit).map(|byte| byte - b'0').collect();
        let point = i32::try_from(whole).unwrap_or(0) + exponent.parse::<i32>().unwrap_or(0);
        let zeros = digits.iter().take_while(|&&digit| digit == 0).count();
        digits.drain(..zeros);
        while digits.last() == Some(&0) {
            digits.pop();
        }
        let point = if digits.is_empty() { 0 } else { point - i32::try_from(zeros).unwrap_or(0) };
        Self { negative, digits, point }
    }

    /// Whether it is zero.
    pub(super) fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }

    /// Keeps the first `count` digits, rounding halves away from zero.
    pub(super) fn round(&mut self, count: i32) {
        let Ok(keep) = usize::try_from(count) else {
            self.digits.clear();
            self.point = 0;
            return;
        };
        if keep >= self.digits.len() {
            return;
        }
        let up = self.digits[keep] >= 5;
        self.digits.truncate(keep);
        if up {
            while self.digits.last() == Some(&9) {
                self.digits.pop();
            }
            match self.digits.last_mut() {
                Some(last) => *last += 1,
                None => {
                    self.digits.push(1);
                    self.point += 1;
                }
            }
        }
        while self.digits.last() == Some(&0) {
            self.digits.pop();
        }
        if self.digits.is_empty() {
            self.point = 0;
        }
    }

    /// The digit `n` places behind the first, or 0.
    fn digit(&self, n: i32) -> char {
        let digit = usize::try_from(n).ok().and_then(|n| self.digits.get(n)).copied().unwrap_or(0);
        char::from(b'0' + digit)
    }
}

fn signed(negative: bool, text: &str) -> String {
    if negative { format!("-{text}") } else { text.to_owned() }
}

/// Digits around a decimal point.
fn plain(digits: &[u8], point: i32) -> String {
    let text: String = digits.iter().map(|digit| char::from(b'0' + digit)).collect();
    match usize::try_from(point) {
        Ok(whole) if whole >= text.len() => format!("{text:0<whole$}"),
        Ok(whole) if whole > 0 => format!("{}.{}", &text[..whole], &text[whole..]),
        _ => format!("0.{}{text}", "0".repeat(usize::try_from(-point).unwrap_or(0))),
    }
}

/// Digits as `d.dddE+nn`.
fn with_exponent(digits: &[u8], point: i32, letter: char, least: usize) -> String {
    let mut text = String::new();
    for (n, digit) in digits.iter().enumerate() {
        if n == 1 {
            text.push('.');
        }
        text.push(char::from(b'0' + digit));
    }
    let exponent = point - 1;
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{text}{letter}{sign}{:0>least$}", exponent.unsigned_abs())
}

fn general(number: Number, precision: Option<usize>) -> String {
    general_case(number, precision, 'G')
}

/// `G`: the shorter of fixed and scientific.
fn general_case(number: Number, precision: Option<usize>, letter: char) -> String {
    let precision = precision.filter(|&n| n > 0);
    let Some(precision) = precision else {
        return match number {
            Number::Int(int) => int.to_string(),
            Number::Float(float) if letter == 'g' => shortest(float).replace('E', "e"),
            Number::Float(float) => shortest(float),
        };
    };
    let mut decimal = Decimal::exact(number);
    let precision = i32::try_from(precision).unwrap_or(i32::MAX);
    decimal.round(precision);
    if decimal.is_zero() {
        return "0".to_owned();
    }
    let exponent = if letter == 'g' { 'e' } else { 'E' };
    let text = if decimal.point > precision || decimal.point < -3 {
        with_exponent(&decimal.digits, decimal.point, exponent, 2)
    } else {
        plain(&decimal.digits, decimal.point)
    };
    signed(decimal.negative, &text)
}

/// The absolute value with `places` decimals, and whether the minus sign is written.
fn rounded(number: Number, places: usize, shift: i32, grouped: bool) -> (bool, String) {
    let mut decimal = Decimal::exact(number);
    if !decimal.is_zero() {
        decimal.point += shift;
    }
    let places = i32::try_from(places).unwrap_or(i32::MAX);
    decimal.round(decimal.point.saturating_add(places));
    let mut text = String::new();
    for place in 0..decimal.point.max(1) {
        if grouped && place > 0 && (decimal.point - place) % 3 == 0 {
            text.push(',');
        }
        text.push(if decimal.point <= 0 { '0' } else { decimal.digit(place) });
    }
    if places > 0 {
        text.push('.');
        for place in 0..places {
            text.push(decimal.digit(decimal.point + place));
        }
    }
    // A double that rounds to zero keeps its sign.
    let negative = decimal.negative && (!decimal.is_zero() || matches!(number, Number::Float(_)));
    (negative, text)
}

fn fixed(number: Number, places: usize, grouped: bool) -> String {
    let (negative, text) = rounded(number, places, 0, grouped);
    signed(negative, &text)
}

fn currency(number: Number, places: usize) -> String {
    let (negative, text) = rounded(number, places, 0, true);
    if negative { format!("(¤{text})") } else { format!("¤{text}") }
}

fn percent(number: Number, places: usize) -> String {
    let (negative, text) = rounded(number, places, 2, true);
    format!("{} %", signed(negative, &text))
}

fn scientific(number: Number, places: usize, letter: char, least: usize) -> String {
    let mut decimal = Decimal::exact(number);
    let places = i32::try_from(places).unwrap_or(i32::MAX);
    decimal.round(places.saturating_add(1));
    let mut text = decimal.digit(0).to_string();
    if places > 0 {
        text.push('.');
        for place in 1..=places {
            text.push(decimal.digit(place));
        }
    }
    let exponent = if decimal.is_zero() { 0 } else { decimal.point - 1 };
    let sign = if exponent < 0 { '-' } else { '+' };
    signed(decimal.negative, &format!("{text}{letter}{sign}{:0>least$}", exponent.unsigned_abs()))
}

#[cfg(test)]
mod tests {
    use super::{Number, format, shortest};

    #[test]
    fn standard_formats_write_what_the_dotnet_page_shows() {
        use Number::{Float, Int};
        for (number, spec, expected) in [
            (Int(1234), "D", "1234"),
            (Int(-1234), "D6", "-001234"),
            (Int(255), "X", "FF"),
            (Int(-1), "x", "ffffffffffffffff"),
            (Int(255), "x4", "00ff"),
            (Int(42), "B", "101010"),
            (Int(8_175_133), "N0", "8,175,133"),
            (Int(-1234), "N3", "-1,234.000"),
            (Float(1234.567), "F1", "1234.6"),
            (Float(-0.2), "F0", "-0"),
            (Float(2.5), "F0", "3"),
            (Int(0), "N", "0.00"),
            (Float(1_052.032_916_1), "E2", "1.05E+003"),
            (Int(12345), "e", "1.234500e+004"),
            (Int(12345), "G2", "1.2E+04"),
            (Float(-1.234_567_890e-25), "G", "-1.23456789E-25"),
            (Float(0.05), "G1", "0.05"),
            (Float(123.456), "C", "¤123.46"),
            (Int(-1234), "C0", "(¤1,234)"),
            (Int(1), "P", "100.00 %"),
            (Float(-0.396_78), "P1", "-39.7 %"),
        ] {
            assert_eq!(format(number, spec).as_deref(), Some(expected), "{number:?} in {spec}");
        }
    }

    #[test]
    fn a_format_that_does_not_suit_is_refused() {
        for (number, spec) in
            [(Number::Float(1.0), "D"), (Number::Int(1), "R"), (Number::Int(1), "Q"), (Number::Int(1), "D9999999999")]
        {
            assert_eq!(format(number, spec), None, "{number:?} in {spec}");
        }
    }

    #[test]
    fn doubles_turn_to_an_exponent_where_dotnet_does() {
        for (float, expected) in [
            (1.0, "1"),
            (-0.5, "-0.5"),
            (0.0001, "0.0001"),
            (0.000_01, "1E-05"),
            (123_456_789_012_345.0, "123456789012345"),
            (1e15, "1E+15"),
            (1.5e300, "1.5E+300"),
            (0.1 + 0.2, "0.30000000000000004"),
            (100.0, "100"),
        ] {
            assert_eq!(shortest(float), expected);
        }
    }
}
