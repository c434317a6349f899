package redact

import "testing"

// TestTagsInAllSpellings has elements, attributes and labels in angle brackets, which writers of JSON escape.
func TestTagsInAllSpellings(t *testing.T) {
	redactsOnly(t, []string{
		// The type of a field decides, whatever other attributes stand between.
		`<input type="password" name="p" value="«tulipengine»">`,
		`<input type="password" id="x" name="d" class="a b" value="«tulipengine»" required>`,
		`<input name="k" value="«tulipengine»" type="password"/>`,
		"<input\n  type=\"password\"\n  name=\"p\"\n  value=\"«tulipengine»\"\n>",
		`<TextField type="password" label="P" value="«tulipengine»" />`,
		`\u003cinput type=\"password\" name=\"p\" value=\"«tulipengine»\"\u003e`,
		`\u003cinput value=\"«tulipengine»\" type=\"password\"\u003e`,
		`{"html":"\u003cinput type=\"password\" autocomplete=\"off\" value='«tulipengine»'\u003e"}`,
		// Elements.
		`\u003cns:password xmlns:ns=\"a\"\u003e«tulipengine»\u003c/ns:password\u003e`,
		`\u003cpassword\u003e\u003c![CDATA[«q7Zt2LxPw9»]]\u003e\u003c/password\u003e`,
		`\u003cproperty name=\"password\"\u003e\u003cvalue\u003e«q7Zt2LxPw9»\u003c/value\u003e\u003c/property\u003e`,
		`\u003cwsse:Password Type=\"x#PasswordText\"\u003e«q7Zt2LxPw9»\u003c/wsse:Password\u003e`,
		`\u003ckey\u003eAPI_KEY\u003c/key\u003e\n\u003cstring\u003e«q7Zt2LxPw9»\u003c/string\u003e`,
		`<key>API_KEY</key>\n<string>«q7Zt2LxPw9»</string>`,
		"<apiKey>«the key is q7Zt2LxPw9»</apiKey>",
		"<apiKey>«use q7Zt2LxPw9 please»</apiKey>",
		"<secret>«token: q7Zt2LxPw9»</secret>",
		"<password>«The password is q7Zt2LxPw9»</password>",
		"<apiKey>«key=q7Zt2LxPw9»</apiKey>",
		// Labels of other tools, with a value behind.
		`{"password":"«[REDACTED]x9Tulip47kq»"}`,
		`{"password":"«<redacted>x9Tulip47kq»"}`,
		`{"password":"«\u003credacted\u003ex9Tulip47kq»"}`,
		`password: "«[FILTERED]x9Tulip47kq»"`,
		"password: <redacted>«x9Tulip47kq»",
		"password=<hidden>«x9Tulip47kq», user=bob",
		"<password>«[REDACTED]x9Tulip47kq»</password>",
		`{"api_key":"«{{secret}}x9Tulip47kq»"}`,
		// No values.
		`<input type="password" name="p" value="">`,
		`<input type="text" name="p" value="tulipengine">`,
		`<input type="checkbox" name="show_password" value="yes">`,
		`\u003cinput type=\"email\" name=\"p\" value=\"tulipengine\"\u003e`,
		`\u003cp\u003eEnter your password\u003c/p\u003e`,
		`\u003ctoken\u003eexpired\u003c/token\u003e`,
		`{"password":"\u003cREDACTED\u003e"}`,
		"password: <your-password>\r\nnext",
		"password=<secret>&user=x",
		"password: <redacted>", "password: <string>|<null>", `{"password":"<password>"}`, "<password>[REDACTED]</password>",
		"<password>Enter at least 8 characters</password>", "<secret>the secret is AES-256-GCM</secret>",
		`{"password":"[prod]"}`, `{"password":"[REDACTED] by policy"}`,
	})
}
