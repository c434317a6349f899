package redact

import "testing"

// TestCodeIsNoValue has values that a program computes, as source code and its comments write them.
func TestCodeIsNoValue(t *testing.T) {
	checkNotations(t, newRedactor(t), []notation{
		{`authCreds := base64.StdEncoding.EncodeToString([]byte("username:password"))`, ""},
		{`	key: must2BPrivate([]byte("some"), 2)`, ""},
		{`K8SVolumeTypeSecret = K8SVolumeTypeKey.String("secret")`, ""},
		{`secret: hash2.Sum([]string{"abc9"})`, ""},
		{`password = decode64(x["def7"])`, ""},
		{`var _setCookie = [2]TVdbeOpList{`, ""},
		{`cookies = []Cookie{`, ""},
		{"LastUsed *Credential `json:\"lastUsedCredential,omitempty\"`", ""},
		{"Pass *Secret `json:\"sshClientCertPass,omitempty\"`", ""},
		{"const secretValue = 0x53c237_53c237", ""},
		{"support for `sso-oauth:CreateTokenWithIAM`.", ""},
		{"	AccessToken: cfg.ApiKey2,\n", ""},
		{"token: TokenKind2.Ident", ""},
		{"	AccessToken: tc.token1,\n", ""},
		{`redirect_uri=urn:ietf:wg:oauth:2.0:oob\u0026response_type=version_info\u0026client_id=x`, ""},
		// Values.
		{"token: SSVmFDNCFfOHKXQAEckx", "token: §"},
		{"access_token: q7Zt2L.xPw9vKd3", "access_token: §"},
		{"password: summer.Rain77", "password: §"},
		{"my password is ab\"SuperSecret9", "my password is §"},
		{"secret: 0x53c237aa91f04d2e88b7", "secret: §"},
		{"password: correctHorseBattery", "password: §"},
	})
}
