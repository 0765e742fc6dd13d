//! Made-up names. Children and staff draw from different lists, so that a child's name that turned
//! up where none may be could not be taken for a colleague's.

/// First names of children.
pub(super) const CHILDREN: [&str; 24] = [
    "Aurelwyn",
    "Brannoch",
    "Cressalie",
    "Dovrin",
    "Elspira",
    "Fenwicka",
    "Gwendrel",
    "Hollistan",
    "Ivorelle",
    "Jessamond",
    "Kestria",
    "Lorcanto",
    "Merribeth",
    "Niallan",
    "Ottoline",
    "Perrinka",
    "Quillan",
    "Rosamundo",
    "Sorrelia",
    "Tamsyna",
    "Ulricka",
    "Verityne",
    "Wystanel",
    "Yorrick",
];

/// Surnames of families.
pub(super) const FAMILIES: [&str; 24] = [
    "Thistlewick",
    "Brambleforth",
    "Quennerley",
    "Ravensmere",
    "Oddingsell",
    "Pettivale",
    "Muddiford",
    "Larkhollow",
    "Wrenshawe",
    "Tolliver-Nash",
    "Sparrowdene",
    "Hobblethwaite",
    "Fennimore-Ash",
    "Dunnockby",
    "Cuttlebury",
    "Yaffleton",
    "Inglemoor",
    "Nettlestrand",
    "Jorrocksley",
    "Gossamere",
    "Kittiwell",
    "Applegarthe",
    "Umberslade",
    "Vinterholt",
];

/// Streets.
pub(super) const STREETS: [&str; 12] = [
    "Quillfeather Row",
    "Candlewick Mews",
    "Old Tannery Passage",
    "Pinfold Gardens",
    "Lamplighters Way",
    "Sexton's Reach",
    "Dabchick Close",
    "Weavers' Halt",
    "Ropewalk Terrace",
    "Gallowglass Hill",
    "Saffron Wharf",
    "Three Magpies Lane",
];

/// First names of staff.
pub(super) const STAFF_FIRST: [&str; 20] = [
    "Amara", "Ben", "Carys", "Daniel", "Esther", "Farah", "Gareth", "Helen", "Imran", "Joanna",
    "Kwame", "Lena", "Martin", "Nadia", "Owen", "Priya", "Rachel", "Samuel", "Tessa", "Viktor",
];

/// Surnames of staff.
pub(super) const STAFF_LAST: [&str; 19] = [
    "Adeyemi",
    "Bennett",
    "Chowdhury",
    "Davies",
    "Ellis",
    "Fraser",
    "Grant",
    "Hughes",
    "Ibrahim",
    "Jenkins",
    "Kaur",
    "Lewis",
    "Mensah",
    "Novak",
    "Okafor",
    "Patel",
    "Reid",
    "Sharma",
    "Turner",
];

/// Teams, with the share of timescales that each lets slip, in percent: some do worse than others.
pub(super) const TEAMS: [(&str, u32); 8] = [
    ("Harbour East", 5),
    ("Harbour West", 6),
    ("Canal Side", 7),
    ("Hill Top", 8),
    ("Old Mills", 9),
    ("Station Road", 11),
    ("Marsh Lane", 14),
    ("New Town", 20),
];

/// The services that the teams belong to, one after the other.
pub(super) const SERVICES: [&str; 3] = [
    "Safeguarding North",
    "Safeguarding South",
    "Court and Disability",
];

/// Categories of plans.
pub(super) const CATEGORIES: [&str; 4] = [
    "neglect",
    "emotional abuse",
    "physical abuse",
    "sexual abuse",
];
