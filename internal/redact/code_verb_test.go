package redact

import "testing"

func TestCodesThatAVerbAsksForAreFound(t *testing.T) {
	redactsOnly(t, []string{
		"Use «493021» to verify your account", "Enter «493021» to confirm your login", "use «4821» to log in to Acme", "Use «493 021» to sign in.", "Please enter the code «493021» to complete your registration", "Use G-«493021» to verify your phone",
		"Use «493021» to verify.", "Use «493021» as your verification code", "Use «493021» for two-factor authentication", "Hi Rosa,\nuse «93021847» to reset your password\nBye", `{"text":"Use «493021» to verify it's you"}`, "Enter «8421» to unlock your device",
		"Usa «493021» para verificar", "Usa «493021» para confirmar tu cuenta", "Ingresa «493021» para iniciar sesión", "Introduzca «493021» para acceder a su cuenta", "Utilice «493021» como código de verificación",
		"Utilisez «493021» pour confirmer", "Saisissez «493021» pour vous connecter", "Entrez le code «493021» pour vérifier votre identité", "utilisez «493021» comme code de confirmation",
		"Verwenden Sie «493021», um Ihr Konto zu bestätigen", "Verwende «493021», um dich anzumelden", "Geben Sie «493021» ein, um Ihre Anmeldung zu bestätigen", "Nutzen Sie «493021» zur Bestätigung", "Benutze «493021» als Bestätigungscode",
		"Inserisci «493021» per confermare il tuo accesso", "Use «493021» para confirmar sua conta", "Gebruik «493021» om je account te bevestigen", "Voer «493021» in om in te loggen en je account te bevestigen",
		"G-«493021» is your Google verification code", "«493021» is your Acme code", "«583920» ist dein Acme-Code", "Enter **«583920»** to verify your email", "Verwenden Sie den Code «583920», um Ihr Konto zu bestätigen", "«493021» is your verification code.", "«4930» is your Acme Pay one-time code", "G-«493021» ist dein Google-Bestätigungscode", "«493021» est votre code Acme", "«493021» es tu código de verificación de Acme",
	})
}

func TestNumbersThatAreUsedStay(t *testing.T) {
	unchanged(t, "Use 8080 to connect", "use 100000 to test the limit", "Enter 2024 to confirm the year", "use 493021 tokens", "use 493021 tokens to verify your account", "Use 1024 to verify the checksum", "use 493021 to verify the checksum",
		"Use 8443 to access the console", "Utilisez 8080 pour vous connecter", "Verwenden Sie 8080, um den Server zu erreichen", "Usa 8080 para conectar", "enter 1024 to continue", "Use 0.493021 to confirm your result", "Use 493021 as the seed", "use 493021 as the status code",
		"Use 1024 as your area code", "Enter 2019 to verify your account", "use 3600 for the timeout", "Use 493021", "Use 493021 ", "Use 493021 to", "use the", "Use G-", "code", "is your code", "reuse-493021 to verify your account", "493021 is your status code", "12345 is your zip code", "404 is your code", "493021 is the number of rows", "Use 4.5.1 to verify your account", "Geben Sie 4711 ein", "Nutzen Sie 100000 zur Bestätigung", "enter 90210 to confirm your zip code", "Use 15432 to log events", "use 5433 to log queries", "Use 1812 for authentication (RADIUS)", "use 27017 to authenticate", "enter 4096 for your key size and sign it", "Use 4326 to reset the projection", "Use 583920 to verify the build", "use 16384 for validation", "Use 12 to verify your account")
}
