//! `parseCidr`, `cidrSubnet` and `cidrHost`: arithmetic on IP address ranges of both families.
//!
//! Source: ARM documentation, "CIDR functions".

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

use crate::value::{Key, Object, Type, Value, ValueKind};

use super::{Args, Fault, FaultKind, Function, Run};

/// The functions of this group.
pub(super) const FUNCTIONS: &[Function] = &[
    Function { name: "parseCidr", arity: (1, 1), run: Run::Pure(Some(Type::Object), parse_cidr) },
    Function { name: "cidrSubnet", arity: (3, 3), run: Run::Pure(Some(Type::String), cidr_subnet) },
    Function { name: "cidrHost", arity: (2, 2), run: Run::Pure(Some(Type::String), cidr_host) },
];

/// The range of the first argument, without the bits of a host.
fn network(args: &Args<'_>) -> Result<IpNet, Fault> {
    let text = args.string(0)?;
    let network: IpNet = text
        .trim()
        .parse()
        .map_err(|_| args.fault(FaultKind::Conversion, 0, "must be an IP address range like `10.0.0.0/16` or `fd00::/48`"))?;
    Ok(network.trunc())
}

/// An address as a number.
fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(u32::from(address)),
        IpAddr::V6(address) => u128::from(address),
    }
}

/// The address of that number in the same family as `network`; the number is inside the range.
fn address(network: IpNet, number: u128) -> IpAddr {
    match network {
        IpNet::V4(_) => IpAddr::V4(Ipv4Addr::from(u32::try_from(number).unwrap_or(u32::MAX))),
        IpNet::V6(_) => IpAddr::V6(Ipv6Addr::from(number)),
    }
}

/// The first and the last address that a host can have. An IPv4 range of one or two addresses has none: both are the network.
fn usable(network: IpNet) -> (IpAddr, IpAddr) {
    let (first, last) = (network.network(), network.broadcast());
    match network {
        IpNet::V4(range) if range.prefix_len() > 30 => (first, first),
        IpNet::V4(_) => (address(network, number(first) + 1), address(network, number(last) - 1)),
        IpNet::V6(_) => (first, last),
    }
}

fn parse_cidr(args: &Args<'_>) -> Result<Value, Fault> {
    let network = network(args)?;
    let (first, last) = usable(network);
    let mut object = Object::new();
    let mut push = |name: &str, kind: ValueKind| object.push(Key::new(name), args.result(kind));
    let text = |address: IpAddr| ValueKind::Str(address.to_string().into());
    push("network", text(network.network()));
    push("netmask", text(network.netmask()));
    if matches!(network, IpNet::V4(_)) {
        push("broadcast", text(network.broadcast()));
    }
    push("firstUsable", text(first));
    push("lastUsable", text(last));
    push("cidr", ValueKind::Int(i64::from(network.prefix_len())));
    Ok(Value::object(object, args.call))
}

fn cidr_subnet(args: &Args<'_>) -> Result<Value, Fault> {
    let network = network(args)?;
    let (length, index) = (args.int(1)?, args.int(2)?);
    let (least, most) = (network.prefix_len(), network.max_prefix_len());
    let Some(length) = u8::try_from(length).ok().filter(|length| (least..=most).contains(length)) else {
        return Err(args.fault(FaultKind::OutOfRange, 1, &format!("must be between {least} and {most}")));
    };
    let bits = u32::from(length - least);
    let Some(index) = u128::try_from(index).ok().filter(|&index| bits >= 128 || index >> bits == 0) else {
        let problem = format!("must be an index of one of the {} ranges", 1_u128.checked_shl(bits).unwrap_or(u128::MAX));
        return Err(args.fault(FaultKind::OutOfRange, 2, &problem));
    };
    let offset = index.checked_shl(u32::from(most - length)).unwrap_or(0);
    let subnet = address(network, number(network.network()) + offset);
    Ok(Value::string(format!("{subnet}/{length}"), args.call))
}

fn cidr_host(args: &Args<'_>) -> Result<Value, Fault> {
    let network = network(args)?;
    let index = args.int(1)?;
    let (first, last) = (number(network.network()), number(usable(network).1));
    // The address of the network itself is no host, in either family.
    let host = u128::try_from(index).ok().and_then(|index| first.checked_add(index)?.checked_add(1)).filter(|&host| host <= last);
    let host = host.ok_or_else(|| args.fault(FaultKind::OutOfRange, 1, "is not the index of a usable address of the range"))?;
    Ok(Value::string(address(network, host).to_string(), args.call))
}

#[cfg(test)]
mod tests {
    use super::super::FaultKind;
    use super::super::trial::{fault, i, s, shown};
    use proptest::prelude::{prop_assert_eq, proptest};

    #[test]
    fn a_range_is_taken_apart() {
        for (range, expected) in [
            (
                "10.144.1.7/20",
                "{broadcast:'10.144.15.255',cidr:20,firstUsable:'10.144.0.1',lastUsable:'10.144.15.254',netmask:'255.255.240.0',network:'10.144.0.0'}",
            ),
            (
                "10.0.0.0/31",
                "{broadcast:'10.0.0.1',cidr:31,firstUsable:'10.0.0.0',lastUsable:'10.0.0.0',netmask:'255.255.255.254',network:'10.0.0.0'}",
            ),
            (
                "fdad:3236:5555::/48",
                "{cidr:48,firstUsable:'fdad:3236:5555::',lastUsable:'fdad:3236:5555:ffff:ffff:ffff:ffff:ffff',netmask:'ffff:ffff:ffff::',network:'fdad:3236:5555::'}",
            ),
        ] {
            assert_eq!(shown("parseCidr", &[s(range)]), expected);
        }
    }

    #[test]
    fn subnets_and_hosts_are_counted_from_zero() {
        for (range, length, index, expected) in [
            ("10.144.0.0/20", 24, 4, "10.144.4.0/24"),
            ("10.0.3.9/16", 24, 255, "10.0.255.0/24"),
            ("0.0.0.0/0", 32, 4_294_967_295, "255.255.255.255/32"),
            ("fdad:3236:5555::/48", 52, 4, "fdad:3236:5555:4000::/52"),
            ("::/0", 128, 1, "::1/128"),
        ] {
            assert_eq!(shown("cidrSubnet", &[s(range), i(length), i(index)]), format!("'{expected}'"));
        }
        assert_eq!(shown("cidrHost", &[s("10.144.3.0/24"), i(0)]), "'10.144.3.1'");
        assert_eq!(shown("cidrHost", &[s("10.144.3.0/24"), i(253)]), "'10.144.3.254'");
        assert_eq!(shown("cidrHost", &[s("fdad:3236:5555:3000::/52"), i(2)]), "'fdad:3236:5555:3000::3'");
    }

    #[test]
    fn what_lies_outside_is_a_fault() {
        for (name, arguments, kind) in [
            ("parseCidr", vec![s("1000.144.0.0/20")], FaultKind::Conversion),
            ("parseCidr", vec![s("10.0.0.0")], FaultKind::Conversion),
            ("parseCidr", vec![s("10.0.0.0/33")], FaultKind::Conversion),
            ("cidrSubnet", vec![s("10.0.0.0/16"), i(15), i(0)], FaultKind::OutOfRange),
            ("cidrSubnet", vec![s("10.0.0.0/16"), i(33), i(0)], FaultKind::OutOfRange),
            ("cidrSubnet", vec![s("10.0.0.0/16"), i(24), i(256)], FaultKind::OutOfRange),
            ("cidrSubnet", vec![s("10.0.0.0/16"), i(24), i(-1)], FaultKind::OutOfRange),
            ("cidrHost", vec![s("10.0.0.0/24"), i(254)], FaultKind::OutOfRange),
            ("cidrHost", vec![s("10.0.0.0/32"), i(0)], FaultKind::OutOfRange),
        ] {
            assert_eq!(fault(name, &arguments), kind, "{name} of {arguments:?}");
        }
    }

    proptest! {
        #[test]
        fn a_subnet_lies_where_its_index_says(bits in 0_u32.., length in 8_i64..=24, more in 0_i64..=8, index in 0_i64..256) {
            let range = format!("{}/{length}", std::net::Ipv4Addr::from(bits));
            let index = index % (1 << more);
            let expected = (bits >> (32 - length) << (32 - length)) + (u32::try_from(index).unwrap() << (32 - length - more));
            let expected = format!("'{}/{}'", std::net::Ipv4Addr::from(expected), length + more);
            prop_assert_eq!(shown("cidrSubnet", &[s(&range), i(length + more), i(index)]), expected);
        }
    }
}
