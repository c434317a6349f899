package redact

import "maps"

func init() {
	maps.Copy(hostile, map[string]string{
		"qualified names":   "PASSWORD_DEV_EU_PROD_V2=",
		"names in capitals": "A_B_C_D_E_F=",
		"qualifiers":        "dev_eu_prod_",
		"qualified words":   "password_dev ",
		"qualified flags":   "--token-prod-eu-",
		"netrc":             "machine h login a password ",
		"netrc lines":       "default\nlogin a\npassword\n",
		"parts of forms":    "form-data; name=\"password\"\n",
		"headers of parts":  "form-data; name=\"password\"\r\na: b",
		"RESP":              "*3\r\n$4\r\nAUTH\r\n$5\r\n",
		"mail logins":       "AUTH LOGIN\n334 UGFzc3dvcmQ6\n",
		"file logins":       "USER a\nPASS ",
		"password files":    "h:5432:d:u:",
		"escaped tags":      "&lt;input value=&quot;",
		"password hashes":   "{SSHA}",
		"insurance numbers": "NI no. AB 12 34 56 ",
		"nested parts":      `form-data; name=\\\"password\\\"\\r\\n`,
		"nested RESP":       `$4\\r\\nAUTH\\r\\n$5\\r\\n`,
		"links":             "password: \x1b]8;;https://a.example/?token=x\x07",
		"links alone":       "\x1b]8;;a\x1b\\",
		"command lines":     "kubectl create secret x --from-literal=a=b ",
		"archivers":         "7z a -px ",
		"two letters":       "gh secret set ",
		"open arguments":    "mysql -p'",
		"here-strings":      "secret put <<< ",
		"pipes":             "echo x | passwd | ",
		"literals in pipes": "'x' | -stdin ",
		"secure strings":    "ConvertTo-SecureString 'x' ",
		"codes":             `"code":"SplxlOBeZQQYbYS6WxSbIA","estate":`,
		"keys alone":        "Key=q7Zt2LxPw9sVn4KcR1yTq7Zt2L ",
		"words in elements": "<secret>a b c ",
		"escaped elements":  "&lt;secret a ",
		"escaped brackets":  `\u003csecret`,
	})
}
