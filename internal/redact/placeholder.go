package redact

import "strings"

// placeholder reports a value that stands for a secret or for its absence.
func placeholder(v string) bool {
	if v == "" || v[0] == 'R' && builtinLabels.bareLen(v) == len(v) {
		return true
	}
	switch v[0] {
	case '\\':
		if w := strings.TrimLeft(v, `\`); len(w) > len("u003cxu003e") && foldEqual(w[:5], "u003c") && foldEqual(w[len(w)-5:], "u003e") {
			return true
		}
	case '<', '{', '$', '%', '*', '[', '#', '.', '?', '@', ':', '!', '&':
		if reference(v) {
			return true
		}
	}
	if len(v) <= maxPlaceholder && inSet(placeholderWords, v) {
		return true
	}
	if masked(v) || namesKey(v) || filled(v) || speaks(v) {
		return true
	}
	for _, p := range referencePrefixes {
		if len(v) > len(p) && foldEqual(v[:len(p)], p) {
			return true
		}
	}
	return false
}

const maxPlaceholder = 24

var placeholderWords = wordSetOf("null nil none undefined true false yes no on off string str text bytes byte int integer number float double bool boolean object array any char varchar optional required " +
	"hidden redacted [redacted] filtered [filtered] masked removed empty blank n/a tbd todo unknown missing default example sample dummy placeholder value void self this static const public private " +
	"password passwd secret token bearer basic apikey api_key api-key key auth credential credentials secretstr securestring unset prompt interactive disabled enabled include omit same-origin oauth oauth2 jwt saml ldap " +
	"*** xxx ... changeit? hash hashed encrypted plain plaintext md5 sha1 sha256 sha512 bcrypt argon2 pbkdf2 scrypt scram-sha-256 scram-sha-512 rs256 hs256 es256 function " +
	"float64 float32 int64 int32 int16 int8 uint64 uint32 uint8 nan infinity {} [] \"\" '' newtype unknown. maybe input output stdin env environment file keychain keyring vault username email user admin? weak strong medium invalid valid expired success failed failure error ok pass fail passed failed skipped warning info " +
	"authorization cookie session access refresh id_token access_token refresh_token client_secret client_credentials authorization_code grant implicit csrf xsrf device opaque")

// referencePrefixes begin values that say where a secret is kept.
var referencePrefixes = []string{
	"process.env", "os.environ", "os.getenv", "env.", "env:", "env(", "getenv(", "import.meta.env", "secrets.", "vault:", "vault://", "op://", "ssm:", "ssm://", "arn:aws:secretsmanager", "arn:aws:ssm", "arn:aws:kms",
	"ref+", "gcpsm:", "sm://", "keyvault:", "keychain:", "keyring:", "system.getenv", "deno.env", "bun.env", "config.get", "settings.", "var.", "local.", "data.", "module.", "file://", "awssm:", "doppler:", "infisical:",
	"your-", "your_", "your ", "my-api-key", "my_api_key", "insert-", "insert_", "replace-", "replace_", "enter-", "enter_", "put-your", "put_your", "add-your", "changeme-", "example-", "example_", "sample-", "dummy-", "test-key-placeholder",
}

// reference reports the notations of templates, variables, masks and our own labels.
func reference(v string) bool {
	n := len(v)
	last := v[n-1]
	switch {
	case v[0] == '<' && (last == '>' || !strings.ContainsAny(v, " ") && strings.IndexByte(v, '>') > 0):
		return true
	case strings.HasPrefix(v, "{{"), strings.HasPrefix(v, "${"), strings.HasPrefix(v, "$("), strings.HasPrefix(v, "#{"), strings.HasPrefix(v, "<%"), strings.HasPrefix(v, "{%"), strings.HasPrefix(v, "@@"), strings.HasPrefix(v, "!vault"), strings.HasPrefix(v, "!Ref"), strings.HasPrefix(v, "!Sub"), strings.HasPrefix(v, "!GetAtt"), strings.HasPrefix(v, "!secret"), strings.HasPrefix(v, "!env"):
		return true
	case v[0] == '{' && last == '}':
		return true
	case v[0] == '$' && n > 1 && (isLetter(v[1]) || v[1] == '_'):
		// $VARIABLE, but not $apr1$ or $2b$: only the letters, digits and underscores of a name, in capitals or short.
		for i := 1; i < n; i++ {
			if !isAlnum(v[i]) && v[i] != '_' && v[i] != '.' && v[i] != ':' && v[i] != '-' {
				return false
			}
		}
		f := featuresOf(v[1:])
		return f.lower == 0 || f.digit == 0
	case v[0] == '%' && n > 2 && (last == '%' || v[1] == '(' || n <= 3):
		return true
	case v[0] == '[' && last == ']':
		return !unknownLabel(v)
	case v[0] == ':' && n > 1 && isLetter(v[1]) && featuresOf(v).digit == 0:
		return true // a named parameter of SQL
	}
	return false
}

// masked reports a value without content: stars, dots, crosses.
func masked(v string) bool {
	for i := 0; i < len(v); i++ {
		switch v[i] {
		case '*', '.', '-', '_', '#', 'x', 'X', '?', ' ', '=', '0':
		default:
			// U+2022 and other bullets, U+2026 ellipsis, U+25CF.
			if v[i] == 0xE2 && i+2 < len(v) && (v[i+1] == 0x80 || v[i+1] == 0x97) {
				i += 2
				continue
			}
			// A mask may leave the last characters: ****1234.
			return i >= 3 && v[0] == v[1] && v[1] == v[2] && (v[0] == '*' || v[0]|0x20 == 'x' || v[0] == 0xE2) && len(v)-i <= max(i, 4)
		}
	}
	return true
}
