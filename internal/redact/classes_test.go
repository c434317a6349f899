package redact

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/otelcol-llm/otelcol-llm/internal/redact/redacttest"
)

// gone checks that none of the secrets is left, and that a second pass changes nothing.
func gone(t *testing.T, r *Redactor, in string, secrets ...string) {
	t.Helper()
	out, _ := r.String("", in)
	for _, secret := range secrets {
		assert.NotContains(t, out, secret, in)
	}
	again, found := r.String("", out)
	assert.Equal(t, out, again, "%v", found)
}

func TestPrivateKeysGoInEveryQuoting(t *testing.T) {
	r := newRedactor(t)
	lines := []string{redacttest.Sample("[0-9A-Za-z+/]{64}", 1), redacttest.Sample("[0-9A-Za-z+/]{64}", 2), redacttest.Sample("[0-9A-Za-z]{62}==", 3)}
	pem := "-----BEGIN RSA PRIVATE KEY-----\n" + strings.Join(lines, "\n") + "\n-----END RSA PRIVATE KEY-----\n"
	joined := func(with string) string { return strings.ReplaceAll(pem, "\n", with) }
	for name, in := range map[string]string{
		"plain": pem, "escaped": joined(`\n`), "escaped twice": joined(`\\n`), "carriage returns": joined(`\r\n`), "one line": joined(" "), "without breaks": joined(""),
		"percent-encoded": url.QueryEscape(pem), "percent-encoded path": url.PathEscape(pem), "HTML breaks": joined("<br>"), "XHTML breaks": joined("<br/>\n"), "paragraphs": "<p>" + joined("</p>\n<p>"), "entities": joined("&#10;"),
		"quoted mail": "> " + joined("\n> "), "comment": "# " + joined("\n# "), "joined literals": joined("\\n\" +\n\""), "list of literals": joined("\",\n\""), "line numbers": "1: " + joined("\n2: "), "continued lines": joined("\\\n"), "table": "|" + joined("|\n|"),
		"slashes escaped": strings.ReplaceAll(joined(`\n`), "/", `\/`),
	} {
		t.Run(name, func(t *testing.T) {
			middle := make([]string, 0, 3)
			for _, line := range lines {
				middle = append(middle, line[30:38])
			}
			gone(t, r, in, middle...)
			for _, cut := range []int{120, 150} { // as an SDK would
				gone(t, r, in[:cut], middle[0])
			}
		})
	}
	for _, in := range []string{"-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----", "-----BEGIN PRIVATE KEY-----\n<key>\n-----END PRIVATE KEY-----", "-----BEGIN PRIVATE KEY-----<br>-----END PRIVATE KEY-----", "look for -----BEGIN RSA PRIVATE KEY----- in files"} {
		out, found := r.String("", in)
		assert.Equal(t, in, out, "%v", found)
	}
}

func TestKeysGoAtEveryLevelOfEscaping(t *testing.T) {
	r := newRedactor(t)
	in := `{"db":{"password":"hunter2 x","n":1}}`
	for range 8 {
		gone(t, r, in, "hunter2")
		in = `{"a":"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(in) + `"}`
	}
	for _, in := range []string{`{"pass\u0077ord":"hunter2"}`, `{"\u0070assword":"hunter2"}`, `{"passwor\u0064":"hunter2"}`, `{\"db_pass\u0077ord\":\"hunter2\"}`, `{"\u0070\u0061\u0073\u0073\u0077\u006f\u0072\u0064":"hunter2"}`} {
		gone(t, r, in, "hunter2")
	}
	for _, in := range []string{`{"pass\u0077orded":"hunter2"}`, `{"caf\u00e9":"hunter2"}`, `{"a":"\u0070assword","b":"hunter2"}`} {
		out, found := r.String("", in)
		assert.Equal(t, in, out, "%v", found)
	}
}

func TestSecretsOfKubernetesGo(t *testing.T) {
	r := newRedactor(t)
	for _, in := range []string{
		"apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\ndata:\n  url: aHVudGVyMg==\n  other.conf: c3dvcmRmaXNoOTk=\n", "apiVersion: v1\ndata:\n  url: aHVudGVyMg==\n  a.b: 'c3dvcmRmaXNoOTk='\nkind: Secret\nmetadata:\n  name: db\n",
		"kind: Secret\nstringData:\n  url: aHVudGVyMg==\n  x: c3dvcmRmaXNoOTk=\ntype: Opaque\n", `{"apiVersion":"v1","data":{"url":"aHVudGVyMg==","x":"c3dvcmRmaXNoOTk="},"kind":"Secret","metadata":{"name":"db"}}`, `{\"kind\":\"Secret\",\"data\":{\"url\":\"aHVudGVyMg==\",\"x\":\"c3dvcmRmaXNoOTk=\"}}`,
		`kind: Secret\ndata:\n  url: aHVudGVyMg==\n  x: c3dvcmRmaXNoOTk=\ntype: Opaque\n`,
	} {
		gone(t, r, in, "aHVudGVyMg", "c3dvcmRmaXNoOTk")
		out, _ := r.String("", in)
		assert.Equal(t, strings.Contains(in, `"db"`) || strings.Contains(in, "name: db"), strings.Contains(out, "db"), out)
	}
	for _, in := range []string{"kind: ConfigMap\ndata:\n  url: aHVudGVyMg==\n", "kind: SecretStore\ndata:\n  url: aHVudGVyMg==\n", "kind: ConfigMap\ndata:\n  url: aHVudGVyMg==\n---\nkind: Secret\nmetadata:\n  name: x\n", "a kind: Secret one\nwith data and metadata: x\n"} {
		out, found := r.String("", in)
		assert.Equal(t, in, out, "%v", found)
	}
}

func TestBothPartsOfAPaddedTokenGo(t *testing.T) {
	r := newRedactor(t)
	first, second := redacttest.Sample("[0-9A-Za-z]{60}", 1), redacttest.Sample("[0-9A-Za-z+/]{43}", 2)
	for _, in := range []string{"sntrys_" + first + "=_" + second, "SENTRY_AUTH_TOKEN=sntrys_" + first + "==_" + second + "\nX=1", `{"t":"sntrys_` + first + "=_" + second + `"}`} {
		gone(t, r, in, first[5:], second[5:])
	}
}

func TestKeysGoAfterAnEscapedLineBreak(t *testing.T) {
	r := newRedactor(t)
	secret := redacttest.Sample("[0-9A-Za-z]{30}7q", 1)
	for _, key := range []string{"token", "pass", "pw", "pwd", "api_key", "secret", "auth_token", "X-Api-Key", "private key", "Password", "jwt"} {
		for _, before := range []string{`a\n`, `a: b\r\n`, `a\\n`, `a\t`, "a\n", `{"content":"x\n`} {
			for _, operator := range []string{": ", "=", " = "} {
				gone(t, r, before+key+operator+secret+`\nb: c`, secret)
			}
		}
	}
}
