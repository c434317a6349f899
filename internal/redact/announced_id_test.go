package redact

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// announcedIDs are numbers of countries with the sentences that announce them. They are the examples of the issuing authorities, or made up with the
// right check digit.
var announcedIDs = map[string]struct {
	numbers []string
	texts   []string
}{
	"br-cpf":              {[]string{"529.982.247-25", "52998224725", "529 982 247 25"}, []string{"CPF @", "meu CPF é @", "O CPF do cliente é @.", `{"cpf":"@"}`, "cpf=@", "customer_cpf: @", "CPF nº @", "my CPF number is @"}},
	"br-cnpj":             {[]string{"11.222.333/0001-81", "11222333000181", "12.ABC.345/01DE-35", "12ABC34501DE35"}, []string{"CNPJ: @", "o CNPJ da empresa é @", `{"cnpj":"@"}`, "CNPJ @, por favor"}},
	"in-aadhaar":          {[]string{"2341 2341 2346", "234123412346", "2341-2341-2346"}, []string{"Aadhaar number: @", "my aadhaar is @", "Aadhar card no. @", "here is my Aadhaar @"}},
	"in-pan":              {[]string{"ABCPE1234F"}, []string{"PAN: @", "my PAN number is @", "PAN card @", "permanent account number @"}},
	"gb-nino":             {[]string{"AB123456C", "AB 12 34 56 C"}, []string{"NI number: @", "National Insurance number @", "my NINO is @", "national insurance no. @"}},
	"gb-nhs":              {[]string{"943 476 5919", "9434765919", "943-476-5919"}, []string{"NHS number: @", "NHS no. @", "The patient's NHS number is @", "what's your NHS number? @"}},
	"es-dni":              {[]string{"12345678Z", "12.345.678-Z", "12345678-z", "X1234567L"}, []string{"DNI @", "mi DNI es @", "DNI/NIE: @", "NIF: @", "con documento de identidad @"}},
	"it-codice-fiscale":   {[]string{"RSSMRA85T10A562S", "RSS MRA 85T10 A562S"}, []string{"codice fiscale: @", "il mio codice fiscale è @", "Codice Fiscale @", "cod. fiscale @"}},
	"fr-nir":              {[]string{"2 55 08 14 168 025 38", "255081416802538"}, []string{"numéro de sécurité sociale : @", "Mon numéro de sécurité sociale est le @", "NIR @", "sécurité sociale @"}},
	"ca-sin":              {[]string{"130 692 544", "130-692-544", "130692544"}, []string{"SIN: @", "my SIN is @", "Social Insurance Number @", "numéro d'assurance sociale @"}},
	"au-tfn":              {[]string{"123 456 782", "123456782"}, []string{"TFN @", "my tax file number is @", "tfn: @"}},
	"de-tax-id":           {[]string{"86095742719", "86 095 742 719"}, []string{"Steuer-ID: @", "meine Steueridentifikationsnummer lautet @", "Steuer-Identifikationsnummer @", "IdNr. @", "Meine SteuerID ist @"}},
	"de-social-insurance": {[]string{"65170839J003", "65 170839 J 003", "15070649C103"}, []string{"SV-Nummer: @", "Sozialversicherungsnummer @", "meine Rentenversicherungsnummer ist @", "Versicherungsnummer: @"}},
	"at-social-insurance": {[]string{"1237 010180", "1237010180"}, []string{"SV-Nummer @", "Sozialversicherungsnummer: @", "meine SVNR ist @"}},
	"de-id-card":          {[]string{"T220001293", "L01X00T471", "T22000129"}, []string{"Personalausweis @", "Personalausweisnummer: @", "Mein Personalausweis hat die Nummer @", "Ausweisnummer @"}},
	"ch-ahv":              {[]string{"756.9217.0769.85", "7569217076985", "756 9217 0769 85"}, []string{"AHV-Nummer: @", "AHV @", "numéro AVS : @", "meine AHV-Nr. ist @"}},
	"nl-bsn":              {[]string{"111222333", "1112.22.333", "111 222 333"}, []string{"BSN @", "mijn BSN is @", "burgerservicenummer: @", "BSN-nummer @"}},
	"pl-pesel":            {[]string{"44051401359", "02070803628"}, []string{"PESEL: @", "mój PESEL to @", "numer PESEL @", "nr PESEL: @"}},
	"be-rrn":              {[]string{"85.07.30-033.28"}, []string{"rijksregisternummer @", "registre national : @"}},
	"se-personnummer":     {[]string{"811218-9876", "19811218-9876"}, []string{"personnummer @", "mitt personnummer är @"}},
	"fi-hetu":             {[]string{"131052-308T"}, []string{"henkilötunnus @", "hetu: @"}},
	"cn-id":               {[]string{"11010519491231002X"}, []string{"身份证号：@", "我的身份证号码是@", "身份证 @"}},
	"kr-rrn":              {[]string{"900101-1234568"}, []string{"주민등록번호 @", "주민등록번호는 @"}},
}

func TestAnnouncedNumbersOfCountriesAreFound(t *testing.T) {
	r := newRedactor(t)
	for id, c := range announcedIDs {
		for _, number := range c.numbers {
			for _, text := range c.texts {
				in := strings.ReplaceAll(text, "@", number)
				t.Run(in, func(t *testing.T) {
					out, found := r.String("", in)
					require.NotEmpty(t, found, in)
					assert.Equal(t, strings.ReplaceAll(text, "@", "[REDACTED:pii.national-"+id+"]"), out)
					again, _ := r.String("", out)
					assert.Equal(t, out, again)
				})
			}
		}
	}
}

func TestInsuranceNumbersAreFoundBehindNI(t *testing.T) {
	redactsOnly(t, []string{
		"NI no. «AB123456C»", "NI no: «AB123456C»", "NI No «AB123456C»", "NI NO. «AB 12 34 56 C» on file", "NI number: «AB 12 34 56 C»", "my NI no. is «AB123456C»", "NI# «AB123456C»", "NI: «AB123456C».", "NI. no. «AB-12-34-56-C»",
		"NI «CE 12 34 56 D»", "(NI no. «JG103759A»)", `{"ni_no":"«AB123456C»"}`, `{"niNo":"«AB 12 34 56 C»"}`, `note\nNI no. «AB123456C»\n`, "ni no: «ab123456c»", "Employee NI no.: «AB123456C», start date 1 May",
		// Prefixes and suffixes that are not issued, and other numbers.
		"NI no. QQ123456C", "NI no: QQ 12 34 56 C", "NI no. DA123456C", "NI no. AO123456C", "NI no. BG123456C", "NI no. AB123456E", "NI no. AB12345C", "NI no. AB1234567", "UNI no. AB123456C", "part no. AB123456C", "NI no. 123456", "NI 12 34 56", "NI-9234 module AB123456C", "AB 12 34 56 C",
	})
}

func TestNumbersOfCountriesStayWithoutAnnouncementOrCheckDigit(t *testing.T) {
	var texts []string
	for id, c := range announcedIDs {
		if id == "se-personnummer" || id == "de-id-card" || id == "in-pan" || id == "gb-nino" || id == "fi-hetu" {
			continue // no check digit, or the form of another number
		}
		last := c.numbers[0]
		k := strings.LastIndexAny(last, "0123456789")
		wrong := last[:k] + string('0'+(last[k]-'0'+1)%10) + last[k+1:]
		texts = append(texts, strings.ReplaceAll(c.texts[0], "@", wrong))
	}
	texts = append(texts, "item 86095742719 shipped", "batch 44051401359", "ref 111222333", "order 12345678Z is ready", "PAN and zoom the camera by 1234", "PAN: personal area network 802.15", "the NHS waiting list has 7434765 entries", "sin 12345678 pesos", "NIE wiem, 12345678", "TAN(45557) is large", "AHV 21", "BSN 2024", "tax id required",
		"CPF inválido", "CPF: 11 dígitos", "SIN(0.5) + COS(0.5)", "nino and nina 1997", "pesel must have 11 digits", "the insurance number is missing", "Tax ID: n/a", `{"tax_id":null}`, `{"cpf":"string"}`, "national id scheme of 2016", "identity card issued 2019-05-04")
	unchanged(t, texts...)
}

func TestAnnouncedNumbersAreOffWithPII(t *testing.T) {
	for _, o := range []Options{{Presets: []string{PresetSecrets}}, {DisableRules: []string{"pii.national-*"}}} {
		r, err := New(o)
		require.NoError(t, err)
		out, _ := r.String("", "meu CPF é 529.982.247-25")
		assert.Equal(t, "meu CPF é 529.982.247-25", out)
	}
}

func TestThePresetNationalFindsNumbersWithoutAnnouncement(t *testing.T) {
	r, err := New(Options{Presets: []string{PresetPII, PresetPIINational}})
	require.NoError(t, err)
	for _, number := range []string{"86 095 742 719", "86095742719", "65170839J003", "1237 010180", "756.9217.0769.85", "7569217076985", "1112.22.333", "44051401359", "12.ABC.345/01DE-35", "ABCPE1234F", "L01X00T471"} {
		out, found := r.String("", "see "+number+" in the file")
		assert.NotContains(t, out, number, "%v", found)
	}
	for _, text := range []string{"mi móvil es 612 345 678", "Mi número es 612 345 678", "llámame al 612 345 678", "teléfono: 612 345 678"} {
		out, _ := r.String("", text)
		assert.Contains(t, out, "[REDACTED:pii.phone]", text)
	}
}

func TestPassportsAreFoundWhereAnnounced(t *testing.T) {
	goneIn(t, "C01X00T47", "passport number C01X00T47", "Passport No. @", "my passport is @", "Reisepass: @", "meine Reisepassnummer lautet @", `{"passport_number":"@"}`, "passport no: @")
	goneIn(t, "X12345678", "passport number: @", "numéro de passeport : @", "pasaporte nº @", "mi pasaporte es el @", "passaporto numero @", "旅券番号 @", "número do passaporte: @", "paspoortnummer @", "paszport nr @", "护照号码@", "护照号：@", "パスポート番号は@", "여권번호 @", "pasaport numaram @", "passport # @", "Passport\n@")
	goneIn(t, "512345678", "UK passport number @", "his passport no. is @", "passport number of John Smith is @", "passport: @")
	goneIn(t, "45 12 345678", "паспорт @", "паспорт серии @", "номер паспорта @")
	unchanged(t, "passport.js 0.6.0", "passport-google-oauth20", "the passport expires 12/05/2027", "passport issued 2019-04-01", "passport issued on 20190401", "passport renewals: 1234567 applications", "passport renewals rose to 1234567 in 2024", "passports of 12345 people", "passport strategy v2beta1", "passport photo 35x45mm", "import passport from 'passport'", "passport version 20230501", "he lost his passport in 1999")
}

func TestDriversLicencesAreFoundWhereAnnounced(t *testing.T) {
	goneIn(t, "F162823540116", "DL# @", "DL: @", "DL No. @", "DL @", `\nDL: @\n`)
	for _, number := range []string{"F162823540116", "6940579", "A1234567", "D123-4567-8901", "MORGA657054SM9IJ", "S530-4601-2345"} {
		goneIn(t, number, "my driver's license number is @", "Driver's License: @", "driver license no. @", "driving licence number @", "drivers license # @", "licence no. @", "My license number is @.", `{"driver_license_number":"@"}`, `{"driversLicense":"@"}`, "driver’s licence @")
	}
	goneIn(t, "B072RRE2I55", "Führerschein @", "Führerscheinnummer: @", "mein Führerschein hat die Nummer @", "Fahrerlaubnis Nr. @")
	goneIn(t, "870312305678", "permis de conduire : @", "mon permis de conduire n° @", "mon permis de conduire est le @")
	goneIn(t, "U1A2345678", "patente di guida @", "patente n. @", "carnet de conducir @", "permiso de conducir: @", "carta de condução @", "rijbewijsnummer @", "prawo jazdy nr @", "körkort @", "ehliyet numaram @", "водительское удостоверение @", "驾驶证号@", "運転免許証番号は@")
	unchanged(t, "MIT License 2.0", "license number required", "License: Apache-2.0", "driver's license expires 2027-03-01", "the driver license has 12 points", "graphics driver license agreement", "DL 2024-11-22", "DL models of 2019", "driving licence rules of 1988", "GPL license no later than 2025", "patente europeo", "Lizenznummer folgt", "download DL 12345 files")
}
