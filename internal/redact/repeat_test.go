package redact

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// batchOf passes texts through a session as one batch of a trace, and returns them with what is counted as found and as repeated.
func batchOf(t testing.TB, r *Redactor, trace byte, texts ...string) (out []string, found, repeated int) {
	t.Helper()
	s := r.Session()
	defer s.Close()
	first, second := make([]int, r.NumRules()), make([]int, r.NumRules())
	s.Remember()
	s.InTrace([16]byte{trace})
	s.CountInto(first)
	out = append(out, texts...)
	for i := range out {
		out[i], _ = s.String(Key{}, out[i])
	}
	if s.Repeats() {
		s.CountInto(second)
		for i := range out {
			out[i], _ = s.Repeated(Key{}, out[i])
		}
	}
	for i := range first {
		found += first[i]
		repeated += second[i]
	}
	return out, found, repeated
}

// b64 is text in the encodings of base64, behind n more bytes.
func b64(n int, text string) string {
	return base64.StdEncoding.EncodeToString([]byte("user:"[5-n:] + text))
}

func TestWhatWasFoundOnceGoesEverywhere(t *testing.T) {
	const pw = "hunter2xy!"
	token := "q7" + "Zk20vBx9LmT4wRe1Ns"
	for name, c := range map[string]struct {
		tells, text string
		goes        string // what must not stand in the text
	}{
		"prose after a tool call":          {`{"tool":"login","args":{"password":"` + pw + `"}}`, "I used " + pw + " to log in.", pw},
		"in quotes":                        {`password=` + pw, `typed "` + pw + `" twice`, pw},
		"at the end of a sentence":         {`password=` + pw, `It is ` + pw + `.`, pw},
		"in a list of JSON":                {`{"password":"` + pw + `"}`, `{"args":["root","` + pw + `"]}`, pw},
		"on a log line without its name":   {`api_key=` + token, `GET /v1/x ` + token + ` 200`, token},
		"glued to letters":                 {`api_key=` + token, `xx` + token + `yy`, token},
		"behind a line break of JSON":      {`{"password":"` + pw + `"}`, `{"text":"tried\n` + pw + `\nand failed"}`, pw},
		"JSON in JSON":                     {`{"password":"` + pw + `"}`, `{"a":"{\"b\":\"x\\n` + pw + `\"}"}`, pw},
		"a quote in the value":             {`{"password":"ab\"Super1234"}`, `{"a":"ab\"Super1234"}`, `Super1234`},
		"a quote, unescaped":               {`{"password":"ab\"Super1234"}`, `it is ab"Super1234 now`, `Super1234`},
		"a quote, escaped twice":           {`{"password":"ab\"Super1234"}`, `{"a":"{\"b\":\"ab\\\"Super1234\"}"}`, `Super1234`},
		"an escaped letter":                {`{"password":"gr\u00fcn!Haus77"}`, `es war grün!Haus77`, `Haus77`},
		"the letter, then escaped":         {`{"password":"grün!Haus77"}`, `{"a":"gr\u00FCn!Haus77"}`, `Haus77`},
		"percent-encoded":                  {`{"password":"p@ss/w0rd 9"}`, `https://h/?q=p%40ss%2Fw0rd%209`, `p%40ss`},
		"percent-encoded in small letters": {`{"password":"p@ss/w0rd 9"}`, `https://h/?q=p%40ss%2fw0rd+9&b=1`, `p%40ss`},
		"percent-encoded twice":            {`{"password":"p@ss/w0rd 9"}`, `u=p%2540ss%252Fw0rd%25209`, `p%2540ss`},
		"from the address of a database":   {`postgres://app:p%40ssw0rd77@db/app`, `connected with p@ssw0rd77`, `p@ssw0rd77`},
		"in XML":                           {`{"password":"a<b&c77xy"}`, `<note>a&lt;b&amp;c77xy</note>`, `c77xy`},
		"between colours":                  {`password=` + pw, "\x1b[32m" + pw + "\x1b[0m", pw},
		"between escaped colours":          {`password=` + pw, `{"log":"\u001b[1;32m` + pw + `\u001b[0m"}`, pw},
		"base64 of user and password":      {`password=` + pw, `sent ` + b64(5, pw), b64(5, pw)[8:16]},
		"base64, first alignment":          {`password=` + pw, b64(0, pw), b64(0, pw)[:10]},
		"base64, second alignment":         {`password=` + pw, b64(1, pw), b64(1, pw)[2:10]},
		"base64, third alignment":          {`password=` + pw, b64(2, pw), b64(2, pw)[3:11]},
		"base64 without padding":           {`password=` + pw, base64.RawStdEncoding.EncodeToString([]byte("a:" + pw)), b64(2, pw)[4:12]},
		"base64 of the URL alphabet":       {`{"password":"??>>~~77xy"}`, base64.RawURLEncoding.EncodeToString([]byte("??>>~~77xy")), base64.RawURLEncoding.EncodeToString([]byte("??>>~~77xy"))[:10]},
		"base64 of the other alphabet":     {`{"password":"??>>~~77xy"}`, `{"x":"` + strings.ReplaceAll(b64(0, "??>>~~77xy"), "/", `\/`) + `"}`, `Pz8`},
		"base64, percent-encoded":          {`{"password":"??>>~~77xy"}`, `x=` + url.QueryEscape(b64(0, "??>>~~77xy")), `Pz8`},
		"base64 in the midst of a text":    {`password=` + pw, base64.StdEncoding.EncodeToString([]byte(`{"login":"bob","with":"` + pw + `","at":5}`)), base64.StdEncoding.EncodeToString([]byte(pw))[1:9]},
		"the password of Basic":            {"Authorization: Basic " + b64(5, pw), `then ` + pw, pw},
		"a pass phrase":                    {`{"passphrase":"correct horse battery staple"}`, `said correct horse battery staple aloud`, `battery`},
		"an announced number":              {`{"pin":49302137}`, `the code 49302137 worked`, `49302137`},
		"a number as a member of JSON":     {`{"pin":49302137}`, `{"n":49302137,"m":1}`, `49302137`},
		"a cookie":                         {`Cookie: sid=` + token, `session ` + token, token},
		"Chinese around it":                {`password=` + pw, `密码是hunter2xy!，谢谢`, pw},
		"a word with digits, alone":        {`password=summer-2031x`, `try summer-2031x, please`, `summer-2031x`},
		"a card number in blanks":          {`card number 4111 1111 1111 1111`, `x 4111 1111 1111 1111`, `4111 1111`},
		"under a name of code":             {`const DB_PASSWORD = "` + pw + `"`, `connect("root", "` + pw + `")`, pw},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRedactor(t)
			for order, texts := range [][]string{{c.tells, c.text}, {c.text, c.tells}} {
				out, found, repeated := batchOf(t, r, byte(1+order), texts...)
				assert.NotContains(t, out[order], c.goes, "where it was found")
				got := out[1-order]
				assert.NotContains(t, got, c.goes)
				assert.Contains(t, got, "[REDACTED:")
				assert.Positive(t, found+repeated)
				if json.Valid([]byte(c.text)) {
					assert.True(t, json.Valid([]byte(got)), got)
				}
				again, _, _ := batchOf(t, newRedactor(t), 1, out...)
				assert.Equal(t, out, again, "a second pass")
			}
			// A later batch of the same trace, and one of another.
			out, _, _ := batchOf(t, r, 1, c.text)
			assert.NotContains(t, out[0], c.goes, "in a later batch")
			plain, _ := r.String("", c.text)
			out, _, _ = batchOf(t, r, 9, c.text)
			assert.Equal(t, plain, out[0], "in another trace")
		})
	}
}

func TestWhatIsNoSecretElsewhereStays(t *testing.T) {
	for name, c := range map[string]struct{ tells, text string }{
		"too short":                            {`password=hunt2x!`, `hunt2x! is short`},
		"letters alone":                        {`password=swordfish`, `a swordfish swims`},
		"fifteen letters":                      {`{"password":"internationales"}`, `internationales Recht`},
		"part of a number":                     {`{"pin":49302137}`, `order 493021370 and 149302137, 4930-49302137-1, 0.49302137, 49302137.5`},
		"part of a name":                       {`password=staging-db-1`, `staging-db-12, my-staging-db-1, staging-db-1.internal, staging-db-1-replica, staging-db-1:5432, xstaging-db-1`},
		"part of a word":                       {`password=hunter2xy`, `hunter2xyz, xhunter2xy, hunter2xy_old`},
		"part of a word in base64":             {`password=hunter2xy`, b64(0, "xhunter2xyz") + " " + b64(2, "hunter2xyz") + " " + b64(0, "xhunter2xy")},
		"a sequence":                           {`password=12345678`, `id 12345678`},
		"one character":                        {`password=00000000`, `trace 00000000`},
		"a date":                               {`password=2031-01-15`, `on 2031-01-15`},
		"a day without dashes":                 {`password=20310115`, `run 20310115`},
		"a time":                               {`password: "2031-01-15T10:00:00Z"`, `at 2031-01-15T10:00:00Z`},
		"seconds":                              {`{"pin":1795345571}`, `at 1795345571`},
		"a version":                            {`password=1.22.333-rc1`, `version 1.22.333-rc1`},
		"an e-mail address of an allowed kind": {`{"api_key":"support@acme.example"}`, `ask support@acme.example`},
		"a host":                               {`password=db-1.example.com`, `at db-1.example.com`},
		"a host and port":                      {`password=localhost:5432`, `at localhost:5432`},
		"a model":                              {`password=gpt-4o-mini-2031`, `{"model":"gpt-4o-mini-2031"}`},
		"another model":                        {`{"secret":"claude-sonnet-4-5-20250929"}`, `claude-sonnet-4-5-20250929`},
		"a model of a gateway":                 {`password=vertex_ai/gemini-2.5-pro`, `vertex_ai/gemini-2.5-pro`},
		"a model of a region":                  {`password=eu.anthropic.claude-sonnet-4-5-20250929-v1:0`, `eu.anthropic.claude-sonnet-4-5-20250929-v1:0`},
		"a model of a path":                    {`password=accounts/fireworks/models/deepseek-v3`, `accounts/fireworks/models/deepseek-v3`},
		"a region":                             {`password=us-east-1`, `in us-east-1`},
		"a zone":                               {`password=europe-west4-a`, `in europe-west4-a`},
		"a file":                               {`password=main_test2.go`, `main_test2.go failed`},
		"a file in folders":                    {`password=src/app/main2.go`, `src/app/main2.go failed`},
		"a price":                              {`password=0.00012345`, `costs 0.00012345`},
		"a time in seconds":                    {`password=12.3456789`, `took 12.3456789`},
		"seconds and milliseconds":             {`password=1764522000.123`, `at 1764522000.123`},
		"an exponent":                          {`password=1.2345e-100`, `is 1.2345e-100`},
		"a placeholder in JSON of Go":          {`{"password":"\u003cyour-password-1\u003e"}`, `<your-password-1>`},
		"a path in JSON":                       {`{"password":"\/run\/secrets\/db1"}`, `/run/secrets/db1`},
		"a placeholder":                        {`password=your-password-1`, `your-password-1`},
		"a path":                               {`password=/run/secrets/db1`, `/run/secrets/db1`},
		"an id under a token's name":           {`{"token":"user_12345679"}`, `{"id":"user_12345679"}`},
		"an e-mail address":                    {`{"password":"jane@example.com"}`, `nothing`},
		"another spelling":                     {`password=hunter2xy!`, `HUNTER2XY! hunter2-xy!`},
		"a name of a cookie":                   {`Cookie: theme=dark-mode-2`, `dark-mode-2`},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRedactor(t)
			plain, _ := r.String("", c.text)
			out, _, repeated := batchOf(t, r, 1, c.tells, c.text)
			assert.Equal(t, plain, out[1])
			assert.Zero(t, repeated)
		})
	}
}

func TestTheMemoryOfTracesIsBounded(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	r, err := New(Options{Repeats: RepeatOptions{MaxValues: 3, MaxTraces: 2, MaxAge: time.Minute}})
	require.NoError(t, err)
	r.memory.now = func() time.Time { return now }
	known := func(trace byte, pw string) bool {
		out, _, _ := batchOf(t, r, trace, "see "+pw)
		return !strings.Contains(out[0], pw)
	}
	batchOf(t, r, 1, "password=one1one!a password=two2two!b password=three3three!c password=four4four!d")
	assert.True(t, known(1, "one1one!a"))
	assert.True(t, known(1, "three3three!c"))
	assert.False(t, known(1, "four4four!d"), "more values than are kept")

	now = now.Add(59 * time.Second)
	assert.True(t, known(1, "one1one!a"))
	now = now.Add(59 * time.Second)
	assert.True(t, known(1, "one1one!a"), "seen within a minute")
	now = now.Add(61 * time.Second)
	assert.False(t, known(1, "one1one!a"), "too old")
	assert.Zero(t, r.memory.order.Len())
	assert.Empty(t, r.memory.traces)

	for trace := range byte(3) {
		batchOf(t, r, 1+trace, "password=one1one!a")
	}
	assert.False(t, known(1, "one1one!a"), "more traces than are kept")
	assert.True(t, known(2, "one1one!a"))
	assert.True(t, known(3, "one1one!a"))
	assert.Len(t, r.memory.traces, 2)

	batchOf(t, r, 0, "password=one1one!a")
	assert.Len(t, r.memory.traces, 2, "what has no trace is not kept")
}

func TestTheMemoryOfTracesHoldsNoText(t *testing.T) {
	r := newRedactor(t)
	batchOf(t, r, 1, "password=hunter2xy!")
	set := r.memory.recall([16]byte{1})
	require.NotNil(t, set)
	require.Len(t, set.values, 1)
	assert.Empty(t, set.values[0].clear)
	assert.Empty(t, set.values[0].label)
	s := r.Session()
	defer s.Close()
	assert.Empty(t, s.repeats.values)
	assert.Empty(t, s.repeats.index)
	for _, v := range s.repeats.values[:cap(s.repeats.values)] {
		assert.Empty(t, v.clear)
	}
}

func TestRepeatsAreReplacedAsTheStyleSays(t *testing.T) {
	for name, c := range map[string]struct {
		style StyleOptions
		want  string
	}{
		"fixed":   {StyleOptions{Type: StyleFixed, Text: "<gone>"}, "<gone>"},
		"partial": {StyleOptions{Type: StylePartial, KeepLast: 3}, "****Xy7"},
		"remove":  {StyleOptions{Type: StyleRemove}, ""},
		"indexed": {StyleOptions{Type: StyleIndexed}, "[PASSWORD_1]"},
		"hash":    {StyleOptions{Type: StyleHash, Hash: HashOptions{Key: strings.Repeat("k", 32)}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := New(Options{Style: c.style})
			require.NoError(t, err)
			const pw = "hunter2!!abXy7"
			s := r.Session()
			defer s.Close()
			pass := func(texts ...string) []string {
				s.Remember()
				defer s.Forget()
				s.InTrace([16]byte{1})
				s.In(r.Scope([16]byte{1}))
				for i := range texts {
					texts[i], _ = s.String(Key{}, texts[i])
				}
				if s.Repeats() {
					for i := range texts {
						texts[i], _ = s.Repeated(Key{}, texts[i])
					}
				}
				return texts
			}
			out := pass("a "+pw+" b", "password="+pw)
			if name == "hash" {
				c.want = strings.TrimPrefix(out[1], "password=")
				require.Contains(t, c.want, "[password:")
			}
			assert.Equal(t, []string{"a " + c.want + " b", "password=" + c.want}, out)
			assert.Equal(t, "a "+c.want+" b", pass("a " + pw + " b")[0], "in a later batch")
		})
	}
}

func TestAllowedTextsAreNotRepeats(t *testing.T) {
	r, err := New(Options{Allow: AllowOptions{Exact: []string{"hunter2xy!"}, Regex: []string{"fine.+"}}})
	require.NoError(t, err)
	out, found, repeated := batchOf(t, r, 1, "password=hunter2xy! password=fine-hunter2xy!", "hunter2xy! fine-hunter2xy!")
	assert.Equal(t, []string{"password=hunter2xy! password=fine-hunter2xy!", "hunter2xy! fine-hunter2xy!"}, out)
	assert.Zero(t, found+repeated)
}

func TestValuesUnderSafeNamesStay(t *testing.T) {
	r, err := New(Options{Keys: KeyOptions{Safe: []string{"session_token"}}})
	require.NoError(t, err)
	const v = "abcdef1234567890"
	out, _, _ := batchOf(t, r, 1, `{"api_token":"`+v+`","session_token":"`+v+`","text":"`+v+`"}`, `{\"session_token\": \"`+v+`\"}`, `sessionToken=`+v)
	assert.Equal(t, []string{`{"api_token":"[REDACTED:secret.token]","session_token":"` + v + `","text":"[REDACTED:secret.token]"}`, `{\"session_token\": \"` + v + `\"}`, `sessionToken=` + v}, out)
}

func TestAnAuditCountsRepeats(t *testing.T) {
	r := newRedactor(t)
	texts := []string{`password=hunter2xy!, then hunter2xy! again`, "I used hunter2xy!", `{"password":"hunter2xy!"}`}
	_, found, repeated := batchOf(t, r, 1, texts...)
	s := r.Session()
	defer s.Close()
	s.Audit()
	s.Remember()
	first, second := make([]int, r.NumRules()), make([]int, r.NumRules())
	s.CountInto(first)
	for _, text := range texts {
		out, _ := s.String(Key{}, text)
		assert.Equal(t, text, out)
	}
	require.True(t, s.Repeats())
	s.CountInto(second)
	for _, text := range texts {
		out, _ := s.Repeated(Key{}, text)
		assert.Equal(t, text, out)
	}
	assert.Equal(t, found, first[rulePassword])
	assert.Equal(t, repeated, second[rulePassword])
	assert.Equal(t, 2, repeated)
}

func TestThePasswordOfBasicHasTheLabelOfARuleThatIsOn(t *testing.T) {
	for label, off := range map[string][]string{"[REDACTED:secret.password]": nil, "[REDACTED:secret.basic]": {"secret.password"}} {
		r, err := New(Options{DisableRules: off})
		require.NoError(t, err)
		out, _, _ := batchOf(t, r, 1, "Authorization: Basic "+b64(5, "hunter2xy!"), "then hunter2xy!")
		assert.Equal(t, "then "+label, out[1])
	}
}

func TestIdentitiesKeepIDsThatAreCredentialsElsewhere(t *testing.T) {
	for _, id := range []string{"4bf92f3577b34da6a3ce929d0e0e4736", "123e4567-e89b-12d3-a456-426614174000", "00f067aa0ba902b7"} {
		s := newRedactor(t).Session()
		s.Remember()
		s.String(s.Key("", "session_token"), id)
		if !s.Repeats() {
			continue // not a credential at all
		}
		for name, stays := range map[string]bool{"session.id": true, "gen_ai.conversation.id": true, "user.id": true, "note": false} {
			out, _ := s.Repeated(s.Key("", name), id)
			assert.Equal(t, stays, out == id, "%s: %s", name, id)
		}
		s.Close()
	}
}
