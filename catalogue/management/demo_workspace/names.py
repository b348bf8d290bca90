"""Words that names of people and companies are made of."""

GIVEN = """
Ada Amir Anna Bela Carlos Chloe Daan Elif Emma Farid Greta Hugo Ines Ivan Jana Jonas Kofi Lara Leo
Lina Marek Maya Mila Nils Nina Omar Paula Ravi Rosa Sami Sofie Tara Theo Tomas Uma Vera Viktor
Wanda Yara Zoe
"""
FAMILY = """
Adler Bauer Becker Brandt Castro Costa Dietz Duarte Evans Fischer Garcia Haas Hansen Ibarra Jansen
Keller Khan Kowalski Lang Lopez Martin Meyer Mora Nair Novak Okafor Olsen Peters Popov Quinn Rao
Reed Rossi Santos Schmid Singh Smit Stein Tanaka Torres Vogt Weber Wolf Young Zhang
"""
FIRST_WORDS = """
Alder Birch Cedar Delta Ember Fjord Grove Harbor Indigo Juniper Kestrel Lumen Marlin North Orchid
Prism Quarry Ridge Summit Tidal Umber Vista Willow Zephyr
"""
LAST_WORDS = """
Analytics Bakery Clinics Design Energy Foods Group Health Insights Labs Logistics Media Optics
Partners Research Schools Studio Systems Travel Works
"""
