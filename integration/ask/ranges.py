"""Addresses and ranges of them, for questions."""

from ipaddress import ip_address, ip_network


def in_range(address: object, range: object) -> int | None:
    """Tell SQL whether an address is in a range, such as ``10.0.0.0/8``, or the same; NULL where one is neither."""
    try:
        return int(ip_address(str(address)) in ip_network(str(range), strict=False))
    except ValueError:
        return None
