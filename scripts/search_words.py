"""Words that made-up letters are put together from: one list to tune the search with, another it is judged on.

The two share no topic, place, name nor ambiguous word but the five that every search is known to stumble on.
"""

# ruff: noqa: E501 - one topic a line
from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Topic:
    """What a letter is about: as its subject says it, in the plural, in a sentence, in English, and in other words."""

    noun: str
    plural: str
    said: str
    english: str
    otherwise: str


@dataclass(frozen=True, slots=True)
class Body:
    """An organisation: its acronym and its name; a letter writes one or the other."""

    acronym: str
    name: str


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """A short word that is another without its accent, or a conjunction; subjects and sentences that mean it."""

    word: str
    subjects: tuple[str, ...]
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """Everything that letters of one set are made of; `synonyms` are two ways to say one thing."""

    topics: tuple[Topic, ...]
    places: tuple[str, ...]
    syllables: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
    first_names: tuple[str, ...]
    last_names: tuple[str, ...]
    firms: tuple[str, ...]
    bodies: tuple[Body, ...]
    synonyms: tuple[tuple[str, str], ...]
    ambiguous: tuple[Ambiguous, ...]
    local: tuple[str, ...]
    questions: tuple[str, ...]


def _listed(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _topics(lines: str) -> tuple[Topic, ...]:
    return tuple(Topic(*(part.strip() for part in line.split("|"))) for line in lines.strip().splitlines())


_TUNING_TOPICS = _topics("""
coupure d'électricité|coupures d'électricité|l'électricité a été coupée|power cut|le courant ne vient plus
remplacement du transformateur|remplacements de transformateurs|il faut remplacer le transformateur|transformer replacement|changer le poste abaisseur hors service
autorisation d'exploitation d'une carrière|autorisations d'exploitation de carrières|nous voudrions être autorisés à exploiter une carrière|quarry licence|droit d'extraire des pierres
extension du réseau|extensions de réseaux|le réseau doit être étendu|grid extension|prolonger les lignes jusqu'aux nouveaux quartiers
raccordement de l'école|raccordements d'écoles|l'école reste à raccorder|school connection|brancher l'établissement scolaire
forage d'un puits|forages de puits|un puits a été foré|well drilling|creuser pour avoir de l'eau
éclairage public défaillant|éclairages publics défaillants|les lampadaires ne sont plus éclairés|faulty street lighting|rues dans le noir la nuit
dégâts causés par une surtension|dégât causé par des surtensions|une surtension a tout endommagé|surge damage|appareils grillés par un courant trop fort
réparation du groupe électrogène|réparations de groupes électrogènes|le groupe électrogène doit être réparé|generator repair|générateur en panne à dépanner
relevé de compteur erroné|relevés de compteurs erronés|le compteur a été mal relevé|wrong meter reading|index de consommation faux
indemnisation des riverains|indemnisations de riverains|les riverains n'ont pas été indemnisés|compensation of residents|dédommager les voisins du site
pollution de la rivière|pollutions de rivières|la rivière est polluée|river pollution|eau du fleuve contaminée
renouvellement du permis de recherche|renouvellements de permis de recherche|le permis de recherche est à renouveler|exploration permit renewal|prolonger le titre de prospection
bornage du périmètre minier|bornages de périmètres miniers|le périmètre minier n'est pas borné|boundary survey|délimiter la zone de la mine
visite de l'inspecteur|visites d'inspecteurs|l'inspecteur a visité le chantier|inspector visit|passage du contrôleur
formation des techniciens|formations de techniciens|les techniciens doivent être formés|technician training|stage pour les agents de terrain
achat de panneaux solaires|achats de panneaux solaires|des panneaux solaires ont été achetés|solar panel purchase|acquisition de modules photovoltaïques
construction du barrage|constructions de barrages|le barrage est en cours de construction|dam construction|édifier une retenue hydroélectrique
transport des explosifs|transports d'explosifs|les explosifs seront transportés sous escorte|transport of explosives|acheminer la dynamite
effondrement de la galerie|effondrements de galeries|la galerie s'est effondrée|tunnel collapse|éboulement sous terre
recouvrement de créance|recouvrements de créances|la créance n'est pas recouvrée|debt recovery|somme due qui reste impayée
octroi de la subvention|octrois de subventions|une subvention leur a été octroyée|grant award|aide financière accordée
reboisement du site|reboisements de sites|le site sera reboisé|site reforestation|replanter des arbres
vol de câble|vols de câbles|les câbles ont été volés|cable theft|fils dérobés
déplacement d'un poteau|déplacements de poteaux|le poteau est à déplacer|pole relocation|bouger le pylône qui gêne
abattage d'arbre|abattages d'arbres|les arbres gênants seront abattus|tree felling|couper le manguier
analyse d'échantillon|analyses d'échantillons|les échantillons ont été analysés|sample analysis|examen au laboratoire d'un prélèvement
contrôle de la balance|contrôles de balances|la balance n'a pas été contrôlée|scale inspection|vérifier l'instrument de pesage
report de l'échéance|reports d'échéances|l'échéance est reportée|postponed deadline|délai supplémentaire pour la date limite
audience du ministre|audiences du ministre|le ministre nous a reçus en audience|audience with the minister|être reçu par le chef du département
""")
_HELD_TOPICS = _topics("""
panne de la turbine|pannes de turbines|la turbine est tombée en panne|turbine failure|la machine hydraulique ne tourne plus
baisse de tension|baisses de tension|la tension a baissé|voltage drop|le courant est trop faible
ouverture d'un dépôt de gaz|ouvertures de dépôts de gaz|un dépôt de gaz doit être ouvert|gas depot opening|nouveau lieu de stockage de bouteilles de butane
implantation du pylône|implantations de pylônes|le pylône a été implanté dans un champ|pylon siting|poser un poteau à haute tension
électrification du marché|électrifications de marchés|le marché n'est pas électrifié|market electrification|amener le courant aux commerçantes
livraison de ciment|livraisons de ciment|le ciment n'a pas été livré|cement delivery|matériaux de construction pas encore reçus
curage de la retenue|curages de retenues|la retenue doit être curée|reservoir dredging|enlever la vase du barrage
fuite d'hydrocarbures|fuites d'hydrocarbures|des hydrocarbures ont fui|fuel leak|écoulement de carburant
expropriation des propriétaires|expropriations de propriétaires|les propriétaires ont été expropriés|expropriation of owners|terrains pris aux familles
émission de poussière|émissions de poussières|la poussière émise gêne les habitants|dust emission|air sale autour de l'usine
cession du titre minier|cessions de titres miniers|le titre minier a été cédé|transfer of mining title|vendre un permis d'extraction
retrait de l'agrément|retraits d'agréments|l'agrément nous a été retiré|withdrawal of approval|perdre son habilitation
étalonnage de l'appareil|étalonnages d'appareils|l'appareil reste à étalonner|device calibration|régler l'instrument de mesure
entretien de la piste|entretiens de pistes|la piste n'est pas entretenue|track maintenance|route de terre à réparer
exportation de phosphate|exportations de phosphates|les phosphates ont été exportés|phosphate export|vente de minerai à l'étranger
inondation du quartier|inondations de quartiers|le quartier est inondé|district flooding|maisons sous les eaux
vérification de la facture|vérifications de factures|la facture est à vérifier|invoice verification|contrôler le montant demandé
réclamation sur le salaire|réclamations sur les salaires|les salaires sont réclamés|wage claim|paie incomplète des employés
installation de batterie|installations de batteries|les batteries ont été installées|battery installation|poser des accumulateurs
signature de l'avenant|signatures d'avenants|l'avenant a été signé|amendment signing|modifier le contrat
accident sur le chantier|accidents sur les chantiers|un ouvrier s'est accidenté|site accident|blessé pendant les travaux
fermeture d'un orifice|fermetures d'orifices|l'orifice doit être fermé|shaft closure|boucher le trou d'accès
prélèvement de sable|prélèvements de sable|le sable est prélevé sans titre|sand removal|extraction illégale de gravier fin
mutation de l'ingénieur|mutations d'ingénieurs|l'ingénieur a été muté|transfer of the engineer|cadre technique affecté ailleurs
étude de faisabilité|études de faisabilité|la faisabilité a été étudiée|feasibility study|voir si le projet est réalisable
""")
_TUNING_BODIES = (
    Body("CEET", "Compagnie énergie électrique du Togo"),
    Body("AT2ER", "Agence togolaise d'électrification rurale et des énergies renouvelables"),
    Body("DAF", "Direction des affaires administratives et financières"),
    Body("ANGE", "Agence nationale de gestion de l'environnement"),
    Body("SNPT", "Société nouvelle des phosphates du Togo"),
    Body("DRH", "Direction des ressources humaines"),
    Body("OTR", "Office togolais des recettes"),
)
_HELD_BODIES = (
    Body("ARSE", "Autorité de réglementation du secteur de l'électricité"),
    Body("SG", "Secrétariat général"),
    Body("CEB", "Communauté électrique du Bénin"),
    Body("PRMP", "Personne responsable des marchés publics"),
    Body("DGMG", "Direction générale des mines et de la géologie"),
    Body("DAJ", "Direction des affaires juridiques et du contentieux"),
    Body("ITIE", "Initiative pour la transparence dans les industries extractives"),
)
_TUNING_SYNONYMS = (
    ("délestage", "coupure de courant"),
    ("véhicule", "voiture"),
    ("rémunération", "salaire"),
    ("lampadaire", "éclairage public"),
    ("orpaillage", "extraction artisanale d'or"),
)
_HELD_SYNONYMS = (
    ("photovoltaïque", "énergie solaire"),
    ("dédommagement", "indemnisation"),
    ("soumission", "appel d'offres"),
    ("embauche", "recrutement"),
    ("devis", "facture pro forma"),
)
_TUNING_AMBIGUOUS = (
    Ambiguous("or", ("Exportation d'or", "Saisie de lingots d'or"), ("le comptoir a pesé l'or du lot saisi",)),
    Ambiguous("car", ("Location d'un car", "Panne du car de service"), ("un car de trente places a été loué",)),
    Ambiguous("thé", ("Fourniture de thé", "Pause et thé"), ("le thé sera servi aux invités",)),
    Ambiguous("mûr", ("Fruit mûr récolté", "Champ de manioc mûr"), ("le manioc est mûr avant les travaux",)),
    Ambiguous("dû", ("Montant dû", "Solde dû"), ("le solde dû reste de notre côté",)),
)
_HELD_AMBIGUOUS = (
    Ambiguous("or", ("Achat d'or brut", "Comptoir de l'or"), ("cet or provient des sites autorisés",)),
    Ambiguous("car", ("Accident d'un car", "Car du personnel"), ("le car du personnel est hors d'usage",)),
    Ambiguous("thé", ("Plantation de thé", "Importation du thé"), ("une caisse de thé a été retenue",)),
    Ambiguous("mûr", ("Projet mûr", "Coton mûr détruit"), ("le coton mûr a été détruit par les engins",)),
    Ambiguous("dû", ("Loyer dû", "Reliquat dû"), ("le reliquat dû sera versé",)),
    Ambiguous("maïs", ("Champ de maïs", "Stock de maïs"), ("le maïs semé sous la ligne a brûlé",)),
    Ambiguous("forêt", ("Forêt classée", "Défrichement de forêt"), ("la forêt voisine est défrichée",)),
    Ambiguous("tâche", ("Tâche confiée à l'équipe", "Fiche de tâche"), ("cette tâche revient à l'équipe de nuit",)),
)
_TUNING_PLACES = _listed("""Kpalimé Atakpamé Sokodé Kara Dapaong Tsévié Aného Bassar Badou Notsé Vogan Mango Niamtougou Blitta Amlamé Tabligbo
    Kévé Agou Danyi Bafilo Kanté Pagouda Tchamba Sotouboua Guérin-Kouka Tandjoaré Cinkassé Anié Elavagnon Hahotoé
    Adidogomé Agoè Baguida Togblékopé Kpogamé Hédzranawoé Tokoin Nyékonakpoè Djidjolé Bè-Kpota""")
_HELD_PLACES = _listed("""Kpémé Agbodrafo Glidji Ahépé Kouvé Gboto Assahoun Noépé Zanguéra Sanguéra Davié Gapé Wahala Chra Glei Kpessi Agbandi
    Langabou Tchébébé Adjengré Fazao Kabou Bitchabé Dimori Namon Nandoga Korbongou Naki-Est Borgou Mandouri Gando
    Takpamba Kountouri Sadori Barkoissi Siou Défalé Baga Kétao Lama-Kpédah""")
TUNING = Words(
    topics=_TUNING_TOPICS,
    places=_TUNING_PLACES,
    syllables=(
        ("Agbo", "Kpé", "Dzi", "Ako", "Vo", "Tchè", "Ama", "Klo", "Gnas", "Wlé", "Bolo", "Adé"),
        ("dé", "lé", "ga", "vi", "so", "ta", "mé", "kpo", "wo", "na", "zi", "ba"),
        ("fé", "kopé", "gan", "loum", "dé", "wou", "koura", "dji", "nou", "si", "té", "rou"),
    ),
    first_names=_listed("""Kossi Afi Essohanam Hézouwè Tchaa Yawa Kodjo Akouvi Mawuli Ablavi Komlan Piyalo Essowè Abalo Dédé
        Kokouvi Massan Essi Gnimdéwa Lidaw"""),
    last_names=_listed("""Amouzou N'Tcha Agbéko Tchalla Kpodar Lawson Bawara Ayéva Dogbé Mensah Gnassingou Akakpo Tchédré Adjavon
        Kpatcha Sossou N'Guissan Toulassi Walla Ekoué"""),
    firms=(
        "Volta",
        "Togoroc",
        "Sitraco",
        "Kpendjal Énergie",
        "Béton du Golfe",
        "Oti Forages",
        "Granulex",
        "Électromax",
    ),
    bodies=_TUNING_BODIES,
    synonyms=_TUNING_SYNONYMS,
    ambiguous=_TUNING_AMBIGUOUS,
    local=("Ɖekawɔwɔ", "Eʋegbe", "Kabɩyɛ", "Nɔvisi", "Ŋutifafa", "Agbemɔ", "Ɛzɩma", "Dɔwɔƒe", "Sɔsɔ", "Yɔɔ"),
    questions=(
        "où en est donc la demande de {noun} qui a été faite pour {place} par {citizen}",
        "est-ce que nous avons déjà répondu à {citizen} au sujet de la question suivante : {noun} à {place} ?",
        "je cherche la lettre dans laquelle il est dit que {said} à {place}",
        "bonjour, pouvez-vous me retrouver le courrier où l'on parle de {plural} dans la zone de {place}, merci",
    ),
)
HELD_OUT = Words(
    topics=_HELD_TOPICS,
    places=_HELD_PLACES,
    syllables=(
        ("Sédo", "Gbadja", "Lokpa", "Nyi", "Hiha", "Djé", "Yoto", "Fongbé", "Kamé", "Zébé", "Essa", "Moré"),
        ("ri", "pé", "lo", "ko", "yé", "do", "gbé", "li", "ma", "tcha", "hou", "ka"),
        ("kondji", "ta", "vé", "wa", "pala", "gou", "mou", "nté", "oulé", "adé", "bina", "zo"),
    ),
    first_names=_listed("""Sénamé Dzifa Essosimna Wiyao Makafui Akoélé Pyabalo Edem Kafui Manzama Tchilalo Kékéli Yendoubé Damigou
        Lamboni Sélom Eyram Essozimna Bouwè Naka"""),
    last_names=_listed("""Adotévi N'Bouké Kpakpabia Douti Kolani Apédo Gbéassor Tchagnao N'Zonou Attiogbé Lamadokou Mivédor Sambiani
        Yovogan Zotchi Afidégnon Bodjona Kéléou Nadjombé Pitang"""),
    firms=(
        "Zio Minerais",
        "Solergie",
        "Transmine",
        "Koumongou Travaux",
        "Cimtogo Nord",
        "Gaz du Mono",
        "Hydrotec",
        "Ferrex",
    ),
    bodies=_HELD_BODIES,
    synonyms=_HELD_SYNONYMS,
    ambiguous=_HELD_AMBIGUOUS,
    local=("Ɖoɖo", "Ɣeyiɣi", "Lɔlɔ̃nya", "Ŋkeke", "Ʋuʋu", "Ɛyʋ", "Tɔmʋʋ", "Kɔkɔe", "Dzɔdzɔ", "Hɔɔlʋʋ"),
    questions=(
        "quelle suite a-t-on donnée au dossier que {citizen} nous a envoyé concernant {noun} près de {place}",
        "qui s'occupe chez nous de l'affaire de {plural} signalée du côté de {place} par {citizen} ?",
        "il me faut toutes les pièces où quelqu'un écrit que {said}, je crois que c'était vers {place}",
        "avons-nous reçu quelque chose de nouveau à propos de {noun} depuis la visite faite à {place} s'il vous plaît",
    ),
)


def both() -> Words:
    """Return the words of both lists, for as many different letters as can be."""
    first, second = TUNING, HELD_OUT
    starts, middles, ends = (one + other for one, other in zip(first.syllables, second.syllables, strict=True))
    return Words(
        topics=first.topics + second.topics,
        places=first.places + second.places,
        syllables=(starts, middles, ends),
        first_names=first.first_names + second.first_names,
        last_names=first.last_names + second.last_names,
        firms=first.firms + second.firms,
        bodies=first.bodies + second.bodies,
        synonyms=first.synonyms + second.synonyms,
        ambiguous=first.ambiguous + second.ambiguous,
        local=first.local + second.local,
        questions=first.questions + second.questions,
    )


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.strip().splitlines())


OPENINGS = _lines("""
J'ai l'honneur de porter à votre connaissance que %(said)s à %(place)s.
Nous venons par la présente solliciter votre intervention : %(said)s à %(place)s.
En réponse à votre courrier, nous vous informons que %(said)s à %(place)s.
Faisant suite à nos entretiens, il nous faut rappeler que %(said)s à %(place)s.
Permettez-moi d'attirer votre attention sur le dossier suivant : %(noun)s à %(place)s.
Le présent rapport rend compte de la mission relative à ce dossier : %(noun)s, %(place)s.
Nous accusons réception de votre lettre et y répondons ainsi : %(plural)s à %(place)s, un seul traitement.
""")
ENGLISH_OPENINGS = _lines("""
We write to draw your attention to the %(english)s in %(place)s.
Please find enclosed our report about the %(english)s in %(place)s.
With reference to your letter, the %(english)s in %(place)s is still pending.
""")
FILLERS = _lines("""
%(The)s %(quality)s a été %(done)s par %(someone)s le %(day)s.
À ce jour, %(count)s %(things)s ont été %(done)ss, et %(the)s reste %(quality)s.
Or, il se trouve que %(the)s n'a jamais été %(done)s depuis le %(day)s.
Nous insistons, car %(the)s %(quality)s ne peut attendre au-delà du %(day)s.
Monsieur %(person)s, rencontré le %(day)s, a confirmé que %(the)s serait %(done)s.
Le montant des travaux s'élève à %(amount)s francs CFA, hors %(things)s.
Une équipe de %(count)s agents se rendra à %(other)s pour voir %(the)s.
Pour mémoire, %(the)s avait fait l'objet d'un procès-verbal le %(day)s.
Les %(things)s joints à la présente sont au nombre de %(count)s.
Mais %(the)s %(quality)s suppose que chacun s'y tienne sur le terrain.
Il conviendrait que %(the)s soit %(done)s avant la prochaine réunion.
Vous trouverez ci-joint %(the)s ainsi que les %(things)s demandés.
Par ailleurs, le comité a jugé %(the)s %(quality)s et souhaite en discuter.
La population attend que %(the)s soit enfin %(done)s, ou du moins %(quality)s.
Le mur, la cour et %(the)s ont été vus le jour de la visite, la cote est notée.
Nos services restent à votre disposition pour tout %(thing)s %(quality)s.
Sur les %(count)s %(things)s prévus, la moitié est sûre, le reste dépend de %(the)s.
Le jeune stagiaire a marqué d'une tache %(the)s, la marche à suivre est rappelée à côté.
Un délai de %(count)s jours est accordé pour que %(the)s soit %(done)s.
Il est donc demandé que les %(things)s %(quality)ss soient revus par %(someone)s.
Cette somme du budget a été versée du %(day)s au mois qui suivait.
Le foret et l'outillage ont été rendus avec %(the)s.
""")
ENGLISH_FILLERS = _lines("""
The %(e_thing)s was checked by our staff on %(day)s and found to be in order.
We would be grateful if you could confirm the %(e_thing)s or send us the %(e_things)s.
As agreed during the meeting, the total amount is %(amount)s CFA francs for the %(e_things)s.
Our team will visit %(other)s in order to inspect the %(e_thing)s.
Mr %(person)s remains available should you require any further %(e_thing)s.
The %(e_things)s are attached for your kind consideration, and the %(e_thing)s will follow.
""")
PASSING = "Par ailleurs, il faudra un jour reparler d'un autre sujet : %(noun)s à %(place)s."
BODY_SENTENCES = (
    "Une copie de la présente est adressée à %(body)s.",
    "Le dossier a été soumis à %(body)s pour avis.",
    "Les agents de %(body)s ont pris part à la visite.",
)
SYNONYM_SENTENCES = ("Nous revenons sur la question suivante : %(said)s, %(place)s.",)
QUOTES = (
    "Votre lettre n° %(quoted)s a retenu toute notre attention.",
    "En référence à la correspondance n° %(quoted)s, il est répondu ce qui suit.",
)
CLOSINGS = (
    "Je vous prie d'agréer, Monsieur le Ministre, l'expression de ma très haute considération.",
    "Dans l'attente d'une suite favorable, veuillez agréer nos salutations distinguées.",
    "Nous vous prions de croire, Monsieur le Directeur, à l'assurance de notre parfaite considération.",
)
ENGLISH_CLOSING = "Please accept, Sir, the assurances of our highest consideration. Yours faithfully,"
THINGS = _listed("""rapport devis plan contrat budget calendrier bordereau registre procès-verbal cahier inventaire équipement matériel
    bâtiment terrain magasin bureau véhicule camion moteur tableau disjoncteur câble coffret support pylône tracé sondage
    relevé profil niveau dossier formulaire certificat diplôme règlement décret projet programme protocole barème tarif
    compte virement chèque crédit accord litige jugement avis mémoire exposé résumé courriel annuaire organigramme séminaire
    atelier stage concours examen congé départ poste service comité conseil bilan audit diagnostic schéma système réseau
    serveur logiciel ordinateur téléphone site hangar puits canal pont barrage fossé talus ravin remblai gisement minerai
    gravier granite calcaire marbre quartz argile filon échantillon laboratoire instrument capteur seuil quota volume""")
QUALITIES = _listed("""provisoire définitif conforme incomplet urgent annuel partiel général local technique financier ancien récent principal
    commun spécial interne externe public privé préalable utile disponible nécessaire insuffisant""")
DONE = _listed("""examiné validé rejeté corrigé déposé retiré complété approuvé présenté étudié discuté classé relancé suspendu
    accepté différé confirmé annexé visé enregistré vérifié modifié publié archivé""")
SOMEONE = (
    "le chef de division", "la commission", "le comité de suivi", "les agents assermentés", "la délégation", "le préfet",
    "le bureau d'études", "la chefferie", "le conseil municipal", "l'entrepreneur", "le juriste", "la mission conjointe",
)  # fmt: skip
E_THINGS = ("report", "schedule", "agreement", "invoice", "document", "project", "delivery", "workshop", "proposal")
