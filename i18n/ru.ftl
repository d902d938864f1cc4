# What Chapar says to people, in Russian. Each key is in every file of this folder.

## Code lists: list and value of the wire

agency-BORDER = пограничная служба
agency-CUSTOMS = таможня
agency-POLICE_MIA = МВД
agency-DRUG_CONTROL = наркоконтроль
agency-OTHER = другое ведомство

amendment-reason-ERROR = ошибка
amendment-reason-DUPLICATE = повтор
amendment-reason-PURPOSE_ENDED = цель достигнута или отпала
amendment-reason-COURT_ORDER = решение суда
amendment-reason-DATA_SUBJECT_REQUEST = запрос субъекта данных
amendment-reason-SOURCE_COMPROMISED = источник раскрыт
amendment-reason-SUPERSEDED = новые сведения
amendment-reason-CONFIRMED = экстренное утверждение подтверждено
amendment-reason-UNCONFIRMED = экстренное утверждение не подтверждено

assertion-FACT = факт
assertion-ASSESSMENT = оценка
assertion-UNVERIFIED = не проверено

check-status-OK = контрольная цифра верна
check-status-FAIL = контрольная цифра неверна
check-status-ABSENT = нет контрольной цифры

classification-NONE = без грифа
classification-OFFICIAL_USE = для служебного пользования
classification-SECRET = секретно
classification-TOP_SECRET = совершенно секретно

concealment-place-VEHICLE_FLOOR = пол транспортного средства
concealment-place-FUEL_TANK = топливный бак
concealment-place-TYRE = шина
concealment-place-ENGINE = моторный отсек
concealment-place-CHASSIS_MAGNET = магниты под днищем
concealment-place-CARGO_MIXED = среди груза
concealment-place-CARGO_IMPREGNATED = пропитанный груз
concealment-place-CONTAINER_STRUCTURE = стенки контейнера
concealment-place-RAIL_CAR_FLOOR = пол вагона
concealment-place-LUGGAGE = багаж
concealment-place-CLOTHING = одежда
concealment-place-BODY_EXTERNAL = на теле
concealment-place-BODY_INTERNAL = внутриполостное
concealment-place-ANIMAL = животное
concealment-place-CHILD_EQUIPMENT = детские вещи
concealment-place-POST = почтовое отправление
concealment-place-NONE = без сокрытия
concealment-place-OTHER = другое место

consent-outcome-GRANTED = согласие дано
consent-outcome-REFUSED = в согласии отказано
consent-outcome-PARTIAL = согласие дано частично

consent-scope-USE_IN_COURT = использование в суде
consent-scope-DISSEMINATE = передача другим офисам

coordination-response-ACCEPT = принято
coordination-response-DECLINE = не принято

coordination-type-MEETING = встреча
coordination-type-JOINT_OPERATION = совместная операция
coordination-type-LINE_TEST = проверка связи
coordination-type-SHIFT_FOCAL_POINT = ответственный смены

credibility-1 = 1 подтверждено другими источниками
credibility-2 = 2 вероятно
credibility-3 = 3 возможно
credibility-4 = 4 сомнительно
credibility-5 = 5 маловероятно
credibility-6 = 6 оценить нельзя

delivery-phase-PROPOSED = предложена
delivery-phase-AGREED = согласована
delivery-phase-ACTIVE = проводится
delivery-phase-HANDED_OVER = передана
delivery-phase-COMPLETED = завершена
delivery-phase-ABORTED = прекращена

detection-method-RISK_PROFILE = анализ рисков
detection-method-XRAY = рентген
detection-method-DOG = служебная собака
detection-method-PHYSICAL_SEARCH = ручной досмотр
detection-method-TRACE_DETECTOR = детектор следов
detection-method-DENSITY_METER = плотномер
detection-method-INTELLIGENCE = оперативные данные
detection-method-TIP_OFF = сигнал граждан
detection-method-CHANCE = случайно
detection-method-OTHER = другой способ

direction-INBOUND = на въезд
direction-OUTBOUND = на выезд
direction-TRANSIT = транзит
direction-GREEN_BORDER = вне пунктов пропуска

document-status-LOST = утерян
document-status-STOLEN = похищен
document-status-REVOKED = аннулирован
document-status-FORGED = подделан
document-status-BLANK_STOLEN = похищенный бланк
document-status-VALID = действителен
document-status-UNKNOWN = неизвестно

drug-class-HEROIN = героин
drug-class-OPIUM = опий
drug-class-MORPHINE = морфин
drug-class-OPIOID_OTHER = другой опиоид
drug-class-CANNABIS_HERB = марихуана
drug-class-CANNABIS_RESIN = гашиш
drug-class-CANNABIS_OIL = гашишное масло
drug-class-CANNABIS_PLANT = растения конопли
drug-class-COCAINE = кокаин
drug-class-AMPHETAMINE = амфетамин
drug-class-METHAMPHETAMINE = метамфетамин
drug-class-MDMA = МДМА
drug-class-NPS_SYNTH_CANNABINOID = НПВ: синтетический каннабиноид
drug-class-NPS_CATHINONE = НПВ: катинон
drug-class-NPS_OTHER = НПВ: другое
drug-class-PSYCHOTROPIC_PHARMA = психотропный лекарственный препарат
drug-class-PRECURSOR_T1 = прекурсор, Таблица I
drug-class-PRECURSOR_T2 = прекурсор, Таблица II
drug-class-PRECURSOR_NONSCHEDULED = прекурсор вне таблиц
drug-class-UNKNOWN = вещество не установлено

drug-form-POWDER = порошок
drug-form-PILL_TABLET = таблетки
drug-form-CRYSTAL_ROCK = кристаллы
drug-form-LIQUID = жидкость
drug-form-PLANT_MATTER = растительная масса
drug-form-BLOTTER = пропитанная бумага
drug-form-RESIN = смола
drug-form-PASTE = паста
drug-form-IMPREGNATED_MATERIAL = пропитанный материал

entry-kind-LOG_OPENED = журнал открыт
entry-kind-ISSUED = извещение утверждено
entry-kind-DISPATCHED = отправка поставлена в очередь
entry-kind-RECEIPT_STORED = квитанция сохранена
entry-kind-RECEIVED = извещение принято
entry-kind-REJECTED = отправка отклонена
entry-kind-ACCESSED = текст открыт
entry-kind-ERASED = ключ текста удалён
entry-kind-VAULT_ROTATED = ключ хранилища сменён
entry-kind-ROSTER = реестр вступил в силу
entry-kind-OFFICER = изменение сотрудника или роли
entry-kind-ALARM = тревога
entry-kind-COSIGNED = контрольная точка заверена
entry-kind-LOG_CLOSED = журнал закрыт
entry-kind-SUBMITTED = передано на утверждение
entry-kind-RETURNED = возвращено автору
entry-kind-CLOCK_CONFIRMED = время подтверждено
entry-kind-BUNDLE_WRITTEN = пакет записан
entry-kind-BUNDLE_READ = пакет прочитан
entry-kind-CONFIG_CHANGED = настройки изменены
entry-kind-COUNTRY_TRUSTED = ключ страны принят

feedback-outcome-NOT_SEEN = не появлялся
feedback-outcome-SEEN_PASSED = проследовал
feedback-outcome-CHECKED_NOTHING = проверен, не обнаружено
feedback-outcome-CHECKED_SEIZED = проверен, изъято
feedback-outcome-REFUSED_ENTRY = отказано во въезде
feedback-outcome-DETAINED = задержан

folder-INBOX = входящие
folder-OUTBOX = исходящие

goodbye-reason-DONE = завершено
goodbye-reason-DUPLICATE = остаётся другой сеанс связи
goodbye-reason-VERSION = нет общей версии
goodbye-reason-NOT_IN_ROSTER = нет в реестре
goodbye-reason-NOT_READY = не готов, повторите позже
goodbye-reason-PROTOCOL = нарушен протокол
goodbye-reason-STATE_LOST = состояние утрачено

handling-H0 = H0 только для борьбы с преступностью
handling-H1 = H1 не для суда
handling-H2 = H2 не передавать третьим лицам
handling-H3 = H3 особое ограничение, см. примечание

item-class-DRUG = наркотики
item-class-PRECURSOR = прекурсоры
item-class-TOBACCO = табак
item-class-ALCOHOL = алкоголь
item-class-WEAPON = оружие
item-class-AMMUNITION = боеприпасы
item-class-EXPLOSIVE = взрывчатые вещества
item-class-CURRENCY = валюта
item-class-PRECIOUS_METAL = драгоценные металлы
item-class-MEDICINE = лекарства
item-class-FUEL = горючее
item-class-WILDLIFE = животные и растения
item-class-CULTURAL = культурные ценности
item-class-COUNTERFEIT = контрафакт
item-class-OTHER = другие товары

legal-basis-kind-AGREEMENT = соглашение
legal-basis-kind-NATIONAL_LAW = национальный закон
legal-basis-kind-MUTUAL_ASSISTANCE = правовая помощь

name-kind-PRIMARY = основное
name-kind-ALIAS = вымышленное
name-kind-MAIDEN = при рождении

name-scheme-ICAO_9303 = ИКАО 9303
name-scheme-ISO_9 = ИСО 9
name-scheme-UZ_OFFICIAL = узбекская официальная
name-scheme-AS_IN_DOCUMENT = как в документе
name-scheme-AD_HOC = на слух или вручную

notice-kind-SEIZURE_REPORT = изъятие
notice-kind-SUSPICIOUS_CONSIGNMENT = подозрительный груз
notice-kind-VEHICLE_ALERT = ориентировка: транспорт
notice-kind-PERSON_ALERT = ориентировка: лицо
notice-kind-DOCUMENT_ALERT = ориентировка: документ
notice-kind-CARGO_ALERT = ориентировка: груз
notice-kind-PRECURSOR_ALERT = ориентировка: прекурсоры
notice-kind-MODUS_OPERANDI = способ сокрытия
notice-kind-REQUEST_FOR_INFORMATION = запрос информации
notice-kind-REPLY = ответ
notice-kind-REFUSAL = отказ
notice-kind-FEEDBACK = результат проверки
notice-kind-CONTROLLED_DELIVERY = контролируемая поставка
notice-kind-COORDINATION = взаимодействие
notice-kind-CORRECTION = исправление
notice-kind-WITHDRAWAL = отзыв
notice-kind-CONSENT_REQUEST = запрос согласия
notice-kind-CONSENT_DECISION = решение о согласии
notice-kind-ACKNOWLEDGEMENT = подтверждение ознакомления
notice-kind-FORWARD = пересылка с согласия

office-state-ACTIVE = действует
office-state-SUSPENDED = приостановлен
office-state-REVOKED = исключён

oral-channel-PHONE = по телефону
oral-channel-RADIO = по радио
oral-channel-IN_PERSON = лично
oral-channel-FAX = по факсу

outcome-DELIVERED = доставлено
outcome-REJECTED = отклонено

permitted-action-NONE_CONTACT_FIRST = сначала связаться
permitted-action-INFORM_ONLY = только сообщить
permitted-action-DISCREET_CHECK = негласная проверка
permitted-action-SPECIFIC_CHECK = досмотреть
permitted-action-DETAIN_IF_LAWFUL = задержать, если законно
permitted-action-SEIZE_IF_LAWFUL = изъять, если законно

person-role-DRIVER = водитель
person-role-OWNER = владелец
person-role-PASSENGER = пассажир
person-role-RELATIVE = родственник
person-role-OTHER = другое

person-warning-ARMED = вооружён
person-warning-ESCAPE_RISK = склонен к побегу
person-warning-MEDICAL = нужна медицинская помощь

precursor-status-SUSPICIOUS = подозрительно
precursor-status-STOPPED = остановлено
precursor-status-DIVERTED = утечка
precursor-status-SEIZED = изъято

purpose-DRUG_TRAFFICKING = незаконный оборот наркотиков
purpose-PRECURSOR_DIVERSION = утечка прекурсоров
purpose-SMUGGLING_GOODS = контрабанда товаров
purpose-WEAPONS = оружие
purpose-TRAFFICKING_PERSONS = торговля людьми
purpose-MIGRANT_SMUGGLING = незаконный ввоз мигрантов
purpose-CURRENCY = валюта
purpose-WILDLIFE = животные и растения
purpose-DOCUMENT_FRAUD = подделка документов
purpose-OTHER = другая цель

refusal-ground-NOT_HELD = сведений нет
refusal-ground-NOT_COMPETENT = не в нашей компетенции
refusal-ground-JUDICIAL_AUTHORISATION_NEEDED = нужно решение суда
refusal-ground-SECURITY_OR_ONGOING_CASE = безопасность или идущее расследование
refusal-ground-PERSON_AT_RISK = угроза для человека
refusal-ground-DISPROPORTIONATE = несоразмерно
refusal-ground-NOT_WITHIN_AGREEMENT = вне рамок соглашения
refusal-ground-INACCURATE_OR_OUTDATED = сведения неточны или устарели
refusal-ground-OTHER = другое основание

refusal-scope-WHOLE = полностью
refusal-scope-PART = частично

relation-kind-REPLY_TO = в ответ на
relation-kind-CORRECTS = исправляет
relation-kind-WITHDRAWS = отзывает
relation-kind-FEEDBACK_ON = результат проверки по
relation-kind-ACKNOWLEDGES = подтверждает ознакомление с
relation-kind-CONSENT_FOR = согласие по
relation-kind-AGREES_TO = соглашается с
relation-kind-SAME_CASE = то же дело, что
relation-kind-DUPLICATE_OF = повторяет

reliability-A = A полностью надёжен
reliability-B = B обычно надёжен
reliability-C = C довольно надёжен
reliability-D = D обычно ненадёжен
reliability-E = E ненадёжен
reliability-F = F оценить нельзя

reply-outcome-FULL = полный ответ
reply-outcome-PARTIAL = частичный ответ
reply-outcome-NIL = сведений нет
reply-outcome-INTERIM = промежуточный ответ

role-OFFICER = сотрудник
role-RELEASING_OFFICER = утверждающий
role-ADMINISTRATOR = администратор
role-AUDITOR = аудитор
role-DATA_PROTECTION_OFFICER = ответственный за защиту ПДн
role-NODE = узел

route-role-ORIGIN = отправление
route-role-TRANSIT = транзит
route-role-DESTINATION = назначение

schedule-TABLE_I = Таблица I Конвенции 1988 г.
schedule-TABLE_II = Таблица II Конвенции 1988 г.
schedule-SCHEDULE_I = Список I
schedule-SCHEDULE_II = Список II
schedule-SCHEDULE_III = Список III
schedule-SCHEDULE_IV = Список IV
schedule-NONE = вне контроля

seal-state-INTACT = цела
seal-state-BROKEN = сорвана
seal-state-ABSENT = отсутствует

sex-M = мужской
sex-F = женский
sex-X = X
sex-U = неизвестен

step-result-OK = в порядке
step-result-WARNING = внимание
step-result-FAILED = не удалось

subject-category-SUSPECT = подозреваемый
subject-category-CONVICTED = осуждённый
subject-category-VICTIM = потерпевший
subject-category-WITNESS = свидетель
subject-category-CONTACT = связь
subject-category-DRIVER_UNVERIFIED = водитель, не проверен
subject-category-MISSING = пропавший без вести
subject-category-OTHER = иное лицо

substitution-ALLOWED = замена допускается
substitution-NOT = замена не допускается
substitution-PARTIAL = замена частичная

test-status-NOT_TESTED = не исследовано
test-status-FIELD_TEST_POSITIVE = экспресс-тест положительный
test-status-LAB_CONFIRMED = подтверждено экспертизой
test-status-LAB_NEGATIVE = экспертиза: отрицательно

tlp-RED = TLP:RED
tlp-AMBER_STRICT = TLP:AMBER+STRICT
tlp-AMBER = TLP:AMBER
tlp-GREEN = TLP:GREEN
tlp-CLEAR = TLP:CLEAR

traffic-ACTUAL = действительное
traffic-EXERCISE = учения
traffic-TEST = проверка связи

translated-part-SUBJECT = тема
translated-part-NARRATIVE = изложение

transport-document-type-CMR = накладная CMR
transport-document-type-TIR = книжка МДП
transport-document-type-BILL = коносамент
transport-document-type-RAIL = железнодорожная накладная

transport-mode-ROAD_TRUCK = грузовой автомобиль
transport-mode-ROAD_CAR = легковой автомобиль или фургон
transport-mode-BUS = автобус
transport-mode-MOTORCYCLE = мотоцикл
transport-mode-RAIL = железная дорога
transport-mode-PEDESTRIAN = пешком
transport-mode-ANIMAL = на животных
transport-mode-RIVER = по реке
transport-mode-AIR = по воздуху
transport-mode-UAV = беспилотник
transport-mode-POST = почта
transport-mode-UNKNOWN = неизвестно

unit-GRM = г
unit-KGM = кг
unit-MGM = мг
unit-TNE = т
unit-LTR = л
unit-MLT = мл
unit-MTQ = м³
unit-PIECE = шт.

urgency-ROUTINE = обычное
urgency-PRIORITY = срочное
urgency-IMMEDIATE = экстренное

vehicle-state-EN_ROUTE = в пути
vehicle-state-SEIZED = изъято
vehicle-state-STOLEN = в угоне

vehicle-type-TRUCK = грузовик
vehicle-type-TRAILER = прицеп
vehicle-type-VAN = фургон
vehicle-type-BUS = автобус
vehicle-type-CAR = легковой автомобиль
vehicle-type-MOTORCYCLE = мотоцикл
vehicle-type-RAIL = локомотив или вагон
vehicle-type-BOAT = лодка или паром
vehicle-type-AIRCRAFT = воздушное судно
vehicle-type-OTHER = другое

vin-flag-FORMAT = не VIN по ISO 3779
vin-flag-CHECK_DIGIT = контрольный знак неверен

weight-basis-GROSS = брутто
weight-basis-NET = нетто

## Fields of a draft

field-abort_conditions = условие прекращения
field-accuracy_m = точность, м
field-action_note = как действовать
field-addresses = адреса
field-agenda = повестка
field-alert = ориентировка
field-answers = ответ
field-approximate = приблизительно
field-as_written = как написано
field-assertion_kind = утверждение
field-at = время
field-authorisations = разрешение
field-authority = орган
field-availability_reason = почему сведения могут быть
field-bcp_name = пункт пропуска
field-by = кем
field-carrier = перевозчик
field-cas = CAS
field-case_reference = номер дела
field-category = категория
field-channel = способ
field-check_status = контрольная цифра
field-class = вид
field-code = статья
field-colour = цвет
field-concealment = место сокрытия
field-conditions = условия
field-confidential = конфиденциально
field-confirmation_of_oral = подтверждает устный запрос
field-consent_decision = решение о согласии
field-consent_request = запрос согласия
field-consignee = получатель
field-consignor = отправитель
field-contacts = контакт
field-container_no = контейнер
field-controlled_delivery = контролируемая поставка
field-coordination = взаимодействие
field-correction = исправление
field-costs = расходы
field-country = страна
field-currency = валюта
field-decision = решение
field-declared_description = заявлено как
field-description = описание
field-detection = чем обнаружено
field-direction = направление
field-disposition = дальнейшие действия
field-disseminate_to = передать офисам
field-dob = дата рождения
field-doc_status = состояние документа
field-docs = транспортный документ
field-document = документ
field-document_alert = ориентировка: документ
field-documents = документ
field-driver_ref = водитель
field-drug_class = класс вещества
field-due_at = ответить до
field-e164 = номер
field-entities = о ком
field-evidence_handover = передача доказательств
field-expected_crossing = ожидается
field-expires = действителен до
field-expires_at = истекает
field-family = фамилия
field-feedback = результат проверки
field-flag = новое значение
field-forgery_description = признаки подделки
field-form = форма
field-from = с
field-full_replacement = новый текст целиком
field-further_info_needed = нужны ещё сведения
field-given = имя
field-gross_kg = брутто, кг
field-gross_or_net = вес
field-ground = основание
field-handling = условия использования
field-hit_only = только «есть или нет»
field-holder_ref = держатель
field-hs6 = код ТН ВЭД
field-imeis = IMEI
field-information_credibility = сведения
field-inn = МНН
field-intact = состояние пломбы
field-issued = выдан
field-issuer = кем выдано
field-item_no = позиция
field-items = предмет
field-judicial_authorisation_needed = нужно решение суда
field-justification = обоснование
field-kind = вид
field-lang = язык
field-last_seen = последний раз видели
field-lat_e7 = широта × 10⁷
field-latin = латиницей
field-lead_agency = ведущий офис
field-licence_no = лицензия
field-local_id = метка
field-lon_e7 = долгота × 10⁷
field-machine_translated = машинный перевод
field-make = марка
field-marking = пометка
field-marks = приметы
field-may_reapply = можно запросить повторно
field-mode = вид транспорта
field-model = модель
field-modus_operandi = способ сокрытия
field-mrz = машиночитаемая зона
field-names = имя
field-narrative = изложение
field-nationality = гражданство
field-no = номер
field-number = номер
field-occupation = род занятий
field-occurred = когда
field-offence = правонарушение
field-office_code = офис
field-officer = сотрудник
field-officer_id = сотрудник
field-outcome = результат
field-owner_ref = владелец
field-packages = мест
field-participants = участники
field-path = поле
field-patronymic = отчество
field-pen_reference = номер PEN
field-persons = лицо
field-phase = этап
field-phone = телефон
field-phones = телефон
field-photo_ref = фото
field-place = место
field-plate_country = страна номера
field-plate_norm = номер для поиска
field-plate_raw = номерной знак
field-pob = место рождения
field-possessor_ref = у кого находилось
field-precursor_alert = ориентировка: прекурсоры
field-proposed_times = предложенное время
field-purity_pct = чистота, %
field-quantity_milli = количество × 1000
field-question_no = вопрос
field-question_nos = вопросы
field-questions = вопрос
field-raw = как указано
field-reason = причина
field-reason_code = причина
field-reference = номер
field-refusal = отказ
field-replaced_fields = изменённое поле
field-reply = ответ
field-request = запрос
field-response = решение адресата
field-risk_indicators = признак риска
field-role = роль
field-roles = роли
field-route = этап маршрута
field-schedule = список контроля
field-scheme = транслитерация
field-scope = объём
field-script = письмо
field-seal = пломба
field-seizure = изъятие
field-seizure_ref = извещение об изъятии
field-sex = пол
field-size_type = размер и тип
field-source_reliability = источник
field-source_summary = об источнике
field-state = состояние
field-status = состояние
field-subject = тема
field-substance_name = вещество
field-substitution = замена
field-suspicious_consignment = подозрительный груз
field-test_status = исследование
field-text = текст
field-tlp = круг получателей
field-to = по
field-trailer_plate = номер прицепа
field-translation_of = перевод
field-translations = перевод
field-transport_units = грузовая единица
field-type = тип
field-tz = часовой пояс
field-un_locode = ЛОКОД ООН
field-unit = единица
field-urgency_reason = почему срочно
field-valid_until = действует до
field-value = значение
field-value_minor = стоимость, в мелких единицах
field-vehicles = транспортное средство
field-verified = проверено
field-vin_flags = замечания к VIN
field-vin_raw = VIN или номер шасси
field-wagon_no = вагон
field-warnings = предупреждения
field-window = период
field-withdrawal = отзыв
field-word = новое значение
field-year = год

## A notice as a sheet

sheet-from = От
sheet-to = Кому
sheet-cc = Копии
sheet-created = Создано
sheet-valid-from = Действует с
sheet-expires = Истекает
sheet-review = Пересмотр
sheet-marking = Пометка
sheet-classification = Гриф
sheet-action = Просим
sheet-purpose = Цель
sheet-legal-basis = Правовое основание
sheet-relations = Связано с
sheet-signed-by = Подписал
sheet-not-sent = ещё не отправлено
sheet-signature = { $office }, ключ { $key }…, проверено
sheet-only = ТОЛЬКО { $traffic }
sheet-no-text = Текста нет, или его срок истёк.
sheet-recorded = Открытие записано в журнал этого офиса.
value-yes = да
value-no = нет
value-none = нет

## Tables of notices

column-created = создано (UTC)
column-from = от
column-kind = вид
column-received = получено (UTC)
column-reference = номер
column-state = состояние
column-to = кому
column-urgency = срочность
column-why = причина
delivery-queued = в очереди
inbox-empty = Пока ничего не получено.
outbox-empty = Пока ничего не отправлено: { $command }
