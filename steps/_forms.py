"""What an object has under a name, in the form that it is read in: an object, a list of some kind, a text, a key.

Nothing is what is null or absent. What has another form is left unread: the record stays, and the type is partial with
a reason that names the property, never its value.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from integration.sdk.row import Row
from integration.sdk.unread import leave_unread
from integration.values import arm_key

_FORMS = {dict: "an object", list: "a list", str: "a text", bool: "a truth value", int: "a number", float: "a number"}


def expanded(row: Any, name: str) -> Any:
    """Return a row that something was asked to come with (``$expand``), such as the ``target`` of an assignment.

    Null says that there is nothing. Where nothing is said, the server left it out, and the row is read without it.
    """
    if name not in row:
        leave_unread(f"{name} is missing")
    return row


def object_at(holder: Any, *names: str) -> dict[str, Any]:
    """Return the object that names lead to from another one, each from the one before; an empty one where none is.

    Args:
        holder: where the first name is looked for; it must be an object, such as a row.
        names: lead there.
    """
    for name in names:
        found = holder.get(name)
        if not isinstance(found, dict):
            if found is not None:
                leave_unread(f"{name} is {form_of(found)}, not an object")
            return {}
        holder = found
    known: dict[str, Any] = holder
    return known


def objects_in(holder: Any, name: str) -> list[dict[str, Any]]:
    """Return the objects that an object lists under a name, without nulls."""
    listed = holder.get(name)
    return [] if listed is None else list(_listed(listed, name, dict, "an object"))


def texts_in(holder: Any, name: str) -> list[str]:
    """Return the texts that an object lists under a name, without nulls."""
    listed = holder.get(name)
    return [] if listed is None else list(_listed(listed, name, str, "a text"))


def values_in(holder: Any, name: str) -> list[Any]:
    """Return what an object lists under a name, of whatever form, without nulls."""
    listed = _told(holder, name)
    return [] if listed is None else list(_listed(listed, name, object, "anything"))


def references_in(holder: Any, name: str) -> list[Any]:
    """Return what an object lists under a name that leads elsewhere: ids, or objects that have one."""
    listed = holder.get(name)
    return [] if listed is None else list(_listed(listed, name, (dict, str), "an object or an id"))


def named_in(holder: Any, name: str, of: str) -> list[Any]:
    """Return what each object that an object lists under a name has under another one, of those that have it.

    It is for what is told of each, such as ``ipRules`` and the ``value`` of each rule.
    """
    return values_of(objects_in(holder, name), of)


def values_of(objects: Iterable[dict[str, Any]], name: str) -> list[Any]:
    """Return what each of some objects has under a name, of those that have it."""
    return [each[name] for each in objects if each.get(name) is not None]


def joined(objects: Iterable[Mapping[str, Any]], between: str, *names: str) -> list[str]:
    """Return what each of some objects has under some names, as one text, such as ``10.0.0.0/8=VnetLocal``.

    What it lacks of these is empty there, and of an object that has none of them there is no text.
    """
    told = ([each.get(name) for name in names] for each in objects)
    return [
        between.join("" if part is None else str(part) for part in parts)
        for parts in told
        if any(part is not None for part in parts)
    ]


def text_in(holder: Any, name: str) -> str:
    """Return the text that an object has under a name; an empty one where there is none."""
    found = holder.get(name)
    if isinstance(found, str):
        return found
    if found is not None:
        leave_unread(f"{name} is {form_of(found)}, not a text")
    return ""


def required_text(holder: Any, name: str) -> str:
    """Return a text that every object of its kind has, such as whom an assignment is for; an empty one where it lacks.

    An object that has lost it is left unread: nothing is deleted for want of what it is about.
    """
    found = _told(holder, name)
    if isinstance(found, str) and found:
        return found
    leave_unread(f"{name} is missing" if found in (None, "") else f"{name} is {form_of(found)}, not a text")
    return ""


def texts_at(holder: Any, *names: str) -> Iterator[str]:
    """Yield the texts that names lead to, one after the other, from an object, or from each of a list of objects.

    Args:
        holder: the object, or the list.
        names: each leads from an object to what it has under that name; one such as ``dataDisks[]`` leads to each of
            the list that is there, as in a schema's ``x-from``.
    """
    for one in (holder,) if isinstance(holder, dict) else holder:
        yield from _texts(one, names)


def _texts(holder: Any, names: tuple[str, ...]) -> Iterator[str]:
    name, rest = names[0], names[1:]
    is_list = name.endswith("[]")
    found = holder.get(name[:-2] if is_list else name)
    if found is None:
        return
    if is_list:
        if rest:
            for each in _listed(found, name[:-2], dict, "an object"):
                yield from _texts(each, rest)
        else:
            yield from _listed(found, name[:-2], str, "a text")
    elif rest and isinstance(found, dict):
        yield from _texts(found, rest)
    elif isinstance(found, str) and not rest:
        yield found
    else:
        leave_unread(f"{name} is {form_of(found)}, not {_FORMS[dict if rest else str]}")


def key_of(reference: Any) -> str | None:
    """Return the key of what an id, or an object with one, leads to; ``None`` where there is none."""
    id = reference.get("id") if isinstance(reference, dict) else reference
    return arm_key(id) if id else None


def key_at(holder: Any, name: str) -> str | None:
    """Return the key of what an object names by an id, or by an object that has one; ``None`` where it names nothing.

    An empty text is no id either: resource providers write it for a reference that is not set.
    """
    found = holder.get(name)
    id = found.get("id") if isinstance(found, dict) else found
    if isinstance(id, str):
        return arm_key(id) if id else None
    if id is not None:
        leave_unread(f"{name} is {form_of(id)}, not an id or an object that has one")
    return None


def keys_at(holders: Iterable[dict[str, Any]], name: str) -> list[str]:
    """Return the keys of what some objects name, as ``key_at`` does, in their order, each once."""
    return list(dict.fromkeys(key for each in holders if (key := key_at(each, name))))


def keys_of(references: Iterable[Any]) -> list[str]:
    """Return the keys of what some references lead to, in their order, each once."""
    return list(dict.fromkeys(key for each in references if (key := key_of(each))))


def _told(holder: Any, name: str) -> Any:
    """Return what an object has under a name, if anything; to read what was not selected is a mistake, and raises."""
    return holder[name] if isinstance(holder, Row) and holder.selected is not None else holder.get(name)


def _listed(listed: Any, name: str, form: type | tuple[type, ...], expected: str) -> Iterator[Any]:
    if not isinstance(listed, list):
        leave_unread(f"{name} is {form_of(listed)}, not a list")
        return
    for each in listed:
        if each is None:
            continue
        if isinstance(each, form):
            yield each
        else:
            leave_unread(f"{name} has {form_of(each)} in it, not {expected}")


def form_of(value: Any) -> str:
    """Return what a value of JSON that is not null is, such as ``a number``: a reason tells that, never the value."""
    return _FORMS[type(value)]
