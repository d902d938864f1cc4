# What Chapar says to people, in English. Each key is in every file of this folder.

## Code lists: list and value of the wire

agency-BORDER = border service
agency-CUSTOMS = customs
agency-POLICE_MIA = police
agency-DRUG_CONTROL = drug control
agency-OTHER = other agency

amendment-reason-ERROR = error
amendment-reason-DUPLICATE = duplicate
amendment-reason-PURPOSE_ENDED = purpose has ended
amendment-reason-COURT_ORDER = court order
amendment-reason-DATA_SUBJECT_REQUEST = request of the person concerned
amendment-reason-SOURCE_COMPROMISED = source compromised
amendment-reason-SUPERSEDED = newer facts
amendment-reason-CONFIRMED = emergency release confirmed
amendment-reason-UNCONFIRMED = emergency release not confirmed

assertion-FACT = fact
assertion-ASSESSMENT = assessment
assertion-UNVERIFIED = unverified

check-status-OK = check digit right
check-status-FAIL = check digit wrong
check-status-ABSENT = no check digit

classification-NONE = none
classification-OFFICIAL_USE = for official use
classification-SECRET = secret
classification-TOP_SECRET = top secret

concealment-place-VEHICLE_FLOOR = vehicle floor
concealment-place-FUEL_TANK = fuel tank
concealment-place-TYRE = tyre
concealment-place-ENGINE = engine
concealment-place-CHASSIS_MAGNET = magnets under the chassis
concealment-place-CARGO_MIXED = among the cargo
concealment-place-CARGO_IMPREGNATED = soaked into the cargo
concealment-place-CONTAINER_STRUCTURE = container walls
concealment-place-RAIL_CAR_FLOOR = rail car floor
concealment-place-LUGGAGE = luggage
concealment-place-CLOTHING = clothing
concealment-place-BODY_EXTERNAL = on the body
concealment-place-BODY_INTERNAL = inside the body
concealment-place-ANIMAL = animal
concealment-place-CHILD_EQUIPMENT = things of a child
concealment-place-POST = post
concealment-place-NONE = not hidden
concealment-place-OTHER = elsewhere

consent-outcome-GRANTED = granted
consent-outcome-REFUSED = refused
consent-outcome-PARTIAL = granted in part

consent-scope-USE_IN_COURT = use in court
consent-scope-DISSEMINATE = passing on

coordination-response-ACCEPT = accepted
coordination-response-DECLINE = declined

coordination-type-MEETING = meeting
coordination-type-JOINT_OPERATION = joint operation
coordination-type-LINE_TEST = line test
coordination-type-SHIFT_FOCAL_POINT = focal point of the shift

credibility-1 = 1 confirmed by other sources
credibility-2 = 2 probably true
credibility-3 = 3 possibly true
credibility-4 = 4 doubtful
credibility-5 = 5 improbable
credibility-6 = 6 cannot be judged

delivery-phase-PROPOSED = proposed
delivery-phase-AGREED = agreed
delivery-phase-ACTIVE = on its way
delivery-phase-HANDED_OVER = handed over
delivery-phase-COMPLETED = completed
delivery-phase-ABORTED = aborted

detection-method-RISK_PROFILE = risk profile
detection-method-XRAY = X-ray
detection-method-DOG = service dog
detection-method-PHYSICAL_SEARCH = search by hand
detection-method-TRACE_DETECTOR = trace detector
detection-method-DENSITY_METER = density meter
detection-method-INTELLIGENCE = intelligence
detection-method-TIP_OFF = tip-off
detection-method-CHANCE = chance
detection-method-OTHER = other way

direction-INBOUND = inbound
direction-OUTBOUND = outbound
direction-TRANSIT = transit
direction-GREEN_BORDER = outside crossing points

document-status-LOST = lost
document-status-STOLEN = stolen
document-status-REVOKED = revoked
document-status-FORGED = forged
document-status-BLANK_STOLEN = stolen blank
document-status-VALID = valid
document-status-UNKNOWN = unknown

drug-class-HEROIN = heroin
drug-class-OPIUM = opium
drug-class-MORPHINE = morphine
drug-class-OPIOID_OTHER = other opioid
drug-class-CANNABIS_HERB = cannabis herb
drug-class-CANNABIS_RESIN = cannabis resin
drug-class-CANNABIS_OIL = cannabis oil
drug-class-CANNABIS_PLANT = cannabis plants
drug-class-COCAINE = cocaine
drug-class-AMPHETAMINE = amphetamine
drug-class-METHAMPHETAMINE = methamphetamine
drug-class-MDMA = MDMA
drug-class-NPS_SYNTH_CANNABINOID = new substance: synthetic cannabinoid
drug-class-NPS_CATHINONE = new substance: cathinone
drug-class-NPS_OTHER = new substance: other
drug-class-PSYCHOTROPIC_PHARMA = psychotropic medicine
drug-class-PRECURSOR_T1 = precursor of Table I
drug-class-PRECURSOR_T2 = precursor of Table II
drug-class-PRECURSOR_NONSCHEDULED = precursor of no table
drug-class-UNKNOWN = unknown substance

drug-form-POWDER = powder
drug-form-PILL_TABLET = pills or tablets
drug-form-CRYSTAL_ROCK = crystals
drug-form-LIQUID = liquid
drug-form-PLANT_MATTER = plant matter
drug-form-BLOTTER = blotter
drug-form-RESIN = resin
drug-form-PASTE = paste
drug-form-IMPREGNATED_MATERIAL = impregnated material

entry-kind-LOG_OPENED = log opened
entry-kind-ISSUED = issued
entry-kind-DISPATCHED = dispatched
entry-kind-RECEIPT_STORED = receipt stored
entry-kind-RECEIVED = received
entry-kind-REJECTED = rejected
entry-kind-ACCESSED = accessed
entry-kind-ERASED = erased
entry-kind-VAULT_ROTATED = vault rotated
entry-kind-ROSTER = roster
entry-kind-OFFICER = officer
entry-kind-ALARM = alarm
entry-kind-COSIGNED = cosigned
entry-kind-LOG_CLOSED = log closed
entry-kind-SUBMITTED = submitted
entry-kind-RETURNED = returned
entry-kind-CLOCK_CONFIRMED = clock confirmed
entry-kind-BUNDLE_WRITTEN = bundle written
entry-kind-BUNDLE_READ = bundle read
entry-kind-CONFIG_CHANGED = config changed
entry-kind-COUNTRY_TRUSTED = country trusted

feedback-outcome-NOT_SEEN = not seen
feedback-outcome-SEEN_PASSED = seen, passed
feedback-outcome-CHECKED_NOTHING = checked, nothing found
feedback-outcome-CHECKED_SEIZED = checked, seized
feedback-outcome-REFUSED_ENTRY = entry refused
feedback-outcome-DETAINED = detained

folder-INBOX = inbox
folder-OUTBOX = sent

goodbye-reason-DONE = done
goodbye-reason-DUPLICATE = another session stays
goodbye-reason-VERSION = no common version
goodbye-reason-NOT_IN_ROSTER = not in the roster
goodbye-reason-NOT_READY = not ready, try later
goodbye-reason-PROTOCOL = a rule of the protocol was broken
goodbye-reason-STATE_LOST = state lost

handling-H0 = H0 to combat crime only
handling-H1 = H1 not for court
handling-H2 = H2 not to third parties
handling-H3 = H3 restricted, see note

item-class-DRUG = drug
item-class-PRECURSOR = precursor
item-class-TOBACCO = tobacco
item-class-ALCOHOL = alcohol
item-class-WEAPON = weapon
item-class-AMMUNITION = ammunition
item-class-EXPLOSIVE = explosive
item-class-CURRENCY = currency
item-class-PRECIOUS_METAL = precious metal
item-class-MEDICINE = medicine
item-class-FUEL = fuel
item-class-WILDLIFE = wildlife
item-class-CULTURAL = cultural property
item-class-COUNTERFEIT = counterfeit
item-class-OTHER = other goods

legal-basis-kind-AGREEMENT = agreement
legal-basis-kind-NATIONAL_LAW = national law
legal-basis-kind-MUTUAL_ASSISTANCE = mutual assistance

name-kind-PRIMARY = name in use
name-kind-ALIAS = alias
name-kind-MAIDEN = name at birth

name-scheme-ICAO_9303 = ICAO 9303
name-scheme-ISO_9 = ISO 9
name-scheme-UZ_OFFICIAL = Uzbek official
name-scheme-AS_IN_DOCUMENT = as in the document
name-scheme-AD_HOC = by ear or by hand

notice-kind-SEIZURE_REPORT = seizure report
notice-kind-SUSPICIOUS_CONSIGNMENT = suspicious consignment
notice-kind-VEHICLE_ALERT = vehicle alert
notice-kind-PERSON_ALERT = person alert
notice-kind-DOCUMENT_ALERT = document alert
notice-kind-CARGO_ALERT = cargo alert
notice-kind-PRECURSOR_ALERT = precursor alert
notice-kind-MODUS_OPERANDI = modus operandi
notice-kind-REQUEST_FOR_INFORMATION = request for information
notice-kind-REPLY = reply
notice-kind-REFUSAL = refusal
notice-kind-FEEDBACK = feedback
notice-kind-CONTROLLED_DELIVERY = controlled delivery
notice-kind-COORDINATION = coordination
notice-kind-CORRECTION = correction
notice-kind-WITHDRAWAL = withdrawal
notice-kind-CONSENT_REQUEST = consent request
notice-kind-CONSENT_DECISION = consent decision
notice-kind-ACKNOWLEDGEMENT = acknowledgement
notice-kind-FORWARD = forward

office-state-ACTIVE = active
office-state-SUSPENDED = suspended
office-state-REVOKED = revoked

oral-channel-PHONE = by telephone
oral-channel-RADIO = by radio
oral-channel-IN_PERSON = in person
oral-channel-FAX = by fax

outcome-DELIVERED = delivered
outcome-REJECTED = rejected

permitted-action-NONE_CONTACT_FIRST = contact first
permitted-action-INFORM_ONLY = inform only
permitted-action-DISCREET_CHECK = discreet check
permitted-action-SPECIFIC_CHECK = inspect
permitted-action-DETAIN_IF_LAWFUL = detain if lawful there
permitted-action-SEIZE_IF_LAWFUL = seize if lawful there

person-role-DRIVER = driver
person-role-OWNER = owner
person-role-PASSENGER = passenger
person-role-RELATIVE = relative
person-role-OTHER = other

person-warning-ARMED = armed
person-warning-ESCAPE_RISK = may escape
person-warning-MEDICAL = needs medical care

precursor-status-SUSPICIOUS = suspicious
precursor-status-STOPPED = stopped
precursor-status-DIVERTED = diverted
precursor-status-SEIZED = seized

purpose-DRUG_TRAFFICKING = drug trafficking
purpose-PRECURSOR_DIVERSION = precursor diversion
purpose-SMUGGLING_GOODS = smuggling of goods
purpose-WEAPONS = weapons
purpose-TRAFFICKING_PERSONS = trafficking in persons
purpose-MIGRANT_SMUGGLING = migrant smuggling
purpose-CURRENCY = currency
purpose-WILDLIFE = wildlife
purpose-DOCUMENT_FRAUD = document fraud
purpose-OTHER = other purpose

refusal-ground-NOT_HELD = not held
refusal-ground-NOT_COMPETENT = not competent
refusal-ground-JUDICIAL_AUTHORISATION_NEEDED = a court must allow it
refusal-ground-SECURITY_OR_ONGOING_CASE = security or an ongoing case
refusal-ground-PERSON_AT_RISK = a person would be at risk
refusal-ground-DISPROPORTIONATE = disproportionate
refusal-ground-NOT_WITHIN_AGREEMENT = not within the agreement
refusal-ground-INACCURATE_OR_OUTDATED = inaccurate or outdated
refusal-ground-OTHER = other ground

refusal-scope-WHOLE = whole
refusal-scope-PART = in part

relation-kind-REPLY_TO = reply to
relation-kind-CORRECTS = corrects
relation-kind-WITHDRAWS = withdraws
relation-kind-FEEDBACK_ON = feedback on
relation-kind-ACKNOWLEDGES = acknowledges
relation-kind-CONSENT_FOR = consent for
relation-kind-AGREES_TO = agrees to
relation-kind-SAME_CASE = same case as
relation-kind-DUPLICATE_OF = duplicate of

reliability-A = A completely reliable
reliability-B = B usually reliable
reliability-C = C fairly reliable
reliability-D = D not usually reliable
reliability-E = E unreliable
reliability-F = F cannot be judged

reply-outcome-FULL = full
reply-outcome-PARTIAL = partial
reply-outcome-NIL = nothing known
reply-outcome-INTERIM = interim

role-OFFICER = officer
role-RELEASING_OFFICER = releasing officer
role-ADMINISTRATOR = administrator
role-AUDITOR = auditor
role-DATA_PROTECTION_OFFICER = data-protection officer
role-NODE = node

route-role-ORIGIN = origin
route-role-TRANSIT = transit
route-role-DESTINATION = destination

schedule-TABLE_I = Table I of 1988
schedule-TABLE_II = Table II of 1988
schedule-SCHEDULE_I = Schedule I
schedule-SCHEDULE_II = Schedule II
schedule-SCHEDULE_III = Schedule III
schedule-SCHEDULE_IV = Schedule IV
schedule-NONE = under no control

seal-state-INTACT = intact
seal-state-BROKEN = broken
seal-state-ABSENT = absent

sex-M = male
sex-F = female
sex-X = X
sex-U = unknown

step-result-OK = ok
step-result-WARNING = warning
step-result-FAILED = failed

subject-category-SUSPECT = suspect
subject-category-CONVICTED = convicted
subject-category-VICTIM = victim
subject-category-WITNESS = witness
subject-category-CONTACT = contact
subject-category-DRIVER_UNVERIFIED = driver, not verified
subject-category-MISSING = missing
subject-category-OTHER = other

substitution-ALLOWED = allowed
substitution-NOT = not allowed
substitution-PARTIAL = in part

test-status-NOT_TESTED = not tested
test-status-FIELD_TEST_POSITIVE = field test positive
test-status-LAB_CONFIRMED = confirmed by laboratory
test-status-LAB_NEGATIVE = laboratory: negative

tlp-RED = TLP:RED
tlp-AMBER_STRICT = TLP:AMBER+STRICT
tlp-AMBER = TLP:AMBER
tlp-GREEN = TLP:GREEN
tlp-CLEAR = TLP:CLEAR

traffic-ACTUAL = actual
traffic-EXERCISE = exercise
traffic-TEST = test

translated-part-SUBJECT = subject
translated-part-NARRATIVE = narrative

transport-document-type-CMR = CMR note
transport-document-type-TIR = TIR carnet
transport-document-type-BILL = bill of lading
transport-document-type-RAIL = rail consignment note

transport-mode-ROAD_TRUCK = truck
transport-mode-ROAD_CAR = car or van
transport-mode-BUS = bus
transport-mode-MOTORCYCLE = motorcycle
transport-mode-RAIL = rail
transport-mode-PEDESTRIAN = on foot
transport-mode-ANIMAL = by animal
transport-mode-RIVER = river
transport-mode-AIR = air
transport-mode-UAV = drone
transport-mode-POST = post
transport-mode-UNKNOWN = unknown

unit-GRM = g
unit-KGM = kg
unit-MGM = mg
unit-TNE = t
unit-LTR = l
unit-MLT = ml
unit-MTQ = m³
unit-PIECE = pieces

urgency-ROUTINE = routine
urgency-PRIORITY = priority
urgency-IMMEDIATE = immediate

vehicle-state-EN_ROUTE = en route
vehicle-state-SEIZED = seized
vehicle-state-STOLEN = stolen

vehicle-type-TRUCK = truck
vehicle-type-TRAILER = trailer
vehicle-type-VAN = van
vehicle-type-BUS = bus
vehicle-type-CAR = car
vehicle-type-MOTORCYCLE = motorcycle
vehicle-type-RAIL = locomotive or rail car
vehicle-type-BOAT = boat or ferry
vehicle-type-AIRCRAFT = aircraft
vehicle-type-OTHER = other

vin-flag-FORMAT = not a VIN of ISO 3779
vin-flag-CHECK_DIGIT = check digit wrong

weight-basis-GROSS = gross
weight-basis-NET = net

## Fields of a draft

field-abort_conditions = abort condition
field-accuracy_m = accuracy, m
field-action_note = how to act
field-addresses = addresses
field-agenda = agenda
field-alert = alert
field-answers = answer
field-approximate = approximate
field-as_written = as written
field-assertion_kind = assertion
field-at = when
field-authorisations = authorisation
field-authority = authority
field-availability_reason = why the answer is thought to be there
field-bcp_name = crossing point
field-by = by
field-carrier = carrier
field-cas = CAS
field-case_reference = case
field-category = category
field-channel = how
field-check_status = check digit
field-class = class
field-code = article
field-colour = colour
field-concealment = hidden in
field-conditions = conditions
field-confidential = confidential
field-confirmation_of_oral = confirms an oral request
field-consent_decision = consent decision
field-consent_request = consent request
field-consignee = consignee
field-consignor = consignor
field-contacts = contact
field-container_no = container
field-controlled_delivery = controlled delivery
field-coordination = coordination
field-correction = correction
field-costs = costs
field-country = country
field-currency = currency
field-decision = decision
field-declared_description = declared as
field-description = description
field-detection = found by
field-direction = direction
field-disposition = what comes next
field-disseminate_to = pass on to
field-dob = date of birth
field-doc_status = document status
field-docs = transport document
field-document = document
field-document_alert = document alert
field-documents = document
field-driver_ref = driver
field-drug_class = substance class
field-due_at = needed by
field-e164 = number
field-entities = about
field-evidence_handover = evidence handover
field-expected_crossing = expected
field-expires = expires
field-expires_at = expires
field-family = family name
field-feedback = feedback
field-flag = new value
field-forgery_description = how it was forged
field-form = form
field-from = from
field-full_replacement = whole new text
field-further_info_needed = still needed
field-given = given name
field-gross_kg = gross, kg
field-gross_or_net = weight
field-ground = ground
field-handling = handling
field-hit_only = only known or not known
field-holder_ref = holder
field-hs6 = HS code
field-imeis = IMEI
field-information_credibility = information
field-inn = INN
field-intact = seal state
field-issued = issued
field-issuer = issuer
field-item_no = item
field-items = item
field-judicial_authorisation_needed = a court must allow it
field-justification = justification
field-kind = kind
field-lang = language
field-last_seen = last seen
field-lat_e7 = latitude × 10⁷
field-latin = in Latin letters
field-lead_agency = lead office
field-licence_no = licence
field-local_id = id
field-lon_e7 = longitude × 10⁷
field-machine_translated = machine translation
field-make = make
field-marking = marking
field-marks = marks
field-may_reapply = may ask again
field-mode = mode
field-model = model
field-modus_operandi = modus operandi
field-mrz = MRZ
field-names = name
field-narrative = narrative
field-nationality = nationality
field-no = number
field-number = number
field-occupation = occupation
field-occurred = when
field-offence = offence
field-office_code = office
field-officer = officer
field-officer_id = officer
field-outcome = outcome
field-owner_ref = owner
field-packages = packages
field-participants = participants
field-path = field
field-patronymic = patronymic
field-pen_reference = PEN reference
field-persons = person
field-phase = phase
field-phone = phone
field-phones = phone
field-photo_ref = photo
field-place = place
field-plate_country = plate country
field-plate_norm = plate, for search
field-plate_raw = plate
field-pob = place of birth
field-possessor_ref = possessor
field-precursor_alert = precursor alert
field-proposed_times = proposed time
field-purity_pct = purity, %
field-quantity_milli = quantity × 1000
field-question_no = question
field-question_nos = questions
field-questions = question
field-raw = as seen
field-reason = reason
field-reason_code = reason
field-reference = reference
field-refusal = refusal
field-replaced_fields = replaced field
field-reply = reply
field-request = request
field-response = response
field-risk_indicators = risk indicator
field-role = role
field-roles = roles
field-route = route stage
field-schedule = schedule
field-scheme = transliteration
field-scope = scope
field-script = script
field-seal = seal
field-seizure = seizure
field-seizure_ref = seizure notice
field-sex = sex
field-size_type = size and type
field-source_reliability = source
field-source_summary = about the source
field-state = state
field-status = status
field-subject = subject
field-substance_name = substance
field-substitution = substitution
field-suspicious_consignment = suspicious consignment
field-test_status = test
field-text = text
field-tlp = audience
field-to = to
field-trailer_plate = trailer plate
field-translation_of = translation of
field-translations = translation
field-transport_units = transport unit
field-type = type
field-tz = time zone
field-un_locode = UN/LOCODE
field-unit = unit
field-urgency_reason = why it is urgent
field-valid_until = of use until
field-value = value
field-value_minor = value, minor units
field-vehicles = vehicle
field-verified = verified
field-vin_flags = VIN, what is odd
field-vin_raw = VIN or chassis number
field-wagon_no = wagon
field-warnings = warnings
field-window = time window
field-withdrawal = withdrawal
field-word = new value
field-year = year

## A notice as a sheet

sheet-from = From
sheet-to = To
sheet-cc = Copies
sheet-created = Created
sheet-valid-from = Counts from
sheet-expires = Expires
sheet-review = Review
sheet-marking = Marking
sheet-classification = Classification
sheet-action = Asked
sheet-purpose = Purpose
sheet-legal-basis = Legal basis
sheet-relations = Relates to
sheet-signed-by = Signed by
sheet-not-sent = not sent yet
sheet-signature = { $office }, key { $key }…, verified
sheet-only = { $traffic } ONLY
sheet-no-text = It has no text, or its text has expired.
sheet-recorded = Opening it was recorded in the log of this office.
value-yes = yes
value-no = no
value-none = none

## Tables of notices

column-created = created (UTC)
column-from = from
column-kind = kind
column-received = received (UTC)
column-reference = reference
column-state = state
column-to = to
column-urgency = urgency
column-why = why
delivery-queued = queued
inbox-empty = Nothing has been received yet.
outbox-empty = Nothing was sent yet: { $command }
