//! `dateTimeAdd`, `dateTimeToEpoch` and `dateTimeFromEpoch`: moments in UTC.
//!
//! A year is 365 days and a month 30, as ARM documents ("Date functions", dateTimeAdd, Remarks).

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

use crate::value::{Type, Value, ValueKind};

use super::{Args, Fault, FaultKind, Function, Run, date_format, partial};

/// The functions of this group.
pub(super) const FUNCTIONS: &[Function] = &[
    Function { name: "dateTimeAdd", arity: (2, 3), run: Run::Pure(Some(Type::String), date_time_add) },
    Function { name: "dateTimeToEpoch", arity: (1, 1), run: Run::Pure(Some(Type::Int), date_time_to_epoch) },
    Function { name: "dateTimeFromEpoch", arity: (1, 1), run: Run::Pure(Some(Type::String), date_time_from_epoch) },
];

/// The form that Azure writes when nobody asks for another: ISO 8601, fractions of a second only where there are some.
const ISO: &str = "yyyy-MM-ddTHH:mm:ss.FFFFFFFK";

fn date_time_add(args: &Args<'_>) -> Result<Value, Fault> {
    let base = moment(args, args.string(0)?)?;
    let duration = duration(args.string(1)?)
        .ok_or_else(|| args.fault(FaultKind::Conversion, 1, "must be an ISO 8601 duration like `P1D` or `-PT1H30M`"))?;
    let format = if args.len() > 2 { args.string(2)? } else { ISO };
    let too_far = || args.fault(FaultKind::OutOfRange, 1, "leads out of the years 1 to 9999");
    let sum = base.to_timestamp_utc().and_then(|base| base.checked_add(duration).ok());
    let sum = sum.map(|sum| Offset::UTC.to_datetime(sum)).filter(|sum| sum.year() >= 1).ok_or_else(too_far)?;
    let text = date_format::format(sum, format).ok_or_else(|| args.fault(FaultKind::Format, 2, "is not a date format"))?;
    Ok(partial::string(args, text))
}

fn date_time_to_epoch(args: &Args<'_>) -> Result<Value, Fault> {
    let moment = moment(args, args.string(0)?)?;
    let seconds = moment.to_timestamp_utc().map(|moment| moment.as_nanosecond().div_euclid(1_000_000_000));
    let seconds = seconds.and_then(|seconds| i64::try_from(seconds).ok());
    let seconds = seconds.ok_or_else(|| args.fault(FaultKind::OutOfRange, 0, "is not in the years 1 to 9999"))?;
    Ok(args.result(ValueKind::Int(seconds)))
}

fn date_time_from_epoch(args: &Args<'_>) -> Result<Value, Fault> {
    let moment = Timestamp::from_second(args.int(0)?).ok().map(|moment| Offset::UTC.to_datetime(moment));
    let moment = moment.filter(|moment| moment.year() >= 1);
    let text = moment.and_then(|moment| date_format::format(moment, ISO));
    let text = text.ok_or_else(|| args.fault(FaultKind::OutOfRange, 0, "is not in the years 1 to 9999"))?;
    Ok(Value::string(text, args.call))
}

/// To the time line, read as UTC.
trait Utc {
    fn to_timestamp_utc(self) -> Option<Timestamp>;
}

impl Utc for DateTime {
    fn to_timestamp_utc(self) -> Option<Timestamp> {
        Offset::UTC.to_timestamp(self).ok()
    }
}

fn moment(args: &Args<'_>, text: &str) -> Result<DateTime, Fault> {
    parse(text).ok_or_else(|| args.fault(FaultKind::Conversion, 0, "must be a date and time like `2024-01-31T12:00:00Z`"))
}

/// An ISO 8601 duration: `-P1Y2M3DT4H5M6.7S`. Twelve months make a year; weeks are not read.
/// Source: .NET documentation, `XmlConvert.ToTimeSpan`.
fn duration(text: &str) -> Option<SignedDuration> {
    let text = text.trim();
    let (sign, text) = text.strip_prefix('-').map_or((1, text), |text| (-1, text));
    let text = text.strip_prefix('P')?;
    let (date, time) = text.split_once('T').map_or((text, None), |(date, time)| (date, Some(time)));
    let (years, date_rest) = component(date, 'Y')?;
    let (months, date_rest) = component(date_rest, 'M')?;
    let (days, date_rest) = component(date_rest, 'D')?;
    let (hours, time_rest) = component(time.unwrap_or_default(), 'H')?;
    let (minutes, time_rest) = component(time_rest, 'M')?;
    let (whole, fraction, time_rest) = seconds(time_rest)?;
    // At least one component, and at least one behind a `T`.
    if !date_rest.is_empty() || !time_rest.is_empty() || text.is_empty() || time == Some("") {
        return None;
    }
    let days = (years + months / 12) * 365 + months % 12 * 30 + days;
    let seconds = ((days * 24 + hours) * 60 + minutes) * 60 + whole;
    Some(SignedDuration::new(sign * seconds, i32::try_from(sign).unwrap_or(1) * fraction))
}

/// `12Y` at the start of `text`, or zero if something else stands there.
fn component(text: &str, unit: char) -> Option<(i64, &str)> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    match text[digits..].strip_prefix(unit) {
        Some(rest) => Some((i64::from(text[..digits].parse::<i32>().ok()?), rest)),
        None => Some((0, text)),
    }
}

/// `6.7S` at the start of `text`, in seconds and nanoseconds.
fn seconds(text: &str) -> Option<(i64, i32, &str)> {
    let Some((number, rest)) = text.split_once('S') else { return Some((0, 0, text)) };
    let (whole, fraction) = number.split_once('.').map_or((number, None), |(whole, fraction)| (whole, Some(fraction)));
    let nanoseconds = match fraction {
        Some(digits) => i32::try_from(nanoseconds(digits)?).ok()?,
        None => 0,
    };
    let is_number = !whole.is_empty() && whole.bytes().all(|byte| byte.is_ascii_digit());
    let whole = if is_number { i64::from(whole.parse::<i32>().ok()?) } else { return None };
    Some((whole, nanoseconds, rest))
}

/// The digits behind a decimal point; .NET counts in steps of 100 nanoseconds.
fn nanoseconds(digits: &str) -> Option<i64> {
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let padded = format!("{:0<7}", digits.get(..7).unwrap_or(digits));
    Some(padded.parse::<i64>().ok()? * 100)
}

/// A date and time as .NET reads it, in UTC; without a zone it is taken as UTC.
///
/// ISO 8601 (extended, and basic with a `T`), `M/d/yyyy` with a 12 or 24 hour clock, and day and month name as in RFC 1123.
pub(super) fn parse(text: &str) -> Option<DateTime> {
    let mut words = Words { rest: text.trim() };
    let date = words.date()?;
    if words.rest.is_empty() {
        return Some(date.to_datetime(Time::midnight()));
    }
    words.separator();
    let time = words.time()?;
    let offset = words.zone()?;
    if !words.rest.is_empty() {
        return None;
    }
    let utc = date.to_datetime(time).checked_sub(SignedDuration::from_mins(offset)).ok()?;
    (utc.year() >= 1).then_some(utc)
}

/// Reads a date from left to right.
struct Words<'t> {
    rest: &'t str,
}

impl<'t> Words<'t> {
    fn run(&mut self, wanted: fn(char) -> bool) -> &'t str {
        let (run, rest) = self.rest.split_at(self.rest.find(|c| !wanted(c)).unwrap_or(self.rest.len()));
        self.rest = rest;
        run
    }

    fn digits(&mut self) -> &'t str {
        self.run(|c| c.is_ascii_digit())
    }

    fn number(&mut self) -> Option<i16> {
        self.digits().parse().ok()
    }

    fn pass(&mut self, c: char) -> bool {
        let rest = self.rest.strip_prefix(c);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// What stands between date and time: a `T` or blanks.
    fn separator(&mut self) {
        if !self.pass('T') && !self.pass('t') {
            self.run(char::is_whitespace);
        }
    }

    fn date(&mut self) -> Option<Date> {
        if self.rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return self.named_date();
        }
        let first = self.digits();
        if first.len() == 8 && self.rest.starts_with(['T', 't']) {
            return Date::new(first[..4].parse().ok()?, first[4..6].parse().ok()?, first[6..].parse().ok()?).ok();
        }
        if self.rest.starts_with(' ') {
            self.run(char::is_whitespace);
            return self.month_and_year(first.parse().ok()?);
        }
        let mark = self.rest.chars().next().filter(|mark| matches!(mark, '-' | '/' | '.'))?;
        self.pass(mark);
        let second = i8::try_from(self.number()?).ok()?;
        let third = if self.pass(mark) { self.digits() } else { return None };
        if first.len() == 4 {
            Date::new(first.parse().ok()?, second, third.parse().ok()?).ok()
        } else if third.len() == 4 {
            // The invariant culture writes the month first.
            Date::new(third.parse().ok()?, first.parse().ok()?, second).ok()
        } else {
            None
        }
    }

    /// `Tue, 07 Apr 2020`, `April 7, 2020`
    fn named_date(&mut self) -> Option<Date> {
        let word = self.run(|c| c.is_ascii_alphabetic());
        self.run(|c| c == ',' || c.is_whitespace());
        if let Some(month) = month(word) {
            let day = i8::try_from(self.number()?).ok()?;
            self.run(|c| c == ',' || c.is_whitespace());
            return Date::new(self.number()?, month, day).ok();
        }
        date_format::DAYS.iter().find(|day| names(word, day))?;
        if self.rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return self.named_date();
        }
        let day = i8::try_from(self.number()?).ok()?;
        self.run(|c| c == '-' || c.is_whitespace());
        self.month_and_year(day)
    }

    fn month_and_year(&mut self, day: i8) -> Option<Date> {
        let month = month(self.run(|c| c.is_ascii_alphabetic()))?;
        self.run(|c| matches!(c, '-' | ',') || c.is_whitespace());
        Date::new(self.number()?, month, day).ok()
    }

    fn time(&mut self) -> Option<Time> {
        let first = self.digits();
        let (hour, minute, second) = if first.len() == 6 {
            (first[..2].parse().ok()?, first[2..4].parse().ok()?, first[4..].parse().ok()?)
        } else if self.pass(':') {
            let minute = i8::try_from(self.number()?).ok()?;
            let second = if self.pass(':') { i8::try_from(self.number()?).ok()? } else { 0 };
            (first.parse().ok()?, minute, second)
        } else {
            return None;
        };
        let nanosecond = if self.pass('.') { nanoseconds(self.digits())? } else { 0 };
        let hour = self.half_day(hour)?;
        Time::new(hour, minute, second, i32::try_from(nanosecond).ok()?).ok()
    }

    /// The hour after a possible `AM` or `PM`.
    fn half_day(&mut self, hour: i8) -> Option<i8> {
        let rest = self.rest.trim_start();
        let half = rest.get(..2).map(str::to_ascii_uppercase);
        let noon = match half.as_deref() {
            Some("AM") => 0,
            Some("PM") => 12,
            _ => return Some(hour),
        };
        self.rest = &rest[2..];
        (1..=12).contains(&hour).then(|| hour % 12 + noon)
    }

    /// `Z`, `GMT` or an offset, in minutes east.
    fn zone(&mut self) -> Option<i64> {
        self.run(char::is_whitespace);
        for name in ["Z", "GMT", "UTC"] {
            if let Some(rest) = self.rest.get(..name.len()).filter(|zone| zone.eq_ignore_ascii_case(name)) {
                self.rest = &self.rest[rest.len()..];
                return Some(0);
            }
        }
        let sign = if self.pass('+') {
            1
        } else if self.pass('-') {
            -1
        } else {
            return Some(0);
        };
        let digits = self.digits();
        let (hours, minutes) = match digits.len() {
            1 | 2 if self.pass(':') => (digits, self.digits()),
            1 | 2 => (digits, "0"),
            4 => digits.split_at(2),
            _ => return None,
        };
        let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
        (hours <= 14 && minutes < 60).then_some(sign * (hours * 60 + minutes))
    }
}

/// The number of a month by its name or its first three letters.
fn month(word: &str) -> Option<i8> {
    let at = date_format::MONTHS.iter().position(|month| names(word, month))?;
    i8::try_from(at + 1).ok()
}

fn names(word: &str, name: &str) -> bool {
    word.eq_ignore_ascii_case(name) || word.eq_ignore_ascii_case(&name[..3])
}

#[cfg(test)]
mod tests {
    use super::super::FaultKind;
    use super::super::trial::{call, fault, i, s, shown};
    use proptest::prelude::{prop_assert_eq, proptest};

    #[test]
    fn years_and_months_are_fixed_numbers_of_days() {
        for (base, duration, expected) in [
            ("2023-01-01 00:00:00Z", "P1Y", "2024-01-01T00:00:00Z"),
            ("2024-01-01 00:00:00Z", "P1Y", "2024-12-31T00:00:00Z"),
            ("2023-02-01 00:00:00Z", "P1M", "2023-03-03T00:00:00Z"),
            ("2024-02-01 00:00:00Z", "P1M", "2024-03-02T00:00:00Z"),
            ("2022-09-01T00:00:00Z", "P10Y", "2032-08-29T00:00:00Z"),
            ("2023-01-01T00:00:00Z", "P12M", "2024-01-01T00:00:00Z"),
            ("2024-01-31T00:00:00Z", "-PT1S", "2024-01-30T23:59:59Z"),
            ("2024-01-31T00:00:00Z", "P1DT2H3M4.5S", "2024-02-01T02:03:04.5Z"),
        ] {
            assert_eq!(shown("dateTimeAdd", &[s(base), s(duration)]), format!("'{expected}'"), "{base} + {duration}");
        }
    }

    #[test]
    fn durations_are_read_strictly() {
        for duration in
            ["PTASDIONS1D", "P", "PT", "P1DT", "1D", "P1W", "P1.5D", "PT1H1H", "P1H", "PT.5S", "P9999999999D", "P1M1Y", ""]
        {
            assert_eq!(fault("dateTimeAdd", &[s("2024-01-01"), s(duration)]), FaultKind::Conversion, "{duration}");
        }
        assert_eq!(fault("dateTimeAdd", &[s("9999-12-31"), s("P1D")]), FaultKind::OutOfRange);
        assert_eq!(fault("dateTimeAdd", &[s("2024-01-01"), s("P1D"), s("Q")]), FaultKind::Format);
    }

    #[test]
    fn dates_are_read_in_their_usual_forms() {
        for text in [
            "2020-04-07T14:53:14Z",
            "2020-04-07 14:53:14Z",
            "2020-04-07T14:53:14",
            "2020-04-07T16:53:14+02:00",
            "2020-04-07T14:53:14.0000000Z",
            "20200407T145314Z",
            "2020/04/07 14:53:14",
            "4/7/2020 2:53:14 PM",
            "04/07/2020 14:53:14",
            "Tue, 07 Apr 2020 14:53:14 GMT",
            "Tuesday, 07 April 2020 14:53:14",
            "7 April 2020 14:53:14",
            "April 7, 2020 2:53:14 pm",
        ] {
            assert_eq!(shown("dateTimeToEpoch", &[s(text)]), "1586271194", "{text}");
        }
        for text in [
            "",
            "yesterday",
            "2020-13-01",
            "2020-02-30",
            "14:53",
            "2020-04-07T25:00",
            "2020-04-07Tx",
            "13/1/2020",
            "2020-04-07 13:00 PM",
        ] {
            assert_eq!(fault("dateTimeToEpoch", &[s(text)]), FaultKind::Conversion, "{text}");
        }
    }

    #[test]
    fn epochs_outside_the_calendar_are_faults() {
        assert_eq!(shown("dateTimeFromEpoch", &[i(-1)]), "'1969-12-31T23:59:59Z'");
        assert_eq!(fault("dateTimeFromEpoch", &[i(253_402_300_800)]), FaultKind::OutOfRange);
        assert_eq!(fault("dateTimeFromEpoch", &[i(-62_135_596_801)]), FaultKind::OutOfRange);
    }

    proptest! {
        #[test]
        fn an_epoch_reads_back(epoch in -62_135_596_800_i64..253_402_000_000) {
            let text = call("dateTimeFromEpoch", &[i(epoch)]).unwrap();
            prop_assert_eq!(shown("dateTimeToEpoch", &[text]), epoch.to_string());
        }

        #[test]
        fn no_text_makes_the_readers_panic(text in "[0-9TtZPYMDHS:./+é -]{0,20}") {
            let _ = call("dateTimeAdd", &[s(&text), s(&text)]);
            let _ = call("dateTimeAdd", &[s("2024-01-01"), s(&text)]);
        }
    }
}
