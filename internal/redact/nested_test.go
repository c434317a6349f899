package redact

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

// nestedTexts are texts whose grammar leaves no doubt, with their line breaks and quotes.
var nestedTexts = []string{
	"--x\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\n«tulipengine»\r\n--x--",
	"--x\nContent-Disposition: form-data; name=\"password\"\n\n«tulipengine»\n--x--",
	"--x\r\nContent-Disposition: form-data; name=\"client_secret\"\r\nContent-Type: text/plain\r\n\r\n«tulipengine»\r\n--x--",
	"--x\r\nContent-Disposition: form-data; name=\"user\"\r\n\r\nrosa\r\n--x\r\nContent-Disposition: form-data; name=\"passwd\"\r\n\r\n«tulipengine»\r\n--x--\r\n",
	"--x\r\nContent-Disposition: form-data; name=\"api_key\"\r\n\r\n«tulip engine»\r\n--x--",
	"*2\r\n$4\r\nAUTH\r\n$11\r\n«tulipengine»\r\n",
	"*3\r\n$4\r\nAUTH\r\n$7\r\ndefault\r\n$11\r\n«tulipengine»\r\n",
	"*2\n$4\nAUTH\n$11\n«tulipengine»\n",
	"machine h.example\nlogin rosa\npassword «tulipengine»\n",
	// No secrets.
	"--x\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\ntulipengine\r\n--x--",
	"--x\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\n--x--",
	"--x\r\nContent-Disposition: form-data; name=\"token_type\"\r\n\r\ntulip\r\n--x--",
	"*2\r\n$3\r\nGET\r\n$11\r\ntulipengine\r\n",
	"*1\r\n$4\r\nAUTH\r\n",
	"enter the \"password\"\r\n\r\nthen go on\r\n",
	"name=\"password\"\r\n\r\nthen go on\r\n",
}

func TestGrammarsAreReadThroughJSONInJSON(t *testing.T) {
	var texts []string
	for _, text := range nestedTexts {
		texts = append(texts, text)
		for range 3 {
			quoted, err := json.Marshal(map[string]string{"b": text})
			require.NoError(t, err)
			text = string(quoted)
			texts = append(texts, text)
		}
	}
	redactsOnly(t, texts)
}
