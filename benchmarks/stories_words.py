"""The vocabulary of `benchmarks.stories_streams`: topics, places, institutions, common words."""

from __future__ import annotations

TOPICS = """
courts: court judge jury trial lawyer prosecutor defendant verdict appeal sentence charge hearing
witness testimony fraud bail indictment plaintiff lawsuit statute evidence conviction plea custody
attorney magistrate ruling tribunal motion injunction damages settlement | sentenced convicted
acquitted testified ruled appealed pleaded charged prosecuted dismissed overturned adjourned
indicted argued | guilty criminal civil legal judicial unlawful pending federal sworn lenient
alleged constitutional

markets: shares stocks index investors bonds yields trading exchange traders futures equities rally
dividend earnings profit losses analysts portfolio hedge currency rate inflation forecast volatility
sector brokerage sell-off benchmark valuation liquidity margin outlook | rose fell climbed slipped
gained tumbled rebounded closed surged traded edged slid soared retreated | bullish bearish
quarterly volatile financial fiscal monetary speculative overvalued steady weaker listed

football: goal match striker midfielder defender goalkeeper penalty league club manager coach season
stadium fans transfer fixture squad corner header referee offside substitute injury table title draw
victory defeat derby tackle crossbar kickoff | scored equalised defended saved headed tackled
substituted beat drew conceded booked crossed dribbled missed | unbeaten home away injured attacking
defensive winning relegated late fit clinical offensive

weather: rain storm wind flood temperature forecast snow thunder gusts rainfall heatwave drought
humidity clouds hail front pressure warning downpour sleet frost fog breeze typhoon hurricane
lightning mudslide river evacuation shelter meteorologist radar | flooded poured battered drenched
froze melted swept warmed cooled blew intensified subsided lashed soaked | heavy severe cold warm
humid sunny icy torrential tropical windy mild record

elections: election voters ballot candidate campaign poll turnout party coalition constituency seat
majority runoff manifesto rally precinct incumbent opposition referendum recount mandate electorate
observers debate pollster nominee primaries endorsement swing tally ticket vote | voted campaigned
elected conceded polled nominated endorsed canvassed counted contested ran pledged debated unseated
| electoral marginal undecided presidential parliamentary populist liberal conservative rival
independent centrist partisan

health: hospital patients doctors nurses disease vaccine virus infection outbreak clinic surgery
symptoms treatment ward medicine epidemic diagnosis dose immunity therapy ambulance prescription
mortality screening antibiotics fever pathogen quarantine hygiene nutrition obesity cancer | treated
diagnosed vaccinated infected recovered prescribed hospitalised screened tested contracted isolated
administered admitted discharged | clinical chronic acute contagious medical viral infectious
healthy preventive severe rare elderly

climate: emissions carbon warming glacier coal renewables wind solar footprint methane offset summit
temperature ecosystem deforestation target neutrality pledge biodiversity sea ice adaptation
mitigation subsidy fossil greenhouse wetlands coral permafrost atmosphere transition grid | emitted
melted pledged cut offset warmed polluted reduced decarbonised adapted eroded absorbed thawed
monitored | environmental sustainable fossil green climatic renewable coastal global net ambitious
irreversible low

diplomacy: ambassador summit treaty talks envoy delegation sanctions embassy ceasefire negotiations
accord alliance dialogue sovereignty resolution mediator communique ties visit protocol consul
minister mission statement partnership cooperation pact dispute border normalisation corridor bloc |
negotiated signed met condemned recalled mediated hosted ratified urged welcomed expelled agreed
discussed reaffirmed | bilateral diplomatic multilateral foreign strategic mutual regional sovereign
cordial frozen historic

war: troops missile shelling frontline offensive drone artillery ceasefire airstrike casualties
brigade commander rebels militia siege convoy ammunition tank soldiers bunker battalion refugees
checkpoint insurgents trench raid hostages prisoners weapons sniper mines outpost | shelled attacked
advanced retreated captured bombed besieged fired repelled killed wounded shot deployed evacuated |
armed military besieged wounded hostile strategic allied occupied displaced heavy covert tactical

crime: police suspect robbery murder arrest detective gang burglary knife shooting theft victim
officers investigation warrant forensics homicide kidnapping smuggling raid cell custody gunman
alibi fugitive ransom cartel patrol stabbing assault inspector motive | arrested robbed stabbed
investigated fled searched seized kidnapped assaulted questioned detained burgled identified
handcuffed | violent armed masked wanted fatal undercover suspected stolen premeditated brutal
missing organised

energy: oil gas pipeline refinery barrel drilling reactor electricity turbine grid utility power
plant output crude tanker exploration uranium outage supply reserves terminal blackout diesel petrol
storage megawatt substation cartel well rig consumption | drilled pumped refined generated supplied
exported shut extracted stored restarted leaked piped shipped rationed | offshore nuclear crude
electric hydro strategic thermal upstream industrial idle surplus natural

technology: software app startup chip user device platform data smartphone cloud algorithm server
code developer privacy encryption browser hardware processor patch subscription interface robot
automation model update battery sensor network feature beta prototype | launched coded released
hacked updated developed unveiled upgraded encrypted downloaded installed streamed automated tested
| digital artificial wireless mobile online virtual encrypted open smart portable proprietary faulty

cybersecurity: hackers ransomware breach malware phishing password vulnerability exploit firewall
botnet credentials intrusion espionage patch leak trojan server backup decryption extortion firmware
phisher authentication spyware network attacker payload database domain administrator incident
records | breached encrypted stole patched leaked exploited infected phished spied compromised
disclosed extorted scanned disabled | malicious vulnerable encrypted compromised remote stolen
critical confidential unpatched sensitive anonymous exposed

space: rocket satellite orbit astronaut launch telescope spacecraft capsule lunar module probe
asteroid payload mission crew comet crater docking thruster booster rover galaxy planet countdown
spacewalk debris gravity antenna landing observatory launchpad engine cosmonaut | launched orbited
docked landed ignited observed detected spun drifted photographed separated splashed collided
circled | orbital lunar manned interstellar reusable unmanned solar astronomical distant cosmic
weightless commercial

education: school students teachers university pupils exam curriculum tuition campus classroom
degree scholarship lecturer grades principal enrolment kindergarten homework textbook graduates
dropout literacy faculty semester library syllabus diploma thesis truancy uniforms tutor coursework
| taught enrolled graduated studied failed examined lectured graded tutored expelled attended
skipped qualified learned | academic secondary primary vocational undergraduate literate bilingual
compulsory gifted rural private postgraduate

housing: rent tenants landlord mortgage apartment homes property developer eviction construction
buyers lease zoning estate deposit neighbourhood shortage bricks tower renovation homeless planning
heating squatters suburb builder valuation permit scaffolding basement plot cladding | evicted
rented built bought renovated demolished leased sold moved insulated financed inherited rezoned
occupied | affordable vacant residential urban derelict suburban social unfinished luxury
overcrowded council leasehold

agriculture: farmers harvest crop wheat livestock cattle grain fertiliser irrigation dairy orchard
pesticide tractor seeds soil maize rice poultry drought subsidies barley vineyard pasture locusts
yield fodder greenhouse slaughter herd beekeepers silo weeds | planted harvested grazed sowed
irrigated ploughed milked sprayed culled exported fertilised reaped withered fed | organic rural
arable fertile agrarian drought-stricken seasonal ripe dairy pastoral barren imported

aviation: airline flight passengers airport pilot runway jet aircraft cabin engine crew cockpit
turbulence luggage airspace boarding departure delay hangar ticket route fleet landing controller
carrier takeoff wing fuselage terminal charter helicopter cargo | landed flew grounded boarded
diverted departed cancelled taxied crashed circled refuelled inspected delayed descended | domestic
long-haul airborne grounded mechanical budget delayed transatlantic supersonic nonstop civil
chartered

railways: train railway passengers station track locomotive carriage signal commuters platform
derailment conductor timetable tunnel freight metro tram depot junction driver strike gauge viaduct
crossing sleeper fare wagon electrification operator line bridge | derailed departed stopped ran
halted electrified collided commuted shunted delayed carried inspected reopened stranded |
high-speed overground suburban punctual stranded freight underground overcrowded electric disused
regional express

shipping: port vessel cargo container crew captain harbour ferry tanker freighter dock canal hull
strait pirates coastguard anchor navy lighthouse fishermen trawler cranes customs tug shipyard deck
voyage mooring ballast stevedores lifeboat wreck | sailed docked sank anchored capsized loaded towed
drifted rescued boarded steered salvaged unloaded ran | maritime naval seaworthy stranded inland
flagged adrift nautical sunken coastal laden commercial

trade: tariffs exports imports customs quota goods surplus deficit dumping manufacturers supply
chain wholesale retail steel textile duties partner agreement commerce market barrier shipment
warehouse merchants levy embargo exporter consignment origin freight clearance | exported imported
taxed negotiated dumped shipped retaliated sourced levied lifted imposed cleared undercut outsourced
| commercial bilateral cheap dutiable protectionist domestic wholesale reciprocal duty-free global
competitive punitive

labour: workers union strike wages employer pension overtime layoffs contract picket walkout
bargaining shift workforce salary unemployment factory apprentices redundancy vacancy grievance
payroll productivity recruit bonus dismissal stoppage staff foreman benefits hours conditions |
struck hired fired negotiated protested resigned recruited unionised paid picketed retired earned
walked dismissed | industrial unpaid collective temporary skilled jobless part-time seasonal
underpaid manual unionised redundant

banking: bank loans deposits lender credit debt interest branch collateral customers default capital
regulator bailout merger savings accounts overdraft borrowers transfer audit insolvency ledger
teller solvency fees mortgage repayment securities clearing treasury vault | lent borrowed defaulted
deposited merged repaid audited withdrew insured laundered rescued refinanced downgraded
restructured | insolvent unsecured central retail fraudulent solvent overdue interest-free lending
regulatory cooperative

retail: store supermarket shoppers sales brand discount outlet mall checkout grocery chain customers
stock warehouse fashion delivery voucher aisle shelf cashier bargain boutique franchise catalogue
packaging refund loyalty footfall label trolley till window | bought sold opened closed discounted
shopped stocked delivered refunded rebranded queued priced browsed restocked | cheap seasonal
branded online frozen fashionable organic pricey wholesale bankrupt handmade popular

cars: vehicle carmaker engine battery dealership recall hybrid assembly plant sedan brakes airbag
charging emissions driver steering showroom gearbox bumper motorists diesel tyre parts supplier
suspension windscreen model chassis mileage licence crash seatbelt | drove recalled manufactured
assembled charged braked crashed parked tested leased unveiled sped repaired steered | electric
automotive defective autonomous second-hand petrol hybrid luxury rear faulty driverless compact

film: director actor film festival premiere screenplay audience studio cinema sequel role award
documentary trailer camera scene cast producer critics box plot remake editing soundtrack genre jury
nomination stuntman screening character script thriller | directed starred filmed premiered screened
acted produced won edited portrayed reviewed applauded rehearsed shot | cinematic dramatic animated
acclaimed leading starring comic indie gripping screen romantic silent

music: singer album concert band song guitar orchestra stage tour lyrics audience chorus drummer
melody label conductor symphony chart festival vocals piano choir recording violin ballad rehearsal
encore composer rapper microphone opera tune | sang performed toured recorded composed released
played conducted rehearsed headlined strummed sold cancelled hummed | musical acoustic classical
loud live solo orchestral melodic catchy electronic jazz operatic

art: museum painting exhibition gallery sculpture curator artist portrait collection auction canvas
restoration masterpiece mural forgery sketch collector fresco loan archive catalogue statue drawing
ceramics installation bronze landscape bidder heritage conservators pigment frame | painted
exhibited restored auctioned sculpted donated acquired stole curated forged lent unveiled displayed
sketched | artistic abstract modern priceless baroque contemporary looted medieval stolen figurative
decorative fragile

books: novel author publisher readers chapter prize fiction memoir poet library manuscript bookshop
translation essay biography editor literature paperback edition poem narrator anthology shortlist
translator plot publishing critic letters diary bestseller trilogy royalties | wrote published
translated read edited reviewed shortlisted narrated printed banned quoted signed dedicated penned |
literary fictional poetic unpublished bestselling translated autobiographical prolific banned
posthumous lyrical debut

archaeology: excavation tomb ruins artefacts pottery dig skeleton temple inscription burial bones
archaeologists settlement coins fossil mosaic dynasty trench shard hoard pyramid relic cave
antiquity jewellery bronze layer mummy rampart villa monument axe | excavated unearthed dated buried
dug discovered catalogued preserved carved looted mapped uncovered cleaned analysed | ancient
prehistoric buried neolithic sacred roman intact carved medieval ceremonial fossil monumental

religion: church mosque bishop priest pilgrims temple congregation prayer faith imam cathedral
sermon monastery clergy worship scripture shrine pope rabbi synagogue ritual blessing nun diocese
baptism parish heresy doctrine monk missionary procession relic | prayed preached blessed ordained
worshipped baptised consecrated gathered fasted celebrated converted confessed kneeled
excommunicated | religious holy sacred devout orthodox secular faithful spiritual liturgical papal
monastic ecumenical

wildlife: species animals habitat elephants poachers zoo conservation wolf bear birds forest whales
reserve rangers tiger turtles nest predator migration shark endangered cub insects herd bats eagle
otters hunters ivory feathers sanctuary vet | hunted migrated bred poached nested protected tagged
tracked rescued hatched roamed released sighted grazed | endangered wild extinct nocturnal native
invasive tame rare migratory aquatic captive feral

wildfire: fire firefighters blaze flames smoke evacuation forest acres arson brigade hydrant ashes
embers containment helicopter hose rescuers burn alarm inferno lightning brush homes barricade winds
crews perimeter extinguisher sprinklers gases inhalation chief | burned evacuated extinguished
blazed spread contained destroyed scorched smouldered ignited doused gutted engulfed choked | dry
fierce smoky charred uncontrolled gutted windy toxic evacuated scorched combustible raging

earthquake: quake tremor magnitude aftershock epicentre rubble tsunami survivors collapse fault
seismologists rescuers tents debris depth landslide volcano ash crater eruption lava damage plates
shaking buildings cracks injured alert stretcher excavator dogs blankets | shook collapsed trembled
struck erupted rescued crumbled buried rattled cracked toppled swayed spewed dug | seismic shallow
powerful collapsed volcanic trapped tectonic devastated injured homeless dormant stricken

tennis: tennis player set serve tournament racket court final seed champion umpire backhand forehand
tiebreak volley grass clay doubles injury ranking wildcard deuce ace semi-final rally quarter-final
qualifier baseline crowd trophy coach net | served won lost beat volleyed advanced retired smashed
broke rallied defended qualified withdrew lobbed | seeded unseeded ranked straight left-handed
injured defending unforced decisive top-seeded grass-court reigning

cycling: cyclist stage race peloton sprint breakaway jersey team climb mountain rider helmet
time-trial doping descent bike wheel finish pedal puncture general-classification leader gradient
cobbles saddle domestique chase crash kilometre velodrome brakes podium | sprinted climbed attacked
crashed pedalled finished descended raced chased abandoned outsprinted trained tested overtook |
steep uphill mountainous tactical exhausted overall flat doped cobbled aerodynamic downhill
gruelling

migration: migrants asylum border refugees visa crossing smugglers camp deportation coastguard boat
detention seekers residency permit quota humanitarian dinghy fence passport shelter relocation
applicants trafficker repatriation citizenship amnesty arrivals integration guards family route |
crossed fled deported detained rescued arrived settled applied relocated drowned smuggled
repatriated naturalised sheltered | undocumented stateless displaced irregular humanitarian legal
unaccompanied stranded foreign overcrowded refused desperate

budget: budget spending deficit taxes revenue treasury austerity cuts bill subsidies reform debt
ministry allocation welfare parliament surplus expenditure committee pension allowance levy
borrowing growth amendment loophole contingency benefits auditor estimates grant package | approved
cut raised taxed allocated passed amended slashed funded vetoed borrowed balanced trimmed earmarked
| fiscal budgetary supplementary balanced annual unfunded austere taxable progressive regional
structural extra

science: researchers study laboratory experiment molecule journal physicist genome theory particle
hypothesis sample professor microscope chemistry gene protein cells findings peer equation dataset
laser collider neuron enzyme bacteria specimen institute isotope quantum biology | studied
discovered measured published sequenced tested observed proved theorised modelled isolated simulated
replicated analysed | scientific genetic molecular experimental empirical quantum statistical
peer-reviewed microscopic biological theoretical robust

tourism: tourists hotel resort beach travellers cruise guide holiday visitors bookings souvenir
island attraction hostel sightseeing itinerary spa season destination luggage passport brochure
trail landmark excursion buffet reception suite operator lodge surfing | visited travelled booked
toured cancelled hiked stayed cruised explored welcomed packed vacationed guided surfed | scenic
exotic crowded seasonal remote picturesque luxurious off-season backpacking sandy coastal touristic
"""
"""Name: nouns | verbs in the past | adjectives; the common ones first."""

NOUNS = """
people year day week month time government country city report plan group state company part world
home area issue case number system problem programme question work place point decision service
member community president minister leader official spokesman project change level office result
research reason moment process power policy support effort source meeting deal law rule situation
security family children man woman town region village street public media interview letter document
figure cost price money fund budget demand development action force team head director chief board
council committee agency authority department organisation side view idea position role term period
end start half quarter deadline step measure proposal agreement crisis risk threat response review
inquiry debate criticism concern interest chance opportunity future past history example kind sign
list share
"""

VERBS = """
said told made took came went gave found saw got showed called asked needed felt became left put
meant kept began helped turned started wanted looked used tried brought held set led stood lost met
ran moved believed happened included continued changed allowed added spent remained expected planned
announced reported warned confirmed denied rejected described refused decided considered offered
received faced failed joined sent followed explained
"""

ADJECTIVES = """
new first last long great little own other old right big high different small large next early young
important few public bad same able local national major economic political social recent likely
possible strong whole clear serious senior former current final general special difficult common
ready open private short free true full main key joint further broad
"""

ADVERBS = """
also still already recently later soon however often quickly slowly finally nearly largely earlier
widely sharply openly jointly repeatedly officially reportedly apparently mostly partly briefly
quietly
"""

COUNTRIES = """
France:French:Paris,Lyon,Marseille
Germany:German:Berlin,Hamburg,Munich
Italy:Italian:Rome,Milan,Naples
Spain:Spanish:Madrid,Seville,Valencia
Poland:Polish:Warsaw,Krakow,Gdansk
Ukraine:Ukrainian:Kyiv,Lviv,Odesa
Russia:Russian:Moscow,Kazan,Samara
China:Chinese:Beijing,Shanghai,Wuhan
India:Indian:Delhi,Mumbai,Chennai
Japan:Japanese:Tokyo,Osaka,Nagoya
Brazil:Brazilian:Brasilia,Recife,Salvador
Mexico:Mexican:Puebla,Tijuana,Monterrey
Canada:Canadian:Ottawa,Toronto,Calgary
Australia:Australian:Canberra,Sydney,Perth
Turkey:Turkish:Ankara,Istanbul,Izmir
Egypt:Egyptian:Cairo,Alexandria,Luxor
Nigeria:Nigerian:Abuja,Lagos,Kano
Kenya:Kenyan:Nairobi,Mombasa,Kisumu
Israel:Israeli:Jerusalem,Haifa,Ashdod
Iran:Iranian:Tehran,Shiraz,Tabriz
Iraq:Iraqi:Baghdad,Basra,Mosul
Pakistan:Pakistani:Islamabad,Karachi,Lahore
Indonesia:Indonesian:Jakarta,Surabaya,Medan
Vietnam:Vietnamese:Hanoi,Hue,Danang
Thailand:Thai:Bangkok,Phuket,Pattaya
Greece:Greek:Athens,Patras,Volos
Portugal:Portuguese:Lisbon,Porto,Braga
Sweden:Swedish:Stockholm,Malmo,Uppsala
Norway:Norwegian:Oslo,Bergen,Tromso
Finland:Finnish:Helsinki,Turku,Oulu
Denmark:Danish:Copenhagen,Aarhus,Odense
Ireland:Irish:Dublin,Cork,Galway
Austria:Austrian:Vienna,Graz,Linz
Hungary:Hungarian:Budapest,Szeged,Pecs
Romania:Romanian:Bucharest,Cluj,Iasi
Serbia:Serbian:Belgrade,Nis,Subotica
Chile:Chilean:Santiago,Valparaiso,Iquique
Peru:Peruvian:Lima,Cusco,Arequipa
Argentina:Argentine:Rosario,Cordoba,Mendoza
Colombia:Colombian:Bogota,Medellin,Cali
Ethiopia:Ethiopian:Gondar,Harar,Jimma
Ghana:Ghanaian:Accra,Kumasi,Tamale
Morocco:Moroccan:Rabat,Fez,Agadir
Tunisia:Tunisian:Tunis,Sfax,Sousse
Kazakhstan:Kazakh:Astana,Almaty,Shymkent
Georgia:Georgian:Tbilisi,Batumi,Kutaisi
Malaysia:Malaysian:Penang,Ipoh,Malacca
Philippines:Filipino:Manila,Cebu,Davao
"""
"""Country, adjective, cities; those most in the news first."""

INSTITUTIONS = """
United Nations
European Commission
World Bank
European Parliament
Red Cross
World Health Organisation
International Monetary Fund
African Union
Interpol
Amnesty International
European Central Bank
Human Rights Watch
World Trade Organisation
Arab League
Greenpeace
Security Council
Federal Reserve
Unicef
Opec
Nato
"""

OFFICES = """
Supreme Court
Ministry of Finance
Central Bank
Interior Ministry
Ministry of Health
National Assembly
Foreign Ministry
Ministry of Defence
National Police
Statistics Office
"""

FIRST_NAMES = """
Anna Boris Carla Daniel Elena Farid Greta Hassan Irina Jonas Karin Luis Maria Nadia Omar Petra
Quentin Rosa Samir Teresa Umar Vera Walter Xenia Yusuf Zoe Adam Bella Cyrus Dora Emil Fiona Goran
Helga Ivan Julia Karl Leila Marek Nora Oscar Paula Ravi Sofia Tomas Ursula Viktor Wanda Yara Zeno
"""
WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"
MONTHS = "January February March April May June July August September October November December"
ORGANISATIONS = "Foundation Group Institute Association Holdings Partners Union Society"
BODIES = "Agency Federation Council Commission Authority Board"
PLACES = "Street Hill Bridge Valley Square Bay Park Lane"
PAPERS = "Post Herald Times Echo Star Wire Sun"

# Of which words are made that nobody has used.
ONSETS = "b c d f g h j k l m n p r s t v w z br cl dr gr pl st tr"
VOWELS = "a e i o u ai ea ou"
ENDINGS = "ing ion er al ment ness ity s ed ous ist ism age ure ic y"
