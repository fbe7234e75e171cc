"""Make ``conf/legal_forms.yaml`` from the terms of the PyPI package ``cleanco`` (MIT), which is needed here alone.

Run it as ``python scripts/facts/legal_forms.py > conf/legal_forms.yaml``. Terms are written as ``standardize_company``
compares them: lower case, no accents, single letters joined (S. p. A. is ``spa``). What is a common word or a place at
the end of a name (et, uk, ok) is left out; what cleanco lacks is added below.
"""

import re
import unicodedata
from importlib.metadata import version

from cleanco.termdata import terms_by_country

COMMON_WORDS = """
ad al at aj ay ba bl ca ce cie da dat ec ee ei ent ep et etat fa fcp gte ik is kf kt me nl oe og ok pp ps pse psu qk sd
sem sep ses sf sm sp ss ud uk vat xt
""".split()  # noqa: SIM905
SPELLED = {"Columbia": "Colombia", "Luxemborg": "Luxembourg"}
MORE = {
    "Argentina": "sociedad anonima, sas",
    "Australia": "pty, proprietary limited, pty limited",
    "Austria": "gesmbh, ges mbh, kg, eg",
    "Belarus": "odo, чуп, одо",
    "Belgium": "bv, nv, sa, srl, asbl, commv",
    "Brazil": "eireli, sa, epp, limitada",
    "Bulgaria": "ood, eood, оод, еоод, ад, еад",
    "Canada": "ltee, limitee, inc, ltd",
    "China": "co ltd, company limited, 股份有限公司, 有限责任公司, 有限責任公司, 有限公司",
    "Croatia": "jdoo",
    "Czech Republic": "as",
    "Denmark": "aps, ivs, aktieselskab, anpartsselskab",
    "Finland": "oy ab, abp, osakeyhtio",
    "France": "sa, societe anonyme, et cie, and cie, selarl, sci",
    "Germany": "aktiengesellschaft, gesellschaft mit beschrankter haftung, kg, mbh, gmbh and co, ug, ek, se, kgaa, "
    "ewiv, ug haftungsbeschrankt",
    "Greece": "ike, αε, επε, ικε, οε, εε",
    "India": "private limited, pvt, pvt limited, opc",
    "Indonesia": "tbk, persero, cv",
    "Ireland": "dac, clg, limited, designated activity company",
    "Italy": "societa per azioni, srls, sas, scarl, snc",
    "Japan": "kk, yk, gk, kabushiki kaisha, co ltd, 株式会社, 有限会社, 合同会社, 株",
    "Kazakhstan": "too, тоо",
    "Latin America": "sa de cv, s de rl, s de rl de cv, srl de cv, sapi de cv, sab de cv, cia, cia ltda, eirl, "
    "sociedad anonima de capital variable",
    "Liechtenstein": "anstalt",
    "Luxembourg": "sarl s, scsp",
    "Netherlands": "besloten vennootschap, naamloze vennootschap, ua",
    "Norway": "aksjeselskap",
    "Philippines": "opc",
    "Poland": "sp zoo, spolka zoo, spolka z ograniczona odpowiedzialnoscia, spolka akcyjna, psa, sp zoo spk",
    "Portugal": "lda, limitada, unipessoal, unipessoal lda, sa",
    "Russia": "ао, зао, нко, чп, ип",  # noqa: RUF001
    "Saudi Arabia": "wll, fze, fzco, fz llc, ksc, bsc",
    "Slovakia": "as, sro",
    "South Africa": "pty ltd, soc ltd, npc, cc",
    "South Korea": "co ltd, 주식회사, 유한회사, 주",
    "Spain": "sl, slu, sau, slp, sociedad limitada, sociedad anonima, sll",
    "Sweden": "aktiebolag, publ",
    "Switzerland": "ag, kollektivgesellschaft, sagl",
    "Turkey": "as, ltd sti, sti, anonim sirketi, limited sirketi",
    "Ukraine": "тов, пп, прат, пат, фоп, ат",
    "United Kingdom": "cyf, ccc, limited liability partnership, public limited company",
    "United States of America": "pc, pa, lllp, lp, limited liability company, pbc, company, co",
    "Vietnam": "jsc, jsco, tnhh, ctcp",
}
IN_FRONT = (
    "ooo oao zao pao uab pt ud tov sarl eurl 株式会社 有限会社 合同会社 주식회사 유한회사 株 주 "
    "ооо оао зао пао ао ип тоо тов прат пат фоп"  # noqa: RUF001
)
PLACEHOLDERS = (
    "unknown, na, none, null, undefined, nan, xxx, not applicable, "
    "test, test company, company, company name, no company"
)
HEADER = """\
# Legal forms of companies: made by scripts/facts/legal_forms.py, not by hand. Source: PyPI package cleanco {version}
# (MIT, by Paul Solin, https://github.com/psolin/cleanco) less common words, with additions. In canonical writing.
# forms: dropped at the end of a name; in_front: also at its start; unspaced: written without space around them;
# placeholders: no company.
"""


def canonical(term: str) -> str:
    """The term as ``standardize_company`` sees it."""
    parts = "".join(c for c in unicodedata.normalize("NFKD", term.lower()) if unicodedata.category(c) != "Mn")
    bare = unicodedata.normalize("NFC", parts)  # Hangul again as syllables
    words = re.sub(r"[^\w]+", " ", bare.replace("ł", "l").replace("ø", "o").replace("&", " and ")).strip()
    return re.sub(r"\b(\w) (?=\w\b)", r"\1", words)


def forms() -> dict[str, list[str]]:
    """The terms of each country, sorted."""
    found: dict[str, set[str]] = {}
    for country, terms in (*terms_by_country.items(), *((name, more.split(",")) for name, more in MORE.items())):
        known = {canonical(term) for term in terms if "Å" not in term} - set(COMMON_WORDS)
        found.setdefault(SPELLED.get(country, country), set()).update(
            word for word in known if len(word) > 1 or word > "z"
        )
    return {country: sorted(terms) for country, terms in sorted(found.items()) if terms}


def main() -> None:
    by_country = forms()
    unspaced = {term for terms in by_country.values() for term in terms if len(term) > 2 and term[0] > "\u3000"}
    print(HEADER.format(version=version("cleanco")), end="")
    print("forms:", *(f'  {country}: "{", ".join(terms)}"' for country, terms in by_country.items()), sep="\n")
    print(f'in_front: "{IN_FRONT}"')
    print(f'unspaced: "{" ".join(sorted(unspaced, key=lambda term: (-len(term), term)))}"')
    print(f'placeholders: "{PLACEHOLDERS}"')


if __name__ == "__main__":
    main()
