"""What is done to the values of a property of Azure, which its name decides.

Names are looked at as letters and digits alone: ``DB_PASSWORD`` is ``dbpassword``, and ``contraseña`` ``contrasena``.
"""

import re
from functools import lru_cache
from unicodedata import combining, normalize

from integration.text.stated import PASSWORD_ABROAD, unstated

_JOINTS = re.compile(r"[\W_]+")
_MOST = 10_000
"""Names that are remembered; all that Azure itself gives are far fewer, and people choose others."""


def _plain(name: str) -> str:
    """Return the letters and digits of a name in lower case, without accents."""
    bare = name if name.isascii() else "".join(each for each in normalize("NFKD", name) if not combining(each))
    return _JOINTS.sub("", bare).lower()


_ABROAD = "|".join(map(_plain, PASSWORD_ABROAD))
_KEYS = (
    "(access|auth)(key|code)|(account|api|authorization|admin|function|host|instrumentation|master|primary|private|"
    "query|secondary|service|shared|signing|storage)key"
)
_CREDENTIAL = (
    rf".*(passwor[dt]|{_ABROAD}|passphrase|passwd|pwd|psk|secret|token|sharedaccesssignature|connectionstring\d*"
    rf"|{_KEYS})"
)
_PARTS = r"s?(value|text|pem|data|old|new|b64|base64|\d{1,2})?"
_ENDS = (
    r"(?<!by)pass|passcode|passwordhash|pw|cookies?|jwt|credential(value|data)|(activation|enrollment|pairing|unlock)code",
    r"key(code|material|value)|clientkeydata|keytab|pem|pfx(certificate|data)?|(customdata|pfx|userdata)base64",
    r"secret(string|body|content|payload)|secure(inputs|string|value)|protected(settings|parameters)",
    r"sasur[il]|signature(value)?|webhook(ur[il])?|connstr(ing)?|kubeconfig",
    r"scripts?|command(s|line)?",  # people write secrets into these
)
"""What the name of a secret, or of what holds some, ends with."""
_WHOLE = (
    r"credentials|(proxy)?authorization|(auth|authorization)(header|string)|basicauth|bearer(value)?|assertion|otp|pat",
    r"registrationcode|snmpcommunity|communitystring|systemkeys?|fsazure.*key.*|sasljaasconfig",
    # files that hold some
    r"pfxblob|pkcs12|keystore|(apns|client)certificate|certificate(value|data)|kubeconfig(s|raw)|dockerconfigjson",
    r"(serviceaccount|credentials?)json|encoded(certificate|taskcontent|valuescontent|value)",
    # addresses at which whoever knows them may do something
    r"(callback|httptrigger)ur[il]|serviceuri|hook(url)?|connectionstr|dsn|jdbcurl",
    # what is run, and what it is given
    r"args|arguments|((api|app)(build)?|startup)?commandtoexecute|inline|scriptcontent|(manage|custom)actions",
    r"(liveness|readiness|startup)probe|httpheaders|requestbody|webtest|definition|vmtemplate|additionalunattendcontent",
    r"customdata|userdata|cloudinit(configuration)?|cloudconfig",
    # settings, parameters and results, whose names people choose
    r"(public|configuration|extension)?settings|(secure|secrets?|sensitive)(settings|config(uration)?)|keyvaluepairs",
    r"globalparameters|typeproperties|((alternative|custom)?parameter)values|outputs?|substitute|webhookproperties",
    r"sparkconfigproperties|secretstoreresource|protected(files|value)|sensitivevalue",
)
"""Names of secrets, and of what holds some."""
_OTHERWISE = r"aadorapikey|sync(kerberos|ntlm|onprem)passwords"
"""A way to sign in to Azure AI Search, and whether Microsoft Entra Domain Services has passwords."""
_SECRET = re.compile(rf"(?!({_OTHERWISE})$)({_CREDENTIAL}|.*sas){_PARTS}|.*({'|'.join(_ENDS)})|{'|'.join(_WHOLE)}")
_QUIET = re.compile(r"(?!.*(public|partition|assessment)key$).*key\d*|data|.*credentials?")
"""Names of texts that are secrets, and of objects and lists that only hold some."""
_NAMED = re.compile(
    r"env|env(ironment)?(vars?|variables|settings)|appsettings|connectionstrings|secrets|deliveryattributemappings"
    r"|(custom|request)?headers|webhooks"
)
"""Lists of names with their values, of which the names stay."""
_LISTED = re.compile(r"parameters|variables")
"""Names of such lists, which elsewhere are objects of which types take single values; a text of that name goes."""
_OF_TAG = re.compile(rf"{_CREDENTIAL}{_PARTS}|(.*(?<!by))?pass|.*pw|.*connstr(ing)?")
"""Names of tags that are secrets; people call other things, too, what Azure calls secrets, such as a script."""
_NUMBER = re.compile(rf".*(passwor[dt]|{_ABROAD}|passcode|passwd|pwd|secret|pin|otp)")
"""Names of numbers that are secrets."""
_FEWEST = 1000
"""A smaller number is how long such secrets are, or how many there are."""


class _Verdicts(dict[str, str]):
    """Says what is done to the values of a property, by its name.

    ``drop`` them, ``quiet`` them by dropping texts alone, ``name`` them alone, name those of a ``list``, or ``keep``
    them; ``unsay`` is for a name that states a secret itself. An id is the name of what has that id, whatever it is
    called.
    """

    def __missing__(self, name: str) -> str:
        verdict = self._found(name)
        if len(self) < _MOST and verdict != "unsay":
            self[name] = verdict
        return verdict

    def _found(self, name: str) -> str:
        if name.lower().startswith("/subscriptions/"):
            return "keep"
        if unstated(name) != name:
            return "unsay"
        plain = _plain(name)
        known = (("name", _NAMED), ("drop", _SECRET), ("list", _LISTED), ("quiet", _QUIET))
        return next((verdict for verdict, names in known if names.fullmatch(plain)), "keep")


verdicts = _Verdicts()


def is_secret_number(name: str, value: int) -> bool:
    """Tell whether a number is a secret, such as the code that unlocks a device."""
    return value >= _FEWEST and _NUMBER.fullmatch(_plain(name)) is not None


@lru_cache(_MOST)
def is_secret_tag(name: str) -> bool:
    """Tell whether a tag of a name has a secret for its value."""
    return _OF_TAG.fullmatch(_plain(name)) is not None
