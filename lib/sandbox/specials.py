"""Owns the hand-written customers: the awkward cases that stand at the head of every sandbox, by name."""

from typing import Literal, NamedTuple

Story = Literal["usual", "agency", "two currencies", "refunds", "free", "extras", "soon", "nothing"]


class Special(NamedTuple):
    """One hand-written customer, what they have ordered (`story`) and the locale of their addresses."""

    forename: str
    surname: str
    email: str
    story: Story = "usual"
    locale: str = "en_GB"


SPECIALS: dict[str, Special] = {
    "agency": Special("Bookings", "St Brigid's Travel Agency", "bookings@st-brigids.example.org", "agency", "en_IE"),
    "two currencies": Special("Marie", "Dubois-Clarke", "marie.dubois-clarke@example.com", "two currencies", "fr_FR"),
    "refunds": Special("Tomás", "Rivera", "tomas.rivera@example.net", "refunds", "es_ES"),
    "free tickets": Special("Grace", "Freeman", "grace.freeman@example.org", "free"),
    "extras": Special("Priya", "Raghunathan", "priya.raghunathan@example.com", "extras"),
    "upcoming": Special("Oliver", "Nightingale", "oliver.nightingale@example.com", "soon"),
    "nothing": Special("Ingrid", "Nyström", "ingrid.nystrom@example.org", "nothing", "sv_SE"),
    "namesake one": Special("Anna", "Müller", "anna.mueller@example.com", "usual", "de_DE"),
    "namesake two": Special("Anna", "Müller", "anna.mueller.berlin@example.net", "usual", "de_DE"),
    "apostrophe": Special("Siobhán", "O'Brien", "siobhan.obrien@example.com", "usual", "en_IE"),
    "diacritics": Special("Zoë", "Łukasiewicz-Ångström", "zoe.la@example.org", "usual", "pl_PL"),
    "stacked diacritics": Special("Thị Hương", "Nguyễn", "huong.nguyen@example.com", "usual", "vi_VN"),
    "emoji": Special("Sam 🎟️", "Parker", "sam.parker@example.com"),
    "html": Special("<b>Bold</b>", "[x](javascript:alert(1))", "bold@example.com"),
    "markdown": Special("**Star**", "*$x$*", "star@example.com"),
    "formula": Special('=HYPERLINK("http://x.example","hi")', "Sheet", "formula@example.com"),
    "directive": Special(":red[x]", ":material/delete:", "directive@example.com"),
    "one letter": Special("Mei", "O", "mei.o@example.com", "usual", "zh_CN"),
    "very long": Special(
        "Maximiliana",
        ("Wolfeschlegelsteinhausenbergerdorff" * 3)[:80].capitalize(),
        "maximiliana@example.net",
        "usual",
        "de_DE",
    ),
    "right to left": Special("محمد عبد الرحمن", "الخوارزمي", "m.khwarizmi@example.com", "usual", "ar_AA"),
    "han": Special("小明", "王", "wang.xiaoming@example.com", "usual", "zh_CN"),
    "bidi override": Special("Robin", "\u202eesreveR", "robin.reverse@example.com"),
}
