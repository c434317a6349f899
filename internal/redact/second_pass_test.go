package redact

import "testing"

// TestASecondPassFindsNothingMore: what the first pass leaves as the name of a scheme, or behind the user information of an address, is no more
// to the second one, which has labels in the place of the values.
func TestASecondPassFindsNothingMore(t *testing.T) {
	redactsOnly(t, []string{
		`Authorization:B00000 "«00000100»`, `Authorization:B00000 "«00000100»"`, `Authorization: B00000 \"«00000100»\"`, "Authorization: B00000 '«00000100»'", "Authorization: B00000 ('«00000100»')",
		"0://:«/@»@", "x://:«/@»@h", "x://:«/@a»@", "x://u:«/@a@b»@h/d?x=q@e", "postgres://u:«pa/ss»@h/db?x=a@b", "postgres://u:«pa/ss»@h#a@b", "postgres://u:«pa@ss»@h/db",
	})
}
