//! Moments as .NET writes them: standard (`u`, `s`, `D`) and custom (`yyyy-MM-dd`) date format strings, invariant culture, UTC.
//!
//! Source: .NET documentation, "Standard date and time format strings" and "Custom date and time format strings".

use jiff::civil::DateTime;

/// The days of the week, Sunday first.
pub(super) const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// The months.
pub(super) const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/// `moment` in the `format`; `None` if .NET refuses the format.
pub(super) fn format(moment: DateTime, format: &str) -> Option<String> {
    let mut chars = format.chars();
    let pattern = match (chars.next(), chars.next()) {
        (None, _) => "MM/dd/yyyy HH:mm:ss",
        (Some(letter), None) => standard(letter)?,
        (Some('%'), Some(_)) if format.chars().count() == 2 => &format[1..],
        _ => format,
    };
    custom(moment, pattern)
}

/// The pattern behind a standard format.
fn standard(letter: char) -> Option<&'static str> {
    Some(match letter {
        'd' => "MM/dd/yyyy",
        'D' => "dddd, dd MMMM yyyy",
        'f' => "dddd, dd MMMM yyyy HH:mm",
        'F' | 'U' => "dddd, dd MMMM yyyy HH:mm:ss",
        'g' => "MM/dd/yyyy HH:mm",
        'G' => "MM/dd/yyyy HH:mm:ss",
        'm' | 'M' => "MMMM dd",
        'o' | 'O' => "yyyy-MM-ddTHH:mm:ss.fffffffK",
        'r' | 'R' => "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
        's' => "yyyy-MM-ddTHH:mm:ss",
        't' => "HH:mm",
        'T' => "HH:mm:ss",
        'u' => "yyyy-MM-dd HH:mm:ss'Z'",
        'y' | 'Y' => "yyyy MMMM",
        _ => return None,
    })
}

fn custom(moment: DateTime, pattern: &str) -> Option<String> {
    let chars: Vec<char> = pattern.chars().collect();
    let mut out = String::new();
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        let run = chars[at..].iter().take_while(|&&other| other == c).count();
        at += match c {
            'd' | 'f' | 'F' | 'g' | 'h' | 'H' | 'K' | 'm' | 'M' | 's' | 't' | 'y' | 'z' => {
                // `K` stands alone, and a run of it is so many.
                let run = if c == 'K' { 1 } else { run };
                part(moment, c, run, &mut out)?;
                run
            }
            '\'' | '"' => quoted(&chars[at..], c, &mut out)?,
            '\\' => {
                out.push(*chars.get(at + 1)?);
                2
            }
            '%' => match chars.get(at + 1) {
                None | Some('%') => return None,
                Some(_) => 1,
            },
            _ => {
                out.push(c);
                1
            }
        };
    }
    Some(out)
}

/// Copies what stands in quotes, and gives its length with them.
fn quoted(chars: &[char], quote: char, out: &mut String) -> Option<usize> {
    let mut at = 1;
    loop {
        match *chars.get(at)? {
            c if c == quote => return Some(at + 1),
            '\\' => {
                at += 1;
                out.push(*chars.get(at)?);
            }
            c => out.push(c),
        }
        at += 1;
    }
}

/// Writes one part of the moment, in as many letters as `run`.
fn part(moment: DateTime, letter: char, run: usize, out: &mut String) -> Option<()> {
    let number = |number: i16, width: usize| format!("{number:0>width$}");
    let day = DAYS[usize::try_from(moment.weekday().to_sunday_zero_offset()).unwrap_or(0)];
    let month = MONTHS[usize::try_from(moment.month() - 1).unwrap_or(0)];
    let hour = moment.hour();
    let text = match (letter, run) {
        ('d', 1 | 2) => number(moment.day().into(), run),
        ('d', 3) => day[..3].to_owned(),
        ('d', _) => day.to_owned(),
        ('M', 1 | 2) => number(moment.month().into(), run),
        ('M', 3) => month[..3].to_owned(),
        ('M', _) => month.to_owned(),
        ('y', 1 | 2) => number(moment.year() % 100, run),
        ('y', _) => number(moment.year(), run),
        ('h', _) => number(i16::from(if hour % 12 == 0 { 12 } else { hour % 12 }), run.min(2)),
        ('H', _) => number(hour.into(), run.min(2)),
        ('m', _) => number(moment.minute().into(), run.min(2)),
        ('s', _) => number(moment.second().into(), run.min(2)),
        ('t', 1) => if hour < 12 { "A" } else { "P" }.to_owned(),
        ('t', _) => if hour < 12 { "AM" } else { "PM" }.to_owned(),
        ('g', _) => "A.D.".to_owned(),
        ('K', _) => "Z".to_owned(),
        ('z', 1) => "+0".to_owned(),
        ('z', 2) => "+00".to_owned(),
        ('z', _) => "+00:00".to_owned(),
        ('f' | 'F', 1..=7) => return fraction(moment, letter, run, out),
        _ => return None,
    };
    out.push_str(&text);
    Some(())
}

/// Fractions of a second; `F` leaves out zeros at the end, and the point before it if nothing is left.
fn fraction(moment: DateTime, letter: char, run: usize, out: &mut String) -> Option<()> {
    let digits = format!("{:0>9}", moment.subsec_nanosecond());
    let digits = &digits[..run];
    let digits = if letter == 'F' { digits.trim_end_matches('0') } else { digits };
    if digits.is_empty() && out.ends_with('.') {
        out.pop();
    }
    out.push_str(digits);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::format;
    use jiff::civil::date;

    #[test]
    fn formats_write_what_the_dotnet_pages_show() {
        let moment = date(2009, 6, 5).at(13, 45, 3, 617_500_000);
        for (pattern, expected) in [
            ("", "06/05/2009 13:45:03"),
            ("d", "06/05/2009"),
            ("D", "Friday, 05 June 2009"),
            ("g", "06/05/2009 13:45"),
            ("m", "June 05"),
            ("o", "2009-06-05T13:45:03.6175000Z"),
            ("r", "Fri, 05 Jun 2009 13:45:03 GMT"),
            ("s", "2009-06-05T13:45:03"),
            ("t", "13:45"),
            ("u", "2009-06-05 13:45:03Z"),
            ("y", "2009 June"),
            ("%d", "5"),
            ("M d", "6 5"),
            ("yyyyMMdd_hhmmss", "20090605_014503"),
            ("yy-MMM-ddd H:m:s tt", "09-Jun-Fri 13:45:3 PM"),
            ("HH 'o''clock' \\h fff FFFFFF", "13 oclock h 617 6175"),
            ("yyyyy zzz K gg", "02009 +00:00 Z A.D."),
        ] {
            assert_eq!(format(moment, pattern).as_deref(), Some(expected), "{pattern}");
        }
        assert_eq!(format(date(2009, 6, 5).at(0, 0, 0, 0), "ss.FFFK").as_deref(), Some("00Z"), "no fraction, no point");
    }

    #[test]
    fn a_malformed_format_is_refused() {
        let moment = date(2009, 6, 5).at(0, 0, 0, 0);
        for pattern in ["Q", "yyyy 'x", "yyyy\\", "d%", "%%", "ffffffff"] {
            assert_eq!(format(moment, pattern), None, "{pattern}");
        }
    }
}
