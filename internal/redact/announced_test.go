package redact

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/redact/redacttest"
)

func TestCardsOfEveryIssuerAndGroupingAreFoundWhereAnnounced(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 8))
	places := []string{
		"card number @", "my card @ was stolen", "please block card no @", "the credit card @, exp 12/27", "What's your credit card? @", "Please charge my credit card. Number is @", "for cc @ on my e-mail", "my card # @", "card #@", "Maestro @", "debit card: @",
		"meine Karte @ ist gesperrt", "Kartennummer @", "die Kreditkarte mit der Nummer @", "ma carte @ a été volée", "numéro de carte : @", "mi tarjeta @ fue robada", "meu cartão @", "la mia carta @", "mijn kaart @", "moja karta @", "mitt kort @", "kartım @", "номер карты @", "моя карта @", "信用卡@", "卡号：@", "カード番号は@", "카드 번호 @",
	}
	for _, c := range []struct {
		prefix string
		n      int
	}{{"2131", 15}, {"1800", 15}, {"4", 13}, {"4", 19}, {"50", 12}, {"56", 13}, {"6759", 12}, {"6761", 18}, {"6304", 19}, {"58", 16}, {"3095", 14}, {"3528", 16}} {
		number := redacttest.Card(c.prefix, c.n, rnd)
		goneIn(t, number, places...)
		for _, grouped := range []string{number[:4] + " " + number[4:8] + " " + number[8:], number[:6] + " " + number[6:], number[:4] + "-" + number[4:9] + "-" + number[9:], number[:4] + "." + number[4:8] + "." + number[8:], number[:4] + "\u00a0" + number[4:8] + "\u00a0" + number[8:], number[:5] + "\u202f" + number[5:], number[:4] + "‑" + number[4:8] + "‑" + number[8:]} {
			goneIn(t, grouped, places[:5]...)
		}
	}
	goneIn(t, "629016 8677543368819", "card number 629016 8677543368819", "UnionPay card @")
	goneIn(t, "676149173608254714", "Maestro card number @")
}

func TestNumbersThatAreNoCardsStay(t *testing.T) {
	rnd := rand.New(rand.NewPCG(9, 10))
	number := redacttest.Card("4", 13, rnd)
	unchanged(t, "the SIM card "+number, "graphics card serial "+number, "card offset "+number, "card id: "+number, "order "+number, "tracking number "+number, "page "+number, "memory card with "+number+" bytes", "card 123456789013", "card 4111 of 5000", "business card "+number, "timestamp "+number, "cards.\nline "+number, "a card game of 1980 1985 1990", "Karte 12 von 345", "carte de 1:25000 de 1998")
}

func TestPhonesAreFoundWhereAnnounced(t *testing.T) {
	for _, number := range []string{"07700 063 966", "(88) 684-334", "0688 872 49 99", "78 651 450", "71-33-52-22", "416 60 039", "699 956 915", "21 253 109 8211", "01.84.17.61.18"} {
		goneIn(t, number, "Office: @", "mobile @", "Fax: @", "call me on @", "They're not answering at @", "I would like to stop receiving messages to @", "tel. @", "no code came to my registered @.", "whatsapp @", "@ office\n", "Jane Doe\n@-Office,", "@-Fax", "@ (mobile)", "reach me at @.", "My number is @", "Desk: @", "text me at @",
			"meine Nummer ist @", "Tel.: @", "Telefonnummer: @", "Handy: @", "bitte anrufen unter @", "erreichbar unter @", "Rückrufnummer @", "mon portable est le @", "téléphone : @", "appelez-moi au @", "numéro de téléphone @", "mi móvil es @", "llámame al @", "teléfono @", "mi número es @", "il mio cellulare è @", "chiamami al @", "meu telemóvel é @", "ligue para @", "mijn mobiel is @", "bel me op @, telefoon",
			"mój numer to @", "telefon: @", "zadzwoń pod @", "Der Kunde ist unter @ erreichbar.", "ring mig på @", "puhelin @", "cep telefonum @", "telepon @", "мой телефон @", "позвоните по номеру @", "电话：@", "手机号是@", "電話番号は@", "전화번호는 @")
	}
	goneIn(t, "345-899-3560x4587", "Fax: @", "call @", "@", "see @.", `{"fax":"@"}`)
	goneIn(t, "+1-903-140-4508x769", "Desk: @", "@")
	goneIn(t, "415-555-0132 ext. 12", "call @", "@", "office @.", "phone @ please", `{"phone":"@"}`)
	goneIn(t, "030 901820 Durchwahl 12", "Telefon @")
	goneIn(t, "3660170548", "085 175 7641-Office,@-Fax", "@-Fax")
}

func TestNumbersThatAreNoPhonesStay(t *testing.T) {
	unchanged(t, "699 956 915", "416 60 039", "78 651 450 items", "Office 365 2019", "Office 2019 16.0.1234", "the office has 12 345 678 visitors", "office hours 10-12-2024", "desk 12 of 4500", "work 1234567", "at home 12 345", "12 345 678 mobile users", "1 200 300 work items", "the order number is 123 456 789", "serial number 123-456-789", "account number 12 3456 789", "registered 1 234 567 users",
		"messages to 12345 topics", "messages to 2024-11-22", "answering at 10:30", "fax machine 2024", "call 1234567 times", "mobile 5.15.123", "a portable library 20100320", "text 2024 11 22", "1,234-office", "640x480", "1920x1080x32", "version 415.555.0132.1", "0x4155550132", "10-20-30-40", "1234567 office buildings", "reachable at 199.36.153.4/30", "bytes 12-345-678", "the number 12 345 678 is large", "numéro 12 345 678", "line 415 555 013",
		"00BD;VULGAR FRACTION ONE HALF;No;0;ON;<fraction> 0031 2044 0032;;;1/2;N;FRACTION ONE HALF;;;;", "00BC;VULGAR FRACTION ONE QUARTER;No;0;ON;<fraction> 0031 2044 0034;;;1/4;N;;;;;", "2150;VULGAR FRACTION ONE SEVENTH;No;0;ON;<fraction> 0031 2044 0037;;;1/7;N;;;;;", "<fraction> 0033 2044 0034", "0031 FE0F 20E3 ; emoji", "1F468 200D 2764", "0041 0300 1EA6", "0023..0039 ; 0031 2044 0032", "32C0;IDEOGRAPHIC TELEGRAPH SYMBOL FOR JANUARY;So;0;L;<compat> 0031 6708;;;;N;;;;;",
		"key = 0011 2233 4455 6677 8899 aabb ccdd eeff", "0060 2030 4050 c0de", "ct: 00a1 0034 5678 9012", "U+0031 2044 0032", "00000000 11223344 55667788 99aabbcc", "1.2.3 1.2.4 1.3.0", "go1.21 1.22 1.23", "E000..F8FF 0041 0042")
}

func TestOneTimeCodesAreFoundInEveryLanguage(t *testing.T) {
	texts := []string{
		"PIN @", "my PIN is @", "your verification code is @", "confirmation code: @", "Your code is @.", "your code: @", "authentication code @", "OTP: @", "one-time password is @",
		"Ihr Bestätigungscode lautet @", "Bestätigungscode: @", "Dein Sicherheitscode ist @", "Der Verifizierungscode lautet: @", "Einmalpasswort: @", "Ihre TAN lautet @", "Meine Geheimzahl ist @", "Ihr Code lautet @", "Zugangscode @",
		"code de vérification : @", "Votre code de vérification est @", "votre code de confirmation est le @", "code de sécurité : @", "mot de passe à usage unique : @", "Votre code est le @",
		"código de verificación: @", "Su código de verificación es @", "tu código es @", "código de seguridad @", "codice di verifica: @", "Il tuo codice di sicurezza è @", "il tuo codice è @", "código de verificação: @", "o seu código de confirmação é @", "verificatiecode: @", "uw code is @", "kod weryfikacyjny: @", "Twój kod to @", "verifieringskod: @", "din kod är @", "engangskode: @", "vahvistuskoodi @", "doğrulama kodunuz: @", "onay kodu @", "ověřovací kód: @", "kode verifikasi: @", "kode OTP Anda adalah @",
		"Код подтверждения: @", "код подтверждения @", "Ваш код: @", "ПИН-код @", "验证码：@", "您的验证码是@", "確認コード: @", "認証コードは@です", "暗証番号は@", "인증번호는 @입니다", "인증번호 [@]", "رمز التحقق: @", "@ ist Ihr Bestätigungscode", "@ est votre code de vérification", "Your Acme code: @", "Your WhatsApp code is @", "Codul de verificare este @", "El código para confirmar tu compra es @", "קוד אימות: @", "รหัส OTP: @",
	}
	goneIn(t, "493021", texts...)
	goneIn(t, "4821", texts[:3]...)
	goneIn(t, "830 117", "your verification code is @", "Bestätigungscode: @", "código de verificación: @")
	goneIn(t, "205718", "Your Google verification code is G-@")
}

func TestNumbersThatAreNoCodesStay(t *testing.T) {
	unchanged(t, "HTTP code 404", "status code 5031", "error code 12345", "exit code is 1001", "your error code is 50012", "country code 4912", "zip code 12345", "postal code 10115", "PIN 13", "GPIO pin 17", "pin 12 of the header", "area code 4155", "code 493021", "code page 1252", "product code 493021", "Fehlercode 493021", "Statuscode lautet 4040", "code postal 75011", "código postal 28013", "código de error 12345", "codice di avviamento postale 20121", "codice errore 4930", "kod pocztowy 00950", "kod błędu 12345",
		"verification code sent", "verification code expires in 1000 seconds", "Bestätigungscode ist 6 Ziffern lang", "code de vérification à 6 chiffres", "the security code has 3 digits", "код ошибки 12345", "错误代码是12345", "エラーコード12345", "邮政编码100000", "source code from 2024", "dress code", "your code has 1200 lines", "Ihr Code hat 1200 Zeilen", "my code runs in 1500 ms", "discount code SUMMER26", "Gutscheincode SOMMER2024", "TAN 45", "pincode required", "code: 12345", `{"code":4930}`, "Your code is 1200 lines", "your code is 2000 lines long")
}

func TestAnAttributeNamedAfterANumberIsReplacedAsAWhole(t *testing.T) {
	r := newRedactor(t)
	for _, name := range []string{
		"ssn", "SSN", "user.ssn", "customerSsn", "social_security_number", "socialSecurityNumber", "iban", "IBAN", "customer_iban", "bankAccountIban", "card_number", "cardNumber", "CARD-NUMBER", "card.number", "creditCardNumber", "cc_number", "cvv", "CVC", "card_cvv", "passport_number", "passportNumber", "passport_no", "tax_id", "taxId", "TAX_ID",
		"national_id", "nationalIdNumber", "driver_license_number", "driversLicense", "cpf", "customer.cpf", "cnpj", "aadhaar_number", "nino", "nhs_number", "dni", "codice_fiscale", "codiceFiscale", "bsn", "pesel", "tfn", "steuer_id", "sv_nummer", "bank_account_number",
	} {
		for _, value := range []string{"not issued yet 77", "X-77", "abc", "12 34"} {
			out, found := r.String(name, value)
			require.Len(t, found, 1, "%s=%s", name, value)
			assert.NotContains(t, out, value)
			out, _ = r.String("", `{"`+name+`":"`+value+`","b":"c"}`)
			assert.NotContains(t, out, value, name)
		}
		for _, value := range []string{"", "null", "string", "<" + name + ">", "${SSN}", "********", "is required", "[REDACTED:pii.ssn]"} {
			out, _ := r.String(name, value)
			assert.Equal(t, value, out, name)
		}
		s := r.Session()
		out, changed := s.Int(s.Key("", name), 219099999)
		assert.True(t, changed, name)
		assert.NotContains(t, out, "219099999")
		s.Close()
	}
	for name, value := range map[string]string{"date_of_birth": "1985-03-12", "dob": "12 March 1985", "dateOfBirth": "12/03/1985", "birthDate": "1985-03-12T00:00:00Z", "phone_number": "345-899-3560x4587", "phone": "415-555-0132 ext. 12"} {
		out, _ := r.String(name, value)
		assert.NotContains(t, out, value, name)
	}
	for name, value := range map[string]string{
		"ssn_required": "yes77", "iban_country": "DE77", "card_number_length": "16", "tax_id_type": "us_ein7", "card": "visa7", "card_type": "visa7", "passport": "google-oauth20", "passport.strategy": "jwt7", "license": "Apache-2.0", "license_number_format": "a9", "account_number": "A-77", "pan": "12", "sin": "0.5", "nir": "1.2", "nie": "77", "phone": "see below",
		"date_of_birth": "unknown", "birthday_party": "2024-05-06", "date": "1985-03-12", "pin": "GPIO17", "id": "12345", "user_id": "12345", "national_park_id": "77", "tax_rate": "0.19", "order_number": "12345", "tracking_number": "1Z77",
	} {
		out, found := r.String(name, value)
		assert.Equal(t, value, out, "%s %v", name, found)
	}
}

func TestAnnouncedNumbersKeepJSONValid(t *testing.T) {
	r := newRedactor(t)
	for in, want := range map[string]string{
		`{"cpf":52998224725,"a":1}`: `{"cpf":"[REDACTED:pii.national-br-cpf]","a":1}`,
		`{"ssn":219099999,"a":1}`:   `{"ssn":"[REDACTED:pii.ssn]","a":1}`,
		`{"tax_id":"86095742719"}`:  `{"tax_id":"[REDACTED:pii.identifier]"}`,
		`{\"bsn\":\"111222333\"}`:   `{\"bsn\":\"[REDACTED:pii.national-nl-bsn]\"}`,
	} {
		out, _ := r.String("", in)
		assert.Equal(t, want, out)
		assert.NotContains(t, out, "REDACTED:pii.card")
	}
}
