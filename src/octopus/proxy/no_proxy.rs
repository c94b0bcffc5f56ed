//! `NO_PROXY`: the servers that are reached without a proxy.
//!
//! As curl documents it (its manual page on `NO_PROXY`, and `CURLOPT_NOPROXY`): names separated by
//! commas or blanks; a name matches the host and every host below it, with or without a leading dot;
//! addresses, and ranges of them in CIDR notation; a single `*` matches every host. A port in an
//! entry, which curl does not know and other programs do, must be the server's.

use std::net::IpAddr;

use crate::Address;

/// Returns whether a list names the server.
pub(super) fn matches(list: &str, address: &Address) -> bool {
    let is_separator = |c: char| c == ',' || c.is_whitespace();
    let mut entries = list.split(is_separator).filter(|entry| !entry.is_empty());
    entries.any(|entry| entry == "*" || is_named(entry, address))
}

fn is_named(entry: &str, address: &Address) -> bool {
    let (host, port) = split_port(entry);
    if port.is_some_and(|port| port.parse() != Ok(address.port())) {
        return false;
    }
    match address.ip() {
        Some(ip) => is_in_range(host, ip.to_canonical()),
        None => is_domain_of(host, address.host()),
    }
}

/// Splits a port off a name, an IPv4 address or an address in brackets.
fn split_port(entry: &str) -> (&str, Option<&str>) {
    match entry.rsplit_once(':') {
        // Else it is an IPv6 address without brackets.
        Some((host, port)) if !host.contains(':') || host.ends_with(']') => (host, Some(port)),
        _ => (entry, None),
    }
}

fn is_domain_of(domain: &str, host: &str) -> bool {
    let domain = domain.trim_matches('.').to_ascii_lowercase();
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let above = host.strip_suffix(&domain);
    !domain.is_empty() && above.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

fn is_in_range(range: &str, ip: IpAddr) -> bool {
    let (network, bits) = match range.split_once('/') {
        Some((network, bits)) => (network, Some(bits)),
        None => (range, None),
    };
    let network = network.trim_start_matches('[').trim_end_matches(']');
    let (Ok(network), Ok(bits)) = (network.parse::<IpAddr>(), bits.map(str::parse).transpose())
    else {
        return false;
    };
    match (network.to_canonical(), ip) {
        (IpAddr::V4(network), IpAddr::V4(ip)) => {
            let host_bits = 32_u32.checked_sub(bits.unwrap_or(32));
            let differing = network.to_bits() ^ ip.to_bits();
            host_bits.is_some_and(|bits| differing.checked_shr(bits).unwrap_or(0) == 0)
        }
        (IpAddr::V6(network), IpAddr::V6(ip)) => {
            let host_bits = 128_u32.checked_sub(bits.unwrap_or(128));
            let differing = network.to_bits() ^ ip.to_bits();
            host_bits.is_some_and(|bits| differing.checked_shr(bits).unwrap_or(0) == 0)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn list_matches_as_curl_documents() {
        for (list, host, is_matched) in [
            ("", "local.com", false),
            ("*", "local.com", true),
            ("a.com,*", "local.com", true),
            ("local.com", "local.com", true),
            ("local.com", "local.com:80", true),
            ("local.com", "www.local.com", true),
            ("local.com", "www.notlocal.com", false),
            ("notlocal.com", "local.com", false),
            (".local.com", "local.com", true),
            (".local.com.", "www.LOCAL.com.", true),
            ("a.com, local.com", "local.com", true),
            ("a.com local.com\tb.com", "www.local.com", true),
            (" , .", "local.com", false),
            ("local.com:8443", "local.com:8443", true),
            ("local.com:8443", "local.com", false),
            ("192.168.0.1", "192.168.0.1", true),
            ("192.168.0.1", "192.168.0.10", false),
            ("0.1", "192.168.0.1", false),
            ("192.168.0.1:443", "192.168.0.1", true),
            ("192.168.0.0/16", "192.168.7.9", true),
            ("192.168.0.0/16", "192.169.0.1", false),
            ("192.168.0.1/32", "192.168.0.1", true),
            ("0.0.0.0/0", "8.8.8.8", true),
            ("192.168.0.0/33", "192.168.0.0", false),
            ("192.168.0.0/x", "192.168.0.0", false),
            ("2001:db8::/32", "[2001:db8:1::5]", true),
            ("2001:db8::/32", "[2001:db9::5]", false),
            ("[2001:db8::1]", "[2001:db8:0::1]", true),
            ("[2001:db8::1]:444", "[2001:db8::1]", false),
            ("10.0.0.0/8", "[2001:db8::1]", false),
            ("10.0.0.0/8", "local.com", false),
        ] {
            let address = Address::parse(&format!("https://{host}")).unwrap();
            assert_eq!(matches(list, &address), is_matched, "{list:?} {host}");
        }
    }
}
