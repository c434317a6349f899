package redact

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestTheValueOfAFieldInASnapshotGoes(t *testing.T) {
	checkNotations(t, newRedactor(t), []notation{
		// Playwright MCP and agent-browser.
		{`- textbox "Password" [ref=e12]: hunter2xy!`, `- textbox "Password" [ref=e12]: §`},
		{`- textbox "Password" [active] [ref=e12]: hunter2xy!`, `- textbox "Password" [active] [ref=e12]: §`},
		{`- textbox "Password" [ref=e12] [cursor=pointer]: "hunter2: xy"`, `- textbox "Password" [ref=e12] [cursor=pointer]: "§"`},
		{`- textbox "Password" [active, ref=e12]: tulipengineriver`, `- textbox "Password" [active, ref=e12]: §`},
		{"- form [ref=e3]:\n  - textbox \"Password\" [ref=e12]: hunter2xy!\n  - button \"Log in\" [ref=e13]", "- form [ref=e3]:\n  - textbox \"Password\" [ref=e12]: §\n  - button \"Log in\" [ref=e13]"},
		{"- textbox \"Password\" [ref=e12]:\n  - text: hunter2xy!\n- button \"Go\"", "- textbox \"Password\" [ref=e12]:\n  - text: §\n- button \"Go\""},
		{"- textbox \"Password\" [ref=e12]:\n  - /placeholder: Your password\n  - text: hunter2xy!", "- textbox \"Password\" [ref=e12]:\n  - /placeholder: Your password\n  - text: §"},
		{"- 'textbox \"Password: at least 8\" [ref=e12]': hunter2xy!", "- 'textbox \"Password: at least 8\" [ref=e12]': §"},
		{`- textbox "Password *" [ref=e12]: hunter2xy!`, `- textbox "Password *" [ref=e12]: §`},
		{`- textbox "Password (required)" [ref=e12]: hunter2xy!`, `- textbox "Password (required)" [ref=e12]: §`},
		{`- textbox "Enter your password" [ref=e12]: hunter2xy!`, `- textbox "Enter your password" [ref=e12]: §`},
		{`- textbox "Passwort" [ref=e12]: tulpenmotor`, `- textbox "Passwort" [ref=e12]: §`},
		{`- textbox "Contraseña" [ref=e12]: hunter2xy!`, `- textbox "Contraseña" [ref=e12]: §`},
		{`- textbox "Mot de passe" [ref=e12]: hunter2xy!`, `- textbox "Mot de passe" [ref=e12]: §`},
		{`- textbox "密码" [ref=e12]: hunter2xy!`, `- textbox "密码" [ref=e12]: §`},
		{`- textbox "パスワード" [ref=e12]: hunter2xy!`, `- textbox "パスワード" [ref=e12]: §`},
		{`- textbox "Пароль" [ref=e12]: hunter2xy!`, `- textbox "Пароль" [ref=e12]: §`},
		{`- textbox "Hasło" [ref=e12]: hunter2xy!`, `- textbox "Hasło" [ref=e12]: §`},
		{`- searchbox "API key" [ref=e2]: q7Zt2LxPw9sVn4KcR1yT`, `- searchbox "API key" [ref=e2]: §`},
		{`- combobox "Access token" [expanded] [ref=e2]: q7Zt2LxPw9sVn4KcR1yT`, `- combobox "Access token" [expanded] [ref=e2]: §`},
		{`- spinbutton "PIN" [ref=e2]: "4711"`, `- spinbutton "PIN" [ref=e2]: "§"`},
		{`- textbox "Card number" [ref=e2]: "4929 0000 0000 6"`, `- textbox "Card number" [ref=e2]: "§"`},
		{`- textbox "Password" [disabled] [level=1]: hunter2xy!`, `- textbox "Password" [disabled] [level=1]: §`},
		{"- generic [ref=e3]: Password\n- textbox [ref=e4]: hunter2xy!", "- generic [ref=e3]: Password\n- textbox [ref=e4]: §"},
		{"- text: Passwort\n- textbox [active] [ref=e4]: hunter2xy!", "- text: Passwort\n- textbox [active] [ref=e4]: §"},
		{"- text: Name\n- textbox [ref=e4]: hunter2xy!", ""},
		{"- textbox \"Password\" [ref=e12]:\n    - generic [ref=e14]: hunter2xy!", "- textbox \"Password\" [ref=e12]:\n    - generic [ref=e14]: §"},
		{"- textbox \"Password\" [ref=e12]:\n    - generic:\n      - text: hunter2xy!", "- textbox \"Password\" [ref=e12]:\n    - generic:\n      - text: §"},
		// chrome-devtools-mcp.
		{`uid=1_5 textbox "Password" value="hunter2xy!"`, `uid=1_5 textbox "Password" value="§"`},
		{`uid=1_5 textbox "Password" focusable focused required value="hunter2xy!"`, `uid=1_5 textbox "Password" focusable focused required value="§"`},
		{"uid=1_4 textbox \"User\" value=\"alice\"\n  uid=1_5 textbox \"Password\" value=\"hunter2xy!\"\n  uid=1_6 button \"Log in\"", "uid=1_4 textbox \"User\" value=\"alice\"\n  uid=1_5 textbox \"Password\" value=\"§\"\n  uid=1_6 button \"Log in\""},
		{"uid=1_4 StaticText \"Password\"\nuid=1_5 textbox value=\"hunter2xy!\"", "uid=1_4 StaticText \"Password\"\nuid=1_5 textbox value=\"§\""},
		{"uid=1_5 textbox \"Password\"\nuid=1_6 textbox \"Name\" value=\"Alice99\"", ""},
		// BrowserGym and WebArena.
		{`[a51] textbox 'Password' value='hunter2xy!', focused`, `[a51] textbox 'Password' value='§', focused`},
		{"[1234] textbox 'Password' required: True\n\t[1235] StaticText 'hunter2xy!'", "[1234] textbox 'Password' required: True\n\t[1235] StaticText '§'"},
		// Stagehand, browser-use, trees of Puppeteer, and of desktops.
		{"[0-12] textbox: Password\n  [0-13] StaticText: hunter2xy!", "[0-12] textbox: Password\n  [0-13] StaticText: §"},
		{`[12]<input type=password name=pw value=hunter2xy! />`, `[12]<input type=password name=pw value=§ />`},
		{`@e3 [input type="password"] placeholder="Password" value="hunter2xy!"`, `@e3 [input type="password"] placeholder="Password" value="§"`},
		{`{"role":"textbox","name":"Password","value":"hunter2xy!"}`, `{"role":"textbox","name":"Password","value":"§"}`},
		{`{"name":{"type":"computedString","value":"Password"},"value":{"type":"string","value":"hunter2xy!"}}`, `{"name":{"type":"computedString","value":"Password"},"value":{"type":"string","value":"§"}}`},
		// Elements that only speak of it, and brackets with attributes.
		{"- textbox \"Password\" [ref=e24]\n- button \"Show password\" [ref=e15]\n- heading \"Reset your password\" [level=1] [ref=e3]", ""},
		{`- button "Show password" [ref=e15]: x1y2z3w4`, ""},
		{"- link \"API keys\" [ref=e4]:\n  - /url: /settings/keys1", ""},
		{`- checkbox "Remember password" [checked] [ref=e9]: on`, ""},
		{`- heading "Password" [level=2] [ref=e3]: Password rules`, ""},
		{"- textbox \"Password\" [ref=e12]:\n  - /placeholder: Min8chars\n- textbox \"Name\" [ref=e13]: Alice99", ""},
		{`- textbox "Password" [ref=e12]: ••••••••`, ""},
		{`- textbox "Search docs" [ref=e12]: reset password v2`, ""},
		{`uid=1_7 button "Forgot password?" value="x1y2z3w4"`, ""},
		{`uid=1_8 link "Secret santa" url="https://h.example/a1b2c3"`, ""},
		{`fix(auth): rotate api key [PROJ-123]`, ""},
		{`password [required]`, ""},
		{`fix: token [proj-123]`, ""},
		{`token [skip ci]`, ""},
		{`secret [ref=e15] [cursor=pointer]`, ""},
		{`the password [level=2] heading`, ""},
		{`generate token [#4711]`, ""},
		{`docs: api key rotation [ABC-12][DEF-34]`, ""},
		{`the password [hunter2xy!] was wrong`, `the password [§] was wrong`},
	})
}

func TestUnquotedAttributesOfATagNameItsValue(t *testing.T) {
	out, _ := newRedactor(t).String("", `*[33]<input name=password type=password required=true value=hunter2xy! />`)
	assert.Equal(t, `*[33]<input name=password type=password required=true value=[REDACTED:secret.password] />`, out)
}
