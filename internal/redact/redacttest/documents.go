package redacttest

import "strings"

// documents are files, requests, messages and tool calls as LLM applications see them, with the format of each secret between « and ».
var documents = []string{
	"PATH=/usr/bin\nHOME=/root\nAWS_ACCESS_KEY_ID=AKIA«[2-7A-Z]{16}»\nAWS_SECRET_ACCESS_KEY=«[0-9A-Za-z/+]{40}»\nDATABASE_URL=postgres://u:«[0-9A-Za-z]{12}»@h:5432/d\nLANG=C\nSTRIPE_KEY=«[0-9A-Za-z]{32}»\nSECRET_KEY_BASE=«[0-9a-f]{128}»\n", "//registry.npmjs.org/:_authToken=«npm_[0-9A-Za-z]{36}»\n//npm.pkg.github.com/:_authToken=«[0-9a-f]{40}»\nemail=x\n//x/:_password=«[0-9A-Za-z]{24}»\n//x/:username=bob\n_auth=«dXNlcjpw[0-9A-Za-z]{8}»",
	"apiVersion: v1\nclusters:\n- cluster:\n    certificate-authority-data: LS0tLS1CRUdJTiBDRVJU\n    server: https://1.2.3.4\nusers:\n- name: admin\n  user:\n    client-certificate-data: LS0tLS1CRUdJTiBDRVJU\n    client-key-data: «LS0tLS1CRUdJTi[0-9A-Za-z+/]{200}»\n    token: «eyJhbGciOiJSUzI1NiJ9\\.eyJ[0-9A-Za-z]{60}\\.[0-9A-Za-z_-]{80}»\n    password: «[0-9A-Za-z]{12}»", `{"type":"service_account","project_id":"p","private_key_id":"1a2b","private_key":"-----BEGIN PRIVATE KEY-----\n«[0-9A-Za-z+/]{64}»\n«[0-9A-Za-z+/]{64}»\n-----END PRIVATE KEY-----\n","client_email":"«[a-z]{8}@[a-z]{5}\.iam\.gserviceaccount\.com»","client_id":"123456789012345678901"}`,
	`{"auths":{"https://index.docker.io/v1/":{"auth":"«Ym9iOn[0-9A-Za-z]{16}»"},"ghcr.io":{"auth":"«dXNlcjpw[0-9A-Za-z]{20}»","identitytoken":"«[0-9A-Za-z_-]{43}»"}}}`, "machine api.github.com login bob password «[0-9A-Za-z]{20}»\nmachine h2\n  login x\n  password «[0-9A-Za-z!#]{12}»\n", "https://acc.blob.core.windows.net/c/b?sv=2022-11-02&ss=b&srt=sco&sp=rl&se=2026-01-01T00:00:00Z&st=2025-01-01T00:00:00Z&spr=https&sig=«[0-9A-Za-z]{41}%2B%3D»",
	"https://b.s3.amazonaws.com/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=«AKIA[2-7A-Z]{16}»%2F20261122%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20261122T000000Z&X-Amz-Expires=3600&X-Amz-SignedHeaders=host&X-Amz-Security-Token=«IQoJb3JpZ2lu[0-9A-Za-z]{200}»&X-Amz-Signature=«[0-9a-f]{64}»", "https://storage.googleapis.com/b/o?X-Goog-Algorithm=GOOG4-RSA-SHA256&X-Goog-Credential=x&X-Goog-Signature=«[0-9a-f]{256}»",
	"https://d111.cloudfront.net/x?Expires=1795345571&Signature=«[0-9A-Za-z~_-]{200}»&Key-Pair-Id=K2JCJMDEHXQW5F", "Authorization: AWS4-HMAC-SHA256 Credential=AKIA«[2-7A-Z]{16}»/20261122/us-east-1/s3/aws4_request, SignedHeaders=host;x-amz-date, Signature=«[0-9a-f]{64}»", "otpauth://totp/Acme:bob?secret=«[2-7A-Z]{32}»&issuer=Acme", "[Interface]\nPrivateKey = «[0-9A-Za-z+/]{42}8=»\nAddress = 10.0.0.2/24\n[Peer]\nPublicKey = abcdefghijklmnopqrstuvwxyz0123456789ABCDEF8=\nPresharedKey = «[0-9A-Za-z+/]{42}8=»",
	"DefaultEndpointsProtocol=https;AccountName=acc;AccountKey=«[0-9A-Za-z+/]{86}==»;EndpointSuffix=core.windows.net", "Endpoint=sb://ns.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=«[0-9A-Za-z+/]{43}=»", "AccountEndpoint=https://x.documents.azure.com:443/;AccountKey=«[0-9A-Za-z+/]{86}==»;", "HostName=h.azure-devices.net;DeviceId=d;SharedAccessKey=«[0-9A-Za-z+/]{43}=»", "InstrumentationKey=«[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}»;IngestionEndpoint=https://x/",
	"Cookie: sessionid=«[0-9a-z]{32}»; csrftoken=«[0-9A-Za-z]{64}»; theme=dark", "Set-Cookie: connect.sid=s%3A«[0-9A-Za-z_-]{32}»; Path=/; HttpOnly", `{"headers":{"cookie":["a=«[0-9a-f]{32}»"],"x-api-key":"«[0-9A-Za-z]{32}»","authorization":"Bearer «[0-9A-Za-z]{40}»","user-agent":"curl/8.1"}}`, "GET /api?api_key=«[0-9a-f]{32}» HTTP/1.1\r\nHost: x\r\nX-Auth-Token: «[0-9A-Za-z]{32}»\r\nX-CSRF-Token: «[0-9A-Za-z]{32}»\r\nProxy-Authorization: Basic «dXNlcjpw[0-9A-Za-z]{8}»\r\n\r\n",
	"grant_type=authorization_code&code=«4/0A[0-9A-Za-z_-]{60}»&client_id=x&client_secret=«[0-9A-Za-z_-]{24}»&redirect_uri=https://x", "grant_type=refresh_token&refresh_token=«1//0[0-9A-Za-z_-]{90}»&client_id=x", "POST /token\n\n{\"access_token\":\"«[0-9A-Za-z]{64}»\",\"token_type\":\"Bearer\",\"expires_in\":3600,\"refresh_token\":\"«[0-9A-Za-z]{64}»\",\"id_token\":\"«eyJhbGciOiJSUzI1NiJ9\\.eyJ[0-9A-Za-z]{60}\\.[0-9A-Za-z_-]{80}»\"}",
	"-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: GnuPG v2\n\n«lQOYBF[0-9A-Za-z+/]{58}»\n«[0-9A-Za-z+/]{64}»\n=abcd\n-----END PGP PRIVATE KEY BLOCK-----", "-----BEGIN OPENSSH PRIVATE KEY-----\n«b3BlbnNzaC1rZXktdjE[0-9A-Za-z+/]{51}»\n«[0-9A-Za-z+/]{64}»", "AGE-SECRET-KEY-1«[02-9AC-HJ-NP-Z]{58}»", "services:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_PASSWORD: «[0-9A-Za-z]{10}»\n      POSTGRES_USER: app\n  redis:\n    command: redis-server --requirepass «[0-9A-Za-z]{12}»\n",
	"terraform {\n}\nprovider \"aws\" {\n  access_key = \"AKIA«[2-7A-Z]{16}»\"\n  secret_key = \"«[0-9A-Za-z/+]{40}»\"\n}\nresource \"x\" \"y\" {\n  password = \"«[0-9A-Za-z!]{12}»\"\n  username = \"admin\"\n}", "[default]\naws_access_key_id = AKIA«[2-7A-Z]{16}»\naws_secret_access_key = «[0-9A-Za-z/+]{40}»\naws_session_token = «[0-9A-Za-z/+]{200}»\n", "[client]\nuser=root\npassword=\"«[0-9A-Za-z!#]{10}»\"\nhost=h\n",
	"<configuration><appSettings><add key=\"ApiKey\" value=\"«[0-9A-Za-z]{32}»\"/></appSettings><connectionStrings><add name=\"x\" connectionString=\"Server=h;Database=d;User Id=a;Password=«[0-9A-Za-z!]{10}»;\"/></connectionStrings></configuration>", "spring.datasource.url=jdbc:mysql://h/d\nspring.datasource.password=«[0-9A-Za-z!]{10}»\njwt.secret=«[0-9A-Za-z]{40}»\nspring.mail.password=«[a-z]{16}»\n",
	"*** Settings ***\n[smtp]\nhost = smtp.x\nuser = bob\npass = «[0-9A-Za-z!]{10}»\n", "module.exports = {\n  db: { user: 'a', password: '«[0-9A-Za-z!]{10}»' },\n  jwtSecret: '«[0-9A-Za-z]{32}»',\n  apiKeys: { stripe: '«sk_live_[0-9A-Za-z]{24}»', maps: '«AIza[0-9A-Za-z_-]{35}»' },\n}", "curl -X POST https://api.x/v1 -H 'Content-Type: application/json' -H 'X-Api-Key: «[0-9A-Za-z]{32}»' -d '{\"password\":\"«[0-9A-Za-z!]{10}»\"}'",
	"psql \"postgresql://app:«[0-9A-Za-z]{12}»@h/d\" -c 'select 1'", "PGPASSWORD=«[0-9A-Za-z]{12}» pg_dump -h h -U u d", "mysql -h h -uroot -p«[0-9A-Za-z]{12}» -e 'x'", "docker login -u bob -p «[0-9A-Za-z]{12}» reg", "redis-cli -h h -a «[0-9A-Za-z]{12}» PING", "ssh-keygen -N '«[0-9A-Za-z!]{12}»' -f k", "gpg --batch --passphrase '«[0-9A-Za-z!]{12}»' -d f", "openssl pkcs12 -in a.p12 -passin pass:«[0-9A-Za-z]{12}»",
	"git clone https://oauth2:«[0-9A-Za-z_-]{20}»@gitlab.com/a/b.git", "git remote set-url origin https://«ghp_[0-9A-Za-z]{36}»@github.com/a/b", "az login --service-principal -u app -p «[0-9A-Za-z~]{34}» --tenant t", "sshpass -p '«[0-9A-Za-z!]{12}»' ssh root@h", "export OPENAI_API_KEY='«[0-9A-Za-z]{40}»'", "wget --header=\"Authorization: Bearer «[0-9A-Za-z]{40}»\" https://x", `{"name":"send_email","arguments":"{\"smtp_password\":\"«[0-9A-Za-z!]{10}»\",\"to\":\"«[a-z]{6}@[a-z]{6}\.com»\"}"}`,
	`{"tool":"bash","input":{"command":"echo '«[0-9A-Za-z!]{10}»' | sudo -S apt update"}}`, `{"tool":"browser_type","args":{"element":"Password textbox","ref":"e12","text":"«[0-9A-Za-z!]{10}»"}}`, `[{"role":"user","content":"Hi, my login is bob and my password is «[0-9A-Za-z!]{10}». Can you check?"},{"role":"assistant","content":"Your password «[0-9A-Za-z!]{10}» works"}]`, "Exception in thread main java.sql.SQLException: Access denied for user 'root'@'h' (using password: «[0-9A-Za-z]{10}»)",
	"requests.exceptions.HTTPError: 401 Client Error for url: https://api.x/v1?api_key=«[0-9a-f]{32}»&q=1", "panic: failed to connect to `host=h user=u password=«[0-9A-Za-z]{10}» database=d`", "DEBUG urllib3 https://h:443 \"GET /?token=«[0-9a-f]{40}» HTTP/1.1\" 200", "level=error msg=\"auth failed\" token=«[0-9a-f]{40}» user=bob", "WARN [auth] invalid api key «[0-9a-f]{32}» for tenant x", "Traceback...\n  File \"x.py\", line 3, in connect\n    password='«[0-9A-Za-z!]{10}»',\n",
	"sqlalchemy.exc.OperationalError: (psycopg2.OperationalError) connection to \"postgresql://u:«[0-9A-Za-z]{10}»@h/d\" failed", "Dear Bob,\n\nyour account is ready.\n\nUsername: bob\nPassword: «[0-9A-Za-z!]{10}»\n\nPlease change it.\n", "Hi,\nhere are the creds:\nhost: h\nuser: root\npw: «[0-9A-Za-z!]{10}»\n", "| Env | User | Password |\n|-----|------|----------|\n| dev | a | «[0-9A-Za-z]{10}» |\n| prod | b | «[0-9A-Za-z]{10}» |",
	"WiFi: Guest / Password: «[0-9A-Za-z]{10}»", "OTP for login is «[1-9][0-9]{5}». Do not share.", "Your verification code is: «[1-9][0-9]{5}»", "Use code «[1-9][0-9]{5}» to verify your login", "«[1-9][0-9]{5}» is your verification code", "PIN «[1-9][0-9]{3}» for card", "CVV «[1-9][0-9]{2}»", "Your one-time password is «[1-9][0-9]{5}»", "Call me at «[2-9][0-9]{2} [2-9][0-9]{2} [0-9]{4}»", "phone «0[1-9][0-9]{2} [1-9][0-9]{6}»",
	"Tel. «\\+49 \\(0\\)89 [1-9][0-9]{5}»", "IBAN: DE89 3704 0044 0532 0130 00 and card «4111 1111 1111 1111»", "SSN: «21[0-9]-4[0-9]-[1-9][0-9]{3}»", "social security number is «21[0-9]4[0-9][1-9][0-9]{3}»", "card: «378282246310005» exp 12/27", "amex «3782 822463 10005»", "{\"cardNumber\":«5555555555554444»}", "mailto:«[a-z]{6}@[a-z]{6}\\.org»?subject=x", "\"From\": \"Bob <«[a-z]{6}@[a-z]{6}\\.org»>\"",
	"seed phrase: «legal winner thank year wave sausage worth useful legal winner thank yellow»", "https://hooks.slack.com/services/T00000000/B00000000/«[0-9A-Za-z]{24}»", "https://discord.com/api/webhooks/123456789012345678/«[0-9A-Za-z_-]{68}»", "https://api.telegram.org/bot«[1-9][0-9]{8}:AA[0-9A-Za-z_-]{33}»/sendMessage", "https://outlook.office.com/webhook/«[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}@[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}/IncomingWebhook/[0-9a-f]{32}»/x",
	"https://h/reset?token=«[0-9A-Za-z_-]{43}»", "https://h/auth/magic-link?token=«[0-9a-f]{64}»&email=x", "https://user:«[0-9A-Za-z]{10}»@proxy:3128", "sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username=\"a\" password=\"«[0-9A-Za-z!]{10}»\";", "hashcat: $6$«[0-9A-Za-z]{16}\\$[0-9A-Za-z./]{86}»", "root:$6$«[0-9A-Za-z]{16}\\$[0-9A-Za-z./]{86}»:19000:0:99999:7:::",
	"{\"encrypted_password\":\"$2a$12$«[0-9A-Za-z./]{53}»\"}", "bob:$apr1$«[0-9A-Za-z]{8}\\$[0-9A-Za-z./]{22}»", "vault kv put secret/db password=«[0-9A-Za-z]{12}»", "VAULT_TOKEN=«hvs\\.[0-9A-Za-z_-]{90}» vault read x", "Unseal Key 1: «[0-9A-Za-z+/]{44}»\nInitial Root Token: «hvs\\.[0-9A-Za-z]{24}»", "kubectl create secret generic s --from-literal=api-token=«[0-9A-Za-z]{24}»", "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.«[0-9A-Za-z_-]{43}»",
	"Sec-WebSocket-Protocol: bearer, «[0-9A-Za-z]{40}»", "grpc-metadata-authorization: Bearer «[0-9A-Za-z]{40}»", "x-goog-api-key: «AIza[0-9A-Za-z_-]{35}»", "api-key: «[0-9a-f]{32}»", "Ocp-Apim-Subscription-Key: «[0-9a-f]{32}»", "X-Amz-Security-Token: «[0-9A-Za-z/+]{200}»", "X-Shopify-Access-Token: «[0-9a-f]{32}»", "PRIVATE-TOKEN: «[0-9A-Za-z]{20}»", "X-Vault-Token: «[0-9A-Za-z.]{26}»", "DD-API-KEY: «[0-9a-f]{32}»",
	"X-Figma-Token: «[0-9A-Za-z-]{40}»", "xi-api-key: «[0-9a-f]{32}»", "Authorization: Api-Token «dt0c01\\.[0-9A-Z]{24}\\.[0-9A-Z]{64}»", "Authorization: token «[0-9a-f]{40}»", "Authorization: Digest username=\"a\", realm=\"r\", nonce=\"n\", uri=\"/\", response=\"«[0-9a-f]{32}»\"",
}

// DocumentCases are the secrets of documents, each document as it is and as a member of a JSON text.
func DocumentCases() (out []Case) {
	escape := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`)
	for i, document := range documents {
		for seed := range uint64(4) {
			text, secrets := fillFormats(document, uint64(i*100)+seed)
			for _, secret := range secrets {
				out = append(out, Case{document, text, secret}, Case{document, `{"content":"` + escape.Replace(text) + `"}`, secret})
			}
		}
	}
	return out
}

// fillFormats puts a sample in the place of each format.
func fillFormats(document string, seed uint64) (text string, secrets []string) {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(document, "«")
		b.WriteString(before)
		if !ok {
			return b.String(), secrets
		}
		format, after, _ := strings.Cut(rest, "»")
		secret := Sample(format, seed+uint64(7*len(secrets)))
		b.WriteString(secret)
		secrets = append(secrets, secret)
		document = after
	}
}
