"""The ids of the demo's objects."""


def user_id(number: int) -> str:
    """The id of the n-th user, from 1; 21 is the one that ``/users`` does not list."""
    return f"0b6e4c1a-6a0e-4b0f-8f43-1d2c3b4a{5000 + number}"


def group_id(number: int) -> str:
    """The id of the n-th group, from 1."""
    return f"5d2a9f10-0c77-4a0b-b1c2-90d0e0f0a{100 + number}"


DEVICE_ID = "c0ffee00-1d2e-4f30-8a4b-5c6d7e8f9001"
SERVICE_PRINCIPAL_ID = "9e8d7c6b-5a49-4838-a716-0f1e2d3c4b01"
CONTACT_ID = "abad1dea-2f3e-4d5c-8b6a-7f8e9d0c1b01"
