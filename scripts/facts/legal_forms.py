"""Make ``conf/legal_forms.yaml`` from the terms of the PyPI package ``cleanco`` (MIT), which is needed here alone.

Run it as ``python scripts/facts/legal_forms.py > conf/legal_forms.yaml``. Terms are written as ``standardize_company``
compares them: lower case, no accents, single letters joined (S. p. A. is ``spa``). What is a common word or a place at
the end of a name (et, uk, ok) is left out; what is one in some countries (spa, cc, too) counts where it is a legal
form; what cleanco lacks is added below, as the registers of companies of each country write it.
"""

# ruff: noqa: RUF001

import re
import sys
from importlib.metadata import version
from pathlib import Path

from cleanco.termdata import terms_by_country

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from identity_spark.expressions.text import folding_table
from identity_spark.reference import facts

COMMON_WORDS = """
ad al at aj ay ba bl ca ce cie da dat ec ee ei ent ep et etat fa fcp gte ik is kf kt me nl oe og ok pp ps pse psu qk sd
sem sep ses sf sm sp ss ud uk vat xt
""".split()  # noqa: SIM905
SPELLED = {"Columbia": "Colombia", "Luxemborg": "Luxembourg"}
MORE = {
    "Argentina": "sociedad anonima, sas, sociedad de responsabilidad limitada, sociedad por acciones simplificada",
    "Australia": "pty, proprietary limited, pty limited",
    "Austria": "gesmbh, ges mbh, kg, eg, gesellschaft mbh, kommanditgesellschaft",
    "Belarus": "odo, чуп, одо",
    "Belgium": "bv, nv, sa, srl, asbl, commv, societe a responsabilite limitee, "
    "besloten vennootschap met beperkte aansprakelijkheid, bvba",
    "Brazil": "eireli, sa, epp, limitada, ltda me, ltda epp, sociedade limitada, sociedade anonima",
    "Bulgaria": "ood, eood, оод, еоод, ад, еад, дружество с ограничена отговорност, акционерно дружество",
    "Canada": "ltee, limitee, inc, ltd",
    "China": "co ltd, company limited, 股份有限公司, 有限责任公司, 有限責任公司, 有限公司",
    "Croatia": "jdoo, drustvo s ogranicenom odgovornoscu, dionicko drustvo",
    "Czech Republic": "as, akciova spolecnost, spolecnost s rucenim omezenym",
    "Denmark": "aps, ivs, aktieselskab, anpartsselskab",
    "Estonia": "osauhing, aktsiaselts",
    "Finland": "oy ab, abp, osakeyhtio, osuuskunta, kommandiittiyhtio",
    "France": "sa, societe anonyme, et cie, and cie, selarl, sci, sasu, societe a responsabilite limitee, "
    "societe par actions simplifiee, societe civile immobiliere, societe en nom collectif",
    "Georgia": "შპს, სს",
    "Germany": "aktiengesellschaft, gesellschaft mit beschrankter haftung, kg, mbh, gmbh and co, ug, ek, se, kgaa, "
    "ewiv, ug haftungsbeschrankt, kommanditgesellschaft, offene handelsgesellschaft, "
    "unternehmergesellschaft, haftungsbeschrankt, unternehmergesellschaft haftungsbeschrankt, "
    "eingetragene genossenschaft, gesellschaft burgerlichen rechts, kommanditgesellschaft auf aktien, ggmbh, "
    "gmbh and co kgaa, ag and co kg, partg mbb",
    "Greece": "ike, αε, επε, ικε, οε, εε, ανωνυμη εταιρεια, ανωνυμη εταιρια",
    "Hungary": "korlatolt felelossegu tarsasag, reszvenytarsasag, beteti tarsasag",
    "India": "private limited, pvt, pvt limited, opc, private ltd",
    "Indonesia": "tbk, persero, cv, perseroan terbatas, persekutuan komanditer",
    "Ireland": "dac, clg, limited, designated activity company",
    "Israel": "בע מ",
    "Italy": "societa per azioni, srls, sas, scarl, snc, societa a responsabilita limitata, "
    "societa in nome collettivo, societa cooperativa, soc coop",
    "Japan": "kk, yk, gk, kabushiki kaisha, co ltd, 株式会社, 有限会社, 合同会社, 株, 合資会社, 合名会社, 有",
    "Kazakhstan": "too, тоо, товарищество с ограниченной ответственностью",
    "Latin America": "sa de cv, s de rl, s de rl de cv, srl de cv, sapi de cv, sab de cv, cia, cia ltda, eirl, "
    "sociedad anonima de capital variable",
    "Latvia": "sabiedriba ar ierobezotu atbildibu",
    "Liechtenstein": "anstalt",
    "Lithuania": "uzdaroji akcine bendrove",
    "Luxembourg": "sarl s, scsp",
    "Malaysia": "sendirian berhad, berhad",
    "Mexico": "sociedad anonima de capital variable, sociedad de responsabilidad limitada de capital variable",
    "Netherlands": "besloten vennootschap, naamloze vennootschap, ua, commanditaire vennootschap, "
    "vennootschap onder firma",
    "Norway": "aksjeselskap, allmennaksjeselskap",
    "Philippines": "opc",
    "Poland": "sp zoo, spolka zoo, spolka z ograniczona odpowiedzialnoscia, spolka akcyjna, psa, sp zoo spk, "
    "spolka komandytowa, spolka jawna, spolka cywilna, sp k, sp j",
    "Portugal": "lda, limitada, unipessoal, unipessoal lda, sa, sociedade anonima, sociedade unipessoal",
    "Romania": "societate cu raspundere limitata, societate pe actiuni",
    "Russia": "ао, зао, нко, чп, ип, общество с ограниченной ответственностью, акционерное общество, "
    "публичное акционерное общество, открытое акционерное общество, закрытое акционерное общество, "
    "индивидуальный предприниматель, ojsc, pjsc, cjsc, zao, pao",
    "Saudi Arabia": "wll, fze, fzco, fz llc, ksc, bsc, المحدودة, ذمم, شمم, شمك, شمع, ذات مسؤولية محدودة",
    "Serbia": "drustvo sa ogranicenom odgovornoscu, доо, ад",
    "Slovakia": "as, sro, spolocnost s rucenim obmedzenym, akciova spolocnost",
    "South Africa": "pty ltd, soc ltd, npc, cc",
    "South Korea": "co ltd, 주식회사, 유한회사, 주",
    "Spain": "sl, slu, sau, slp, sociedad limitada, sociedad anonima, sll, sociedad de responsabilidad limitada, "
    "sociedad cooperativa, sociedad civil",
    "Sweden": "aktiebolag, publ, handelsbolag, kommanditbolag",
    "Switzerland": "ag, kollektivgesellschaft, sagl, kommanditgesellschaft, gesellschaft mit beschrankter haftung",
    "Thailand": "public company limited, public co ltd, จำกัด, มหาชน, จำกัด มหาชน",
    "Turkey": "as, ltd sti, sti, anonim sirketi, limited sirketi, ltd",
    "Ukraine": "тов, пп, прат, пат, фоп, ат, товариство з обмеженою відповідальністю, акціонерне товариство, "
    "приватне акціонерне товариство, приватне підприємство, фізична особа підприємець",
    "United Kingdom": "cyf, ccc, limited liability partnership, public limited company, community interest company, "
    "limited partnership, company limited by guarantee",
    "United States of America": "pc, pa, lllp, lp, limited liability company, pbc, company, co, "
    "joint stock company, limited company, "
    "limited partnership, professional corporation, professional association, public benefit corporation",
    "Vietnam": "jsc, jsco, tnhh, ctcp, cong ty tnhh, cong ty co phan, tnhh mtv, mot thanh vien",
}
IN_FRONT = """
ooo, oao, zao, pao, pjsc, ojsc, cjsc, jsc, llc, ltd, limited liability company, sia, uab, pt, ud, tov, sarl,
eurl, sasu, aktiebolaget, firma, cong ty tnhh, cong ty co phan, cong ty cp, cong ty, perseroan terbatas,
株式会社, 有限会社, 合同会社, 주식회사, 유한회사, 株, 有, 주, ооо, оао, зао, пао, ао, ип, тоо, тов, прат, пат,
фоп, общество с ограниченной ответственностью, акционерное общество, публичное акционерное общество,
открытое акционерное общество, закрытое акционерное общество, индивидуальный предприниматель,
товариство з обмеженою відповідальністю, акціонерне товариство, приватне акціонерне товариство,
приватне підприємство, شركة, บริษัท
"""
SOMEWHERE = """
ans: NO, bt: HU, cc: NA ZA, coop: ES PH, cv: BE ID MX NL, dd: BA HR SI, eu: AT CO, ev: DE HU, gp: CA KH US,
hb: SE, hf: IS, ike: GR, ip: KZ RU, kb: SE, koop: TR, kv: BA HU, mb: LT, me: BR, od: RS, pa: US, pc: US, rt: HU,
sad: ES, sal: ES LB, sc: ES FR MX PL RO, sci: FR, spa: CL DZ IT, teo: IE, too: KZ, ua: NL, vos: CZ SK
"""
SOMEWHERE_IN_FRONT = """
ab: FI LT SE, as: EE LV NO, bv: BE NL, cv: ID, ip: KZ RU, mb: LT, nv: BE NL, ou: EE, sa: BE CH FR LU, sas: FR,
sci: FR
"""
THAI = ("บริษัท", "จำกัด", "มหาชน")
APART = "s p a, c c, p c, p a, d d, e v, b t, h b, k b, h f, k d, u a"
PLACEHOLDERS = (
    "unknown, na, none, null, undefined, nan, xxx, not applicable, "
    "test, test company, company, company name, no company"
)
HEADER = """\
# Legal forms of companies: made by scripts/facts/legal_forms.py, not by hand. Source: PyPI package cleanco {version}
# (MIT, by Paul Solin, https://github.com/psolin/cleanco) less common words, with additions. In canonical writing.
# forms: dropped at the end of a name; in_front: at its start; unspaced: written without space around them; somewhere,
# somewhere_in_front: only where the record's country is one of those, for elsewhere it is a word; apart: those of them
# that dots make a legal form anywhere (S.p.A.); placeholders: no company.
"""


def canonical(term: str) -> str:
    """The term as ``standardize_company`` sees it."""
    letters = str.maketrans({source: target.lower() for source, target in folding_table().items()})
    expansions = facts("folding")["expansions"]
    bare = "".join(expansions.get(letter, letter) for letter in term.lower()).translate(letters).lower()
    words = re.sub(r"[^\w\u0300-\u036f\u0e00-\u0e7f]+", " ", bare.replace("&", " and ")).strip()
    return re.sub(r"\b(\w) (?=\w\b)", r"\1", words)


def listed(text: str) -> list[str]:
    """The terms of a list in canonical form."""
    return [canonical(term) for term in text.split(",")]


def by_form(text: str) -> dict[str, str]:
    """The countries of each form."""
    return dict(entry.strip().split(": ") for entry in text.split(","))


def forms() -> dict[str, list[str]]:
    """The terms of each country, sorted."""
    found: dict[str, set[str]] = {}
    for country, terms in (*terms_by_country.items(), *((name, more.split(",")) for name, more in MORE.items())):
        known = {canonical(term) for term in terms if "Å" not in term} - set(COMMON_WORDS) - set(by_form(SOMEWHERE))
        found.setdefault(SPELLED.get(country, country), set()).update(
            word for word in known if len(word) > 1 or word > "z"
        )
    return {country: sorted(terms) for country, terms in sorted(found.items()) if terms}


def main() -> None:
    by_country = forms()
    unspaced = {term for terms in by_country.values() for term in terms if len(term) > 2 and term[0] > "\u3000"}
    print(HEADER.format(version=version("cleanco")), end="")
    print("forms:", *(f'  {country}: "{", ".join(terms)}"' for country, terms in by_country.items()), sep="\n")
    print(f'in_front: "{", ".join(listed(IN_FRONT))}"')
    for name, text in (("somewhere", SOMEWHERE), ("somewhere_in_front", SOMEWHERE_IN_FRONT)):
        print(f"{name}:", *(f'  {form}: "{countries}"' for form, countries in by_form(text).items()), sep="\n")
    print(f'apart: "{APART}"')
    print(f'unspaced: "{" ".join(sorted([*unspaced, *THAI], key=lambda term: (-len(term), term)))}"')
    print(f'placeholders: "{PLACEHOLDERS}"')


if __name__ == "__main__":
    main()
