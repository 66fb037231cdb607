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
_PARTS = r"s?(value|text|pem|data|old|new|\d{1,2})?"
_SECRET = re.compile(
    rf"(?!(aadorapikey|sync(kerberos|ntlm|onprem)passwords)$)({_CREDENTIAL}|.*sas){_PARTS}"
    r"|.*credential(value|data)|.*pfx(certificate|data)?"
    r"|args|arguments|((api|app)(build)?|startup)?command(s|toexecute|line)?|inline|(manage|custom)actions"
    r"|globalparameters|typeproperties|credentials|((alternative|custom)?parameter)values|outputs?|pfxblob"
    r"|customdata|userdata|cloudinit(configuration)?|.*protected(settings|parameters)"
    r"|(public|configuration|extension)?settings|keyvaluepairs|substitute|webhookproperties|kubeconfigs?"
    r"|script(content|s)?|definition|(liveness|readiness|startup)probe|httpheaders"
    r"|passwordvalue|secretstoreresource|sparkconfigproperties|additionalunattendcontent|vmtemplate|webtest|requestbody|encoded(certificate|taskcontent|valuescontent|value)"
    r"|(apns|client)certificate|certificate(value|data)|fsazure.*key.*|(webhook|callback|httptrigger)ur[il]|serviceuri"
    r"|(proxy)?authorization|cookie|bearer(value)?|.*pem|pkcs12|keystore|systemkeys?|.*sasur[il]|.*signature(value)?"
    r"|connstring|connectionstr|dsn|jdbcurl|otp|assertion|registrationcode|.*passwordhash|sasljaasconfig|kubeconfigraw"
    r"|dockerconfigjson|hook(url)?|.*webhook(ur[il])?|.*((?<!by)pass|passcode|cookies?|jwt|keytab|clientkeydata)"
    r"|.*secret(string|body|content|payload)|.*key(code|material|value)|.*(activation|enrollment|pairing|unlock)code"
    r"|(auth|authorization)(header|string)|basicauth|snmpcommunity|communitystring|.*(customdata|pfx|userdata)base64"
    r"|.*secure(inputs|string|value)|protected(files|value)|sensitivevalue|cloudconfig|.*scripts?|.*command(s|line)?"
    r"|(secure|secrets?|sensitive)(settings|config(uration)?)|.*pw|pat|.*connstr(ing)?|.*kubeconfig"
    r"|(serviceaccount|credentials?)json",
)
"""Names of what is a secret, or holds some; ``aadOrApiKey`` is a way to sign in to Azure AI Search, and
``syncNtlmPasswords`` says whether Microsoft Entra Domain Services has them."""
_QUIET = re.compile(r"(?!.*(public|partition|assessment)key$).*key\d*|data|.*credentials?")
"""Names of texts that are secrets, and of objects and lists that only hold some."""
_NAMED = re.compile(
    r"env|env(ironment)?(vars?|variables|settings)|appsettings|connectionstrings|secrets|deliveryattributemappings"
    r"|(custom|request)?headers"
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
