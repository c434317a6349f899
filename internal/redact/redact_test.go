package redact

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func newRedactor(t testing.TB) *Redactor {
	t.Helper()
	r, err := New(Options{})
	require.NoError(t, err)
	return r
}

// pass is a made-up password of the kind that people choose.
const pass = "Tr0ub4dor-and-3"

func TestPasswordsGoInEveryNotation(t *testing.T) {
	r := newRedactor(t)
	for _, text := range []string{
		`{"password":"@"}`, `{"password": "@", "x": 1}`, `{\"password\":\"@\"}`, `{\\\"db_password\\\":\\\"@\\\"}`,
		`password=@`, `password = @`, `DB_PASSWORD=@`, `export PGPASSWORD='@'`, "a\npassword: @\nb", `password: "@"`, `\npassword: @\nnext`, "  dbPassword: '@' # comment",
		`<password>@</password>`, `<add key="DbPassword" value="@"/>`, `<user password="@">`, `<password><![CDATA[@]]></password>`,
		`?user=a&password=@&x=1`, `user=a;password=@;host=b`, `password%3D@%26x`, `Server=db;User Id=sa;Password=@;Encrypt=true`,
		`mysql --password @ -h host`, `mysql --password=@ -h`, `tool --db-password "@"`, `IDENTIFIED BY '@'`, `CREATE USER x WITH PASSWORD '@';`, `ALTER USER x IDENTIFIED BY "@"`,
		`the password is @`, `The password is @.`, `Password: @`, `my password is "@", ok`, "use password `@` to log in", `login failed with password=@`, `the password for the staging db is @, thanks`,
		`| password | @ |`, `**Password:** @`, `密码：@。`, `machine host login me password @`,
		`postgres://app:@@db.example:5432/app`, `redis://:@@cache:6379/0`, `amqp://a:@@mq/vhost?x=y`, `mongodb+srv://u:@@cluster0.abc.mongodb.net/x`,
		`{"name":"password","value":"@"}`, `{"name": "DB_PASSWORD", "value": "@"}`, "- name: DB_PASSWORD\n  value: @\n", `config["password"] = "@"`, `password := "@"`, `"password" => "@"`, `password="@"`,
		`&quot;password&quot;:&quot;@&quot;`, `password: |` + "\n  @\n", `PASSWORD @`, `passwd:@`, `{'password': '@'}`, `password = SecretStr("@")`, `let password = "@";`,
		`"credentials":{"user":"bob","pass":"@","n":[1,"@"]}`, `spring.datasource.password=@`, `--set auth.password=@`, `_password=@`,
	} {
		t.Run(text, func(t *testing.T) {
			in := strings.ReplaceAll(text, "@@", "\x00@")
			in = strings.ReplaceAll(in, "@", pass)
			in = strings.ReplaceAll(in, "\x00"+pass, pass+"@")
			out, _ := r.String("", in)
			assert.NotContains(t, out, pass)
			again, found := r.String("", out)
			assert.Equal(t, out, again, "%v", found)
			t.Log(out)
		})
	}
}

func TestHarmlessTextStays(t *testing.T) {
	r := newRedactor(t)
	for _, text := range []string{
		`password: str`, `def f(password: str = None):`, `password = getpass()`, `password = config.password`, `"password":"string"`, `{"password":{"type":"string","description":"the password"}}`,
		`token = tokenizer.encode(x)`, `{"token":"Ġinternational","logprob":-0.1}`, `max_tokens: 128000`, `"total_tokens":1282,"prompt_tokens":1240`, `Login token never rotated`, `Is the login token rotated?`,
		`password is required`, `the password must be at least 8 characters`, `"password":"********"`, `password=${DB_PASSWORD}`, `password: <password>`, `password: {{ .Values.db.password }}`, `os.environ["API_KEY"]`, `api_key=os.environ["OPENAI_API_KEY"]`,
		`"id":"chatcmpl-9fA3kLmNoPqRsTuVwXyZ0123456789","object":"chat.completion","created":1795345571`, `550e8400-e29b-41d4-a716-446655440000`, `sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855`,
		`"integrity":"sha512-9fA3kLmNoPqRsTuVwXyZ0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789=="`,
		`git@github.com:org/repo.git`, `actions/checkout@v4`, `react@18.2.0`, `icon@2x.png`, `@mastra/otel-exporter`, `https://medium.com/@user/abc-123`, `2026-11-22T11:06:16.457Z`, `1795345571430000000`, `[0.123456789012, -0.98765432109876]`,
		`978-3-16-148410-0`, `10.0.0.1:8080`, `The token limit is 128000 tokens`, `Bearer token authentication`, `Basic authentication`, `"auth":{"type":"bearer"}`, `session.id=sess-42`, `https://host:8080/@scope/x`,
		`"author":"Bob","authority":"db.local","key_points":["a","b"],"primary_key":"user_id"`, `-----BEGIN CERTIFICATE-----` + "\nMIIB\n-----END CERTIFICATE-----", `password reset`, `Forgot your password? Click here`, `secretName: db-creds`, `secretKeyRef: {name: a, key: b}`,
		`the password is stored hashed`, `password is sha256-hashed`, `password is case-sensitive`, `token_type: bearer`, `"token_type":"Bearer","expires_in":3600`, `credentials: "include"`, `@@ -10,7 +10,9 @@`, `+1.5e10 -3`, `part 4111-1111-2222`, `order 4539148803436468`,
		`ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC7`, `if (password == null) return`, `password?: string;`, `password ? a : b`, `password: String,`, `auth: true`, `--password-file /run/secrets/x`, `"usage":{"input_tokens":1240}`,
		`{"password":null,"token":"","secret":false}`, `[REDACTED:secret.password]`, `password=[REDACTED:secret.password]`, `Authorization: Bearer <token>`, `Authorization: Bearer ${TOKEN}`, `curl -H "Authorization: Bearer $TOKEN"`,
	} {
		t.Run(text, func(t *testing.T) {
			out, found := r.String("", text)
			assert.Equal(t, text, out, "%v", found)
		})
	}
}
