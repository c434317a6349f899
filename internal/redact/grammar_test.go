package redact

import (
	"encoding/base64"
	"strings"
	"testing"
)

// tulip is a password of letters only, which nothing but its place gives away.
const tulip = "tulipengineriver"

func TestPasswordsGoWhereTheGrammarLeavesNoDoubt(t *testing.T) {
	plain := base64.StdEncoding.EncodeToString([]byte("\x00alice\x00" + tulip))
	word := base64.StdEncoding.EncodeToString([]byte(tulip))
	crlf := strings.NewReplacer("\n", "\r\n")
	escape := strings.NewReplacer("\n", `\r\n`, `"`, `\"`)
	part := "--b\nContent-Disposition: form-data; name=\"user\"\n\nalice\n--b\nContent-Disposition: form-data; name=\"password\"\n\n«" + tulip + "»\n--b--\n"
	typed := "--b\nContent-Disposition: form-data; name=\"client_secret\"\nContent-Type: text/plain; charset=utf-8\n\n«" + tulip + "»\n--b--\n"
	resp := "*3\n$4\nAUTH\n$5\nalice\n$16\n«" + tulip + "»\n"
	texts := []string{
		// .netrc
		"machine api.example.com login alice password «" + tulip + "»\ndefault login backup password «tulipenginerivet»", "machine api.example.com\n  login alice\n  password «" + tulip + "»\n", "machine h login a password «" + tulip + "» account x", `machine h\nlogin a\npassword «` + tulip + `»\nmachine g`, "default\n\tlogin a\n\tpassword «" + tulip + "»\n",
		"machine h password «" + tulip + "» login a",
		// multipart/form-data
		crlf.Replace(part), part, escape.Replace(part), crlf.Replace(typed), typed, escape.Replace(typed), `{"body":"` + escape.Replace(typed) + `"}`, "Content-Disposition: form-data; name=password\n\n«" + tulip + "»\n--b", "content-type: text/plain\ncontent-disposition: form-data; name=\"passphrase\"\n\n«correct tulip engine»\n--b",
		// HTML and JSX
		`<input type="password" name="pw" value="«` + tulip + `»">`, `<input value="«` + tulip + `»" type="password">`, `<input value='«` + tulip + `»' id=x type='password'/>`, `<input type=password value=«` + tulip + `»>`, `<input type="password" value={"«` + tulip + `»"} />`, `<input type="password" defaultValue="«` + tulip + `»" />`, `{"html":"<input type=\"password\" value=\"«` + tulip + `»\">"}`,
		`&lt;input type=&quot;password&quot; value=&quot;«` + tulip + `»&quot;&gt;`, `\u003cinput type=\"password\" value=\"«` + tulip + `»\"\u003e`, "<input\n  type=\"password\"\n  autocomplete=\"current-password\"\n  value=\"«" + tulip + "»\"\n/>",
		// Redis
		"AUTH «" + tulip + "»", "127.0.0.1:6379> AUTH alice «" + tulip + "»", "AUTH default «" + tulip + "»\n+OK", "redis-cli AUTH «" + tulip + "»", resp, crlf.Replace(resp), escape.Replace(resp), crlf.Replace("*2\n$4\nauth\n$16\n«" + tulip + "»\n"), "CONFIG SET requirepass «" + tulip + "»", "HELLO 3 AUTH default «" + tulip + "»",
		// FTP, POP3, IRC, SMTP, IMAP
		"USER alice\n331 Please specify the password.\nPASS «" + tulip + "»\n230 Login successful.", "> USER alice\r\n< 331 ok\r\n> PASS «" + tulip + "»\r\n", "C: USER alice\nS: +OK\nC: PASS «" + tulip + "»\nS: +OK", "PASS «" + tulip + "»\r\nNICK al\r\nUSER al 0 * :Al\r\n", `USER alice\r\nPASS «` + tulip + `»\r\n`,
		"AUTH PLAIN «" + plain + "»", "C: AUTH PLAIN «" + plain + "»\nS: 235 ok", "a1 AUTHENTICATE PLAIN «" + plain + "»", "AUTH LOGIN\n334 VXNlcm5hbWU6\nYWxpY2U=\n334 UGFzc3dvcmQ6\n«" + word + "»\n235 ok", "C: AUTH LOGIN\r\nS: 334 VXNlcm5hbWU6\r\nC: YWxpY2U=\r\nS: 334 UGFzc3dvcmQ6\r\nC: «" + word + "»\r\n",
		"a001 LOGIN alice «" + tulip + "»\na001 OK", `A1 LOGIN "alice" "«` + tulip + `»"`, ". LOGIN alice@example «" + tulip + "»", "C: a001 LOGIN alice «" + tulip + "»",
		// .pgpass, SQL, .htpasswd
		"localhost:5432:shop:alice:«" + tulip + "»", "# host\n*:5432:*:alice:«" + tulip + "»\n", `db.example:6432:shop:alice:«` + tulip + `»\n`, "CREATE USER alice IDENTIFIED BY «" + tulip + "»;", "ALTER USER alice IDENTIFIED BY '«" + tulip + "»'", "GRANT ALL ON x.* TO 'a'@'%' IDENTIFIED BY '«" + tulip + "»'", "CREATE USER a IDENTIFIED WITH mysql_native_password BY '«" + tulip + "»'", "ALTER USER a IDENTIFIED BY \"«" + tulip + "»\" REPLACE \"«tulipenginerivet»\"",
		"CREATE USER a IDENTIFIED VIA mysql_native_password USING PASSWORD('«" + tulip + "»')", "SET PASSWORD FOR 'a'@'%' = '«" + tulip + "»'", "SET PASSWORD = PASSWORD('«" + tulip + "»')", "CREATE LOGIN a WITH PASSWORD = N'«" + tulip + "»'", "CREATE ROLE a LOGIN ENCRYPTED PASSWORD '«" + tulip + "»'", "alice:{SHA}«fEqNCco3Yq9h5ZUglD3CZJT4lBs=»", "alice:{SSHA}«fEqNCco3Yq9h5ZUglD3CZJT4lBtTYWx0»", "userPassword: {SSHA}«fEqNCco3Yq9h5ZUglD3CZJT4lBtTYWx0»",
	}
	redactsOnly(t, texts)
}

func TestNeighboursOfThoseGrammarsStay(t *testing.T) {
	redactsOnly(t, []string{
		"the machine has a login and a password field", "Default login is admin, password is required", "default login page password reset", "machine learning login password required", "login alice password expired",
		"Content-Disposition: form-data; name=\"file\"\n\ntulipengineriver\n--b", "Content-Disposition: form-data; name=\"password\"\n\n\n--b", "Content-Disposition: form-data; name=\"password\"\n\n${PASSWORD}\n--b", "Content-Disposition: form-data; name=\"username\"\n\nalice\n--b", "Content-Disposition: attachment; filename=\"password.txt\"\n\ntulipengineriver",
		`<input type="password" value="">`, `<input type="password" placeholder="tulipengineriver">`, `<input type="text" value="tulipengineriver">`, `<input type="password" value={password} onChange={f} />`, `<input type="password" value="{{ form.password }}">`, `<button type="submit" value="tulipengineriver">`,
		"AUTH successful", "AUTH required", "AUTH LOGIN", "AUTH PLAIN", "AUTH TLS", "AUTH token missing", "AUTH middleware", "AUTH header missing", "250-AUTH LOGIN PLAIN CRAM-MD5", "AUTH CRAM-MD5", "AUTH services", "AUTH XOAUTH2", "- AUTH endpoints", "AUTH flow diagram", "ERR AUTH called without password", "PASS\nok  \tpkg\t0.1s", "PASS TestLogin", "--- PASS: TestLogin (0.00s)", "USER guide\nPASS criteria\nFAIL criteria", "PASS rate of the USER tests",
		"LOGIN page title", "* OK LOGIN completed", "a001 OK LOGIN completed", "Step LOGIN form shown", "334 VXNlcm5hbWU6", "12:34:56:78:tulip", "main.go:1234:5: syntax:error", "2001:0db8:85a3:0000:0000", "bob:x:1000:1000:Bob:/home/bob:/bin/sh", "host:5432:db:user:", "localhost:5432:shop:alice:${PGPASSWORD}", "alice:{SHA}", "identified by their names", "Users are IDENTIFIED BY name and date", "*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$16\r\ntulipengineriver\r\n", "AUTH, PLAIN or LOGIN",
	})
}
