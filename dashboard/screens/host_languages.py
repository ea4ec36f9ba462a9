"""Names of languages, each in its own words, as the people who read them call them."""

from functools import lru_cache

from babel import Locale, UnknownLocaleError


@lru_cache(maxsize=64)
def language_name(tag: str) -> str:
    """Return a language's name for itself, or the tag where nobody knows it."""
    try:
        locale = Locale.parse(tag.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        return tag
    name = locale.languages.get(locale.language) or tag
    return name[:1].upper() + name[1:]
