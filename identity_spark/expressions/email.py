"""E-mail addresses. Which domains are one mailbox, and which marks a provider ignores: ``conf/email_providers.yaml``.

Most addresses are plain: they meet one pattern and a few plain functions. Every repetition in a pattern is possessive
or bounded, so that no text, however long, makes it slow or deep.
"""

from collections.abc import Mapping
from functools import reduce
from typing import Any

from pyspark.sql import Column
from pyspark.sql import functions as F

from identity_spark.expressions.let import let
from identity_spark.expressions.lookup import listed, lookup
from identity_spark.expressions.text import fold_case
from identity_spark.reference import facts

# What most addresses look like once in lower case; it admits nothing that ADDRESS refuses and cleaning would change.
PLAIN = r"\A[a-z0-9_][\w.+-]{0,63}+@(?:[a-z0-9]{1,30}+[.-]){0,4}[a-z0-9]{1,30}+\.[a-z]{2,20}+\z"
# Letters of any script. The name starts with no tag. The domain has a dot and no empty label, none that starts or ends
# with a hyphen, and its last label starts with a letter.
ADDRESS = (
    r"\A(?=.{3,254}\z)\.*+(?=[^.+-])[^\p{Cntrl}@<>()\[\]:;,\"\\]++"
    r"@(?=[^@]*\.\p{L}[^.@]*\z)(?![^@]*(?:\.\.|\.-|-\.))"
    r"[\p{L}\p{N}][\p{L}\p{M}\p{N}.-]*+(?<!-)\z"
)

SPACE = (
    r"[\p{IsWhite_Space}\p{Cf}\p{Cc}]++"  # all of Unicode's space, and the invisible marks that copying brings along
)
COMMENT = r"\([^()]*+\)"
IN_BRACKETS = r"\A[^<>]*+<([^<>]*+)>?[^<>@]*+\z"  # the display name, and what follows, holds no second address
OPENING = r"\A['\",;:*\[{/]++"
SCHEME = r"\A(?:mailto|smtp|e-?mail):['\",;:*\[{/]*+"
QUERY = r"\A([^@]*+@[^@?]*+)\?(?s:.*)\z"
CLOSING = "'\",;:.!*]}>)/"

FULL_WIDTH = "".join(map(chr, range(0xFF01, 0xFF5F))) + "\ufe6b\u3002\uff61"  # as East Asian keyboards write ASCII
ASCII = "".join(map(chr, range(0x21, 0x7F))) + "@.."


def standardize_email(raw: Column) -> Column:
    """The mailbox in lower case, without tag and ignored dots, one domain per provider; null when it is no address."""
    return let(_tidied(raw, _same_in_any_case(raw)), _mailbox)


def tidy_email(raw: Column) -> Column:
    """The address in lower case without space and wrapping, as a person would use it; null when it is no address."""
    return _tidied(raw, F.lower(raw))


def _tidied(raw: Column, folded: Column) -> Column:
    plain = F.trim(F.lower(raw))
    is_plain = plain.isNotNull() & plain.rlike(PLAIN)  # names `plain` twice: so Spark computes it once
    return F.when(is_plain, plain).otherwise(_address(_unwrapped(folded)))


def _same_in_any_case(raw: Column) -> Column:
    """Text whose upper and lower case writing come out the same, the Greek final sigma included."""
    return F.replace(fold_case(raw), F.lit("\u03c2"), F.lit("\u03c3"))


def _unwrapped(text: Column) -> Column:
    """Without space, display name, ``mailto:`` and stray punctuation; in ASCII what has an ASCII form."""
    narrow = F.lower(F.translate(F.regexp_replace(text, SPACE, ""), FULL_WIDTH, ASCII))
    steps = [(COMMENT, ""), (IN_BRACKETS, "$1"), (OPENING, ""), (SCHEME, ""), (QUERY, "$1")]
    bare = reduce(lambda value, step: F.regexp_replace(value, *step), steps, narrow)
    return F.rtrim(bare, F.lit(CLOSING))


def _address(text: Column) -> Column:
    """The text, null when it is no address; uses the text once, for it is long to compute."""
    return F.get(F.regexp_extract_all(text, F.lit(ADDRESS), F.lit(0)), F.lit(0))


def _mailbox(address: Column) -> Column:
    """The name that the provider sees, at the provider's main domain."""
    seen = F.substring_index(F.substring_index(address, "+", 1), "@", 1)
    domain = F.substring_index(address, "@", -1)
    name, main = seen, {alias: p["domain"] for p in facts("email_providers") for alias in p.get("aliases", ())}
    for provider in facts("email_providers"):
        if "tags" in provider or "ignored" in provider:
            name = F.when(listed(_domains(provider), domain), _without_marks(seen, provider)).otherwise(name)
    return F.concat(name, F.lit("@"), lookup(main, domain, domain))


def _domains(provider: Mapping[str, Any]) -> list[str]:
    return [provider["domain"], *provider.get("aliases", ()), *provider.get("same_habits", ())]


def _without_marks(name: Column, provider: Mapping[str, Any]) -> Column:
    """The name without the tags and marks that the provider does not look at."""
    untagged = reduce(lambda text, mark: F.substring_index(text, mark, 1), provider.get("tags", ()), name)
    return reduce(lambda text, mark: F.replace(text, F.lit(mark), F.lit("")), provider.get("ignored", ()), untagged)
