"""Requests over the network, for any host and audience: sign-in, pace, deadlines, sizes. Knows no API."""
