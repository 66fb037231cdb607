"""What a text says of a password, a signature or a key, whatever the name of the property that holds it."""

import re
from base64 import b64decode
from functools import cache

_CALLED = ("telegram", "pagerduty", "ifttt", "victorops")
"""Parts of the addresses at which whoever knows them may say something, where no word says that these are hooks."""
_SIGNED_IN = re.compile(
    r"(?i)(https?://)[^/\s?#]*@|(://[^/@\s?#:]*):[^/\s?#]*(?=@)|(\bjdbc:oracle:\w+:[^/@\s]*)/[^@\s]*(?=@)"
)
PASSWORD_ABROAD = (
    "kennwort", "contraseña", "mot de passe", "wachtwoord", "adgangskode", "salasana", "lösenord", "senha", "hasło",
    "heslo", "passord", "пароль", "パスワード", "密码", "密碼", "비밀번호",
)  # fmt: skip
"""What a password is called in other languages."""
_OPTIONS = (" -u", " -p", "curl", "redis-cli", "ldap")
"""Of commands that are given a password: an option, or their name where the option means all sorts of things."""
_PHRASE = rf"passw(?:or)?[dt]|passwd|pwd|passphrase|{'|'.join(PASSWORD_ABROAD)}"
_SECRET = rf"{_PHRASE}|secret|token|api[-_]?key|access[-_]?key|account[-_]?key|(?<![^\W_])(?:pw|psk)"
_BRACED = r"\{[^}]{0,1000}\}"
_QUOTED = rf"\"[^\"]*\"|'[^']*'|{_BRACED}"
_BEFORE = r"\b[^\n|;&]{0,200}?\s"
"""What may stand between a command and one of its options."""
_COMMANDS = (
    r"\b(?:mysql|mariadb)\w*\s(?:[^\n|;&]{0,200}?\s)?-(?:[uhD]|-\w)[^\n|;&]{0,200}?\s(?-i:-p)(?=\S)",
    r"\b(?:mysql|mariadb)\w*\s+(?-i:-p)(?=[^\s\d]*\d)",
    rf"\bsshpass{_BEFORE}-p\s*",
    rf"\b(?:(?:az|docker|helm|nerdctl|oc|podman|registry)\s+login|mongo\w*|psexec\w*){_BEFORE}-p\s+",
    rf"\b(?:bcp|osql|sqlcmd){_BEFORE}(?-i:-P)(?:\s+|(?=\S*\d))",
    rf"\bredis-cli{_BEFORE}-(?:a|-pass)\s+",
    rf"\bldap\w+{_BEFORE}(?-i:-w)\s+",
    rf"\bcurl{_BEFORE}(?:-\w{{0,9}}u|--(?:proxy-)?user)[\s=]*[\"']?[^\s:\"']+:",
    r"\bnet1?(?:\.exe)?\s+use\s+(?:[\w*]:?\s+)?[\"']?\\\\[^\s\"']+[\"']?(?:\s+/\S+)*\s+(?=[^\s/])",
    r"\bnet1?(?:\.exe)?\s+user\s+[\w.-]+\s+(?=[^\s/]*\d|[^\s/]+\s+/)",
    r"\s-pass(?:in|out)?\s+pass:|\s-(?:store|key)pass\s+|\s/(?:pass(?:word)?|pw|rp)[:\s]\s*",
)
"""Commands up to the password that they are given."""
_STATED = (
    # a part of a link or of a connection string, as it is or escaped
    rf"(?i)((?:^|[?&#;,\s]|%3f|%26)(?:sig|code|pw|(?:[\w-]*[_-])?pass|[\w-]*(?:token|key|secret|psk|{_PHRASE})(?:value)?)(?:=|%3d))"
    rf"(?:{_BRACED}|[^\s&#;\"']+)"
    r"|((?:(?:account|access|instrumentation|shared\w*)key|sharedaccesssignature|password|pwd)(?:=|%3d))"
    rf"(?:{_QUOTED}|[\"'{{]?[^;\"'\s]+)"
    # what a command is given
    rf"|({'|'.join(_COMMANDS)})(?:{_QUOTED}|[^\s\"'|&;]+)"
    r"|(\becho\s+)[^\s|]+(?=\s*\|\s*(?:sudo\s[^|\n]{0,60}-S|(?:sudo\s+)?chpasswd|[^|\n]{0,100}password-stdin))"
    # a setting or an option of a command; elsewhere in a sentence, what has a digit
    rf"|((?:\n|\A(?=.*\n))[ \t-]*[\"']?(?:\w[\w.-]*)?(?:{_SECRET})[\"']?[ \t]*[:=\uff1a][ \t]*)"
    rf"(?!(?:null|true|false)\b)(?:{_QUOTED}|\S{{6,}}(?=[ \t\r]*$))"
    rf"|((?:{_SECRET})\\*[\"']?\s*=\s*\\*|[\"'][\w.-]*(?:{_SECRET})\\*[\"']\s*:\s*\\*)(?:\"[^\"\s]{{6,}}\"|'[^'\s]{{6,}}')"
    rf"|((?:{_SECRET})\\*[\"']?\s*[=:\uff1a]\s*\\*[\"']?|(?:{_PHRASE})\s+is\s+"
    r"|-(?:password|passwd|pwd|secret|token|api-?key|access-?key)\s+[\"']?|\s-u\s+[^\s:]+:|(?:subscription|functions)-key:\s*"
    rf"|\blogin{_BEFORE}-p\s+)"
    r"(?=[^\s;\"']*\d)[^\s;\"']{6,}"
    r"|(\bconvertto-securestring\s+(?:-string\s+)?)[\"']?[^\s\"')]+"
    # what markup or a list of settings names
    rf"|(<(?:\w+:)?\w*(?:{_SECRET})>\s*(?:<value>\s*)?)[^<\s][^<]*"
    rf"|(<(?:\w+:)?\w*(?:{_SECRET})\s+value\s*=\s*[\"'])[^\"'<]*"
    rf"|(\b(?:name|key)[\"']?\s*[=:]\s*[\"']?[\w. -]{{0,60}}(?:{_SECRET}|authorization|-key)[\w.-]{{0,60}}+[\"']?"
    r"[^<>\n]{0,60}(?:>\s*<|\n\s*)?[\"']?(?:\w{1,6})?value[\"']?\s*[=:>]\s*)"
    rf"(?:{_QUOTED}|[^\"'<\n]+)"
    # what is known by its form
    r"|(\b(?:bearer|basic) )(?=\S*\d)[\w.~+/-]{8,}=*"
    r"|(\bauthorization[\"']?\s*:\s*[\"']?(?:bearer|basic|token|apikey|sharedkey) )[\w.~+/:-]{8,}=*"
    r"|(-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----)[^-]*(?:-(?!----)[^-]*)*"
    r"|(\bhooks\.(?:slack|zapier)\.com/|webhook\.office\.com/|outlook\.office(?:365)?\.com/webhook/|discord(?:app)?\.com/api/webhooks/"
    r"|pagerduty\.com/(?:integration|x-ere)/|victorops\.com/integrations/|maker\.ifttt\.com/|api\.telegram\.org/"
    r"|://(?:hooks\.[\w.-]+|[^/\s?#\"']+/(?:api/)?(?:web)?hooks?)/(?=[^\s?#\"']{16}))[^\s?#\"']+"
    r"|\b(gh[oprsu]_|github_pat_|xox[abeprs]-|glpat-|npm_|[rs]k_live_|sk-proj-|sk-ant-|AIza)[\w-]{10,}"
    r"|\b(eyJ)[\w-]{8,}\.[\w-]*\.[\w.-]+|\b(SG\.)[\w-]{16,}\.[\w-]{16,}|\b\d{8,10}:AA[\w-]{30,}"
    r"|[\w.~-]{3}\dQ~[\w.~-]{30,}"
)


_BASE64 = re.compile(r"[A-Za-z0-9+/\r\n]+={0,2}\s*")
_ENCODED = re.compile(r"(?i)(;base64,|\s-e(?:c|nc|ncodedcommand)?\s+)([a-z0-9+/]{24,}={0,2})")
"""What says that base64 comes: addresses that are what they lead to, and PowerShell."""
SHORTEST_ENCODED = 24
"""Characters that base64 has at least which says something of a secret."""


def unencoded(text: str) -> str:
    """Return the text that another one encodes as base64, in UTF-8 or as Windows does; empty where it encodes none."""
    if len(text) < SHORTEST_ENCODED or text[0] == "/" or not _BASE64.fullmatch(text):  # most are ids
        return ""
    try:
        told = b64decode(text)
        return told.decode("utf-16-le" if b"\0" in told else "utf-8")
    except ValueError:
        return ""


def unstated(text: str) -> str:
    """Return a text without what it says of a password, a signature or a key, in a link, a setting or a command."""
    if not _may_state(text):
        return text
    return _stated().sub(_beginning, _SIGNED_IN.sub(_beginning, _ENCODED.sub(_not_encoded, text)))


@cache
def _stated() -> re.Pattern[str]:
    """Return what finds secrets in a text. Compiling it takes longer than many commands do, which look at none."""
    return re.compile(_STATED, re.MULTILINE)


def _beginning(found: re.Match[str]) -> str:
    """Return what comes before the secret that was found."""
    return "".join(filter(None, found.groups()))


def _not_encoded(found: re.Match[str]) -> str:
    """Return what comes before base64, and that where it says nothing of a secret."""
    encoded = unencoded(found[2])
    return found[1] if unstated(encoded) != encoded else found[0]


def _may_state(text: str) -> bool:
    """Tell whether a text has what each secret in it would come with; most texts are ids and have none of that.

    Written out, since it is asked of every text: a search for the secrets themselves takes many times as long.
    """
    low = text.lower()
    return (
        "=" in low
        or "@" in low
        or "eyj" in low
        or ("hook" in low and ("://" in low or ".com/" in low))
        or "xox" in low
        or ":aa" in low
        or "q~" in low
        or "aiza" in low
        or "%3d" in low
        or "sg." in low
        or ("-" in low and ("glpat-" in low or "sk-proj-" in low or "sk-ant-" in low or " -e" in low))
        or ("://" in low and any(part in low for part in _CALLED))
        or ("_" in low and ("gh" in low or "_pat_" in low or "npm_" in low or "k_live_" in low))
        or ((":" in low or " " in low or "<" in low or "\uff1a" in low) and _may_say(low))
        or (" " in low and ("bearer " in low or "basic " in low or "private key" in low))
        or ";base64," in low
    )


def _may_say(low: str) -> bool:
    """Tell whether a text in lower case has a word of which one comes before a secret in a sentence or a command."""
    return (
        "key" in low
        or "secret" in low
        or "token" in low
        or "pass" in low
        or "pw" in low
        or "psk" in low
        or "secure" in low
        or not low.isascii()
        or (" -" in low and any(part in low for part in _OPTIONS))
        or ("net" in low and " use" in low)
        or "/rp" in low
        or "| " in low
        or "kennwort" in low
        or "wachtwoord" in low
        or "adgangskode" in low
        or "salasana" in low
        or "senha" in low
        or "heslo" in low
    )
