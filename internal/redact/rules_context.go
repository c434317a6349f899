package redact

// contextRules are the rules whose value is recognised by what stands around it, and the structured kinds of personal data.
var contextRules = []contextRule{
	{"secret.password", PresetSecrets, "Password, pass phrase or pass code under its name, in any notation", "key words in configuration and API documentation", `[0-9A-Za-z]{6}[!#%][0-9A-Za-z]{5}7`, `"password":"%s"`},
	{"secret.password-hash", PresetSecrets, "Hash of a password in the PHC string format", "PHC string format; argon2", `\$argon2id\$v=19\$m=65536,t=3,p=4\$[0-9A-Za-z+/]{22}\$[0-9A-Za-z+/]{43}`, ""},
	{"secret.azure-identifiable-key", PresetSecrets, "Key of an Azure AI service (Azure OpenAI) in the form with a mark", "learn.microsoft.com/azure/ai-services; github.com/microsoft/security-utilities", `[0-9A-Za-z]{52}JQQJ99B[A-L][0-9A-Za-z]{14}ACOG[0-9A-Za-z]{6}`, ""},
	{"secret.azure-devops-token", PresetSecrets, "Azure DevOps personal access token in the form with a mark", "learn.microsoft.com/azure/devops, personal access tokens", `[0-9A-Za-z]{76}AZDO[0-9A-Za-z]{4}`, ""},
	{"secret.newrelic-license-key", PresetSecrets, "New Relic licence key", "docs.newrelic.com, API keys", `[0-9a-f]{32}FFFFNRAL`, ""},
	{"secret.mailchimp-key", PresetSecrets, "Mailchimp key", "mailchimp.com/developer", `[0-9a-f]{32}-us1[0-9]`, ""},
	{"secret.secret", PresetSecrets, "Client secret, signing secret or other value named secret", "RFC 6749, 2.3.1", `[0-9A-Za-z]{30}7q`, `client_secret=%s`},
	{"secret.api-key", PresetSecrets, "Value of an API key, access key or account key under its name", "documentation of the services", `[0-9a-f]{30}7q`, `X-Api-Key: %s`},
	{"secret.token", PresetSecrets, "Access, refresh, session or other token under its name", "RFC 6749, 1.4 and 1.5", `[0-9A-Za-z]{30}7q`, `"access_token":"%s"`},
	{"secret.credentials", PresetSecrets, "Value named credential or credentials", "configuration documentation", `[0-9A-Za-z]{18}7q`, `"credentials":"%s"`},
	{"secret.private-key", PresetSecrets, "Private key block, or a value named private key", "RFC 7468; OpenSSH PROTOCOL.key; RFC 9580", `[0-9A-Za-z+/]{200}`, "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----"},
	{"secret.authorization", PresetSecrets, "Credential in an Authorization header", "RFC 9110, 11.6.2", `[0-9A-Za-z]{30}7q`, `Authorization: %s`},
	{"secret.bearer", PresetSecrets, "Bearer token", "RFC 6750", `[0-9A-Za-z]{30}7q`, `Authorization: Bearer %s`},
	{"secret.basic", PresetSecrets, "Basic credentials", "RFC 7617", `dXNlcjpw[0-9A-Za-z]{8}`, `Authorization: Basic %s`},
	{"secret.cookie", PresetSecrets, "Values of cookies", "RFC 6265", `[0-9A-Za-z]{24}`, `Cookie: sid=%s`},
	{"secret.pin", PresetSecrets, "PIN, one-time code or card verification code under its name", "configuration and API documentation", `[1-9][0-9]{5}`, `"otp":"%s"`},
	{"secret.signature", PresetSecrets, "Signature or credential of a signed URL", "AWS Signature Version 4; Azure SAS; Google Cloud Storage signed URLs", `[0-9a-f]{64}`, `https://host.example/object?X-Amz-Signature=%s`},
	{"secret.url-password", PresetSecrets, "Password or token in the user information of an address", "RFC 3986, 3.2.1", `[0-9A-Za-z]{12}`, `postgres://app:%s@db.example:5432/app`},
	{"secret.connection-string", PresetSecrets, "Password in a connection string without a scheme", "documentation of database drivers", `[0-9A-Za-z]{12}`, `dsn=app:%s@tcp(db.example:3306)/app`},
	{"secret.seed-phrase", PresetSecrets, "Mnemonic phrase of a wallet", "BIP 39", `(abandon|ability|able) (absent|absorb|abuse) legal winner thank year wave sausage worth useful lion yellow`, `seed phrase: %s`},
	{"secret.webhook", PresetSecrets, "Secret path of an incoming web hook", "documentation of Slack, Discord, Microsoft Teams, Zapier, Feishu", `T[0-9A-Z]{10}/B[0-9A-Z]{10}/[0-9A-Za-z]{24}`, `https://hooks.slack.com/services/%s`},
	{"secret.jwt", PresetSecrets, "JSON Web Token, signed or encrypted", "RFC 7519, RFC 7516", `eyJ[0-9A-Za-z]{17}\.eyJ[0-9A-Za-z]{37}\.[-_0-9A-Za-z]{43}`, ""},
	{"secret.aws-secret-key", PresetSecrets, "AWS secret access key beside its key id", "docs.aws.amazon.com/IAM, access keys", `[0-9A-Za-z/+]{38}7q`, ""},
	{"pii.email", PresetPII, "E-mail address", "RFC 5321, 4.1.2", `[a-z]{4}\.[a-z]{5}@[a-z]{6}\.(com|org|de)`, ""},
	{"pii.phone", PresetPII, "Telephone number in international form, in a known national form, or after a word that announces it", "ITU-T E.164; national numbering plans", `\+1 415 555 [0-9]{4}`, ""},
	{"pii.card", PresetPII, "Payment card number: issuer range, length and Luhn digit", "ISO/IEC 7812", ``, ""},
	{"pii.iban", PresetPII, "International bank account number: country, length and check digits", "ISO 13616, IBAN registry", ``, ""},
	{"pii.ssn", PresetPII, "United States social security or taxpayer number", "Social Security Administration, ranges", `(21[0-9]|4[0-9][1-9])-[2-8][1-9]-[1-9][0-9]{3}`, ""},
	{"pii.passport", PresetPII, "Number of a passport, after a word that announces it", "ICAO 9303, part 4", `[A-Z][0-9]{8}`, `passport number %s`},
	{"pii.driver-license", PresetPII, "Number of a driver's licence, after a word that announces it", "American Association of Motor Vehicle Administrators; Directive 2006/126/EC, annex I", `[A-Z][0-9]{12}`, `my driver's license number is %s`},
	{"pii.identifier", PresetPII, "Value named after a number that identifies a person: tax id, national id, bank account number", "configuration and API documentation", `[0-9]{9}`, `{"tax_id":"%s"}`},
	{"pii.date-of-birth", PresetPII, "Date of birth under its name", "ISO 8601", `19[5-9][0-9]-0[1-9]-1[0-9]`, `{"date_of_birth":"%s"}`},
	{"pii.ip", PresetPIINetwork, "Public IP address, version 4 or 6", "RFC 791, RFC 4291", ``, ""},
	{"pii.mac", PresetPIINetwork, "Hardware address", "IEEE 802, 8.1", ``, ""},
	{"pii.national-br-cpf", PresetPIINational, "Brazilian taxpayer number of a person (CPF)", "Receita Federal", ``, ""},
	{"pii.national-br-cnpj", PresetPIINational, "Brazilian taxpayer number of a company (CNPJ)", "Receita Federal", ``, ""},
	{"pii.national-in-aadhaar", PresetPIINational, "Indian Aadhaar number", "Unique Identification Authority of India", ``, ""},
	{"pii.national-es-dni", PresetPIINational, "Spanish identity number (DNI, NIE)", "Real Decreto 1553/2005", ``, ""},
	{"pii.national-it-codice-fiscale", PresetPIINational, "Italian tax code", "Decreto ministeriale 23/12/1976", ``, ""},
	{"pii.national-fr-nir", PresetPIINational, "French social security number (NIR)", "INSEE", ``, ""},
	{"pii.national-gb-nino", PresetPIINational, "British national insurance number", "HMRC, NIM39110", ``, ""},
	{"pii.national-gb-nhs", PresetPIINational, "British health service number, in its groups", "NHS Data Dictionary", ``, ""},
	{"pii.national-ca-sin", PresetPIINational, "Canadian social insurance number, in its groups", "Employment and Social Development Canada", ``, ""},
	{"pii.national-kr-rrn", PresetPIINational, "South Korean resident registration number", "Resident Registration Act", ``, ""},
	{"pii.national-cn-id", PresetPIINational, "Chinese citizen number", "GB 11643", ``, ""},
	{"pii.national-se-personnummer", PresetPIINational, "Swedish personal number", "Skatteverket", ``, ""},
	{"pii.national-fi-hetu", PresetPIINational, "Finnish personal identity code", "Digital and Population Data Services Agency", ``, ""},
	{"pii.national-be-rrn", PresetPIINational, "Belgian national register number", "Rijksregister", ``, ""},
	{"pii.national-ch-ahv", PresetPIINational, "Swiss social insurance number (AHV)", "Central Compensation Office", ``, ""},
	{"pii.national-in-pan", PresetPIINational, "Indian permanent account number (PAN)", "Income Tax Department of India", ``, ""},
	{"pii.national-de-tax-id", PresetPIINational, "German tax identification number (Steuer-ID)", "Abgabenordnung 139b; Bundeszentralamt für Steuern", ``, ""},
	{"pii.national-de-social-insurance", PresetPIINational, "German social insurance number", "Verordnung über die Versicherungsnummer, 2", ``, ""},
	{"pii.national-de-id-card", PresetPIINational, "Serial number of a German identity card", "ICAO 9303, part 3; Personalausweisverordnung", ``, ""},
	{"pii.national-at-social-insurance", PresetPIINational, "Austrian social insurance number", "Dachverband der Sozialversicherungsträger", ``, ""},
	{"pii.national-nl-bsn", PresetPIINational, "Dutch citizen service number (BSN)", "Rijksdienst voor Identiteitsgegevens", ``, ""},
	{"pii.national-pl-pesel", PresetPIINational, "Polish personal number (PESEL)", "Ministerstwo Cyfryzacji", ``, ""},
	{"pii.national-au-tfn", PresetPIINational, "Australian tax file number, after a word that announces it", "Australian Taxation Office", ``, ""},
	{"secret.high-entropy", PresetHighEntropy, "Random string without any context, other than hexadecimal ones and UUIDs", "Shannon entropy", ``, ""},
	{"secret.custom-key", PresetSecrets, "Value under a name of keys.sensitive or keys.sensitive_patterns", "configuration", ``, ""},
	{"redact.media", PresetSecrets, "Payload in base64, where media is set to drop", "RFC 2397", ``, ""},
	{"redact.oversize", PresetSecrets, "Value that is longer than limits.max_value_bytes, where on_oversize is set to drop", "fail closed", ``, ""},
	{"redact.error", PresetSecrets, "Value that could not be scanned: too deep, too many findings, or an internal error", "fail closed", ``, ""},
}

var (
	rulePassword      = mustRule("secret.password")
	rulePasswordHash  = mustRule("secret.password-hash")
	ruleConnection    = mustRule("secret.connection-string")
	rulePIN           = mustRule("secret.pin")
	ruleAPIKey        = mustRule("secret.api-key")
	ruleSecret        = mustRule("secret.secret")
	ruleCredentials   = mustRule("secret.credentials")
	rulePrivateKey    = mustRule("secret.private-key")
	ruleAuthorization = mustRule("secret.authorization")
	ruleBearer        = mustRule("secret.bearer")
	ruleBasic         = mustRule("secret.basic")
	ruleToken         = mustRule("secret.token")
	ruleURLPassword   = mustRule("secret.url-password")
	ruleWebhook       = mustRule("secret.webhook")
	ruleJWT           = mustRule("secret.jwt")
	ruleAWSKeyID      = mustRule("secret.aws-access-key-id")
	ruleAWSSecret     = mustRule("secret.aws-secret-key")
	ruleEmail         = mustRule("pii.email")
	rulePhone         = mustRule("pii.phone")
	ruleCard          = mustRule("pii.card")
	ruleIBAN          = mustRule("pii.iban")
	ruleSSN           = mustRule("pii.ssn")
	rulePassport      = mustRule("pii.passport")
	ruleLicense       = mustRule("pii.driver-license")
	ruleIP            = mustRule("pii.ip")
	ruleMAC           = mustRule("pii.mac")
	ruleHighEntropy   = mustRule("secret.high-entropy")
	ruleCustomKey     = mustRule("secret.custom-key")
	ruleMedia         = mustRule("redact.media")
	ruleOversize      = mustRule("redact.oversize")
	ruleError         = mustRule("redact.error")
)
