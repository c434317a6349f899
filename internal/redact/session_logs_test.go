package redact

import "testing"

// TestPasswordsInSessionsOfProtocols has sessions as clients and proxies log them, with prompts, arrows and times before the commands.
func TestPasswordsInSessionsOfProtocols(t *testing.T) {
	redactsOnly(t, []string{
		"< 331 Password required\n> PASS «tulipengine»\n< 230 OK",
		"331 Please specify the password.\nPASS «tulipengine»\n230 Login successful.",
		"ftp> user bob\n331 Please specify the password.\nPASS «tulipengine»\n230 Login successful.",
		"[12:00:01] PASS «tulipengine»\n[12:00:02] NICK bob\n",
		"---> USER bob\n<--- 331 x\n---> PASS «tulipengine»",
		`{"log":"-\u003e USER bob\n-\u003e PASS «tulipengine»"}`,
		`{"log":"\u003c 331 Password required\n\u003e PASS «tulipengine»\n"}`,
		`{"cmd":"127.0.0.1:6379> AUTH «tulipengine»","n":1}`,
		`{"cmd":"a1 LOGIN bob «tulipengine»","n":1}`,
		"331 tests passed\n> PASS criteria", "> PASS all tests", "[ok] PASS TestLogin\n[ok] PASS TestLogout", "the AUTH flow of \"x\" is new", "PASS tulipengine", "> PASS tulipengine\n> NEXT",
	})
}

// TestNumberedKeys has the values of names that are "key" and a number.
func TestNumberedKeys(t *testing.T) {
	hex := "f7b3c9d2e8a14b6f" + "9c0d5e7a3b1f8c2d"
	redactsOnly(t, []string{
		"KEY1=«" + hex + "»", "key2: «" + hex + "»", `KEY1="«` + hex + `»"`, "export KEY2=«" + hex + "»",
		"Using Key=«" + hex + "»", "INFO using key: «" + hex + "» for region eu", "10:02 client used key=«" + hex + "»",
		"using cache key=" + hex, "unused key=" + hex, "Using Key=primary",
		"key=" + hex, "cache key: " + hex, "Key: " + hex, `{"key1":"` + hex + `"}`, "key1: deadbeefdeadbeefdeadbeefdeadbeef", "key1: 0123456789abcdef0123456789abcdef", "KEY1=value1", "md5: " + hex, "checksum1: " + hex,
	})
}

// TestAnnouncedExamples has numbers of ranges that are not issued, behind a word that announces them.
func TestAnnouncedExamples(t *testing.T) {
	redactsOnly(t, []string{
		"SIN «046 454 286»", "My SIN is «046454286»", "Social Insurance Number: «046-454-286»", "sin 046454286 deg", "046 454 286", "SIN 046 454 287",
	})
}

// TestCardsOfFewDigits has numbers for tests that payment providers publish.
func TestCardsOfFewDigits(t *testing.T) {
	redactsOnly(t, []string{
		"card number «4222222222222»", "Karte «4111 111111111111»", "carte «41111111 11111111»", "my card is «4111-11111111-1111»",
		"card 000000000000", "card 4111 111111111112", "ticket 4222222222222",
	})
}

func TestBasicInQuotesOfAHeader(t *testing.T) {
	token := "dG9rZW4x" + "MjM0NTY3ODkw"
	redactsOnly(t, []string{
		`Authorization: Basic "«` + token + `»"`, `"Authorization": "Basic «` + token + `»"`, "Authorization: Basic «" + token + "»",
		`Authorization: Basic "credentials"`, `the Basic "` + token + `" of the course`,
	})
}
