package redact

import "testing"

// TestValuesOnTheNextLine has values that a continued line, a block of YAML or the end of a JSON string parts from their names.
func TestValuesOnTheNextLine(t *testing.T) {
	redactsOnly(t, []string{
		"API_KEY = \\\n  \"«Tulpe47xkq8»\"", "API_KEY = \\\r\n  '«Tulpe47xkq8»'", "export DB_PASSWORD=\\\n«Tulpe47xk!»", "password = \\\n    \"«Tulpe47xk!»\"\nuser = x",
		"password: >-\r\n  «Tulpe47xk!»\r\nuser: x", "password: |\r\n  «Tulpe47xk!»", "password: |-\n  «Tulpe47xk!»",
		`{"role":"user","content":"password:\n  «Tulpe47xk!»","n":1}`, `{"content":"Your password is:\n\n«Tulpe47xk!»", "n":1}`,
		`{"content":"Authorization: Bearer\t«q8Zt2LxPw9vKd3RmT5yH»","n":1}`,
		"API_KEY = \\\n  os.environ['X']", "password = \\\n    get_password()", "password: >-\r\n  {{ vault }}", `{"content":"password:\n  required","n":1}`, `{"content":"Bearer\ttoken","n":1}`, "the password \\\nis required", `{"a":"password:\n  none","b":"Tulpe47xk!"}`,
	})
}
