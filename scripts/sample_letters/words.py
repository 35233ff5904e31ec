"""What the letters are made of: names, places, bodies, and the subjects of each kind. All invented."""

from __future__ import annotations

FIRST = (
    "Afi", "Kodjo", "Essi", "Mawuli", "Abla", "Yao", "Akouvi", "Komlan", "Sénamé", "Dédé", "Koffi", "Ama",
    "Édem", "Kafui", "Têvi", "Bernadette", "Gérard", "Héloïse", "Nicaise", "Rachidatou", "Zakari", "Wiyao",
)  # fmt: skip
LAST = (
    "ADJOVI", "AGBÉKO", "TCHALLA", "KPODAR", "BAWA", "NASSIROU", "LAWSON", "AMÉGAN", "OURO-AGORO", "PILANTE",
    "DOGBÉ", "EKOUÉ", "FOLLY", "SOSSOU", "TCHASSAMA", "GNASSÉ", "HODABALO", "KOUDJO", "MENSAH", "SIMLIYA",
)  # fmt: skip
PLACES = (
    "Lomé", "Kara", "Sokodé", "Atakpamé", "Kpalimé", "Dapaong", "Tsévié", "Aného", "Bassar", "Notsè", "Mango",
    "Tabligbo", "Badou", "Niamtougou", "Vogan",
)  # fmt: skip
QUARTERS = ("Agoè-Assiyéyé", "Bè-Kpota", "Tokoin", "Adidogomé", "Nyékonakpoè", "Hédzranawoé", "Baguida", "Kodjoviakopé")
STATE_BODIES = (
    ("Ministère de l'Économie et des Finances", "MEF", ("Secrétariat général", "Direction du Budget", "Cabinet")),
    ("Ministère de l'Environnement", "MERF", ("Direction de l'Environnement", "Secrétariat général")),
    ("Ministère de l'Urbanisme et de l'Habitat", "MUH", ("Direction du Cadastre", "Cabinet")),
    ("Ministère des Travaux publics", "MTP", ("Direction des Routes", "Secrétariat général")),
    ("Ministère de la Fonction publique", "MFP", ("Direction des Effectifs", "Secrétariat général")),
    ("Primature", "PM", ("Secrétariat général du Gouvernement",)),
    ("Cour des comptes", "CC", ("Greffe",)),
)  # fmt: skip
LOCAL_BODIES = (
    "Mairie de {place} 1", "Préfecture de {place}", "Université de {place}", "Lycée technique de {place}",
    "Hôpital régional de {place}", "Commune de {place} 2",
)  # fmt: skip
FIRMS = (
    "Société Bâtir-Plus SARL", "Établissements Soleil du Golfe", "Compagnie des Carrières du Mono",
    "Banque ouest-africaine d'équipement", "Cabinet d'expertise Horizon", "SOTRAVAUX SA", "Imprimerie La Plume",
    "Société des Phosphates d'Exemple", "Garage moderne du Zio", "Énergie Verte Services",
)  # fmt: skip
GROUPS = (
    "Association des riverains de {quarter}", "Collectif des usagers de {quarter}", "ONG Lumière pour tous",
    "Groupement des producteurs de {place}", "Comité de développement de {quarter}", "Syndicat des transporteurs du Zio",
)  # fmt: skip
ABROAD = ("Ambassade de la République d'Exemple", "Embassy of Samplia", "Délégation de l'Union régionale")

KINDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "demande": (
        (
            "Demande de raccordement du quartier {quarter} au réseau électrique",
            "Demande de permis d'exploitation d'une carrière de sable à {place}",
            "Demande d'autorisation d'ouverture d'un dépôt de gaz butane",
            "Demande d'audience",
            "Demande d'appui pour l'électrification solaire du centre de santé de {place}",
            "Demande d'extension de ligne électrique vers {place}",
        ),
        (
            "J'ai l'honneur de venir très respectueusement auprès de votre haute bienveillance solliciter {topic}.",
            "Nous avons l'honneur de solliciter de votre autorité {topic}.",
            "La présente a pour objet de solliciter {topic}, dans les meilleurs délais.",
        ),
    ),
    "invitation": (
        (
            "Invitation à l'atelier de validation de la politique énergétique",
            "Invitation à la cérémonie de mise en service de la centrale solaire de {place}",
            "Invitation à la réunion du comité de pilotage du projet minier",
            "Convocation à la séance de travail sur les titres miniers",
        ),
        (
            "J'ai l'honneur de vous inviter à prendre part à la rencontre qui se tiendra le {day} à 9 heures à {place}.",
            "Nous serions honorés de votre présence, ou de celle de votre représentant dûment mandaté.",
            "L'ordre du jour de la réunion est joint à la présente invitation.",
        ),
    ),
    "facture": (
        (
            "Facture n° {number}/2026 : fourniture de groupes électrogènes",
            "Transmission de la facture n° {number} pour règlement",
            "Relance pour paiement de la facture n° {number}",
            "Règlement de factures impayées de carburant",
        ),
        (
            "Nous vous adressons sous ce pli la facture n° {number} d'un montant de {amount} francs CFA pour règlement.",
            "Sauf erreur ou omission de notre part, cette somme reste due à ce jour et le paiement est attendu.",
            "Le virement peut être fait au compte dont le relevé d'identité bancaire est joint.",
        ),
    ),
    "plainte": (
        (
            "Plainte relative aux nuisances de la carrière de {place}",
            "Réclamation contre les coupures répétées d'électricité à {quarter}",
            "Dénonciation d'exploitation illégale de sable à {place}",
            "Plainte des riverains du dépôt d'hydrocarbures de {quarter}",
        ),
        (
            "Nous portons à votre connaissance les nuisances que subissent les populations depuis plusieurs mois.",
            "Malgré nos réclamations, la poussière et le bruit continuent et les riverains subissent un préjudice.",
            "Nous vous prions de faire diligenter une enquête et de prendre les mesures qui s'imposent.",
        ),
    ),
    "recours": (
        (
            "Recours gracieux contre la décision n° {number}/2026",
            "Recours contre le retrait du permis de recherche n° {number}",
            "Recours hiérarchique contre le refus d'agrément",
        ),
        (
            "Par la décision susvisée, dont copie est jointe, il a été mis fin à nos droits ; nous la contestons.",
            "Nous formons par la présente un recours gracieux et demandons l'annulation de cette décision.",
            "À défaut de réponse, nous saisirons la juridiction administrative compétente.",
        ),
    ),
    "candidature": (
        (
            "Candidature au poste de technicien supérieur en électricité",
            "Candidature spontanée à un emploi d'ingénieur géologue",
            "Demande d'emploi de chauffeur",
        ),
        (
            "J'ai l'honneur de poser ma candidature au poste à pourvoir dans vos services.",
            "Titulaire d'un diplôme et fort de cinq ans d'expérience, je joins mon curriculum vitae et mes attestations.",
            "Je me tiens à votre disposition pour un entretien d'embauche.",
        ),
    ),
    "stage": (
        (
            "Demande de stage de fin d'études en génie électrique",
            "Demande de stage académique au laboratoire des mines",
            "Demande de stage de perfectionnement",
        ),
        (
            "Étudiant en dernière année, je sollicite un stage de trois mois au sein de vos services.",
            "Ce stage, prévu par mon programme d'études, donnera lieu à un mémoire de fin de formation.",
            "Je joins mon certificat de scolarité et la lettre de recommandation de mon école.",
        ),
    ),
    "rapport": (
        (
            "Rapport mensuel d'activités de la direction régionale",
            "Rapport de mission d'inspection des carrières de {place}",
            "Rapport d'audit énergétique des bâtiments publics",
            "Rapport définitif de contrôle, exercice 2025",
        ),
        (
            "J'ai l'honneur de vous rendre compte des activités menées au cours du mois écoulé.",
            "La mission a visité douze sites ; les constats et les recommandations figurent en annexe du rapport.",
            "Le taux d'exécution physique atteint 64 % et les difficultés rencontrées sont exposées ci-après.",
        ),
    ),
    "transmission": (
        (
            "Transmission de dossiers de titres miniers",
            "Envoi de pièces complémentaires",
            "Transmission du procès-verbal de réception",
            "Bordereau de transmission de documents",
        ),
        (
            "J'ai l'honneur de vous transmettre, ci-joint, en trois exemplaires, les pièces du dossier.",
            "Ces documents sont transmis à toutes fins utiles et contre décharge.",
            "Vous voudrez bien m'en accuser réception.",
        ),
    ),
    "convention": (
        (
            "Avenant n° 2 à la convention de financement de l'électrification rurale",
            "Projet de convention de partenariat minier",
            "Signature de la convention de concession",
        ),
        (
            "Le projet de convention entre les parties est soumis à votre signature.",
            "L'article 4 de l'avenant porte la durée de la convention à cinq ans et ajoute deux annexes.",
            "Les parties conviennent que les engagements antérieurs demeurent en vigueur.",
        ),
    ),
    "appel_offres": (
        (
            "Soumission à l'appel d'offres n° {number}/2026 pour la fourniture de lampadaires",
            "Avis d'appel d'offres : construction d'une ligne de 33 kV à {place}",
            "Demande d'éclaircissement sur le dossier d'appel d'offres n° {number}",
        ),
        (
            "Faisant suite à l'avis d'appel d'offres, nous soumettons notre offre technique et financière pour le lot 2.",
            "La garantie de soumission et l'attestation de régularité fiscale sont jointes au dossier d'appel d'offres.",
            "L'ouverture des plis aura lieu en présence des soumissionnaires.",
        ),
    ),
    "note_verbale": (
        (
            "Note verbale : visite d'une mission technique du 7 au 11 décembre",
            "Note verbale relative à la coopération énergétique",
        ),
        (
            "L'Ambassade présente ses compliments au Ministère des mines et de l'énergie et a l'honneur de l'informer.",
            "L'Ambassade saisit cette occasion pour renouveler au Ministère les assurances de sa très haute considération.",
            "Une mission technique séjournera à Lomé et souhaite être reçue par les services compétents.",
        ),
    ),
    "information": (
        (
            "Information sur l'interruption programmée de la ligne de {place}",
            "Changement d'adresse et de signataire",
            "Communiqué relatif aux prix des produits pétroliers",
        ),
        (
            "Nous portons à votre connaissance que le changement prendra effet à compter du {day}.",
            "La présente vaut information ; aucune suite n'est attendue de vos services.",
            "Les usagers en seront avisés par voie de presse.",
        ),
    ),
    "reponse": (
        (
            "Réponse à votre lettre relative aux titres miniers",
            "Suite à votre demande d'avis technique",
            "Éléments de réponse sur le projet de mini-réseau solaire de {place}",
        ),
        (
            "Par lettre citée en référence, vous avez bien voulu demander notre avis sur le dossier.",
            "En réponse, j'ai l'honneur de vous faire connaître que cette demande appelle un avis favorable.",
            "Comme suite à votre correspondance, les éléments demandés sont joints.",
        ),
    ),
    "decision": (
        (
            "Décision n° {number}/2026 portant attribution d'un permis de recherche",
            "Arrêté portant nomination d'un chef de division",
            "Décision portant retrait d'agrément",
        ),
        (
            "Vu la loi portant code minier ; vu le décret fixant les attributions ; décide ce qui suit.",
            "Article premier : il est attribué un permis de recherche pour une durée de trois ans.",
            "La présente décision, qui prend effet à la date de sa signature, sera notifiée et publiée.",
        ),
    ),
}

FILLERS = (
    "Il convient de préciser que la démarche est conduite conformément aux textes en vigueur.",
    "Les travaux concernent la région de {place}, où les habitants attendent cette suite depuis longtemps.",
    "Le comité local s'est réuni le {day} et a désigné son représentant pour suivre ce dossier.",
    "Une étude préalable a montré que le transformateur existant ne suffit plus aux besoins du quartier.",
    "Les annexes techniques seront communiquées sous pli séparé dès leur validation.",
    "Le coût total est estimé à {amount} francs CFA, dont une part est déjà mobilisée.",
    "Nous restons à la disposition de vos services pour tout complément d'information.",
)
CLOSINGS = (
    "Dans l'attente d'une suite favorable, je vous prie d'agréer, {to}, l'expression de ma haute considération.",
    "Veuillez agréer, {to}, l'assurance de notre parfaite considération.",
    "Nous vous prions de croire, {to}, à l'expression de nos sentiments respectueux.",
)
RECIPIENTS = (
    ("Monsieur le Ministre", "Ministre des mines et de l'énergie"),
    ("Madame la Ministre", "Ministère des mines et de l'énergie"),
    ("Monsieur le Secrétaire général", "Ministère des mines et de l'énergie"),
    ("Monsieur le Directeur général des mines", "Direction générale des mines et de la géologie"),
    ("Madame la Directrice générale de l'énergie", "Direction générale de l'énergie"),
    ("Monsieur le Directeur de cabinet", "Cabinet du ministre"),
)
