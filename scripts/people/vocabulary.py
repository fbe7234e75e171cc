"""The words people are made of. Order is rank: earlier is more common."""

import unicodedata
from itertools import product

import numpy as np
import pyarrow as pa

from people.dice import zipf

# Name:Nickname,Nickname
MEN = """
James:Jim,Jimmy,Jamie Robert:Bob,Rob,Bobby John:Johnny,Jack Michael:Mike,Mick,Mickey David:Dave,Davey
William:Bill,Will,Billy Richard:Rick,Dick,Rich Joseph:Joe,Joey Thomas:Tom,Tommy Christopher:Chris,Topher
Charles:Chuck,Charlie Daniel:Dan,Danny Matthew:Matt Anthony:Tony Mark: Donald:Don,Donny Steven:Steve Andrew:Andy,Drew
Paul: Joshua:Josh Kenneth:Ken,Kenny Kevin:Kev Brian: Timothy:Tim,Timmy Ronald:Ron,Ronnie Jason:Jay George:
Edward:Ed,Eddie,Ted Jeffrey:Jeff Ryan: Jacob:Jake Nicholas:Nick,Nicky Gary: Eric: Jonathan:Jon,Jonny Stephen:Steve
Larry: Justin: Scott: Brandon: Benjamin:Ben,Benny Samuel:Sam,Sammy Gregory:Greg Alexander:Alex,Al,Xander
Patrick:Pat,Paddy Frank: Raymond:Ray Jack: Dennis: Jerry: Tyler:Ty Aaron: José:Pepe Adam: Nathan:Nate Henry:Hank,Harry
Zachary:Zach,Zack Douglas:Doug Peter:Pete Kyle: Noah: Ethan: Jeremy:Jem Christian:Chris Walter:Walt,Wally Keith:
Austin: Roger: Terry: Sean: Gerald:Gerry Carl: Dylan: Harold:Harry,Hal Jordan: Jesse: Bryan: Lawrence:Larry,Laurie
Arthur:Art Gabriel:Gabe Bruce: Logan: Billy: Joe: Alan:Al Juan: Elijah:Eli Willie: Albert:Al,Bert Wayne: Randy: Mason:
Vincent:Vince,Vinny Liam: Roy: Ralph: Bobby: Russell:Russ Bradley:Brad Philip:Phil Eugene:Gene Luis: Carlos: Miguel:
Ángel: Jesús: Victor:Vic Martin:Marty Louis:Lou Stanley:Stan Leonard:Len,Lenny Frederick:Fred,Freddy Theodore:Ted,Theo
Maxwell:Max Omar: Ahmed: Mohammed:Mo Wei: Hiroshi: Raj: Arjun: Diego: Andrés: Joaquín: Sebastián:Seb René: François:
André: Jürgen: Björn: Søren: Łukasz: Günter: Óscar: Raúl: Héctor: Ivan: Dmitri: Pavel: Giovanni:Gio Marco: Klaus:
Hans: Cheng: Duc: Kofi: Kwame:
"""
WOMEN = """
Mary:Molly,Polly Patricia:Pat,Patty,Trish Jennifer:Jen,Jenny Linda:Lin Elizabeth:Liz,Beth,Betty,Lizzie
Barbara:Barb,Babs Susan:Sue,Susie Jessica:Jess,Jessie Sarah:Sally Karen: Lisa: Nancy:Nan Betty: Sandra:Sandy
Margaret:Maggie,Meg,Peggy Ashley:Ash Kimberly:Kim Emily:Em,Emmy Donna: Michelle:Shelly Carol: Amanda:Mandy
Melissa:Mel,Missy Deborah:Deb,Debbie Stephanie:Steph Rebecca:Becky,Becca Sharon:Shari Laura: Cynthia:Cindy
Dorothy:Dot,Dottie Amy: Kathleen:Kathy,Kate Angela:Angie Shirley: Emma: Brenda: Pamela:Pam Nicole:Nikki Anna:Annie
Samantha:Sam,Sammy Katherine:Kate,Kathy,Katie Christine:Chris,Tina Debra:Deb,Debbie Rachel:Rach Carolyn:Carol,Lynn
Janet:Jan Maria: Olivia:Liv Heather: Helen:Nell Catherine:Cathy,Kate,Cat Diane:Di Julie:Jules Victoria:Vicky,Tori
Joyce: Lauren: Kelly: Christina:Chris,Tina Ruth: Joan:Joanie Virginia:Ginny Judith:Judy Evelyn:Evie Hannah:
Andrea:Andie Megan:Meg Cheryl: Jacqueline:Jackie Madison:Maddie Teresa:Terry,Tess Abigail:Abby,Gail Sophia:Sophie
Martha:Marty Sara: Gloria: Janice:Jan Kathryn:Kathy,Kate Ann:Annie Isabella:Bella,Izzy Judy: Charlotte:Lottie,Charlie
Julia: Grace:Gracie Amber: Alice: Jean: Denise: Frances:Fran,Frankie Danielle:Dani Marilyn: Natalie:Nat Beverly:Bev
Diana:Di Brittany:Britt Theresa:Terry,Tess Kayla:Kay Alexis:Lexi,Alex Doris: Lori: Tiffany:Tiff Rosemary:Rose,Rosie
Eleanor:Ellie,Nora Josephine:Jo,Josie Gabriella:Gabby Valerie:Val Florence:Flo Harriet:Hattie Penelope:Penny
Suzanne:Sue,Suzy Alexandra:Alex,Sandra,Lexi Vanessa:Nessa Lucía:Lucy María: Sofía: Inés: Mónica: Verónica:Vero
Beatriz:Bea Chloé: Renée: Zoë: Amélie: Noémie: Brigitte: Ingrid: Åsa: Małgorzata:Gosia Anaïs: Esperanza:
Guadalupe:Lupe Carmen: Fatima: Aisha: Priya: Mei: Yuki: Ling: Linh: Olga: Svetlana:Sveta Francesca:Fran Chiara: Heidi:
Ursula:Uschi Ama: Efua: Leila: Noor: Sunita: Xiomara: Dolores:Lola Araceli: Rocío:
"""
COMMON_LAST = """
Smith Johnson Williams Brown Jones García Miller Davis Rodríguez Martínez Hernández López González Wilson Anderson
Thomas Taylor Moore Jackson Martin Lee Pérez Thompson White Harris Sánchez Clark Ramírez Lewis Robinson Walker Young
Allen King Wright Scott Torres Nguyen Hill Flores Green Adams Nelson Baker Hall Rivera Campbell Mitchell Carter
Roberts Gómez Phillips Evans Turner Díaz Parker Cruz Edwards Collins Reyes Stewart Morris Morales Murphy Cook Rogers
Gutiérrez Ortiz Morgan Cooper Peterson Bailey Reed Kelly Howard Ramos Kim Cox Ward Richardson Watson Brooks Chávez
Wood James Bennett Gray Mendoza Ruiz Hughes Price Álvarez Castillo Sanders Patel Myers Long Ross Foster Jiménez Powell
Jenkins Perry Russell Sullivan Bell Coleman Butler Henderson Barnes Gonzales Fisher Vásquez Simmons Romero Jordan
Patterson Alexander Hamilton Graham Reynolds Griffin Wallace Moreno West Cole Hayes Bryant Herrera Gibson Ellis Tran
Medina Aguilar Stevens Murray Ford Castro Marshall Owens Harrison Fernández McDonald Woods Washington Kennedy Wells
Vargas Henry Chen Freeman Webb Tucker Guzmán Burns Crawford Olson Simpson Porter Hunter Gordon Méndez Silva Shaw
Snyder Mason Dixon Muñoz Hunt Hicks Holmes Palmer Wagner Black Robertson Boyd Rose Stone Salazar Fox Warren Mills
Meyer Rice Schmidt Garza Daniels Ferguson Nichols Stephens Soto Weaver Ryan Gardner Payne Grant Dunn Kelley Spencer
Hawkins Arnold Pierce Hansen Peters Santos Hart Bradley Knight Elliott Cunningham Duncan Armstrong Hudson Carroll Lane
Riley Andrews Alvarado Ray Delgado Berry Perkins Hoffman Johnston Matthews Peña Richards Contreras Willis Carpenter
Lawrence Sandoval Guerrero George Chapman Ríos Estrada Ortega Watkins Greene Núñez Wheeler Valdez Harper Burke Larson
Santiago Maldonado Morrison Franklin Carlson Austin Domínguez Carr Lawson Jacobs O'Brien Lynch Singh Vega Bishop
Montgomery Oliver Jensen Harvey Williamson Gilbert Dean Sims Espinoza Howell Li Wong Reid Hanson Le McCoy Garrett
Burton Fuller Wang Weber Welch Rojas Lucas Márquez Fields Park Yang Little Banks Padilla Day Walsh Bowman Schultz Luna
Fowler Mejía O'Connor Müller Schröder Lefèvre Dubois Nowak Kowalski Wiśniewski Ivanov Rossi Khan
"""
LAST_START = """
Ash Black Brad Brook Burn Cald Carl Clay Craw Dal Dar East El Fair Fal Gar Glen Had Ham Hart Hazel Hol Kel Kirk Lang
Lind Lock Mar Mel Mon Nor North Oak Old Pem Pres Quin Rad Red Rock Ros San Shel Stan Stock Sun Thorn Tre Up Wal West
Whit Wil Win Wood York Zel
"""
LAST_END = """
ton ford wood well field ley by ham worth land stead man ridge bury burn dale wick brook stone croft more son berg
ström mann ski sen ez ier ov dottir hoff stein baum itz ano elli escu
"""
STREETS = """
Main Oak Maple Cedar Park Pine Elm Washington Lake Hill Walnut Spring North Ridge Church Willow Mill Sunset Railroad
Jefferson Cherry Highland Lincoln Jackson Franklin River Meadow Forest Chestnut Center Dogwood Hickory Adams Madison
Birch Spruce Locust Poplar Valley Hillside Prospect Laurel Cypress Magnolia Orchard Summit Fairview Juniper Rosewood
Heather Canyon Bayview Harbor Clover Fox Deer Eagle Falcon Quail Wolf
"""
STREET_TYPES = (
    ("Street", "St"), ("Avenue", "Ave"), ("Road", "Rd"), ("Drive", "Dr"), ("Lane", "Ln"), ("Court", "Ct"),
    ("Boulevard", "Blvd"), ("Place", "Pl"),
)  # fmt: skip
TOWN_START = """
Spring Green River Fair Frank Clin Bristol George Salem Mad Ash Oak Mill Lex Day Bur Mans Chester Cleve Glen Hudson
Jack Kings Mar New Oxford Port Rich Stone Union Wood Winter Zion
"""
TOWN_END = "field ville town ton burg port wood haven dale mont land view bury brook ford"
PROVIDERS = """
gmail.com yahoo.com hotmail.com outlook.com icloud.com aol.com comcast.net msn.com live.com verizon.net att.net
protonmail.com gmx.de orange.fr mail.com yahoo.co.uk fastmail.com zoho.com web.de bt.com
"""
HANDLES = """
sunny happy gamer blue lucky tiger rocket coffee star music soccer ninja pixel ocean mountain wolf panda crazy little
mister skater runner cowboy daisy shadow dragon purple silver maverick bookworm
"""
COMPANY_START = "acme global north summit blue first united metro pacific atlas harbor prime delta vertex omni nova"
COMPANY_END = (
    "logistics foods health systems media energy design law capital travel builders labs motors school dental auto"
)
HUB_DESKS = "info office reception admin contact sales hello frontdesk bookings shop"
TAGS = "shop news app promo orders web spam 1 2 store"


def _named(block: str) -> list[tuple[str, list[str]]]:
    pairs = (entry.split(":") for entry in block.split())
    return [(name, [nick for nick in nicks.split(",") if nick]) for name, nicks in pairs]


def words(block: str) -> pa.Array:
    return pa.array(block.split())


def without_accents(text: str) -> str:
    special = str.maketrans({"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "ß": "ss"})
    return "".join(c for c in unicodedata.normalize("NFD", text.translate(special)) if not unicodedata.combining(c))


def _letters(text: str) -> str:
    return "".join(c for c in without_accents(text).lower() if c.isalpha())


class Names:
    """A list of names with what is derived from each, at the same index."""

    def __init__(self, names: list[str], weights: np.ndarray) -> None:
        self.full = pa.array(names)
        self.plain = pa.array([without_accents(name) for name in names])
        self.letters = pa.array([_letters(name) for name in names])
        self.accented = np.array([without_accents(name) != name for name in names])
        self.weights = weights


def _last_names() -> Names:
    common = list(dict.fromkeys(COMMON_LAST.split()))
    made = [start + end for start, end in product(LAST_START.split(), LAST_END.split())]
    rare = [name for name in dict.fromkeys(made) if name not in common]
    rare.sort(
        key=lambda name: (len(name) * 7 + sum(map(ord, name))) % 101
    )  # no block of alike names among the frequent
    top, rest = zipf(len(common), offset=12), zipf(len(rare), offset=60, exponent=0.6)
    return Names(common + rare, np.concatenate([0.62 * top / top.sum(), 0.38 * rest / rest.sum()]))


FIRST_OF_MEN, FIRST_OF_WOMEN = _named(MEN), _named(WOMEN)
MEN_WEIGHTS = zipf(len(FIRST_OF_MEN), offset=10)
WOMEN_WEIGHTS = zipf(len(FIRST_OF_WOMEN), offset=10)
_FIRST = FIRST_OF_MEN + FIRST_OF_WOMEN
FIRST = Names([name for name, _ in _FIRST], np.concatenate([MEN_WEIGHTS, WOMEN_WEIGHTS]))
NICKNAMES = pa.array([nick for _, nicks in _FIRST for nick in nicks])
NICKNAME_COUNT = np.array([len(nicks) for _, nicks in _FIRST])
NICKNAME_START = np.cumsum(NICKNAME_COUNT) - NICKNAME_COUNT
LAST = _last_names()
TOWNS = pa.array([start + end for start, end in product(TOWN_START.split(), TOWN_END.split())])
TOWN_WEIGHTS = zipf(len(TOWNS), offset=8)
COMPANIES = pa.array([f"{a}{b}.com" for a, b in product(COMPANY_START.split(), COMPANY_END.split())])
