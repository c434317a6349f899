package redact

// announceRows are the phrases that announce a number, by kind and language. Sources: the names that the issuing authorities in rules_context.go
// use, the names of the fields in ICAO 9303, and the user documentation of the services that send codes.
var announceRows = []announceRow{
	// Telephone numbers, besides the words of wordTable.
	{announcePhone, "", "en", "toll free"},
	{announcePhone, "", "de", "telefonnummer, telefonnr, mobilnummer, mobiltelefon, mobilfunknummer, festnetz, festnetznummer, durchwahl, telefax, faxnummer, rückrufnummer, rückruf, diensthandy, mobil, whatsappnummer"},
	{announcePhone, "", "fr", "téléphonique, mon portable, son portable, votre portable, leur portable, télécopie, numéro de téléphone, numéro de portable, ligne fixe, standard téléphonique"},
	{announcePhone, "", "es", "teléfono, teléfonos, móvil, celular, número de teléfono, número de contacto, mi número, fijo, telefonillo, wasap, mi numero"},
	{announcePhone, "", "it", "cellulare, telefonino, numero di telefono, recapito, recapito telefonico, centralino"},
	{announcePhone, "", "pt", "telemóvel, celular, número de telefone, contato, fixo, ramal"},
	{announcePhone, "", "nl", "telefoon, telefoonnummer, mobiel, mobiele nummer, mobieltje, vaste lijn"},
	{announcePhone, "", "pl", "telefonu, telefonicznie, komórka, komórkę, komórkowy, komórkowego, numer telefonu, telefoniczny"},
	{announcePhone, "", "sv da no fi", "telefonnummer, mobilnummer, mobiltelefon, mobilen, puhelin, puhelinnumero, kännykkä, matkapuhelin, tlf, telefonnumret"},
	{announcePhone, "", "tr", "telefonu, telefonum, telefonumuz, cep telefonu, cep telefonum, telefon numarası, telefon numaram, cep numaram, gsm"},
	{announcePhone, "", "cs hu ro id vi", "mobilní, telefonní číslo, telefonszám, mobilszám, telefonul, mobilul, telepon, nomor telepon, nomor hp, điện thoại"},
	{announceCall, "", "en", "phoned, rang, reached at, reached on, reachable, message me, answering"},
	{announceCall, "", "de", "anrufen, angerufen, rufen, ruft, anruf, erreichen, erreichbar, erreichen sie, rufnr"},
	{announceCall, "", "fr", "appelez, appeler, appelle, joindre, joignable, contacter, rappeler, rappelez"},
	{announceCall, "", "es", "llamar, llame, llámame, llámenos, llamarme, llamada, contactarme, marcar, marque, contactar"},
	{announceCall, "", "it", "chiamare, chiamami, chiamatemi, chiamate, chiama, chiami, contattare, contattarmi, telefonare, raggiungere"},
	{announceCall, "", "pt", "ligue, liga, ligando, telefonar, telefonem, contactar, entre em contato"},
	{announceCall, "", "nl", "bellen, bereikbaar, bereiken, gebeld, belt"},
	{announceCall, "", "pl", "zadzwoń, dzwonić, zadzwonić, proszę dzwonić, dzwoń"},
	{announceCall, "", "sv da no fi tr cs hu", "ringa, ring mig, ring til, soita, soittakaa, arayın, arayabilirsiniz, ulaşabilirsiniz, zavolejte, volejte, hívjon"},

	// One-time codes and PINs, besides the key words of keyTable.
	{announceCode, "", "de", "bestätigungscode, verifizierungscode, verifikationscode, sicherheitscode, einmalcode, einmalpasswort, einmalkennwort, einmal passwort, prüfcode, zugangscode, freischaltcode, aktivierungscode, anmeldecode, authentifizierungscode, geheimzahl, geheimnummer, TAN, mobiltan, mtan, smstan, pushtan, entsperrcode, prüfziffer lautet"},
	{announceCode, "", "fr", "code de vérification, code de confirmation, code de sécurité, code d accès, code d'accès, code d'authentification, code à usage unique, code de validation, code d'activation, code de connexion, code temporaire, mot de passe à usage unique, cryptogramme, code confidentiel"},
	{announceCode, "", "es", "código de verificación, código de confirmación, código de seguridad, código de acceso, código de un solo uso, código de autenticación, código de validación, código para confirmar, código para verificar, código para acceder, código para iniciar sesión, código de activación, código sms, código pin, clave dinámica, clave de un solo uso, tu código, su código, NIP, codigo de verificacion, codigo de seguridad"},
	{announceCode, "", "it", "codice di verifica, codice di conferma, codice di sicurezza, codice di accesso, codice otp, codice usa e getta, codice monouso, codice di autenticazione, codice di attivazione, tuo codice, suo codice, codice sms, codice pin"},
	{announceCode, "", "pt", "código de verificação, código de confirmação, código de segurança, código de acesso, código de autenticação, código de ativação, código de uso único, seu código, teu código, codigo de verificacao"},
	{announceCode, "", "nl", "verificatiecode, bevestigingscode, beveiligingscode, toegangscode, inlogcode, pincode, eenmalige code, authenticatiecode, activeringscode, controlecode"},
	{announceCode, "", "pl", "kod weryfikacyjny, kod potwierdzający, kod bezpieczeństwa, kod autoryzacyjny, kod dostępu, kod jednorazowy, hasło jednorazowe, kod sms, kod aktywacyjny, twój kod, pani kod, kod pin"},
	{announceCode, "", "sv da no fi", "verifieringskod, bekräftelsekod, säkerhetskod, engångskod, engångslösenord, pinkod, inloggningskod, aktiveringskod, din kod, bekræftelseskode, engangskode, sikkerhedskode, verifikationskode, pinkode, verifiseringskode, bekreftelseskode, sikkerhetskode, vahvistuskoodi, turvakoodi, kertakoodi, tunnusluku"},
	{announceCode, "", "tr cs hu ro id vi", "doğrulama kodu, doğrulama kodunuz, onay kodu, onay kodunuz, güvenlik kodu, kodunuz, tek kullanımlık şifre, ověřovací kód, potvrzovací kód, bezpečnostní kód, jednorázový kód, megerősítő kód, ellenőrző kód, biztonsági kód, cod de verificare, codul de verificare, codul de confirmare, kode verifikasi, kode otp, kode konfirmasi, kode akses, mã xác minh"},

	// Identification numbers.
	{announceID, "br-cpf", "pt", "cpf, cadastro de pessoas físicas"},
	{announceID, "br-cnpj", "pt", "cnpj, cadastro nacional da pessoa jurídica"},
	{announceID, "in-aadhaar", "en", "aadhaar, aadhar, adhaar, uidai, aadhaar number"},
	{announceID, "in-pan", "en", "pan, pan number, permanent account, pancard"},
	{announceID, "gb-nino", "en", "national insurance, nino, ni number"},
	{announceID, "gb-nhs", "en", "nhs, nhs number, national health service"},
	{announceID, "es-dni", "es", "dni, nie, nif, documento de identidad, documento nacional de identidad, documento de identificación, número de identificación de extranjero"},
	{announceID, "it-codice-fiscale", "it", "codice fiscale, cod fiscale, fiscale"},
	{announceID, "fr-nir", "fr", "nir, sécurité sociale, securite sociale, numéro de sécu, insee, carte vitale"},
	{announceID, "ca-sin", "en fr", "SIN, social insurance, assurance sociale, NAS"},
	{announceID, "au-tfn", "en", "tfn, tax file number"},
	{announceID, "de-tax-id", "de", "steuer id, steuerid, steueridentifikationsnummer, steuer-identifikationsnummer, steueridentnummer, steuerliche identifikationsnummer, identifikationsnummer, idnr, steuernummer, steuer-nr"},
	{announceID, "de-social-insurance at-social-insurance ch-ahv", "de", "sozialversicherungsnummer, sozialversicherung, sozialversicherungsnr, sv-nummer, svnr, svnummer, vsnr, rvnr, rentenversicherungsnummer, rentenversicherung, versicherungsnummer, versichertennummer, e-card"},
	{announceID, "de-id-card", "de", "personalausweis, personalausweisnummer, personalausweisnr, ausweisnummer, ausweisnr, ausweis, perso"},
	{announceID, "ch-ahv", "de fr it", "ahv, ahv-nummer, ahvn13, ahv-nr, avs, numéro avs, oasi"},
	{announceID, "nl-bsn", "nl", "bsn, burgerservicenummer, sofinummer, sofi-nummer, bsn-nummer"},
	{announceID, "pl-pesel", "pl", "pesel, numer pesel, peselu, peselem"},
	{announceID, "be-rrn", "nl fr", "rijksregisternummer, rijksregister, registre national, insz"},
	{announceID, "se-personnummer", "sv", "personnummer, personnumret, samordningsnummer"},
	{announceID, "fi-hetu", "fi", "henkilötunnus, hetu, henkilötunnukseni"},
	{announceID, "all", "en", "tax id, tax identification, taxpayer identification, national id, national identification, national identity, identity number, identity card, id number, id card, personal identification number, social security, citizen id, TIN"},
	{announceID, "es-dni br-cpf", "es pt", "número de identidad, número de identificación, documento nº, documento número, cédula"},

	// Passports.
	{announcePassport, "", "en de", "passport, passport number, passport no, passports, reisepass, reisepassnummer, passnummer, passnr, pass-nummer"},
	{announcePassport, "", "fr es it pt", "passeport, pasaporte, passaporto, passaporte"},
	{announcePassport, "", "nl pl sv da no fi tr cs hu ro id vi", "paspoort, paspoortnummer, paszport, paszportu, passi, passnumero, pasaport, pasaportu, pasaport numaram, cestovní pas, číslo pasu, útlevél, pașaport, pasaportul, paspor, hộ chiếu"},

	// Driver's licences.
	{announceLicense, "", "en", "driver's license, drivers license, driver license, driver's licence, drivers licence, driver licence, driving licence, driving license, dl number, licence number, license number, driver’s license, driver’s licence, licence no, license no, driver's permit, driver lic, drivers lic"},
	{announceLicense, "", "de", "führerschein, führerscheinnummer, führerschein-nr, führerausweis, fahrerlaubnis, fahrerlaubnisnummer, fuehrerschein"},
	{announceLicense, "", "fr es it pt", "permis de conduire, carnet de conducir, permiso de conducir, permiso de conducción, licencia de conducir, licencia de manejo, patente, patente di guida, numero di patente, carta de condução, carteira de motorista, carteira de habilitação, cnh, brevete"},
	{announceLicense, "", "nl pl sv da no fi tr cs hu ro id vi", "rijbewijs, rijbewijsnummer, prawo jazdy, prawa jazdy, körkort, körkortsnummer, kørekort, kørekortnummer, førerkort, ajokortti, ajokortin, ehliyet, sürücü belgesi, řidičský průkaz, řidičského průkazu, jogosítvány, vezetői engedély, permis de conducere, surat izin mengemudi"},
}

// cardWords announce a payment card within a few words, in the languages of the key words.
var cardWords = wordSetOf("card cards credit debit visa mastercard maestro amex american unionpay diners jcb rupay verve elo girocard bankcard creditcard pan cc " +
	"karte karten kartennummer kreditkarte kreditkarten kreditkartennummer kartennr bankkarte debitkarte girokarte zahlungskarte kaart kaartnummer kredietkaart betaalkaart pinpas bankpas creditcardnummer " +
	"carte cartes tarjeta tarjetas carta cartão cartões cartao karta karty kartę kartą karcie kart kort kortet kortnummer kreditkort betalkort betalingskort bankkort kortin kortti korttini luottokortti " +
	"kartım kartı kartımın kartımı kártya kártyám bankkártya cardul kartu thẻ")

// closeWords stand directly before a telephone number. They have other uses, so that nothing but punctuation may stand between.
var closeWords = wordSetOf("office desk work home switchboard reception registered text landline voicemail pager büro zentrale privat dienstlich geschäftlich bureau domicile oficina casa trabajo ufficio " +
	"kantoor biuro kontor escritório numaram tlf portable handy mobil")

// closePhrases are closeWords of two words.
var closePhrases = wordSetOf("messages_to message_to sms_to text_to answering_at answer_at nachricht_an nachrichten_an sms_an mensajes_al mensaje_al au_numéro al_número al_numero ao_número der_nummer pod_numer pod_numerem op_nummer " +
	"me_op mij_op mig_på moi_au moi_sur me_at me_on us_at us_on messages_on sms_al messaggi_al mensagens_para mensagem_para messages_au sms_au berichten_naar wiadomości_na")

// numberPhrases are closePhrases when one of numberOwners stands before: my number is, but not the order number is.
var (
	numberPhrases = wordSetOf("number_is numbers_are number_was número_es numero_es numéro_est numero_è número_é nummer_ist nummer_lautet nummer_is numer_to nummer_är nummer_er numeroni_on")
	numberOwners  = wordSetOf("my his her their our your the mein meine ihre seine unsere deine mi su tu mon son votre notre ton le mio suo tuo meu seu minha mijn zijn haar uw mój jego mitt hans min")
)

// otherCards stand before "card" where it is no payment card.
var otherCards = wordSetOf("sim graphics video memory sd sound network report score business id identity wild flash post test index trello kanban data punch green yellow red time birthday playing")
