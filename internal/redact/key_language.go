package redact

// languageTable has the words for a password in the inflected forms in which sentences have them. Sources: the localised texts of public projects
// (KDE, GNOME, LibreOffice translations of "password").
var languageTable = []keyRow{
	{keyPassword, "secret.password", "lösenordet, lösenorden, lösen, passord, passordet, adgangskoden, kodeord, kodeordet, salasanani, salasanamme, jelszavam, jelszava, jelszót, Jelszó, lozinka, contrasenya, palavra passe, palavra chave, " +
		"şifresi, şifrem, şifremiz, şifreniz, Şifre, Şifresi, Şifrem, parolam, parolası, parolamız, hasła, hasłem, Mật khẩu, mật mã, пароля, паролем, Пароли, пароли"},
	{keyMaybePassword, "secret.password", "clave"},
	{keyPlain, "", "palabra clave, punto clave"},
}
