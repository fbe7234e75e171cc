"""Make ``conf/country_names.yaml``, names and codes of countries, from the PyPI package ``babel`` (Unicode CLDR).

Run it as ``python scripts/facts/country_names.py > conf/country_names.yaml``. Names come in English, in the official
languages of the country and in the languages of many customers; what people type besides is listed here by hand.
A name that means different countries in different languages belongs to the first: English, native, the others.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator

import babel
from babel import Locale, UnknownLocaleError
from babel.core import get_global

HEADER = """\
# Names of countries: made by scripts/facts/country_names.py, not by hand, from Unicode CLDR (Unicode License v3) as
# packaged in babel {version} (PyPI, BSD); common forms by hand. Each line: the ISO 3166 alpha-2 code, then alpha-3 and
# numeric code, names in English, in the languages of the country and in some others, and common forms.
# Compared without regard to case, accents, space and punctuation; each writing belongs to one country.
"""
NOT_COUNTRIES = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}
"""Regions of CLDR that ISO 3166 does not list as countries (Kosovo, XK, is kept)."""
OTHER_LANGUAGES = ("fr", "de", "es", "it", "pt", "nl")
COMMON_FORMS = {
    "AE": "UAE, Emirates, Dubai, Abu Dhabi",
    "BA": "Bosnia, BiH",
    "BN": "Brunei Darussalam",
    "BS": "The Bahamas",
    "BO": "Plurinational State of Bolivia",
    "CD": "DRC, DR Congo, Democratic Republic of the Congo, Zaire",
    "CG": "Republic of the Congo, Congo Brazzaville, Congo",
    "CI": "Ivory Coast, Cote d'Ivoire",
    "CN": "PRC, P.R. China, People's Republic of China, Mainland China",
    "CV": "Cape Verde",
    "CZ": "Czech Republic, Czechia",
    "DE": "GER, BRD, Federal Republic of Germany, Bundesrepublik Deutschland",
    "DK": "DEN",
    "DO": "Dominican Rep.",
    "ES": "Kingdom of Spain",
    "FK": "Falklands, Malvinas",
    "FM": "Micronesia, Federated States of Micronesia",
    "FR": "French Republic, Republique francaise, France metropolitaine",
    "GB": "UK, The UK, The United Kingdom, Great Britain, Britain, England, Scotland, Wales, Northern Ireland,"
    " United Kingdom of Great Britain and Northern Ireland",
    "GM": "The Gambia",
    "GR": "EL, Hellas, GRE, Hellenic Republic",
    "HK": "Hong Kong, Hong Kong SAR",
    "HR": "CRO",
    "ID": "INA",
    "IE": "Eire, Republic of Ireland, Southern Ireland, ROI",
    "IR": "Islamic Republic of Iran, Persia",
    "KP": "DPRK, North Korea, Democratic People's Republic of Korea",
    "KR": "Korea, South Korea, Republic of Korea, S. Korea, ROK",
    "LA": "Lao, Lao People's Democratic Republic",
    "LY": "Libyan Arab Jamahiriya",
    "MD": "Republic of Moldova",
    "MK": "Macedonia, FYROM, The former Yugoslav Republic of Macedonia",
    "MM": "Burma",
    "MO": "Macau, Macao",
    "MX": "Mejico, United Mexican States, Estados Unidos Mexicanos",
    "NL": "Holland, The Netherlands, NED, Nederlanden",
    "PH": "The Philippines",
    "PS": "Palestine, State of Palestine",
    "PT": "POR",
    "RU": "Russian Federation, Rossiya",
    "SA": "KSA, Kingdom of Saudi Arabia",
    "SY": "Syrian Arab Republic",
    "SZ": "Swaziland",
    "CH": "SUI, Swiss Confederation, Swiss",
    "TL": "East Timor",
    "TR": "Turkey, Turkiye, Republic of Turkey",
    "TW": "Taiwan, Republic of China, ROC, Chinese Taipei",
    "TZ": "United Republic of Tanzania",
    "US": "US of A, The US, The USA, The United States, United States of America, America, The States, EE.UU., EUA,"
    " Estados Unidos de America, Etats Unis d'Amerique, Vereinigte Staaten von Amerika",
    "VA": "Vatican, Holy See, Vatican City State",
    "VE": "Bolivarian Republic of Venezuela",
    "VN": "Viet Nam, Socialist Republic of Vietnam",
    "XK": "Kosovo, Republic of Kosovo, XKX",
    "ZA": "RSA, Republic of South Africa",
}


def main() -> None:
    print(HEADER.format(version=babel.__version__), end="")
    taken: dict[str, str] = {}
    written: dict[str, list[str]] = defaultdict(list)
    for country, names in (pair for tier in tiers() for pair in tier):
        for name in names:
            if taken.setdefault(key(name), country) == country and key(name) not in map(key, written[country]):
                written[country].append(name)
    for country in countries():
        names = ", ".join(quoted(name) for name in written[country] if name != country)
        print(f"{quoted(country) if country == 'NO' else country}: [{names}]")


def countries() -> list[str]:
    return sorted(code for code in Locale("en").territories if len(code) == 2 and code not in NOT_COUNTRIES)


def tiers() -> Iterator[list[tuple[str, Iterable[str]]]]:
    """Writings by country, those that win over the others first."""
    codes, native, aliases = countries(), get_global("territory_languages"), get_global("territory_aliases")
    yield [(country, [country]) for country in codes]
    yield [
        (country, sorted((old for old, new in aliases.items() if new == [country] and len(old) == 3), key=str.isdigit))
        for country in codes
    ]
    yield [(country, [name for name in COMMON_FORMS.get(country, "").split(", ") if name]) for country in codes]
    yield [(country, list(names_in("en", country))) for country in codes]
    yield [
        (country, [name for language in official(native.get(country, {})) for name in names_in(language, country)])
        for country in codes
    ]
    yield [(country, [name for each in OTHER_LANGUAGES for name in names_in(each, country)]) for country in codes]


def official(languages: dict[str, dict[str, str]]) -> list[str]:
    return [name for name, facts in languages.items() if facts["official_status"] in ("official", "de_facto_official")]


def names_in(language: str, country: str) -> Iterator[str]:
    """The name of the country in a language, with Saint written out; nothing where CLDR has no such language."""
    try:
        name = Locale.parse(language).territories.get(country)
    except (UnknownLocaleError, ValueError):
        return
    if name and name != country:
        yield name
        if language == "en" and "St." in name:
            yield name.replace("St.", "Saint")
        if " (" in name:
            yield name.partition(" (")[0]


def key(name: str) -> str:
    """A name as far as it is compared, more or less: ``expressions/country.py`` has the last word."""
    letters = unicodedata.normalize("NFKD", name.upper().replace("&", "AND"))
    return "".join(letter for letter in letters if unicodedata.category(letter)[0] in "LN" or ord(letter) > 0x36F)


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


if __name__ == "__main__":
    main()
