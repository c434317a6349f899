package redact

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestAWordBehindTheNameOfASecret(t *testing.T) {
	redactsOnly(t, []string{
		// Environments, regions, roles, versions and encodings, in capitals.
		"OPENAI_API_KEY_DEV=«q7Zt2LxPw9sVn4Kc»\nDB_PASSWORD_TEST=«Tulip-9-x»\nAPI_KEY_B64=«cTdadDJMeFB3OXNW»", "DB_PASSWORD_STG=«tulipengine»", "API_KEY_QA=«q7Zt2LxPw9sVn4Kc»", "OPENAI_API_KEY_EU=«q7Zt2LxPw9sVn4Kc»", "API_TOKEN_V2=«q7Zt2LxPw9sVn4Kc»",
		"REDIS_PASSWORD_PRIMARY=«Tulip-9-x»", "DB_PASSWORD_READONLY=«Tulip-9-x»", "SIGNING_SECRET_CURRENT=«q7Zt2LxPw9sVn4Kc»", "WEBHOOK_SECRET_PREVIOUS: «q7Zt2LxPw9sVn4Kc»", "API_KEY_UAT=«q7Zt2LxPw9sVn4Kc»", "export DB_PASSWORD_SANDBOX='«tulip engine»'",
		"STRIPE_SECRET_KEY_PREPROD=«q7Zt2LxPw9sVn4Kc»", "API_KEY_APAC=«q7Zt2LxPw9sVn4Kc»", "DB_PASSWORD_HEX=«a1b2c3d4e5f60718»", "TLS_PRIVATE_KEY_BASE64=«cTdadDJMeFB3OXNW»", "APP_SECRET_1=«q7Zt2LxPw9sVn4Kc»", "API_KEY_SECONDARY=«q7Zt2LxPw9sVn4Kc»",
		"GITHUB_TOKEN_RO=«q7Zt2LxPw9sVn4KcR1yT»", "DATABASE_URL_DEV=postgres://app:«tulip»@db:5432/app",
		// Several of them in a row.
		"STRIPE_SECRET_KEY_LIVE_EU_PRIMARY=«q7Zt2LxPw9sVn4Kc»", "DB_PASSWORD_PROD_EU_WEST_1_V2_B64=«cTdadDJMeFB3OXNW»", "API_KEY_TEST_2_OLD: «q7Zt2LxPw9sVn4Kc»", "openai_api_key_dev_eu_v3 = \"«q7Zt2LxPw9sVn4Kc»\"",
		// Other spellings.
		`{"passwordBase64":"«dHVsaXBlbmdpbmU=»"}`, `{"tokenValue":"«q7Zt2LxPw9sVn4KcR1yT»"}`, `{"SecretBinary":"«q7Zt2LxPw9sVn4KcR1yT»"}`, `{"apiKeyDev":"«q7Zt2LxPw9sVn4Kc»"}`, `{"api-key-staging": "«q7Zt2LxPw9sVn4Kc»"}`, `{"dbPasswordReadOnly":"«tulipengine»"}`, "spring.datasource.password.dev=«Tulip-9-x»",
		"api.key.eu: «q7Zt2LxPw9sVn4Kc»", "openai_api_key_qa: «q7Zt2LxPw9sVn4Kc»", `clientSecretV2 := "«q7Zt2LxPw9sVn4Kc»"`, `apiKeyEU = '«q7Zt2LxPw9sVn4Kc»'`, `{\"passwordProd\":\"«tulipengine»\"}`, "db-password-primary: «Tulip-9-x»", `secret_key_b64: "«cTdadDJMeFB3OXNW»"`, "password_hash: «5f4dcc3b5aa765d61d8327deb882cf99»",
		"tool --api-key-dev «q7Zt2LxPw9sVn4Kc» --verbose", "tool --db-password-prod=«Tulip-9-x»",
		"java -DapiKeyDev=«q7Zt2LxPw9sVn4Kc» -jar x", "ENV DB_PASSWORD_PROD «tulip9engine»", `os.Setenv("API_KEY_DEV", "«q7Zt2LxPw9sVn4Kc»")`, "https://h/x?api_key_dev=«q7Zt2LxPw9sVn4Kc»&x=1", "<apiKeyDev>«q7Zt2LxPw9sVn4Kc»</apiKeyDev>", `<add key="DbPasswordProd" value="«tulipengine»"/>`, `{"name":"DB_PASSWORD_DEV","value":"«tulipengine»"}`,
		// Words that are names of credentials themselves.
		"GOOGLE_OAUTH=«q7Zt2LxPw9sVn4Kc»\nBASIC_AUTHORIZATION=«q7Zt2LxPw9sVn4Kd»\nAUTHZ=«q7Zt2LxPw9sVn4Ke»", "DASHBOARD_AUTH_HASH_B64=«JDJhJDEyJHE3WnQyTHhQdzlzVm40S2NSMXlUZFE3WnQyTHhQdzlzVm40S2NSMXlUZA==»", "SERVICE_AUTHN=«q7Zt2LxPw9sVn4Kc»", "GOOGLE_OAUTH_DEV=«q7Zt2LxPw9sVn4Kc»", "GITHUB_OAUTH2=«q7Zt2LxPw9sVn4Kc»",
		// Any short tail of a name in capitals.
		"DB_PASSWORD_ACME=«Tulip-9-x»", "LANGFUSE_SECRET_KEY_PROJECT_A=«q7Zt2LxPw9sVn4KcR1yT»", "AWS_SECRET_ACCESS_KEY_CLIENT42=«q7Zt2LxPw9sVn4KcR1yTq7Zt2LxPw9sVn4KcR1yT»", "OPENAI_API_KEY_BILLING=«q7Zt2LxPw9sVn4Kc»", "STRIPE_SECRET_KEY_TEAM_A: «q7Zt2LxPw9sVn4Kc»", "SLACK_BOT_TOKEN_OPS=«q7Zt2LxPw9sVn4KcR1yT»", `export API_KEY_ALICE="«q7Zt2LxPw9sVn4Kc»"`, `{"ADMIN_PASSWORD_BERLIN_OFFICE":"«Tulip-9-x»"}`,
	})
}

func TestNamesThatDescribeASecretStay(t *testing.T) {
	redactsOnly(t, []string{
		"TOKEN_LIMIT=128000", "PASSWORD_MIN_LENGTH=12", "SECRET_NAME_DEV=db-creds-v2", "API_KEY_HEADER_NAME=X-Api-Key2", "TOKEN_TYPE=oauth2bearer", "API_KEY_ID=key-7f3a9b2c", "AUTH_TOKEN_URL=https://auth.example.com/oauth2/token", "API_KEY_EXPIRES_AT=2026-11-30T10:00:00Z", "PASSWORD_COUNT=12345", "TOKEN_REFRESH_ENABLED=true1",
		"PASSWORD_RESET_TIMEOUT=259200", "TOKEN_LIMIT_DEV=128000", "SECRET_ARN=arn:aws:secretsmanager:eu-west-1:123456789012:secret:x-AbCdEf", "API_KEY_PREFIX=ak_live2", "SECRET_VERSION=v20261130", "CREDENTIALS_FILE=creds-prod1.json", "PASSWORD_HASHER=pbkdf2-sha256-v1", "TOKEN_ISSUER=auth0-eu-1", "MAX_TOKENS_DEV=4096", "PUBLIC_KEY_DEV=q7Zt2LxPw9sVn4KcR1yT",
		"PASSWORD_REGEX=[a-z0-9]+", "SECRET_STORE=vault-7f3a", "AUTH_PROVIDER=oidc-eu-1a2b", "AUTH_USER=svc-deploy-01", "TOKEN_COUNT_V2=500", "API_KEY_ROTATION_DAYS=90", "PASSWORD_POLICY=strong-v2", "SECRET_MOUNT_DEV=/run/secrets/db", "SESSION_TOKEN_TTL=3600s12", "TOKEN_BUCKET_SIZE_EU=1024", "PASSWORD_ENABLED_TEST=true", "SECRET_NAMESPACE=team-a1",
		`{"tokenType":"bearer2","tokenLimit":128000}`, `{"passwordMinLength":12}`, "password-policy-dev: strict2", `{"secretNameDev":"db-creds-v2"}`, `{"apiKeyIdProd":"7f3a9b2c"}`, `{"primaryKeyDev":"user_id2"}`, "page_token_next: CAUQAA12345678", `"password_new": "New password"`, `passwordConfirm: "Confirm your password"`, "PASSWORD_DEV=${DB_PASSWORD}", "API_KEY_DEV=<your-key>", "API_KEY_DEV=", "API_KEY_DEV=changeme",
		"SCM_CREDS = 0x03", "NSS_BUFLEN_PASSWD = 1024", "#define MAX_PASSWD 1024\nMAX_PASSWD = 1024", "FLAG_SECRET: 0x2000", "ERR_TOKEN_EXPIRED_V2=E1002", "KEY_A = 30", "KEY_F12=88", "KEY_LEFT_CTRL: 29", "TOKEN_DOT_DOT = 12", "OP_AUTH_TEST = 0x1f", "HTTP_AUTH_BASIC=1", "API_KEY_OWNER=team-42x", "SECRET_SCANNING=enabled1", "CREDENTIAL_HELPER=osxkeychain2", "SECRET_BACKEND=vault-kv2", "SECRET_PROJECT=my-proj-1x", "PASSWORD_HINT=first pet rex99", "TOKEN_SYMBOL=USDC2x", "password-protected archive2x", "token-based auth2", "key-raw v2",
	})
	r := newRedactor(t)
	for _, name := range []string{"openai.api_key.dev", "OPENAI_API_KEY_DEV", "passwordProd", "app.db-password-readonly"} {
		out, _ := r.String(name, "tulipengine")
		assert.NotContains(t, out, "tulipengine", name)
	}
	for _, name := range []string{"token_limit_dev", "SECRET_NAME_DEV", "password.length.eu"} {
		out, _ := r.String(name, "tulipengine1")
		assert.Equal(t, "tulipengine1", out, name)
	}
}
