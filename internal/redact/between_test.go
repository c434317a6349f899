package redact

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// goneIn checks that a value, which stands for @ in the texts, is found in each of them.
func goneIn(t *testing.T, value string, texts ...string) {
	t.Helper()
	r := newRedactor(t)
	for _, text := range texts {
		t.Run(text, func(t *testing.T) { gone(t, r, strings.ReplaceAll(text, "@", value), value) })
	}
}

// unchanged checks that nothing is found in any of the texts.
func unchanged(t *testing.T, texts ...string) {
	t.Helper()
	r := newRedactor(t)
	for _, text := range texts {
		t.Run(text, func(t *testing.T) {
			out, found := r.String("", text)
			assert.Equal(t, text, out, "%v", found)
		})
	}
}

func TestAPasswordIsFoundBehindWordsBetween(t *testing.T) {
	texts := []string{
		"the password of the admin account is @", "The password for our old staging database is @.", "the password we use on the build box is @", "Password that opens the vault room: @", "the password for the wifi at home has been changed to @",
		"mein Passwort für das VPN ist @", "Das Passwort vom Gäste-WLAN lautet @", "das Kennwort für den alten Server im Keller war @", "Das neue Passwort zum Portal ist: @",
		"la contraseña del wifi es @", "La contraseña de la cuenta de administrador es @.", "mi contraseña para el correo era @", "la clave del wifi de la oficina es @",
		"le mot de passe du wifi est @", "Le mot de passe pour le compte administrateur est @", "mon mot de passe sur le serveur de test était @",
		"la password del wifi è @", "la password per il server di prova è @", "la parola d'ordine del portale è @",
		"a senha do wifi é @", "A senha da conta de administrador é @", "a palavra-passe do portal é @",
		"het wachtwoord van de wifi is @", "het wachtwoord voor de oude server is @",
		"hasło do wifi to @", "Hasło do konta administratora to @", "hasło do serwera testowego jest @",
		"lösenordet till wifi är @", "lösenordet för det gamla kontot är @", "adgangskoden til wifi er @", "passordet til den gamle serveren er @", "wifin salasana on @", "salasana vanhaan palvelimeen on @",
		"wifi şifresi @", "VPN için şifre: @", "Sunucunun parolası @", "heslo k wifi je @", "heslo pro starý server je @", "a wifi jelszava @", "a jelszó a régi szerverhez: @",
		"пароль от сервера @", "Пароль для тестового сервера: @", "пароль от вайфая это @", "пароль администратора — @", "пароль от VPN @",
		"kata sandi wifi adalah @", "kata sandi untuk server lama adalah @", "mật khẩu wifi là @", "mật khẩu của máy chủ cũ là @",
		"WiFiのパスワードは@です", "パスワードは本番環境では@です", "パスワードが@に変わりました", "wifi的密码是@", "密码在服务器上是@", "密码现在改成了@", "와이파이 비밀번호는 @", "비밀번호는 서버에서 @", "관리자 계정의 비밀번호가 @",
		"كلمة المرور هي @", "كلمة المرور للواي فاي هي @", "סיסמה של השרת היא @", "รหัสผ่านของไวไฟคือ @",
	}
	goneIn(t, "Tr0ub4dor-and-3", texts...)
	goneIn(t, "q7Zt2LxPw9sV", texts...)
}

func TestHarmlessSentencesAboutPasswordsStay(t *testing.T) {
	unchanged(t, "the password of the admin account is stored in vault", "the password for the database is required", "the password of the user is wrong", "the password for new accounts must be long", "The password for this account is at least 12 characters",
		"The password for the service is sha256-hashed", "the password for staging is wrong and the build is v2beta", "the password for John to use is unknown", "The password of the user is case-sensitive.", "the password for it is in 1Password",
		"mein Passwort für das VPN ist falsch", "das Passwort für das Portal ist abgelaufen", "Das Passwort muss mindestens 12 Zeichen haben", "la contraseña del wifi es incorrecta", "la contraseña es obligatoria para continuar", "La palabra clave es rendimiento", "la clave de la cuestión es sencilla",
		"le mot de passe du compte est requis", "le mot de passe est trop court", "a senha do usuário é inválida", "la password del portale è scaduta", "het wachtwoord van de gebruiker is onjuist", "hasło do konta jest nieprawidłowe", "he has a new password policy", "lösenordet till kontot är fel", "şifresi yanlış",
		"пароль от сервера неверный", "пароль для входа в Windows10", "пароль должен содержать 8 символов", "забыли пароль?", "密码在服务器上是错误的", "密码错误，错误代码是E1234", "密码必须是8位以上", "パスワードは8文字以上です", "パスワードを入力してください", "비밀번호는 8자 이상이어야 합니다", "kata sandi wifi adalah rahasia", "mật khẩu là bắt buộc",
		"const API_KEY =\n  process.env.API_KEY;", "const password =\n  'your password here';", "api_key:\n  \"string\"\n", "password =\n  \"\" + x", "const TOKEN_LIMIT =\n  '128000';", "password:\n  \"The password of the user\",\n")
}

func TestAQuotedValueOnTheNextLineIsFound(t *testing.T) {
	goneIn(t, "q7Zt2LxPw9sVn4Kc", "const API_KEY =\n  '@';", "const API_KEY =\n  \"@\"", "const apiKey: string =\n\t`@`;", "API_KEY = (\n    \"@\"\n)", "private static final String API_KEY =\n        \"@\";", "let client_secret =\n    \"@\",", "password:\n  \"@\"\n", "{\"api_key\":\n    \"@\"}",
		`{"code":"const API_KEY =\n  '@';\n"}`, "static const char *api_key =\n\t\"@\";", "export const DB_PASSWORD =\r\n  '@';", "$apiKey =\n    '@';")
	goneIn(t, "tulipengineriver", "const PASSWORD =\n  '@';", "password =\n    \"@\"\n")
}
