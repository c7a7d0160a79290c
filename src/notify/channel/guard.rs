//! To which addresses messages may go: public ones, and ranges that the administrator allowed by name.
//!
//! A name is resolved once for each connection and the connection goes to an address that was judged here, so that a
//! name which changes its mind between the look and the connection gains nothing (TRUST d, «SSRF»).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// A range of addresses: `10.1.0.0/16`, `fd00::/8`, or one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    first: u128,
    bits: u32,
    is_v4: bool,
}

/// Not a range.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no range of addresses such as 10.1.0.0/16")]
pub struct NoRange(String);

impl FromStr for Range {
    type Err = NoRange;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || NoRange(text.chars().take(60).collect());
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse::<u32>().map_err(|_| wrong())?)),
            None => (text, None),
        };
        let address: IpAddr = address.trim().parse().map_err(|_| wrong())?;
        let (first, width) = number(address);
        let bits = bits.unwrap_or(width);
        if bits > width {
            return Err(wrong());
        }
        Ok(Self {
            first,
            bits,
            is_v4: address.is_ipv4(),
        })
    }
}

impl Range {
    pub fn holds(&self, address: IpAddr) -> bool {
        let (number, width) = number(address);
        let shift = width.saturating_sub(self.bits);
        let top = |value: u128| value.checked_shr(shift).unwrap_or(0);
        self.is_v4 == address.is_ipv4() && top(number) == top(self.first)
    }
}

fn number(address: IpAddr) -> (u128, u32) {
    match address {
        IpAddr::V4(address) => (u128::from(u32::from(address)), 32),
        IpAddr::V6(address) => (u128::from(address), 128),
    }
}

/// Ranges of IPv4 that are nobody's on the public network: this network, private, shared, loopback, link-local,
/// protocol assignments, examples, relays, benchmarks, multicast, reserved.
const CLOSED_V4: &[(Ipv4Addr, u32)] = &[
    (Ipv4Addr::UNSPECIFIED, 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

/// Within the public part of IPv6 (2000::/3): tunnels that hide another address, benchmarks, examples.
const CLOSED_V6: &[(Ipv6Addr, u32)] = &[
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];
const PUBLIC_V6: (Ipv6Addr, u32) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

fn range(address: impl Into<IpAddr>, bits: u32) -> Range {
    let address = address.into();
    Range {
        first: number(address).0,
        bits,
        is_v4: address.is_ipv4(),
    }
}

/// Whether an address is one of the public network. An IPv4 address in the clothes of IPv6 is judged as what it is.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => !CLOSED_V4
            .iter()
            .any(|(first, bits)| range(*first, *bits).holds(IpAddr::V4(v4))),
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => is_public(IpAddr::V4(v4)),
            None => {
                range(PUBLIC_V6.0, PUBLIC_V6.1).holds(address)
                    && !CLOSED_V6
                        .iter()
                        .any(|(first, bits)| range(*first, *bits).holds(address))
            }
        },
    }
}

/// What a channel may reach.
#[derive(Clone, Debug, Default)]
pub struct Guard {
    allowed: Arc<[Range]>,
}

impl Guard {
    pub fn new(allowed: Vec<Range>) -> Self {
        Self {
            allowed: allowed.into(),
        }
    }

    pub fn lets(&self, address: IpAddr) -> bool {
        let plain = match address {
            IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or(address, IpAddr::V4),
            IpAddr::V4(_) => address,
        };
        is_public(plain) || self.allowed.iter().any(|range| range.holds(plain))
    }
}

/// No address of a name is one that may be reached.
#[derive(Debug, thiserror::Error)]
#[error("the name leads to no address that may be reached; `allow` lets private ranges through")]
pub struct Closed;

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.clone();
        let host = name.as_str().to_owned();
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((host, 0)).await?.collect();
            let let_through: Vec<SocketAddr> = found.into_iter().filter(|found| guard.lets(found.ip())).collect();
            if let_through.is_empty() {
                return Err(Closed.into());
            }
            let addresses: Addrs = Box::new(let_through.into_iter());
            Ok(addresses)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_addresses_of_each_closed_range_are_refused_and_their_neighbours_are_not() {
        let guard = Guard::default();
        let closed = [
            "0.0.0.0",
            "0.1.2.3",
            "0.255.255.255",
            "10.0.0.0",
            "10.20.30.40",
            "10.255.255.255",
            "100.64.0.1",
            "100.100.100.200",
            "100.127.255.255",
            "127.0.0.1",
            "127.1.2.3",
            "127.255.255.255",
            "169.254.0.1",
            "169.254.169.254",
            "169.254.255.255",
            "172.16.0.0",
            "172.20.1.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.0.0",
            "192.168.1.1",
            "192.168.255.255",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.1.2.3",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "100::1",
            "fc00::1",
            "fd12:3456::1",
            "fdff::1",
            "fe80::1",
            "fe80::abcd",
            "febf::1",
            "fec0::1",
            "ff02::1",
            "ff0e::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::1",
            "2002:a00:1::",
            "3fff::1",
        ];
        for address in closed {
            assert!(!guard.lets(address.parse().unwrap()), "{address}");
        }
        let open = [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.1",
            "169.253.255.255",
            "172.15.255.255",
            "172.32.0.0",
            "192.167.255.255",
            "192.169.0.0",
            "223.255.255.255",
            "::ffff:1.1.1.1",
            "2400:3200::1",
            "2606:4700::1111",
            "2a00:1450::1",
        ];
        for address in open {
            assert!(guard.lets(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn what_was_allowed_by_name_is_let_through_and_nothing_beside_it() {
        let range = |text: &str| text.parse::<Range>();
        let guard = Guard::new(vec![range("10.1.0.0/16").unwrap(), range("fd00::7").unwrap()]);
        for (address, lets) in [
            ("10.1.2.3", true),
            ("::ffff:10.1.2.3", true),
            ("10.2.0.1", false),
            ("fd00::7", true),
            ("fd00::8", false),
            ("127.0.0.1", false),
        ] {
            assert_eq!(guard.lets(address.parse().unwrap()), lets, "{address}");
        }
        assert!(range("0.0.0.0/0").unwrap().holds("127.0.0.1".parse().unwrap()));
        assert!(!range("0.0.0.0/0").unwrap().holds("::1".parse().unwrap()));
        for wrong in ["10.0.0.0/33", "fd00::/129", "ten", "10.0.0.0/-1", "10.0.0/8", ""] {
            assert!(range(wrong).is_err(), "{wrong}");
        }
    }
}
