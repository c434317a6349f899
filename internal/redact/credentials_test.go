package redact

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/otelcol-llm/otelcol-llm/internal/redact/redacttest"
)

// credentialPlaces are forms of authentication with %s for what must go, and the regular expression of its values.
var credentialPlaces = []struct{ place, format string }{
	{"Authorization: Bearer %s", "[0-9A-Za-z]{32}"}, {"Authorization: Bearer %s\r\nHost: x", "[0-9A-Za-z._-]{40}7"}, {`{"Authorization":"Bearer %s"}`, "[0-9A-Za-z]{24}"}, {`{\"authorization\":\"Bearer %s\"}`, "[0-9A-Za-z]{24}"}, {"authorization: token %s", "[0-9a-f]{40}"}, {"Authorization: Token token=%s", "[0-9a-f]{32}"}, {"Authorization: ApiKey %s", "[0-9A-Za-z]{32}"}, {"Authorization: %s", "[0-9A-Za-z]{32}"},
	{"Proxy-Authorization: Bearer %s", "[0-9A-Za-z]{32}"}, {`curl -H "Authorization: Bearer %s" https://x`, "[0-9A-Za-z]{32}"}, {`curl -H 'Authorization: Bearer %s'`, "[0-9A-Za-z]{32}"}, {`headers = {"Authorization": f"Bearer %s"}`, "[0-9A-Za-z]{32}"}, {"the header is Bearer %s.", "[0-9A-Za-z]{32}"}, {"use bearer %s to call", "[0-9A-Za-z]{20}[0-9]"}, {"Bearer%%20%s", "[0-9A-Za-z]{32}"}, {`["Authorization","Bearer %s"]`, "[0-9A-Za-z]{32}"}, {"req.setRequestHeader('Authorization', 'Bearer %s')", "[0-9A-Za-z]{32}"}, {"authorization=Bearer %s", "[0-9A-Za-z]{32}"}, {"access_token=%s&token_type=bearer", "[0-9A-Za-z]{32}"},
	{"Authorization: Digest username=\"bob\", realm=\"r\", nonce=\"n\", uri=\"/\", response=\"%s\"", "[0-9a-f]{32}"}, {"Authorization: AWS4-HMAC-SHA256 Credential=AKID/20261122/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=%s", "[0-9a-f]{64}"}, {"Authorization: Negotiate %s", "YII[0-9A-Za-z+/]{60}"}, {"Authorization: SharedKey acct:%s", "[0-9A-Za-z+/]{43}="},
	{"X-Api-Key: %s", "[0-9A-Za-z]{32}"}, {"x-api-key=%s", "[0-9A-Za-z]{32}"}, {"api-key: %s", "[0-9a-f]{32}"}, {"Ocp-Apim-Subscription-Key: %s", "[0-9a-f]{32}"}, {"X-Auth-Token: %s", "[0-9A-Za-z]{32}"}, {"X-Vault-Token: %s", "[0-9A-Za-z]{24}"}, {"X-Goog-Api-Key: %s", "[0-9A-Za-z]{39}"}, {"DD-API-KEY: %s", "[0-9a-f]{32}"}, {"DD-APPLICATION-KEY: %s", "[0-9a-f]{40}"}, {"X-CSRF-Token: %s", "[0-9A-Za-z]{32}"}, {"PRIVATE-TOKEN: %s", "[0-9A-Za-z]{20}"}, {"X-Amz-Security-Token: %s", "[0-9A-Za-z/+]{80}"}, {"X-Shopify-Access-Token: %s", "[0-9a-f]{32}"}, {"x-functions-key: %s", "[0-9A-Za-z/+]{52}=="}, {"X-Figma-Token: %s", "[0-9A-Za-z-]{40}"}, {"xi-api-key: %s", "[0-9a-f]{32}"}, {"X-Subscription-Token: %s", "[0-9A-Za-z]{31}"},
	{"Cookie: session=%s", "[0-9A-Za-z]{32}"}, {"Cookie: theme=dark; sid=%s; lang=de", "[0-9A-Za-z%.-]{40}"}, {"Set-Cookie: session=%s; Path=/; HttpOnly", "[0-9A-Za-z]{32}"}, {`{"cookie":"a=b; sessionid=%s"}`, "[0-9a-z]{32}"}, {`{"set-cookie":["sid=%s; Secure"]}`, "[0-9a-z]{32}"}, {"curl -b 'sid=%s'", "[0-9a-z]{32}"}, {"curl --cookie \"sid=%s\"", "[0-9a-z]{32}"}, {"document.cookie = \"sid=%s\"", "[0-9a-z]{32}"}, {"JSESSIONID=%s", "[0-9A-F]{32}"}, {"connect.sid=s%%3A%s", "[0-9A-Za-z_-]{32}"}, {"PHPSESSID=%s;", "[0-9a-z]{26}"}, {"_gitlab_session=%s", "[0-9a-f]{32}"},
	{"https://b.s3.amazonaws.com/o?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=%s", "[0-9a-f]{64}"}, {"https://b.s3.amazonaws.com/o?AWSAccessKeyId=x&Signature=%s&Expires=1", "[0-9A-Za-z%]{26}%3D"}, {"https://a.blob.core.windows.net/c/b?sv=2022-11-02&se=2026-01-01&sr=b&sp=r&sig=%s", "[0-9A-Za-z]{40}%3D"}, {"https://storage.googleapis.com/b/o?X-Goog-Signature=%s", "[0-9a-f]{128}"}, {"https://d1.cloudfront.net/x?Expires=1&Signature=%s&Key-Pair-Id=K1", "[0-9A-Za-z~_-]{86}"}, {"https://x.example/cb?code=%s&state=abc", "[0-9A-Za-z]{32}"}, {"https://x.example/reset?token=%s", "[0-9A-Za-z]{32}"}, {"https://x.example/verify-email?token=%s", "[0-9a-f]{64}"}, {"https://x.example/magic-link?t=1&otp_token=%s", "[0-9A-Za-z]{24}"}, {"https://maps.example/js?key=%s&v=3", "[0-9A-Za-z_-]{36}9aB"}, {"wss://x.example/ws?access_token=%s", "[0-9A-Za-z]{32}"}, {"https://%s@github.com/a/b.git", "[0-9a-f]{40}"}, {"https://oauth2:%s@gitlab.com/a/b.git", "[0-9A-Za-z]{20}"}, {"https://x-access-token:%s@github.com/a", "[0-9A-Za-z]{36}"}, {"https://%s@o123.ingest.sentry.io/456", "[0-9a-f]{32}"}, {"git clone https://bob:%s@git.example/r", "[0-9A-Za-z]{20}"},
	{"otpauth://totp/x:bob?secret=%s&issuer=x", "[2-7A-Z]{32}"}, {"TOTP secret: %s", "[2-7A-Z]{32}"},
	{"DefaultEndpointsProtocol=https;AccountName=a;AccountKey=%s;EndpointSuffix=core.windows.net", "[0-9A-Za-z+/]{86}=="}, {"Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=k;SharedAccessKey=%s", "[0-9A-Za-z+/]{43}="}, {"AccountEndpoint=https://x.documents.azure.com:443/;AccountKey=%s;", "[0-9A-Za-z+/]{86}=="}, {"HostName=h.azure-devices.net;DeviceId=d;SharedAccessKey=%s", "[0-9A-Za-z+/]{43}="}, {"SharedAccessSignature=sv=2020&sig=%s&se=1", "[0-9A-Za-z]{40}%3D"}, {"InstrumentationKey=x;ApiKey=%s", "[0-9a-z]{40}"},
	{"//registry.npmjs.org/:_authToken=%s", "[0-9a-f-]{36}"}, {"//npm.example/:_auth=%s", "[0-9A-Za-z]{40}="}, {`{"auths":{"ghcr.io":{"auth":"%s"}}}`, "[0-9A-Za-z+/]{48}"}, {`{"auths":{"x":{"identitytoken":"%s"}}}`, "[0-9A-Za-z]{48}"}, {"index-url = https://__token__:%s@pypi.example/simple", "[0-9A-Za-z_-]{60}"}, {"machine x login y password %s", "[0-9A-Za-z]{16}4"},
	{"users:\n- name: a\n  user:\n    client-key-data: %s\n", "LS0tLS1CRUdJTi[0-9A-Za-z+/]{200}"}, {"users:\n- name: a\n  user:\n    token: %s\n", "[0-9A-Za-z._-]{60}7"}, {"kind: Secret\ndata:\n  password: %s\n", "[0-9A-Za-z+/]{24}"}, {"aws_access_key_id = AKIA\naws_secret_access_key = %s\n", "[0-9A-Za-z/+]{40}"}, {"AWS_SECRET_ACCESS_KEY=%s", "[0-9A-Za-z/+]{40}"}, {"aws_session_token=%s", "[0-9A-Za-z/+]{120}"}, {`{"SecretAccessKey":"%s","SessionToken":"x"}`, "[0-9A-Za-z/+]{40}"}, {`{"SecretString":"%s"}`, "[0-9A-Za-z]{20}"}, {`{"client_x509":"a","private_key":"%s"}`, "[0-9A-Za-z+/]{100}"},
	{`{"kty":"RSA","n":"x","e":"AQAB","d":"%s"}`, "[0-9A-Za-z_-]{342}"}, {`{"kty":"oct","k":"%s"}`, "[0-9A-Za-z_-]{43}"}, {`{"kty":"EC","crv":"P-256","x":"a","y":"b","d":"%s"}`, "[0-9A-Za-z_-]{43}"}, {"PrivateKey = %s\n[Peer]\nPublicKey = x", "[0-9A-Za-z+/]{43}="}, {"PresharedKey = %s", "[0-9A-Za-z+/]{43}="}, {"PuTTY-User-Key-File-3: ssh-ed25519\nPrivate-Lines: 1\n%s\nPrivate-MAC: x", "[0-9A-Za-z+/]{64}"}, {"OPENSSH key: -----BEGIN OPENSSH PRIVATE KEY-----\n%s\n-----END OPENSSH PRIVATE KEY-----", "[0-9A-Za-z+/]{70}"},
	{"-----BEGIN RSA PRIVATE KEY-----\\n%s\\n-----END RSA PRIVATE KEY-----\\n", "[0-9A-Za-z+/]{64}"}, {"-----BEGIN EC PRIVATE KEY-----\\\\n%s\\\\n-----END EC PRIVATE KEY-----", "[0-9A-Za-z+/]{64}"}, {"-----BEGIN PRIVATE KEY----- %s -----END PRIVATE KEY-----", "[0-9A-Za-z+/]{64}"}, {"-----BEGIN PRIVATE KEY-----\n%s", "[0-9A-Za-z+/]{64}\n[0-9A-Za-z+/]{40}"}, {"-----BEGIN ENCRYPTED PRIVATE KEY-----\n%s\n-----END ENCRYPTED PRIVATE KEY-----", "[0-9A-Za-z+/]{64}"}, {"-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n%s\n=abcd\n-----END PGP PRIVATE KEY BLOCK-----", "[0-9A-Za-z+/]{64}"}, {"key = \"-----BEGIN PRIVATE KEY-----\\n\" +\n \"%s\\n\" +\n \"-----END PRIVATE KEY-----\"", "[0-9A-Za-z+/]{64}"}, {"    -----BEGIN DSA PRIVATE KEY-----\n    %s\n    -----END DSA PRIVATE KEY-----", "[0-9A-Za-z+/]{64}"}, {"ssh-key: |\n  -----BEGIN OPENSSH PRIVATE KEY-----\n  %s\n", "[0-9A-Za-z+/]{64}"},
	{"https://discord.com/api/webhooks/123456789012345678/%s", "[0-9A-Za-z_-]{68}"}, {"https://x.webhook.office.com/webhookb2/%s", "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}@[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/IncomingWebhook/[0-9a-f]{32}"}, {"https://hooks.zapier.com/hooks/catch/%s/", "[0-9]{7}/[0-9a-z]{7}"}, {"https://hooks.slack.com/workflows/%s", "T[0-9A-Z]{8}/A[0-9A-Z]{8}/[0-9]{18}/[0-9A-Za-z]{24}"}, {"https://open.feishu.cn/open-apis/bot/v2/hook/%s", "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"}, {"https://chat.googleapis.com/v1/spaces/AAA/messages?key=AIza&token=%s", "[0-9A-Za-z_-]{43}"}, {"https://api.telegram.org/bot%s/sendMessage", "[1-9][0-9]{8}:AA[0-9A-Za-z_-]{33}"}, {"https://oapi.dingtalk.com/robot/send?access_token=%s", "[0-9a-f]{64}"}, {"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=%s", "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"}, {"https://prod-1.westeurope.logic.azure.com/workflows/x/triggers/manual/paths/invoke?sig=%s", "[0-9A-Za-z_-]{43}"},
	{"OTP: %s", "[0-9]{6}"}, {"your one-time code is %s", "[1-9][0-9]{5}"}, {"Your verification code is %s.", "[1-9][0-9]{5}"}, {`{"otp":"%s"}`, "[1-9][0-9]{5}"}, {`{"pin":%s}`, "[1-9][0-9]{3}"}, {"PIN: %s", "[1-9][0-9]{3}"}, {"my PIN is %s", "[1-9][0-9]{3}"}, {"CVV: %s", "[1-9][0-9]{2}"}, {`{"cvc":"%s"}`, "[1-9][0-9]{2}"}, {"card 4111 1111 1111 1111 exp 12/27 cvv %s", "[1-9][0-9]{2}"}, {"security code: %s", "[1-9][0-9]{2}"}, {"2FA code %s", "[1-9][0-9]{5}"},
	{"SAMLResponse=%s", "PHNhbWxw[0-9A-Za-z+/]{200}"}, {"client_assertion=%s", "[0-9A-Za-z_-]{60}"}, {"code_verifier=%s", "[0-9A-Za-z_-]{43}"}, {"recovery code: %s", "[a-z0-9]{5}-[a-z0-9]{4}7"}, {"seed phrase: %s", "(abandon|ability|able|about) above absent absorb abstract absurd abuse access accident account accuse achieve"}, {`{"mnemonic":"%s"}`, "legal winner thank year wave sausage worth useful legal winner thank yellow"},
	{"MONGO_URI=mongodb://u:%s@h/d", "[0-9A-Za-z]{12}"}, {"dsn: \"bob:%s@tcp(127.0.0.1:3306)/db?parseTime=true\"", "[0-9A-Za-z]{12}"}, {"DATABASE_DSN=bob:%s@tcp(db:3306)/x", "[0-9A-Za-z]{12}"}, {"jdbc:oracle:thin:scott/%s@//h:1521/x", "[0-9A-Za-z]{8}"}, {"sqlplus scott/%s@orcl", "[0-9A-Za-z]{8}"}, {"smbclient //h/s -U bob%%%s", "[0-9A-Za-z]{8}"}, {"postgres://u:%s@h/d", "[a-z]{3}/[0-9]{3}x"}, {"postgres://u:%s@h/d", "[a-z]{3}@[0-9]{3}x"}, {"rediss://default:%s@x.upstash.io:6379", "[0-9A-Za-z]{32}"}, {"libsql://db.turso.io?authToken=%s", "[0-9A-Za-z]{40}"},
	{"AZURE_OPENAI_KEY=%s", "[0-9a-f]{32}"}, {"OPENAI_KEY: %s", "[0-9A-Za-z]{32}"}, {"MAILCHIMP_KEY=%s-us18", "[0-9a-f]{32}"}, {"stripeKey=%s", "[0-9A-Za-z]{32}"}, {"export HF_TOKEN=%s", "[0-9A-Za-z]{34}"}, {"WANDB_API_KEY=%s", "[0-9a-f]{40}"}, {"wandb login %s", "[0-9a-f]{40}"}, {"npm config set //r/:_authToken %s", "[0-9a-f-]{36}"}, {"vault login %s", "[0-9A-Za-z.]{26}"}, {"aws configure set aws_secret_access_key %s", "[0-9A-Za-z/+]{40}"}, {"git config --global github.token %s", "[0-9a-f]{40}"}, {"tool --api-key %s run", "[0-9A-Za-z]{32}"}, {"tool -token=%s", "[0-9A-Za-z]{32}"}, {"tool --token %s", "[0-9A-Za-z]{32}"}, {"tool --secret-key '%s'", "[0-9A-Za-z]{32}"}, {"twine upload -u __token__ -p %s", "[0-9A-Za-z_-]{60}"},
}

func TestRecallOfCredentials(t *testing.T) {
	r := newRedactor(t)
	missed, n := map[string]int{}, 0
	for i, c := range credentialPlaces {
		for seed := range uint64(10) {
			n++
			secret := redacttest.Sample(c.format, uint64(i)*100+seed)
			in := fmt.Sprintf(c.place, secret)
			if out, _ := r.String("", in); strings.Contains(out, secret) {
				missed[c.place]++
			}
		}
	}
	for _, place := range []string{"Authorization: Basic %s", `{"Authorization":"Basic %s"}`, "Basic %s", "auth header Basic %s,", "Proxy-Authorization: Basic %s", `-H "Authorization: Basic %s"`} {
		for i, p := range passwords {
			n++
			secret := base64.StdEncoding.EncodeToString([]byte("bob:" + p))
			if i%2 == 0 {
				secret = base64.RawURLEncoding.EncodeToString([]byte("svc-account:" + p))
			}
			if out, _ := r.String("", fmt.Sprintf(place, secret)); strings.Contains(out, secret) {
				missed[place]++
			}
		}
	}
	report(t, missed, n, 0.99)
}

// personal are places of personal data, with the kind in place of the value.
var personalPlaces = []string{
	"%s", "contact %s please", `{"v":"%s"}`, `{\"v\":\"%s\"}`, "a, %s, b", "(%s)", "<%s>", "at %s.", "%s\n", "\\n%s\\n", "“%s”", "`%s`", "联系%s。", "v=%s;", "| %s |", "'%s'", "[%s]", "x: %s", "**%s**", "to:%s", "\t%s\t",
}

func TestRecallOfPersonalData(t *testing.T) {
	r := newRedactor(t)
	rnd := rand.New(rand.NewPCG(5, 6))
	missed, n := map[string]int{}, 0
	try := func(what, place, value string) {
		n++
		in := fmt.Sprintf(place, value)
		if out, _ := r.String("", in); strings.Contains(out, value) {
			missed[what+" in "+place]++
		}
	}
	emails := []string{"jane@example.com", "jane.doe+tag@sub.example.co.uk", "j_d-1@firma.de", "JANE@EXAMPLE.ORG", "o'neil@example.ie", "müller@beispiel.de", "jane@bücher.example", "a.b.c@x.io", "123456@qq.com", "user@xn--bcher-kva.example", "first.last@corp.example.museum", "x@y.cloud"}
	for _, place := range append(personalPlaces, "mailto:%s", "https://x.example/u?email=%s", "From: Jane <%s>", "user %s logged in", `{"email":"%s"}`, "email=%s&x=1", "git commit --author=\"J <%s>\"") {
		for _, e := range emails {
			try("email", place, e)
		}
	}
	for _, e := range emails[:4] {
		try("email", "https://x.example/u?email=%s", strings.Replace(e, "@", "%40", 1))
	}
	cards := []struct {
		prefix string
		n      int
	}{{"4", 16}, {"51", 16}, {"55", 16}, {"2221", 16}, {"34", 15}, {"37", 15}, {"6011", 16}, {"36", 14}, {"3530", 16}, {"62212", 16}}
	for _, place := range append(personalPlaces, `{"card":"%s"}`, `{"card_number":%s}`, "card number %s", "pan=%s", `[%s]`, "paid with %s exp 12/27") {
		for _, c := range cards {
			d := redacttest.Card(c.prefix, c.n, rnd)
			try("card", place, d)
			if c.n == 16 && !strings.Contains(place, "number\":%s") {
				try("card with blanks", place, d[:4]+" "+d[4:8]+" "+d[8:12]+" "+d[12:])
				try("card with dashes", place, d[:4]+"-"+d[4:8]+"-"+d[8:12]+"-"+d[12:])
			}
			if c.n == 15 && !strings.Contains(place, "number\":%s") {
				try("amex with blanks", place, d[:4]+" "+d[4:10]+" "+d[10:])
			}
		}
	}
	for _, place := range append(personalPlaces, "IBAN %s", `{"iban":"%s"}`, "transfer to %s now") {
		for _, c := range []string{"DE", "GB", "FR", "NL", "ES", "IT", "CH", "AT", "NO", "PL", "BE", "SE"} {
			v := redacttest.IBAN(c, ibanFormats[c], rnd)
			try("iban", place, v)
			var groups []string
			for i := 0; i < len(v); i += 4 {
				groups = append(groups, v[i:min(len(v), i+4)])
			}
			try("iban with blanks", place, strings.Join(groups, " "))
		}
	}
	phones := []string{
		"+1 415 555 0132", "+14155550132", "+1-415-555-0132", "+1 (415) 555-0132", "(415) 555-0132", "(415)555-0132", "415-555-0132", "415.555.0132", "1-800-555-0132", "+44 20 7946 0958", "+44 7700 900123", "+447700900123", "07700 900123", "020 7946 0958",
		"+49 30 901820", "+49 (0)30 901820", "+49-30-901820", "030/901820", "0171 2345678", "0049 30 901820", "+33 6 12 34 56 78", "06 12 34 56 78", "06.12.34.56.78", "+34 612 345 678", "+39 06 1234 5678", "+81 3 1234 5678", "03-1234-5678", "+86 138 0013 8000", "+91 98765 43210", "+55 11 91234-5678", "+61 412 345 678", "+65 6123 4567", "+353 1 234 5678", "+971 50 123 4567", "+7 912 345-67-89", "+48 512 345 678", "+31 6 12345678", "+41 44 668 18 00", "+46 70 123 45 67", "+82 10-1234-5678",
	}
	for _, place := range append(personalPlaces, "call %s", "phone: %s", `{"phone":"%s"}`, "tel:%s", "Tel. %s", "mobile %s", "WhatsApp %s", "fax=%s") {
		for _, p := range phones {
			try("phone "+p, place, p)
		}
	}
	for _, place := range []string{"call me at %s", "phone %s", `{"phone":"%s"}`, `{"phone":%s}`, "mobile: %s", "phone_number=%s", "phoneNumber: %s", "tel %s", "my cell is %s", "text me on my mobile %s", "contact number %s"} {
		for _, p := range []string{"4155550132", "07700900123", "01712345678", "9876543210"} {
			if strings.Contains(place, "\":%s") && p[0] == '0' {
				continue
			}
			try("bare phone", place, p)
		}
	}
	for _, place := range append(personalPlaces, "SSN %s", `{"ssn":"%s"}`, "ssn: %s", "social security number is %s") {
		for _, s := range []string{"219-09-9999", "457-55-5462", "078-05-1120", "912-78-1234", "536-22-8726"} {
			try("ssn", place, s)
		}
	}
	for _, place := range []string{"SSN %s", `{"ssn":"%s"}`, `{"ssn":%s}`, "ssn=%s", "my SSN is %s", "social security number: %s", "SSN: %s"} {
		for _, s := range []string{"219099999", "457555462"} {
			try("bare ssn", place, s)
			if !strings.Contains(place, "\":%s") {
				try("ssn with blanks", place, s[:3]+" "+s[3:5]+" "+s[5:])
			}
		}
	}
	report(t, missed, n, 0.96)
}
